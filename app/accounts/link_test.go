package accounts_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/testkit"
)

const fresh = "nine loud herons"

// ended checks that a link is not good any more.
func ended(t *testing.T, err error) {
	t.Helper()
	if !fault.Is(err, fault.NotFound) || fault.Of(err).Code != "link_ended" {
		t.Errorf("want link_ended, got %v", err)
	}
}

// forgets asks for a new password and returns the token of the letter's link.
func (c *company) forgets(first string) string {
	c.t.Helper()
	c.letters()
	c.must(c.Forgot(c.t.Context(), nobody, address(first)))
	list := c.letters()
	if len(list) != 1 || list[0].Kind != mail.Reset || list[0].To != address(first) {
		c.t.Fatalf("letters: %+v", list)
	}
	return tokenOf(list[0].Details["link"])
}

func TestAForgottenPassword(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille", actor.HR)
		session := c.enter(a, true)
		program := c.makes(c.who(session), "read")
		token := c.forgets("camille")
		if got, err := c.CheckLink(ctx, nobody, token); err != nil || got.ID != a.ID {
			t.Fatalf("%+v, %v", got, err)
		}
		if got := field(second(c.UseLink(ctx, nobody, token, "password1")), "password"); got != "password_common" {
			t.Error(got)
		}
		if c.who(session).Kind != actor.Person {
			t.Error("the link alone ended a session")
		}
		c.must(second(c.UseLink(ctx, nobody, token, fresh)))
		if c.who(session).Kind != actor.Anonymous {
			t.Error("the session goes on")
		}
		if c.program(program).Kind != actor.Anonymous {
			t.Error("the token goes on")
		}
		if list, err := c.st.IdentitiesOf(ctx, a.ID); err != nil || len(list) != 0 {
			t.Errorf("a provider opens the account still: %v, %v", list, err)
		}
		if got := kinds(c.letters()); !cmp.Equal(got, []mail.Kind{mail.PasswordRenewed}) {
			t.Errorf("letters: %v", got)
		}
		if _, err := c.signIn("camille", password); err == nil {
			t.Error("the former password works")
		}
		if _, err := c.signIn("camille", fresh); err != nil {
			t.Error(err)
		}
		ended(t, second(c.UseLink(ctx, nobody, token, "ten loud herons")))
		ended(t, second(c.CheckLink(ctx, nobody, token)))
		for _, wrong := range []string{"", "x", token + "x", "\x00\xff"} {
			ended(t, second(c.UseLink(ctx, nobody, wrong, fresh)))
		}
	})
}

func TestANewPasswordIsNoSignInWhereCodesAreAskedFor(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.enrol(c.as(c.hire("camille", actor.HR)))
		c.must(second(c.UseLink(t.Context(), nobody, c.forgets("camille"), fresh)))
		if out, err := c.signIn("camille", fresh); err != nil || !out.NeedsCode {
			t.Errorf("%+v, %v", out, err)
		}
	})
}

func TestWhichLinksAreGood(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille")
		t.Run("a reset for half an hour", func(t *testing.T) {
			token := c.forgets("camille")
			c.wait(30*time.Minute - time.Second)
			if _, err := c.CheckLink(ctx, nobody, token); err != nil {
				t.Error(err)
			}
			c.wait(time.Second)
			ended(t, second(c.UseLink(ctx, nobody, token, fresh)))
		})
		t.Run("a reset until a later one", func(t *testing.T) {
			earlier := c.forgets("camille")
			later := c.forgets("camille")
			ended(t, second(c.UseLink(ctx, nobody, earlier, fresh)))
			c.must(second(c.UseLink(ctx, nobody, later, fresh)))
		})
		t.Run("a reset until the password is set otherwise", func(t *testing.T) {
			token := c.forgets("camille")
			c.must(c.SetPassword(ctx, c.as(a), fresh, "ten loud herons"))
			ended(t, second(c.UseLink(ctx, nobody, token, fresh)))
		})
		t.Run("a reset until the account is disabled", func(t *testing.T) {
			token := c.forgets("camille")
			c.must(c.Disable(ctx, operator, a.ID))
			ended(t, second(c.UseLink(ctx, nobody, token, fresh)))
			c.must(c.Enable(ctx, operator, a.ID))
			ended(t, second(c.UseLink(ctx, nobody, token, fresh)))
		})
		t.Run("a reset for one of two who use it at once", func(t *testing.T) {
			c.wait(2 * time.Hour)
			token, other := c.forgets("camille"), c.process(c.key, false)
			one(t, race(
				func() error { return second(c.UseLink(ctx, nobody, token, "eleven loud herons")) },
				func() error { return second(other.UseLink(ctx, nobody, token, "twelve loud herons")) },
			), "link_ended")
		})
		t.Run("an invitation for a week", func(t *testing.T) {
			c.letters()
			admin := c.as(c.hire("admin", actor.Administrator))
			c.enrol(admin)
			admin.Roles = []actor.Role{actor.Administrator}
			c.letters()
			id, path, err := c.Create(ctx, admin, accounts.NewAccount{Email: address("bora"), Name: "Bora", Lang: lang.EN})
			if err != nil || path != "" {
				t.Fatalf("an administrator is told the link %q: %v", path, err)
			}
			list := c.letters()
			if len(list) != 1 || list[0].Kind != mail.Invitation || list[0].Lang != lang.EN || list[0].Details["days"] != "7" {
				t.Fatalf("%+v", list)
			}
			token := tokenOf(list[0].Details["link"])
			c.wait(7*24*time.Hour - time.Second)
			c.must(second(c.UseLink(ctx, nobody, token, fresh)))
			if _, err := c.signIn("bora", fresh); err != nil {
				t.Error(err)
			}
			ended(t, second(c.UseLink(ctx, nobody, token, fresh)))
			ended(t, second(c.SetUp(ctx, nobody, token, accounts.SetUpInput{Name: "X", Email: address("x"), Password: fresh, Lang: lang.FR})))
			if c.account(id).Name != "Bora" {
				t.Error("another account")
			}
		})
		t.Run("an invitation until a password was set by another link", func(t *testing.T) {
			_, path, err := c.Create(ctx, operator, accounts.NewAccount{Email: address("chris"), Name: "Chris", Lang: lang.EN})
			c.must(err)
			c.must(second(c.UseLink(ctx, nobody, c.forgets("chris"), fresh)))
			ended(t, second(c.UseLink(ctx, nobody, tokenOf(path), "ten loud herons")))
		})
	})
}

