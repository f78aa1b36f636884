package accounts_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/unicode/norm"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

// refused is the action of the refusal within an error, "" for none.
func refused(err error) access.Action {
	if r := (*access.Refusal)(nil); errors.As(err, &r) {
		return r.Action
	}
	return ""
}

func TestSignInTellsNobodyWhatIsWrong(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		c.hire("camille", actor.HR)
		gone := c.hire("gone")
		c.must(c.Disable(ctx, operator, gone.ID))
		c.must(c.PutPersona(ctx, operator, accounts.Account{Email: address("persona"), Name: "Persona", Persona: "persona", About: lang.NewText("Qui", "Who")}))
		persona, err := c.st.ByPersona(ctx, "persona")
		c.must(err)
		c.must(c.st.PutPassword(ctx, persona.ID, hashed(), c.clock()))
		if _, _, err := c.Create(ctx, operator, accounts.NewAccount{Email: address("without"), Name: "Without", Lang: lang.EN}); err != nil {
			t.Fatal(err)
		}
		work := accounts.Watch(c.Service)
		out, err := c.signIn("camille", password)
		c.must(err)
		right := work.Take()
		if len(right) != 1 || out.Token == "" || out.NeedsCode || out.Lang != lang.FR {
			t.Errorf("right: %v, %+v", right, out)
		}
		if who := c.who(out.Token); who.Name != "Camille Élysée" || who.Kind != actor.Person {
			t.Errorf("signed in as %+v", who)
		}
		wrong := []struct{ name, email, password string }{
			{"a wrong password", address("camille"), "eight quiet herons"},
			{"no password at all", address("camille"), ""},
			{"a password too long for any", address("camille"), strings.Repeat("a", 5000)},
			{"an unknown address", address("unknown"), password},
			{"no address", "", password},
			{"an address that no database keeps", "a\x00b\xff@x.example", password},
			{"a disabled account", address("gone"), password},
			{"a persona outside the demo", address("persona"), password},
			{"an account without a password", address("without"), "nobody has this password"},
		}
		var first error
		for _, tt := range wrong {
			t.Run(tt.name, func(t *testing.T) {
				before := len(c.entries())
				out, err := c.SignIn(ctx, nobody, accounts.SignInInput{Email: tt.email, Password: tt.password})
				if first == nil {
					first = err
				}
				if diff := cmp.Diff(first, err, cmp.AllowUnexported()); diff != "" || fault.Of(err).Code != "signin_wrong" || out != (accounts.Opened{}) {
					t.Errorf("another answer than to the first: %v\n%s", err, diff)
				}
				if diff := cmp.Diff(right, work.Take()); diff != "" {
					t.Errorf("other work than for who is right (-right +wrong):\n%s", diff)
				}
				if diff := cmp.Diff([]string{"session.refused"}, c.journal(before)); diff != "" {
					t.Error(diff)
				}
			})
		}
		t.Run("the address as people type it", func(t *testing.T) {
			if _, err := c.SignIn(ctx, nobody, accounts.SignInInput{Email: "  CAMILLE@Entreprise.example ", Password: password}); err != nil {
				t.Error(err)
			}
		})
	})
}

func TestAPasswordHashedOtherwiseIsHashedAnewAtSignIn(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		c.must(c.st.PutPassword(t.Context(), a.ID, accounts.HashedCheaply(password), c.clock()))
		stored := func() string {
			phc, err := c.st.Password(t.Context(), a.ID)
			c.must(err)
			return phc
		}
		cheap := stored()
		if _, err := c.signIn("camille", "not this one"); err == nil || stored() != cheap {
			t.Fatalf("a wrong password: %v, and the hash is %s", err, stored())
		}
		for range 2 {
			if _, err := c.signIn("camille", password); err != nil {
				t.Fatal(err)
			}
		}
		if got := stored(); !strings.HasPrefix(got, "$argon2id$v=19$m=19456,t=2,p=1$") {
			t.Errorf("the hash is %s", got)
		}
		renewed := stored()
		if _, err := c.signIn("camille", password); err != nil || stored() != renewed {
			t.Errorf("hashed again without need: %v", err)
		}
	})
}

