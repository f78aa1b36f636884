package accounts_test

import (
	"context"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
)

// rounds is how often two acts are let loose on each other: once proves little.
const rounds = 12

// pair is a company that two processes serve, each with connections of its own to the one database.
type pair struct {
	*company
	other *accounts.Service
	stB   accounts.Store // of the other process
}

// inTwoProcesses runs a test on each database in a company that two processes serve, and checks the journal after it.
func inTwoProcesses(t *testing.T, test func(t *testing.T, p *pair)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			address := testkit.Address(t, kind)
			p := &pair{company: found(t, testkit.Open(t, address))}
			p.stB = p.over(testkit.Open(t, address))
			p.other = p.service(p.stB)
			test(t, p)
			p.journalIsWhole(t)
		})
	}
}

// service is one over a store, beside the company's own.
func (c *company) service(st accounts.Store) *accounts.Service {
	return accounts.NewService(accounts.Parts{Store: st, Now: c.clock, Key: c.key})
}

// administrator is an administrator who acts, whatever became of their account since they were asked who they are.
func administrator(a accounts.Account) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: a.ID, Name: a.Name, Roles: []actor.Role{actor.Administrator}}
}

// won counts those that succeeded, and checks how the others lost.
func won(t *testing.T, errs []error, codes ...string) int {
	t.Helper()
	n := 0
	for _, err := range errs {
		if err == nil {
			n++
		} else if !slices.Contains(codes, fault.Of(err).Code) {
			t.Errorf("lost by %v, want one of %v", err, codes)
		}
	}
	return n
}

func TestOneAdministratorStaysWhoeverRacesToRemoveThem(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		ctx := t.Context()
		x, y := p.hire("xenia", actor.Administrator), p.hire("yann", actor.Administrator)
		disable := func(s *accounts.Service, by, whom accounts.Account) func() error {
			return func() error { return s.Disable(ctx, administrator(by), whom.ID) }
		}
		demote := func(s *accounts.Service, by, whom accounts.Account) func() error {
			return func() error { return s.SetRights(ctx, administrator(by), whom.ID, accounts.Rights{}) }
		}
		for name, acts := range map[string][]func() error{
			"by disabling each other":        {disable(p.Service, x, y), disable(p.other, y, x)},
			"by taking each other's role":    {demote(p.Service, x, y), demote(p.other, y, x)},
			"by disabling and taking a role": {disable(p.Service, x, y), demote(p.other, y, x)},
		} {
			t.Run(name, func(t *testing.T) {
				for range rounds {
					one(t, race(acts...), "last_administrator")
					if n, err := p.st.Administrators(ctx); err != nil || n != 1 {
						t.Fatalf("%d are left, %v", n, err)
					}
					for _, a := range []accounts.Account{x, y} {
						p.must(p.Enable(ctx, operator, a.ID))
						p.must(p.SetRights(ctx, operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.Administrator}}))
					}
				}
			})
		}
	})
}

// lastChange is the last day, counted from today, from which anybody stands somewhere in these tests.
const lastChange = 5

// noCircle walks up from people on every day until nothing changes any more, and reports a line that comes back.
func (p *pair) noCircle(t *testing.T, people ...accounts.Account) {
	t.Helper()
	for day := range lastChange + 1 {
		for _, who := range people {
			above, err := p.st.ManagersOf(t.Context(), who.ID, p.day(day))
			p.must(err)
			if slices.Contains(above, who.ID) {
				t.Fatalf("on %s the line of %s comes back to them: %v", p.day(day), who.Name, above)
			}
		}
	}
}

func TestNoLineComesBackWhoeverRaces(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		reports := func(s *accounts.Service, who, to accounts.Account, day int) func() error {
			in := accounts.AssignInput{Person: who.ID, Manager: to.ID, StartsOn: p.day(day)}
			return func() error { return s.Assign(t.Context(), operator, in) }
		}
		for i := range rounds {
			x, y, z := p.hire(fmt.Sprint("x", i)), p.hire(fmt.Sprint("y", i)), p.hire(fmt.Sprint("z", i))
			one(t, race(reports(p.Service, x, y, 0), reports(p.other, y, x, 0)), "invalid")
			p.noCircle(t, x, y)
			u, v := p.hire(fmt.Sprint("u", i)), p.hire(fmt.Sprint("v", i))
			errs := race(reports(p.Service, z, u, 0), reports(p.other, u, v, 3), reports(p.other, v, z, lastChange))
			if n := won(t, errs, "invalid"); n != 2 {
				t.Errorf("%d of a circle of three won: %v", n, errs)
			}
			p.noCircle(t, z, u, v)
		}
	})
}

