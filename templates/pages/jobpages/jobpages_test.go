package jobpages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/jobpages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
)

// whole gives a reading what no filler can: kinds and periods that have words.
func whole(r *jobpages.Reading) {
	fix := func(c *jobs.Content) {
		for i := range c.Benefits {
			c.Benefits[i].Kind = "perk"
		}
		for i := range c.MarketNotes {
			c.MarketNotes[i].Period = "YEAR"
		}
		for i := range c.Certifications {
			c.Certifications[i].Importance = "required"
		}
	}
	fix(&r.Edition.Content)
	fix(&r.Profile.Content)
}

func TestPages(t *testing.T) {
	pagetest.Run(t, pagetest.Page[jobpages.ListView]{Name: "list", Make: jobpages.List, Set: func(v *jobpages.ListView, l lang.Lang) { v.Shell.Lang, v.Filter.Q = l, "" }})
	pagetest.Run(t, pagetest.Page[jobpages.ListView]{Name: "search", Make: jobpages.List, Set: func(v *jobpages.ListView, l lang.Lang) { v.Shell.Lang = l }})
	pagetest.Run(t, pagetest.Page[jobpages.ProfileView]{Name: "profile", Make: jobpages.Profile, Set: func(v *jobpages.ProfileView, l lang.Lang) {
		v.Shell.Lang = l
		whole(&v.Reading)
		for i := range v.Pay {
			v.Pay[i].Period = "YEAR"
		}
	}})
	pagetest.Run(t, pagetest.Page[jobpages.GuideView]{Name: "guide", Make: jobpages.Guide, Set: func(v *jobpages.GuideView, l lang.Lang) { v.Shell.Lang = l; whole(&v.Reading) }})
	pagetest.Run(t, pagetest.Page[jobpages.CompareView]{Name: "comparison", Make: jobpages.Compare, Set: func(v *jobpages.CompareView, l lang.Lang) { v.Shell.Lang = l }})
	pagetest.Run(t, pagetest.Page[jobpages.VersionsView]{Name: "versions", Make: jobpages.Versions, Set: func(v *jobpages.VersionsView, l lang.Lang) { v.Shell.Lang = l }})
	pagetest.Run(t, pagetest.Page[jobpages.FamilyView]{Name: "family", Make: jobpages.Family, Set: func(v *jobpages.FamilyView, l lang.Lang) { v.Shell.Lang = l }})
	pagetest.Run(t, pagetest.Page[jobpages.MatrixView]{Name: "grid", Make: jobpages.Matrix, Set: func(v *jobpages.MatrixView, l lang.Lang) { v.Shell.Lang = l }})
}

func shell(l lang.Lang) layout.Shell {
	return layout.Shell{Lang: l, Title: "Fiche", Can: layout.Can{Jobs: true}}
}

func text(s string) lang.Text { return lang.NewText(s+" (fr)", s+" (en)") }

// reading is a small role with a variant that adds, replaces and removes.
func reading(t *testing.T, variant string) jobpages.Reading {
	t.Helper()
	c := jobs.Content{
		Title:   text("Responsable de territoire"),
		Purpose: text("Finalité"),
		Scope:   []jobs.Point{{Key: "kept", Text: text("Gardé")}, {Key: "gone", Text: text("Parti")}},
		Areas:   []jobs.Area{{Key: "sales", Title: text("Ventes"), Share: 40}},
		KPIs: []jobs.KPIUse{{
			KPI: "quota", Target: text("Cible"), Period: "quarter",
			Definition: &jobs.KPI{Slug: "quota", Name: text("Quota"), Formula: "(actual - returns) / quota", Inputs: []jobs.KPIInput{{Name: "actual", Label: lang.NewText("ventes", "sales")}, {Name: "quota", Label: lang.NewText("objectif", "target")}}},
			Example:    &jobs.KPIExample{Inputs: map[string]string{"actual": "550000", "quota": "500000"}, Text: text("Exemple")},
		}},
		Requirements: []jobs.Requirement{{Competency: "negotiation", Rank: 3, Importance: jobs.Essential}},
		Origin:       competencies.FromSource,
		Variants: []jobs.Variant{{
			Slug: "pharma", Name: text("Pharmacie"), Summary: text("Résumé"), Remove: []string{"scope/gone"},
			Overlay: jobs.Overlay{Purpose: text("Autre finalité"), Scope: []jobs.Point{{Key: "new", Text: text("Neuf")}}},
		}},
	}
	e, err := jobs.EditionOf(c, variant)
	if err != nil {
		t.Fatal(err)
	}
	return jobpages.Reading{
		Profile: jobs.Profile{Slug: "territory-manager", Placement: jobs.Placement{Family: "sales", Track: "field", Stage: jobs.StageMid}, Content: c},
		Edition: e,
		Competencies: map[string]competencies.Competency{"negotiation": {Slug: "negotiation", Content: competencies.Content{
			Name: lang.NewText("Négociation", "Negotiation"), Scale: competencies.ScaleRef{Slug: "mastery"},
			Levels: []competencies.Level{{Rank: 3, Summary: text("Mène un accord")}},
		}}},
		Scales:  map[string]competencies.Scale{"mastery": {Slug: "mastery", Levels: []competencies.ScaleLevel{{Rank: 1}, {Rank: 2}, {Rank: 3, Name: lang.NewText("Compétence", "Competent")}, {Rank: 4}, {Rank: 5}}}},
		Results: map[string]string{"quota": "110 %"},
	}
}

