package pay_test

import (
	"context"
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
	"github.com/echelon-hr/echelon/app/lifecycle"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// shelf keeps zones, schemes and bands in memory.
type shelf struct {
	acttest.Recorder
	zones     []pay.Zone
	schemes   []pay.SchemeRecord
	bands     map[pay.SchemeID][]pay.Band
	approvals int64
}

// holding is a shelf with a scheme in force, approved by the seeds.
func holding(bands ...pay.Band) *shelf {
	r := pay.SchemeRecord{
		Scheme: scheme, State: lifecycle.Approved, Author: "system:seed",
		Approval: 1, Approver: "system:seed", ApprovedAt: now(),
	}
	r.ID = "1"
	return &shelf{
		zones: []pay.Zone{zone}, schemes: []pay.SchemeRecord{r}, bands: map[pay.SchemeID][]pay.Band{"1": bands}, approvals: 1,
	}
}

func (s *shelf) Tx(_ context.Context, fn func(pay.Store) error) error { return fn(s) }
func (s *shelf) Zones(context.Context) ([]pay.Zone, error)            { return s.zones, nil }

func (s *shelf) PutZone(_ context.Context, z pay.Zone, _ canon.Document, _ time.Time) (bool, error) {
	s.zones = append(s.zones, z)
	return true, nil
}

func (s *shelf) Schemes(context.Context) ([]pay.SchemeRecord, error) {
	return slices.Clone(s.schemes), nil
}

func (s *shelf) place(slug string) (int, error) {
	i := slices.IndexFunc(s.schemes, func(r pay.SchemeRecord) bool { return r.Slug == slug })
	if i < 0 {
		return i, fault.New(fault.NotFound, "not_found", "scheme %s", slug)
	}
	return i, nil
}

func (s *shelf) LockScheme(_ context.Context, slug string) (pay.SchemeRecord, error) {
	i, err := s.place(slug)
	if err != nil {
		return pay.SchemeRecord{}, err
	}
	return s.schemes[i], nil
}

func (s *shelf) CountApproval(context.Context) (int64, error) {
	s.approvals++
	return s.approvals, nil
}

func (s *shelf) AddScheme(_ context.Context, r pay.SchemeRecord, bands []pay.Band, doc canon.Document) error {
	if _, err := s.place(r.Slug); err == nil {
		return fault.New(fault.Conflict, "conflict", "scheme %s", r.Slug)
	}
	r.ID, r.Hash = pay.SchemeID(r.Slug), doc.Hash
	s.schemes = append(s.schemes, r)
	if s.bands == nil {
		s.bands = map[pay.SchemeID][]pay.Band{}
	}
	s.bands[r.ID] = bands
	return nil
}

func (s *shelf) MoveScheme(_ context.Context, from lifecycle.State, r pay.SchemeRecord) error {
	i, err := s.place(r.Slug)
	if err != nil || s.schemes[i].State != from {
		return fault.New(fault.Conflict, "conflict", "scheme %s", r.Slug)
	}
	s.schemes[i] = r
	return nil
}

func (s *shelf) Bands(_ context.Context, id pay.SchemeID, within pay.Reach) ([]pay.Band, error) {
	var out []pay.Band
	for _, b := range s.bands[id] {
		if within.All || slices.Contains(within.Profiles, b.Profile) {
			out = append(out, b)
		}
	}
	return out, nil
}

func (s *shelf) BandsOf(ctx context.Context, day, profile, _ string) (pay.ActiveScheme, error) {
	var found *pay.SchemeRecord
	for i, r := range s.schemes {
		if r.State != lifecycle.Approved || r.ActiveFrom > day {
			continue
		}
		later := found == nil || r.ActiveFrom > found.ActiveFrom
		if later || r.ActiveFrom == found.ActiveFrom && r.Approval > found.Approval {
			found = &s.schemes[i]
		}
	}
	if found == nil {
		return pay.ActiveScheme{}, fault.New(fault.NotFound, "not_found", "scheme")
	}
	bands, err := s.Bands(ctx, found.ID, pay.Reach{Profiles: []string{profile}})
	return pay.ActiveScheme{Scheme: found.Scheme, Hash: found.Hash, CreatedAt: found.CreatedAt, Bands: bands}, err
}

var now clock.Clock = func() time.Time { return time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC) }

