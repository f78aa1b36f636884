package act_test

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	gocmp "github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/careers/careersdb"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/competencies/competenciesdb"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/jobsdb"
	"github.com/echelon-hr/echelon/jobs/pay"
	"github.com/echelon-hr/echelon/jobs/pay/paydb"
)

var (
	noon   = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	editor = actor.Actor{Kind: actor.Person, ID: "editor", Roles: []actor.Role{actor.HR, actor.Compensation}}
	second = actor.Actor{Kind: actor.Person, ID: "second", Roles: []actor.Role{actor.Compensation}} // who approves
)

// company is the services of the domains over one database.
type company struct {
	competencies *competencies.Service
	jobs         *jobs.Service
	careers      *careers.Service
	pay          *pay.Service
}

func found(d *db.DB, parts actdb.Parts) company {
	now := clock.Fixed(noon)
	catalogue := func(h bun.IDB) *competencies.Service {
		return competencies.NewService(competenciesdb.New(h, parts), now)
	}
	return company{
		competencies: catalogue(d.DB),
		jobs:         jobs.NewService(jobsdb.New(d.DB, parts, func(h bun.IDB) jobs.Catalogue { return catalogue(h) }), now),
		careers:      careers.NewService(careersdb.New(d.DB, parts), now),
		pay:          pay.NewService(paydb.New(d.DB, parts), now, pay.Reads{Journal: parts.Journal(d.DB), Today: func(context.Context) string { return "2026-11-23" }}),
	}
}

// call is one use case, and what the journal tells of it when it changed something.
type call struct {
	of     any    // the service
	method string // the use case
	do     func() error
	tells  string // action, object, and version, N for the number of the call; "" for what only reads, or readOfPay
	by     string // who does it, "" for the editor
}

// readOfPay is a use case that only reads, of which the journal tells all the same.
const readOfPay = "bands.read"

func (c call) writes() bool { return c.tells != "" && c.tells != readOfPay }

// attempt does it again, and tells whether any row but the journal's changed, and what the journal has of it.
func (c call) attempt(t *testing.T, d *db.DB) (changed bool, entries []audit.Entry, err error) {
	t.Helper()
	without := []string{"journal", "journal_head", "journal_keys"}
	rows, told := testkit.Dump(t, d, without...), len(acttest.Entries(t, d))
	err = c.do()
	entries = slices.DeleteFunc(acttest.Entries(t, d)[told:], func(e audit.Entry) bool { return e.Action == readOfPay })
	return !gocmp.Equal(rows, testkit.Dump(t, d, without...)), entries, err
}

// TestEveryActOfTheDomainsIsJournalled calls every method of every service of the domains, in an order in which it can be
// done, those that write twice: what changed something is told by the journal, once, with whoever did it, what it is and its
// hash, and what changed nothing is not. A new method must find its place here.
func TestEveryActOfTheDomainsIsJournalled(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		acttest.Sign(t, d)
		calls := found(d, acttest.Parts(clock.Fixed(noon))).calls(t.Context())
		for _, missing := range uncalled(calls) {
			t.Errorf("%s is not called: say here what the journal tells of it", missing)
		}
		for _, c := range calls {
			for n := 1; n == 1 || n == 2 && c.writes(); n++ {
				name := fmt.Sprintf("%T.%s, call %d", c.of, c.method, n)
				changed, entries, err := c.attempt(t, d)
				if n == 1 && (err != nil || changed != c.writes()) {
					t.Fatalf("%s changed something: %t, %v", name, changed, err)
				}
				if err != nil && fault.Of(err).Kind != fault.Conflict { // again, what is settled is refused as that alone
					t.Errorf("%s: %v", name, err)
				}
				if want := map[bool]int{true: 1}[changed]; len(entries) != want {
					t.Errorf("%s changed something: %t; the journal has of it %+v", name, changed, entries)
				}
				for _, e := range entries {
					check(t, name, strings.ReplaceAll(c.tells, "N", fmt.Sprint(n)), cmp.Or(c.by, editor.String()), e)
				}
			}
		}
		for _, e := range acttest.Entries(t, d) {
			if text := fmt.Sprint(e); strings.Contains(text, "Zadig") {
				t.Errorf("the journal holds a text: %s", text)
			}
		}
		if n, err := d.NewSelect().Table("mails").Count(t.Context()); err != nil || n != 0 {
			t.Errorf("%d letters, %v", n, err)
		}
	})
}

