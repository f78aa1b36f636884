package accounts_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

// reports makes somebody report to a manager, nil for none, from some days after today on.
func (c *company) reports(who accounts.Account, to *accounts.Account, days int) error {
	in := accounts.AssignInput{Person: who.ID, Profile: "p-" + who.Email[:1], StartsOn: c.day(days)}
	if to != nil {
		in.Manager = to.ID
	}
	return c.Assign(c.t.Context(), operator, in)
}

// line makes a line of management, the head first, that began ten days ago.
func (c *company) line(people ...accounts.Account) {
	c.t.Helper()
	for i, p := range people {
		var to *accounts.Account
		if i > 0 {
			to = &people[i-1]
		}
		c.must(c.reports(p, to, -10))
	}
}

// relation says what an actor has to do with somebody, in words.
func (c *company) relation(a actor.Actor, to accounts.Account) []string {
	c.t.Helper()
	r, err := c.RelationTo(c.t.Context(), a, to.ID)
	c.must(err)
	return r.Names()
}

func (c *company) related(t *testing.T, a actor.Actor, to accounts.Account, want ...string) {
	t.Helper()
	if diff := cmp.Diff(want, c.relation(a, to), cmpopts.EquateEmpty()); diff != "" {
		t.Errorf("%s to %s (-want +got):\n%s", a.Name, to.Name, diff)
	}
}

// person is somebody acting, with roles that a test gives them.
func person(a accounts.Account, roles ...actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: a.ID, Name: a.Name, Roles: roles}
}

// Whatever is assigned in whatever order, on each day at most one assignment holds, and it is the one that was
// assigned last of those that had begun; what was before the one of today is never taken back.
func TestAssignmentsNeverOverlap(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		c := found(t, d)
		n := 0
		rapid.Check(t, func(t *rapid.T) {
			n++
			if n > 25 { // each goes through a database
				return
			}
			a := c.hire(fmt.Sprint("p", n))
			want, begun := map[int]string{}, -100
			for i := range rapid.IntRange(1, 8).Draw(t, "assignments") {
				from := rapid.IntRange(-20, 20).Draw(t, "from")
				profile := fmt.Sprint("profile-", i)
				err := c.Assign(c.t.Context(), operator, accounts.AssignInput{Person: a.ID, Profile: profile, StartsOn: c.day(from)})
				if from < begun {
					if got := field(err, "starts_on"); got != "recorded" {
						t.Fatalf("from day %d, before day %d: %q", from, begun, got)
					}
					continue
				}
				c.must(err)
				if from <= 0 {
					begun = from
				}
				for day := from; day <= 30; day++ {
					want[day] = profile
				}
			}
			list, err := c.st.AssignmentsOf(c.t.Context(), a.ID)
			c.must(err)
			for i, x := range list {
				if i > 0 && list[i-1].EndsOn != x.StartsOn || x.EndsOn == "" && i < len(list)-1 {
					t.Fatalf("a gap or an overlap: %+v", list)
				}
			}
			for day := -25; day <= 30; day++ {
				var held []string
				for _, x := range list {
					if x.StartsOn <= c.day(day) && (x.EndsOn == "" || c.day(day) < x.EndsOn) {
						held = append(held, x.Profile)
					}
				}
				if len(held) > 1 || len(held) == 1 && held[0] != want[day] || len(held) == 0 && want[day] != "" {
					t.Fatalf("on day %d %v, want %q", day, held, want[day])
				}
			}
		})
	})
}

func TestDaysThatAreSlipsOfTheKeyboard(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("anouk")
		for _, day := range []string{"1900-01-01", "9999-12-31", c.day(3 * 366)} {
			if got := field(c.Assign(t.Context(), operator, accounts.AssignInput{Person: a.ID, StartsOn: day}), "starts_on"); got != "between" {
				t.Errorf("%s: %q", day, got)
			}
		}
		c.must(c.Assign(t.Context(), operator, accounts.AssignInput{Person: a.ID, StartsOn: "1987-03-01"}))
	})
}

