package jobs_test

import (
	"context"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// shelf keeps families, measures and published profiles in memory, of each profile the latest version.
type shelf struct {
	acttest.Recorder
	catalogue *catalogue
	families  []jobs.Family
	kpis      []jobs.KPI
	profiles  map[string]jobs.Profile
	indexes   map[string]jobs.Index
	by        string // who published last
	asked     jobs.Query
	rows      []jobs.Summary
}

func (s *shelf) Tx(_ context.Context, fn func(jobs.Store) error) error { return fn(s) }

func (s *shelf) Catalogue() jobs.Catalogue { return s.catalogue }

func (s *shelf) KPIs(context.Context) ([]jobs.KPI, error) { return s.kpis, nil }

func (s *shelf) NamedKPIs(_ context.Context, slugs []string) ([]jobs.KPI, error) {
	return chosen(s.kpis, slugs, func(k jobs.KPI) string { return k.Slug }), nil
}

// chosen are those of a list that have one of the slugs.
func chosen[T any](list []T, slugs []string, slug func(T) string) (out []T) {
	for _, x := range list {
		if slices.Contains(slugs, slug(x)) {
			out = append(out, x)
		}
	}
	return out
}

func (s *shelf) PutKPI(_ context.Context, k jobs.KPI, _ canon.Document, _ time.Time) (bool, error) {
	s.kpis = append(slices.DeleteFunc(s.kpis, func(old jobs.KPI) bool { return old.Slug == k.Slug }), k)
	return true, nil
}

func (s *shelf) PutFamily(_ context.Context, f jobs.Family, _ canon.Document, _ time.Time) (bool, error) {
	s.families = append(s.families, f)
	return true, nil
}

func (s *shelf) Families(context.Context) ([]jobs.Family, error) { return s.families, nil }

func (s *shelf) Family(_ context.Context, slug string) (jobs.Family, error) {
	for _, f := range s.families {
		if f.Slug == slug {
			return f, nil
		}
	}
	return jobs.Family{}, fault.New(fault.NotFound, "not_found", "family %s", slug)
}

// Published gives the profile as a database would: the content only as the document.
func (s *shelf) Published(_ context.Context, slug string) (jobs.Profile, error) {
	p, ok := s.profiles[slug]
	if !ok {
		return jobs.Profile{}, fault.New(fault.NotFound, "not_found", "profile %s", slug)
	}
	p.Content = jobs.Content{}
	return p, nil
}

func (s *shelf) PublishedIn(ctx context.Context, family string, _ lang.Lang) ([]jobs.Profile, error) {
	var out []jobs.Profile
	for slug, p := range s.profiles {
		if p.Family == family {
			q, _ := s.Published(ctx, slug)
			out = append(out, q)
		}
	}
	return out, nil
}

func (s *shelf) AddPublished(_ context.Context, p jobs.Profile, _ canon.Document, ix jobs.Index, by string) error {
	if p.ID == "" {
		p.ID = jobs.ProfileID("id-" + p.Slug)
	}
	s.profiles[p.Slug], s.indexes[p.Slug], s.by = p, ix, by
	return nil
}

// Numbered knows the latest version alone.
func (s *shelf) Numbered(ctx context.Context, slug string, number int) (jobs.Profile, error) {
	p, err := s.Published(ctx, slug)
	if err == nil && p.Version.Number != number {
		return jobs.Profile{}, fault.New(fault.NotFound, "not_found", "profile %s", slug)
	}
	return p, err
}

func (s *shelf) Versions(ctx context.Context, slug string) ([]jobs.Version, error) {
	p, err := s.Published(ctx, slug)
	return []jobs.Version{p.Version}, err
}

// Industries are asked by no test of rules: the index is the database's.
func (s *shelf) Industries(context.Context) ([]jobs.VariantName, error) { return nil, nil }

func (s *shelf) Reindex(_ context.Context, p jobs.Profile, ix jobs.Index) error {
	s.indexes[p.Slug] = ix
	return nil
}

func (s *shelf) Summaries(_ context.Context, q jobs.Query) ([]jobs.Summary, int, error) {
	s.asked = q
	return s.rows[:min(len(s.rows), q.Limit+1)], len(s.rows), nil
}

func (s *shelf) Headings(context.Context, lang.Lang) ([]jobs.Heading, error) { return nil, nil }

func (s *shelf) Titles(context.Context, []string) ([]jobs.Heading, error) { return nil, nil }

func (s *shelf) Sizes(context.Context) (map[string]int, error) { return map[string]int{}, nil }

func (s *shelf) Uses(context.Context) (map[string]int, error) { return map[string]int{}, nil }

func (s *shelf) Requirements(context.Context, jobs.RequirementQuery) ([]jobs.RequirementUse, error) {
	return nil, nil
}

// catalogue is the competencies and certifications that profiles may name.
type catalogue struct {
	competencies   []competencies.Competency
	certifications []competencies.Certification
	asked          [][]string
}

func (c *catalogue) Named(_ context.Context, _ actor.Actor, slugs []string) ([]competencies.Competency, error) {
	c.asked = append(c.asked, slugs)
	return chosen(c.competencies, slugs, func(x competencies.Competency) string { return x.Slug }), nil
}

func (c *catalogue) NamedCertifications(_ context.Context, _ actor.Actor, slugs []string) ([]competencies.Certification, error) {
	c.asked = append(c.asked, slugs)
	return chosen(c.certifications, slugs, func(x competencies.Certification) string { return x.Slug }), nil
}

func competency(slug string, number, levels int) competencies.Competency {
	return competencies.Competency{Slug: slug, Number: number, Content: competencies.Content{Name: said(slug), Levels: make([]competencies.Level, levels)}}
}

var now clock.Clock = func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }

