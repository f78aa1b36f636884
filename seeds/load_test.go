package seeds_test

import (
	"context"
	"errors"
	"io/fs"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
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
	"github.com/echelon-hr/echelon/seeds"
	"github.com/echelon-hr/echelon/seeds/seedsdb"
)

// The people of the suites.
var (
	hr       = actor.Actor{Kind: actor.Person, ID: "hr", Roles: []actor.Role{actor.HR, actor.Compensation, actor.Administrator}}
	operator = actor.CommandLine()
)

var today = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)

// services wires what the loader stores through, at a fixed time.
func services(handle bun.IDB, at time.Time) seeds.Into {
	now, parts := clock.Fixed(at), acttest.Parts(clock.Fixed(today))
	catalogue := func(handle bun.IDB) *competencies.Service {
		return competencies.NewService(competenciesdb.New(handle, parts), now)
	}
	return seeds.Into{
		Competencies: catalogue(handle),
		Jobs:         jobs.NewService(jobsdb.New(handle, parts, func(h bun.IDB) jobs.Catalogue { return catalogue(h) }), now),
		Careers:      careers.NewService(careersdb.New(handle, parts), now),
		Pay:          pay.NewService(paydb.New(handle, parts), now, pay.Reads{Journal: parts.Journal(handle)}),
		Accounts:     accounts.NewService(accounts.Parts{Store: accountsdb.New(handle, parts), Now: now, Demo: true}),
		Journal:      parts.Journal(handle), Ledger: seedsdb.New(handle), Now: now,
	}
}

func load(t *testing.T, d *db.DB, files fs.FS, at time.Time) (seeds.Report, error) {
	t.Helper()
	return seeds.Load(t.Context(), files, true, func(ctx context.Context, fn func(seeds.Into) error) error {
		return db.InTx(ctx, d.DB, func(tx bun.IDB) error { return fn(services(tx, at)) })
	})
}

func mustLoad(t *testing.T, d *db.DB, files fs.FS, at time.Time) seeds.Report {
	t.Helper()
	report, err := load(t, d, files, at)
	if err != nil {
		t.Fatal(err)
	}
	return report
}

// wantEmpty fails for each table that holds a row.
func wantEmpty(t *testing.T, d *db.DB) {
	t.Helper()
	var parts []string
	for _, table := range testkit.Tables(t, d) {
		if table == "journal_head" { // one row, always: what the next entry follows
			continue
		}
		parts = append(parts, "SELECT '"+table+"' AS name WHERE EXISTS (SELECT 1 FROM "+table+")")
	}
	var full []string
	if err := d.NewRaw(strings.Join(parts, " UNION ALL ")).Scan(t.Context(), &full); err != nil || len(full) > 0 {
		t.Errorf("%v hold rows, want none; %v", full, err)
	}
}

// every is each record of the small seeds by kind and slug, in the order of loading.
var every = []string{
	"scale steps", "competency listening", "competency selling", "certification badge", "family sales", "kpi quota",
	"profile lead", "profile seller", "ladder sales", "zone here", "pay scheme demo", "persona hr", "persona employee",
}

func without(names ...string) []string {
	return slices.DeleteFunc(slices.Clone(every), func(s string) bool { return slices.Contains(names, s) })
}

func TestShippedContentLoadsOnceAndThenNothingChanges(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		first := mustLoad(t, d, seeds.Content, today)
		kinds := map[string]int{}
		for _, name := range first.Created {
			kind := name[:strings.LastIndex(name, " ")]
			kinds[kind]++
		}
		competencyFiles, err := fs.Glob(seeds.Content, "competencies/*.yaml")
		if err != nil {
			t.Fatal(err)
		}
		want := map[string]int{
			"scale": 3, "competency": len(competencyFiles), "certification": 4, "family": 1, "profile": 13, "ladder": 1,
			"zone": 2, "pay scheme": 1, "persona": 6, "kpi": kinds["kpi"],
		}
		if diff := cmp.Diff(want, kinds); diff != "" || kinds["kpi"] < 5 {
			t.Errorf("created, by kind (-want +got):\n%s", diff)
		}
		if !first.Changed() || len(first.Updated)+len(first.Unchanged)+len(first.Kept) > 0 {
			t.Errorf("the first load reports %+v", first)
		}
		before := testkit.Dump(t, d)
		second := mustLoad(t, d, seeds.Content, today.Add(time.Hour))
		if diff := cmp.Diff(seeds.Report{Unchanged: first.Created}, second); diff != "" || second.Changed() {
			t.Errorf("the second load reports (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(before, testkit.Dump(t, d)); diff != "" {
			t.Errorf("the second load changed rows:\n%s", diff)
		}
	})
}