func TestPasswordsThatAreWelcome(t *testing.T) {
	a := accounts.Account{Email: address("camille"), Name: "Camille Élysée"}
	for name, p := range map[string]string{
		"eight characters":             "qzvwxkjp",
		"lower case and nothing else":  "seven quiet herons",
		"digits and nothing else":      "8461937205",
		"letters of any script":        "пять тихих цапель",
		"64 characters":                strings.Repeat("ab3 ", 16),
		"256 characters":               strings.Repeat("é1a b", 51) + "z",
		"256 characters, decomposed":   norm.NFD.String(strings.Repeat("é1a b", 51) + "z"),
		"a common word among others":   "dragon of the north",
		"their own name among others":  "camille likes quiet herons",
		"a password with spaces about": "  qzvwxkjp  ",
	} {
		t.Run(name, func(t *testing.T) {
			if err := accounts.CheckPassword(p, a); err != nil {
				t.Error(err)
			}
		})
	}
}

func TestPasswordsThatAreRefused(t *testing.T) {
	a := accounts.Account{Email: address("camille.elysee"), Name: "Camille Élysée"}
	for name, tt := range map[string]struct{ password, rule string }{
		"none":                                {"", "password_short"},
		"seven characters":                    {"qzvwxkj", "password_short"},
		"seven characters, however composed":  {norm.NFD.String("éèàùôîû"), "password_short"},
		"257 characters":                      {strings.Repeat("é1a b", 51) + "zz", "password_long"},
		"the first that everybody tries":      {"password", "password_common"},
		"the same in capitals":                {"PASSWORD", "password_common"},
		"the same with digits hung on":        {"Password2026!", "password_common"},
		"a short common word with digits":     {"dragon2026", "password_common"},
		"digits in a row":                     {"12345678", "password_common"},
		"the first that French people try":    {"MotDePasse", "password_common"},
		"a row of their keyboard":             {"azertyuiop", "password_common"},
		"a word of theirs with digits":        {"doudou2026", "password_common"},
		"one character over and over":         {"aaaaaaaaaaaa", "password_common"},
		"two characters over and over":        {"abababababab", "password_common"},
		"their own name":                      {"Camille Élysée", "password_personal"},
		"their own name, decomposed":          {norm.NFD.String("camille élysée"), "password_personal"},
		"their own name without space":        {"camilleélysée75", "password_personal"},
		"their own address":                   {address("camille.elysee"), "password_personal"},
		"the local part of it":                {"camille.elysee", "password_personal"},
		"the local part with digits hung on":  {"Camille.Elysee1984!", "password_personal"},
		"the product's name and something on": {"Echelon-2026", "password_personal"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := field(accounts.CheckPassword(tt.password, a), "password"); got != tt.rule {
				t.Errorf("%q: %s, want %s", tt.password, got, tt.rule)
			}
		})
	}
}

func TestAPasswordIsOneHoweverItsAccentsAreTyped(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		long := strings.Repeat("é", 250) + "abcdef" // 256 composed, more decomposed
		for _, pair := range [][2]string{
			{norm.NFC.String("hérons réservés"), norm.NFD.String("hérons réservés")},
			{norm.NFD.String(long), norm.NFC.String(long)},
			{norm.NFC.String(long), norm.NFD.String(long)},
		} {
			c.must(c.st.PutPassword(t.Context(), a.ID, accounts.Hashed(pair[0]), c.clock()))
			if _, err := c.signIn("camille", pair[1]); err != nil {
				t.Errorf("set as %+q, typed as %+q: %v", pair[0][:8], pair[1][:8], err)
			}
			if _, err := c.signIn("camille", pair[1]+"x"); err == nil {
				t.Error("and with one character more too")
			}
		}
	})
}

// TestASpaceIsOneHoweverItIsTyped follows RFC 8265, and lets those in whose password was hashed before it was followed.
func TestASpaceIsOneHoweverItIsTyped(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		sign := func(with string) error { return second(c.signIn("camille", with)) }
		const plain, hard, wide = "full width herons", "full\u00a0width\u00a0herons", "full\u3000width\u2003herons"
		for _, stored := range []string{plain, hard, wide} {
			c.must(c.st.PutPassword(t.Context(), a.ID, accounts.Hashed(stored), c.clock()))
			for _, typed := range []string{plain, hard, wide} {
				if err := sign(typed); err != nil {
					t.Errorf("set as %+q, typed as %+q: %v", stored, typed, err)
				}
			}
			if sign("full-width-herons") == nil {
				t.Error("and without spaces too")
			}
		}
		t.Run("one of before", func(t *testing.T) {
			c.must(c.st.PutPassword(t.Context(), a.ID, accounts.HashedCheaply(hard), c.clock()))
			if sign(plain) == nil {
				t.Error("what was another password then is right")
			}
			if err := sign(hard); err != nil {
				t.Fatalf("as it was set: %v", err)
			}
			if err := sign(plain); err != nil {
				t.Errorf("hashed anew at that sign-in: %v", err)
			}
		})
		t.Run("what the profile has no place for", func(t *testing.T) {
			const family = "nous \U0001F468\u200d\U0001F469\u200d\U0001F467 trois"
			c.must(accounts.CheckPassword(family, a))
			c.must(c.st.PutPassword(t.Context(), a.ID, accounts.Hashed(family), c.clock()))
			c.must(sign(family))
		})
	})
}

