package jobsdb_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
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
	"github.com/echelon-hr/echelon/seeds"
	"github.com/echelon-hr/echelon/seeds/seedsdb"
)

var (
	hr    = actor.Actor{Kind: actor.Person, ID: "hr", Roles: []actor.Role{actor.HR}}
	reads = actor.Actor{Kind: actor.Person, ID: "reader"}
	today = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
)

func services(handle bun.IDB, at time.Time) seeds.Into {
	return over(handle, at, acttest.Parts(clock.Fixed(at)))
}

// over wires the services of a database or a transaction with other parts.
func over(handle bun.IDB, at time.Time, parts actdb.Parts) seeds.Into {
	now := clock.Fixed(at)
	catalogue := func(handle bun.IDB) *competencies.Service {
		return competencies.NewService(competenciesdb.New(handle, parts), now)
	}
	return seeds.Into{
		Competencies: catalogue(handle),
		Jobs:         jobs.NewService(jobsdb.New(handle, parts, func(h bun.IDB) jobs.Catalogue { return catalogue(h) }), now),
		Careers:      careers.NewService(careersdb.New(handle, parts), now),
		Journal:      parts.Journal(handle), Ledger: seedsdb.New(handle), Now: now,
	}
}

// loaded fills a database with the shipped content.
func loaded(t testing.TB, d *db.DB) *jobs.Service {
	t.Helper()
	_, err := seeds.Load(t.Context(), seeds.Content, false, func(ctx context.Context, fn func(seeds.Into) error) error {
		return db.InTx(ctx, d.DB, func(tx bun.IDB) error { return fn(services(tx, today)) })
	})
	if err != nil {
		t.Fatal(err)
	}
	return services(d.DB, today).Jobs
}

func text(s string) lang.Text { return lang.NewText(s+", en français", s+", in English") }

// prepare stores what a small profile refers to: a family, a measure, a certification and two competencies.
func prepare(t testing.TB, d *db.DB) {
	t.Helper()
	s, ctx := services(d.DB, today), t.Context()
	must := func(_ any, err error) {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
	}
	must(s.Competencies.PublishScale(ctx, hr, competencies.Scale{Slug: "two", Version: 1, Name: text("two"), Levels: []competencies.ScaleLevel{{Rank: 1, Name: text("low")}, {Rank: 2, Name: text("high")}}}))
	for _, slug := range []string{"selling", "listening"} {
		must(s.Competencies.Publish(ctx, hr, slug, competencyContent(slug)))
	}
	must(s.Competencies.PutCertification(ctx, hr, competencies.Certification{Slug: "badge", Name: "Badge", NameLang: "en", Gloss: text("badge"), Evidences: []string{"selling"}, Origin: competencies.FromEchelon}))
	must(s.Jobs.PutFamily(ctx, hr, jobs.Family{Slug: "sales", Name: text("sales"), Text: text("selling"), Tracks: []jobs.Track{{Slug: "field", Name: text("field")}}}))
	must(s.Jobs.PutKPI(ctx, hr, jobs.KPI{Slug: "quota", Name: text("quota"), Meaning: text("meaning"), Unit: "percent", Formula: "sold / aim", Inputs: []jobs.KPIInput{{Name: "sold", Label: text("sold")}, {Name: "aim", Label: text("aim")}}}))
}

func competencyContent(name string) competencies.Content {
	level := func(rank int) competencies.Level {
		return competencies.Level{Rank: rank, Summary: text("summary"), Signals: []lang.Text{text("signal")}, Examples: []lang.Text{text("example")}}
	}
	return competencies.Content{
		Category: competencies.Technical, Trend: competencies.Stable, Scale: competencies.ScaleRef{Slug: "two", Version: 1}, Name: text(name), Definition: text("definition"),
		Levels: []competencies.Level{level(1), level(2)}, Questions: competencies.Questions{Situational: text("if"), Behavioural: text("when")}, Origin: competencies.FromEchelon,
	}
}

