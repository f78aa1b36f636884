package accounts_test

import (
	"testing"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// TestAnActUnderWayUndoesNothing compares the password of an act while everything is taken away from its account, or its
// session ended: the act is not done, since whoever took it away could not know of it.
func TestAnActUnderWayUndoesNothing(t *testing.T) {
	acts := map[string]func(s *accounts.Service, a actor.Actor) error{
		"a new password": func(s *accounts.Service, a actor.Actor) error { return s.SetPassword(t.Context(), a, password, fresh) },
		"a token": func(s *accounts.Service, a actor.Actor) error {
			return second(s.CreateToken(t.Context(), a, accounts.TokenInput{Name: "x", Scopes: []string{"read"}, Days: 1}, password))
		},
		"no codes": func(s *accounts.Service, a actor.Actor) error { return s.RemoveCodes(t.Context(), a, password) },
		"new recovery codes": func(s *accounts.Service, a actor.Actor) error {
			return second(s.RenewRecoveryCodes(t.Context(), a, password))
		},
		"an identity less": func(s *accounts.Service, a actor.Actor) error {
			return s.Unlink(t.Context(), a, "https://id.example", password)
		},
	}
	takings := map[string]func(c *company, a accounts.Account) error{
		"reset": func(c *company, a accounts.Account) error {
			return second(c.ResetProofs(t.Context(), operator, a.ID, accounts.ResetInput{}))
		},
		"disabled":       func(c *company, a accounts.Account) error { return c.Disable(t.Context(), operator, a.ID) },
		"sessions ended": func(c *company, a accounts.Account) error { return c.EndSessionsOf(t.Context(), operator, a.ID) },
	}
	for name, act := range acts {
		for how, take := range takings {
			t.Run(name+", "+how, func(t *testing.T) {
				inCompany(t, func(t *testing.T, c *company) {
					a := c.hire("camille")
					here := c.who(c.enter(a, true))
					c.enrol(here)
					slow := c.process(c.key, false)
					accounts.Watch(slow).Meanwhile = func() { c.must(take(c, a)) }
					err := act(slow, here)
					if !fault.Is(err, fault.Unauthenticated) {
						t.Errorf("it ends with %v", err)
					}
				})
			})
		}
	}
}

// TestASignInThatComesAfterAReset finds no password any more.
func TestASignInThatComesAfterAReset(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, slow := c.hire("camille"), c.process(c.key, false)
		accounts.Watch(slow).Meanwhile = func() { c.must(second(c.ResetProofs(t.Context(), operator, a.ID, accounts.ResetInput{}))) }
		in := accounts.SignInInput{Email: address("camille"), Password: password}
		if _, err := slow.SignIn(t.Context(), nobody, in); fault.Of(err).Code != "signin_wrong" {
			t.Errorf("it ends with %v", err)
		}
	})
}