func who(roles ...actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: "1", Roles: roles}
}

var (
	zone   = pay.Zone{Slug: "us-national", Name: lang.NewText("États-Unis", "United States"), Country: "US", Currency: "USD", AnnualHours: 2080}
	scheme = pay.Scheme{
		Slug: "demo", Name: lang.NewText("Grille", "Scheme"), Text: lang.NewText("Chiffres inventés", "Made-up figures"),
		ActiveFrom: "2026-01-01", Demo: true,
	}
)

func band(t testing.TB, change func(*pay.Band)) pay.Band {
	t.Helper()
	b := pay.Band{Profile: "territory-manager", Zone: zone.Slug, Base: rng(t, "48000", "60000", "72000"), Variable: usd(t, "15000")}
	if change != nil {
		change(&b)
	}
	return b
}

func TestActivatePutsASchemeInForce(t *testing.T) {
	ctx, comp := t.Context(), who(actor.Compensation)
	s := pay.NewService(&shelf{}, now, pay.Reads{Journal: ledger{}})
	if _, err := s.PutZone(ctx, comp, zone); err != nil {
		t.Fatal(err)
	}
	bands, _, err := s.BandsOf(ctx, comp, "territory-manager")
	if err != nil || len(bands) != 0 {
		t.Errorf("before any scheme: %v, %v", bands, err)
	}
	other := band(t, func(b *pay.Band) { b.Profile, b.Variable = "sales-associate", pay.Money{} })
	doc, err := s.Activate(ctx, actor.CommandLine(), scheme, []pay.Band{band(t, nil), other})
	if err != nil {
		t.Fatal(err)
	}
	bands, got, err := s.BandsOf(ctx, comp, "territory-manager")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]pay.Band{band(t, nil)}, bands); diff != "" {
		t.Error(diff)
	}
	want := pay.ActiveScheme{Scheme: scheme, Hash: doc.Hash, CreatedAt: now(), Bands: []pay.Band{band(t, nil)}}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreTypes(pay.SchemeID(""))); diff != "" {
		t.Error(diff)
	}
}

func TestBandsThatBreakARule(t *testing.T) {
	tests := []struct {
		name   string
		change func(*pay.Band)
		path   string
		rule   string
	}{
		{"a zone nobody knows", func(b *pay.Band) { b.Zone = "moon" }, "bands[0].zone", "unknown"},
		{"another currency", func(b *pay.Band) { b.Base.Min.Currency = "EUR" }, "bands[0].currency", "eq"},
		{"another currency at the top", func(b *pay.Band) { b.Base.Max.Currency = "EUR" }, "bands[0].currency", "eq"},
		{"another currency for the variable", func(b *pay.Band) { b.Variable.Currency = "EUR" }, "bands[0].currency", "eq"},
		{"a target for the month in a range for the year", func(b *pay.Band) { b.Base.Target.Period = pay.Month }, "bands[0].currency", "eq"},
		{"no minimum", func(b *pay.Band) { b.Base.Min.Units = 0 }, "bands[0].min", "gt"},
		{"target under the minimum", func(b *pay.Band) { b.Base.Target = usd(t, "47999.99") }, "bands[0].target", "between"},
		{"target over the maximum", func(b *pay.Band) { b.Base.Target = usd(t, "72000.01") }, "bands[0].target", "between"},
		{"a variable to be paid back", func(b *pay.Band) { b.Variable.Units = -1 }, "bands[0].variable", "gte"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			store := &shelf{zones: []pay.Zone{zone}}
			s := pay.NewService(store, now, pay.Reads{Journal: ledger{}})
			_, err := s.CreateScheme(t.Context(), who(actor.Compensation), scheme, []pay.Band{band(t, tt.change)})
			checkField(t, err, tt.path, tt.rule)
			if len(store.schemes) > 0 {
				t.Error("it was stored all the same")
			}
		})
	}
	t.Run("one place twice", func(t *testing.T) {
		s := pay.NewService(&shelf{zones: []pay.Zone{zone}}, now, pay.Reads{Journal: ledger{}})
		_, err := s.CreateScheme(t.Context(), who(actor.Compensation), scheme, []pay.Band{band(t, nil), band(t, nil)})
		checkField(t, err, "bands[1].profile", "twice")
	})
}

