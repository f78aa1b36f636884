package careersdb_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

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
)

var (
	hr    = actor.Actor{Kind: actor.Person, ID: "hr", Roles: []actor.Role{actor.HR}}
	today = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
)

func service(d *db.DB, at time.Time) *careers.Service {
	return careers.NewService(careersdb.New(d.DB, acttest.Parts(clock.Fixed(at))), clock.Fixed(at))
}

func text(s string) lang.Text { return lang.NewText(s+", en français", s+", in English") }

// prepare stores a family and three profiles.
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
	for _, slug := range []string{"seller", "lead", "head"} {
		_, err := s.Publish(t.Context(), hr, slug, jobs.Placement{Family: "sales", Track: "field", Stage: jobs.StageMid, Owner: text("owner")},
			jobs.Content{Title: text(slug), Purpose: text("purpose"), Areas: []jobs.Area{{Key: "work", Title: text("work"), Share: 100, Activities: two}}})
		if err != nil {
			t.Fatal(err)
		}
	}
}

func content(months int) careers.LadderContent {
	return careers.LadderContent{
		Family: "sales", Name: text("ladder"), Text: text("from job to job"),
		Rungs: []careers.Rung{{Profile: "seller", Stage: jobs.StageEntry}, {Profile: "lead", Stage: jobs.StageMid}, {Profile: "head", Stage: jobs.StageSenior}},
		Moves: []careers.Move{
			{From: "seller", To: "lead", Kind: careers.Up, TypicalMonths: months, Conditions: text("conditions"), Origin: "echelon"},
			{From: "lead", To: "head", Kind: careers.Diagonal, TypicalMonths: 36},
			{From: "lead", To: "seller", Kind: careers.Lateral, TypicalMonths: 12},
		},
	}
}

func TestPublishTwice(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		ctx, later := t.Context(), today.Add(time.Hour)
		s := service(d, today)
		if empty, err := s.LadderOf(ctx, hr, "sales"); err != nil || empty.Slug != "" {
			t.Errorf("a family without a ladder: %+v, %v", empty, err)
		}
		first, err := s.PublishLadder(ctx, hr, "main", content(24))
		if err != nil {
			t.Fatal(err)
		}
		refs, err := s.Refs(ctx, hr)
		if diff := cmp.Diff([]careers.Ref{{Slug: "main", Family: "sales"}}, refs); diff != "" || err != nil {
			t.Errorf("the ladders by name: %v\n%s", err, diff)
		}
		if _, err := s.Refs(ctx, actor.Nobody()); !fault.Is(err, fault.Unauthenticated) {
			t.Errorf("nobody reads the names of ladders: %v", err)
		}
		read, err := s.Ladder(ctx, hr, "main")
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(content(24), read.LadderContent); diff != "" || read.Number != 1 || read.ID == "" || read.Hash != first.Hash || !read.PublishedAt.Equal(today) {
			t.Errorf("%+v (-want +got):\n%s", read, diff)
		}
		if _, err := service(d, later).PublishLadder(ctx, hr, "main", content(30)); err != nil {
			t.Fatal(err)
		}
		second, err := s.LadderOf(ctx, hr, "sales")
		if err != nil || second.Number != 2 || second.ID != read.ID || second.Moves[0].TypicalMonths != 30 || !second.PublishedAt.Equal(later) {
			t.Errorf("the second is %+v, %v", second, err)
		}
		all, err := s.Ladders(ctx, hr)
		if diff := cmp.Diff([]careers.Ladder{second}, all); diff != "" || err != nil {
			t.Errorf("the list (-want +got):\n%s%v", diff, err)
		}
		var rows []struct{ Document, Hash, PublishedBy string }
		if err := d.NewRaw("SELECT document, hash, published_by FROM ladder_versions ORDER BY number").Scan(ctx, &rows); err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for _, r := range rows {
			if sum := sha256.Sum256([]byte(r.Document)); hex.EncodeToString(sum[:]) != r.Hash || r.PublishedBy != "person:hr" {
				t.Errorf("hash %s by %s", r.Hash, r.PublishedBy)
			}
		}
		if rows[0].Hash != first.Hash {
			t.Error("the first document changed")
		}
		// The moves are an index of both versions, in the ladder's order.
		var moves []string
		err = d.NewRaw(`SELECT v.number || ' ' || m.position || ' ' || f.slug || ' ' || m.kind || ' ' || m.typical_months || ' ' || x.slug FROM moves m JOIN ladder_versions v ON v.id = m.ladder_version_id
			JOIN profiles f ON f.id = m.from_profile_id JOIN profiles x ON x.id = m.to_profile_id ORDER BY v.number, m.position`).Scan(ctx, &moves)
		want := []string{
			"1 0 seller up 24 lead", "1 1 lead diagonal 36 head", "1 2 lead lateral 12 seller",
			"2 0 seller up 30 lead", "2 1 lead diagonal 36 head", "2 2 lead lateral 12 seller",
		}
		if diff := cmp.Diff(want, moves); diff != "" || err != nil {
			t.Errorf("moves (-want +got):\n%s%v", diff, err)
		}
	})
}