// from makes a context of a network of its own, so that no guard stands in the way of another one's try.
func from(ctx context.Context, i int) context.Context {
	return audit.WithAddress(ctx, fmt.Sprintf("2001:db8:0:%x::1", i))
}

// each is an act on one process or the other, by turns.
func (p *pair) each(n int, act func(s *accounts.Service, i int) error) []func() error {
	out := make([]func() error, 0, n)
	for i := range n {
		s := p.Service
		if i%2 == 1 {
			s = p.other
		}
		out = append(out, func() error { return act(s, i) })
	}
	return out
}

func TestOneCodeOpensOneSessionWhoeverRaces(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		a := p.hire("camille")
		seed, recovery := p.enrol(p.as(a))
		for i := range 5 {
			p.wait(2 * time.Hour) // for the throttles to forget
			codes := map[string]string{"one-time": p.code(seed, 0), "recovery": recovery[i]}
			for _, name := range []string{"one-time", "recovery"} {
				waiting := make([]string, 6)
				for j := range waiting {
					waiting[j] = p.waiting(a)
				}
				errs := race(p.each(len(waiting), func(s *accounts.Service, j int) error {
					return second(s.EnterCode(from(t.Context(), j), nobody, waiting[j], codes[name], ""))
				})...)
				if n := won(t, errs, "code_wrong", "throttled"); n != 1 {
					t.Fatalf("one %s code opened %d sessions: %v", name, n, errs)
				}
				p.wait(2 * time.Hour)
			}
		}
	})
}

func TestOneLinkSetsOnePasswordWhoeverRaces(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		p.hire("camille")
		for i := range 4 {
			p.wait(2 * time.Hour)
			token := p.forgets("camille")
			errs := race(p.each(4, func(s *accounts.Service, j int) error {
				return second(s.UseLink(t.Context(), nobody, token, fmt.Sprintf("%d quiet herons of %d", j, i)))
			})...)
			if n := won(t, errs, "link_ended"); n != 1 {
				t.Fatalf("one link set %d passwords: %v", n, errs)
			}
		}
	})
}

func TestOneFirstLinkIsGoodWhoeverRaces(t *testing.T) {
	for range 4 { // there is one first run in a database
		inTwoProcesses(t, func(t *testing.T, p *pair) {
			var mu sync.Mutex
			var made []string
			for _, err := range race(p.each(4, func(s *accounts.Service, _ int) error {
				path, err := s.FirstRun(t.Context(), operator)
				mu.Lock()
				defer mu.Unlock()
				made = append(made, tokenOf(path))
				return err
			})...) {
				p.must(err)
			}
			good := slices.DeleteFunc(made, func(token string) bool { return p.CheckSetUp(t.Context(), nobody, token) != nil })
			if len(good) != 1 {
				t.Fatalf("%d links to make the first account are good", len(good))
			}
			meet := meeting(2)
			setUp, create := p.service(&aligned{p.st, 2, meet}), p.service(&aligned{p.stB, 1, meet})
			errs := race(func() error {
				in := accounts.SetUpInput{Name: "Camille Élysée", Email: address("camille"), Password: password, Lang: lang.FR}
				return second(setUp.SetUp(t.Context(), nobody, good[0], in))
			}, func() error {
				in := accounts.NewAccount{Email: address("bora"), Name: "Bora", Lang: lang.FR}
				return third(create.Create(t.Context(), operator, in))
			})
			if won(t, errs[:1], "link_ended"); errs[1] != nil {
				t.Error(errs[1])
			}
			if got := p.journal(0); errs[0] == nil && got[0] != "setup.done" {
				t.Errorf("a link for the first account made the second one: %v", got)
			}
		})
	}
}

// aligned is a store whose n-th transaction begins when those of others do.
type aligned struct {
	accounts.Store
	n    int
	meet func()
}

func (s *aligned) Tx(ctx context.Context, fn func(accounts.Store) error) error {
	if s.n--; s.n == 0 {
		s.meet()
	}
	return s.Store.Tx(ctx, fn)
}

