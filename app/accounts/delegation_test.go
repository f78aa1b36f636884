package accounts_test

import (
	"fmt"
	"slices"
	"strconv"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/mail"
)

// delegates gives a duty for some days, counted from today.
func (c *company) delegates(from, to accounts.Account, duty accounts.Duty, first, last int) error {
	return c.Delegate(c.t.Context(), c.as(from), accounts.DelegateInput{From: from.ID, To: to.ID, Duty: duty, StartsOn: c.day(first), LastDay: c.day(last)})
}

// latest is the id of the delegation that somebody gave last.
func (c *company) latest(from accounts.Account) string {
	c.t.Helper()
	list, err := c.st.Delegations(c.t.Context(), from.ID)
	c.must(err)
	return list[0].ID
}

func TestStandingInForAManager(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		head, low, stand, third := c.hire("head"), c.hire("low"), c.hire("stand"), c.hire("third")
		c.line(head, low)
		holds := func(t *testing.T, want bool) {
			t.Helper()
			who := c.as(stand)
			if want {
				c.related(t, who, low, "direct report", "line")
			} else {
				c.related(t, who, low)
			}
			if who.Manages != want || (len(who.Behalf) == 1 && who.Behalf[0] == head.ID) != want {
				t.Errorf("%+v", who)
			}
		}
		c.letters()
		c.must(c.delegates(head, stand, accounts.DutyLine, 2, 4))
		if got := c.letters(); len(got) != 1 || got[0].Kind != mail.Delegated || got[0].To != stand.Email || got[0].Details["from"] != head.Name || got[0].Details["end"] != c.day(4) {
			t.Errorf("%+v", got)
		}
		for day, want := range []bool{false, false, true, true, true, false} {
			holds(t, want)
			if day == 3 {
				t.Run("is passed on to nobody", func(t *testing.T) {
					if got := field(c.delegates(stand, third, accounts.DutyLine, 0, 1), "duty"); got != "not_held" {
						t.Error(got)
					}
					c.must(c.reports(c.hire("own"), &stand, 0)) // now there is a line of their own to give
					c.must(c.delegates(stand, third, accounts.DutyLine, 0, 0))
					c.related(t, c.as(third), low)
					c.must(c.RevokeDelegation(ctx, operator, c.latest(stand)))
					own, err := c.st.People(ctx, accounts.PeopleQuery{})
					c.must(err)
					for _, p := range own {
						if p.Email == address("own") {
							c.must(c.reports(c.account(p.ID), nil, 0))
						}
					}
				})
			}
			c.wait(24 * time.Hour)
		}
		t.Run("not once it is revoked", func(t *testing.T) {
			c.must(c.delegates(head, stand, accounts.DutyLine, 0, 5))
			holds(t, true)
			c.must(c.RevokeDelegation(ctx, c.as(head), c.latest(head)))
			c.must(c.RevokeDelegation(ctx, c.as(head), c.latest(head)))
			holds(t, false)
		})
		t.Run("not while the giver is disabled", func(t *testing.T) {
			c.must(c.delegates(head, stand, accounts.DutyLine, 0, 5))
			c.must(c.Disable(ctx, operator, head.ID))
			holds(t, false)
			c.must(c.Enable(ctx, operator, head.ID))
			holds(t, true)
		})
		t.Run("gives no say over oneself", func(t *testing.T) {
			c.must(c.reports(stand, &head, 0))
			c.related(t, c.as(stand), stand, "own")
			c.related(t, c.as(stand), low, "direct report", "line")
			if team, err := c.Team(ctx, c.as(stand)); err != nil || len(team) != 1 || team[0].ID != low.ID {
				t.Errorf("the team is %+v, %v", team, err)
			}
		})
	})
}

