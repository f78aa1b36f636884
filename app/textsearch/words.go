package textsearch

import (
	"regexp"
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"

	"github.com/echelon-hr/echelon/app/lang"
)

// word is one word of a text, in lower case with its accents, and the other ways to write it. A form for both sexes is
// written as either of its two words, and a part of a compound also as the whole compound. Any of these ways finds it.
type word struct{ forms []string }

func (w word) terms(l lang.Lang) []string {
	var out []string
	for _, form := range w.forms {
		for _, t := range stems(l, form) {
			if !slices.Contains(out, t) {
				out = append(out, t)
			}
		}
	}
	return out
}

// either stands between the two words of a form for both sexes while a text is cut; no text holds it.
const either = '\x00'

// signs writes the hyphens that join a compound as one sign. A longer dash is no hyphen: it separates words.
var signs = strings.NewReplacer(string(either), " ", "\u2010", "-", "\u2011", "-")

// words cuts a text into words of letters and digits. Quotes around a word are no part of it, and neither is an English
// possessive.
func words(l lang.Lang, text string) []word {
	text = signs.Replace(strings.ToLower(norm.NFC.String(lang.Bare(text))))
	text = groups.ReplaceAllStringFunc(text, func(m string) string { return separators.Replace(m) })
	text = doublet.ReplaceAllStringFunc(text, pairDoublet)
	text = pairForms(text)
	var out []word
	between := func(r rune) bool { return !isLetter(r) && r != '\'' && r != '-' && r != either }
	for _, f := range strings.FieldsFunc(text, between) {
		f = strings.Trim(f, "'-"+string(either))
		if l == lang.FR {
			f = cutElision(f)
		} else {
			f = strings.TrimSuffix(f, "'s")
		}
		for part := range strings.SplitSeq(f, "'") {
			out = append(out, compound(part)...)
		}
	}
	return out
}

func isLetter(r rune) bool {
	return unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r)
}

// compound cuts what hyphens join into words, each of which is found by the whole too.
func compound(s string) []word {
	var parts []word
	for part := range strings.SplitSeq(s, "-") {
		forms := slices.DeleteFunc(strings.Split(part, string(either)), func(form string) bool {
			return len(form) > maxTerm || lang.Fold(form) == "" // an accent alone is no word
		})
		if len(forms) > 0 {
			parts = append(parts, word{forms: forms})
		}
	}
	if len(parts) < 2 {
		return parts
	}
	for _, last := range []int{0, 1} { // in both forms, of which only the last part has two
		whole := ""
		for _, p := range parts {
			whole += p.forms[min(last, len(p.forms)-1)]
		}
		if len(whole) > maxTerm {
			break
		}
		for i := range parts {
			parts[i].forms = append(slices.Clip(parts[i].forms), whole)
		}
		if !strings.ContainsRune(s, either) {
			break
		}
	}
	return parts
}

// Figures in groups of three are one number, whatever stands between: they are joined as a compound is.
var (
	groups     = regexp.MustCompile(`\b\d{1,3}(?:[ \x{a0}\x{202f}\x{2009},.\']\d{3})+\b`)
	number     = regexp.MustCompile(`\b\d{4,}\b`)
	separators = strings.NewReplacer(" ", "-", "\u00a0", "-", "\u202f", "-", "\u2009", "-", ",", "-", ".", "-", "'", "-")
)

var elisions = []string{"l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"}

func cutElision(w string) string {
	head, rest, ok := strings.Cut(w, "'")
	if ok && rest != "" && slices.Contains(elisions, head) {
		return rest
	}
	return w
}
