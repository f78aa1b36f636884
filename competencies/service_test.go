package competencies_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
)

// shelf keeps scales, competency versions and certifications in memory, each in the order they came.
type shelf struct {
	acttest.Recorder
	scales         []competencies.Scale
	versions       []competencies.Competency
	certifications []competencies.Certification
	by             string
	reads          int
}

func unknown(what string) error { return fault.New(fault.NotFound, "not_found", "%s", what) }

func (s *shelf) Tx(_ context.Context, fn func(competencies.Store) error) error { return fn(s) }

func (s *shelf) Scales(context.Context) ([]competencies.Scale, error) { return s.scales, nil }

func (s *shelf) Scale(_ context.Context, ref competencies.ScaleRef) (competencies.Scale, error) {
	for _, x := range s.scales {
		if x.Slug == ref.Slug && x.Version == ref.Version {
			return x, nil
		}
	}
	return competencies.Scale{}, unknown(ref.Slug)
}

func (s *shelf) AddScale(_ context.Context, x competencies.Scale, _ canon.Document, _ time.Time) (bool, error) {
	s.scales = append(s.scales, x)
	return true, nil
}

func (s *shelf) Competencies(context.Context, lang.Lang) ([]competencies.Competency, error) {
	return s.versions, nil
}

func (s *shelf) NamedCompetencies(ctx context.Context, slugs []string) (out []competencies.Competency, _ error) {
	for _, slug := range slugs {
		if c, err := s.Competency(ctx, slug); err == nil {
			out = append(out, c)
		}
	}
	return out, nil
}

func (s *shelf) Competency(ctx context.Context, slug string) (competencies.Competency, error) {
	for number := len(s.versions); number > 0; number-- {
		if c, err := s.CompetencyVersion(ctx, slug, number); err == nil {
			return c, nil
		}
	}
	return competencies.Competency{}, unknown(slug)
}

func (s *shelf) CompetencyVersion(_ context.Context, slug string, number int) (competencies.Competency, error) {
	for _, c := range s.versions {
		if c.Slug == slug && c.Number == number {
			return c, nil
		}
	}
	return competencies.Competency{}, unknown(slug)
}

func (s *shelf) CompetencyVersions(ctx context.Context, refs []competencies.VersionRef) ([]competencies.Competency, error) {
	s.reads++
	var out []competencies.Competency
	for _, r := range refs {
		if c, err := s.CompetencyVersion(ctx, r.Slug, r.Number); err == nil {
			out = append(out, c)
		}
	}
	return out, nil
}

func (s *shelf) AddCompetencyVersion(_ context.Context, c competencies.Competency, doc canon.Document, by string) error {
	if c.ID == "" {
		c.ID = competencies.CompetencyID("id-" + c.Slug)
	}
	if c.Hash != doc.Hash {
		return fault.New(fault.Internal, "internal", "hash %s of document %s", c.Hash, doc.Hash)
	}
	s.versions, s.by = append(s.versions, c), by
	return nil
}

func (s *shelf) Certifications(context.Context) ([]competencies.Certification, error) {
	return s.certifications, nil
}

func (s *shelf) NamedCertifications(_ context.Context, slugs []string) (out []competencies.Certification, _ error) {
	for _, c := range s.certifications {
		if slices.Contains(slugs, c.Slug) {
			out = append(out, c)
		}
	}
	return out, nil
}

func (s *shelf) PutCertification(_ context.Context, c competencies.Certification, _ canon.Document, _ time.Time) (bool, error) {
	s.certifications = append(s.certifications, c)
	return true, nil
}

var now clock.Clock = func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }

func who(roles ...actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: "1", Roles: roles}
}

// content is a competency on version 1 of a scale, with n levels in order.
func content(scale string, n int) competencies.Content {
	c := competencies.Content{
		Category: competencies.Interpersonal, Trend: competencies.Stable, Scale: competencies.ScaleRef{Slug: scale, Version: 1},
		Name: said("negotiation"), Definition: said("definition"), Origin: competencies.FromEchelon,
		Questions: competencies.Questions{Situational: said("situational"), Behavioural: said("behavioural")},
	}
	for rank := 1; rank <= n; rank++ {
		c.Levels = append(c.Levels, competencies.Level{Rank: rank, Summary: said("summary"), Signals: []lang.Text{said("signal")}, Examples: []lang.Text{said("example")}})
	}
	return c
}

func house() (*competencies.Service, *shelf) {
	s := &shelf{scales: []competencies.Scale{scale("mastery", 5), scale("language", 6), scale("held", 1)}}
	return competencies.NewService(s, now), s
}

