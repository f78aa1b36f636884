package paydb_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lifecycle"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/jobs/pay"
	"github.com/echelon-hr/echelon/jobs/pay/paydb"
)

// document stands for one where its content does not matter.
var document = canon.Document{Text: []byte("{}"), Hash: "hash"}

// submit makes a scheme with one band and asks for its approval.
func submit(t *testing.T, s *pay.Service, slug, day string) {
	t.Helper()
	bands := []pay.Band{band(t, "lead", france, "40000", "45000", "50000", "0")}
	if _, err := s.CreateScheme(t.Context(), comp, schemeFrom(slug, day), bands); err != nil {
		t.Fatal(err)
	}
	if err := s.Submit(t.Context(), comp, slug); err != nil {
		t.Fatal(err)
	}
}

// historyOf is what the pure rules are told of the schemes of a store.
func historyOf(t testing.TB, s *pay.Service) ([]pay.SchemeRecord, lifecycle.History[pay.SchemeID]) {
	t.Helper()
	list, err := s.Schemes(t.Context(), hr)
	if err != nil {
		t.Fatal(err)
	}
	var h lifecycle.History[pay.SchemeID]
	for _, r := range list {
		h = append(h, lifecycle.Version[pay.SchemeID]{
			ID: r.ID, State: r.State, From: r.ActiveFrom, Order: r.Approval, SettledAt: r.ApprovedAt, WithdrawnAt: r.WithdrawnAt,
		})
	}
	return list, h
}

// inForce is which scheme the database says is in force on a day, "" for none.
func inForce(t testing.TB, d *db.DB, day string) pay.SchemeID {
	t.Helper()
	a, err := paydb.New(d.DB, acttest.Parts(clock.Fixed(today))).BandsOf(t.Context(), day, "lead", "")
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	return a.ID
}

func TestWhatBecameOfASchemeReadsBack(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d), t.Context()
		submit(t, s, "2027", "2027-01-01")
		if err := s.Refuse(ctx, approver, "2027", pay.Refusal{Reason: "Écart trop grand."}); err != nil {
			t.Fatal(err)
		}
		if err := s.Submit(ctx, comp, "2027"); err != nil {
			t.Fatal(err)
		}
		if err := s.Approve(ctx, approver, "2027"); err != nil {
			t.Fatal(err)
		}
		submit(t, s, "2026", "2026-01-01")
		if err := s.Withdraw(ctx, comp, "2026"); err != nil {
			t.Fatal(err)
		}
		list, _ := historyOf(t, s)
		want := []pay.SchemeRecord{
			{
				Scheme: schemeFrom("2027", "2027-01-01"), Hash: list[0].Hash, State: lifecycle.Approved,
				Author: comp.String(), CreatedAt: today, SubmittedAt: today,
				Refused:  pay.Refused{At: today, By: approver.String(), Reason: "Écart trop grand."},
				Approval: 1, Approver: approver.String(), ApprovedAt: today,
			},
			{
				Scheme: scheme("2026"), Hash: list[1].Hash, State: lifecycle.Withdrawn,
				Author: comp.String(), CreatedAt: today, SubmittedAt: today, WithdrawnAt: today,
			},
		}
		if diff := cmp.Diff(want, list, withoutIDs); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// counter keeps the statements that read or write.
type counter struct{ statements []string }

func (c *counter) BeforeQuery(ctx context.Context, _ *bun.QueryEvent) context.Context { return ctx }

func (c *counter) AfterQuery(_ context.Context, e *bun.QueryEvent) {
	c.statements = append(c.statements, e.Query)
}

