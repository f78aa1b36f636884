package jobs

import (
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/textsearch"
	"github.com/echelon-hr/echelon/competencies"
)

// Weights of a search term by where it stands.
const (
	weightName       = 40 // a whole title, typed exactly
	weightTitle      = 8
	weightOtherTitle = 6
	weightForeign    = 4 // titles in the other language: people use both
	weightCompetency = 3
	weightText       = 1
)

// Index is what is looked up inside a published version: derived from its document and its placement,
// rebuilt at will, never the truth itself.
type Index struct {
	Requirements []Requirement
	Variants     []VariantName
	Terms        map[lang.Lang]map[string]int // term → weight
}

// VariantName is an industry a version has an edition for.
type VariantName struct {
	Slug string
	Name lang.Text
}

// Names are what a content refers to by slug, for the words people look for.
type Names struct {
	Competencies   map[string]competencies.Competency
	Certifications map[string]competencies.Certification
}

// IndexOf derives the index. Names holds at least what the content refers to.
func IndexOf(p Placement, c Content, names Names) Index {
	ix := Index{Requirements: c.Requirements, Terms: map[lang.Lang]map[string]int{}}
	for _, v := range c.Variants {
		ix.Variants = append(ix.Variants, VariantName{Slug: v.Slug, Name: v.Name})
	}
	for _, l := range lang.All() {
		ix.Terms[l] = map[string]int{}
		ix.addTitles(l, p, c)
		for _, r := range c.Requirements {
			ix.add(l, weightCompetency, names.Competencies[r.Competency].Name.String(l))
		}
		for _, u := range c.Certifications {
			k := names.Certifications[u.Certification]
			ix.add(l, weightCompetency, k.Name+" "+k.Abbreviation)
		}
		for _, t := range c.Texts() {
			ix.add(l, weightText, t.String(l))
		}
		for _, g := range c.Tools {
			for _, t := range g.Tools {
				ix.add(l, weightText, t.Name)
			}
		}
	}
	return ix
}

// addTitles indexes the names of a role in one language, and those of the other one with less weight.
func (ix Index) addTitles(l lang.Lang, p Placement, c Content) {
	ix.add(l, weightTitle, c.Title.String(l))
	ix.addName(l, c.Title.String(l))
	for _, t := range p.OtherTitles.In(l) {
		ix.add(l, weightOtherTitle, t)
		ix.addName(l, t)
	}
	for _, t := range append([]string{c.Title.String(l.Other())}, p.OtherTitles.In(l.Other())...) {
		ix.add(l, weightForeign, t)
		ix.addName(l, t)
	}
}

// addName indexes a whole name, a doublet ("Chef de secteur / Cheffe de secteur") under each of its forms.
func (ix Index) addName(l lang.Lang, name string) {
	for _, form := range append(strings.Split(name, " / "), name) {
		if t := textsearch.Phrase(l, form); t != "" {
			ix.Terms[l][t] = weightName
		}
	}
}

func (ix Index) add(l lang.Lang, weight int, text string) {
	for _, t := range textsearch.Terms(l, text) {
		ix.Terms[l][t] = max(ix.Terms[l][t], weight)
	}
}
