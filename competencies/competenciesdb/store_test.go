package competenciesdb_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/competencies/competenciesdb"
)

var (
	hr    = actor.Actor{Kind: actor.Person, ID: "hr", Roles: []actor.Role{actor.HR}}
	today = time.Date(2026, 11, 23, 8, 30, 0, 123456000, time.UTC)
)

func service(d *db.DB, at time.Time) *competencies.Service {
	return competencies.NewService(competenciesdb.New(d.DB, acttest.Parts(clock.Fixed(at))), clock.Fixed(at))
}

func text(s string) lang.Text { return lang.NewText(s+", en français", s+", in English") }

func scale(version int, levels ...string) competencies.Scale {
	s := competencies.Scale{Slug: "steps", Version: version, Name: text("steps")}
	for i, l := range levels {
		s.Levels = append(s.Levels, competencies.ScaleLevel{Rank: i + 1, Name: text(l)})
	}
	return s
}

func content(name lang.Text, version, levels int) competencies.Content {
	c := competencies.Content{
		Category: competencies.Leadership, Trend: competencies.Growing, Scale: competencies.ScaleRef{Slug: "steps", Version: version}, Name: name, Definition: text("definition"),
		Questions: competencies.Questions{Situational: text("if"), Behavioural: text("when")}, Origin: competencies.FromSource,
		Codes: []competencies.Code{{Scheme: "esco", Version: "1.0", URI: "http://data.europa.eu/x", Label: text("code")}},
	}
	for i := range levels {
		c.Levels = append(c.Levels, competencies.Level{Rank: i + 1, Summary: text("summary"), Signals: []lang.Text{text("a"), text("b")}, Examples: []lang.Text{text("c")}})
	}
	return c
}

func must[T any](t *testing.T) func(T, error) T {
	return func(v T, err error) T {
		t.Helper()
		if err != nil {
			t.Fatal(err)
		}
		return v
	}
}

func mustDoc(t *testing.T) func(canon.Document, error) canon.Document { return must[canon.Document](t) }

var withoutIDs = cmp.Options{cmpopts.IgnoreTypes(competencies.ScaleID(""), competencies.CompetencyID(""), competencies.CertificationID(""))}

func TestScalesReadBackAndNeverChange(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s, ctx := service(d, today), t.Context()
		first, second := scale(1, "low", "high"), scale(2, "low", "mid", "high")
		for range 2 { // the same again is accepted
			if _, err := s.PublishScale(ctx, hr, first); err != nil {
				t.Fatal(err)
			}
		}
		if _, err := s.PublishScale(ctx, hr, second); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff([]competencies.Scale{second}, must[[]competencies.Scale](t)(s.Scales(ctx, hr)), withoutIDs); diff != "" {
			t.Errorf("the newest (-want +got):\n%s", diff)
		}
		if _, err := s.PublishScale(ctx, hr, scale(1, "low", "other")); !fault.Is(err, fault.Conflict) {
			t.Errorf("other levels under the same version: %v", err)
		}
		stored := competenciesdb.New(d.DB, actdb.Parts{})
		if diff := cmp.Diff(first, must[competencies.Scale](t)(stored.Scale(ctx, competencies.ScaleRef{Slug: "steps", Version: 1})), withoutIDs); diff != "" {
			t.Errorf("the first (-want +got):\n%s", diff)
		}
		for _, ref := range []competencies.ScaleRef{{Slug: "steps", Version: 3}, {Slug: "stairs", Version: 1}, {Slug: "steps\x00", Version: 1}} {
			if _, err := stored.Scale(ctx, ref); !fault.Is(err, fault.NotFound) {
				t.Errorf("%+v: %v, want NotFound", ref, err)
			}
		}
	})
}