// The bands of one profile are one statement, however many schemes and bands there are; the right to them is decided
// before it and reads nothing of pay.
func TestBandsOfOneProfileAreOneStatement(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		ctx := t.Context()
		inFrance := band(t, "lead", france, "40000", "45000", "50000", "0")
		inUS := band(t, "lead", states, "60000", "70000", "90000", "5000")
		other := band(t, "seller", france, "20000", "25000", "30000", "0")
		if _, err := service(d).Activate(ctx, operator, scheme("former"), []pay.Band{other}); err != nil {
			t.Fatal(err)
		}
		later := schemeFrom("now", "2026-07-01")
		if _, err := service(d).Activate(ctx, operator, later, []pay.Band{inUS, other, inFrance}); err != nil {
			t.Fatal(err)
		}
		c := &counter{}
		counted := d.WithQueryHook(c)
		store := paydb.New(counted, acttest.Parts(clock.Fixed(today)))
		for _, tt := range []struct {
			day, profile, zone, scheme string
			want                       []pay.Band
		}{
			{"2026-11-23", "lead", "", "now", []pay.Band{inFrance, inUS}},
			{"2026-11-23", "lead", "us", "now", []pay.Band{inUS}},
			{"2026-11-23", "lead", "moon", "now", nil},
			{"2026-11-23", "baker", "", "now", nil},
			{"2026-06-30", "lead", "", "former", nil},
			{"2026-06-30", "seller", "", "former", []pay.Band{other}},
		} {
			c.statements = nil
			got, err := store.BandsOf(ctx, tt.day, tt.profile, tt.zone)
			diff := cmp.Diff(tt.want, got.Bands)
			if diff != "" || err != nil || got.Slug != tt.scheme || len(c.statements) != 1 {
				t.Errorf("%+v: of %q by %d statements, %v\n%s", tt, got.Slug, len(c.statements), err, diff)
			}
		}
		if _, err := store.BandsOf(ctx, "2025-12-31", "lead", ""); !fault.Is(err, fault.NotFound) {
			t.Errorf("before any scheme: %v", err)
		}
		reads := pay.Reads{Journal: auditdb.New(d.DB, clock.Fixed(today), testkit.Key)}
		s := pay.NewService(store, clock.Fixed(today), reads)
		c.statements = nil
		if bands, _, err := s.BandsOf(ctx, hr, "lead"); err != nil || len(bands) != 2 || len(c.statements) != 1 {
			t.Errorf("the service reads %d bands by %d statements, %v", len(bands), len(c.statements), err)
		}
		c.statements = nil
		if may, err := s.MayRead(ctx, hr, "lead"); err != nil || !may || len(c.statements) != 0 {
			t.Errorf("may read: %t by %d statements, %v", may, len(c.statements), err)
		}
	})
}

// What somebody may read is asked for, and nothing else leaves the database.
func TestBandsWithinAReach(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		lead := band(t, "lead", france, "40000", "45000", "50000", "0")
		seller := band(t, "seller", france, "20000", "25000", "30000", "0")
		if _, err := service(d).Activate(t.Context(), operator, scheme("2026"), []pay.Band{lead, seller}); err != nil {
			t.Fatal(err)
		}
		id := inForce(t, d, "2026-11-23")
		for name, tt := range map[string]struct {
			within pay.Reach
			want   []pay.Band
		}{
			"all":             {pay.Reach{All: true}, []pay.Band{seller, lead}},
			"one profile":     {pay.Reach{Profiles: []string{"lead"}}, []pay.Band{lead}},
			"an unknown one":  {pay.Reach{Profiles: []string{"baker"}}, nil},
			"nothing":         {pay.Reach{}, nil},
			"an empty line":   {pay.Reach{Profiles: []string{}}, nil},
			"two and unknown": {pay.Reach{Profiles: []string{"baker", "lead", "seller"}}, []pay.Band{seller, lead}},
		} {
			got, err := paydb.New(d.DB, acttest.Parts(clock.Fixed(today))).Bands(t.Context(), id, tt.within)
			if diff := cmp.Diff(tt.want, got); diff != "" || err != nil {
				t.Errorf("%s: %v (-want +got):\n%s", name, err, diff)
			}
		}
	})
}

// together runs acts at once, each on a connection of its own, and returns their errors.
func together(t *testing.T, d *db.DB, acts ...func(s *pay.Service) error) []error {
	t.Helper()
	start, errs := make(chan struct{}), make([]error, len(acts))
	var wg sync.WaitGroup
	for i, act := range acts {
		wg.Go(func() {
			<-start
			errs[i] = act(service(d))
		})
	}
	close(start)
	wg.Wait()
	return errs
}

