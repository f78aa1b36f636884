package jobs

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/textsearch"
	"github.com/echelon-hr/echelon/competencies"
)

// Weights of a search term by where it stands.
const (
	weightTitle      = 8
	weightOtherTitle = 6
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

// IndexOf derives the index. The catalogue holds the competencies that the content requires, by slug.
func IndexOf(p Placement, c Content, catalogue map[string]competencies.Competency) Index {
	ix := Index{Requirements: c.Requirements, Terms: map[lang.Lang]map[string]int{}}
	for _, v := range c.Variants {
		ix.Variants = append(ix.Variants, VariantName{Slug: v.Slug, Name: v.Name})
	}
	for _, l := range lang.All() {
		ix.Terms[l] = map[string]int{}
		ix.add(l, weightTitle, c.Title.String(l))
		for _, t := range p.OtherTitles.In(l) {
			ix.add(l, weightOtherTitle, t)
		}
		for _, r := range c.Requirements {
			ix.add(l, weightCompetency, catalogue[r.Competency].Name.String(l))
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

func (ix Index) add(l lang.Lang, weight int, text string) {
	for _, t := range textsearch.Terms(l, text) {
		ix.Terms[l][t] = max(ix.Terms[l][t], weight)
	}
}
