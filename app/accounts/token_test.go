package accounts_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// makes makes a token of some scopes for somebody, for thirty days.
func (c *company) makes(who actor.Actor, scopes ...string) string {
	c.t.Helper()
	text, err := c.CreateToken(c.t.Context(), who, accounts.TokenInput{Name: "export", Scopes: scopes, Days: 30}, password)
	c.must(err)
	return text
}

// program is whom a token acts for now.
func (c *company) program(text string) actor.Actor {
	c.t.Helper()
	who, err := c.ResumeToken(c.t.Context(), nobody, text)
	c.must(err)
	return who
}

func TestATokenIsShownOnceAndRecognised(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		who := c.as(c.hire("camille"))
		c.letters()
		text := c.makes(who, "read", "jobs:write")
		list, err := c.Tokens(t.Context(), who)
		if err != nil || len(list) != 1 {
			t.Fatalf("%+v, %v", list, err)
		}
		x := list[0]
		if !strings.HasPrefix(text, "echelon_") || len(text) < 40 || !strings.HasPrefix(text, x.Prefix) || len(x.Prefix) != len("echelon_")+6 || strings.Contains(x.Hash, text) {
			t.Errorf("%q is kept as %+v", text, x)
		}
		if x.Name != "export" || !cmp.Equal(x.Scopes, []string{"read", "jobs:write"}) || !x.ExpiresAt.Equal(start.AddDate(0, 0, 30)) || !x.LastUsed.IsZero() {
			t.Errorf("%+v", x)
		}
		if got := c.letters(); len(got) != 1 || got[0].Kind != "token_made" || got[0].To != address("camille") {
			t.Errorf("%+v", got)
		}
		c.wait(time.Hour)
		at := c.clock()
		c.program(text)
		c.wait(30 * time.Second)
		c.program(text)
		if list, err = c.Tokens(t.Context(), who); err != nil || !list[0].LastUsed.Equal(at) {
			t.Errorf("last used %v, want %v: %v", list[0].LastUsed, at, err)
		}
		for _, wrong := range []string{"", "echelon_", text + "x", text[1:], strings.ToUpper(text), "\x00\xff"} {
			if c.program(wrong).Kind != actor.Anonymous {
				t.Errorf("%q is somebody", wrong)
			}
		}
	})
}

func TestATokenReachesItsScopesAndNoMoreThanItsOwner(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		hr := c.hire("camille", actor.HR, actor.Administrator)
		who := c.as(hr)
		c.enrol(who)
		employee := c.as(c.hire("bora"))
		may := func(a actor.Actor) (out []access.Action) {
			for _, action := range []access.Action{
				access.BandsRead, access.BandsWrite, access.JobsRead, access.JobsWrite, access.AccountsRead, access.AccountsWrite, access.AccountOwn, access.SettingsWrite,
			} {
				if access.Decide(a, action, access.None) == nil {
					out = append(out, action)
				}
			}
			return out
		}
		for _, tt := range []struct {
			name   string
			owner  actor.Actor
			scopes []string
			want   []access.Action
		}{
			{"bands:read of an HR partner", who, []string{"bands:read"}, []access.Action{access.BandsRead}},
			{"jobs:write reads too", who, []string{"jobs:write"}, []access.Action{access.JobsRead, access.JobsWrite}},
			{"read of an administrator", who, []string{"read"}, []access.Action{access.BandsRead, access.JobsRead, access.AccountsRead}},
			{"write of an administrator", who, []string{"write"}, []access.Action{access.BandsRead, access.JobsRead, access.JobsWrite, access.AccountsRead, access.AccountsWrite}},
			{"write of an employee", employee, []string{"write"}, []access.Action{access.JobsRead}},
			{"bands:read of an employee", employee, []string{"bands:read"}, nil},
		} {
			t.Run(tt.name, func(t *testing.T) {
				got := c.program(c.makes(tt.owner, tt.scopes...))
				if diff := cmp.Diff(tt.want, may(got)); diff != "" || !got.Token || got.ID != tt.owner.ID || got.Session != "" {
					t.Errorf("%+v\n%s", got, diff)
				}
			})
		}
		t.Run("read of bands reads no accounts", func(t *testing.T) {
			if _, err := c.All(ctx, c.program(c.makes(who, "bands:read"))); refused(err) != access.AccountsRead {
				t.Error(err)
			}
		})
		t.Run("roles wait for codes as ever", func(t *testing.T) {
			uncoded := c.hire("chris", actor.HR, actor.Recruiter)
			got := c.program(c.makes(c.as(uncoded), "write"))
			if diff := cmp.Diff([]actor.Role{actor.Recruiter}, got.Roles); diff != "" {
				t.Error(diff)
			}
		})
		t.Run("a role that is taken away is gone from the token", func(t *testing.T) {
			text := c.makes(who, "bands:read")
			c.must(c.SetRights(ctx, operator, hr.ID, accounts.Rights{Roles: []actor.Role{actor.Administrator}}))
			if got := may(c.program(text)); len(got) != 0 {
				t.Errorf("%v", got)
			}
		})
	})
}