func TestACompetencyDescribesEveryLevelOfItsScale(t *testing.T) {
	tests := []struct {
		name   string
		scale  string
		levels []int
		ok     bool
	}{
		{"five of five", "mastery", []int{1, 2, 3, 4, 5}, true},
		{"six of six", "language", []int{1, 2, 3, 4, 5, 6}, true},
		{"one of one", "held", []int{1}, true},
		{"four of five", "mastery", []int{1, 2, 3, 4}, false},
		{"six of five", "mastery", []int{1, 2, 3, 4, 5, 6}, false},
		{"five of six", "language", []int{1, 2, 3, 4, 5}, false},
		{"out of order", "mastery", []int{1, 2, 4, 3, 5}, false},
		{"one twice", "mastery", []int{1, 2, 3, 3, 5}, false},
		{"beginning above the first", "mastery", []int{2, 3, 4, 5, 6}, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, store := house()
			c := content(tt.scale, len(tt.levels))
			for i, rank := range tt.levels {
				c.Levels[i].Rank = rank
			}
			_, err := s.Publish(t.Context(), who(actor.HR), "negotiation", c)
			if tt.ok {
				if err != nil || len(store.versions) != 1 {
					t.Errorf("got %v", err)
				}
				return
			}
			checkFields(t, err, []fault.Field{{Path: "levels", Rule: "every_level"}})
			if len(store.versions) != 0 {
				t.Error("it was published all the same")
			}
		})
	}
}

func TestPublishingAgainMakesAVersionAndKeepsTheFirst(t *testing.T) {
	s, store := house()
	first, err := s.Publish(t.Context(), who(actor.HR), "negotiation", content("mastery", 5))
	if err != nil {
		t.Fatal(err)
	}
	changed := content("mastery", 5)
	changed.Definition = said("another definition")
	second, err := s.Publish(t.Context(), actor.SystemTask("seed"), "negotiation", changed)
	if err != nil {
		t.Fatal(err)
	}
	if first.Number != 1 || second.Number != 2 || second.ID != "id-negotiation" || second.Hash == first.Hash || store.by != "system:seed" || !second.PublishedAt.Equal(now()) {
		t.Errorf("first %d, second %d of %s by %s", first.Number, second.Number, second.ID, store.by)
	}
	refs := []competencies.VersionRef{{Slug: "negotiation", Number: 1}, {Slug: "negotiation", Number: 2}, {Slug: "negotiation", Number: 3}, {Slug: "magic", Number: 1}}
	pinned, err := s.Pinned(t.Context(), who(), refs)
	if err != nil {
		t.Fatal(err)
	}
	got := map[competencies.VersionRef]lang.Text{}
	for ref, c := range pinned {
		got[ref] = c.Definition
	}
	if diff := cmp.Diff(map[competencies.VersionRef]lang.Text{refs[0]: said("definition"), refs[1]: said("another definition")}, got); diff != "" {
		t.Error(diff)
	}
}

func TestNothingPinnedIsNoRead(t *testing.T) {
	s, store := house()
	got, err := s.Pinned(t.Context(), who(), nil)
	if err != nil || got == nil || len(got) != 0 || store.reads != 0 {
		t.Errorf("got %v, %v after %d reads", got, err, store.reads)
	}
}