func TestContentWithoutTheDemo(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		report, err := seeds.Load(t.Context(), tree(nil), false, func(ctx context.Context, fn func(seeds.Into) error) error {
			return db.InTx(ctx, d.DB, func(tx bun.IDB) error { return fn(services(tx, today)) })
		})
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(every[:9], report.Created); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(every[9:], mustLoad(t, d, tree(nil), today).Created); diff != "" {
			t.Errorf("the demo added later (-want +got):\n%s", diff)
		}
	})
}

// seedChanges is one change of the file of each kind of record, with the version that comes of it.
func seedChanges(t *testing.T) map[string]string {
	t.Helper()
	all := map[string]string{}
	for _, c := range []struct{ file, old, with string }{
		{"competencies/listening.yaml", "Ce que Écoute veut dire.", "Ce qu’écouter veut dire."},
		{"certifications.yaml", "Un insigne", "Un autre insigne"},
		{"families.yaml", "The jobs of selling.", "The jobs of those who sell."},
		{"kpis.yaml", "Sold over aimed at.", "Sold, as a share of the aim."},
		{"profiles/seller.yaml", "Vendre.", "Vendre mieux."},
		{"ladders/sales.yaml", "typical_months: 24", "typical_months: 30"},
		{"demo/zones.yaml", "1607", "1600"},
		{"demo/personas.yaml", "Samir Delcourt", "Samir Delcourt-Roy"},
		{"scales.yaml", "Premier", "Tout premier"},
	} {
		maps.Copy(all, change(t, c.file, c.old, c.with))
	}
	all["scales.yaml"] = strings.Replace(all["scales.yaml"], "version: 1", "version: 2", 1)
	return all
}

func TestChangedSeedsBecomeNewVersions(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustLoad(t, d, tree(nil), today)
		changed := tree(seedChanges(t))
		later := today.Add(24 * time.Hour)
		// The competency that did not change itself is new too: it now stands on the scale's new version.
		same := []string{"profile lead", "pay scheme demo", "persona hr"}
		if diff := cmp.Diff(seeds.Report{Updated: without(same...), Unchanged: same}, mustLoad(t, d, changed, later)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		s, ctx := services(d.DB, later), t.Context()
		p, err := s.Jobs.Get(ctx, operator, "seller")
		if err != nil || p.Version.Number != 2 || p.Content.Purpose.FR.Text != "Vendre mieux." || !p.Version.PublishedAt.Equal(later) {
			t.Errorf("profile %d %q, %v", p.Version.Number, p.Content.Purpose.FR.Text, err)
		}
		old, err := s.Jobs.GetVersion(ctx, operator, "seller", 1)
		if err != nil || old.Version.State != jobs.Superseded || !old.Version.SupersededAt.Equal(later) || old.Content.Purpose.FR.Text != "Vendre." {
			t.Errorf("version 1 is %+v, %v", old.Version, err)
		}
		c, err := s.Competencies.Get(ctx, operator, "listening")
		if err != nil || c.Number != 2 || c.Scale.Version != 2 {
			t.Errorf("competency version %d on scale %d, %v", c.Number, c.Scale.Version, err)
		}
		l, err := s.Careers.Ladder(ctx, operator, "sales")
		if err != nil || l.Number != 2 || l.Moves[0].TypicalMonths != 30 {
			t.Errorf("ladder %d %+v, %v", l.Number, l.Moves, err)
		}
		if diff := cmp.Diff(seeds.Report{Unchanged: every}, mustLoad(t, d, changed, later)); diff != "" {
			t.Errorf("loaded again (-want +got):\n%s", diff)
		}
	})
}