func contains(t *testing.T, html string, wants ...string) {
	t.Helper()
	for _, want := range wants {
		if !strings.Contains(html, want) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestProfileSaysLevelsAndFigures(t *testing.T) {
	html := pagetest.Render(t, jobpages.Profile(jobpages.ProfileView{Shell: shell(lang.EN), Reading: reading(t, "")}))
	contains(t, html, "3 of 5", "competent", "Mène un accord (en)", "(sales − returns) ÷ target", "550,000", "110 %", "40%", "not stated")
	if strings.Contains(html, `id="pay"`) {
		t.Error("a pay box stands on a page without bands")
	}
}

func TestVariantMarksWhatItChanges(t *testing.T) {
	html := pagetest.Render(t, jobpages.Profile(jobpages.ProfileView{Shell: shell(lang.FR), Reading: reading(t, "pharma")}))
	contains(t, html, "Pharmacie (fr)", "Ajouté", "Modifié", "Retiré", "<del>", "Parti (fr)", "1 ajout", `name="variant" value="pharma"`, `/guide?variant=pharma`)
}

func TestMissingTranslationKeepsItsLanguage(t *testing.T) {
	r := reading(t, "")
	r.Edition.Content.Purpose = lang.NewText("Seulement en français", "")
	html := pagetest.Render(t, jobpages.Profile(jobpages.ProfileView{Shell: shell(lang.EN), Reading: r}))
	contains(t, html, `<span lang="fr">Seulement en français</span>`, "not translated yet")
}

func TestStaleTranslationIsMarked(t *testing.T) {
	r := reading(t, "")
	r.Edition.Content.Purpose.FR.Revision = 2
	html := pagetest.Render(t, jobpages.Profile(jobpages.ProfileView{Shell: shell(lang.EN), Reading: r}))
	contains(t, html, "translation out of date")
}

func TestComparisonSaysTheDifferenceInWords(t *testing.T) {
	a, b := reading(t, ""), reading(t, "")
	b.Edition.Content.Requirements = []jobs.Requirement{{Competency: "negotiation", Rank: 5, Importance: jobs.Essential}}
	b.Edition.Content.KPIs = nil
	b.Profile.Slug = "account-manager"
	html := pagetest.Render(t, jobpages.Compare(jobpages.CompareView{Shell: shell(lang.EN), A: &a, B: &b}))
	contains(t, html, "2 levels higher for the second", "Only for the first", "The same")
	b.Edition.Content.Requirements[0] = jobs.Requirement{Competency: "negotiation", Rank: 3, Importance: jobs.Expected}
	contains(t, pagetest.Render(t, jobpages.Compare(jobpages.CompareView{Shell: shell(lang.EN), A: &a, B: &b})), "Same level; importance: essential → expected")
}

func TestARoleIsNotComparedWithItself(t *testing.T) {
	a := reading(t, "")
	html := pagetest.Render(t, jobpages.Compare(jobpages.CompareView{Shell: shell(lang.EN), A: &a, B: &a}))
	contains(t, html, "Choose two different roles")
	if strings.Contains(html, "ec-compare-table") {
		t.Error("a role is compared with itself")
	}
}

// TestReplacedItemsSayWhatStoodBefore reads a variant that replaces one item of each kind of wording.
func TestReplacedItemsSayWhatStoodBefore(t *testing.T) {
	r := reading(t, "")
	days := 2
	c := r.Profile.Content
	c.Conditions.RemoteDays = new(int)
	c.Variants = []jobs.Variant{{Slug: "pharma", Name: text("Pharmacie"), Summary: text("Résumé"), Overlay: jobs.Overlay{
		Purpose:      text("Autre finalité"),
		Areas:        []jobs.Area{{Key: "sales", Share: 30}},
		KPIs:         []jobs.KPIUse{{KPI: "quota", Target: text("Autre cible"), Period: "quarter"}},
		Requirements: []jobs.Requirement{{Competency: "negotiation", Rank: 4, Importance: jobs.Expected}},
		Conditions:   jobs.ConditionsOverlay{RemoteDays: &days},
	}}}
	e, err := jobs.EditionOf(c, "pharma")
	if err != nil {
		t.Fatal(err)
	}
	r.Profile.Content, r.Edition = c, e
	html := strings.Join(strings.Fields(pagetest.Render(t, jobpages.Profile(jobpages.ProfileView{Shell: shell(lang.EN), Reading: r}))), " ")
	for _, was := range []string{"Finalité (en)", "40%", "Cible (en)", "3 of 5, essential", "none"} {
		if !strings.Contains(html, "before: "+was) {
			t.Errorf("does not say that it was %q before", was)
		}
	}
	for _, id := range []string{"change-purpose", "change-areas-sales-share", "change-kpis-quota", "change-requirements-negotiation", "change-conditions-remote-days"} {
		if strings.Count(html, `href="#`+id+`"`) != 1 || strings.Count(html, ` id="`+id+`"`) != 1 {
			t.Errorf("the list of changes does not lead to %s", id)
		}
	}
}

func TestCertificationsKeepTheLanguageOfTheirName(t *testing.T) {
	r := reading(t, "")
	r.Edition.Content.Certifications = []jobs.CertificationUse{{Certification: "csp", Importance: "preferred"}}
	r.Certifications = map[string]competencies.Certification{"csp": {Slug: "csp", Name: "Certified Sales Professional", NameLang: lang.EN, Abbreviation: "CSP", Gloss: text("Certification")}}
	html := pagetest.Render(t, jobpages.Profile(jobpages.ProfileView{Shell: shell(lang.FR), Reading: r}))
	contains(t, html, `<span lang="en">Certified Sales Professional</span> (CSP)`)
	if strings.Index(html, "Certification (fr)") > strings.Index(html, "Certified Sales") {
		t.Error("the official name comes before what it means")
	}
}

func TestGridIsATableWithHeaders(t *testing.T) {
	scale := reading(t, "").Scales["mastery"]
	html := pagetest.Render(t, jobpages.Matrix(jobpages.MatrixView{
		Shell: shell(lang.EN),
		Roles: []jobpages.MatrixRole{{RoleLink: jobpages.RoleLink{Slug: "tm", Title: text("TM")}, Stage: jobs.StageMid}},
		Rows:  []jobpages.MatrixRow{{Slug: "negotiation", Name: text("N"), Category: competencies.Technical, Scale: scale, Cells: []jobpages.MatrixCell{{Rank: 3, Importance: jobs.Essential}}}},
	}))
	contains(t, html, "<caption>", `scope="col"`, `scope="row"`, `scope="rowgroup"`, "data-cell", "3 of 5", "Essential", `role="region" tabindex="0"`)
}

func TestRowsAreGroupedByTrack(t *testing.T) {
	rows := []jobpages.Row{
		{Slug: "a", Title: text("A"), Family: "sales", Track: "field", Stage: jobs.StageMid},
		{Slug: "b", Title: text("B"), Family: "sales", Track: "lead", Stage: jobs.StageMid},
	}
	v := jobpages.ListView{Shell: shell(lang.FR), Rows: rows, Total: 2, Families: []jobs.Family{{Slug: "sales", Name: text("Vente"), Tracks: []jobs.Track{{Slug: "field", Name: text("Terrain")}, {Slug: "lead", Name: text("Management")}}}}}
	contains(t, pagetest.Render(t, jobpages.List(v)), "Terrain (fr)", "Management (fr)", "2 fiches de poste")
	v.Filter.Q = "b"
	if html := pagetest.Render(t, jobpages.List(v)); strings.Contains(html, "Terrain (fr)") {
		t.Error("a search is grouped although it comes by relevance")
	}
}