// Whatever concerns one's own account needs the person, not a program of theirs, whatever its scopes.
func TestATokenDoesNothingToItsOwnAccount(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille")
		session := c.enter(a, true)
		owner := c.who(session)
		text := c.makes(owner, "read", "write")
		tokens, err := c.Tokens(ctx, owner)
		c.must(err)
		p := c.program(text)
		for name, act := range map[string]func() error{
			"set the password":      func() error { return c.SetPassword(ctx, p, password, "nine loud herons") },
			"begin codes":           func() error { return second(c.BeginCodes(ctx, p)) },
			"confirm codes":         func() error { return second(c.ConfirmCodes(ctx, p, "000000")) },
			"remove codes":          func() error { return c.RemoveCodes(ctx, p, password) },
			"renew recovery codes":  func() error { return second(c.RenewRecoveryCodes(ctx, p, password)) },
			"list sessions":         func() error { return second(c.Sessions(ctx, p)) },
			"revoke a session":      func() error { return c.RevokeSession(ctx, p, owner.Session) },
			"revoke other sessions": func() error { return c.RevokeOtherSessions(ctx, p) },
			"make a token": func() error {
				return second(c.CreateToken(ctx, p, accounts.TokenInput{Name: "x", Scopes: []string{"read"}, Days: 1}, password))
			},
			"list tokens":         func() error { return second(c.Tokens(ctx, p)) },
			"revoke a token":      func() error { return c.RevokeToken(ctx, p, tokens[0].ID) },
			"link an identity":    func() error { return c.Link(ctx, p, "https://id.example", "x") },
			"list identities":     func() error { return second(c.Identities(ctx, p)) },
			"unlink an identity":  func() error { return c.Unlink(ctx, p, "https://id.example", password) },
			"set preferences":     func() error { return c.Prefer(ctx, p, accounts.Preferences{Lang: "en"}) },
			"list delegations":    func() error { return second(c.Delegations(ctx, p, "")) },
			"list duties":         func() error { return second(c.DutiesOf(ctx, p, a)) },
			"read the account":    func() error { return second(c.Get(ctx, p, a.ID)) },
			"read how to sign in": func() error { return second(c.ProofsOf(ctx, p, a.ID)) },
			"delegate its own line": func() error {
				return c.Delegate(ctx, p, accounts.DelegateInput{From: a.ID, To: "x", Duty: accounts.DutyLine, StartsOn: c.day(0), LastDay: c.day(1)})
			},
			"delegate, it would too": func() error { return access.Decide(p, access.DelegationsWrite, access.Own) },
		} {
			t.Run(name, func(t *testing.T) {
				if err := act(); refused(err) == "" {
					t.Errorf("not refused: %v", err)
				}
			})
		}
		if c.who(session).Kind != actor.Person || c.program(text).Kind != actor.Person {
			t.Error("something of the account has changed")
		}
	})
}