func quota(formula string) jobs.KPI {
	return jobs.KPI{
		Slug: "quota", Name: said("quota"), Meaning: said("meaning"), Unit: "percent", Formula: formula,
		Inputs: []jobs.KPIInput{{Name: "actual", Label: said("actual")}, {Name: "quota", Label: said("quota")}},
	}
}

// house is a service over memory, with all that plainRole names.
func house() (*jobs.Service, *shelf, *catalogue) {
	s := &shelf{
		families: []jobs.Family{{Slug: "sales", Name: said("sales"), Text: said("text"), Tracks: []jobs.Track{{Slug: "field", Name: said("field")}}}},
		kpis:     []jobs.KPI{quota("actual / quota")},
		profiles: map[string]jobs.Profile{}, indexes: map[string]jobs.Index{},
	}
	c := &catalogue{
		competencies:   []competencies.Competency{competency("negotiation", 4, 5), competency("planning", 2, 5), competency("french", 1, 6)},
		certifications: []competencies.Certification{{Slug: "csp"}},
	}
	s.catalogue = c
	return jobs.NewService(s, now), s, c
}

func who(roles ...actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: "1", Roles: roles}
}

func place() jobs.Placement {
	return jobs.Placement{Family: "sales", Track: "field", Stage: jobs.StageMid, Grade: "S3", Owner: said("owner")}
}

func publish(t testing.TB, s *jobs.Service, slug string, c jobs.Content) jobs.Profile {
	t.Helper()
	p, err := s.Publish(t.Context(), who(actor.Recruiter), slug, place(), c)
	if err != nil {
		t.Fatal(err)
	}
	return p
}

func TestPublishPinsWhatTheDocumentMustKeep(t *testing.T) {
	s, store, cat := house()
	c := with(plainRole(), jobs.Variant{Overlay: jobs.Overlay{
		Requirements: []jobs.Requirement{{Competency: "french", Rank: 6, Importance: jobs.Expected}},
		KPIs:         []jobs.KPIUse{{KPI: "quota", Target: said("more"), Period: "quarter"}},
	}})
	c.KPIs = []jobs.KPIUse{{KPI: "quota", Target: said("all"), Period: "year", Example: &jobs.KPIExample{Inputs: map[string]string{"actual": "550000", "quota": "500000"}, Text: said("example")}}}
	c.Requirements[0].Version = 99 // nobody outside says which version is pinned
	before, _ := canon.Marshal(c)

	p := publish(t, s, "territory-manager", c)
	if after, _ := canon.Marshal(c); after.Hash != before.Hash {
		t.Error("publishing changed the content it was given")
	}
	if p.Version.Number != 1 || p.Version.State != jobs.Published || p.Version.Schema != jobs.SchemaNumber || !p.Version.PublishedAt.Equal(now()) || store.by != "person:1" {
		t.Errorf("version %+v by %s", p.Version, store.by)
	}

	cat.competencies[0].Number, store.kpis[0].Formula = 5, "quota / actual" // the world moves on
	got, err := s.Get(t.Context(), who(), "territory-manager")
	if err != nil {
		t.Fatal(err)
	}
	pinned := map[string]int{}
	for _, r := range slices.Concat(got.Content.Requirements, got.Content.Variants[0].Overlay.Requirements) {
		pinned[r.Competency] = r.Version
	}
	if diff := cmp.Diff(map[string]int{"negotiation": 4, "planning": 2, "french": 1}, pinned); diff != "" {
		t.Error(diff)
	}
	for _, u := range []jobs.KPIUse{got.Content.KPIs[0], got.Content.Variants[0].Overlay.KPIs[0]} {
		if diff := cmp.Diff(quota("actual / quota"), *u.Definition); diff != "" {
			t.Error(diff)
		}
	}
	if got.Version.Hash != canon.Hash(got.Version.Document) {
		t.Errorf("hash %s of %s", got.Version.Hash, got.Version.Document)
	}
	if w := store.indexes["territory-manager"].Terms[lang.EN]["negoti"]; w == 0 {
		t.Error("the index does not know the competency's name")
	}
}