// TestWhatCannotBeJournalledDoesNotHappen does every act where the journal is full, before it is done.
func TestWhatCannotBeJournalledDoesNotHappen(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		acttest.Sign(t, d)
		full := &acttest.Recorder{Fails: errors.New("the journal is full")}
		broken := acttest.Parts(clock.Fixed(noon))
		broken.Journal = func(bun.IDB) audit.Journal { return full.Journal() }
		works := found(d, acttest.Parts(clock.Fixed(noon))).calls(t.Context())
		for i, c := range found(d, broken).calls(t.Context()) {
			if !c.writes() {
				continue
			}
			if changed, _, err := c.attempt(t, d); changed || !errors.Is(err, full.Fails) {
				t.Errorf("%T.%s changed something: %t, %v", c.of, c.method, changed, err)
			}
			if err := works[i].do(); err != nil {
				t.Fatal(err)
			}
		}
	})
}

// check holds an entry to what it must say.
func check(t *testing.T, name, tells, by string, e audit.Entry) {
	t.Helper()
	got := e.Action + " " + e.Object
	if v := e.Details["version"]; v != "" {
		got += " " + v
	}
	if got != tells {
		t.Errorf("%s is told as %q, want %q", name, got, tells)
	}
	if e.Actor != by || e.Behalf != "" || e.Outcome != audit.Done || len(e.Details["hash"]) != 64 {
		t.Errorf("%s is told as %+v", name, e)
	}
}

// uncalled are the methods of the services that no call is of.
func uncalled(calls []call) []string {
	called := map[reflect.Type][]string{}
	for _, c := range calls {
		of := reflect.TypeOf(c.of)
		called[of] = append(called[of], c.method)
	}
	var out []string
	for of, methods := range called {
		for m := range of.Methods() {
			if !slices.Contains(methods, m.Name) {
				out = append(out, fmt.Sprintf("%s.%s", of, m.Name))
			}
		}
	}
	return out
}

func (c company) calls(ctx context.Context) []call {
	return slices.Concat(c.competencyCalls(ctx), c.jobCalls(ctx), c.careerCalls(ctx), c.payCalls(ctx))
}

// failed is the error of a use case that returns something beside it.
func failed[T any](_ T, err error) error { return err }

func text(s string) lang.Text { return lang.NewText(s+" de Zadig", "Zadig’s "+s) }

func (c company) competencyCalls(ctx context.Context) []call {
	s := c.competencies
	scale := competencies.Scale{
		Slug: "two", Version: 1, Name: text("scale"),
		Levels: []competencies.ScaleLevel{{Rank: 1, Name: text("low")}, {Rank: 2, Name: text("high")}},
	}
	content := competencies.Content{
		Category: competencies.Technical, Trend: competencies.Stable, Scale: competencies.ScaleRef{Slug: "two", Version: 1},
		Name: text("skill"), Definition: text("definition"), Origin: competencies.FromEchelon,
		Questions: competencies.Questions{Situational: text("if"), Behavioural: text("when")},
	}
	for rank := 1; rank <= 2; rank++ {
		content.Levels = append(content.Levels, competencies.Level{
			Rank: rank, Summary: text("summary"), Signals: []lang.Text{text("signal")}, Examples: []lang.Text{text("example")},
		})
	}
	badge := competencies.Certification{
		Slug: "badge", Name: "Zadig's badge", NameLang: lang.EN, Gloss: text("badge"), Evidences: []string{"selling"},
		Origin: competencies.FromEchelon,
	}
	slugs, refs := []string{"selling", "badge"}, []competencies.VersionRef{{Slug: "selling", Number: 1}}
	return []call{
		{s, "PublishScale", func() error {
			return failed(s.PublishScale(ctx, editor, scale))
		}, "competencies.scale_published scale:two 1", ""},
		{s, "Publish", func() error {
			return failed(s.Publish(ctx, editor, "selling", content))
		}, "competencies.published competency:selling N", ""},
		{s, "PutCertification", func() error {
			return failed(s.PutCertification(ctx, editor, badge))
		}, "competencies.certification_changed certification:badge", ""},
		{s, "Scales", func() error { return failed(s.Scales(ctx, editor)) }, "", ""},
		{s, "List", func() error { return failed(s.List(ctx, editor, lang.FR)) }, "", ""},
		{s, "Get", func() error { return failed(s.Get(ctx, editor, "selling")) }, "", ""},
		{s, "GetVersion", func() error { return failed(s.GetVersion(ctx, editor, "selling", 1)) }, "", ""},
		{s, "Pinned", func() error { return failed(s.Pinned(ctx, editor, refs)) }, "", ""},
		{s, "Named", func() error { return failed(s.Named(ctx, editor, slugs)) }, "", ""},
		{s, "NamedCertifications", func() error { return failed(s.NamedCertifications(ctx, editor, slugs)) }, "", ""},
		{s, "Certifications", func() error { return failed(s.Certifications(ctx, editor)) }, "", ""},
	}
}

