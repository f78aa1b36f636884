package accounts_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/secret"
)

// waiting is the token of a sign-in that waits for a code.
func (c *company) waiting(a accounts.Account) string {
	c.t.Helper()
	token := c.enter(a, false)
	if who := c.who(token); who.Kind != actor.Anonymous {
		c.t.Fatalf("without its code it is %+v", who)
	}
	return token
}

// shows enters a code for a new sign-in.
func (c *company) shows(a accounts.Account, code string) error {
	_, err := c.EnterCode(c.t.Context(), nobody, c.waiting(a), code, "Firefox, Linux")
	return err
}

func TestSettingUpCodes(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille", actor.HR, actor.Compensation, actor.Administrator, actor.Recruiter)
		here, there := c.enter(a, false), c.enter(a, false)
		who := c.who(here)
		if diff := cmp.Diff([]actor.Role{actor.Recruiter}, who.Roles); diff != "" || len(who.Withheld) != 3 {
			t.Errorf("before codes, withheld %v:\n%s", who.Withheld, diff)
		}
		if err := access.Decide(who, access.AccountsRead, access.None); fault.Of(err).Code != "codes_needed" {
			t.Errorf("what a withheld role gives: %v", err)
		}
		e, err := c.BeginCodes(ctx, who)
		c.must(err)
		again, err := c.BeginCodes(ctx, who)
		if err != nil || again != e {
			t.Errorf("asked again it is another seed: %v", err)
		}
		if !strings.HasPrefix(e.URL, "otpauth://totp/") || !strings.Contains(e.URL, "secret="+e.Secret) || len(e.Secret) != 32 {
			t.Errorf("%+v", e)
		}
		if c.enter(a, false) == "" || c.who(there).Kind != actor.Person {
			t.Error("codes are asked for before they are confirmed")
		}
		if got := field(second(c.ConfirmCodes(ctx, who, "000000")), "code"); got != "code_wrong" {
			t.Error(got)
		}
		recovery, err := c.ConfirmCodes(ctx, who, " "+c.code(e.Secret, 0)[:3]+" "+c.code(e.Secret, 0)[3:])
		if err != nil || len(recovery) != 10 || len(slices.Compact(slices.Sorted(slices.Values(recovery)))) != 10 {
			t.Fatalf("%v, %v", recovery, err)
		}
		who = c.who(here)
		if len(who.Withheld) != 0 || len(who.Roles) != 4 {
			t.Errorf("after codes: %+v", who)
		}
		if c.who(there).Kind != actor.Anonymous {
			t.Error("the other session goes on")
		}
		if _, err := c.BeginCodes(ctx, who); fault.Of(err).Code != "codes_on" {
			t.Errorf("once more: %v", err)
		}
		if _, err := c.ConfirmCodes(ctx, who, c.code(e.Secret, 1)); fault.Of(err).Code != "codes_on" {
			t.Errorf("once more: %v", err)
		}
		p, err := c.ProofsOf(ctx, who, a.ID)
		if diff := cmp.Diff(accounts.Proofs{Password: true, Codes: true, Recovery: 10, Providers: 1}, p); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		for _, table := range c.tables() {
			text := c.dump(table)
			for _, s := range append(recovery, strings.ReplaceAll(recovery[0], "-", ""), e.Secret) {
				if strings.Contains(text, s) {
					t.Errorf("%s holds %s in clear", table, s)
				}
			}
		}
	})
}

func second[T any](_ T, err error) error { return err }

