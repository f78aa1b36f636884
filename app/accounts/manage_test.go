package accounts_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
)

func TestAnAdministratorIsAlwaysLeft(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("anouk", actor.Administrator)
		last := func(t *testing.T, err error) {
			t.Helper()
			if !fault.Is(err, fault.Conflict) || fault.Of(err).Code != "last_administrator" {
				t.Error(err)
			}
		}
		t.Run("by themself they are never disabled", func(t *testing.T) {
			if err := c.Disable(ctx, c.as(a), a.ID); !fault.Is(err, fault.Forbidden) || refused(err) != access.AccountsWrite {
				t.Error(err)
			}
		})
		t.Run("the operator does not disable the last", func(t *testing.T) { last(t, c.Disable(ctx, operator, a.ID)) })
		t.Run("nor take the role away", func(t *testing.T) {
			last(t, c.SetRights(ctx, operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.HR}}))
		})
		t.Run("a disabled one does not count", func(t *testing.T) {
			b := c.hire("bora", actor.Administrator)
			c.must(c.Disable(ctx, operator, b.ID))
			last(t, c.Disable(ctx, operator, a.ID))
			c.must(c.Enable(ctx, operator, b.ID))
		})
		t.Run("one of two is left when they disable each other", func(t *testing.T) {
			all, err := c.All(ctx, operator)
			c.must(err)
			x, y := c.as(all[0]), c.as(all[1])
			one(t, race(
				func() error { return c.Disable(ctx, x, y.ID) },
				func() error { return c.Disable(ctx, y, x.ID) },
			), "last_administrator")
			if n, err := c.st.Administrators(ctx); err != nil || n != 1 {
				t.Errorf("%d are left, %v", n, err)
			}
		})
	})
}

func TestNobodyChangesTheirOwnRights(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a, _ := c.hire("anouk", actor.Administrator), c.hire("bora", actor.Administrator)
		who := c.as(a)
		for name, act := range map[string]func() error{
			"set rights":   func() error { return c.SetRights(ctx, who, a.ID, accounts.Rights{Roles: actor.Roles(), Whole: true}) },
			"disable":      func() error { return c.Disable(ctx, who, a.ID) },
			"enable":       func() error { return c.Enable(ctx, who, a.ID) },
			"reset proofs": func() error { return second(c.ResetProofs(ctx, who, a.ID, accounts.ResetInput{Codes: true})) },
		} {
			t.Run(name, func(t *testing.T) {
				if err := act(); !fault.Is(err, fault.Forbidden) || refused(err) != access.AccountsWrite {
					t.Error(err)
				}
			})
		}
		if diff := cmp.Diff(a, c.account(a.ID)); diff != "" {
			t.Error(diff)
		}
	})
}