// TestPublishingIsToldByTheJournal says who published which version of what, and for whom they stood in where it was not
// their own right.
func TestPublishingIsToldByTheJournal(t *testing.T) {
	s, store, _ := house()
	standIn := who(actor.HR)
	standIn.Lent, standIn.Behalf = []actor.Role{actor.HR}, []actor.PersonID{"giver"}
	both := who(actor.HR, actor.Recruiter) // who may publish anyhow
	both.Lent, both.Behalf = standIn.Lent, standIn.Behalf
	var want []audit.Entry
	for i, a := range []actor.Actor{standIn, both, actor.SystemTask("seed")} {
		p, err := s.Publish(t.Context(), a, "territory-manager", place(), plainRole())
		if err != nil {
			t.Fatal(err)
		}
		want = append(want, audit.Entry{
			Actor: a.String(), Behalf: []string{"giver", "", ""}[i], Action: "jobs.published", Object: "profile:territory-manager",
			Outcome: audit.Done, Details: map[string]string{"version": fmt.Sprint(i + 1), "hash": p.Version.Hash},
		})
	}
	if diff := cmp.Diff(want, store.Entries); diff != "" || len(store.Letters) != 0 {
		t.Errorf("%d letters, journal (-want +got):\n%s", len(store.Letters), diff)
	}
}