func TestThePersonasOfTheDemo(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		hr := accounts.Account{Email: address("hr"), Name: "Ms HR", Persona: "hr", About: lang.NewText("Qui", "Who"), Roles: []actor.Role{actor.HR}}
		plain := accounts.Account{Email: address("plain"), Name: "Mr Plain", Persona: "plain", About: lang.NewText("Qui", "Who")}
		c.must(c.PutPersona(ctx, operator, hr))
		c.must(c.PutPersona(ctx, operator, plain))
		demo := c.process(c.key, true)
		t.Run("are signed in by a click, with all their roles", func(t *testing.T) {
			out, err := demo.SignInPersona(ctx, nobody, "hr", "", "")
			c.must(err)
			who, err := demo.Resume(ctx, nobody, out.Token)
			if err != nil || !cmp.Equal(who.Roles, []actor.Role{actor.HR}) || len(who.Withheld) != 0 {
				t.Errorf("%+v, %v", who, err)
			}
			if who, err := c.Resume(ctx, nobody, out.Token); err != nil || who.Kind != actor.Anonymous {
				t.Errorf("without demo it is %+v, %v", who, err)
			}
		})
		t.Run("are put again under their id", func(t *testing.T) {
			before, err := c.st.ByPersona(ctx, "hr")
			c.must(err)
			moved := hr
			moved.Email, moved.Name, moved.Roles = address("moved"), "Ms Moved", []actor.Role{actor.Compensation}
			c.must(c.PutPersona(ctx, operator, moved))
			after, err := c.st.ByPersona(ctx, "hr")
			if err != nil || after.ID != before.ID || after.Name != "Ms Moved" || !cmp.Equal(after.Roles, moved.Roles) || after.Perimeter.Whole {
				t.Errorf("%+v, %v", after, err)
			}
			all, err := c.All(ctx, operator)
			if err != nil || len(all) != 2 {
				t.Errorf("%d accounts, %v", len(all), err)
			}
		})
		t.Run("are listed in the demo only", func(t *testing.T) {
			in, err := demo.Personas(ctx, nobody)
			c.must(err)
			out, err := c.Personas(ctx, nobody)
			c.must(err)
			if len(in) != 2 || len(out) != 0 {
				t.Errorf("%d in the demo, %d outside", len(in), len(out))
			}
		})
		t.Run("are nobody else's", func(t *testing.T) {
			for _, name := range []string{"", "nobody", "HR", "hr'", "hr\x00", "hr\xff"} {
				if _, err := demo.SignInPersona(ctx, nobody, name, "", ""); !fault.Is(err, fault.NotFound) {
					t.Errorf("%q: %v", name, err)
				}
			}
			if _, err := c.SignInPersona(ctx, nobody, "hr", "", ""); !fault.Is(err, fault.NotFound) {
				t.Errorf("without demo: %v", err)
			}
		})
		t.Run("are put by the operator, and right", func(t *testing.T) {
			if err := c.PutPersona(ctx, nobody, hr); !fault.Is(err, fault.Unauthenticated) {
				t.Error(err)
			}
			bad := hr
			bad.Persona = ""
			if got := field(c.PutPersona(ctx, operator, bad), "slug"); got != "required" {
				t.Error(got)
			}
			bad = hr
			bad.Roles = []actor.Role{"king"}
			if err := c.PutPersona(ctx, operator, bad); !fault.Is(err, fault.Invalid) {
				t.Error(err)
			}
			bad = hr
			bad.Email = plain.Email
			if got := field(c.PutPersona(ctx, operator, bad), "email"); got != "taken" {
				t.Error(got)
			}
		})
	})
}

