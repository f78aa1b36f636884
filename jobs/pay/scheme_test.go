package pay_test

import (
	"context"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lifecycle"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// The people of these tests: two who write schemes and one who approves them.
var (
	author   = actor.Actor{Kind: actor.Person, ID: "author", Roles: []actor.Role{actor.Compensation}}
	second   = actor.Actor{Kind: actor.Person, ID: "second", Roles: []actor.Role{actor.Compensation}}
	approver = actor.Actor{Kind: actor.Person, ID: "approver", Roles: []actor.Role{actor.HR}}
)

// calendar is a service over an empty shelf and the day that it takes for today.
type calendar struct {
	*pay.Service

	today string
	time  time.Time
}

func newCalendar(t *testing.T) *calendar {
	t.Helper()
	c := &calendar{today: "2026-11-23", time: now()}
	c.Service = pay.NewService(&shelf{zones: []pay.Zone{zone}}, func() time.Time { return c.time },
		pay.Reads{Journal: ledger{}, Today: func(context.Context) string { return c.today }})
	return c
}

// create makes a draft by the author that is to come in force on a day.
func (c *calendar) create(t *testing.T, slug, from string) {
	t.Helper()
	s := named(slug)
	s.ActiveFrom = from
	if _, err := c.CreateScheme(t.Context(), author, s, []pay.Band{band(t, nil)}); err != nil {
		t.Fatal(err)
	}
}

// approve makes, submits and approves a scheme.
func (c *calendar) approve(t *testing.T, slug, from string) {
	t.Helper()
	c.create(t, slug, from)
	c.must(t, c.Submit(t.Context(), author, slug))
	c.must(t, c.Approve(t.Context(), approver, slug))
}

func (c *calendar) must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func (c *calendar) record(t *testing.T, slug string) pay.SchemeRecord {
	t.Helper()
	list, err := c.Schemes(t.Context(), approver)
	for _, r := range list {
		if r.Slug == slug {
			return r
		}
	}
	t.Fatalf("no scheme %s, %v", slug, err)
	return pay.SchemeRecord{}
}

// on is which scheme is in force on a day, "" for none.
func (c *calendar) on(t *testing.T, day string) string {
	t.Helper()
	a, err := c.SchemeOn(t.Context(), approver, day)
	if err != nil && !fault.Is(err, fault.NotFound) {
		t.Fatal(err)
	}
	return a.Slug
}

func TestTheWholeLifeOfAScheme(t *testing.T) {
	ctx, c := t.Context(), newCalendar(t)
	c.create(t, "2027", "2027-01-01")
	check := func(want pay.SchemeRecord) {
		t.Helper()
		got := c.record(t, "2027")
		want.Scheme, want.Hash, want.Author, want.CreatedAt = got.Scheme, got.Hash, "person:author", now()
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	}
	check(pay.SchemeRecord{State: lifecycle.Draft})
	c.must(t, c.Submit(ctx, author, "2027"))
	check(pay.SchemeRecord{State: pay.Submitted, SubmittedAt: now()})
	c.must(t, c.Refuse(ctx, approver, "2027", pay.Refusal{Reason: "Bands of two rungs are inverted."}))
	refused := pay.Refused{At: now(), By: "person:approver", Reason: "Bands of two rungs are inverted."}
	check(pay.SchemeRecord{State: lifecycle.Draft, SubmittedAt: now(), Refused: refused})
	c.must(t, c.Submit(ctx, author, "2027"))
	c.must(t, c.Approve(ctx, approver, "2027"))
	approved := pay.SchemeRecord{
		State: lifecycle.Approved, SubmittedAt: now(), Refused: refused,
		Approval: 1, Approver: "person:approver", ApprovedAt: now(),
	}
	check(approved)
	c.today = "2027-01-01"
	approved.State = lifecycle.InForce
	check(approved)
	c.approve(t, "2028", "2028-01-01")
	approved.To = "2028-01-01"
	check(approved)
	c.today = "2028-01-01"
	approved.State = lifecycle.Superseded
	check(approved)
}

func TestSchemesFollowEachOther(t *testing.T) {
	c := newCalendar(t)
	c.approve(t, "first", "2026-01-01")
	c.approve(t, "next", "2027-01-01")
	c.approve(t, "instead", "2027-01-01")
	c.create(t, "draft", "2027-01-01")
	for day, want := range map[string]string{
		"2025-12-31": "", "2026-01-01": "first", "2026-12-31": "first", "2027-01-01": "instead",
	} {
		if got := c.on(t, day); got != want {
			t.Errorf("on %s %q is in force, want %q", day, got, want)
		}
	}
	c.must(t, c.Withdraw(t.Context(), second, "instead"))
	if got := c.on(t, "2027-01-01"); got != "next" {
		t.Errorf("after it was withdrawn %q is in force", got)
	}
	if _, err := c.SchemeOn(t.Context(), approver, "1 January"); !fault.Is(err, fault.Invalid) {
		t.Errorf("on no day: %v", err)
	}
}

func TestWhatWasRecordedForADay(t *testing.T) {
	ctx, c := t.Context(), newCalendar(t)
	c.approve(t, "first", "2026-01-01")
	c.time = now().Add(time.Hour)
	c.approve(t, "next", "2027-01-01")
	c.time = now().Add(2 * time.Hour)
	c.must(t, c.Withdraw(ctx, author, "next"))
	for hours, want := range map[time.Duration]string{-1: "", 0: "first", 1: "next", 2: "first"} {
		a, err := c.SchemeRecorded(ctx, approver, "2027-06-01", now().Add(hours*time.Hour))
		if a.Slug != want || err != nil && want != "" {
			t.Errorf("as recorded %d hours later: %q, %v, want %q", hours, a.Slug, err, want)
		}
	}
}

func TestActsThatASchemeDoesNotAllow(t *testing.T) {
	ctx, c := t.Context(), newCalendar(t)
	c.approve(t, "past", "2025-01-01")
	c.approve(t, "now", "2026-11-23") // today
	c.approve(t, "next", "2026-11-24")
	c.create(t, "draft", "2027-01-01")
	c.create(t, "waiting", "2027-01-01")
	c.must(t, c.Submit(ctx, author, "waiting"))
	c.create(t, "gone", "2027-01-01")
	c.must(t, c.Withdraw(ctx, author, "gone"))
	refusal := pay.Refusal{Reason: "no"}
	for _, tt := range []struct {
		name string
		err  error
		code string
	}{
		{"approve a draft", c.Approve(ctx, approver, "draft"), "lifecycle.draft"},
		{"refuse a draft", c.Refuse(ctx, approver, "draft", refusal), "lifecycle.draft"},
		{"submit twice", c.Submit(ctx, author, "waiting"), "lifecycle.waiting"},
		{"approve twice", c.Approve(ctx, approver, "next"), "lifecycle.approved"},
		{"refuse what is approved", c.Refuse(ctx, approver, "next", refusal), "lifecycle.approved"},
		{"withdraw on its day", c.Withdraw(ctx, author, "now"), "lifecycle.in_force"},
		{"withdraw what was superseded", c.Withdraw(ctx, author, "past"), "lifecycle.superseded"},
		{"submit what was withdrawn", c.Submit(ctx, author, "gone"), "lifecycle.withdrawn"},
		{"withdraw twice", c.Withdraw(ctx, author, "gone"), "lifecycle.withdrawn"},
		{"approve what is not there", c.Approve(ctx, approver, "none"), "not_found"},
		{"refuse without a reason", c.Refuse(ctx, approver, "waiting", pay.Refusal{}), "invalid"},
	} {
		if tt.err == nil || fault.Of(tt.err).Code != tt.code {
			t.Errorf("%s: %v, want the code %s", tt.name, tt.err, tt.code)
		}
	}
	c.must(t, c.Withdraw(ctx, author, "next")) // the day before its own
}

// Nobody decides about a scheme that they made, by a right of their own or by one that its author lent them.
func TestNobodyApprovesTheirOwnScheme(t *testing.T) {
	lent := actor.Actor{
		Kind: actor.Person, ID: "deputy", Roles: []actor.Role{actor.Compensation},
		Lent: []actor.Role{actor.Compensation}, Behalf: []actor.PersonID{"author"},
	}
	both := lent
	both.Lent = nil // holds the role themself too
	other := lent
	other.Behalf = []actor.PersonID{"second"}
	for _, tt := range []struct {
		name string
		who  actor.Actor
		code string
	}{
		{"its author", author, "scheme_own"},
		{"who stands in for its author", lent, "scheme_own"},
		{"who stands in for its author and may approve themself", both, ""},
		{"who stands in for somebody else who may", other, ""},
		{"somebody else who writes schemes", second, ""},
	} {
		t.Run(tt.name, func(t *testing.T) {
			ctx, c := t.Context(), newCalendar(t)
			c.create(t, "scheme", "2027-01-01")
			c.must(t, c.Submit(ctx, second, "scheme"))
			refused := c.Refuse(ctx, tt.who, "scheme", pay.Refusal{Reason: "no"})
			if refused == nil {
				c.must(t, c.Submit(ctx, author, "scheme"))
			}
			for act, err := range map[string]error{"approve": c.Approve(ctx, tt.who, "scheme"), "refuse": refused} {
				if err == nil && tt.code != "" || err != nil && fault.Of(err).Code != tt.code {
					t.Errorf("%s: %v, want %q", act, err, tt.code)
				}
			}
		})
	}
}

// What is to come is for those whose role reads all bands; what was, for the others within their reach.
func TestWhoReadsAnotherDay(t *testing.T) {
	ctx, c := t.Context(), newCalendar(t)
	shelved := holding(band(t, nil))
	s := pay.NewService(shelved, now, pay.Reads{
		Journal: ledger{}, Today: func(context.Context) string { return c.today },
		Standing: func(context.Context, actor.Actor) ([]string, []string, error) {
			return []string{"territory-manager"}, nil, nil
		},
	})
	for day, want := range map[string]fault.Kind{
		"2026-05-01": "", c.today: "", "2026-11-24": fault.Forbidden, "2025-01-01": fault.NotFound,
	} {
		if _, err := s.SchemeOn(ctx, who(), day); kind(err) != want {
			t.Errorf("on %s: %v, want %q", day, err, want)
		}
	}
	if _, err := s.SchemeOn(ctx, approver, "2026-11-24"); err != nil {
		t.Error(err)
	}
}