func TestStandingInForAnHRPartner(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		hr, head, low, stand, aside := c.hire("hr", actor.HR), c.hire("head"), c.hire("low"), c.hire("stand"), c.hire("aside")
		c.line(head, low)
		rights := accounts.Rights{Roles: []actor.Role{actor.HR}, Heads: []actor.PersonID{head.ID}}
		c.must(c.SetRights(ctx, operator, hr.ID, rights))
		c.must(c.delegates(hr, stand, accounts.DutyHR, 1, 3))
		holds := func(t *testing.T, want bool) {
			t.Helper()
			who := c.as(stand)
			if who.Has(actor.HR) != want {
				t.Errorf("%+v", who)
			}
			if want {
				c.related(t, who, low, "perimeter")
			} else {
				c.related(t, who, low)
			}
			c.related(t, who, aside)
			c.related(t, who, stand, "own")
		}
		holds(t, false)
		c.wait(24 * time.Hour)
		holds(t, true)
		t.Run("waits for a code like a role of one's own", func(t *testing.T) {
			if who := c.who(c.enter(stand, false)); who.Has(actor.HR) || !cmp.Equal(who.Withheld, []actor.Role{actor.HR}) {
				t.Errorf("%+v", who)
			}
		})
		t.Run("and is journalled as on behalf of the giver", func(t *testing.T) {
			c.must(c.Assign(ctx, c.as(stand), accounts.AssignInput{Person: low.ID, Manager: head.ID, StartsOn: c.day(9)}))
			all := c.entries()
			if e := all[len(all)-1]; e.Action != "directory.assigned" || e.Behalf != string(hr.ID) || e.Actor != "person:"+string(stand.ID) {
				t.Errorf("%+v", e)
			}
		})
		t.Run("not once the giver lost the role", func(t *testing.T) {
			c.must(c.SetRights(ctx, operator, hr.ID, accounts.Rights{}))
			holds(t, false)
			c.must(c.SetRights(ctx, operator, hr.ID, rights))
			holds(t, true)
		})
		t.Run("not while the giver is disabled", func(t *testing.T) {
			c.must(c.Disable(ctx, operator, hr.ID))
			holds(t, false)
			c.must(c.Enable(ctx, operator, hr.ID))
		})
		t.Run("and is passed on to nobody", func(t *testing.T) {
			if got := field(c.delegates(stand, aside, accounts.DutyHR, 0, 1), "duty"); got != "not_held" {
				t.Error(got)
			}
		})
		t.Run("in the perimeter as it is today", func(t *testing.T) {
			c.must(c.SetRights(ctx, operator, hr.ID, accounts.Rights{Roles: []actor.Role{actor.HR}, Whole: true}))
			c.related(t, c.as(stand), aside, "perimeter")
			c.must(c.SetRights(ctx, operator, hr.ID, rights))
		})
		c.wait(3 * 24 * time.Hour)
		holds(t, false)
	})
}

func TestBothAreToldOfADelegation(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, b := c.hire("anouk", actor.Recruiter), c.hire("bora")
		told := func() map[string]mail.Kind {
			out := map[string]mail.Kind{}
			for _, l := range c.letters() {
				out[l.To] = l.Kind
			}
			return out
		}
		told()
		c.must(c.delegates(a, b, accounts.DutyRecruiter, 0, 1))
		if got := told(); len(got) != 1 || got[b.Email] != mail.Delegated {
			t.Errorf("by its giver: %v", got)
		}
		c.must(c.Delegate(t.Context(), operator, accounts.DelegateInput{From: a.ID, To: b.ID, Duty: accounts.DutyRecruiter, StartsOn: c.day(5), LastDay: c.day(6)}))
		if got := told(); len(got) != 2 || got[b.Email] != mail.Delegated || got[a.Email] != mail.DelegatedFor {
			t.Errorf("in their name: %v", got)
		}
	})
}

func TestADutyIsDelegatedOnce(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, b, other := c.hire("anouk", actor.Compensation, actor.Recruiter), c.hire("bora"), c.hire("other")
		c.must(c.delegates(a, b, accounts.DutyCompensation, 0, 5))
		if got := field(c.delegates(a, b, accounts.DutyCompensation, 5, 9), "to"); got != "delegated" {
			t.Errorf("once more: %q", got)
		}
		c.must(c.delegates(a, b, accounts.DutyCompensation, 6, 9))
		c.must(c.delegates(a, b, accounts.DutyRecruiter, 0, 5))
		c.must(c.delegates(a, other, accounts.DutyCompensation, 0, 5))
		c.must(c.RevokeDelegation(t.Context(), c.as(a), c.latest(other)))
		c.must(c.delegates(a, other, accounts.DutyCompensation, 0, 5)) // the first was revoked
	})
}

func TestWhatCannotBeDelegated(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a, b, gone := c.hire("anouk", actor.Compensation, actor.Administrator), c.hire("bora"), c.hire("gone")
		c.must(c.Disable(ctx, operator, gone.ID))
		for name, tt := range map[string]struct {
			change      func(*accounts.DelegateInput)
			field, rule string
		}{
			"what the giver does not hold": {func(x *accounts.DelegateInput) { x.Duty = accounts.DutyHR }, "duty", "not_held"},
			"a line of nobody":             {func(x *accounts.DelegateInput) { x.Duty = accounts.DutyLine }, "duty", "not_held"},
			"being an administrator":       {func(x *accounts.DelegateInput) { x.Duty = "administrator" }, "duty", "oneof"},
			"to oneself":                   {func(x *accounts.DelegateInput) { x.To = a.ID }, "to", "nefield"},
			"to somebody disabled":         {func(x *accounts.DelegateInput) { x.To = gone.ID }, "to", "disabled"},
			"for days that are over":       {func(x *accounts.DelegateInput) { x.StartsOn, x.LastDay = c.day(-5), c.day(-1) }, "last_day", "past"},
			"backwards":                    {func(x *accounts.DelegateInput) { x.LastDay = c.day(-1) }, "last_day", "period"},
			"for 367 days":                 {func(x *accounts.DelegateInput) { x.LastDay = c.day(366) }, "last_day", "period"},
			"on a day that is none":        {func(x *accounts.DelegateInput) { x.StartsOn = "2026-02-30" }, "starts_on", "datetime"},
		} {
			t.Run(name, func(t *testing.T) {
				in := accounts.DelegateInput{From: a.ID, To: b.ID, Duty: accounts.DutyCompensation, StartsOn: c.day(0), LastDay: c.day(365)}
				tt.change(&in)
				if got := field(c.Delegate(ctx, c.as(a), in), tt.field); got != tt.rule {
					t.Errorf("%s, want %s", got, tt.rule)
				}
			})
		}
	})
}