func TestChangingOnesPassword(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille")
		here, there := c.enter(a, true), c.enter(a, true)
		who := c.who(here)
		token := c.makes(who, "read")
		if got := field(c.SetPassword(ctx, who, "wrong", "nine loud herons"), "current"); got != "password_wrong" {
			t.Error(got)
		}
		if got := field(c.SetPassword(ctx, who, password, "password1"), "password"); got != "password_common" {
			t.Error(got)
		}
		if got := field(c.SetPassword(ctx, who, password, password), "password"); got != "password_same" {
			t.Error(got)
		}
		if c.who(there).Kind != actor.Person {
			t.Error("a change that was refused ended a session")
		}
		if c.program(token).Kind != actor.Person {
			t.Error("a change that was refused ended a token")
		}
		c.letters()
		c.must(c.SetPassword(ctx, who, password, "nine loud herons"))
		if c.who(here).Kind != actor.Person || c.who(there).Kind != actor.Anonymous {
			t.Error("it does not end the other session, and that one only")
		}
		if c.program(token).Kind != actor.Anonymous {
			t.Error("the token goes on")
		}
		if list, err := c.Identities(ctx, who); err != nil || len(list) != 1 {
			t.Errorf("what the owner linked is gone: %v, %v", list, err)
		}
		if _, err := c.signIn("camille", password); err == nil {
			t.Error("the former password works")
		}
		if _, err := c.signIn("camille", "nine loud herons"); err != nil {
			t.Error(err)
		}
		if got := kinds(c.letters()); !slices.Contains(got, "password_set") {
			t.Errorf("letters: %v", got)
		}
		if err := c.SetPassword(ctx, nobody, password, "nine loud herons"); !fault.Is(err, fault.Unauthenticated) {
			t.Error(err)
		}
	})
}

func TestWithoutAPasswordAProofMustBeFresh(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		id, _, err := c.Create(t.Context(), operator, accounts.NewAccount{Email: address("camille"), Name: "Camille", Lang: lang.FR})
		c.must(err)
		who := c.as(c.account(id))
		c.wait(accounts.FreshProof)
		c.must(c.RemoveCodes(t.Context(), who, ""))
		c.wait(1)
		if err := c.RemoveCodes(t.Context(), who, ""); fault.Of(err).Code != "proof_old" {
			t.Error(err)
		}
		if err := c.SetPassword(t.Context(), who, "", "nine loud herons"); fault.Of(err).Code != "proof_old" {
			t.Error(err)
		}
	})
}

// A request that went away does not stand in line for a slot to hash in.
func TestARequestThatIsGoneHashesNothing(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		c.hire("camille")
		work := accounts.Watch(c.Service)
		ctx, cancel := context.WithCancel(t.Context())
		cancel()
		if _, err := c.SignIn(ctx, nobody, accounts.SignInInput{Email: address("camille"), Password: password}); err == nil || len(work.Take()) != 0 {
			t.Error(err)
		}
	})
}

// TestASignInThatComesTooLate compares the old password while a new one is set, or the account disabled: it opens
// nothing, since what ended with the old one must not be joined by a late session.
func TestASignInThatComesTooLate(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, other := c.hire("camille"), c.process(c.key, false)
		here := c.who(c.enter(a, true))
		for name, meanwhile := range map[string]func() error{
			"a new password":     func() error { return other.SetPassword(t.Context(), here, password, "nine loud herons") },
			"a disabled account": func() error { return other.Disable(t.Context(), actor.CommandLine(), a.ID) },
		} {
			t.Run(name, func(t *testing.T) {
				slow := c.process(c.key, false)
				accounts.Watch(slow).Meanwhile = func() { c.must(meanwhile()) }
				with := password
				if now, err := c.st.Password(t.Context(), a.ID); err == nil && now != hashed() {
					with = "nine loud herons"
				}
				in := accounts.SignInInput{Email: address("camille"), Password: with}
				if _, err := slow.SignIn(t.Context(), nobody, in); fault.Of(err).Code != "signin_wrong" {
					t.Errorf("it ends with %v", err)
				}
				c.must(other.Enable(t.Context(), actor.CommandLine(), a.ID))
				here = c.who(c.enter(a, true))
				_, err := c.st.Password(t.Context(), a.ID)
				c.must(err)
			})
		}
	})
}
