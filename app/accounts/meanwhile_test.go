package accounts_test

import (
	"context"
	"testing"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

// late is a store whose first transaction begins only after something else was done.
type late struct {
	accounts.Store
	meanwhile func()
}

func (l *late) Tx(ctx context.Context, fn func(accounts.Store) error) error {
	if do := l.meanwhile; do != nil {
		l.meanwhile = nil
		do()
	}
	return l.Store.Tx(ctx, fn)
}

// TestWhatIsTakenAwayMeanwhileIsNotUsed: what an act reads to decide is read again, or for the first time, in the
// transaction that does it.
func TestWhatIsTakenAwayMeanwhileIsNotUsed(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		const issuer = "https://id.example"
		disable := func(a accounts.Account) func() { return func() { c.must(c.Disable(ctx, operator, a.ID)) } }
		tomorrow := func(from, to accounts.Account) accounts.DelegateInput {
			return accounts.DelegateInput{From: from.ID, To: to.ID, Duty: accounts.DutyHR, StartsOn: c.day(0), LastDay: c.day(1)}
		}
		provided := func(s *accounts.Service, a accounts.Account) error {
			return second(s.SignInProvided(ctx, nobody, accounts.Provided{Issuer: issuer, Subject: string(a.ID)}))
		}
		for name, tt := range map[string]struct {
			want string
			do   func(s *accounts.Service, l *late) error
		}{
			"a role that is delegated": {"invalid", func(s *accounts.Service, l *late) error {
				from, to := c.hire("from", actor.HR), c.hire("to")
				who := c.as(from)
				l.meanwhile = func() { c.must(c.SetRights(ctx, operator, from.ID, accounts.Rights{})) }
				return s.Delegate(ctx, who, tomorrow(from, to))
			}},
			"the account of a stand-in": {"invalid", func(s *accounts.Service, l *late) error {
				from, to := c.hire("from2", actor.HR), c.hire("to2")
				who := c.as(from)
				l.meanwhile = disable(to)
				return s.Delegate(ctx, who, tomorrow(from, to))
			}},
			"the account of a token": {"account_disabled", func(s *accounts.Service, l *late) error {
				a := c.hire("token")
				l.meanwhile = disable(a)
				in := accounts.TokenInput{Name: "x", Scopes: []string{"read"}, Days: 1}
				return second(s.CreateTokenFor(ctx, operator, a.Email, in))
			}},
			"the account of an identity": {"signin_wrong", func(s *accounts.Service, l *late) error {
				a := c.hire("identity")
				c.enter(a, true)
				l.meanwhile = disable(a)
				return provided(s, a)
			}},
			"an identity": {"identity_unlinked", func(s *accounts.Service, l *late) error {
				a := c.hire("unlinked")
				who := c.as(a)
				l.meanwhile = func() { c.must(c.Unlink(ctx, who, issuer, password)) }
				return provided(s, a)
			}},
			"the account of a link": {"link_ended", func(s *accounts.Service, l *late) error {
				a := c.hire("link")
				token := c.forgets("link")
				l.meanwhile = disable(a)
				return second(s.UseLink(ctx, nobody, token, "nine loud herons"))
			}},
			"an address that a letter goes to": {"", func(s *accounts.Service, l *late) error {
				a := c.hire("moved")
				c.letters()
				l.meanwhile = func() {
					c.must(c.Change(ctx, operator, a.ID, accounts.Details{Email: address("elsewhere"), Name: a.Name, Lang: lang.FR}))
				}
				err := s.Forgot(ctx, nobody, a.Email)
				if got := c.letters(); len(got) != 0 {
					t.Errorf("a letter to an address that is theirs no more: %+v", got)
				}
				return err
			}},
		} {
			t.Run(name, func(t *testing.T) {
				l := &late{Store: c.st}
				err := tt.do(accounts.NewService(accounts.Parts{Store: l, Now: c.clock, Key: c.key}), l)
				if l.meanwhile != nil {
					t.Error("nothing happened meanwhile")
				}
				got := ""
				if err != nil {
					got = fault.Of(err).Code
				}
				if got != tt.want {
					t.Errorf("%q, want %q: %v", got, tt.want, err)
				}
			})
		}
	})
}