func placement() jobs.Placement {
	return jobs.Placement{Family: "sales", Track: "field", Stage: jobs.StageMid, Grade: "S1", Owner: text("owner"), ReviewDue: "2027-11-01", OtherTitles: jobs.OtherTitles{FR: []string{"Vendeuse"}, EN: []string{"Vendor"}}}
}

func smallContent(title string) jobs.Content {
	area := func(key string, share int) jobs.Area {
		return jobs.Area{Key: key, Title: text(key), Share: share, Activities: []jobs.Point{{Key: "first", Text: text("first " + key)}, {Key: "second", Text: text("second " + key)}}}
	}
	return jobs.Content{
		Title: text(title), Marker: lang.NewText("F/H", ""), Purpose: text("purpose"), Areas: []jobs.Area{area("work", 60), area("rest", 40)},
		KPIs:           []jobs.KPIUse{{KPI: "quota", Target: text("all"), Period: "year", Example: &jobs.KPIExample{Inputs: map[string]string{"sold": "110", "aim": "100"}, Text: text("110%")}}},
		Requirements:   []jobs.Requirement{{Competency: "selling", Rank: 2, Importance: jobs.Essential}, {Competency: "listening", Rank: 1, Importance: jobs.Preferred}},
		Certifications: []jobs.CertificationUse{{Certification: "badge", Importance: "preferred"}},
		Tools:          []jobs.ToolGroup{{Key: "crm", Tools: []jobs.Tool{{Name: "Zebra CRM", Purpose: text("records")}}}},
		Variants:       []jobs.Variant{{Slug: "pharma", Name: text("pharma"), Summary: text("summary"), Overlay: jobs.Overlay{Purpose: text("pharma purpose")}}},
		Origin:         competencies.FromEchelon,
	}
}

func TestFamiliesAndMeasuresReadBackAsWritten(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := services(d.DB, today).Jobs, t.Context()
		family, err := s.Family(ctx, reads, "sales")
		if err != nil || family.ID == "" {
			t.Fatalf("%+v, %v", family, err)
		}
		changed := family
		changed.Name = text("other")
		if _, err := s.PutFamily(ctx, hr, changed); err != nil {
			t.Fatal(err)
		}
		again, err := s.Families(ctx, reads)
		if diff := cmp.Diff([]jobs.Family{changed}, again); diff != "" || err != nil {
			t.Errorf("replaced under its ID (-want +got):\n%s%v", diff, err)
		}
		kpis, err := s.KPIs(ctx, reads)
		if err != nil || len(kpis) != 1 || kpis[0].Formula != "sold / aim" || len(kpis[0].Inputs) != 2 {
			t.Errorf("%+v, %v", kpis, err)
		}
		if _, err := s.Family(ctx, reads, "dancing"); !fault.Is(err, fault.NotFound) {
			t.Errorf("an unknown family: %v", err)
		}
	})
}

