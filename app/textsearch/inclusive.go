package textsearch

import (
	"regexp"
	"strings"
	"unicode/utf8"
)

// Forms for both sexes: a word, a sign, and the ending of the other form, with a plural or without. The sign is one of
// those in use, or brackets around the ending.
var (
	forms   = regexp.MustCompile(`(\p{L}[\p{L}\p{M}]+)(?:\((\p{L}{1,5})\)(s?)|[·⋅•‧∙.\-/](\p{L}{1,5})((?:[·⋅•‧∙.\-/]s)?))`)
	doublet = regexp.MustCompile(`\p{L}[\p{L}\p{M}]+ ?/ ?\p{L}[\p{L}\p{M}]+`)
)

// pairForms writes both words where a text has one form for both: "chargé·e" becomes "chargé" or "chargée".
func pairForms(text string) string {
	var b strings.Builder
	end := 0
	for _, m := range forms.FindAllStringSubmatchIndex(text, -1) {
		group := func(i int) string {
			if m[2*i] < 0 {
				return ""
			}
			return text[m[2*i]:m[2*i+1]]
		}
		base, ending := group(1), group(2)+group(4)
		other, ok := otherForm(base, ending)
		if next, _ := utf8.DecodeRuneInString(text[m[1]:]); !ok || m[1] < len(text) && isLetter(next) {
			continue
		}
		b.WriteString(text[end:m[0]] + base)
		if other != base {
			b.WriteString(string(either) + other)
		}
		end = m[1]
	}
	return b.String() + text[end:]
}

// endings are those of the second form, with the endings of the first form that they replace: "directeur·rice" stands
// for "directrice". The ending "e" replaces nothing and follows any word. Each of the others follows only the ends that
// are listed with it, so that "dis-le" stays two words.
var endings = map[string][]string{
	"ne": {"n+"}, "le": {"l+"}, "te": {"t+"}, "se": {"s+"}, "fe": {"f+"},
	"sse": {"e+"}, "esse": {"e"}, "ve": {"f"}, "que": {"c"},
	"euse": {"eur", "eux"}, "rice": {"eur"}, "ice": {"eur"}, "trice": {"teur"},
	"ère": {"er"}, "ere": {"er"}, "ière": {"ier"}, "iere": {"ier"},
}

// otherForm makes the second word of a form for both sexes; an ending that is only the plural's leaves the word alone.
func otherForm(base, ending string) (string, bool) {
	switch ending {
	case "s", "x":
		return base, true
	case "e", "es":
		return base + "e", true
	}
	for _, one := range []string{ending, strings.TrimSuffix(ending, "s")} {
		for _, of := range endings[one] {
			if stays, ok := strings.CutSuffix(of, "+"); ok && strings.HasSuffix(base, stays) {
				return base + one, true
			}
			if strings.HasSuffix(base, of) {
				return strings.TrimSuffix(base, of) + one, true
			}
		}
	}
	return "", false
}

// alike is how many bytes the two words of a doublet share at their beginning, which is half of the first at least.
const alike = 4

// pairDoublet writes two words with a stroke between them as one form for both, where they begin alike: one of
// "acheteur / acheteuse" is enough to be found.
func pairDoublet(s string) string {
	first, second, _ := strings.Cut(s, "/")
	first, second = strings.TrimSpace(first), strings.TrimSpace(second)
	same := 0
	for same < min(len(first), len(second)) && first[same] == second[same] {
		same++
	}
	if same < alike || same*2 < len(first) {
		return s
	}
	return first + string(either) + second
}