func TestPublishTwice(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		ctx, later := t.Context(), today.Add(time.Hour)
		s := service(d, today)
		for _, x := range []competencies.Scale{scale(1, "low", "high"), scale(2, "low", "mid", "high")} {
			if _, err := s.PublishScale(ctx, hr, x); err != nil {
				t.Fatal(err)
			}
		}
		first := must[competencies.Competency](t)(s.Publish(ctx, hr, "coaching", content(text("Coaching"), 1, 2)))
		read := must[competencies.Competency](t)(s.Get(ctx, hr, "coaching"))
		if diff := cmp.Diff(first, read, withoutIDs); diff != "" || read.ID == "" || read.Number != 1 || !read.PublishedAt.Equal(today) {
			t.Errorf("read back (-want +got):\n%s", diff)
		}
		if diff := cmp.Diff(content(text("Coaching"), 1, 2), read.Content); diff != "" {
			t.Errorf("content (-want +got):\n%s", diff)
		}
		must[competencies.Competency](t)(service(d, later).Publish(ctx, hr, "coaching", content(text("Guiding"), 2, 3)))
		second := must[competencies.Competency](t)(s.Get(ctx, hr, "coaching"))
		if second.Number != 2 || second.ID != read.ID || !second.PublishedAt.Equal(later) || len(second.Levels) != 3 || second.Hash == read.Hash {
			t.Errorf("the second is %+v", second)
		}
		if diff := cmp.Diff(read, must[competencies.Competency](t)(s.GetVersion(ctx, hr, "coaching", 1))); diff != "" {
			t.Errorf("the first changed:\n%s", diff)
		}
		var rows []struct{ Document, Hash, PublishedBy string }
		if err := d.NewRaw("SELECT document, hash, published_by FROM competency_versions ORDER BY number").Scan(ctx, &rows); err != nil || len(rows) != 2 {
			t.Fatalf("%d rows, %v", len(rows), err)
		}
		for i, r := range rows {
			if sum := sha256.Sum256([]byte(r.Document)); hex.EncodeToString(sum[:]) != r.Hash || r.PublishedBy != "person:hr" {
				t.Errorf("row %d: hash %s by %s", i, r.Hash, r.PublishedBy)
			}
		}
		if rows[0].Hash != first.Hash {
			t.Error("the first document's hash moved")
		}
		pinned := must[map[competencies.VersionRef]competencies.Competency](t)(s.Pinned(ctx, hr, []competencies.VersionRef{{Slug: "coaching", Number: 1}, {Slug: "nobody", Number: 1}}))
		if diff := cmp.Diff(map[competencies.VersionRef]competencies.Competency{{Slug: "coaching", Number: 1}: read}, pinned); diff != "" {
			t.Errorf("pinned (-want +got):\n%s", diff)
		}
		if none, err := s.Pinned(ctx, hr, nil); err != nil || len(none) != 0 {
			t.Errorf("nothing pinned: %v, %v", none, err)
		}
		for name, ask := range map[string]func() error{
			"a slug":          func() error { _, err := s.Get(ctx, hr, "nobody"); return err },
			"a version":       func() error { _, err := s.GetVersion(ctx, hr, "coaching", 3); return err },
			"a slug with NUL": func() error { _, err := s.Get(ctx, hr, "coaching\x00"); return err },
			"a version's slug with wrong bytes": func() error {
				_, err := s.GetVersion(ctx, hr, "coaching\xff", 1)
				return err
			},
		} {
			if err := ask(); !fault.Is(err, fault.NotFound) {
				t.Errorf("%s: %v, want NotFound", name, err)
			}
		}
	})
}

func TestConcurrentPublications(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s, ctx := service(d, today), t.Context()
		if _, err := s.PublishScale(ctx, hr, scale(1, "low", "high")); err != nil {
			t.Fatal(err)
		}
		for range 2 { // of a new competency, then of one that exists
			var wg sync.WaitGroup
			for i := range 6 {
				wg.Go(func() {
					if _, err := s.Publish(ctx, hr, "coaching", content(text(fmt.Sprint("Coaching ", i)), 1, 2)); err != nil && !fault.Is(err, fault.Conflict) {
						t.Errorf("lost by %v, want a Conflict", err)
					}
				})
			}
			wg.Wait()
		}
		var numbers []int
		if err := d.NewRaw("SELECT number FROM competency_versions ORDER BY number").Scan(ctx, &numbers); err != nil {
			t.Fatal(err)
		}
		for i, n := range numbers {
			if n != i+1 {
				t.Errorf("versions %v", numbers)
			}
		}
		if c := must[competencies.Competency](t)(s.Get(ctx, hr, "coaching")); c.Number != len(numbers) || len(numbers) < 2 {
			t.Errorf("current is %d of %v", c.Number, numbers)
		}
	})
}

