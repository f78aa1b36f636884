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

func TestASessionIsItsPersons(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, b := c.hire("camille", actor.Recruiter), c.hire("bora")
		x, y := c.enter(a, false), c.enter(b, false)
		who := c.who(x)
		if who.ID != a.ID || who.Name != a.Name || who.Session == "" || who.Token || !cmp.Equal(who.Roles, []actor.Role{actor.Recruiter}) {
			t.Errorf("%+v", who)
		}
		if other := c.who(y); other.ID != b.ID || len(other.Roles) != 0 || other.Session == who.Session {
			t.Errorf("%+v", other)
		}
		for _, token := range []string{"", "x", x + "x", strings.ToUpper(x), x[:len(x)-1], "\x00", "' OR 1=1 --", "\xff"} {
			if got := c.who(token); got.Kind != actor.Anonymous {
				t.Errorf("%q is %+v", token, got)
			}
		}
		for range 2 { // the second time nobody knows it any more
			if err := c.SignOut(t.Context(), who, x); err != nil {
				t.Error(err)
			}
		}
		if c.who(x).Kind != actor.Anonymous || c.who(y).Kind != actor.Person {
			t.Error("signing out does not end this session, and this one only")
		}
		if len(x) < 43 || x == y {
			t.Errorf("tokens %q and %q", x, y)
		}
	})
}

// Whoever reads the database, or a copy of it, signs in as nobody.
func TestWhatOpensADoorIsStoredNowhere(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille")
		session := c.enter(a, false)
		who := c.who(session)
		token, err := c.CreateToken(ctx, who, accounts.TokenInput{Name: "export", Scopes: []string{"read"}, Days: 1}, password)
		c.must(err)
		_, invitation, err := c.Create(ctx, operator, accounts.NewAccount{Email: address("awa"), Name: "Awa", Lang: "fr"})
		c.must(err)
		for _, table := range c.tables() {
			text := c.dump(table)
			for what, s := range map[string]string{"a session": session, "a token": token, "a link": tokenOf(invitation), "a password": password} {
				if strings.Contains(text, s) {
					t.Errorf("%s holds %s: %s", table, what, text)
				}
			}
		}
	})
}

func TestSigningInEndsTheSessionOfTheBrowser(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, b := c.hire("camille"), c.hire("bora")
		former, elsewhere := c.enter(a, false), c.enter(a, false)
		out, err := c.SignIn(t.Context(), nobody, accounts.SignInInput{Email: b.Email, Password: password, Former: former})
		c.must(err)
		if c.who(former).Kind != actor.Anonymous || c.who(elsewhere).Kind != actor.Person || c.who(out.Token).ID != b.ID {
			t.Error("one browser is one person")
		}
		if _, err := c.SignIn(t.Context(), nobody, accounts.SignInInput{Email: a.Email, Password: "wrong", Former: out.Token}); err == nil || c.who(out.Token).ID != b.ID {
			t.Error("a sign-in that failed ended a session")
		}
	})
}

func TestHowLongSessionsLast(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		lives := func(token string) bool { return c.who(token).Kind == actor.Person }
		t.Run("unused to the limit", func(t *testing.T) {
			token := c.enter(a, false)
			if c.wait(accounts.IdleLimit); !lives(token) {
				t.Error("ended at the limit already")
			}
		})
		t.Run("unused for longer", func(t *testing.T) {
			token := c.enter(a, false)
			if c.wait(accounts.IdleLimit + time.Second); lives(token) {
				t.Error("did not end")
			}
			if c.wait(-time.Hour); lives(token) {
				t.Error("came back when the clock did")
			}
		})
		t.Run("used again and again", func(t *testing.T) {
			token := c.enter(a, false)
			step := accounts.IdleLimit - time.Minute
			for past := step; past < accounts.AbsoluteLimit; past += step {
				if c.wait(step); !lives(token) {
					t.Fatalf("ended after %v", past)
				}
			}
			if c.wait(step); lives(token) {
				t.Error("outlived its limit")
			}
		})
		t.Run("seen within the minute is not written again", func(t *testing.T) {
			token := c.enter(a, false)
			seen := func() time.Time {
				list, err := c.Sessions(t.Context(), c.who(token))
				c.must(err)
				return list[0].SeenAt
			}
			first := c.clock()
			c.wait(time.Minute)
			if got := seen(); !got.Equal(first) {
				t.Errorf("seen at %v", got)
			}
			c.wait(time.Second)
			if got := seen(); !got.Equal(first.Add(time.Minute + time.Second)) {
				t.Errorf("seen at %v", got)
			}
		})
		t.Run("a clock set back", func(t *testing.T) {
			token := c.enter(a, false)
			if c.wait(-time.Hour); !lives(token) {
				t.Error("a small change ends it")
			}
			if c.wait(accounts.IdleLimit + time.Minute); lives(token) {
				t.Error("what is unused since the change does not end")
			}
			token = c.enter(a, false)
			if c.wait(-accounts.AbsoluteLimit - time.Second); lives(token) {
				t.Error("it begins in the far future and is good")
			}
		})
		t.Run("a clock set forward", func(t *testing.T) {
			token := c.enter(a, false)
			if c.wait(accounts.AbsoluteLimit); lives(token) {
				t.Error("it lives on")
			}
			if c.wait(-accounts.AbsoluteLimit); !lives(c.enter(a, false)) {
				t.Error("nobody can sign in after the clock was corrected")
			}
		})
		t.Run("signing in clears what is over", func(t *testing.T) {
			c.wait(2 * accounts.AbsoluteLimit)
			c.enter(a, false)
			if n, err := c.d.NewSelect().Table("sessions").Count(t.Context()); err != nil || n != 1 {
				t.Errorf("%d sessions are left, %v", n, err)
			}
		})
	})
}