// Of schemes approved for one day at once all are approved, one after the other, and the last of them is in force.
func TestSchemesApprovedForOneDayAtOnce(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d), t.Context()
		var acts []func(s *pay.Service) error
		for _, slug := range []string{"a", "b", "c", "d"} {
			submit(t, s, slug, "2026-01-01")
			acts = append(acts, func(s *pay.Service) error { return s.Approve(ctx, approver, slug) })
		}
		for _, err := range together(t, d, acts...) {
			if err != nil {
				t.Error(err)
			}
		}
		list, _ := historyOf(t, s)
		var states []lifecycle.State
		slices.SortFunc(list, func(a, b pay.SchemeRecord) int { return int(a.Approval - b.Approval) })
		for i, r := range list {
			states = append(states, r.State)
			if r.Approval != int64(i+1) {
				t.Errorf("%s is approval %d, want %d", r.Slug, r.Approval, i+1)
			}
		}
		want := []lifecycle.State{lifecycle.Superseded, lifecycle.Superseded, lifecycle.Superseded, lifecycle.InForce}
		if diff := cmp.Diff(want, states); diff != "" || inForce(t, d, "2026-11-23") != list[3].ID {
			t.Errorf("in force is %s (-want +got):\n%s", inForce(t, d, "2026-11-23"), diff)
		}
	})
}

// One scheme approved by two people at once is approved once.
func TestOneSchemeApprovedTwiceAtOnce(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d), t.Context()
		submit(t, s, "next", "2027-01-01")
		approve := func(s *pay.Service) error { return s.Approve(ctx, approver, "next") }
		var lost []string
		for _, err := range together(t, d, approve, approve, approve) {
			if err != nil {
				lost = append(lost, fault.Of(err).Code)
			}
		}
		list, _ := historyOf(t, s)
		if diff := cmp.Diff([]string{"lifecycle.approved", "lifecycle.approved"}, lost); diff != "" || list[0].Approval != 1 {
			t.Errorf("approval %d (-want +got):\n%s", list[0].Approval, diff)
		}
	})
}

// Whoever withdraws a scheme that somebody approves meanwhile withdraws it: either act may come first, and the scheme
// never comes in force.
func TestApproveAgainstWithdraw(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		s, ctx := service(d), t.Context()
		for n := range 8 {
			slug := fmt.Sprintf("next-%d", n)
			submit(t, s, slug, "2027-01-01")
			errs := together(t, d,
				func(s *pay.Service) error { return s.Approve(ctx, approver, slug) },
				func(s *pay.Service) error { return s.Withdraw(ctx, comp, slug) },
			)
			if err := errs[0]; err != nil && fault.Of(err).Code != "lifecycle.withdrawn" {
				t.Errorf("approving lost by %v", err)
			}
			if errs[1] != nil {
				t.Errorf("withdrawing lost by %v", errs[1])
			}
			list, _ := historyOf(t, s)
			if r := list[0]; r.Slug != slug || r.State != lifecycle.Withdrawn || (r.Approval > 0) != (errs[0] == nil) {
				t.Errorf("%+v, approving said %v", r, errs[0])
			}
			if id := inForce(t, d, "2027-01-01"); id != "" {
				t.Errorf("%s is in force", id)
			}
		}
	})
}

// randomDays are days around today, few enough for schemes to meet on one.
var randomDays = []string{"2026-11-21", "2026-11-22", "2026-11-23", "2026-11-24", "2026-11-25"}

// randomActs are what people do, the steps to an approval twice so that many schemes come to one.
var randomActs = []string{"create", "submit", "submit", "approve", "approve", "refuse", "withdraw", "activate"}