// meeting returns what each of some goroutines calls, once, to go on when all have called it.
func meeting(n int) func() {
	var there sync.WaitGroup
	there.Add(n)
	return func() { there.Done(); there.Wait() }
}

// TestNoSessionOutlivesWhatEndedIt: a sign-in under way while what it rests on is taken away either fails, or its
// session ends with the others.
func TestNoSessionOutlivesWhatEndedIt(t *testing.T) {
	const issuer = "https://id.example"
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		ctx, hired := t.Context(), 0
		withPassword := func(s *accounts.Service, a accounts.Account) (accounts.Opened, error) {
			return s.SignIn(ctx, nobody, accounts.SignInInput{Email: a.Email, Password: password})
		}
		provided := func(s *accounts.Service, a accounts.Account) (accounts.Opened, error) {
			return s.SignInProvided(ctx, nobody, accounts.Provided{Issuer: issuer, Subject: string(a.ID), Multi: true})
		}
		for name, tt := range map[string]struct {
			enter  func(s *accounts.Service, a accounts.Account) (accounts.Opened, error)
			enters int // which of its transactions opens the session
			end    func(s *accounts.Service, a accounts.Account, who actor.Actor) error
			ends   int // which of its transactions ends the others
			code   string
		}{
			"a password that is changed": {withPassword, 2, func(s *accounts.Service, _ accounts.Account, a actor.Actor) error {
				return s.SetPassword(ctx, a, password, "nine loud herons")
			}, 3, "signin_wrong"},
			"a password that is reset": {withPassword, 2, func(s *accounts.Service, a accounts.Account, _ actor.Actor) error {
				return second(s.ResetProofs(ctx, operator, a.ID, accounts.ResetInput{}))
			}, 1, "signin_wrong"},
			"an account that is disabled": {provided, 1, func(s *accounts.Service, a accounts.Account, _ actor.Actor) error {
				return s.Disable(ctx, operator, a.ID)
			}, 1, "signin_wrong"},
			"an identity that is reset": {provided, 1, func(s *accounts.Service, a accounts.Account, _ actor.Actor) error {
				return second(s.ResetProofs(ctx, operator, a.ID, accounts.ResetInput{}))
			}, 1, "identity_unlinked"},
		} {
			t.Run(name, func(t *testing.T) {
				for range rounds / 2 {
					hired++
					a := p.hire(fmt.Sprint("camille", hired))
					who := p.as(a)
					meet := meeting(2)
					var out accounts.Opened
					errs := race(func() (err error) {
						out, err = tt.enter(p.service(&aligned{p.st, tt.enters, meet}), a)
						return err
					}, func() error { return tt.end(p.service(&aligned{p.stB, tt.ends, meet}), a, who) })
					if won(t, errs[:1], tt.code); errs[1] != nil {
						t.Fatalf("what ends the sessions failed: %v", errs[1])
					}
					left, err := p.st.SessionsOf(ctx, a.ID)
					p.must(err)
					if left = slices.DeleteFunc(left, func(x accounts.Session) bool { return x.ID == who.Session }); len(left) > 0 {
						t.Fatalf("%d sessions outlived what ended them; it opened %q", len(left), out.Token)
					}
				}
			})
		}
	})
}

// TestPreferencesDoNotBringRightsBack: who stores their preferences while an administrator takes their roles away
// writes none of what they held before.
func TestPreferencesDoNotBringRightsBack(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		ctx := t.Context()
		a := p.hire("camille", actor.HR)
		who := p.as(a)
		for range rounds {
			p.must(p.SetRights(ctx, operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.HR}, Whole: true}))
			p.must(p.Prefer(ctx, who, accounts.Preferences{Lang: lang.FR}))
			for _, err := range race(
				func() error { return p.Prefer(ctx, who, accounts.Preferences{Lang: lang.EN, TellSignIns: true}) },
				func() error { return p.other.SetRights(ctx, operator, a.ID, accounts.Rights{}) },
			) {
				p.must(err)
			}
			want := a
			want.Roles, want.Lang, want.TellSignIns = nil, lang.EN, true
			if diff := cmp.Diff(want, p.account(a.ID)); diff != "" {
				t.Fatalf("one act undid the other (-want +got):\n%s", diff)
			}
		}
	})
}