func TestWhoManagesAccounts(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		admin, hr, b := c.hire("admin", actor.Administrator), c.hire("hr", actor.HR, actor.Recruiter, actor.Compensation), c.hire("bora")
		uncoded := c.who(c.enter(admin, false))
		in := accounts.NewAccount{Email: address("x"), Name: "X", Lang: lang.FR}
		for name, a := range map[string]actor.Actor{"every role but one": c.as(hr), "an employee": c.as(b), "an administrator without a code": uncoded, "a visitor": nobody} {
			for what, act := range map[string]func() error{
				"create": func() error { return third(c.Create(ctx, a, in)) },
				"change": func() error {
					return c.Change(ctx, a, hr.ID, accounts.Details{Email: in.Email, Name: "X", Lang: lang.FR})
				},
				"rights":  func() error { return c.SetRights(ctx, a, b.ID, accounts.Rights{}) },
				"disable": func() error { return c.Disable(ctx, a, admin.ID) },
				"enable":  func() error { return c.Enable(ctx, a, admin.ID) },
				"reset":   func() error { return second(c.ResetProofs(ctx, a, admin.ID, accounts.ResetInput{})) },
				"list":    func() error { return second(c.All(ctx, a)) },
				"find":    func() error { return second(c.Find(ctx, a, admin.ID)) },
				"by mail": func() error { return second(c.FindByEmail(ctx, a, admin.Email)) },
				"first":   func() error { return second(c.FirstRun(ctx, a)) },
			} {
				if err := act(); !fault.Is(err, fault.Forbidden) && !fault.Is(err, fault.Unauthenticated) {
					t.Errorf("%s by %s: %v", what, name, err)
				}
			}
		}
		t.Run("everybody reads their own", func(t *testing.T) {
			if got, err := c.Get(ctx, c.as(b), b.ID); err != nil || got.ID != b.ID {
				t.Error(err)
			}
			if _, err := c.Get(ctx, c.as(b), hr.ID); refused(err) != access.AccountsRead {
				t.Error(err)
			}
			if _, err := c.ProofsOf(ctx, c.as(b), hr.ID); refused(err) != access.AccountsRead {
				t.Error(err)
			}
		})
		t.Run("colleagues are those in use", func(t *testing.T) {
			c.must(c.Disable(ctx, operator, hr.ID))
			offer, err := c.Choices(ctx, c.as(b), accounts.Asking{Whom: accounts.Usable, But: b.ID})
			if err != nil || len(offer.People) != 1 || offer.People[0].ID != admin.ID || offer.Search {
				t.Errorf("%+v, %v", offer, err)
			}
		})
	})
}

func TestAnAddressIsOnePersons(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a, b := c.hire("anouk"), c.hire("bora")
		if got := field(third(c.Create(ctx, operator, accounts.NewAccount{Email: " ANOUK@entreprise.example", Name: "X", Lang: lang.FR})), "email"); got != "taken" {
			t.Error(got)
		}
		if got := field(c.Change(ctx, operator, b.ID, accounts.Details{Email: a.Email, Name: "Bora", Lang: lang.FR}), "email"); got != "taken" {
			t.Error(got)
		}
		c.must(c.Change(ctx, operator, b.ID, accounts.Details{Email: "Bora.Nova@entreprise.example", Name: "Bora Nova", Lang: lang.EN}))
		if got := c.account(b.ID); got.Email != "bora.nova@entreprise.example" || got.Name != "Bora Nova" || got.Lang != lang.EN {
			t.Errorf("%+v", got)
		}
		if got, err := c.FindByEmail(ctx, operator, "BORA.NOVA@entreprise.example"); err != nil || got.ID != b.ID {
			t.Error(err)
		}
		for _, bad := range []accounts.Details{{Email: "x", Name: "X", Lang: lang.FR}, {Email: a.Email, Lang: lang.FR}, {Email: a.Email, Name: "X", Lang: "de"}, {Email: a.Email, Name: strings.Repeat("x", 121), Lang: lang.FR}} {
			if err := c.Change(ctx, operator, a.ID, bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%+v: %v", bad, err)
			}
		}
		if err := c.Change(ctx, operator, "unknown", accounts.Details{Email: address("y"), Name: "Y", Lang: lang.FR}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

func TestRightsHoldFromTheNextRequestOn(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a, head := c.hire("anouk"), c.hire("head")
		token := c.enter(a, true)
		set := func(in accounts.Rights) { t.Helper(); c.must(c.SetRights(ctx, operator, a.ID, in)) }
		set(accounts.Rights{Roles: []actor.Role{actor.Recruiter, actor.HR}, Heads: []actor.PersonID{head.ID}})
		if diff := cmp.Diff([]actor.Role{actor.HR, actor.Recruiter}, c.who(token).Roles); diff != "" {
			t.Error(diff)
		}
		if got := c.account(a.ID).Perimeter; got.Whole || !cmp.Equal(got.Heads, []actor.PersonID{head.ID}) {
			t.Errorf("%+v", got)
		}
		set(accounts.Rights{Roles: []actor.Role{actor.Recruiter}, Whole: true, Heads: []actor.PersonID{head.ID}})
		if got := c.account(a.ID); len(got.Perimeter.Heads) != 0 || got.Perimeter.Whole || !cmp.Equal(c.who(token).Roles, []actor.Role{actor.Recruiter}) {
			t.Errorf("without being an HR partner: %+v", got)
		}
		set(accounts.Rights{})
		if who := c.who(token); len(who.Roles) != 0 || who.Kind != actor.Person {
			t.Errorf("%+v", who)
		}
		for name, bad := range map[string]accounts.Rights{
			"a role of none": {Roles: []actor.Role{"king"}}, "a role twice": {Roles: []actor.Role{actor.HR, actor.HR}},
			"heads twice": {Roles: []actor.Role{actor.HR}, Heads: []actor.PersonID{head.ID, head.ID}},
		} {
			if err := c.SetRights(ctx, operator, a.ID, bad); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := c.SetRights(ctx, operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.HR}, Heads: []actor.PersonID{"unknown"}}); !fault.Is(err, fault.NotFound) {
			t.Error(err)
		}
	})
}