// A scheme in force never changes: its changed file is reported, and does not keep the rest from loading.
func TestChangedSchemeInForceIsKept(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustLoad(t, d, tree(nil), today)
		report := mustLoad(t, d, tree(change(t, "demo/scheme.yaml", `"25000"`, `"26000"`)), today)
		if diff := cmp.Diff(seeds.Report{Kept: []string{"pay scheme demo"}, Unchanged: without("pay scheme demo")}, report); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		bands, _, err := services(d.DB, today).Pay.BandsOf(t.Context(), operator, "seller")
		if err != nil || len(bands) != 1 || bands[0].Base.Target.Decimal() != "25000" {
			t.Errorf("%+v, %v", bands, err)
		}
	})
}

// Where another scheme has followed the shipped one, loading again changes nothing, and a shipped scheme of another name
// does not take the place of what people put in force.
func TestSchemesOfOthersStayInForce(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustLoad(t, d, tree(nil), today)
		s, ctx := services(d.DB, today).Pay, t.Context()
		ours := pay.Scheme{Slug: "ours", Name: lang.NewText("La nôtre", "Ours"), Text: lang.NewText("À nous.", "Our own."), ActiveFrom: "2026-06-01"}
		if _, err := s.Activate(ctx, operator, ours, nil); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(seeds.Report{Unchanged: every}, mustLoad(t, d, tree(nil), today)); diff != "" {
			t.Errorf("loaded again (-want +got):\n%s", diff)
		}
		report := mustLoad(t, d, tree(change(t, "demo/scheme.yaml", "slug: demo", "slug: demo-2027")), today)
		if diff := cmp.Diff([]string{"pay scheme demo-2027"}, report.Kept); diff != "" {
			t.Errorf("under another name (-want +got):\n%s", diff)
		}
		list, err := s.Schemes(ctx, operator)
		if shipped := list[len(list)-1]; err != nil || shipped.Slug != "demo" || shipped.ActiveFrom != "2026-01-01" ||
			!shipped.ApprovedAt.Equal(today) || shipped.To != "2026-06-01" {
			t.Errorf("the shipped scheme is in force from its file's day and was recorded now: %+v, %v", shipped, err)
		}
		if a, err := s.Active(ctx, operator); err != nil || a.Slug != "ours" {
			t.Errorf("in force is %q, %v", a.Slug, err)
		}
	})
}

