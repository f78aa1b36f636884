// Package textsearch turns texts and queries into the same terms, so that both databases find the same
// things: case, accents and ligatures are folded, French elisions cut, and inflections reduced to stems.
//
// A word is indexed under the stem of its folded form and the folded stem of its accented form. Folding
// first makes a query without accents match by construction; the other stem catches the inflections whose
// rules need the accents (employé, employées). Ground floor: it knows no domain.
package textsearch

import (
	"slices"
	"strings"
	"unicode"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"

	"github.com/echelon-hr/echelon/app/lang"
)

// Limits of a query: what is longer is cut, since no reader types it.
const (
	maxWords  = 8
	maxLength = 200
	maxTerm   = 64
)

// Terms returns the index terms of a text, each once, in no useful order.
func Terms(l lang.Lang, text string) []string {
	seen := map[string]bool{}
	for _, w := range words(l, text) {
		for _, t := range stems(l, w) {
			seen[t] = true
		}
	}
	out := make([]string, 0, len(seen))
	for t := range seen {
		out = append(out, t)
	}
	slices.Sort(out)
	return out
}

// Query returns, for each word of a query, the terms any of which finds it; a document must have one of
// each word's. Words that carry no meaning alone are left out, unless there are no others.
func Query(l lang.Lang, q string) [][]string {
	if r := []rune(q); len(r) > maxLength {
		q = string(r[:maxLength])
	}
	var all, telling [][]string
	for _, w := range words(l, q) {
		terms := stems(l, w)
		all = append(all, terms)
		if !stopWords[l][lang.Fold(w)] {
			telling = append(telling, terms)
		}
	}
	if len(telling) == 0 {
		telling = all
	}
	return telling[:min(len(telling), maxWords)]
}

// apostrophes makes the ways to write one the same.
var apostrophes = strings.NewReplacer("’", "'", "ʼ", "'")

// Phrase returns the one term of a whole name, "" for a text that has no word or is no name: a document whose
// title is exactly what was typed, inflections and accents aside, comes before those that have its words.
func Phrase(l lang.Lang, text string) string {
	ws := words(l, text)
	if len(ws) == 0 {
		return ""
	}
	for i, w := range ws {
		ws[i] = stem(l, lang.Fold(w))
	}
	p := "=" + strings.Join(ws, " ")
	if len(p) > maxLength {
		return ""
	}
	return p
}

// words cuts a text into lower-case words of letters and digits, accents kept. Quotes around a word are no
// part of it, and neither is an English possessive.
func words(l lang.Lang, text string) []string {
	fields := strings.FieldsFunc(strings.ToLower(apostrophes.Replace(text)), func(r rune) bool {
		return !unicode.IsLetter(r) && !unicode.IsDigit(r) && !unicode.Is(unicode.Mn, r) && r != '\''
	})
	var out []string
	for _, f := range fields {
		f = strings.Trim(f, "'")
		if l == lang.FR {
			f = cutElision(f)
		} else {
			f = strings.TrimSuffix(f, "'s")
		}
		for _, w := range strings.Split(f, "'") {
			if len(w) <= maxTerm && lang.Fold(w) != "" { // an accent alone is no word
				out = append(out, w)
			}
		}
	}
	return out
}

var elisions = []string{"l", "d", "j", "m", "n", "s", "t", "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"}

func cutElision(w string) string {
	head, rest, ok := strings.Cut(w, "'")
	if ok && rest != "" && slices.Contains(elisions, head) {
		return rest
	}
	return w
}

func stems(l lang.Lang, word string) []string {
	a := stem(l, lang.Fold(word))
	b := lang.Fold(stem(l, word))
	if a == b || b == "" {
		return []string{a}
	}
	return []string{a, b}
}

func stem(l lang.Lang, word string) string {
	env := snowballstem.NewEnv(word)
	if l == lang.FR {
		french.Stem(env)
	} else {
		english.Stem(env)
	}
	return env.Current()
}

var stopWords = map[lang.Lang]map[string]bool{
	lang.FR: set("a au aux avec ce ces dans de des du elle en et il la le les leur leurs ou par pas pour que qui sa se ses son sur un une vos votre vous"),
	lang.EN: set("a an and are as at by for from in is it of on or that the their this to with you your"),
}

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}