// Fifty heads are as many as there may be, and the journal names them all.
func TestAPerimeterOfManyHeads(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("anouk")
		var heads []actor.PersonID
		for i := range 50 {
			heads = append(heads, c.hire(fmt.Sprint("head", i)).ID)
		}
		c.must(c.SetRights(t.Context(), operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.HR}, Heads: heads}))
		all := c.entries()
		text := fmt.Sprint(all[len(all)-1].Details)
		for _, id := range heads {
			if strings.Count(text, string(id)) != 1 {
				t.Errorf("%s is not in %s", id, text)
			}
		}
		if got := c.account(a.ID).Perimeter.Heads; len(got) != 50 {
			t.Errorf("%d heads", len(got))
		}
	})
}

func TestEndingSomebodysSessions(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		admin, a := c.hire("admin", actor.Administrator), c.hire("anouk")
		one, two, other := c.enter(a, false), c.enter(a, false), c.enter(admin, false)
		for _, who := range []actor.Actor{c.as(a), c.as(c.hire("hr", actor.HR))} {
			if refused(c.EndSessionsOf(ctx, who, admin.ID)) != access.AccountsWrite {
				t.Errorf("%s may", who.Name)
			}
		}
		c.must(c.EndSessionsOf(ctx, c.as(admin), a.ID))
		if c.who(one).Kind != actor.Anonymous || c.who(two).Kind != actor.Anonymous || c.who(other).Kind != actor.Person {
			t.Error("not exactly their sessions ended")
		}
		if _, err := c.signIn("anouk", password); err != nil {
			t.Errorf("the password is no longer good: %v", err)
		}
	})
}

func TestResettingProofs(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		admin, a := c.hire("admin", actor.Administrator), c.hire("anouk", actor.HR)
		session := c.enter(a, false)
		c.enrol(c.who(session))
		token := c.makes(c.who(session), "read")
		const issuer = "https://elsewhere.example"
		c.must(c.Link(ctx, c.who(session), issuer, "an intruder's"))
		c.letters()
		path, err := c.ResetProofs(ctx, c.as(admin), a.ID, accounts.ResetInput{})
		if err != nil || path != "" {
			t.Fatalf("an administrator is told the link %q: %v", path, err)
		}
		list := c.letters()
		if diff := cmp.Diff([]mail.Kind{mail.AccessReset}, kinds(list)); diff != "" || c.who(session).Kind != actor.Anonymous {
			t.Fatal(diff)
		}
		if _, err := c.signIn("anouk", password); fault.Of(err).Code != "signin_wrong" {
			t.Errorf("the password is still good: %v", err)
		}
		if _, err := c.SignInProvided(ctx, nobody, accounts.Provided{Issuer: issuer, Subject: "an intruder's"}); fault.Of(err).Code != "identity_unlinked" {
			t.Errorf("the identity of a provider is still good: %v", err)
		}
		if who := c.program(token); who.Kind != actor.Anonymous {
			t.Errorf("the token is still good for %s", who.Name)
		}
		c.must(second(c.UseLink(ctx, nobody, tokenOf(list[0].Details["link"]), fresh)))
		if out, err := c.signIn("anouk", fresh); err != nil || !out.NeedsCode {
			t.Errorf("codes are not asked for: %+v, %v", out, err)
		}
		t.Run("with codes, for who lost everything", func(t *testing.T) {
			path, err := c.ResetProofs(ctx, operator, a.ID, accounts.ResetInput{Codes: true})
			c.must(err)
			c.must(second(c.UseLink(ctx, nobody, tokenOf(path), "ten loud herons")))
			if out, err := c.signIn("anouk", "ten loud herons"); err != nil || out.NeedsCode {
				t.Errorf("%+v, %v", out, err)
			}
		})
		t.Run("not of a disabled account", func(t *testing.T) {
			c.must(c.Disable(ctx, operator, a.ID))
			if _, err := c.ResetProofs(ctx, operator, a.ID, accounts.ResetInput{}); fault.Of(err).Code != "account_disabled" {
				t.Error(err)
			}
		})
	})
}

