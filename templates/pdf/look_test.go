package pdf

import (
	"context"
	"os"
	"path/filepath"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

// TestLook writes the shipped flagship in its forms to the folder of PDF_LOOK, for a person to look at.
func TestLook(t *testing.T) {
	dir := os.Getenv("PDF_LOOK")
	if dir == "" {
		t.Skip("PDF_LOOK names no folder")
	}
	d := seedDocument(t, "territory-manager")
	put := func(name string, d Document) {
		b, r, err := RenderReport(context.Background(), d, Options{})
		if err != nil {
			t.Fatal(name, err)
		}
		t.Logf("%s: %d pages, fallback %v, %d bytes", name, r.Pages, r.Fallback, len(b))
		if err := os.WriteFile(filepath.Join(dir, name+".pdf"), b, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	put("fr", d)
	e := d
	e.Langs = []lang.Lang{lang.EN}
	e.Paper = Letter
	put("en-letter", e)
	g := d
	g.Edition = Guide
	put("fr-guide", g)
	a := d
	a.Acknowledgement = true
	put("fr-ack", a)
	v := d
	v.Draft, v.Acknowledgement = true, true
	if len(d.Profile.Content.Variants) > 0 {
		v.Reading, _ = jobs.EditionOf(d.Profile.Content, d.Profile.Content.Variants[0].Slug)
	}
	v.Pay = &Pay{Effective: "2026-01-01", Lines: []PayLine{
		{Zone: lang.NewText("Île-de-France", "Paris region"), Min: "42000", Target: "50000", Max: "62000", Currency: "EUR", Period: "YEAR", Variable: "15000", Mix: "77/23"},
		{Zone: lang.NewText("Régions", "Regions"), Min: "38000", Target: "45000", Max: "55000", Currency: "EUR", Period: "YEAR"},
	}}
	put("fr-variant-pay-draft", v)
	b := d
	b.Langs = lang.All()
	put("both", b)
	x := fixture()
	x.Profile.Content.Title = lang.NewText("Łódź 日本 🚀 Київ / Ελληνικά", "x")
	x.Profile.Content.Purpose = lang.NewText("", "Only in English → ← ↑ ↓ ↗ ≥ ≤ ✓ □ ■ and a tail that goes on for a while so that the line breaks somewhere in the middle of it.")
	x.Draft = true
	put("odd", x)
	f := FamilyDocument{Company: d.Company, Link: "https://rh.aubier.example/families/sales", Family: d.Family, Langs: lang.All()}
	for _, s := range []string{"sales-representative", "territory-manager", "vp-sales", "sales-trainer"} {
		f.Profiles = append(f.Profiles, seedDocument(t, s))
	}
	put("family", f)
}
