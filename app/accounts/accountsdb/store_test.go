package accountsdb_test

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
)

var (
	operator = actor.CommandLine()
	nobody   = actor.Nobody()
	start    = time.Date(2026, 11, 23, 8, 30, 0, 0, time.UTC)
)

func service(d *db.DB, at time.Time) *accounts.Service {
	return accounts.NewService(accountsdb.New(d.DB), clock.Fixed(at), true)
}

func account(persona string, roles ...actor.Role) accounts.Account {
	return accounts.Account{
		Email: persona + "@demo.example", Name: "Ms " + persona, Persona: persona, About: lang.NewText("Qui", "Who"), Roles: roles,
	}
}

func put(t *testing.T, d *db.DB, at time.Time, list ...accounts.Account) {
	t.Helper()
	for _, a := range list {
		if err := service(d, at).Put(t.Context(), operator, a); err != nil {
			t.Fatal(err)
		}
	}
}

var withoutIDs = cmp.Options{cmpopts.IgnoreTypes(actor.PersonID("")), cmpopts.EquateEmpty()}

func TestAccountsReadBackAndAreReplaced(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		ctx := t.Context()
		hr, plain := account("hr", actor.HR, actor.Recruiter), account("employee")
		put(t, d, start, hr)
		put(t, d, start.Add(time.Second), plain)
		before, err := service(d, start).All(ctx, operator)
		if diff := cmp.Diff([]accounts.Account{hr, plain}, before, withoutIDs); diff != "" || err != nil {
			t.Fatalf("(-want +got):\n%s%v", diff, err)
		}
		hr.Name, hr.Roles = "Ms Other", []actor.Role{actor.Compensation}
		put(t, d, start.Add(time.Hour), hr)
		after, err := service(d, start).All(ctx, operator)
		if diff := cmp.Diff([]accounts.Account{hr, plain}, after, withoutIDs); diff != "" || err != nil || after[0].ID != before[0].ID {
			t.Errorf("replaced under its ID, with exactly its roles (-want +got):\n%s%v", diff, err)
		}
		// A persona is one person, whatever their address.
		hr.Email = "moved@demo.example"
		put(t, d, start.Add(2*time.Hour), hr)
		moved, err := service(d, start).All(ctx, operator)
		if diff := cmp.Diff([]accounts.Account{hr, plain}, moved, withoutIDs); diff != "" || err != nil {
			t.Errorf("with another address (-want +got):\n%s%v", diff, err)
		}
		for name, a := range map[string]accounts.Account{
			"a role that is unknown": account("x", "king"), "a role twice": account("x", actor.HR, actor.HR), "no persona": account(""),
			"an address that is none": {Email: "x", Name: "x", Persona: "x", About: lang.NewText("Qui", "Who")},
		} {
			if err := service(d, start).Put(ctx, operator, a); !fault.Is(err, fault.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// resumes says who a token is at a time.
func resumes(t *testing.T, d *db.DB, token string, at time.Time) actor.Actor {
	t.Helper()
	a, err := service(d, at).Resume(t.Context(), nobody, token)
	if err != nil {
		t.Fatal(err)
	}
	return a
}

func signIn(t *testing.T, d *db.DB, persona string, at time.Time) string {
	t.Helper()
	token, err := service(d, at).SignInPersona(t.Context(), nobody, persona)
	if err != nil {
		t.Fatal(err)
	}
	return token
}

func TestSessionIsItsPersons(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, start, account("hr", actor.HR), account("employee"))
		a, b := signIn(t, d, "hr", start), signIn(t, d, "employee", start)
		who := resumes(t, d, a, start.Add(time.Minute))
		if who.Kind != actor.Person || who.Name != "Ms hr" || !cmp.Equal(who.Roles, []actor.Role{actor.HR}) || who.ID == "" {
			t.Errorf("%+v", who)
		}
		if other := resumes(t, d, b, start); other.ID == who.ID || len(other.Roles) != 0 {
			t.Errorf("%+v", other)
		}
		for _, token := range []string{"", "x", a + "x", strings.ToUpper(a), a[:len(a)-1], "\x00", "' OR 1=1 --", "\xff"} {
			if got := resumes(t, d, token, start); got.Kind != actor.Anonymous {
				t.Errorf("%q is %+v", token, got)
			}
		}
		s := service(d, start)
		if err := s.SignOut(t.Context(), who, a); err != nil {
			t.Fatal(err)
		}
		if got := resumes(t, d, a, start); got.Kind != actor.Anonymous {
			t.Errorf("signed out, yet %+v", got)
		}
		if got := resumes(t, d, b, start); got.Kind != actor.Person {
			t.Error("another's session ended too")
		}
		for _, token := range []string{a, "", "unknown"} {
			if err := s.SignOut(t.Context(), who, token); err != nil {
				t.Errorf("signing out of %q: %v", token, err)
			}
		}
		if len(a) < 43 || a == b {
			t.Errorf("tokens %q and %q", a, b)
		}
	})
}