func TestUnknownAndRefusedLadders(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d, today), t.Context()
		for _, slug := range []string{"nobody", "", "main\x00", "main\xff", "ma'in"} {
			if _, err := s.Ladder(ctx, hr, slug); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v, want NotFound", slug, err)
			}
			if l, err := s.LadderOf(ctx, hr, slug); err != nil || l.Slug != "" {
				t.Errorf("the ladder of %q: %+v, %v", slug, l, err)
			}
		}
		change := func(f func(*careers.LadderContent)) careers.LadderContent {
			c := content(24)
			f(&c)
			return c
		}
		for name, c := range map[string]careers.LadderContent{
			"an unknown family":        change(func(c *careers.LadderContent) { c.Family = "dancing" }),
			"a rung that is unknown":   change(func(c *careers.LadderContent) { c.Rungs[2].Profile = "nobody"; c.Moves = c.Moves[:1] }),
			"a move from no rung":      change(func(c *careers.LadderContent) { c.Moves[0].From = "nobody" }),
			"a move twice":             change(func(c *careers.LadderContent) { c.Moves[1] = c.Moves[0] }),
			"a move to itself":         change(func(c *careers.LadderContent) { c.Moves[0].To = "seller" }),
			"a kind that is unknown":   change(func(c *careers.LadderContent) { c.Moves[0].Kind = "down" }),
			"months of nothing":        change(func(c *careers.LadderContent) { c.Moves[0].TypicalMonths = 0 }),
			"a rung twice":             change(func(c *careers.LadderContent) { c.Rungs[1] = c.Rungs[0] }),
			"a ladder without a rung":  change(func(c *careers.LadderContent) { c.Rungs, c.Moves = nil, nil }),
			"a ladder without a title": change(func(c *careers.LadderContent) { c.Name = lang.Text{} }),
		} {
			if _, err := s.PublishLadder(ctx, hr, "main", c); !fault.Is(err, fault.Invalid) || len(fault.Of(err).Fields) == 0 {
				t.Errorf("%s: %v, want an Invalid fault that names a field", name, err)
			}
		}
		if _, err := s.PublishLadder(ctx, hr, "Main Ladder", content(24)); !fault.Is(err, fault.Invalid) {
			t.Errorf("a slug that is none: %v", err)
		}
		var rows int
		if err := d.NewRaw("SELECT (SELECT count(*) FROM ladders) + (SELECT count(*) FROM ladder_versions) + (SELECT count(*) FROM moves)").Scan(ctx, &rows); err != nil || rows != 0 {
			t.Errorf("%d rows, %v", rows, err)
		}
	})
}

func TestConcurrentPublications(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d, today), t.Context()
		for range 2 { // of a new ladder, then of one that exists
			var wg sync.WaitGroup
			for i := range 6 {
				wg.Go(func() {
					if _, err := s.PublishLadder(ctx, hr, "main", content(i+1)); err != nil && !fault.Is(err, fault.Conflict) {
						t.Errorf("lost by %v, want a Conflict", err)
					}
				})
			}
			wg.Wait()
		}
		var numbers []int
		if err := d.NewRaw("SELECT number FROM ladder_versions ORDER BY number").Scan(ctx, &numbers); err != nil {
			t.Fatal(err)
		}
		l, err := s.Ladder(ctx, hr, "main")
		if err != nil || l.Number != len(numbers) || fmt.Sprint(numbers[0]) != "1" || numbers[len(numbers)-1] != len(numbers) {
			t.Errorf("current is %d of %v, %v", l.Number, numbers, err)
		}
	})
}
