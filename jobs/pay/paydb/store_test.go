package paydb_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/competencies/competenciesdb"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/jobsdb"
	"github.com/echelon-hr/echelon/jobs/pay"
	"github.com/echelon-hr/echelon/jobs/pay/paydb"
)

var (
	hr   = actor.Actor{Kind: actor.Person, ID: "hr", Roles: []actor.Role{actor.HR}}
	comp = actor.Actor{Kind: actor.Person, ID: "comp", Roles: []actor.Role{actor.Compensation}}
	// approver is somebody else who may approve what comp makes.
	approver = actor.Actor{Kind: actor.Person, ID: "approver", Roles: []actor.Role{actor.Compensation}}
	operator = actor.CommandLine()
	today    = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
)

func service(d *db.DB) *pay.Service {
	parts := acttest.Parts(clock.Fixed(today))
	return pay.NewService(paydb.New(d.DB, parts), clock.Fixed(today), pay.Reads{Journal: parts.Journal(d.DB)})
}

func text(s string) lang.Text { return lang.NewText(s+", en français", s+", in English") }

// prepare stores two profiles and two zones.
func prepare(t *testing.T, d *db.DB) {
	t.Helper()
	now := clock.Fixed(today)
	parts := acttest.Parts(now)
	s := jobs.NewService(jobsdb.New(d.DB, parts, func(h bun.IDB) jobs.Catalogue {
		return competencies.NewService(competenciesdb.New(h, parts), now)
	}), now)
	if _, err := s.PutFamily(t.Context(), hr, jobs.Family{Slug: "sales", Name: text("sales"), Text: text("selling"), Tracks: []jobs.Track{{Slug: "field", Name: text("field")}}}); err != nil {
		t.Fatal(err)
	}
	two := []jobs.Point{{Key: "first", Text: text("first")}, {Key: "second", Text: text("second")}}
	for slug, stage := range map[string]jobs.Stage{"seller": jobs.StageEntry, "lead": jobs.StageMid} {
		_, err := s.Publish(t.Context(), hr, slug, jobs.Placement{Family: "sales", Track: "field", Stage: stage, Owner: text("owner")},
			jobs.Content{Title: text(slug), Purpose: text("purpose"), Areas: []jobs.Area{{Key: "work", Title: text("work"), Share: 100, Activities: two}}})
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, z := range []pay.Zone{france, states} {
		if _, err := service(d).PutZone(t.Context(), comp, z); err != nil {
			t.Fatal(err)
		}
	}
}

var (
	france = pay.Zone{Slug: "france", Name: text("France"), Country: "FR", Currency: "EUR", AnnualHours: 1607}
	states = pay.Zone{Slug: "us", Name: text("United States"), Country: "US", Currency: "USD", AnnualHours: 2080}
)

func money(t *testing.T, amount, currency string) pay.Money {
	t.Helper()
	m, err := pay.ParseMoney(amount, currency, pay.Year)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func band(t *testing.T, profile string, z pay.Zone, lowest, target, highest, variable string) pay.Band {
	t.Helper()
	return pay.Band{
		Profile: profile, Zone: z.Slug, Variable: money(t, variable, z.Currency),
		Base: pay.Range{Min: money(t, lowest, z.Currency), Target: money(t, target, z.Currency), Max: money(t, highest, z.Currency)},
	}
}

func scheme(slug string) pay.Scheme { return schemeFrom(slug, "2026-01-01") }

func schemeFrom(slug, day string) pay.Scheme {
	return pay.Scheme{Slug: slug, Name: text("scheme"), Text: text("figures of a test"), ActiveFrom: day, Demo: true}
}

var withoutIDs = cmpopts.IgnoreTypes(pay.ZoneID(""), pay.SchemeID(""))

func TestZonesReadBackAndAreReplaced(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d), t.Context()
		before, err := s.Zones(ctx, hr)
		if diff := cmp.Diff([]pay.Zone{france, states}, before, withoutIDs); diff != "" || err != nil {
			t.Fatalf("(-want +got):\n%s%v", diff, err)
		}
		longer := france
		longer.AnnualHours = 1700
		if _, err := s.PutZone(ctx, comp, longer); err != nil {
			t.Fatal(err)
		}
		after, err := s.Zones(ctx, hr)
		if diff := cmp.Diff([]pay.Zone{longer, states}, after, withoutIDs); diff != "" || err != nil || after[0].ID != before[0].ID {
			t.Errorf("replaced under its ID (-want +got):\n%s%v", diff, err)
		}
	})
}