func TestPublishTwice(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		ctx, later := t.Context(), today.Add(48*time.Hour)
		written := smallContent("Lamplighter")
		first, err := services(d.DB, today).Jobs.Publish(ctx, hr, "seller", placement(), written)
		if err != nil {
			t.Fatal(err)
		}
		s := services(d.DB, later).Jobs
		read, err := s.Get(ctx, reads, "seller")
		if err != nil {
			t.Fatal(err)
		}
		// What was written comes back with the pinned versions and definitions, and nothing else.
		want := smallContent("Lamplighter")
		kpis, err := s.KPIs(ctx, reads)
		if err != nil {
			t.Fatal(err)
		}
		kpis[0].ID = "" // a document names things, rows have IDs
		want.KPIs[0].Definition = &kpis[0]
		want.Requirements[0].Version, want.Requirements[1].Version = 1, 1
		if diff := cmp.Diff(want, read.Content); diff != "" {
			t.Errorf("content (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(placement(), read.Placement); diff != "" {
			t.Errorf("placement (-want +got):\n%s", diff)
		}
		if v := read.Version; v.Number != 1 || v.State != jobs.Published || !v.PublishedAt.Equal(today) || !v.SupersededAt.IsZero() || v.Hash != first.Version.Hash {
			t.Errorf("version %+v", v)
		}

		if _, err := services(d.DB, today.Add(time.Hour)).Competencies.Publish(ctx, hr, "selling", competencyContent("selling better")); err != nil {
			t.Fatal(err)
		}
		if _, err := s.Publish(ctx, hr, "seller", placement(), smallContent("Stargazer")); err != nil {
			t.Fatal(err)
		}
		second, err := s.Get(ctx, reads, "seller")
		if err != nil || second.Version.Number != 2 || second.ID != read.ID || second.Content.Title.EN.Text != "Stargazer, in English" || second.Content.Requirements[0].Version != 2 {
			t.Errorf("the second is %+v, %v", second.Version, err)
		}
		old, err := s.GetVersion(ctx, reads, "seller", 1)
		if err != nil || old.Version.State != jobs.Superseded || !old.Version.PublishedAt.Equal(today) || !old.Version.SupersededAt.Equal(later) || !second.Version.PublishedAt.Equal(later) {
			t.Errorf("the first became %+v, %v", old.Version, err)
		}
		if diff := cmp.Diff(string(read.Version.Document), string(old.Version.Document)); diff != "" || old.Version.Hash != read.Version.Hash {
			t.Errorf("superseding changed the document:\n%s", diff)
		}
		for _, v := range []jobs.Version{old.Version, second.Version} {
			if sum := sha256.Sum256(v.Document); hex.EncodeToString(sum[:]) != v.Hash || len(v.Document) < 500 {
				t.Errorf("version %d: the hash %s is not that of its %d bytes", v.Number, v.Hash, len(v.Document))
			}
		}
		versions, err := s.Versions(ctx, reads, "seller")
		if err != nil || len(versions) != 2 || versions[0].Number != 2 || versions[1].Number != 1 || len(versions[1].Document) != 0 || versions[1].Hash != old.Version.Hash {
			t.Errorf("versions %+v, %v", versions, err)
		}
		for word, found := range map[string]int{"stargazer": 1, "lamplighter": 0, "zebra": 1, "vendor": 1} {
			page, err := s.List(ctx, reads, jobs.Filter{Lang: lang.EN, Text: word})
			if err != nil || page.Total != found {
				t.Errorf("%q finds %d profiles, want %d, %v", word, page.Total, found, err)
			}
		}
	})
}

// TestPublishingReadsWhatItPinsInItsTransaction asks for competencies over the handle that the version is written on.
func TestPublishingReadsWhatItPinsInItsTransaction(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		now, parts := clock.Fixed(today), acttest.Parts(clock.Fixed(today))
		asked := 0
		s := jobs.NewService(jobsdb.New(d.DB, parts, func(h bun.IDB) jobs.Catalogue {
			if h == bun.IDB(d.DB) {
				t.Error("competencies are asked outside of the transaction")
			}
			asked++
			return competencies.NewService(competenciesdb.New(h, parts), now)
		}), now)
		p, err := s.Publish(t.Context(), hr, "seller", placement(), smallContent("Lamplighter"))
		if err != nil || p.Content.Requirements[0].Version != 1 || asked == 0 {
			t.Errorf("pinned %+v, %v", p.Content.Requirements, err)
		}
		if n, err := s.Reindex(t.Context(), hr); err != nil || n != 1 {
			t.Errorf("%d indexed, %v", n, err)
		}
	})
}

