// Package textsearch turns texts and queries into the same terms, so that both databases find the same
// things: case, accents and ligatures are folded, French elisions cut, and inflections reduced to stems.
//
// A word is indexed under the stem of its folded form and the folded stem of its accented form. Folding
// first makes a query without accents match by construction; the other stem catches the inflections whose
// rules need the accents (employé, employées). What is written in several ways is found by each of them: signs that
// nobody sees are left out, a compound counts as its parts and as one word (e-mail, email), figures in groups as their
// groups and as one number (10 000), and a form for both sexes as its two words (chargé·e). It is ground
// floor and knows no domain.
package textsearch

import (
	"maps"
	"slices"
	"strings"

	"github.com/blevesearch/snowballstem"
	"github.com/blevesearch/snowballstem/english"
	"github.com/blevesearch/snowballstem/french"

	"github.com/echelon-hr/echelon/app/lang"
)

// Version counts the ways in which terms were made: an index made in another one is made anew. It changes with
// everything here, and in lang.Fold, that makes other terms of the same text.
const Version = 2

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
		for _, t := range w.terms(l) {
			seen[t] = true
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// Query returns, for each word of a query, the terms any of which finds it; a document must have one of
// each word's. Words that carry no meaning alone are left out, unless there are no others.
func Query(l lang.Lang, q string) [][]string {
	if r := []rune(q); len(r) > maxLength {
		q = string(r[:maxLength])
	}
	// A number without its separators finds what the same number with them finds.
	q = number.ReplaceAllStringFunc(q, func(n string) string { return lang.Decimal(lang.EN, n) })
	var all, telling [][]string
	for _, w := range words(l, q) {
		terms := w.terms(l)
		all = append(all, terms)
		if !stopWords[l][lang.Fold(w.forms[0])] {
			telling = append(telling, terms)
		}
	}
	if len(telling) == 0 {
		telling = all
	}
	return telling[:min(len(telling), maxWords)]
}

// Phrase returns the one term of a whole name, "" for a text that has no word or is no name: a document whose
// title is exactly what was typed, inflections and accents aside, comes before those that have its words.
func Phrase(l lang.Lang, text string) string {
	ws := words(l, text)
	if len(ws) == 0 {
		return ""
	}
	stemmed := make([]string, 0, len(ws))
	for _, w := range ws {
		stemmed = append(stemmed, stem(l, lang.Fold(w.forms[0])))
	}
	p := "=" + strings.Join(stemmed, " ")
	if len(p) > maxLength {
		return ""
	}
	return p
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
	lang.FR: set("a au aux avec ce ces dans de des du elle en et il la le les leur leurs ou par pas pour que qui sa se " +
		"ses son sur un une vos votre vous"),
	lang.EN: set("a an and are as at by for from in is it of on or that the their this to with you your"),
}

func set(list string) map[string]bool {
	m := map[string]bool{}
	for _, w := range strings.Fields(list) {
		m[w] = true
	}
	return m
}