func TestSchemeReadsBackExactlyAndStays(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d), t.Context()
		if _, err := s.Active(ctx, hr); !fault.Is(err, fault.NotFound) {
			t.Errorf("without a scheme: %v", err)
		}
		if bands, _, err := s.BandsOf(ctx, hr, "seller"); err != nil || len(bands) != 0 {
			t.Errorf("bands without a scheme: %v, %v", bands, err)
		}
		bands := []pay.Band{
			band(t, "lead", states, "60000.1234", "70000", "90000", "5000"), band(t, "lead", france, "40000", "45000.5", "50000", "0"),
			band(t, "seller", france, "0.0001", "25000", "800000000000", "1000.25"),
		}
		doc, err := s.Activate(ctx, operator, scheme("2026"), bands)
		if err != nil {
			t.Fatal(err)
		}
		read, err := s.Active(ctx, hr)
		// By stage of the profile, then by what they begin at.
		want := pay.ActiveScheme{Scheme: scheme("2026"), Hash: doc.Hash, CreatedAt: today, Bands: []pay.Band{bands[2], bands[1], bands[0]}}
		if diff := cmp.Diff(want, read, withoutIDs); diff != "" || err != nil {
			t.Errorf("(-want +got):\n%s%v", diff, err)
		}
		mine, of, err := s.BandsOf(ctx, hr, "lead")
		if diff := cmp.Diff([]pay.Band{bands[1], bands[0]}, mine); diff != "" || err != nil || of.Slug != "2026" {
			t.Errorf("of one profile (-want +got):\n%s%v", diff, err)
		}
		if _, err := s.Activate(ctx, operator, scheme("2026"), bands[:1]); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second scheme of one name: %v", err)
		}
		again, err := s.Active(ctx, hr)
		if diff := cmp.Diff(read, again); diff != "" || err != nil {
			t.Errorf("changed by what was refused:\n%s%v", diff, err)
		}
	})
}

func TestRefusedSchemesStoreNothing(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d), t.Context()
		good := band(t, "lead", france, "40000", "45000", "50000", "0")
		for name, bands := range map[string][]pay.Band{
			"an unknown profile": {good, band(t, "baker", france, "1", "2", "3", "0")},
			"an unknown zone":    {good, {Profile: "seller", Zone: "moon", Base: good.Base, Variable: good.Variable}},
			"another currency":   {good, {Profile: "seller", Zone: "us", Base: good.Base, Variable: good.Variable}},
			"the same twice":     {good, good},
			"out of order":       {band(t, "lead", france, "50000", "45000", "40000", "0")},
			"nothing as minimum": {band(t, "lead", france, "0", "45000", "50000", "0")},
			"a negative part":    {band(t, "lead", france, "40000", "45000", "50000", "-1")},
		} {
			if _, err := s.CreateScheme(ctx, comp, scheme("2026"), bands); !fault.Is(err, fault.Invalid) || len(fault.Of(err).Fields) == 0 {
				t.Errorf("%s: %v, want an Invalid fault that names a field", name, err)
			}
		}
		var rows int
		if err := d.NewRaw("SELECT (SELECT count(*) FROM pay_schemes) + (SELECT count(*) FROM pay_bands)").Scan(ctx, &rows); err != nil || rows != 0 {
			t.Errorf("%d rows, %v", rows, err)
		}
	})
}
