package jobs_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

func texts(c jobs.Content) map[string]string {
	out := map[string]string{}
	for path, t := range c.Texts() {
		out[path] = t.String(lang.EN)
	}
	return out
}

func TestTextsNamesEveryTextByItsKeys(t *testing.T) {
	c := jobs.Content{
		Title: said("title"), Scope: points("customers"),
		Areas: []jobs.Area{{Key: "sales", Title: said("sales"), Activities: points("visits")}},
		KPIs: []jobs.KPIUse{{
			KPI: "quota", Target: said("target"), Improve: entries("plan"),
			Definition: &jobs.KPI{Slug: "quota", Name: said("quota"), Inputs: []jobs.KPIInput{{Name: "actual", Label: said("actual")}}},
			Example:    &jobs.KPIExample{Inputs: map[string]string{"actual": "1"}, Text: said("example")},
		}},
		Requirements:   []jobs.Requirement{{Competency: "negotiation", Note: said("note")}},
		Certifications: []jobs.CertificationUse{{Certification: "csp", Note: said("csp")}},
		Tools:          []jobs.ToolGroup{{Key: "crm", Tools: []jobs.Tool{{Name: "Ledger", Purpose: said("ledger")}}}},
		Experience:     jobs.Experience{Text: said("experience")},
		Conditions:     jobs.Conditions{Vehicle: said("car")},
		Becoming:       []jobs.Guided{{Key: "learn", Title: said("learn"), Steps: []jobs.Step{{Key: "read", Text: said("read")}}}},
		Variants:       []jobs.Variant{{Slug: "pharma", Name: said("pharma"), Overlay: jobs.Overlay{Day: entries("rounds")}}},
	}
	want := map[string]string{
		"title": "title (en)", "scope/customers/text": "customers (en)", "areas/sales/title": "sales (en)", "areas/sales/activities/visits/text": "visits (en)",
		"kpis/quota/target": "target (en)", "kpis/quota/improve/plan/title": "plan (en)", "kpis/quota/definition/name": "quota (en)",
		"kpis/quota/definition/inputs/actual/label": "actual (en)", "kpis/quota/example/text": "example (en)",
		"requirements/negotiation/note": "note (en)", "certifications/csp/note": "csp (en)", "tools/crm/tools/Ledger/purpose": "ledger (en)",
		"experience/text": "experience (en)", "conditions/vehicle": "car (en)", "becoming/learn/title": "learn (en)", "becoming/learn/steps/read/text": "read (en)",
		"variants/pharma/name": "pharma (en)", "variants/pharma/overlay/day/rounds/title": "rounds (en)",
	}
	if diff := cmp.Diff(want, texts(c)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestTextsLeavesOutTheEmptyAndStopsWhenTold(t *testing.T) {
	if got := texts(jobs.Content{}); len(got) != 0 {
		t.Errorf("an empty content has texts: %v", got)
	}
	if got := texts(jobs.Content{Title: lang.NewText("titre", "")}); got["title"] != "titre" || len(got) != 1 {
		t.Errorf("a text in one language is a text: %v", got)
	}
	n := 0
	for range plainRole().Texts() {
		n++
		if n == 3 {
			break
		}
	}
	if n != 3 {
		t.Errorf("the walk went on to %d", n)
	}
}

// TestPathsAreDifferent holds for contents whose keys differ, as the tags ask.
func TestPathsAreDifferent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		seen := map[string]bool{}
		for path := range anyRole().Draw(t, "role").Texts() {
			if path == "" || seen[path] {
				t.Fatalf("path %q is empty or there twice", path)
			}
			seen[path] = true
		}
	})
}
