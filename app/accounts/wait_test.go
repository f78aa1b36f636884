package accounts_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
)

// impatient is an address of a PostgreSQL database at which a statement that waits for a lock fails after a while, so
// that a test in which somebody waits for who waits for them ends.
func impatient(t *testing.T) string {
	t.Helper()
	address := testkit.Address(t, "postgresql")
	if strings.Contains(address, "?") {
		return address + "&lock_timeout=10000"
	}
	return address + "?lock_timeout=10000"
}

// pausing is a journal that does something once all of an act but its entries is written.
type pausing struct {
	audit.Journal
	over  bun.IDB
	pause func()
}

func (j pausing) Append(ctx context.Context, a actor.Actor, e audit.Entry) error {
	if err := db.Last(ctx, j.over, func(bun.IDB) error { j.pause(); return nil }); err != nil {
		return err
	}
	return j.Journal.Append(ctx, a, e)
}

// paused is the company's service whose first act does something before its first entry is written.
func (c *company) paused(pause func()) *accounts.Service {
	once := func() {
		if do := pause; do != nil {
			pause = nil
			do()
		}
	}
	parts := acttest.Parts(c.clock)
	parts.Journal = func(h bun.IDB) audit.Journal { return pausing{auditdb.New(h, c.clock, testkit.Key), h, once} }
	return c.service(accountsdb.New(c.d.DB, parts))
}

// TestActsOnDifferentThingsDoNotWait: while one act has written all but its entry and holds its transaction open,
// another one, on something else, begins and ends.
func TestActsOnDifferentThingsDoNotWait(t *testing.T) {
	const issuer = "https://id.example"
	c := found(t, testkit.Open(t, impatient(t)))
	ctx := t.Context()
	admin := c.hire("admin", actor.Administrator)
	c.hire("admin2", actor.Administrator)
	head := c.hire("head")
	n := 0
	person := func(roles ...actor.Role) accounts.Account {
		n++
		return c.hire(fmt.Sprint("p", n), roles...)
	}
	type act func(s *accounts.Service) error
	// Each makes an act on somebody of its own.
	acts := map[string]func() act{
		"create": func() act {
			n++
			in := accounts.NewAccount{Email: address(fmt.Sprint("new", n)), Name: "New", Lang: lang.FR}
			return func(s *accounts.Service) error { return third(s.Create(ctx, administrator(admin), in)) }
		},
		"change the address of": func() act {
			a := person()
			in := accounts.Details{Email: address("moved" + fmt.Sprint(n)), Name: a.Name, Lang: lang.FR}
			return func(s *accounts.Service) error { return s.Change(ctx, administrator(admin), a.ID, in) }
		},
		"disable": func() act {
			a := person()
			c.enter(a, true)
			return func(s *accounts.Service) error { return s.Disable(ctx, administrator(admin), a.ID) }
		},
		"reset": func() act {
			a := person()
			return func(s *accounts.Service) error {
				return second(s.ResetProofs(ctx, administrator(admin), a.ID, accounts.ResetInput{Codes: true}))
			}
		},
		"sign in": func() act {
			a := person()
			c.enter(a, true)
			return func(s *accounts.Service) error {
				return second(s.SignInProvided(ctx, nobody, accounts.Provided{Issuer: issuer, Subject: string(a.ID)}))
			}
		},
		"sign in with a password": func() act {
			a, i := person(), n
			return func(s *accounts.Service) error {
				return second(s.SignIn(from(ctx, i), nobody, accounts.SignInInput{Email: a.Email, Password: password}))
			}
		},
		"ask for a new password": func() act {
			a, i := person(), n
			return func(s *accounts.Service) error { return s.Forgot(from(ctx, i), nobody, a.Email) }
		},
		"delegate": func() act {
			in := accounts.DelegateInput{
				From: person(actor.HR).ID, To: person().ID, Duty: accounts.DutyHR, StartsOn: c.day(0), LastDay: c.day(1),
			}
			return func(s *accounts.Service) error { return s.Delegate(ctx, administrator(admin), in) }
		},
		"sign out": func() act {
			token := c.enter(person(), true)
			return func(s *accounts.Service) error { return s.SignOut(ctx, c.who(token), token) }
		},
		"make a token": func() act {
			a := person()
			in := accounts.TokenInput{Name: "x", Scopes: []string{"read"}, Days: 1}
			return func(s *accounts.Service) error { return second(s.CreateTokenFor(ctx, operator, a.Email, in)) }
		},
	}
	assign := func(s *accounts.Service) error {
		return s.Assign(ctx, operator, accounts.AssignInput{Person: person().ID, Manager: head.ID, StartsOn: c.day(0)})
	}
	for name, holds := range acts {
		for other, goes := range acts {
			t.Run(name+" while others "+other, func(t *testing.T) {
				a, b, ended := holds(), goes(), false
				err := a(c.paused(func() {
					if err := b(c.Service); err != nil {
						t.Errorf("it waited, or failed: %v", err)
					}
					if err := assign(c.Service); err != nil {
						t.Errorf("to assign somebody waited, or failed: %v", err)
					}
					ended = true
				}))
				if err != nil || !ended {
					t.Errorf("the first act failed, or left no entry: %v", err)
				}
			})
		}
	}
	c.journalIsWhole(t)
}

// TestNoActNeedsASecondConnection: who holds what others wait for must not wait for a connection that they have. With
// one connection in all, an act that asked for a second one would wait until its time is over.
func TestNoActNeedsASecondConnection(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.d.SetMaxOpenConns(1)
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute)
		defer cancel()
		today := func(ctx context.Context) string {
			_, err := c.d.ExecContext(ctx, "SELECT 1") // as the settings are read for the time zone
			c.must(err)
			return c.day(0)
		}
		s := accounts.NewService(accounts.Parts{Store: c.st, Now: c.clock, Key: c.key, Today: today})
		hr, to, head := c.hire("hr", actor.HR), c.hire("to"), c.hire("head")
		for name, err := range map[string]error{
			"assign": s.Assign(ctx, operator, accounts.AssignInput{Person: hr.ID, Manager: head.ID, StartsOn: c.day(0)}),
			"delegate": s.Delegate(ctx, operator, accounts.DelegateInput{
				From: hr.ID, To: to.ID, Duty: accounts.DutyHR, StartsOn: c.day(0), LastDay: c.day(1),
			}),
			"delegate a line": s.Delegate(ctx, operator, accounts.DelegateInput{
				From: head.ID, To: to.ID, Duty: accounts.DutyLine, StartsOn: c.day(0), LastDay: c.day(1),
			}),
		} {
			if err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