func TestCompetenciesThatBreakARule(t *testing.T) {
	tests := []struct {
		name   string
		slug   string
		change func(*competencies.Content)
		want   []fault.Field
	}{
		{"a name that is no slug", "Négociation", func(*competencies.Content) {}, []fault.Field{{Path: "slug", Rule: "slug"}}},
		{"a scale nobody knows", "negotiation", func(c *competencies.Content) { c.Scale.Slug = "stars" }, []fault.Field{{Path: "scale.slug", Rule: "unknown", Param: "stars"}}},
		{"a version of a scale nobody knows", "negotiation", func(c *competencies.Content) { c.Scale.Version = 2 }, []fault.Field{{Path: "scale.slug", Rule: "unknown", Param: "mastery"}}},
		{"a category that is none", "negotiation", func(c *competencies.Content) { c.Category = "soft" }, []fault.Field{{Path: "category", Rule: "oneof", Param: "technical interpersonal leadership emerging"}}},
		{"a level without signals", "negotiation", func(c *competencies.Content) { c.Levels[2].Signals = nil }, []fault.Field{{Path: "levels[2].signals", Rule: "min", Param: "1"}}},
		{"an empty example", "negotiation", func(c *competencies.Content) { c.Levels[0].Examples[0] = lang.Text{} }, []fault.Field{{Path: "levels[0].examples[0]", Rule: "bilingual", Param: "400"}}},
		{"no question", "negotiation", func(c *competencies.Content) { c.Questions.Situational = lang.Text{} }, []fault.Field{{Path: "questions.situational", Rule: "bilingual", Param: "400"}}},
		{"an address that is a script", "negotiation", func(c *competencies.Content) {
			c.Codes = []competencies.Code{{Scheme: "esco", Version: "1.2", URI: "javascript:alert(1)", Label: said("x")}}
		}, []fault.Field{{Path: "codes[0].uri", Rule: "http_url"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, store := house()
			c := content("mastery", 5)
			tt.change(&c)
			_, err := s.Publish(t.Context(), who(actor.HR), tt.slug, c)
			checkFields(t, err, tt.want)
			if len(store.versions) != 0 {
				t.Error("it was published all the same")
			}
		})
	}
}

func TestAScaleHasItsRanksInOrder(t *testing.T) {
	s, store := house()
	before := len(store.scales)
	bad := scale("stars", 3)
	bad.Levels[1].Rank, bad.Levels[2].Rank = 3, 2
	_, err := s.PublishScale(t.Context(), who(actor.HR), bad)
	checkFields(t, err, []fault.Field{{Path: "levels[1].rank", Rule: "eq", Param: "2"}})
	if _, err := s.PublishScale(t.Context(), who(actor.HR), competencies.Scale{Slug: "stars", Version: 1, Name: said("stars")}); !fault.Is(err, fault.Invalid) {
		t.Errorf("a scale without levels gives %v", err)
	}
	if len(store.scales) != before {
		t.Error("it was stored all the same")
	}
	if _, err := s.PublishScale(t.Context(), who(actor.HR), scale("stars", 3)); err != nil || len(store.scales) != before+1 {
		t.Errorf("got %v", err)
	}
}

func certification() competencies.Certification {
	return competencies.Certification{Slug: "csp", Name: "Certified Sales Professional", NameLang: "en", Gloss: said("gloss"), Origin: competencies.FromSource}
}

func TestACertificationSaysOnlyWhatIsKnown(t *testing.T) {
	s, store := house()
	if _, err := s.Publish(t.Context(), who(actor.HR), "negotiation", content("mastery", 5)); err != nil {
		t.Fatal(err)
	}
	tests := []struct {
		name   string
		change func(*competencies.Certification)
		want   []fault.Field
	}{
		{"validity and renewal not stated", func(*competencies.Certification) {}, nil},
		{"evidence of a competency", func(c *competencies.Certification) { c.Evidences = []string{"negotiation"} }, nil},
		{"evidence of one nobody knows", func(c *competencies.Certification) { c.Evidences = []string{"negotiation", "magic"} }, []fault.Field{{Path: "evidences[1]", Rule: "unknown", Param: "magic"}}},
		{"evidence of one twice", func(c *competencies.Certification) { c.Evidences = []string{"negotiation", "negotiation"} }, []fault.Field{{Path: "evidences", Rule: "unique"}}},
		{"no name", func(c *competencies.Certification) { c.Name = "" }, []fault.Field{{Path: "name", Rule: "required"}}},
		{"a validity before it began", func(c *competencies.Certification) { c.ValidityMonths = -1 }, []fault.Field{{Path: "validity_months", Rule: "gte", Param: "0"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store.certifications = nil
			c := certification()
			tt.change(&c)
			_, err := s.PutCertification(t.Context(), who(actor.HR), c)
			if tt.want == nil {
				if diff := cmp.Diff([]competencies.Certification{c}, store.certifications); err != nil || diff != "" {
					t.Errorf("%v %s", err, diff)
				}
				return
			}
			checkFields(t, err, tt.want)
			if len(store.certifications) != 0 {
				t.Error("it was stored all the same")
			}
		})
	}
}

func TestWhoMayReadAndWriteTheCatalogue(t *testing.T) {
	tests := []struct {
		name        string
		actor       actor.Actor
		read, write fault.Kind
	}{
		{"nobody", actor.Nobody(), fault.Unauthenticated, fault.Unauthenticated},
		{"an employee", who(), "", fault.Forbidden},
		{"a recruiter", who(actor.Recruiter), "", fault.Forbidden},
		{"an administrator", who(actor.Administrator), "", fault.Forbidden},
		{"an HR partner", who(actor.HR), "", ""},
		{"the seeds", actor.SystemTask("seed"), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := t.Context()
			s, store := house()
			store.versions = []competencies.Competency{{Slug: "negotiation", Number: 1}}
			_, scales := s.Scales(ctx, tt.actor)
			_, list := s.List(ctx, tt.actor, lang.FR)
			_, get := s.Get(ctx, tt.actor, "negotiation")
			_, version := s.GetVersion(ctx, tt.actor, "negotiation", 1)
			_, pinned := s.Pinned(ctx, tt.actor, nil)
			_, certifications := s.Certifications(ctx, tt.actor)
			_, named := s.Named(ctx, tt.actor, nil)
			_, namedCertifications := s.NamedCertifications(ctx, tt.actor, nil)
			for i, err := range []error{scales, list, get, version, pinned, certifications, named, namedCertifications} {
				if got := kind(err); got != tt.read {
					t.Errorf("read %d: %q, want %q", i, got, tt.read)
				}
			}
			_, publishScale := s.PublishScale(ctx, tt.actor, scale("stars", 3))
			_, publish := s.Publish(ctx, tt.actor, "negotiation", content("mastery", 5))
			_, put := s.PutCertification(ctx, tt.actor, certification())
			for i, err := range []error{publishScale, publish, put} {
				if got := kind(err); got != tt.write {
					t.Errorf("write %d: %q, want %q", i, got, tt.write)
				}
			}
		})
	}
}

func kind(err error) fault.Kind {
	if err == nil {
		return ""
	}
	return fault.Of(err).Kind
}

// checkFields wants one Invalid fault with exactly these fields.
func checkFields(t testing.TB, err error, want []fault.Field) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("got %v, want an Invalid fault", err)
	}
	if diff := cmp.Diff(want, fault.Of(err).Fields); diff != "" {
		t.Error(diff)
	}
}