func TestListsAreInTheOrderOfTheReader(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s, ctx := service(d, today), t.Context()
		if _, err := s.PublishScale(ctx, hr, scale(1, "low", "high")); err != nil {
			t.Fatal(err)
		}
		for slug, name := range map[string]lang.Text{
			"listening": lang.NewText("Écoute", "Listening"), "ethics": lang.NewText("éthique", "Zeal"), "work": lang.NewText("Œuvre", "art"), "zoo": lang.NewText("Zèle", "Ärger"),
		} {
			must[competencies.Competency](t)(s.Publish(ctx, hr, slug, content(name, 1, 2)))
		}
		for l, want := range map[lang.Lang][]string{lang.FR: {"listening", "ethics", "work", "zoo"}, lang.EN: {"zoo", "work", "listening", "ethics"}} {
			var got []string
			for _, c := range must[[]competencies.Competency](t)(s.List(ctx, hr, l)) {
				got = append(got, c.Slug)
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("%s (-want +got):\n%s", l, diff)
			}
		}
		if _, err := d.ExecContext(ctx, "UPDATE competencies SET retired_at = ? WHERE slug = 'work'", today); err != nil {
			t.Fatal(err)
		}
		if n := len(must[[]competencies.Competency](t)(s.List(ctx, hr, lang.FR))); n != 3 {
			t.Errorf("%d listed, a retired one among them", n)
		}
	})
}

func TestCertificationsReadBackAndAreReplaced(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s, ctx := service(d, today), t.Context()
		mustDoc(t)(s.PublishScale(ctx, hr, scale(1, "low", "high")))
		must[competencies.Competency](t)(s.Publish(ctx, hr, "coaching", content(text("Coaching"), 1, 2)))
		c := competencies.Certification{
			Slug: "badge", Name: "Certified Badge", NameLang: "en", Abbreviation: "CB", Gloss: text("badge"), Issuer: "Somebody", ValidityMonths: 24, Renewal: text("renewal"),
			Licence: true, Evidences: []string{"coaching"}, Origin: competencies.FromEchelon,
		}
		mustDoc(t)(s.PutCertification(ctx, hr, c))
		if diff := cmp.Diff([]competencies.Certification{c}, must[[]competencies.Certification](t)(s.Certifications(ctx, hr)), withoutIDs); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		before := must[[]competencies.Certification](t)(s.Certifications(ctx, hr))[0].ID
		c.Issuer, c.ValidityMonths = "", 0 // not stated
		mustDoc(t)(s.PutCertification(ctx, hr, c))
		after := must[[]competencies.Certification](t)(s.Certifications(ctx, hr))
		if diff := cmp.Diff([]competencies.Certification{c}, after, withoutIDs); diff != "" || after[0].ID != before {
			t.Errorf("replaced under its ID (-want +got):\n%s", diff)
		}
		c.Evidences = []string{"coaching", "juggling"}
		if _, err := s.PutCertification(ctx, hr, c); !fault.Is(err, fault.Invalid) || fault.Of(err).Fields[0].Path != "evidences[1]" {
			t.Errorf("evidence of an unknown competency: %v", err)
		}
	})
}

func TestRefusedPublicationsStoreNothing(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s, ctx := service(d, today), t.Context()
		mustDoc(t)(s.PublishScale(ctx, hr, scale(1, "low", "high")))
		for name, publish := range map[string]func() error{
			"a slug that is none": func() error { _, err := s.Publish(ctx, hr, "Two Words", content(text("x"), 1, 2)); return err },
			"no slug":             func() error { _, err := s.Publish(ctx, hr, "", content(text("x"), 1, 2)); return err },
			"a level missing":     func() error { _, err := s.Publish(ctx, hr, "x", content(text("x"), 1, 1)); return err },
			"a level too many":    func() error { _, err := s.Publish(ctx, hr, "x", content(text("x"), 1, 3)); return err },
			"an unknown scale":    func() error { _, err := s.Publish(ctx, hr, "x", content(text("x"), 7, 2)); return err },
			"no name":             func() error { _, err := s.Publish(ctx, hr, "x", content(lang.Text{}, 1, 2)); return err },
			"a scale out of order": func() error {
				x := scale(3, "low", "high")
				x.Levels[0].Rank = 2
				_, err := s.PublishScale(ctx, hr, x)
				return err
			},
		} {
			if err := publish(); !fault.Is(err, fault.Invalid) || len(fault.Of(err).Fields) == 0 {
				t.Errorf("%s: %v, want an Invalid fault that names a field", name, err)
			}
		}
		var rows int
		if err := d.NewRaw("SELECT (SELECT count(*) FROM competencies) + (SELECT count(*) FROM competency_versions) + (SELECT count(*) FROM scales WHERE number > 1)").Scan(ctx, &rows); err != nil || rows != 0 {
			t.Errorf("%d rows, %v", rows, err)
		}
	})
}
