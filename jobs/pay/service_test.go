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
	"github.com/echelon-hr/echelon/jobs/pay"
)

// shelf keeps zones and one scheme in memory.
type shelf struct {
	acttest.Recorder
	zones  []pay.Zone
	active *pay.ActiveScheme
}

func (s *shelf) Tx(_ context.Context, fn func(pay.Store) error) error { return fn(s) }
func (s *shelf) Zones(context.Context) ([]pay.Zone, error)            { return s.zones, nil }
func (s *shelf) AddActive(_ context.Context, a pay.ActiveScheme, doc canon.Document) error {
	a.Hash = doc.Hash
	s.active = &a
	return nil
}

func (s *shelf) PutZone(_ context.Context, z pay.Zone, _ canon.Document, _ time.Time) (bool, error) {
	s.zones = append(s.zones, z)
	return true, nil
}

func (s *shelf) Active(context.Context) (pay.ActiveScheme, error) {
	if s.active == nil {
		return pay.ActiveScheme{}, fault.New(fault.NotFound, "not_found", "scheme")
	}
	return *s.active, nil
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
	doc, err := s.Activate(ctx, comp, scheme, []pay.Band{band(t, nil), other})
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
	if diff := cmp.Diff(want, got); diff != "" {
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
			_, err := pay.NewService(store, now, pay.Reads{Journal: ledger{}}).Activate(t.Context(), who(actor.Compensation), scheme, []pay.Band{band(t, tt.change)})
			checkField(t, err, tt.path, tt.rule)
			if store.active != nil {
				t.Error("it was stored all the same")
			}
		})
	}
	t.Run("one place twice", func(t *testing.T) {
		s := pay.NewService(&shelf{zones: []pay.Zone{zone}}, now, pay.Reads{Journal: ledger{}})
		_, err := s.Activate(t.Context(), who(actor.Compensation), scheme, []pay.Band{band(t, nil), band(t, nil)})
		checkField(t, err, "bands[1].profile", "twice")
	})
}

func TestSchemesAndZonesThatBreakARule(t *testing.T) {
	s, comp := pay.NewService(&shelf{}, now, pay.Reads{Journal: ledger{}}), who(actor.Compensation)
	_, err := s.Activate(t.Context(), comp, pay.Scheme{Slug: "demo", Name: scheme.Name, Text: scheme.Text, ActiveFrom: "1/1/2026"}, nil)
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
	tests := []struct {
		name        string
		actor       actor.Actor
		read, write fault.Kind
	}{
		{"nobody", actor.Nobody(), fault.Unauthenticated, fault.Unauthenticated},
		{"an employee", who(), fault.Forbidden, fault.Forbidden},
		{"a recruiter", who(actor.Recruiter), fault.Forbidden, fault.Forbidden},
		{"an administrator", who(actor.Administrator), fault.Forbidden, fault.Forbidden},
		{"an HR partner", who(actor.HR), "", fault.Forbidden},
		{"compensation", who(actor.Compensation), "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			ctx := t.Context()
			s := pay.NewService(&shelf{zones: []pay.Zone{zone}, active: &pay.ActiveScheme{Scheme: scheme}}, now, pay.Reads{Journal: ledger{}})
			_, zones := s.Zones(ctx, tt.actor)
			_, active := s.Active(ctx, tt.actor)
			_, _, bands := s.BandsOf(ctx, tt.actor, "territory-manager")
			_, put := s.PutZone(ctx, tt.actor, zone)
			_, activate := s.Activate(ctx, tt.actor, scheme, nil)
			got := []fault.Kind{kind(zones), kind(active), kind(bands), kind(put), kind(activate)}
			reference := fault.Kind("") // what the zones are, and that there is no band to see, is no secret among colleagues
			if tt.actor.Kind == actor.Anonymous {
				reference = fault.Unauthenticated
			}
			want := []fault.Kind{reference, tt.read, reference, tt.write, tt.write}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Error(diff)
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
	shelved := &shelf{zones: []pay.Zone{zone}, active: &pay.ActiveScheme{Scheme: scheme, Bands: all}}
	s := pay.NewService(shelved, now, pay.Reads{Journal: journal, Standing: standing})
	seen, err := s.Active(ctx, who())
	if err != nil || len(seen.Bands) != 2 || len(shelved.active.Bands) != 3 {
		t.Errorf("sees %v, %v; %d are left", seen.Bands, err, len(shelved.active.Bands))
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
	shelved := &shelf{active: &pay.ActiveScheme{Scheme: scheme, Bands: []pay.Band{band(t, nil)}}}
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