func TestWhoDelegates(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		hr, b, admin := c.hire("hr", actor.HR), c.hire("bora"), c.hire("admin", actor.Administrator)
		in := accounts.DelegateInput{From: hr.ID, To: b.ID, Duty: accounts.DutyHR, StartsOn: c.day(0), LastDay: c.day(365)}
		t.Run("not the one it is for", func(t *testing.T) {
			if err := c.Delegate(ctx, c.as(b), in); refused(err) != access.DelegationsWrite {
				t.Error(err)
			}
		})
		t.Run("an administrator, for others", func(t *testing.T) {
			c.must(c.Delegate(ctx, c.as(admin), in))
		})
		t.Run("an administrator, but not to themself", func(t *testing.T) {
			mine := in
			mine.To = admin.ID
			if err := c.Delegate(ctx, c.as(admin), mine); refused(err) != access.DelegationsWrite || !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
			if c.as(admin).Has(actor.HR) {
				t.Error("they hold it")
			}
		})
		t.Run("and only they revoke", func(t *testing.T) {
			id := c.latest(hr)
			hidden(t, c.RevokeDelegation(ctx, c.as(b), id), access.DelegationsWrite)
			if err := c.RevokeDelegation(ctx, c.as(b), "unknown"); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if err := c.RevokeDelegation(ctx, c.as(b), "\x00"); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			c.must(c.RevokeDelegation(ctx, c.as(admin), id))
		})
		t.Run("each sees their own, an administrator all", func(t *testing.T) {
			for _, x := range []struct {
				a    accounts.Account
				want int
			}{{hr, 1}, {b, 1}, {admin, 0}} {
				page, err := c.Delegations(ctx, c.as(x.a), "")
				if err != nil || len(page.Items) != x.want || x.want == 1 && page.Items[0].State(c.day(0)) != "revoked" {
					t.Errorf("%s: %+v, %v", x.a.Name, page, err)
				}
			}
			if page, err := c.AllDelegations(ctx, c.as(admin), ""); err != nil || len(page.Items) != 1 || page.Next != "" {
				t.Errorf("%+v, %v", page, err)
			}
			if _, err := c.AllDelegations(ctx, c.as(b), ""); refused(err) != access.AccountsRead {
				t.Error(err)
			}
		})
		t.Run("duties are those one holds", func(t *testing.T) {
			c.must(c.reports(b, &hr, 0))
			got, err := c.DutiesOf(ctx, c.as(hr), hr)
			if diff := cmp.Diff([]accounts.Duty{accounts.DutyLine, accounts.DutyHR}, got); diff != "" || err != nil {
				t.Errorf("%v\n%s", err, diff)
			}
			hidden(t, second(c.DutiesOf(ctx, c.as(admin), hr)), access.AccountOwn)
		})
	})
}

func TestWhereADelegationStands(t *testing.T) {
	d := accounts.Delegation{StartsOn: "2026-11-23", EndsOn: "2026-11-25"}
	for day, want := range map[string]string{"2026-11-22": "planned", "2026-11-23": "in_force", "2026-11-24": "in_force", "2026-11-25": "over"} {
		if got := d.State(day); got != want {
			t.Errorf("on %s %s, want %s", day, got, want)
		}
	}
	d.RevokedAt = start
	if got := d.State("2026-11-24"); got != "revoked" {
		t.Error(got)
	}
}