func TestSchemesAndZonesThatBreakARule(t *testing.T) {
	s, comp := pay.NewService(&shelf{}, now, pay.Reads{Journal: ledger{}}), who(actor.Compensation)
	undated := scheme
	undated.ActiveFrom = "1/1/2026"
	_, err := s.CreateScheme(t.Context(), comp, undated, nil)
	checkField(t, err, "active_from", "datetime")
	for path, change := range map[string]func(*pay.Zone){
		"slug":         func(z *pay.Zone) { z.Slug = "US National" },
		"country":      func(z *pay.Zone) { z.Country = "USA" },
		"currency":     func(z *pay.Zone) { z.Currency = "dollar" },
		"annual_hours": func(z *pay.Zone) { z.AnnualHours = 0 },
	} {
		z := zone
		change(&z)
		_, err := s.PutZone(t.Context(), comp, z)
		checkField(t, err, path, "")
	}
}

func TestWhoMayReadAndWritePay(t *testing.T) {
	const none, refused, nobody = fault.Kind(""), fault.Forbidden, fault.Unauthenticated
	tests := []struct {
		name                                 string
		actor                                actor.Actor
		read, write, approve, activate, zone fault.Kind
	}{
		{"nobody", actor.Nobody(), nobody, nobody, nobody, nobody, nobody},
		{"an employee", who(), refused, refused, refused, refused, none}, // what the zones are is no secret among colleagues
		{"a recruiter", who(actor.Recruiter), refused, refused, refused, refused, none},
		{"an administrator", who(actor.Administrator), refused, refused, refused, refused, none},
		{"an HR partner", who(actor.HR), none, refused, none, refused, none},
		{"compensation", who(actor.Compensation), none, none, none, refused, none},
		{"the command line", actor.CommandLine(), none, none, none, none, none},
		{"the seeds", actor.SystemTask("seed"), none, none, none, none, none},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx, at := t.Context(), "2026-06-01"
			did := func(act func(s *pay.Service) error) fault.Kind {
				shelved := holding(band(t, nil))
				for _, slug := range []string{"draft", "submitted"} {
					r := pay.SchemeRecord{Scheme: scheme, State: lifecycle.Draft, Author: "person:another"}
					r.Slug, r.ID, r.State = slug, pay.SchemeID(slug), lifecycle.State(slug)
					shelved.schemes = append(shelved.schemes, r)
				}
				return kind(act(pay.NewService(shelved, now, pay.Reads{Journal: ledger{}})))
			}
			no := pay.Refusal{Reason: "no"}
			for name, c := range map[string]struct {
				want fault.Kind
				act  func(s *pay.Service) error
			}{
				"zones":    {tt.zone, func(s *pay.Service) error { return errorOf(s.Zones(ctx, tt.actor)) }},
				"active":   {tt.read, func(s *pay.Service) error { return errorOf(s.Active(ctx, tt.actor)) }},
				"on":       {tt.read, func(s *pay.Service) error { return errorOf(s.SchemeOn(ctx, tt.actor, at)) }},
				"recorded": {tt.read, func(s *pay.Service) error { return errorOf(s.SchemeRecorded(ctx, tt.actor, at, now())) }},
				"schemes":  {tt.read, func(s *pay.Service) error { return errorOf(s.Schemes(ctx, tt.actor)) }},
				"put zone": {tt.write, func(s *pay.Service) error { return errorOf(s.PutZone(ctx, tt.actor, zone)) }},
				"create":   {tt.write, func(s *pay.Service) error { return errorOf(s.CreateScheme(ctx, tt.actor, named("new"), nil)) }},
				"submit":   {tt.write, func(s *pay.Service) error { return s.Submit(ctx, tt.actor, "draft") }},
				"withdraw": {tt.write, func(s *pay.Service) error { return s.Withdraw(ctx, tt.actor, "draft") }},
				"approve":  {tt.approve, func(s *pay.Service) error { return s.Approve(ctx, tt.actor, "submitted") }},
				"refuse":   {tt.approve, func(s *pay.Service) error { return s.Refuse(ctx, tt.actor, "submitted", no) }},
				"activate": {tt.activate, func(s *pay.Service) error { return errorOf(s.Activate(ctx, tt.actor, named("new"), nil)) }},
				"bands of": {tt.zone, func(s *pay.Service) error {
					_, _, err := s.BandsOf(ctx, tt.actor, "territory-manager")
					return err
				}},
			} {
				if got := did(c.act); got != c.want {
					t.Errorf("%s: %q, want %q", name, got, c.want)
				}
			}
		})
	}
}

