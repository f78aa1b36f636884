package accounts_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/lang"
)

// TestEveryActIsJournalled does everything that can be done, in an order in which it can, and reads what the journal
// says of each: which act, on what, and nothing that names anybody.
func TestEveryActIsJournalled(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := audit.WithAddress(t.Context(), "192.0.2.77")
		var path, token, seed string
		var recovery []string
		var admin, a, b accounts.Account
		var who actor.Actor
		session := func(x accounts.Account) string { return c.enter(x, true) }
		steps := []struct {
			name string
			act  func() error
			want []string
		}{
			{"set up", func() (err error) {
				path, err = c.FirstRun(ctx, operator)
				c.must(err)
				_, err = c.SetUp(ctx, nobody, tokenOf(path), accounts.SetUpInput{Name: "Zoé Zadig", Email: "zoe.zadig@entreprise.example", Password: password, Lang: lang.FR})
				all, _ := c.All(ctx, operator)
				admin = all[0]
				return err
			}, []string{"setup.done", "session.opened"}},
			{"create", func() (err error) {
				var id, other actor.PersonID
				id, path, err = c.Create(ctx, operator, accounts.NewAccount{Email: "noor.qureshi@entreprise.example", Name: "Noor Qureshi", Lang: lang.FR, Roles: []actor.Role{actor.Recruiter, actor.Compensation}})
				c.must(err)
				other, _, err = c.Create(ctx, operator, accounts.NewAccount{Email: "yun.xi@entreprise.example", Name: "Yun Xi", Lang: lang.EN})
				a, b = c.account(id), c.account(other)
				return err
			}, []string{"accounts.created", "accounts.created"}},
			{"use the invitation", func() error { return second(c.UseLink(ctx, nobody, tokenOf(path), fresh)) }, []string{"link.used", "password.set"}},
			{"sign in", func() error {
				out, err := c.SignIn(ctx, nobody, accounts.SignInInput{Email: a.Email, Password: fresh, Agent: "Firefox, Linux"})
				token = out.Token
				who = c.who(token)
				return err
			}, []string{"session.opened"}},
			{"sign in wrongly", func() error {
				return fails(c.SignIn(ctx, nobody, accounts.SignInInput{Email: a.Email, Password: "Noor Qureshi"}))
			}, []string{"session.refused"}},
			{"sign in as nobody", func() error {
				return fails(c.SignIn(ctx, nobody, accounts.SignInInput{Email: "Noor Qureshi", Password: "x"}))
			}, []string{"session.refused"}},
			{"prove oneself wrongly", func() error { return fails(0, c.SetPassword(ctx, who, "wrong", fresh)) }, []string{"session.refused"}},
			{"set the password", func() error { return c.SetPassword(ctx, who, fresh, password) }, []string{"password.set"}},
			{"confirm codes wrongly", func() error {
				e, err := c.BeginCodes(ctx, who)
				c.must(err)
				seed = e.Secret
				return fails(c.ConfirmCodes(ctx, who, "000000"))
			}, []string{"session.code_refused"}},
			{"confirm codes", func() (err error) {
				recovery, err = c.ConfirmCodes(ctx, who, c.code(seed, 0))
				return err
			}, []string{"codes.enabled"}},
			{"renew recovery codes", func() (err error) {
				recovery, err = c.RenewRecoveryCodes(ctx, who, password)
				return err
			}, []string{"codes.enabled"}},
			{"enter a wrong code", func() error { return fails(0, c.shows(a, "000000")) }, []string{"session.code_refused"}},
			{"enter a recovery code", func() error { return c.shows(a, recovery[0]) }, []string{"codes.recovery_used", "session.opened"}},
			{"link an identity", func() error { return c.Link(ctx, who, "https://login.example", "Noor Qureshi") }, []string{"identity.linked"}},
			{"sign in by it", func() error {
				return second(c.SignInProvided(ctx, nobody, accounts.Provided{Issuer: "https://login.example", Subject: "Noor Qureshi", Multi: true}))
			}, []string{"session.opened"}},
			{"unlink it", func() error { return c.Unlink(ctx, who, "https://login.example", password) }, []string{"identity.unlinked"}},
			{"make a token", func() error {
				return second(c.CreateToken(ctx, who, accounts.TokenInput{Name: "Noor's export", Scopes: []string{"read"}, Days: 3}, password))
			}, []string{"token.created"}},
			{"revoke it", func() error {
				list, err := c.Tokens(ctx, who)
				c.must(err)
				return c.RevokeToken(ctx, who, list[0].ID)
			}, []string{"token.revoked"}},
			{"revoke a session", func() error {
				other := c.who(session(a))
				return c.RevokeSession(ctx, who, other.Session)
			}, []string{"session.opened", "session.revoked"}},
			{"revoke the others", func() error { return c.RevokeOtherSessions(ctx, who) }, []string{"session.revoked"}},
			{"remove codes", func() error { return c.RemoveCodes(ctx, who, password) }, []string{"codes.disabled"}},
			{"sign out", func() error { return c.SignOut(ctx, who, token) }, []string{"session.closed"}},
			{"forget", func() error { return c.Forgot(ctx, nobody, a.Email) }, []string{"link.sent"}},
			{"correct", func() error {
				return c.Change(ctx, operator, b.ID, accounts.Details{Email: "yun.zhao@entreprise.example", Name: "Yun Zhao", Lang: lang.FR})
			}, []string{"link.sent", "accounts.changed"}}, // who has no password yet is invited at the new address
			{"give rights", func() error {
				return c.SetRights(ctx, operator, b.ID, accounts.Rights{Roles: []actor.Role{actor.HR, actor.Recruiter}, Heads: []actor.PersonID{a.ID}})
			}, []string{"accounts.roles"}},
			{"assign", func() error {
				return c.Assign(ctx, operator, accounts.AssignInput{Person: b.ID, Manager: a.ID, Profile: "team-lead", StartsOn: c.day(0)})
			}, []string{"directory.assigned"}},
			{"delegate", func() error {
				return c.Delegate(ctx, operator, accounts.DelegateInput{From: a.ID, To: b.ID, Duty: accounts.DutyLine, StartsOn: c.day(0), LastDay: c.day(1)})
			}, []string{"delegations.created"}},
			{"revoke the delegation", func() error { return c.RevokeDelegation(ctx, operator, c.latest(a)) }, []string{"delegations.revoked"}},
			{"sign out everywhere", func() error { return c.EndSessionsOf(ctx, operator, a.ID) }, []string{"accounts.sessions_ended"}},
			{"reset", func() error { return second(c.ResetProofs(ctx, operator, a.ID, accounts.ResetInput{Codes: true})) }, []string{"codes.disabled", "accounts.reset"}},
			{"disable", func() error { return c.Disable(ctx, operator, a.ID) }, []string{"accounts.disabled"}},
			{"enable", func() error { return c.Enable(ctx, operator, a.ID) }, []string{"accounts.enabled"}},
			{"try too often", func() error {
				c.wait(2 * time.Hour)
				for range accounts.FreeTriesOwn + 1 {
					_ = fails(c.SignIn(ctx, nobody, accounts.SignInInput{Email: b.Email, Password: "wrong"}))
				}
				return nil
			}, append(slices.Repeat([]string{"session.refused"}, accounts.FreeTriesOwn), "throttle.blocked", "session.refused")},
		}
		for _, s := range steps {
			before := len(c.entries())
			c.must(s.act())
			if diff := cmp.Diff(s.want, c.journal(before)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", s.name, diff)
			}
		}
		if len(c.entries()) < 40 || admin.ID == "" {
			t.Fatalf("%d entries", len(c.entries()))
		}
		text := strings.ToLower(c.dump("journal"))
		for _, word := range []string{"zoé", "zoe", "zadig", "noor", "qureshi", "yun", "zhao", "entreprise", "@", "192.0.2", "firefox", "export", "login.example", password, fresh} {
			if strings.Contains(text, word) {
				t.Errorf("the journal holds %q:\n%s", word, text)
			}
		}
		for _, e := range c.entries() {
			failed := strings.HasSuffix(e.Action, "refused")
			if failed != (e.Outcome == audit.Failed) && e.Action != "throttle.blocked" {
				t.Errorf("%s is %s", e.Action, e.Outcome)
			}
			if err := e.Check(); err != nil {
				t.Error(err)
			}
		}
	})
}

// fails turns an expected failure into success.
func fails[T any](_ T, err error) error {
	if err == nil {
		return fmt.Errorf("it succeeded")
	}
	return nil
}