func TestWhichCodesAreTaken(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille", actor.HR)
		seed, _ := c.enrol(c.as(a))
		if got := field(c.shows(a, c.code(seed, 0)), "code"); got != "code_wrong" {
			t.Errorf("the code of the set-up again: %s", got)
		}
		for _, tt := range []struct {
			name  string
			step  int
			right bool
		}{
			{"of two steps before", -2, false},
			{"of the step before", -1, true},
			{"of this step", 0, true},
			{"of this step again", 0, false},
			{"of two steps ahead", 2, false},
			{"of the next step", 1, true},
			{"of the next step again", 1, false},
			{"of this step, after one of the next", 0, false},
		} {
			t.Run(tt.name, func(t *testing.T) {
				if tt.name == "of two steps before" {
					c.wait(5 * time.Minute)
				}
				err := c.shows(a, c.code(seed, tt.step))
				if (err == nil) != tt.right || err != nil && field(err, "code") != "code_wrong" {
					t.Error(err)
				}
			})
		}
		t.Run("of nobody", func(t *testing.T) {
			c.wait(5 * time.Minute)
			for _, code := range []string{"", "12345", "abcdef", "\x00\xff"} {
				if got := field(c.shows(a, code), "code"); got != "code_wrong" {
					t.Errorf("%q: %s", code, got)
				}
			}
		})
	})
}

// TestACodeIsTakenAfterAClockThatRanAhead: what was used then holds nothing up when the clock is right again, and is not
// good a second time when its own time comes.
func TestACodeIsTakenAfterAClockThatRanAhead(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		const ahead = 10 * time.Minute
		a := c.hire("camille")
		seed, _ := c.enrol(c.as(a))
		c.wait(time.Minute)
		before := c.code(seed, 0)
		c.must(c.shows(a, before))
		c.wait(ahead)
		first, then := c.code(seed, 0), c.code(seed, 1)
		c.must(c.shows(a, first))
		c.must(c.shows(a, then))
		c.wait(-ahead)
		if got := field(c.shows(a, before), "code"); got != "code_wrong" {
			t.Errorf("one that was used before it ran ahead: %q", got)
		}
		c.wait(time.Minute)
		if err := c.shows(a, c.code(seed, 0)); err != nil {
			t.Errorf("once it is right again: %v", err)
		}
		if got := field(c.shows(a, c.code(seed, 0)), "code"); got != "code_wrong" {
			t.Errorf("twice: %q", got)
		}
		c.wait(ahead - time.Minute)
		for _, code := range []string{first, then} {
			if got := field(c.shows(a, code), "code"); got != "code_wrong" {
				t.Errorf("a code of the future, when its time has come: %q", got)
			}
		}
		c.wait(time.Minute)
		if err := c.shows(a, c.code(seed, 0)); err != nil {
			t.Errorf("the next one: %v", err)
		}
	})
}

// TestCodesAreSetUpInAFreshSession: who finds a session open does not lock its owner out by codes of their own.
func TestCodesAreSetUpInAFreshSession(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		who := c.as(c.hire("camille", actor.HR))
		e, err := c.BeginCodes(ctx, who)
		c.must(err)
		old := func(what string, err error) {
			t.Helper()
			if fault.Of(err).Code != "proof_old" {
				t.Errorf("%s: %v", what, err)
			}
		}
		c.wait(accounts.FreshProof + time.Second)
		old("the seed that waits", second(c.BeginCodes(ctx, who)))
		old("its first code", second(c.ConfirmCodes(ctx, who, c.code(e.Secret, 0))))
		if got := field(c.Confirm(ctx, who, "wrong"), "current"); got != "password_wrong" {
			t.Error(got)
		}
		old("after a wrong password", second(c.BeginCodes(ctx, who)))
		c.must(c.Confirm(ctx, who, password))
		c.wait(accounts.FreshProof)
		if again, err := c.BeginCodes(ctx, who); err != nil || again != e {
			t.Errorf("after the password: %v", err)
		}
		if _, err := c.ConfirmCodes(ctx, who, c.code(e.Secret, 0)); err != nil {
			t.Error(err)
		}
		c.wait(-24 * time.Hour)
		bora := c.as(c.hire("bora"))
		c.wait(-time.Hour)
		old("by a clock that was set back", second(c.BeginCodes(ctx, bora)))
	})
}