// errorOf is the error of two results.
func errorOf[T any](_ T, err error) error { return err }

// named is the scheme under another slug.
func named(slug string) pay.Scheme {
	s := scheme
	s.Slug = slug
	return s
}

func kind(err error) fault.Kind {
	if err == nil {
		return ""
	}
	return fault.Of(err).Kind
}

// checkField wants one Invalid fault for a path; an empty rule takes any.
func checkField(t testing.TB, err error, path, rule string) {
	t.Helper()
	if kind(err) != fault.Invalid {
		t.Fatalf("got %v, want an Invalid fault", err)
	}
	want := []fault.Field{{Path: path, Rule: rule}}
	ignore := cmpopts.IgnoreFields(fault.Field{}, "Param")
	if rule == "" {
		ignore = cmpopts.IgnoreFields(fault.Field{}, "Param", "Rule")
	}
	if diff := cmp.Diff(want, fault.Of(err).Fields, ignore); diff != "" {
		t.Error(diff)
	}
}

// ledger takes every entry.
type ledger struct{}

func (ledger) Append(context.Context, actor.Actor, audit.Entry) error { return nil }

// TestOwnAndLineBands: whoever holds no role sees the bands of their own profile and of those below them, no other.
func TestOwnAndLineBands(t *testing.T) {
	ctx := t.Context()
	var all []pay.Band
	for _, profile := range []string{"sales-associate", "territory-manager", "vp-sales"} {
		all = append(all, band(t, func(b *pay.Band) { b.Profile = profile }))
	}
	journal := &notes{}
	standing := func(context.Context, actor.Actor) ([]string, []string, error) {
		return []string{"territory-manager"}, []string{"sales-associate"}, nil
	}
	shelved := holding(all...)
	s := pay.NewService(shelved, now, pay.Reads{Journal: journal, Standing: standing})
	seen, err := s.Active(ctx, who())
	if err != nil || len(seen.Bands) != 2 {
		t.Errorf("sees %v, %v", seen.Bands, err)
	}
	for profile, want := range map[string]int{"territory-manager": 1, "sales-associate": 1, "vp-sales": 0, "none": 0} {
		bands, _, err := s.BandsOf(ctx, who(), profile)
		may, _ := s.MayRead(ctx, who(), profile)
		if err != nil || len(bands) != want || may != (want == 1) {
			t.Errorf("%s: %d bands, may read %t, %v", profile, len(bands), may, err)
		}
	}
	if want := []string{"profile:sales-associate", "profile:territory-manager", "scheme:demo"}; !cmp.Equal(want, journal.objects()) {
		t.Errorf("the journal has %v", journal.objects())
	}
}

// TestWhatCannotBeJournalledIsNotRead: an entry that cannot be written refuses the read.
func TestWhatCannotBeJournalledIsNotRead(t *testing.T) {
	shelved := holding(band(t, nil))
	for name, journal := range map[string]audit.Journal{"it fails": &notes{fails: true}, "there is none": nil} {
		s := pay.NewService(shelved, now, pay.Reads{Journal: journal})
		if seen, err := s.Active(t.Context(), who(actor.HR)); err == nil {
			t.Errorf("%s: the scheme is read: %v", name, seen)
		}
		if _, _, err := s.BandsOf(t.Context(), who(actor.HR), "territory-manager"); err == nil {
			t.Errorf("%s: bands are read", name)
		}
	}
}

// notes keeps what was read.
type notes struct {
	entries []audit.Entry
	fails   bool
}

func (n *notes) Append(_ context.Context, _ actor.Actor, e audit.Entry) error {
	if n.fails {
		return fault.New(fault.Unavailable, "unavailable", "no journal")
	}
	n.entries = append(n.entries, e)
	return nil
}

func (n *notes) objects() []string {
	var out []string
	for _, e := range n.entries {
		out = append(out, e.Object)
	}
	slices.Sort(out)
	return out
}