func TestUnknownProfilesAndVersions(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := services(d.DB, today).Jobs, t.Context()
		if _, err := s.Publish(ctx, hr, "seller", placement(), smallContent("Seller")); err != nil {
			t.Fatal(err)
		}
		for name, ask := range map[string]func() error{
			"a slug":                func() error { _, err := s.Get(ctx, reads, "nobody"); return err },
			"a slug in other case":  func() error { _, err := s.Get(ctx, reads, "Seller"); return err },
			"an empty slug":         func() error { _, err := s.Get(ctx, reads, ""); return err },
			"a version":             func() error { _, err := s.GetVersion(ctx, reads, "seller", 2); return err },
			"version 0":             func() error { _, err := s.GetVersion(ctx, reads, "seller", 0); return err },
			"the versions of none":  func() error { _, err := s.Versions(ctx, reads, "nobody"); return err },
			"a variant":             func() error { _, err := s.Edition(ctx, reads, "seller", "moon"); return err },
			"the document of none":  func() error { _, err := s.Raw(ctx, reads, "nobody"); return err },
			"a slug with a quote":   func() error { _, err := s.Get(ctx, reads, `sel'ler"`); return err },
			"a slug with NUL":       func() error { _, err := s.Get(ctx, reads, "seller\x00"); return err },
			"a slug of wrong bytes": func() error { _, err := s.Get(ctx, reads, "seller\xff\xfe"); return err },
			"versions with NUL":     func() error { _, err := s.Versions(ctx, reads, "seller\x00"); return err },
			"a number with NUL":     func() error { _, err := s.GetVersion(ctx, reads, "\x00", 1); return err },
			"a family with NUL":     func() error { _, err := s.Family(ctx, reads, "\x00"); return err },
		} {
			if err := ask(); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v, want NotFound", name, err)
			}
		}
	})
}

func TestArchivedProfilesAreNotListed(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := services(d.DB, today).Jobs, t.Context()
		if _, err := s.Publish(ctx, hr, "seller", placement(), smallContent("Seller")); err != nil {
			t.Fatal(err)
		}
		if _, err := d.ExecContext(ctx, "UPDATE profiles SET archived_at = ? WHERE slug = 'seller'", today); err != nil {
			t.Fatal(err)
		}
		page, err := s.List(ctx, reads, jobs.Filter{Lang: lang.FR})
		family, err2 := s.InFamily(ctx, reads, "sales", lang.FR)
		uses, err3 := s.Requiring(ctx, reads, "selling")
		industries, err4 := s.Industries(ctx, reads)
		if page.Total+len(family)+len(uses)+len(industries) != 0 || err != nil || err2 != nil || err3 != nil || err4 != nil {
			t.Errorf("an archived profile shows: %v %v %v %v", page, family, uses, industries)
		}
		if p, err := s.Get(ctx, reads, "seller"); err != nil || !p.Archived {
			t.Errorf("its own page is gone: %v", err)
		}
	})
}

func TestProfilesAreNamedByTheirSlugs(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := services(d.DB, today).Jobs, t.Context()
		for slug, title := range map[string]string{"seller": "Seller", "archived": "Lamplighter"} {
			if _, err := s.Publish(ctx, hr, slug, placement(), smallContent(title)); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := d.ExecContext(ctx, "UPDATE profiles SET archived_at = ? WHERE slug = 'archived'", today); err != nil {
			t.Fatal(err)
		}
		want := map[string]jobs.Heading{
			"seller":   {Slug: "seller", Title: smallContent("Seller").Title, Placement: placement()},
			"archived": {Slug: "archived", Title: smallContent("Lamplighter").Title, Placement: placement(), Archived: true},
		}
		got, err := s.Titles(ctx, reads, []string{"seller", "archived", "seller", "nobody", "", "\x00", "\xff", "'"})
		if diff := cmp.Diff(textsOf(want), textsOf(got)); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if got, err := s.Titles(ctx, reads, nil); err != nil || len(got) != 0 {
			t.Errorf("of none: %v, %v", got, err)
		}
		all, err := s.Headings(ctx, reads, lang.FR)
		if err != nil || len(all) != 1 || all[0].Slug != "seller" {
			t.Errorf("to choose from: %+v, %v", all, err)
		}
		sizes, err := s.Sizes(ctx, reads)
		if diff := cmp.Diff(map[string]int{"sales": 1}, sizes); diff != "" || err != nil {
			t.Errorf("sizes: %v\n%s", err, diff)
		}
		counts, err := s.Uses(ctx, reads)
		if err != nil || len(counts) != 2 || counts["selling"] != 1 {
			t.Errorf("uses: %v, %v", counts, err)
		}
		uses, err := s.RequiredBy(ctx, reads, []string{"seller", "archived"})
		if err != nil || len(uses) != 2 || uses[0].Profile != "seller" {
			t.Errorf("required: %+v, %v", uses, err)
		}
		if uses, err := s.RequiredBy(ctx, reads, []string{"\x00"}); err != nil || len(uses) != 0 {
			t.Errorf("required by nobody: %+v, %v", uses, err)
		}
	})
}