// TestStandingInHasAnEnd: whoever somebody stands in for is named in each entry of the journal, which must take it.
func TestStandingInHasAnEnd(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		stand := c.hire("stand")
		for i := range 50 {
			giver := c.hire("giver"+strconv.Itoa(i), actor.Recruiter)
			c.must(c.delegates(giver, stand, accounts.DutyRecruiter, 0, 3))
		}
		if n := len(c.as(stand).Behalf); n != 50 {
			t.Fatalf("stands in for %d", n)
		}
		c.must(c.RevokeOtherSessions(t.Context(), c.as(stand))) // an entry with all of them
		one := c.hire("one", actor.Recruiter)
		if got := field(c.delegates(one, stand, accounts.DutyRecruiter, 3, 5), "to"); got != "stands_in" {
			t.Errorf("one more: %q", got)
		}
		c.must(c.delegates(one, stand, accounts.DutyRecruiter, 4, 100)) // when the others are back
		for i := range 50 {
			c.must(c.delegates(c.hire("later"+strconv.Itoa(i), actor.Recruiter), stand, accounts.DutyRecruiter, 10+i, 10+i)) // one a day
		}
		c.must(c.delegates(one, c.hire("other"), accounts.DutyRecruiter, 0, 3))
	})
}

// TestActingInOnesOwnRight: the journal names those somebody stands in for where that was what let them, and nowhere else.
func TestActingInOnesOwnRight(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		hr, head, low, aside := c.hire("hr", actor.HR), c.hire("head"), c.hire("low"), c.hire("aside")
		own, lent := c.hire("own", actor.HR), c.hire("lent")
		c.line(head, low)
		for _, x := range []accounts.Account{hr, own} {
			c.must(c.SetRights(ctx, operator, x.ID, accounts.Rights{Roles: []actor.Role{actor.HR}, Whole: x.ID == hr.ID, Heads: []actor.PersonID{head.ID}}))
		}
		for _, stand := range []accounts.Account{own, lent} {
			c.must(c.delegates(hr, stand, accounts.DutyHR, 0, 3))
		}
		last := func() audit.Entry { all := c.entries(); return all[len(all)-1] }
		assigns := func(a, who accounts.Account) string {
			c.must(c.Assign(ctx, c.as(a), accounts.AssignInput{Person: who.ID, Manager: head.ID, StartsOn: c.day(0)}))
			return last().Behalf
		}
		if got := assigns(own, low); got != "" {
			t.Errorf("within their own perimeter on behalf of %q", got)
		}
		if got := assigns(own, aside); got != string(hr.ID) {
			t.Errorf("beyond it on behalf of %q", got)
		}
		if got := assigns(lent, low); got != string(hr.ID) {
			t.Errorf("without a role of their own on behalf of %q", got)
		}
		c.must(c.SetPassword(ctx, c.as(lent), password, fresh))
		if got := last(); got.Action != "password.set" || got.Behalf != "" {
			t.Errorf("their own password: %+v", got)
		}
		if who := c.as(own); len(who.Lent) != 0 || !who.Has(actor.HR) {
			t.Errorf("%+v", who)
		}
		if who := c.as(lent); len(who.Lent) != 1 || who.Alone().Has(actor.HR) || !who.Has(actor.HR) {
			t.Errorf("%+v", who)
		}
	})
}

func TestDelegationsComeInPagesLatestFirst(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		admin, from, to := c.hire("admin", actor.Administrator), c.hire("from"), c.hire("to")
		for i := range accounts.DefaultLimit + 5 {
			d := accounts.Delegation{
				ID: fmt.Sprintf("d%03d", i), From: from.ID, To: to.ID, Duty: accounts.DutyLine, StartsOn: c.day(i), EndsOn: c.day(i + 1),
				CreatedAt: c.clock().Add(time.Duration(i/2) * time.Hour), // two of each hour
			}
			c.must(c.st.AddDelegation(ctx, d))
		}
		for name, list := range map[string]func(after string) (accounts.DelegationPage, error){
			"everybody's": func(after string) (accounts.DelegationPage, error) { return c.AllDelegations(ctx, c.as(admin), after) },
			"one's own":   func(after string) (accounts.DelegationPage, error) { return c.Delegations(ctx, c.as(to), after) },
		} {
			first, err := list("")
			c.must(err)
			second, err := list(first.Next)
			c.must(err)
			all := slices.Concat(first.Items, second.Items)
			seen := map[string]bool{}
			for i, d := range all {
				if seen[d.ID] || i > 0 && d.CreatedAt.After(all[i-1].CreatedAt) {
					t.Errorf("%s: %s comes twice, or after an earlier one", name, d.ID)
				}
				seen[d.ID] = true
			}
			if len(first.Items) != accounts.DefaultLimit || len(all) != accounts.DefaultLimit+5 || second.Next != "" {
				t.Errorf("%s: %d, then %d, next %q", name, len(first.Items), len(second.Items), second.Next)
			}
		}
		mine, err := c.Delegations(ctx, c.as(to), "")
		c.must(err)
		if _, err := c.Delegations(ctx, c.as(from), mine.Next); !fault.Is(err, fault.Malformed) {
			t.Errorf("somebody else's list went on: %v", err)
		}
	})
}