func TestADutyIsDelegatedOnceWhoeverRaces(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		x := p.hire("xenia", actor.HR)
		for i := range rounds {
			to := p.hire(fmt.Sprint("to", i))
			in := accounts.DelegateInput{From: x.ID, To: to.ID, Duty: accounts.DutyHR, StartsOn: p.day(0), LastDay: p.day(3)}
			give := func(s *accounts.Service, _ int) error { return s.Delegate(t.Context(), operator, in) }
			one(t, race(p.each(3, give)...), "invalid")
			before, id := len(p.entries()), p.latest(to)
			revoke := func(s *accounts.Service, _ int) error { return s.RevokeDelegation(t.Context(), operator, id) }
			for _, err := range race(p.each(2, revoke)...) {
				p.must(err)
			}
			if got := p.journal(before); !slices.Equal(got, []string{"delegations.revoked"}) {
				t.Fatalf("revoked twice at once, the journal says %v", got)
			}
		}
	})
}

// TestTwoDelegateToEachOther take both accounts in opposite order.
func TestTwoDelegateToEachOther(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		give := func(s *accounts.Service, from, to accounts.Account) func() error {
			in := accounts.DelegateInput{From: from.ID, To: to.ID, Duty: accounts.DutyHR, StartsOn: p.day(0), LastDay: p.day(3)}
			return func() error { return s.Delegate(t.Context(), operator, in) }
		}
		for i := range rounds {
			x, y := p.hire(fmt.Sprint("x", i), actor.HR), p.hire(fmt.Sprint("y", i), actor.HR)
			for _, err := range race(give(p.Service, x, y), give(p.other, y, x)) {
				p.must(err)
			}
		}
	})
}

func TestAnAddressHasOneAccountWhoeverRaces(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		ctx := t.Context()
		for i := range rounds {
			x, y := p.hire(fmt.Sprint("x", i)), p.hire(fmt.Sprint("y", i))
			wanted := address(fmt.Sprint("wanted", i))
			move := func(s *accounts.Service, a accounts.Account) func() error {
				return func() error {
					return s.Change(ctx, operator, a.ID, accounts.Details{Email: wanted, Name: a.Name, Lang: lang.FR})
				}
			}
			one(t, race(move(p.Service, x), move(p.other, y), func() error {
				return third(p.other.Create(ctx, operator, accounts.NewAccount{Email: wanted, Name: "Z", Lang: lang.FR}))
			}), "invalid")
		}
	})
}

func TestASessionEndsOnceWhoeverRaces(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		a := p.hire("camille")
		for range rounds {
			token := p.enter(a, true)
			who, before := p.who(token), len(p.entries())
			leave := func(s *accounts.Service, _ int) error { return s.SignOut(t.Context(), who, token) }
			for _, err := range race(p.each(3, leave)...) {
				p.must(err)
			}
			if got := p.journal(before); !slices.Equal(got, []string{"session.closed"}) {
				t.Fatalf("signed out three times at once, the journal says %v", got)
			}
		}
	})
}

// TestAThrottleThatIsForgottenIsBegunAgain: a try that comes while another one forgets the row that counts it is
// counted in a row of its own, and fails for nothing.
func TestAThrottleThatIsForgottenIsBegunAgain(t *testing.T) {
	inTwoProcesses(t, func(t *testing.T, p *pair) {
		const many = 60
		tx := func(st accounts.Store, fn func(tx accounts.Store) error) func() error {
			return func() error {
				for range many {
					if err := st.Tx(t.Context(), fn); err != nil {
						return err
					}
				}
				return nil
			}
		}
		lock := func(tx accounts.Store) error { return second(tx.LockThrottle(t.Context(), "x")) }
		drop := func(tx accounts.Store) error { return tx.DropThrottle(t.Context(), "x") }
		for _, err := range race(tx(p.st, lock), tx(p.stB, drop), tx(p.stB, lock), tx(p.st, drop)) {
			p.must(err)
		}
	})
}

// journalIsWhole checks the chain.
func (c *company) journalIsWhole(t *testing.T) {
	t.Helper()
	all := func(context.Context, actor.Actor) (bool, []actor.PersonID, error) { return true, nil, nil }
	r, err := audit.NewService(auditdb.New(c.d.DB, c.clock, testkit.Key), all).Verify(t.Context(), operator, audit.Head{})
	if err != nil || !r.Whole() {
		t.Errorf("the journal is broken: %+v, %v", r, err)
	}
}