// TestPublishingReadsWhatItPins asks for what the content names, in its variants too, each once, and for nothing else.
func TestPublishingReadsWhatItPins(t *testing.T) {
	s, _, cat := house()
	c := with(plainRole(), jobs.Variant{Overlay: jobs.Overlay{
		Requirements: []jobs.Requirement{{Competency: "french", Rank: 6, Importance: jobs.Expected}},
	}})
	c.Requirements = []jobs.Requirement{{Competency: "planning", Rank: 1, Importance: jobs.Expected}}
	c.Certifications = []jobs.CertificationUse{{Certification: "csp", Importance: "required"}}
	publish(t, s, "territory-manager", c)
	if diff := cmp.Diff([][]string{{"french", "planning"}, {"csp"}}, cat.asked); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPublishingAgainRaisesTheNumber(t *testing.T) {
	s, store, _ := house()
	first := publish(t, s, "territory-manager", plainRole())
	changed := plainRole()
	changed.Purpose = said("another purpose")
	second := publish(t, s, "territory-manager", changed)
	if second.Version.Number != 2 || second.ID != store.profiles["territory-manager"].ID || second.Version.Hash == first.Version.Hash {
		t.Errorf("first %+v, second %+v", first.Version, second.Version)
	}
	if other := publish(t, s, "account-manager", plainRole()); other.Version.Number != 1 || other.Version.Hash != first.Version.Hash {
		t.Errorf("the same content under another name is %+v", other.Version)
	}
}

func TestContentThatBreaksARule(t *testing.T) {
	area := func(n int) []string { return []string{"a", "b", "c", "d", "e"}[:n] }
	tests := []struct {
		name   string
		change func(*jobs.Content)
		want   []fault.Field
	}{
		{"shares of 99", func(c *jobs.Content) { c.Areas[1].Share = 39 }, []fault.Field{{Path: "areas", Rule: "sum", Param: "100"}}},
		{"shares of 101", func(c *jobs.Content) { c.Areas[1].Share = 41 }, []fault.Field{{Path: "areas", Rule: "sum", Param: "100"}}},
		{"one activity", func(c *jobs.Content) { c.Areas[0].Activities = points(area(1)...) }, []fault.Field{{Path: "areas/sales/activities", Rule: "between", Param: "2 4"}}},
		{"five activities", func(c *jobs.Content) { c.Areas[0].Activities = points(area(5)...) }, []fault.Field{{Path: "areas/sales/activities", Rule: "between", Param: "2 4"}}},
		{"an area without a title", func(c *jobs.Content) { c.Areas[1].Title = lang.Text{} }, []fault.Field{{Path: "areas/reports/title", Rule: "required"}}},
		{"a competency nobody knows", func(c *jobs.Content) { c.Requirements[1].Competency = "magic" }, []fault.Field{{Path: "requirements/magic", Rule: "unknown", Param: "magic"}}},
		{"a rank above the scale", func(c *jobs.Content) { c.Requirements[0].Rank = 6 }, []fault.Field{{Path: "requirements/negotiation/rank", Rule: "lte", Param: "5"}}},
		{"a certification nobody knows", func(c *jobs.Content) {
			c.Certifications = []jobs.CertificationUse{{Certification: "csp", Importance: "required"}, {Certification: "xyz", Importance: "preferred"}}
		}, []fault.Field{{Path: "certifications/xyz", Rule: "unknown", Param: "xyz"}}},
		{"a measure nobody knows", func(c *jobs.Content) { c.KPIs = []jobs.KPIUse{{KPI: "luck", Target: said("much"), Period: "year"}} }, []fault.Field{{Path: "kpis/luck", Rule: "unknown", Param: "luck"}}},
		{"an example that cannot be computed", func(c *jobs.Content) {
			c.KPIs = []jobs.KPIUse{{KPI: "quota", Target: said("all"), Period: "year", Example: &jobs.KPIExample{Inputs: map[string]string{"actual": "1", "quota": "0"}, Text: said("x")}}}
		}, []fault.Field{{Path: "kpis/quota/example/inputs", Rule: "computable", Param: "actual / quota"}}},
		{"a variant that breaks the sum", func(c *jobs.Content) {
			*c = with(*c, jobs.Variant{Overlay: jobs.Overlay{Areas: []jobs.Area{{Key: "sales", Share: 70}}}})
		}, []fault.Field{{Path: "variants/pharma/areas", Rule: "sum", Param: "100"}}},
		{"a variant that takes away too much", func(c *jobs.Content) {
			*c = with(*c, jobs.Variant{Remove: []string{"areas/reports/activities/weekly"}})
		}, []fault.Field{{Path: "variants/pharma/areas/reports/activities", Rule: "between", Param: "2 4"}}},
		{"a variant that takes away what is not there", func(c *jobs.Content) {
			*c = with(*c, jobs.Variant{Remove: []string{"day/night"}})
		}, []fault.Field{{Path: "variants/pharma/remove", Rule: "unknown", Param: "day/night"}}},
		{"a variant that asks beyond the scale", func(c *jobs.Content) {
			*c = with(*c, jobs.Variant{Overlay: jobs.Overlay{Requirements: []jobs.Requirement{{Competency: "french", Rank: 7, Importance: jobs.Preferred}}}})
		}, []fault.Field{{Path: "variants/pharma/requirements/french/rank", Rule: "lte", Param: "6"}}},
		{"tags come first", func(c *jobs.Content) { c.Title, c.Areas[0].Key = lang.Text{}, "Sales!" }, []fault.Field{{Path: "title", Rule: "bilingual", Param: "120"}, {Path: "areas[0].key", Rule: "slug"}}},
		{"six areas", func(c *jobs.Content) {
			for _, k := range area(4) {
				c.Areas = append(c.Areas, jobs.Area{Key: k})
			}
		}, []fault.Field{{Path: "areas", Rule: "max", Param: "5"}}},
		{"one key twice", func(c *jobs.Content) { c.Scope = points("customers", "customers") }, []fault.Field{{Path: "scope", Rule: "unique", Param: "Key"}}},
		{"a rank of nothing", func(c *jobs.Content) { c.Requirements[0].Rank = 0 }, []fault.Field{{Path: "requirements[0].rank", Rule: "gte", Param: "1"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, store, _ := house()
			c := plainRole()
			tt.change(&c)
			_, err := s.Publish(t.Context(), who(actor.Recruiter), "territory-manager", place(), c)
			checkFields(t, err, tt.want)
			if len(store.profiles) != 0 {
				t.Error("it was published all the same")
			}
		})
	}
}

func TestPlacementThatBreaksARule(t *testing.T) {
	tests := []struct {
		name   string
		slug   string
		change func(*jobs.Placement)
		want   []fault.Field
	}{
		{"an unknown family", "associate", func(p *jobs.Placement) { p.Family = "finance" }, []fault.Field{{Path: "family", Rule: "unknown", Param: "finance"}}},
		{"a track the family has not", "associate", func(p *jobs.Placement) { p.Track = "specialist" }, []fault.Field{{Path: "track", Rule: "unknown", Param: "specialist"}}},
		{"reports to nobody known", "associate", func(p *jobs.Placement) { p.ReportsTo = "king" }, []fault.Field{{Path: "reports_to", Rule: "unknown", Param: "king"}}},
		{"reports to itself", "associate", func(p *jobs.Placement) { p.ReportsTo = "associate" }, []fault.Field{{Path: "reports_to", Rule: "itself", Param: "associate"}}},
		{"a stage that is none", "associate", func(p *jobs.Placement) { p.Stage = "lateral" }, []fault.Field{{Path: "stage", Rule: "oneof", Param: "entry mid senior executive"}}},
		{"a date as people write it", "associate", func(p *jobs.Placement) { p.ReviewDue = "5 Dec 2026" }, []fault.Field{{Path: "review_due", Rule: "datetime", Param: "2006-01-02"}}},
		{"no name", "", func(*jobs.Placement) {}, []fault.Field{{Path: "slug", Rule: "slug"}}},
		{"a name that is no slug", "Sales Associate", func(*jobs.Placement) {}, []fault.Field{{Path: "slug", Rule: "slug"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, store, _ := house()
			p := place()
			tt.change(&p)
			_, err := s.Publish(t.Context(), who(actor.HR), tt.slug, p, plainRole())
			checkFields(t, err, tt.want)
			if len(store.profiles) != 0 {
				t.Error("it was published all the same")
			}
		})
	}
	t.Run("reports to somebody published", func(t *testing.T) {
		s, _, _ := house()
		publish(t, s, "supervisor", plainRole())
		p := place()
		p.ReportsTo = "supervisor"
		if _, err := s.Publish(t.Context(), who(actor.HR), "associate", p, plainRole()); err != nil {
			t.Error(err)
		}
	})
}

func TestMeasuresThatBreakARule(t *testing.T) {
	tests := []struct {
		name    string
		formula string
		ok      bool
	}{
		{"a ratio", "actual / quota", true},
		{"growth, which is over zero for equal inputs", "actual / (actual - quota)", true},
		{"an input it does not declare", "actual / target", false},
		{"an input it does not declare beside a zero", "actual / (actual - quota) + target", false},
		{"always over zero", "actual / (quota - quota)", false},
		{"not arithmetic", "max(actual, quota)", false},
		{"unreadable", "actual /", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			s, store, _ := house()
			store.kpis = nil
			_, err := s.PutKPI(t.Context(), who(actor.HR), quota(tt.formula))
			if tt.ok {
				if err != nil || len(store.kpis) != 1 {
					t.Errorf("got %v", err)
				}
				return
			}
			checkFields(t, err, []fault.Field{{Path: "formula", Rule: "computable", Param: tt.formula}})
			if len(store.kpis) != 0 {
				t.Error("it was stored all the same")
			}
		})
	}
	twice := quota("actual / quota")
	twice.Inputs[1].Name = "actual"
	s, _, _ := house()
	_, err := s.PutKPI(t.Context(), who(actor.HR), twice)
	checkFields(t, err, []fault.Field{{Path: "inputs", Rule: "unique", Param: "Name"}})
}

func TestAFamilyNamesEachTrackOnce(t *testing.T) {
	s, store, _ := house()
	f := store.families[0]
	f.Tracks = append(slices.Clone(f.Tracks), f.Tracks[0])
	_, err := s.PutFamily(t.Context(), who(actor.HR), f)
	checkFields(t, err, []fault.Field{{Path: "tracks", Rule: "unique", Param: "Slug"}})
}

func TestReindexRebuildsFromTheDocument(t *testing.T) {
	s, store, _ := house()
	publish(t, s, "territory-manager", plainRole())
	want := store.indexes["territory-manager"]
	store.indexes = map[string]jobs.Index{}
	if _, err := s.Reindex(t.Context(), actor.CommandLine()); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, store.indexes["territory-manager"], cmpopts.EquateEmpty()); diff != "" {
		t.Error(diff)
	}
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