func TestNobodyLearnsWhoHasAnAccount(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		c.hire("camille")
		gone := c.hire("gone")
		c.must(c.Disable(ctx, operator, gone.ID))
		c.letters()
		for name, tt := range map[string]struct {
			email   string
			letters int
		}{
			"an account":         {address("camille"), 1},
			"an unknown address": {address("unknown"), 0},
			"a disabled account": {address("gone"), 0},
			"no address":         {"", 0},
			"no text":            {"\x00\xff", 0},
		} {
			t.Run(name, func(t *testing.T) {
				before := len(c.entries())
				if err := c.Forgot(ctx, nobody, tt.email); err != nil {
					t.Error(err)
				}
				if diff := cmp.Diff([]string{"link.sent"}, c.journal(before)); diff != "" {
					t.Error(diff)
				}
				if got := c.letters(); len(got) != tt.letters {
					t.Errorf("letters: %+v", got)
				}
			})
		}
		t.Run("nor floods anybody with letters", func(t *testing.T) {
			for _, first := range []string{"camille", "unknown"} {
				var answers []bool
				for range 10 {
					answers = append(answers, fault.Is(c.Forgot(ctx, nobody, address(first)), fault.Limited))
				}
				if !answers[9] || answers[0] {
					t.Errorf("%s: %v", first, answers)
				}
			}
			if n := len(c.letters()); n > accounts.FreeTriesOwn+1 {
				t.Errorf("%d letters", n)
			}
		})
	})
}

func TestALetterAndItsActAreOneTransaction(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille")
		c.letters()
		parts := acttest.Parts(c.clock)
		full := &acttest.Recorder{Fails: errors.New("the journal is full")}
		parts.Journal = func(bun.IDB) audit.Journal { return full.Journal() }
		s := accounts.NewService(accounts.Parts{Store: accountsdb.New(c.d.DB, parts), Now: c.clock, Key: c.key})
		before := map[string]string{}
		for _, table := range c.tables() {
			before[table] = c.dump(table)
		}
		for name, act := range map[string]func() error{
			"forgot":  func() error { return s.Forgot(ctx, nobody, a.Email) },
			"reset":   func() error { return second(s.ResetProofs(ctx, operator, a.ID, accounts.ResetInput{Codes: true})) },
			"disable": func() error { return s.Disable(ctx, operator, a.ID) },
			"sign in": func() error {
				return second(s.SignIn(ctx, nobody, accounts.SignInInput{Email: a.Email, Password: password}))
			},
			"wrong": func() error {
				return second(s.SignIn(ctx, nobody, accounts.SignInInput{Email: a.Email, Password: "wrong"}))
			},
			"rights": func() error { return s.SetRights(ctx, operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.HR}}) },
			"make one": func() error {
				return third(s.Create(ctx, operator, accounts.NewAccount{Email: address("x"), Name: "X", Lang: lang.FR}))
			},
		} {
			if err := act(); err == nil {
				t.Errorf("%s: done without an entry in the journal", name)
			}
		}
		for _, table := range c.tables() {
			if table == "throttles" { // the wrong try was counted before it was looked at, and stays so
				continue
			}
			if diff := cmp.Diff(before[table], c.dump(table)); diff != "" {
				t.Errorf("%s changed:\n%s", table, diff)
			}
		}
	})
}

func third[T, U any](_ T, _ U, err error) error { return err }