func (c company) jobCalls(ctx context.Context) []call {
	s := c.jobs
	tracks := []jobs.Track{{Slug: "field", Name: text("track")}}
	family := jobs.Family{Slug: "sales", Name: text("family"), Text: text("text"), Tracks: tracks}
	quota := jobs.KPI{
		Slug: "quota", Name: text("quota"), Meaning: text("meaning"), Unit: "percent", Formula: "sold / aim",
		Inputs: []jobs.KPIInput{{Name: "sold", Label: text("sold")}, {Name: "aim", Label: text("aim")}},
	}
	place := jobs.Placement{Family: "sales", Track: "field", Stage: jobs.StageMid, Owner: text("owner")}
	two := []jobs.Point{{Key: "first", Text: text("first")}, {Key: "second", Text: text("second")}}
	content := jobs.Content{
		Title: text("title"), Purpose: text("purpose"),
		Areas:          []jobs.Area{{Key: "work", Title: text("work"), Share: 100, Activities: two}},
		Requirements:   []jobs.Requirement{{Competency: "selling", Rank: 2, Importance: jobs.Essential}},
		Certifications: []jobs.CertificationUse{{Certification: "badge", Importance: "preferred"}},
		KPIs:           []jobs.KPIUse{{KPI: "quota", Target: text("all"), Period: "year"}},
		Variants: []jobs.Variant{{
			Slug: "pharma", Name: text("pharma"), Summary: text("summary"), Overlay: jobs.Overlay{Purpose: text("other")},
		}},
		Origin: competencies.FromEchelon,
	}
	filter := jobs.Filter{Lang: lang.EN, Text: "Zadig"}
	return []call{
		{s, "PutFamily", func() error {
			return failed(s.PutFamily(ctx, editor, family))
		}, "jobs.family_changed family:sales", ""},
		{s, "PutKPI", func() error { return failed(s.PutKPI(ctx, editor, quota)) }, "jobs.kpi_changed kpi:quota", ""},
		{s, "Publish", func() error {
			return failed(s.Publish(ctx, editor, "seller", place, content))
		}, "jobs.published profile:seller N", ""},
		{s, "Reindex", func() error { return failed(s.Reindex(ctx, editor)) }, "", ""},
		{s, "List", func() error { return failed(s.List(ctx, editor, filter)) }, "", ""},
		{s, "Headings", func() error { return failed(s.Headings(ctx, editor, lang.FR)) }, "", ""},
		{s, "Titles", func() error { return failed(s.Titles(ctx, editor, []string{"seller"})) }, "", ""},
		{s, "Sizes", func() error { return failed(s.Sizes(ctx, editor)) }, "", ""},
		{s, "Uses", func() error { return failed(s.Uses(ctx, editor)) }, "", ""},
		{s, "RequiredBy", func() error { return failed(s.RequiredBy(ctx, editor, []string{"seller"})) }, "", ""},
		{s, "Get", func() error { return failed(s.Get(ctx, editor, "seller")) }, "", ""},
		{s, "Raw", func() error { return failed(s.Raw(ctx, editor, "seller")) }, "", ""},
		{s, "Edition", func() error { return failed(s.Edition(ctx, editor, "seller", "pharma")) }, "", ""},
		{s, "GetVersion", func() error { return failed(s.GetVersion(ctx, editor, "seller", 1)) }, "", ""},
		{s, "Versions", func() error { return failed(s.Versions(ctx, editor, "seller")) }, "", ""},
		{s, "InFamily", func() error { return failed(s.InFamily(ctx, editor, "sales", lang.FR)) }, "", ""},
		{s, "Requiring", func() error { return failed(s.Requiring(ctx, editor, "selling")) }, "", ""},
		{s, "Grid", func() error { return failed(s.Grid(ctx, editor, "sales")) }, "", ""},
		{s, "Industries", func() error { return failed(s.Industries(ctx, editor)) }, "", ""},
		{s, "Families", func() error { return failed(s.Families(ctx, editor)) }, "", ""},
		{s, "Family", func() error { return failed(s.Family(ctx, editor, "sales")) }, "", ""},
		{s, "KPIs", func() error { return failed(s.KPIs(ctx, editor)) }, "", ""},
	}
}