// Whatever people do in whatever order, the database has at most one scheme in force on any day: the one that the pure
// rules name. Acts that are refused change nothing.
func TestNothingIsInForceTwiceWhateverIsDone(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		rapid.Check(t, func(r *rapid.T) {
			for _, statement := range []string{"DELETE FROM pay_schemes", "DELETE FROM pay_approvals"} {
				if _, err := d.ExecContext(t.Context(), statement); err != nil {
					r.Fatal(err)
				}
			}
			s, ctx := service(d), t.Context()
			for range rapid.IntRange(1, 12).Draw(r, "acts") {
				slug := rapid.SampledFrom([]string{"a", "b", "c"}).Draw(r, "scheme")
				by := rapid.SampledFrom([]actor.Actor{comp, approver}).Draw(r, "by")
				from := rapid.SampledFrom(randomDays).Draw(r, "from")
				var err error
				switch rapid.SampledFrom(randomActs).Draw(r, "act") {
				case "create":
					_, err = s.CreateScheme(ctx, by, schemeFrom(slug, from), nil)
				case "activate":
					_, err = s.Activate(ctx, operator, schemeFrom(slug, from), nil)
				case "submit":
					err = s.Submit(ctx, by, slug)
				case "approve":
					err = s.Approve(ctx, by, slug)
				case "refuse":
					err = s.Refuse(ctx, by, slug, pay.Refusal{Reason: "no"})
				case "withdraw":
					err = s.Withdraw(ctx, by, slug)
				}
				if err != nil && (fault.Is(err, fault.Internal) || fault.Is(err, fault.Unavailable)) {
					r.Fatal(err)
				}
			}
			_, h := historyOf(t, s)
			for _, day := range append([]string{"2026-01-01", "2027-01-01"}, randomDays...) {
				var in []string
				for _, v := range h {
					if h.StateOn(v.ID, day) == lifecycle.InForce {
						in = append(in, string(v.ID))
					}
				}
				want, _ := h.On(day)
				if got := inForce(t, d, day); got != want.ID || strings.Join(in, " ") != string(got) {
					r.Fatalf("on %s the database says %q, On %q, the states %v", day, got, want.ID, in)
				}
			}
		})
	})
}

// The schema itself refuses what no service would write.
func TestTheSchemaHoldsTheRulesOfSchemes(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		prepare(t, d)
		ctx := t.Context()
		approved := func(slug string, n int64) pay.SchemeRecord {
			return pay.SchemeRecord{
				Scheme: scheme(slug), State: lifecycle.Approved, Author: comp.String(), CreatedAt: today, SubmittedAt: today,
				Approval: n, Approver: approver.String(), ApprovedAt: today,
			}
		}
		add := func(change func(*pay.SchemeRecord)) error {
			r := approved("wrong", 2)
			change(&r)
			return paydb.New(d.DB, acttest.Parts(clock.Fixed(today))).AddScheme(ctx, r, nil, document)
		}
		if err := paydb.New(d.DB, acttest.Parts(clock.Fixed(today))).AddScheme(ctx, approved("right", 1), nil, document); err != nil {
			t.Fatal(err)
		}
		for name, change := range map[string]func(*pay.SchemeRecord){
			"approved by its author":         func(r *pay.SchemeRecord) { r.Approver = r.Author },
			"approved without a number":      func(r *pay.SchemeRecord) { r.Approval = 0 },
			"approved by nobody":             func(r *pay.SchemeRecord) { r.Approver = "" },
			"approved at no time":            func(r *pay.SchemeRecord) { r.ApprovedAt = time.Time{} },
			"approved and never submitted":   func(r *pay.SchemeRecord) { r.SubmittedAt = time.Time{} },
			"the number of another approval": func(r *pay.SchemeRecord) { r.Approval = 1 },
			"a number below nought":          func(r *pay.SchemeRecord) { r.Approval = -1 },
			"a draft that is approved":       func(r *pay.SchemeRecord) { r.State = lifecycle.Draft },
			"withdrawn at no time":           func(r *pay.SchemeRecord) { r.State = lifecycle.Withdrawn },
			"approved and withdrawn":         func(r *pay.SchemeRecord) { r.WithdrawnAt = today },
			"refused by nobody":              func(r *pay.SchemeRecord) { r.Refused.At = today },
			"in force as a state":            func(r *pay.SchemeRecord) { r.State = lifecycle.InForce },
			"a day that is none":             func(r *pay.SchemeRecord) { r.ActiveFrom = "1/1/2026" },
			"the name of another":            func(r *pay.SchemeRecord) { r.Slug = "right" },
		} {
			if err := add(change); !fault.Is(err, fault.Conflict) {
				t.Errorf("%s: %v, want a Conflict", name, err)
			}
		}
		if err := add(func(r *pay.SchemeRecord) { r.Author, r.Approver = "system:seed", "system:seed" }); err != nil {
			t.Errorf("what the seeds bring and approve: %v", err)
		}
	})
}