func TestRelationsOfALine(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		head, middle, low, aside := c.hire("head"), c.hire("middle"), c.hire("low"), c.hire("aside")
		c.line(head, middle, low)
		c.related(t, person(middle), low, "direct report", "line")
		c.related(t, person(head), low, "line")
		c.related(t, person(low), low, "own")
		c.related(t, person(low), middle)
		c.related(t, person(aside), low)
		c.related(t, operator, low)
		c.related(t, nobody, low)
		t.Run("holds from its first day on, and up to its last", func(t *testing.T) {
			c.must(c.reports(low, &aside, 5))
			c.wait(5*24*time.Hour - 9*time.Hour)
			c.related(t, person(middle), low, "direct report", "line")
			c.related(t, person(aside), low)
			c.wait(24 * time.Hour)
			c.related(t, person(middle), low)
			c.related(t, person(head), low)
			c.related(t, person(aside), low, "direct report", "line")
		})
		t.Run("tells who manages and what they hold", func(t *testing.T) {
			if who := c.as(aside); !who.Manages || who.Profile != "" {
				t.Errorf("%+v", who)
			}
			if who := c.as(low); who.Manages || who.Profile != "p-l" {
				t.Errorf("%+v", who)
			}
			if who := c.as(middle); who.Manages {
				t.Errorf("%+v", who)
			}
		})
		t.Run("tells profiles and teams", func(t *testing.T) {
			own, line, err := c.Profiles(t.Context(), person(head))
			if err != nil || !cmp.Equal(own, []string{"p-h"}) || !cmp.Equal(line, []string{"p-m"}) {
				t.Errorf("%v %v %v", own, line, err)
			}
			team, err := c.Team(t.Context(), c.as(aside))
			if err != nil || len(team) != 1 || team[0].ID != low.ID || team[0].Manager.Name != aside.Name {
				t.Errorf("%+v, %v", team, err)
			}
		})
		t.Run("tells whose account is out of use", func(t *testing.T) {
			c.must(c.Disable(t.Context(), operator, aside.ID))
			page, err := c.Directory(t.Context(), c.as(low), accounts.DirectoryFilter{})
			c.must(err)
			for _, p := range page.Items {
				if p.Disabled != (p.ID == aside.ID) {
					t.Errorf("%s: %t", p.Name, p.Disabled)
				}
			}
			c.must(c.Enable(t.Context(), operator, aside.ID))
		})
		t.Run("is on a person's sheet, with the past for themself", func(t *testing.T) {
			sheet, err := c.PersonSheet(t.Context(), c.as(low), low.ID)
			if err != nil || sheet.Manager.ID != aside.ID || len(sheet.History) != 2 || sheet.MayEdit {
				t.Errorf("%+v, %v", sheet, err)
			}
			sheet, err = c.PersonSheet(t.Context(), c.as(aside), low.ID)
			if err != nil || len(sheet.History) != 0 {
				t.Errorf("%+v, %v", sheet, err)
			}
			sheet, err = c.PersonSheet(t.Context(), c.as(low), aside.ID)
			if err != nil || len(sheet.Reports) != 1 {
				t.Errorf("%+v, %v", sheet, err)
			}
			if _, err := c.PersonSheet(t.Context(), c.as(low), "unknown"); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			if _, err := c.Directory(t.Context(), nobody, accounts.DirectoryFilter{}); !fault.Is(err, fault.Unauthenticated) {
				t.Error(err)
			}
		})
	})
}

func TestALineComesBackToNobody(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, b, d := c.hire("anouk"), c.hire("bora"), c.hire("dani")
		c.line(a, b, d)
		circle := func(t *testing.T, err error) {
			t.Helper()
			if got := field(err, "manager"); got != "circle" {
				t.Error(got)
			}
		}
		t.Run("of one", func(t *testing.T) {
			if got := field(c.reports(a, &a, 0), "manager"); got != "nefield" {
				t.Error(got)
			}
		})
		t.Run("of two", func(t *testing.T) { circle(t, c.reports(a, &b, 0)) })
		t.Run("of three", func(t *testing.T) { circle(t, c.reports(a, &d, 0)) })
		t.Run("of three, once the line is", func(t *testing.T) { circle(t, c.reports(a, &d, 400)) })
		t.Run("on a day to come", func(t *testing.T) {
			c.must(c.reports(b, nil, 5)) // today b reports to a, from then on to nobody
			c.must(c.reports(a, &d, 10))
			circle(t, c.reports(d, &a, 0)) // it would hold today, and come back in ten days
			c.must(c.reports(d, &b, 0))
		})
		t.Run("and what was refused is not stored", func(t *testing.T) {
			list, err := c.st.AssignmentsOf(t.Context(), a.ID)
			if err != nil || len(list) != 2 {
				t.Errorf("%+v, %v", list, err)
			}
		})
		t.Run("of two who are assigned at once", func(t *testing.T) {
			x, y := c.hire("xenia"), c.hire("yann")
			errs := race(func() error { return c.reports(x, &y, 0) }, func() error { return c.reports(y, &x, 0) })
			one(t, errs, "invalid")
		})
	})
}