// textsOf writes headings with their titles as texts alone: revisions are the document's.
func textsOf(list map[string]jobs.Heading) map[string]jobs.Heading {
	out := map[string]jobs.Heading{}
	for slug, h := range list {
		h.Title = lang.NewText(h.Title.FR.Text, h.Title.EN.Text)
		out[slug] = h
	}
	return out
}

func TestConcurrentPublications(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		ctx := t.Context()
		for _, round := range []string{"of a new profile", "of one that is published"} {
			t.Run(round, func(t *testing.T) {
				var wg sync.WaitGroup
				var mu sync.Mutex
				done := 0
				for i := range 8 {
					wg.Go(func() {
						_, err := services(d.DB, today).Jobs.Publish(ctx, hr, "seller", placement(), smallContent(fmt.Sprint("Seller ", round, i)))
						mu.Lock()
						defer mu.Unlock()
						if err == nil {
							done++
						} else if !fault.Is(err, fault.Conflict) {
							t.Errorf("lost by %v, want a Conflict", err)
						}
					})
				}
				wg.Wait()
				if done == 0 {
					t.Error("nobody won")
				}
			})
		}
		var rows []struct {
			Number int
			State  string
		}
		if err := d.NewRaw("SELECT number, state FROM profile_versions ORDER BY number").Scan(ctx, &rows); err != nil {
			t.Fatal(err)
		}
		for i, r := range rows {
			want := "superseded"
			if i == len(rows)-1 {
				want = "published"
			}
			if r.Number != i+1 || r.State != want {
				t.Errorf("row %d is number %d, %s; want %s", i, r.Number, r.State, want)
			}
		}
		versions, err := services(d.DB, today).Jobs.Versions(ctx, reads, "seller")
		if err != nil || len(versions) != len(rows) {
			t.Errorf("%d versions, %v", len(versions), err)
		}
	})
}

// The database itself refuses a second published and a second open version, whatever the code does.
func TestPartialUniqueIndexesHold(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		ctx := t.Context()
		p, err := services(d.DB, today).Jobs.Publish(ctx, hr, "seller", placement(), smallContent("Seller"))
		if err != nil {
			t.Fatal(err)
		}
		if p, err = services(d.DB, today).Jobs.Get(ctx, hr, "seller"); err != nil {
			t.Fatal(err)
		}
		number := 10
		add := func(state string) error {
			number++
			var published any
			if state == "published" {
				published = today
			}
			_, err := d.ExecContext(ctx, `INSERT INTO profile_versions (id, profile_id, number, state, schema_number, title_fr, title_en, document, hash, created_by, created_at, published_at)
				VALUES (?, ?, ?, ?, 1, '', '', '{}', '', '', ?, ?)`, db.NewID(), string(p.ID), number, state, today, published)
			return db.Translate(err, "add")
		}
		if err := add("published"); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second published version: %v", err)
		}
		if err := add("draft"); err != nil {
			t.Errorf("a draft beside the published version: %v", err)
		}
		for _, state := range []string{"draft", "in_review", "approved"} {
			if err := add(state); !fault.Is(err, fault.Conflict) {
				t.Errorf("a second open version, %s: %v", state, err)
			}
		}
	})
}