func TestTheFirstRun(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		in := accounts.SetUpInput{Name: "Camille Élysée", Email: " Camille@Entreprise.example ", Password: password, Lang: lang.FR}
		if _, err := c.FirstRun(ctx, nobody); !fault.Is(err, fault.Unauthenticated) {
			t.Error(err)
		}
		earlier, err := c.FirstRun(ctx, operator)
		c.must(err)
		path, err := c.FirstRun(ctx, operator)
		c.must(err)
		token := tokenOf(path)
		ended(t, c.CheckSetUp(ctx, nobody, tokenOf(earlier)))
		c.must(c.CheckSetUp(ctx, nobody, token))
		ended(t, second(c.CheckLink(ctx, nobody, token)))
		ended(t, second(c.UseLink(ctx, nobody, token, password)))
		for name, tt := range map[string]struct {
			change      func(*accounts.SetUpInput)
			field, rule string
		}{
			"without a name":          {func(x *accounts.SetUpInput) { x.Name = " " }, "name", "required"},
			"with an address of none": {func(x *accounts.SetUpInput) { x.Email = "camille" }, "email", "email"},
			"with a common password":  {func(x *accounts.SetUpInput) { x.Password = "password" }, "password", "password_common"},
			"with their own name":     {func(x *accounts.SetUpInput) { x.Password = "camille élysée" }, "password", "password_personal"},
		} {
			t.Run(name, func(t *testing.T) {
				bad := in
				tt.change(&bad)
				if got := field(second(c.SetUp(ctx, nobody, token, bad)), tt.field); got != tt.rule {
					t.Error(got)
				}
			})
		}
		t.Run("makes one administrator, whoever races for it", func(t *testing.T) {
			other, another := c.process(c.key, false), in
			another.Email = address("bora")
			one(t, race(
				func() error { return second(c.SetUp(ctx, nobody, token, in)) },
				func() error { return second(other.SetUp(ctx, nobody, token, another)) },
			), "link_ended")
			all, err := c.All(ctx, operator)
			if err != nil || len(all) != 1 || !cmp.Equal(all[0].Roles, []actor.Role{actor.Administrator}) {
				t.Errorf("%+v, %v", all, err)
			}
		})
		ended(t, second(c.SetUp(ctx, nobody, token, in)))
		if path, err := c.FirstRun(ctx, operator); err != nil || path != "" {
			t.Errorf("there is an account, and a link to make the first: %q, %v", path, err)
		}
	})
}

func TestSettingUpSignsInAndWaitsForCodes(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		path, err := c.FirstRun(t.Context(), operator)
		c.must(err)
		out, err := c.SetUp(t.Context(), nobody, tokenOf(path), accounts.SetUpInput{Name: "Camille Élysée", Email: address("camille"), Password: password, Lang: lang.FR})
		c.must(err)
		if who := c.who(out.Token); who.Kind != actor.Person || len(who.Roles) != 0 || !cmp.Equal(who.Withheld, []actor.Role{actor.Administrator}) {
			t.Errorf("%+v", who)
		}
		c.enrol(c.who(out.Token))
		if who := c.who(out.Token); !who.Has(actor.Administrator) {
			t.Errorf("%+v", who)
		}
	})
}

func TestASetUpLinkIsNotGood(t *testing.T) {
	in := accounts.SetUpInput{Name: "Camille Élysée", Email: address("camille"), Password: password, Lang: lang.FR}
	for name, before := range map[string]func(c *company){
		"after a day":                       func(c *company) { c.wait(24 * time.Hour) },
		"once the operator made an account": func(c *company) { c.hire("bora") },
	} {
		t.Run(name, func(t *testing.T) {
			inCompany(t, func(t *testing.T, c *company) {
				path, err := c.FirstRun(t.Context(), operator)
				c.must(err)
				before(c)
				ended(t, c.CheckSetUp(t.Context(), nobody, tokenOf(path)))
				ended(t, second(c.SetUp(t.Context(), nobody, tokenOf(path), in)))
			})
		})
	}
	t.Run("for an address that a persona has", func(t *testing.T) {
		inCompany(t, func(t *testing.T, c *company) {
			c.must(c.PutPersona(t.Context(), operator, accounts.Account{Email: in.Email, Name: "Persona", Persona: "persona", About: lang.NewText("Qui", "Who")}))
			path, err := c.FirstRun(t.Context(), operator)
			c.must(err)
			if got := field(second(c.SetUp(t.Context(), nobody, tokenOf(path), in)), "email"); got != "taken" {
				t.Error(got)
			}
			c.must(c.CheckSetUp(t.Context(), nobody, tokenOf(path)))
		})
	})
}

func TestTheJournalIsWholeAfterARace(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		var acts []func() error
		for i := range 8 {
			acts = append(acts, func() error {
				return third(c.Create(t.Context(), operator, accounts.NewAccount{Email: address(fmt.Sprint("p", i%4)), Name: "P", Lang: lang.FR}))
			})
		}
		made := slices.DeleteFunc(race(acts...), func(err error) bool { return err != nil })
		all := func(context.Context, actor.Actor) (bool, []actor.PersonID, error) { return true, nil, nil }
		r, err := audit.NewService(auditdb.New(c.d.DB, c.clock, testkit.Key), all).Verify(t.Context(), operator, audit.Head{})
		if err != nil || !r.Whole() || r.Entries != 4 || len(made) != 4 {
			t.Errorf("%d made, %+v, %v", len(made), r, err)
		}
	})
}
