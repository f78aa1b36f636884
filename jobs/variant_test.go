package jobs_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// said is a text in both languages that differ.
func said(s string) lang.Text { return lang.NewText(s+" (fr)", s+" (en)") }

func points(keys ...string) []jobs.Point {
	var out []jobs.Point
	for _, k := range keys {
		out = append(out, jobs.Point{Key: k, Text: said(k)})
	}
	return out
}

func entries(keys ...string) []jobs.Entry {
	var out []jobs.Entry
	for _, k := range keys {
		out = append(out, jobs.Entry{Key: k, Title: said(k)})
	}
	return out
}

func ptr(n int) *int { return &n }

// plainRole is a small content that publishes: two areas, two requirements, two tools.
func plainRole() jobs.Content {
	return jobs.Content{
		Title: said("territory manager"), Purpose: said("purpose"), Scope: points("customers"),
		Areas: []jobs.Area{
			{Key: "sales", Title: said("sales"), Share: 60, ShareOrigin: competencies.FromSource, Responsibilities: points("revenue"), Activities: points("visits", "offers", "calls")},
			{Key: "reports", Title: said("reports"), Share: 40, Activities: points("weekly", "monthly")},
		},
		Requirements: []jobs.Requirement{
			{Competency: "negotiation", Rank: 3, Importance: jobs.Essential},
			{Competency: "planning", Rank: 2, Importance: jobs.Expected},
		},
		Experience: jobs.Experience{Text: said("experience"), MinimumMonths: ptr(24)},
		Conditions: jobs.Conditions{TravelPercent: ptr(60), Hours: said("hours")},
		Tools:      []jobs.ToolGroup{{Key: "crm", Title: said("crm"), Tools: []jobs.Tool{{Name: "Ledger", Purpose: said("ledger")}, {Name: "Map", Purpose: said("map")}}}},
		Day:        entries("morning", "evening"),
	}
}

func with(c jobs.Content, v jobs.Variant) jobs.Content {
	v.Slug, v.Name, v.Summary = "pharma", said("pharma"), said("summary")
	c.Variants = append(slices.Clone(c.Variants), v)
	return c
}

