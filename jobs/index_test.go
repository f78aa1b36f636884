package jobs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

func TestIndexWeighsAWordByItsBestPlace(t *testing.T) {
	c := jobs.Content{
		Title:        lang.NewText("Responsable de territoire", "Territory manager"),
		Purpose:      lang.NewText("Négocier pour le territoire et le secteur", "Bargain for the territory and the patch"),
		Requirements: []jobs.Requirement{{Competency: "negotiation", Rank: 3}, {Competency: "gone", Rank: 1}},
		Tools:        []jobs.ToolGroup{{Key: "crm", Tools: []jobs.Tool{{Name: "Salesforce", Purpose: lang.NewText("Suivre les clients", "Follow customers")}}}},
		Variants:     []jobs.Variant{{Slug: "pharma", Name: lang.NewText("Pharmacie", "Pharmaceuticals")}},
	}
	place := jobs.Placement{OtherTitles: jobs.OtherTitles{FR: []string{"Chef de secteur"}, EN: []string{"Area manager"}}}
	catalogue := map[string]competencies.Competency{"negotiation": {Content: competencies.Content{Name: lang.NewText("Négociation", "Negotiation")}}}
	ix := jobs.IndexOf(place, c, jobs.Names{Competencies: catalogue})

	tests := []struct {
		name string
		lang lang.Lang
		term string
		want int
	}{
		{"a word of the title", lang.FR, "territoir", 8},
		{"a word of the title in the other language", lang.EN, "territori", 8},
		{"a word of another title, though the text has it too", lang.FR, "secteur", 6},
		{"a word of another title", lang.EN, "area", 6},
		{"a competency's name", lang.FR, "negoci", 3},
		{"a competency's name in English", lang.EN, "negoti", 3},
		{"a word of the text", lang.EN, "bargain", 1},
		{"the name of a tool", lang.FR, "salesforc", 1},
		{"a variant's name", lang.FR, "pharmac", 1},
		{"another language's title", lang.EN, "secteur", 4},
		{"another language's word", lang.EN, "livraison", 0},
		{"a whole title", lang.EN, "=territori manag", 40},
		{"a whole other title", lang.FR, "=chef de secteur", 40},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := ix.Terms[tt.lang][tt.term]; got != tt.want {
				t.Errorf("%s weighs %d, want %d; there are %v", tt.term, got, tt.want, ix.Terms[tt.lang])
			}
		})
	}
	if diff := cmp.Diff(c.Requirements, ix.Requirements); diff != "" {
		t.Error(diff)
	}
	if diff := cmp.Diff([]jobs.VariantName{{Slug: "pharma", Name: c.Variants[0].Name}}, ix.Variants); diff != "" {
		t.Error(diff)
	}
}

func TestATextMissingInALanguageIsSearchedInTheOther(t *testing.T) {
	ix := jobs.IndexOf(jobs.Placement{}, jobs.Content{Title: lang.NewText("Acheteuse", "")}, jobs.Names{})
	for _, l := range lang.All() {
		if len(ix.Terms[l]) == 0 {
			t.Errorf("nothing to find in %s", l)
		}
	}
}