func TestWhenTokensEnd(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille")
		who, other := c.as(a), c.as(c.hire("bora", actor.Administrator))
		t.Run("on their last day", func(t *testing.T) {
			text := c.makes(who, "read")
			c.wait(30*24*time.Hour - time.Second)
			if c.program(text).Kind != actor.Person {
				t.Error("too early")
			}
			if c.wait(time.Second); c.program(text).Kind != actor.Anonymous {
				t.Error("not at all")
			}
			if list, err := c.Tokens(ctx, who); err != nil || len(list) != 0 {
				t.Errorf("it is listed still: %+v, %v", list, err)
			}
		})
		t.Run("when revoked, by their owner alone", func(t *testing.T) {
			text, stays := c.makes(who, "read"), c.makes(who, "write")
			list, err := c.Tokens(ctx, who)
			c.must(err)
			id := list[0].ID
			if !strings.HasPrefix(text, list[0].Prefix) {
				id = list[1].ID
			}
			hidden(t, c.RevokeToken(ctx, other, id), access.AccountOwn)
			if c.program(text).Kind != actor.Person {
				t.Error("somebody else ended it")
			}
			c.must(c.RevokeToken(ctx, who, id))
			if c.program(text).Kind != actor.Anonymous || c.program(stays).Kind != actor.Person {
				t.Error("not this one, or another too")
			}
			hidden(t, c.RevokeToken(ctx, who, id), access.AccountOwn)
		})
		t.Run("with the account", func(t *testing.T) {
			text := c.makes(who, "read")
			c.must(c.Disable(ctx, operator, a.ID))
			if c.program(text).Kind != actor.Anonymous {
				t.Error("it works on")
			}
		})
	})
}

func TestTokensThatAreNotMade(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		who := c.as(c.hire("camille"))
		for name, tt := range map[string]struct {
			in          accounts.TokenInput
			field, rule string
		}{
			"without a name":               {accounts.TokenInput{Scopes: []string{"read"}, Days: 1}, "name", "required"},
			"of a scope nobody knows":      {accounts.TokenInput{Name: "x", Scopes: []string{"moon:read"}, Days: 1}, "scopes", "unknown"},
			"of a scope for sessions only": {accounts.TokenInput{Name: "x", Scopes: []string{"account:write"}, Days: 1}, "scopes", "unknown"},
			"of no scope":                  {accounts.TokenInput{Name: "x", Days: 1}, "scopes", "min"},
			"of a scope twice":             {accounts.TokenInput{Name: "x", Scopes: []string{"read", "read"}, Days: 1}, "scopes", "unique"},
			"for no day":                   {accounts.TokenInput{Name: "x", Scopes: []string{"read"}}, "days", "gte"},
			"for 367 days":                 {accounts.TokenInput{Name: "x", Scopes: []string{"read"}, Days: 367}, "days", "lte"},
		} {
			t.Run(name, func(t *testing.T) {
				text, err := c.CreateToken(ctx, who, tt.in, password)
				if got := field(err, tt.field); got != tt.rule || text != "" {
					t.Errorf("%s, want %s", got, tt.rule)
				}
			})
		}
		good := accounts.TokenInput{Name: "x", Scopes: []string{"read"}, Days: 366}
		t.Run("without a proof", func(t *testing.T) {
			if got := field(second(c.CreateToken(ctx, who, good, "wrong")), "current"); got != "password_wrong" {
				t.Error(got)
			}
		})
		t.Run("for somebody, but by the operator", func(t *testing.T) {
			admin := c.hire("bora", actor.Administrator)
			if _, err := c.CreateTokenFor(ctx, c.as(admin), address("camille"), good); !fault.Is(err, fault.Forbidden) {
				t.Error(err)
			}
			text, err := c.CreateTokenFor(ctx, operator, " Camille@entreprise.example", good)
			if err != nil || c.program(text).ID != who.ID {
				t.Error(err)
			}
			if _, err := c.CreateTokenFor(ctx, operator, address("unknown"), good); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
			c.must(c.Disable(ctx, operator, who.ID))
			if _, err := c.CreateTokenFor(ctx, operator, address("camille"), good); fault.Of(err).Code != "account_disabled" {
				t.Error(err)
			}
		})
	})
}