func TestListingAndRevokingSessions(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a, b := c.hire("camille"), c.hire("bora", actor.Administrator)
		one := c.enter(a, false)
		c.wait(time.Second)
		two := c.enter(a, false)
		c.wait(time.Second)
		three := c.enter(a, false)
		who, admin := c.who(three), c.as(b)
		list, err := c.Sessions(ctx, who)
		if err != nil || len(list) != 3 || list[0].ID != who.Session || list[0].Agent != "Firefox, Linux" || list[0].Proof != accounts.ByProvider || list[2].ID != c.who(one).Session {
			t.Fatalf("%+v, %v", list, err)
		}
		t.Run("somebody else's is not found", func(t *testing.T) {
			hidden(t, c.RevokeSession(ctx, admin, who.Session), access.AccountOwn)
			hidden(t, c.RevokeSession(ctx, who, admin.Session), access.AccountOwn)
			hidden(t, c.RevokeSession(ctx, who, "unknown\xff"), access.AccountOwn)
			if c.who(three).Kind != actor.Person || c.as(b).Kind != actor.Person {
				t.Error("and ends")
			}
		})
		t.Run("one of one's own ends", func(t *testing.T) {
			c.must(c.RevokeSession(ctx, who, list[2].ID))
			if c.who(one).Kind != actor.Anonymous || c.who(two).Kind != actor.Person {
				t.Error("not this one, or others too")
			}
		})
		t.Run("all others end", func(t *testing.T) {
			c.must(c.RevokeOtherSessions(ctx, who))
			if c.who(two).Kind != actor.Anonymous || c.who(three).Kind != actor.Person {
				t.Error("not the others, or this one too")
			}
		})
		t.Run("nobody lists or ends any", func(t *testing.T) {
			if _, err := c.Sessions(ctx, nobody); !fault.Is(err, fault.Unauthenticated) {
				t.Error(err)
			}
			if err := c.RevokeOtherSessions(ctx, nobody); !fault.Is(err, fault.Unauthenticated) {
				t.Error(err)
			}
			if err := c.RevokeSession(ctx, nobody, who.Session); !fault.Is(err, fault.Unauthenticated) || c.who(three).Kind != actor.Person {
				t.Error(err)
			}
		})
	})
}

func TestDisablingEndsSessionsAndTokensAtOnce(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		ctx := t.Context()
		a := c.hire("camille", actor.Recruiter)
		session := c.enter(a, false)
		token, err := c.CreateToken(ctx, c.who(session), accounts.TokenInput{Name: "export", Scopes: []string{"read"}, Days: 30}, password)
		c.must(err)
		uses := func() actor.Actor {
			who, err := c.ResumeToken(ctx, nobody, token)
			c.must(err)
			return who
		}
		if uses().Kind != actor.Person {
			t.Fatal("the token does not work")
		}
		c.must(c.Disable(ctx, operator, a.ID))
		if c.who(session).Kind != actor.Anonymous || uses().Kind != actor.Anonymous {
			t.Error("session or token goes on")
		}
		c.must(c.Enable(ctx, operator, a.ID))
		if c.who(session).Kind != actor.Anonymous || uses().Kind != actor.Anonymous {
			t.Error("session or token is back with the account")
		}
		if _, err := c.signIn("camille", password); err != nil {
			t.Errorf("the account itself is not back: %v", err)
		}
	})
}

func TestALetterAtEachSignIn(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a := c.hire("camille")
		who := c.who(c.enter(a, false))
		c.letters()
		c.must(c.Prefer(t.Context(), who, accounts.Preferences{Lang: "en", TellSignIns: true}))
		c.enter(a, false)
		got := c.letters()
		if len(got) != 1 || got[0].Kind != "signed_in" || got[0].Lang != "en" || got[0].Details["agent"] != "Firefox, Linux" || got[0].Details["when"] != "2026-11-23T08:30:00Z" {
			t.Errorf("%+v", got)
		}
		if err := c.Prefer(t.Context(), who, accounts.Preferences{Lang: "de"}); !fault.Is(err, fault.Invalid) {
			t.Error(err)
		}
		if err := c.Prefer(t.Context(), nobody, accounts.Preferences{Lang: "fr"}); !fault.Is(err, fault.Unauthenticated) {
			t.Error(err)
		}
	})
}