func (c company) careerCalls(ctx context.Context) []call {
	s := c.careers
	ladder := careers.LadderContent{
		Family: "sales", Name: text("ladder"), Text: text("text"),
		Rungs: []careers.Rung{{Profile: "seller", Stage: jobs.StageMid}},
	}
	return []call{
		{s, "PublishLadder", func() error {
			return failed(s.PublishLadder(ctx, editor, "main", ladder))
		}, "ladders.published ladder:main N", ""},
		{s, "Ladders", func() error { return failed(s.Ladders(ctx, editor)) }, "", ""},
		{s, "Refs", func() error { return failed(s.Refs(ctx, editor)) }, "", ""},
		{s, "Ladder", func() error { return failed(s.Ladder(ctx, editor, "main")) }, "", ""},
		{s, "LadderOf", func() error { return failed(s.LadderOf(ctx, editor, "sales")) }, "", ""},
	}
}

func (c company) payCalls(ctx context.Context) []call {
	s := c.pay
	zone := pay.Zone{Slug: "here", Name: text("zone"), Country: "FR", Currency: "EUR", AnnualHours: 1607}
	scheme := pay.Scheme{Slug: "grid", Name: text("scheme"), Text: text("text"), ActiveFrom: "2026-01-01"}
	money := func(units int64) pay.Money { return pay.Money{Units: units, Currency: "EUR", Period: pay.Year} }
	bands := []pay.Band{{Profile: "seller", Zone: "here", Base: pay.Range{Min: money(1), Target: money(2), Max: money(3)}}}
	create := func(slug string) call {
		draft := scheme
		draft.Slug, draft.ActiveFrom = slug, "2027-01-01"
		return call{s, "CreateScheme", func() error {
			return failed(s.CreateScheme(ctx, editor, draft, bands))
		}, "bands.scheme_created scheme:" + slug, ""}
	}
	submit := func(slug string) call {
		return call{s, "Submit", func() error { return s.Submit(ctx, editor, slug) }, "bands.scheme_submitted scheme:" + slug, ""}
	}
	return []call{
		{s, "PutZone", func() error { return failed(s.PutZone(ctx, editor, zone)) }, "bands.zone_changed zone:here", ""},
		{s, "Activate", func() error {
			return failed(s.Activate(ctx, actor.CommandLine(), scheme, bands))
		}, "bands.activated scheme:grid", "operator"},
		create("next"), submit("next"),
		{s, "Approve", func() error { return s.Approve(ctx, second, "next") }, "bands.scheme_approved scheme:next", second.String()},
		create("other"), submit("other"),
		{s, "Refuse", func() error {
			return s.Refuse(ctx, second, "other", pay.Refusal{Reason: "Zadig says no"})
		}, "bands.scheme_refused scheme:other", second.String()},
		{s, "Withdraw", func() error { return s.Withdraw(ctx, editor, "other") }, "bands.scheme_withdrawn scheme:other", ""},
		{s, "Schemes", func() error { return failed(s.Schemes(ctx, editor)) }, "", ""},
		{s, "SchemeOn", func() error { return failed(s.SchemeOn(ctx, editor, "2026-11-01")) }, readOfPay, ""},
		{s, "SchemeRecorded", func() error {
			return failed(s.SchemeRecorded(ctx, editor, "2026-11-01", noon))
		}, readOfPay, ""},
		{s, "Zones", func() error { return failed(s.Zones(ctx, editor)) }, "", ""},
		{s, "Active", func() error { return failed(s.Active(ctx, editor)) }, readOfPay, ""},
		{s, "BandsOf", func() error {
			_, _, err := s.BandsOf(ctx, editor, "seller")
			return err
		}, readOfPay, ""},
		{s, "MayRead", func() error { return failed(s.MayRead(ctx, editor, "seller")) }, "", ""},
	}
}