// A code of the next step that confirms the set-up is used up like any other.
func TestTheFirstCodeDoesNotCountTwice(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		who := c.as(a)
		e, err := c.BeginCodes(t.Context(), who)
		c.must(err)
		ahead := c.code(e.Secret, 1)
		if _, err := c.ConfirmCodes(t.Context(), who, ahead); err != nil {
			t.Fatal(err)
		}
		if got := field(c.shows(a, ahead), "code"); got != "code_wrong" {
			t.Error(got)
		}
	})
}

func TestASignInThatWaitsForItsCode(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille", actor.HR)
		seed, _ := c.enrol(c.as(a))
		c.wait(time.Minute)
		t.Run("by password waits", func(t *testing.T) {
			out, err := c.signIn("camille", password)
			if err != nil || !out.NeedsCode || c.who(out.Token).Kind != actor.Anonymous {
				t.Errorf("%+v, %v", out, err)
			}
		})
		t.Run("changes its token", func(t *testing.T) {
			before := c.waiting(a)
			out, err := c.EnterCode(ctx, nobody, before, c.code(seed, 0), "")
			c.must(err)
			if who := c.who(out.Token); out.Token == before || out.NeedsCode || !who.Has(actor.HR) {
				t.Errorf("%+v", who)
			}
			if _, err := c.EnterCode(ctx, nobody, before, c.code(seed, 1), ""); !fault.Is(err, fault.NotFound) {
				t.Errorf("the former token waits on: %v", err)
			}
			if _, err := c.EnterCode(ctx, nobody, out.Token, c.code(seed, 1), ""); !fault.Is(err, fault.NotFound) {
				t.Errorf("a session that does not wait: %v", err)
			}
		})
		t.Run("is over after ten minutes", func(t *testing.T) {
			inTime, late := c.waiting(a), c.waiting(a)
			c.wait(accounts.CodeLimit - time.Second)
			if _, err := c.EnterCode(ctx, nobody, inTime, c.code(seed, 0), ""); err != nil {
				t.Error(err)
			}
			c.wait(time.Second)
			if _, err := c.EnterCode(ctx, nobody, late, c.code(seed, 1), ""); !fault.Is(err, fault.NotFound) {
				t.Error(err)
			}
		})
		t.Run("is no session to list", func(t *testing.T) {
			who := c.as(a)
			c.waiting(a)
			list, err := c.Sessions(ctx, who)
			c.must(err)
			for _, x := range list {
				if x.Stage != accounts.Full {
					t.Errorf("%+v", x)
				}
			}
		})
		t.Run("is slowed down after wrong ones and never locked out", func(t *testing.T) {
			c.wait(time.Hour)
			token, tries := c.waiting(a), 0
			var err error
			for range 200 {
				if _, err = c.EnterCode(ctx, nobody, token, "000000", ""); fault.Is(err, fault.Invalid) {
					tries++
				}
			}
			if tries != accounts.FreeTriesOwn+1 {
				t.Errorf("%d tries", tries)
			}
			c.wait(limited(t, err))
			if _, err := c.EnterCode(ctx, nobody, token, c.code(seed, 0), ""); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestRecoveryCodes(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille", actor.HR)
		who := c.as(a)
		seed, codes := c.enrol(who)
		c.letters()
		if err := c.shows(a, strings.ToUpper(strings.ReplaceAll(codes[0], "-", " "))); err != nil {
			t.Errorf("as people type it: %v", err)
		}
		if got := c.letters(); len(got) != 1 || got[0].Kind != "recovery_used" || got[0].Details["left"] != "9" {
			t.Errorf("%+v", got)
		}
		if got := field(c.shows(a, codes[0]), "code"); got != "code_wrong" {
			t.Errorf("twice: %s", got)
		}
		b := c.hire("bora")
		if _, theirs := c.enrol(c.as(b)); field(c.shows(a, theirs[0]), "code") != "code_wrong" {
			t.Error("somebody else's code is taken")
		}
		renewed, err := c.RenewRecoveryCodes(ctx, who, password)
		c.must(err)
		if got := field(c.shows(a, codes[1]), "code"); got != "code_wrong" || len(renewed) != 10 {
			t.Errorf("one of those before: %s", got)
		}
		if err := c.shows(a, renewed[1]); err != nil {
			t.Error(err)
		}
		if got := field(second(c.RenewRecoveryCodes(ctx, who, "wrong")), "current"); got != "password_wrong" {
			t.Error(got)
		}
		c.wait(time.Minute)
		if err := c.shows(a, c.code(seed, 0)); err != nil {
			t.Errorf("the authenticator goes on: %v", err)
		}
	})
}

func TestRacingForOneCode(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		seed, recovery := c.enrol(c.as(a))
		c.wait(time.Minute)
		other := c.process(c.key, false)
		for name, code := range map[string]string{"recovery": recovery[0], "one-time": c.code(seed, 0)} {
			t.Run(name, func(t *testing.T) {
				x, y := c.waiting(a), c.waiting(a)
				one(t, race(
					func() error { return second(c.EnterCode(t.Context(), nobody, x, code, "")) },
					func() error { return second(other.EnterCode(t.Context(), nobody, y, code, "")) },
				), "code_wrong")
			})
		}
	})
}

