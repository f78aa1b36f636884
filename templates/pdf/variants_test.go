package pdf

import (
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

// TestEveryEditionKeepsToThreePages prints every shipped profile in each of its variants.
func TestEveryEditionKeepsToThreePages(t *testing.T) {
	for _, slug := range shipped(t) {
		base := seedDocument(t, slug)
		for _, v := range base.Profile.Content.Variants {
			for _, l := range lang.All() {
				t.Run(slug+" "+v.Slug+" "+string(l), func(t *testing.T) {
					d := base
					var err error
					if d.Reading, err = jobs.EditionOf(d.Profile.Content, v.Slug); err != nil {
						t.Fatal(err)
					}
					d.Langs = []lang.Lang{l}
					_, report, err := RenderReport(t.Context(), d, Options{})
					if err != nil {
						t.Fatal(err)
					}
					if report.Pages > maxProfilePages {
						t.Errorf("%d pages", report.Pages)
					}
				})
			}
		}
	}
}