func editionOf(t testing.TB, c jobs.Content, slug string) jobs.Edition {
	t.Helper()
	e, err := jobs.EditionOf(c, slug)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

func TestEditionOf(t *testing.T) {
	over := func(o jobs.Overlay) jobs.Variant { return jobs.Variant{Overlay: o} }
	tests := []struct {
		name    string
		variant jobs.Variant
		want    func(*jobs.Content)
		changes map[string]jobs.ChangeKind
	}{
		{"nothing different", jobs.Variant{}, func(*jobs.Content) {}, nil},
		{
			"an item added comes last", over(jobs.Overlay{Scope: points("hospitals"), Day: entries("noon")}),
			func(c *jobs.Content) {
				c.Scope, c.Day = points("customers", "hospitals"), entries("morning", "evening", "noon")
			},
			map[string]jobs.ChangeKind{"scope/hospitals": jobs.Added, "day/noon": jobs.Added},
		},
		{
			"an item replaced stays in its place", over(jobs.Overlay{Requirements: []jobs.Requirement{{Competency: "negotiation", Rank: 4, Importance: jobs.Expected}}}),
			func(c *jobs.Content) { c.Requirements[0].Rank, c.Requirements[0].Importance = 4, jobs.Expected },
			map[string]jobs.ChangeKind{"requirements/negotiation": jobs.Replaced},
		},
		{
			"items removed",
			jobs.Variant{Remove: []string{"requirements/planning", "day/morning", "areas/sales/activities/calls", "tools/crm/tools/Map"}},
			func(c *jobs.Content) {
				c.Requirements, c.Day = c.Requirements[:1], entries("evening")
				c.Areas[0].Activities, c.Tools[0].Tools = points("visits", "offers"), c.Tools[0].Tools[:1]
			},
			map[string]jobs.ChangeKind{
				"requirements/planning": jobs.Removed, "day/morning": jobs.Removed,
				"areas/sales/activities/calls": jobs.Removed, "tools/crm/tools/Map": jobs.Removed,
			},
		},
		{
			"a whole area removed",
			jobs.Variant{Remove: []string{"areas/reports"}},
			func(c *jobs.Content) { c.Areas = c.Areas[:1] },
			map[string]jobs.ChangeKind{"areas/reports": jobs.Removed},
		},
		{
			"inside an area only what is named changes",
			over(jobs.Overlay{Areas: []jobs.Area{{Key: "sales", Share: 70, Origin: competencies.FromEchelon, Activities: []jobs.Point{{Key: "visits", Text: said("ward rounds")}, {Key: "trials", Text: said("trials")}}}, {Key: "reports", Share: 30}}}),
			func(c *jobs.Content) {
				c.Areas[0].Share, c.Areas[1].Share = 70, 30
				c.Areas[0].ShareOrigin = competencies.FromEchelon // the figure is no longer the source's
				c.Areas[0].Activities[0].Text = said("ward rounds")
				c.Areas[0].Activities = append(c.Areas[0].Activities, jobs.Point{Key: "trials", Text: said("trials")})
			},
			map[string]jobs.ChangeKind{
				"areas/sales/share": jobs.Replaced, "areas/reports/share": jobs.Replaced,
				"areas/sales/activities/visits": jobs.Replaced, "areas/sales/activities/trials": jobs.Added,
			},
		},
		{
			"inside an area one thing goes and one comes",
			jobs.Variant{Overlay: jobs.Overlay{Areas: []jobs.Area{{Key: "reports", Title: said("compliance"), Responsibilities: points("rules")}}}, Remove: []string{"areas/reports/activities/weekly"}},
			func(c *jobs.Content) {
				c.Areas[1].Title, c.Areas[1].Responsibilities, c.Areas[1].Activities = said("compliance"), points("rules"), points("monthly")
			},
			map[string]jobs.ChangeKind{
				"areas/reports/title": jobs.Replaced, "areas/reports/responsibilities/rules": jobs.Added, "areas/reports/activities/weekly": jobs.Removed,
			},
		},
		{
			"a tool in its group", over(jobs.Overlay{Tools: []jobs.ToolGroup{{Key: "crm", Tools: []jobs.Tool{{Name: "Ledger", Purpose: said("doctors")}}}, {Key: "law", Tools: []jobs.Tool{{Name: "Code", Purpose: said("code")}}}}}),
			func(c *jobs.Content) {
				c.Tools[0].Tools[0].Purpose = said("doctors")
				c.Tools = append(c.Tools, jobs.ToolGroup{Key: "law", Tools: []jobs.Tool{{Name: "Code", Purpose: said("code")}}})
			},
			map[string]jobs.ChangeKind{"tools/crm/tools/Ledger": jobs.Replaced, "tools/law": jobs.Added},
		},
		{
			"texts and numbers that are given", over(jobs.Overlay{
				Purpose: said("cure"), Experience: jobs.ExperienceOverlay{MinimumMonths: ptr(0), Text: said("wards")},
				Conditions: jobs.ConditionsOverlay{TravelPercent: ptr(80), RemoteDays: ptr(0), Vehicle: said("car"), Hours: said("late"), Safety: said("mask")},
			}),
			func(c *jobs.Content) {
				c.Purpose, c.Experience.Text, c.Experience.MinimumMonths = said("cure"), said("wards"), ptr(0)
				c.Conditions = jobs.Conditions{TravelPercent: ptr(80), RemoteDays: ptr(0), Vehicle: said("car"), Hours: said("late"), Safety: said("mask")}
			},
			map[string]jobs.ChangeKind{
				"purpose": jobs.Replaced, "experience/text": jobs.Replaced, "experience/minimum_months": jobs.Replaced,
				"conditions/travel_percent": jobs.Replaced, "conditions/remote_days": jobs.Replaced, "conditions/vehicle": jobs.Replaced,
				"conditions/hours": jobs.Replaced, "conditions/safety": jobs.Replaced,
			},
		},
		{
			"a number given as it was", over(jobs.Overlay{Conditions: jobs.ConditionsOverlay{TravelPercent: ptr(60)}}),
			func(*jobs.Content) {}, nil,
		},
		{
			"every other list", over(jobs.Overlay{
				KPIs: []jobs.KPIUse{{KPI: "quota"}}, Certifications: []jobs.CertificationUse{{Certification: "csp"}}, Benefits: []jobs.Benefit{{Key: "car"}},
				Challenges: []jobs.Challenge{{Key: "access"}}, Methods: []jobs.Guided{{Key: "spin"}}, Trends: entries("data"),
			}),
			func(c *jobs.Content) {
				c.KPIs, c.Certifications, c.Benefits = []jobs.KPIUse{{KPI: "quota"}}, []jobs.CertificationUse{{Certification: "csp"}}, []jobs.Benefit{{Key: "car"}}
				c.Challenges, c.Methods, c.Trends = []jobs.Challenge{{Key: "access"}}, []jobs.Guided{{Key: "spin"}}, entries("data")
			},
			map[string]jobs.ChangeKind{
				"kpis/quota": jobs.Added, "certifications/csp": jobs.Added, "benefits/car": jobs.Added,
				"challenges/access": jobs.Added, "methods/spin": jobs.Added, "trends/data": jobs.Added,
			},
		},
		{"a path that names nothing removes nothing", jobs.Variant{Remove: []string{"day/night", "purpose", ""}}, func(*jobs.Content) {}, nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			base := with(plainRole(), tt.variant)
			got := editionOf(t, base, "pharma")
			want := with(plainRole(), tt.variant)
			tt.want(&want)
			if diff := cmp.Diff(want, got.Content, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("content (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff(tt.changes, got.Changes, cmpopts.EquateEmpty()); diff != "" {
				t.Errorf("changes (-want +got):\n%s", diff)
			}
			if got.Variant == nil || got.Variant.Slug != "pharma" {
				t.Errorf("the edition names variant %v", got.Variant)
			}
		})
	}
}

func TestTheVersionItselfIsAnEditionToo(t *testing.T) {
	c := with(plainRole(), jobs.Variant{Remove: []string{"day/morning"}})
	e := editionOf(t, c, "")
	if e.Variant != nil || len(e.Changes) != 0 || e.Change("day", "morning") != "" {
		t.Errorf("the version itself has changes: %+v", e)
	}
	if diff := cmp.Diff(c, e.Content); diff != "" {
		t.Error(diff)
	}
}

func TestAnUnknownVariantIsNotFound(t *testing.T) {
	for _, slug := range []string{"fmcg", "PHARMA", "pharma "} {
		_, err := jobs.EditionOf(with(plainRole(), jobs.Variant{}), slug)
		if f := fault.Of(err); f.Kind != fault.NotFound || f.Code != "variant.unknown" {
			t.Errorf("%q: %v", slug, err)
		}
	}
}

func TestChangeIsAskedByPath(t *testing.T) {
	e := editionOf(t, with(plainRole(), jobs.Variant{Remove: []string{"areas/sales/activities/calls"}}), "pharma")
	if got := e.Change("areas", "sales", "activities", "calls"); got != jobs.Removed {
		t.Errorf("got %q", got)
	}
	if got := e.Change("areas", "sales"); got != "" {
		t.Errorf("the area itself is %q", got)
	}
}

// anyRole draws contents and variants over few keys, so that they often meet.
func anyRole() *rapid.Generator[jobs.Content] {
	keys := rapid.SliceOfNDistinct(rapid.SampledFrom([]string{"a", "b", "c", "d"}), 0, 4, rapid.ID)
	return rapid.Custom(func(t *rapid.T) jobs.Content {
		areas := func(name string) []jobs.Area {
			var out []jobs.Area
			for _, k := range keys.Draw(t, name) {
				out = append(out, jobs.Area{Key: k, Share: rapid.IntRange(0, 2).Draw(t, name+k), Activities: points(keys.Draw(t, name+k+"activities")...)})
			}
			return out
		}
		groups := func(name string) []jobs.ToolGroup {
			var out []jobs.ToolGroup
			for _, k := range keys.Draw(t, name) {
				g := jobs.ToolGroup{Key: k}
				for _, n := range keys.Draw(t, name+k) {
					g.Tools = append(g.Tools, jobs.Tool{Name: n, Purpose: said(name)})
				}
				out = append(out, g)
			}
			return out
		}
		path := rapid.Custom(func(t *rapid.T) string {
			key := rapid.SampledFrom([]string{"a", "b", "c", "d"})
			pattern := rapid.SampledFrom([]string{"scope/1", "areas/1", "areas/1/activities/2", "tools/1", "tools/1/tools/2", "day/1"}).Draw(t, "pattern")
			return strings.NewReplacer("1", key.Draw(t, "first"), "2", key.Draw(t, "second")).Replace(pattern)
		})
		c := jobs.Content{Scope: points(keys.Draw(t, "scope")...), Areas: areas("areas"), Tools: groups("tools"), Day: entries(keys.Draw(t, "day")...)}
		return with(c, jobs.Variant{
			Overlay: jobs.Overlay{Scope: points(keys.Draw(t, "over scope")...), Areas: areas("over areas"), Tools: groups("over tools"), Day: entries(keys.Draw(t, "over day")...)},
			Remove:  rapid.SliceOfN(path, 0, 6).Draw(t, "remove"),
		})
	})
}

// TestEditionOfIsPure compares the input before and after, and one edition with the next.
func TestEditionOfIsPure(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyRole().Draw(t, "role")
		before, err := canon.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		first, err := jobs.EditionOf(c, "pharma")
		if err != nil {
			t.Fatal(err)
		}
		// Whoever holds an edition may change its lists without reaching the version.
		for i := range first.Content.Areas {
			first.Content.Areas[i].Key = "changed"
		}
		clear(first.Content.Scope)
		after, err := canon.Marshal(c)
		if err != nil {
			t.Fatal(err)
		}
		if before.Hash != after.Hash {
			t.Fatalf("the version changed:\n%s\n%s", before.Text, after.Text)
		}
		a, _ := jobs.EditionOf(c, "pharma")
		b, _ := jobs.EditionOf(c, "pharma")
		if diff := cmp.Diff(a, b); diff != "" {
			t.Fatalf("two editions differ:\n%s", diff)
		}
	})
}

// TestNothingRemovedRemainsAndNothingElseGoes walks the keys of an edition.
func TestNothingRemovedRemainsAndNothingElseGoes(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		c := anyRole().Draw(t, "role")
		e, err := jobs.EditionOf(c, "pharma")
		if err != nil {
			t.Fatal(err)
		}
		over := c.Variants[0]
		for _, k := range []string{"a", "b", "c", "d"} {
			has := func(list []jobs.Point) bool {
				return slices.ContainsFunc(list, func(p jobs.Point) bool { return p.Key == k })
			}
			there, removed := has(c.Scope) || has(over.Overlay.Scope), slices.Contains(over.Remove, "scope/"+k)
			if has(e.Content.Scope) != (there && !removed) {
				t.Fatalf("scope/%s: there %v, removed %v, in the edition %v", k, there, removed, has(e.Content.Scope))
			}
			if change := e.Change("scope", k); there && (change == jobs.Removed) != removed {
				t.Fatalf("scope/%s is noted as %q", k, change)
			}
		}
	})
}