// TestLinksThatLieAboutEnd: an invitation that went to a mistyped address opens nothing once that is put right.
func TestLinksThatLieAboutEnd(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		invited := func(first string) (actor.PersonID, string) {
			id, path, err := c.Create(ctx, operator, accounts.NewAccount{Email: address(first), Name: first + " Élysée", Lang: lang.FR})
			c.must(err)
			return id, tokenOf(path)
		}
		id, token := invited("bora")
		c.must(c.Change(ctx, operator, id, accounts.Details{Email: address("bora"), Name: "Bora Élysée", Lang: lang.EN}))
		if _, err := c.CheckLink(ctx, nobody, token); err != nil {
			t.Errorf("a name put right ends the invitation: %v", err)
		}
		c.letters()
		c.must(c.Change(ctx, operator, id, accounts.Details{Email: address("borah"), Name: "Bora Élysée", Lang: lang.EN}))
		ended(t, second(c.UseLink(ctx, nobody, token, fresh)))
		list := c.letters()
		if len(list) != 1 || list[0].Kind != mail.Invitation || list[0].To != address("borah") {
			t.Fatalf("letters: %+v", list)
		}
		c.must(second(c.UseLink(ctx, nobody, tokenOf(list[0].Details["link"]), fresh)))
		c.letters()
		c.must(c.Change(ctx, operator, id, accounts.Details{Email: address("boris"), Name: "Bora Élysée", Lang: lang.EN}))
		if list := c.letters(); len(list) != 0 {
			t.Errorf("who has a password is invited again: %+v", list)
		}
		id, token = invited("camille")
		c.must(second(c.ResetProofs(ctx, operator, id, accounts.ResetInput{})))
		ended(t, second(c.UseLink(ctx, nobody, token, fresh)))
	})
}

// TestAFormFromBeforeOverwritesNothing: of two administrators at one account, the second is told of the first.
func TestAFormFromBeforeOverwritesNothing(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("anouk", actor.HR)
		seen := a.Edition()
		c.must(c.SetRights(ctx, operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.HR}, Whole: true, Edition: seen}))
		stale := map[string]error{
			"rights":  c.SetRights(ctx, operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.HR, actor.Compensation}, Edition: seen}),
			"details": c.Change(ctx, operator, a.ID, accounts.Details{Email: a.Email, Name: "Anouk", Lang: lang.EN, Edition: seen}),
		}
		for what, err := range stale {
			if fault.Of(err).Code != "changed_meanwhile" {
				t.Errorf("%s: %v", what, err)
			}
		}
		now := c.account(a.ID)
		if !now.Perimeter.Whole || len(now.Roles) != 1 || now.Name != a.Name {
			t.Errorf("overwritten: %+v", now)
		}
		c.must(c.Change(ctx, operator, a.ID, accounts.Details{Email: a.Email, Name: "Anouk Élysée", Lang: lang.EN, Edition: now.Edition()}))
		c.must(c.SetRights(ctx, operator, a.ID, accounts.Rights{Roles: []actor.Role{actor.HR}, Whole: true})) // the command line saw none
	})
}