func TestWhoAssigns(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		hr, head, low, aside := c.hire("hr", actor.HR), c.hire("head"), c.hire("low"), c.hire("aside")
		c.line(head, low)
		assign := func(a actor.Actor, p accounts.Account) error {
			return c.Assign(ctx, a, accounts.AssignInput{Person: p.ID, Profile: "analyst", StartsOn: c.day(1)})
		}
		perimeter := func(whole bool, heads ...actor.PersonID) actor.Actor {
			c.must(c.SetRights(ctx, operator, hr.ID, accounts.Rights{Roles: []actor.Role{actor.HR}, Whole: whole, Heads: heads}))
			return c.as(hr)
		}
		visible := func(a actor.Actor) (bool, int) {
			all, people, err := c.Visible(ctx, a)
			c.must(err)
			return all, len(people)
		}
		t.Run("an HR partner of the whole company, but for themself", func(t *testing.T) {
			a := perimeter(true)
			c.related(t, a, aside, "perimeter")
			c.must(assign(a, aside))
			c.related(t, a, hr, "own", "perimeter")
			if err := assign(a, hr); refused(err) != access.DirectoryWrite {
				t.Errorf("their own line: %v", err)
			}
			if all, _ := visible(a); !all {
				t.Error("does not see the whole journal")
			}
		})
		t.Run("an HR partner of a head", func(t *testing.T) {
			a := perimeter(false, head.ID)
			c.related(t, a, low, "perimeter")
			c.related(t, a, head, "perimeter")
			c.must(assign(a, low))
			c.related(t, a, aside)
			if err := assign(a, aside); refused(err) != access.DirectoryWrite {
				t.Errorf("outside the perimeter: %v", err)
			}
			if all, n := visible(a); all || n != 2 {
				t.Errorf("sees %v, %d", all, n)
			}
		})
		t.Run("an HR partner of nobody", func(t *testing.T) {
			a := perimeter(false)
			c.related(t, a, low)
			if err := assign(a, low); refused(err) != access.DirectoryWrite {
				t.Error(err)
			}
			if all, n := visible(a); all || n != 0 {
				t.Errorf("sees %v, %d", all, n)
			}
		})
		t.Run("an HR partner who showed no code", func(t *testing.T) {
			perimeter(true)
			a := c.who(c.enter(hr, false))
			c.related(t, a, low)
			if err := assign(a, low); refused(err) != access.DirectoryWrite {
				t.Error(err)
			}
		})
		t.Run("no manager, administrator or visitor", func(t *testing.T) {
			admin := c.hire("admin", actor.Administrator)
			for _, a := range []actor.Actor{c.as(head), c.as(admin), c.as(low)} {
				if err := assign(a, low); refused(err) != access.DirectoryWrite {
					t.Error(err)
				}
			}
			if err := assign(nobody, low); !fault.Is(err, fault.Unauthenticated) {
				t.Error(err)
			}
			if all, _ := visible(c.as(admin)); !all {
				t.Error("an administrator does not see the whole journal")
			}
		})
		t.Run("nobody whom nobody knows, nor on a day that is none", func(t *testing.T) {
			for _, in := range []accounts.AssignInput{{Person: "unknown", StartsOn: c.day(0)}, {Person: low.ID, Manager: "unknown", StartsOn: c.day(0)}, {Person: "\x00", StartsOn: c.day(0)}} {
				if err := c.Assign(ctx, operator, in); !fault.Is(err, fault.NotFound) {
					t.Errorf("%+v: %v", in, err)
				}
			}
			for _, day := range []string{"", "2026-02-30", "tomorrow"} {
				if got := field(c.Assign(ctx, operator, accounts.AssignInput{Person: low.ID, StartsOn: day}), "starts_on"); got != "required" && got != "datetime" {
					t.Errorf("%q: %s", day, got)
				}
			}
		})
	})
}