func TestRemovingCodesWithholdsAgain(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille", actor.HR)
		token := c.enter(a, false)
		_, recovery := c.enrol(c.who(token))
		other := c.enter(a, true)
		if got := field(c.RemoveCodes(ctx, c.who(token), "wrong"), "current"); got != "password_wrong" || !c.who(token).Has(actor.HR) {
			t.Error(got)
		}
		c.must(c.RemoveCodes(ctx, c.who(token), password))
		if who := c.who(token); who.Kind != actor.Person || who.Has(actor.HR) || !slices.Contains(who.Withheld, actor.HR) {
			t.Errorf("%+v", who)
		}
		if c.who(other).Kind != actor.Anonymous {
			t.Error("the other session goes on")
		}
		if out, err := c.signIn("camille", password); err != nil || out.NeedsCode {
			t.Errorf("a code is still asked for: %+v, %v", out, err)
		}
		seed, renewed := c.enrol(c.who(token))
		if slices.Contains(renewed, recovery[0]) || field(c.shows(a, recovery[0]), "code") != "code_wrong" {
			t.Error("a recovery code of before works")
		}
		c.wait(time.Minute)
		if err := c.shows(a, c.code(seed, 0)); err != nil {
			t.Error(err)
		}
	})
}

func TestAnotherKeyOpensNoSeed(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a, b := c.hire("camille"), c.hire("bora")
		seed, recovery := c.enrol(c.as(a))
		c.wait(time.Minute)
		other := c.process(secret.New(), false)
		token := c.waiting(a)
		if _, err := other.EnterCode(ctx, nobody, token, c.code(seed, 0), ""); !fault.Is(err, fault.Unavailable) || fault.Of(err).Code != "secret_key" {
			t.Errorf("%v", err)
		}
		if _, err := other.EnterCode(ctx, nobody, token, recovery[0], ""); err != nil {
			t.Errorf("a recovery code needs no key: %v", err)
		}
		if err := c.shows(a, c.code(seed, 0)); err != nil {
			t.Errorf("with its own key: %v", err)
		}
		t.Run("nor does another account", func(t *testing.T) {
			c.enrol(c.as(b))
			_, err := c.d.ExecContext(ctx, "UPDATE code_devices SET secret = (SELECT secret FROM code_devices WHERE person_id = ?) WHERE person_id = ?", string(a.ID), string(b.ID))
			c.must(err)
			c.wait(time.Minute)
			if err := c.shows(b, c.code(seed, 0)); fault.Of(err).Code != "secret_key" {
				t.Error(err)
			}
		})
	})
}