func TestSessionEndsUnusedAndInAll(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, start, account("hr", actor.HR))
		rows := func() (n int) {
			if err := d.NewRaw("SELECT count(*) FROM sessions").Scan(t.Context(), &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		t.Run("unused to the limit", func(t *testing.T) {
			token := signIn(t, d, "hr", start)
			if resumes(t, d, token, start.Add(accounts.IdleLimit)).Kind != actor.Person {
				t.Error("ended at the limit already")
			}
		})
		t.Run("unused for longer", func(t *testing.T) {
			token, before := signIn(t, d, "hr", start), rows()
			if resumes(t, d, token, start.Add(accounts.IdleLimit+time.Second)).Kind != actor.Anonymous {
				t.Error("did not end")
			}
			if rows() != before-1 || resumes(t, d, token, start).Kind != actor.Anonymous {
				t.Error("came back when the clock did")
			}
		})
		t.Run("used again and again", func(t *testing.T) {
			token := signIn(t, d, "hr", start)
			at := start
			for at.Before(start.Add(accounts.AbsoluteLimit - accounts.IdleLimit)) {
				at = at.Add(accounts.IdleLimit - time.Minute)
				if resumes(t, d, token, at).Kind != actor.Person {
					t.Fatalf("ended after %v", at.Sub(start))
				}
			}
			if resumes(t, d, token, start.Add(accounts.AbsoluteLimit)).Kind != actor.Person {
				t.Error("ended at the limit already")
			}
			if resumes(t, d, token, start.Add(accounts.AbsoluteLimit+time.Second)).Kind != actor.Anonymous {
				t.Error("outlived its limit")
			}
		})
		t.Run("used within the minute", func(t *testing.T) {
			token := signIn(t, d, "hr", start)
			var seen []time.Time
			for _, after := range []time.Duration{time.Minute, time.Minute + time.Second} {
				resumes(t, d, token, start.Add(after))
				var at time.Time
				if err := d.NewRaw("SELECT max(seen_at) FROM sessions WHERE created_at = ?", start).Scan(t.Context(), &at); err != nil {
					t.Fatal(err)
				}
				seen = append(seen, at.UTC())
			}
			if diff := cmp.Diff([]time.Time{start, start.Add(time.Minute + time.Second)}, seen); diff != "" && !seen[1].After(start) {
				t.Errorf("last seen (-want +got):\n%s", diff)
			}
		})
		t.Run("signing in clears what is over", func(t *testing.T) {
			signIn(t, d, "hr", start.Add(2*accounts.AbsoluteLimit))
			if n := rows(); n != 1 {
				t.Errorf("%d sessions are left", n)
			}
		})
	})
}

func TestSessionOfADisabledAccount(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, start, account("hr", actor.HR))
		token := signIn(t, d, "hr", start)
		if _, err := d.ExecContext(t.Context(), "UPDATE accounts SET disabled_at = ?", start); err != nil {
			t.Fatal(err)
		}
		if got := resumes(t, d, token, start); got.Kind != actor.Anonymous {
			t.Errorf("%+v", got)
		}
		if _, err := service(d, start).SignInPersona(t.Context(), nobody, "hr"); !fault.Is(err, fault.NotFound) {
			t.Errorf("signs in: %v", err)
		}
	})
}

func TestNobodySignsInWithoutDemoOrAsNobody(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, start, account("hr", actor.HR))
		closed := accounts.NewService(accountsdb.New(d.DB), clock.Fixed(start), false)
		if _, err := closed.SignInPersona(t.Context(), nobody, "hr"); !fault.Is(err, fault.NotFound) {
			t.Errorf("without demo: %v", err)
		}
		if list, err := closed.Personas(t.Context(), nobody); err != nil || len(list) != 0 {
			t.Errorf("personas without demo: %v, %v", list, err)
		}
		if list, err := service(d, start).Personas(t.Context(), nobody); err != nil || len(list) != 1 {
			t.Errorf("personas: %v, %v", list, err)
		}
		for _, persona := range []string{"", "nobody", "HR", "hr'", "hr\x00", "hr\xff"} {
			if _, err := service(d, start).SignInPersona(t.Context(), nobody, persona); !fault.Is(err, fault.NotFound) {
				t.Errorf("%q: %v", persona, err)
			}
		}
	})
}

// The token itself stands nowhere in the database, so that whoever reads a backup signs in as nobody.
func TestTokensAreStoredNowhere(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		put(t, d, start, account("hr", actor.HR))
		token := signIn(t, d, "hr", start)
		for _, table := range []string{"sessions", "accounts", "account_roles"} {
			var rows []map[string]any
			if err := d.NewRaw("SELECT * FROM ?", bun.Ident(table)).Scan(t.Context(), &rows); err != nil || len(rows) != 1 {
				t.Fatalf("%s: %d rows, %v", table, len(rows), err)
			}
			if all := fmt.Sprint(rows); strings.Contains(all, token) {
				t.Errorf("%s holds the token: %s", table, all)
			}
		}
	})
}
