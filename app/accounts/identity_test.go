package accounts_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/mail"
)

const issuer = "https://login.example"

func TestAnIdentityIsIssuerAndSubject(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille", actor.HR)
		who := c.as(a)
		c.letters()
		provided := func(issuer, subject string) error {
			return second(c.SignInProvided(ctx, nobody, accounts.Provided{Issuer: issuer, Subject: subject, Multi: true}))
		}
		unlinked := func(err error) {
			t.Helper()
			if !fault.Is(err, fault.NotFound) || fault.Of(err).Code != "identity_unlinked" {
				t.Error(err)
			}
		}
		unlinked(provided(issuer, "s-1"))
		c.must(c.Link(ctx, who, issuer, "s-1"))
		if got := c.letters(); len(got) != 1 || got[0].Kind != mail.IdentityLinked || got[0].Details["issuer"] != issuer {
			t.Errorf("%+v", got)
		}
		c.must(provided(issuer, "s-1"))
		for name, subject := range map[string]string{
			"another subject": "s-2", "the account's address": a.Email, "the account's id": "x" + string(a.ID), "other letters": "S-1", "nothing": "", "no text": "\x00\xff",
		} {
			t.Run(name, func(t *testing.T) { unlinked(provided(issuer, subject)) })
		}
		t.Run("another issuer", func(t *testing.T) { unlinked(provided("https://evil.example", "s-1")) })
		t.Run("is of one account", func(t *testing.T) {
			other := c.as(c.hire("bora"))
			if err := c.Link(ctx, other, issuer, "s-1"); !fault.Is(err, fault.Conflict) || fault.Of(err).Code != "identity_taken" {
				t.Error(err)
			}
			if list, err := c.Identities(ctx, other); err != nil || len(list) != 1 {
				t.Errorf("%+v, %v", list, err)
			}
		})
		t.Run("is linked to one by one of two who race", func(t *testing.T) {
			x, y := c.as(c.hire("chris")), c.as(c.hire("dani"))
			one(t, race(
				func() error { return c.Link(ctx, x, issuer, "s-9") },
				func() error { return c.Link(ctx, y, issuer, "s-9") },
			), "identity_taken")
		})
		t.Run("of a disabled account is wrong", func(t *testing.T) {
			gone := c.hire("gone")
			c.must(c.Link(ctx, c.as(gone), issuer, "s-3"))
			c.must(c.Disable(ctx, operator, gone.ID))
			if err := provided(issuer, "s-3"); fault.Of(err).Code != "signin_wrong" {
				t.Error(err)
			}
		})
		t.Run("is taken away given a proof", func(t *testing.T) {
			if got := field(c.Unlink(ctx, who, issuer, "wrong"), "current"); got != "password_wrong" {
				t.Error(got)
			}
			c.must(provided(issuer, "s-1"))
			c.must(c.Unlink(ctx, who, issuer, password))
			unlinked(provided(issuer, "s-1"))
			list, err := c.Identities(ctx, who)
			if err != nil || len(list) != 1 || list[0].Issuer == issuer {
				t.Errorf("%+v, %v", list, err)
			}
		})
		t.Run("is nobody's to link", func(t *testing.T) {
			if err := c.Link(ctx, nobody, issuer, "s-4"); !fault.Is(err, fault.Unauthenticated) {
				t.Error(err)
			}
		})
	})
}

func TestTheSecondFactorOfAProvider(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille", actor.HR)
		for name, tt := range map[string]struct {
			multi, codes bool
			want         string // "code", "withheld" or "role"
		}{
			"asked for, and no codes":     {true, false, "role"},
			"not asked for, and no codes": {false, false, "withheld"},
			"asked for, and codes":        {true, true, "role"},
			"not asked for, and codes":    {false, true, "code"},
		} {
			t.Run(name, func(t *testing.T) {
				who := c.as(a)
				if tt.codes {
					c.wait(time.Minute)
					c.enrol(who)
					defer func() { c.must(c.RemoveCodes(t.Context(), c.as(a), password)) }()
				}
				out, err := c.SignInProvided(t.Context(), nobody, accounts.Provided{Issuer: "https://id.example", Subject: string(a.ID), Multi: tt.multi})
				c.must(err)
				got := "role"
				switch who := c.who(out.Token); {
				case out.NeedsCode && who.Kind == actor.Anonymous:
					got = "code"
				case cmp.Equal(who.Withheld, []actor.Role{actor.HR}):
					got = "withheld"
				}
				if got != tt.want {
					t.Errorf("%s, want %s", got, tt.want)
				}
			})
		}
	})
}