func TestWhatPeopleChangedIsKept(t *testing.T) {
	text := func(s string) lang.Text { return lang.NewText(s+" fr", s+" en") }
	for _, c := range []struct {
		record string
		change func(ctx context.Context, s seeds.Into) error
	}{
		{"profile seller", func(ctx context.Context, s seeds.Into) error {
			p, err := s.Jobs.Get(ctx, hr, "seller")
			if err != nil {
				return err
			}
			p.Content.Purpose = text("ours")
			_, err = s.Jobs.Publish(ctx, hr, "seller", p.Placement, p.Content)
			return err
		}},
		{"profile lead", func(ctx context.Context, s seeds.Into) error { // the placement alone
			p, err := s.Jobs.Get(ctx, hr, "lead")
			if err != nil {
				return err
			}
			p.Grade = "S9"
			_, err = s.Jobs.Publish(ctx, hr, "lead", p.Placement, p.Content)
			return err
		}},
		{"competency selling", func(ctx context.Context, s seeds.Into) error {
			x, err := s.Competencies.Get(ctx, hr, "selling")
			if err != nil {
				return err
			}
			x.Definition = text("ours")
			_, err = s.Competencies.Publish(ctx, hr, "selling", x.Content)
			return err
		}},
		{"certification badge", func(ctx context.Context, s seeds.Into) error {
			_, err := s.Competencies.PutCertification(ctx, hr, competencies.Certification{Slug: "badge", Name: "Ours", NameLang: "en", Gloss: text("ours"), Origin: competencies.FromEchelon})
			return err
		}},
		{"family sales", func(ctx context.Context, s seeds.Into) error {
			x, err := s.Jobs.Family(ctx, hr, "sales")
			if err != nil {
				return err
			}
			x.Name = text("ours")
			_, err = s.Jobs.PutFamily(ctx, hr, x)
			return err
		}},
		{"kpi quota", func(ctx context.Context, s seeds.Into) error {
			list, err := s.Jobs.KPIs(ctx, hr)
			if err != nil {
				return err
			}
			list[0].Name = text("ours")
			_, err = s.Jobs.PutKPI(ctx, hr, list[0])
			return err
		}},
		{"ladder sales", func(ctx context.Context, s seeds.Into) error {
			x, err := s.Careers.Ladder(ctx, hr, "sales")
			if err != nil {
				return err
			}
			x.Text = text("ours")
			_, err = s.Careers.PublishLadder(ctx, hr, "sales", x.LadderContent)
			return err
		}},
		{"zone here", func(ctx context.Context, s seeds.Into) error {
			list, err := s.Pay.Zones(ctx, hr)
			if err != nil {
				return err
			}
			list[0].Name = text("ours")
			_, err = s.Pay.PutZone(ctx, hr, list[0])
			return err
		}},
		{"persona employee", func(ctx context.Context, s seeds.Into) error {
			x, err := s.Accounts.FindByPersona(ctx, operator, "employee")
			if err != nil {
				return err
			}
			x.Name = "Ours"
			return s.Accounts.PutPersona(ctx, operator, x)
		}},
	} {
		t.Run(c.record, func(t *testing.T) {
			testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
				mustLoad(t, d, tree(nil), today)
				if err := c.change(t.Context(), services(d.DB, today.Add(time.Hour))); err != nil {
					t.Fatal(err)
				}
				before := testkit.Dump(t, d)
				if diff := cmp.Diff(seeds.Report{Kept: []string{c.record}, Unchanged: without(c.record)}, mustLoad(t, d, tree(nil), today)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
				if diff := cmp.Diff(before, testkit.Dump(t, d)); diff != "" {
					t.Errorf("keeping changed rows:\n%s", diff)
				}
				// Others load all the same, and the one that people changed stays as they left it, its seed changed or not.
				changed := map[string]string{}
				for name, text := range seedChanges(t) {
					if name != "scales.yaml" {
						changed[name] = text
					}
				}
				report := mustLoad(t, d, tree(changed), today)
				if !slices.Equal(report.Kept, []string{c.record}) || len(report.Updated) < 7 || slices.Contains(report.Updated, c.record) {
					t.Errorf("with other seeds: %+v", report)
				}
			})
		})
	}
}

func TestRecordThatWasThereBeforeIsKept(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s := services(d.DB, today)
		if _, err := s.Pay.PutZone(t.Context(), hr, pay.Zone{Slug: "here", Name: lang.NewText("Chez nous", "At ours"), Country: "FR", Currency: "EUR", AnnualHours: 1500}); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(seeds.Report{Created: without("zone here"), Kept: []string{"zone here"}}, mustLoad(t, d, tree(nil), today)); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// Whatever the step at which loading dies, nothing of it is left. Each record's note in the ledger asks the
// time, which is where the death is placed.
func TestLoadThatDiesLeavesNothing(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		for step := 1; step <= len(every); step++ {
			ctx, cancel := context.WithCancel(t.Context())
			notes := 0
			_, err := seeds.Load(ctx, tree(nil), true, func(ctx context.Context, fn func(seeds.Into) error) error {
				return db.InTx(ctx, d.DB, func(tx bun.IDB) error {
					s := services(tx, today)
					s.Now = func() time.Time {
						if notes++; notes == step {
							cancel()
						}
						return today
					}
					return fn(s)
				})
			})
			if err == nil || notes != step {
				t.Errorf("step %d: %d records noted, error %v", step, notes, err)
			}
			wantEmpty(t, d)
			cancel()
		}
		t.Run("after the last record", func(t *testing.T) {
			stop := errors.New("power cut")
			_, err := seeds.Load(t.Context(), tree(nil), true, func(ctx context.Context, fn func(seeds.Into) error) error {
				return db.InTx(ctx, d.DB, func(tx bun.IDB) error { return errors.Join(fn(services(tx, today)), stop) })
			})
			if !errors.Is(err, stop) {
				t.Error(err)
			}
			wantEmpty(t, d)
		})
		if diff := cmp.Diff(seeds.Report{Created: every}, mustLoad(t, d, tree(nil), today)); diff != "" {
			t.Errorf("and then whole (-want +got):\n%s", diff)
		}
	})
}
