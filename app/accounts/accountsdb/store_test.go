package accountsdb_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/testkit"
)

var (
	operator = actor.CommandLine()
	start    = time.Date(2026, 11, 23, 8, 30, 0, 123456789, time.UTC)
)

// store is one with the usual journal, or another.
func store(d *db.DB, journal func(bun.IDB) audit.Journal) *accountsdb.Store {
	parts := acttest.Parts(clock.Fixed(start))
	if journal != nil {
		parts.Journal = journal
	}
	return accountsdb.New(d.DB, parts)
}

func service(d *db.DB, journal func(bun.IDB) audit.Journal) *accounts.Service {
	return accounts.NewService(accounts.Parts{Store: store(d, journal), Now: clock.Fixed(start), Key: testkit.Key})
}

// signIn signs an account in through a provider and returns the session's token.
func signIn(t *testing.T, d *db.DB, s *accounts.Service, id actor.PersonID) string {
	t.Helper()
	if err := store(d, nil).AddIdentity(t.Context(), accounts.Identity{Issuer: "https://id.example", Subject: "1", Account: id, LinkedAt: start}); err != nil {
		t.Fatal(err)
	}
	out, err := s.SignInProvided(t.Context(), actor.Nobody(), accounts.Provided{Issuer: "https://id.example", Subject: "1"})
	if err != nil {
		t.Fatal(err)
	}
	return out.Token
}

func account(id actor.PersonID) accounts.Account {
	return accounts.Account{
		ID: id, Email: string(id) + "@example.org", Name: "Ms " + string(id), Persona: string(id), About: lang.NewText("Qui", "Who"),
		Lang: lang.EN, TellSignIns: true, Roles: []actor.Role{actor.HR, actor.Recruiter}, CreatedAt: db.Time(start),
	}
}

func add(t *testing.T, st *accountsdb.Store, list ...accounts.Account) {
	t.Helper()
	for _, a := range list {
		if err := st.AddAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
	}
}

func TestAccountsReadBackAsTheyWereStored(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		st := store(d, nil)
		a, b := account("a"), account("b")
		b.Roles, b.Persona, b.About, b.TellSignIns = nil, "", lang.Text{}, false
		b.CreatedAt = a.CreatedAt.Add(time.Second)
		add(t, st, b, a)
		same := func(name string, got accounts.Account, err error, want accounts.Account) {
			t.Helper()
			if diff := cmp.Diff(want, got, cmpopts.EquateEmpty()); diff != "" || err != nil {
				t.Errorf("%s: %v\n%s", name, err, diff)
			}
		}
		got, err := st.Account(t.Context(), "a")
		same("by id", got, err, a)
		got, err = st.ByEmail(t.Context(), b.Email)
		same("by address", got, err, b)
		got, err = st.ByPersona(t.Context(), "a")
		same("by persona", got, err, a)
		list, err := st.AccountsOf(t.Context(), []actor.PersonID{"a", "b", "nobody", "\x00"})
		if diff := cmp.Diff([]accounts.Account{a, b}, list, cmpopts.EquateEmpty()); diff != "" || err != nil {
			t.Errorf("by creation: %v\n%s", err, diff)
		}
		a.Name, a.Email, a.Lang, a.TellSignIns, a.DisabledAt = "Ms Other", "other@example.org", lang.FR, false, db.Time(start.Add(time.Hour))
		a.Roles, a.Perimeter = []actor.Role{actor.HR}, accounts.Perimeter{Whole: true, Heads: []actor.PersonID{"a", "b"}}
		if err := st.PutAccount(t.Context(), a); err != nil {
			t.Fatal(err)
		}
		got, err = st.Account(t.Context(), "a")
		same("changed", got, err, a)
		t.Run("an address that is taken is a conflict", func(t *testing.T) {
			a.Email = b.Email
			if err := st.PutAccount(t.Context(), a); !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
			x := account("x")
			x.Email = b.Email
			if err := st.AddAccount(t.Context(), x); !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
		t.Run("what is not there is not found", func(t *testing.T) {
			for _, key := range []string{"", "unknown", "A", "a'", "a\x00", "a\xff"} {
				_, byID := st.Account(t.Context(), actor.PersonID(key))
				_, byEmail := st.ByEmail(t.Context(), key)
				_, byPersona := st.ByPersona(t.Context(), key)
				_, person := st.Person(t.Context(), actor.PersonID(key))
				for _, err := range []error{byID, byEmail, byPersona, person} {
					if !fault.Is(err, fault.NotFound) {
						t.Errorf("%q: %v", key, err)
					}
				}
			}
			if err := st.PutAccount(t.Context(), account("unknown")); !fault.Is(err, fault.Conflict) {
				t.Error(err)
			}
		})
	})
}

// Reading accounts takes the same few queries however many there are.
func TestAccountsAreReadInThreeQueries(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		st := store(d, nil)
		for _, id := range []actor.PersonID{"a", "b", "c", "d", "e"} {
			add(t, st, account(id))
		}
		n := &testkit.Statements{}
		list, err := accountsdb.New(d.DB.WithQueryHook(n), actdb.Parts{}).AccountList(t.Context(), accounts.AccountQuery{Limit: 9})
		if asked := n.Restart(); err != nil || asked != 3 || len(list) != 5 {
			t.Errorf("%d accounts by %d queries, %v", len(list), asked, err)
		}
	})
}

func TestATransactionIsAllOrNothing(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		st := store(d, nil)
		stop := errors.New("stop")
		act := func(end error) error {
			return st.Tx(t.Context(), func(tx accounts.Store) error {
				a := account("a")
				err := errors.Join(tx.AddAccount(t.Context(), a),
					tx.Outbox().Put(t.Context(), mail.Letter{Kind: mail.Trial, To: a.Email, Lang: lang.FR}),
					tx.Journal().Append(t.Context(), operator, audit.Entry{Action: "accounts.created", Outcome: audit.Done}))
				return errors.Join(err, end)
			})
		}
		count := func() (out []int) {
			for _, table := range []string{"people", "accounts", "account_roles", "mails", "journal"} {
				n, err := d.NewSelect().Table(table).Count(t.Context())
				if err != nil {
					t.Fatal(err)
				}
				out = append(out, int(n))
			}
			return out
		}
		if err := act(stop); !errors.Is(err, stop) || !cmp.Equal(count(), []int{0, 0, 0, 0, 0}) {
			t.Errorf("%v: %v", err, count())
		}
		if err := act(nil); err != nil || !cmp.Equal(count(), []int{1, 1, 2, 1, 1}) {
			t.Errorf("%v: %v", err, count())
		}
	})
}

// A line is walked up and looked at for circles by one statement, however high it is and however many days are to come.
func TestALineIsWalkedByOneStatement(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		st := store(d, nil)
		add(t, st, account("p00"))
		for i := 1; i < 40; i++ {
			id, above := actor.PersonID(fmt.Sprintf("p%02d", i)), actor.PersonID(fmt.Sprintf("p%02d", i-1))
			add(t, st, account(id))
			day := fmt.Sprintf("2027-01-%02d", 1+i%28)
			list := []accounts.Assignment{
				{ID: "x-" + string(id), Person: id, Manager: above, StartsOn: "2026-01-01", EndsOn: day, CreatedAt: start},
				{ID: "y-" + string(id), Person: id, Manager: above, StartsOn: day, CreatedAt: start},
			}
			if err := st.PutAssignments(t.Context(), id, list); err != nil {
				t.Fatal(err)
			}
		}
		n := &testkit.Statements{}
		counted := accountsdb.New(d.DB.WithQueryHook(n), actdb.Parts{})
		above, err := counted.ManagersOf(t.Context(), "p39", "2026-06-01")
		if asked := n.Restart(); err != nil || len(above) != 39 || above[0] != "p38" || above[38] != "p00" || asked != 1 {
			t.Errorf("%v by %d statements, %v", above, asked, err)
		}
		circle := accounts.Assignment{ID: "z", Person: "p00", Manager: "p39", StartsOn: "2027-03-01", EndsOn: "2027-04-01", CreatedAt: start}
		if err := st.PutAssignments(t.Context(), "p00", []accounts.Assignment{circle}); err != nil {
			t.Fatal(err)
		}
		for from, want := range map[string]string{"2026-06-01": "2027-03-01", "2027-03-15": "2027-03-15", "2027-04-01": ""} {
			n.Restart()
			day, err := counted.Circle(t.Context(), "p20", from)
			if asked := n.Restart(); err != nil || day != want || asked != 1 {
				t.Errorf("from %s: %q by %d statements, %v; want %q", from, day, asked, err, want)
			}
		}
	})
}

// Should a line ever come back to where it began, walking it ends.
func TestALineThatComesBackIsWalkedOnce(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		st := store(d, nil)
		add(t, st, account("a"), account("b"), account("c"))
		for person, manager := range map[actor.PersonID]actor.PersonID{"a": "b", "b": "c", "c": "b"} {
			x := accounts.Assignment{ID: "x-" + string(person), Person: person, Manager: manager, StartsOn: "2026-01-01", CreatedAt: start}
			if err := st.PutAssignments(t.Context(), person, []accounts.Assignment{x}); err != nil {
				t.Fatal(err)
			}
		}
		got, err := st.ManagersOf(t.Context(), "a", "2026-06-01")
		if diff := cmp.Diff([]actor.PersonID{"b", "c"}, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		got, err = st.ManagersOf(t.Context(), "b", "2026-06-01")
		if diff := cmp.Diff([]actor.PersonID{"c", "b"}, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
		got, err = st.Below(t.Context(), []actor.PersonID{"b"}, "2026-06-01")
		if diff := cmp.Diff([]actor.PersonID{"a", "c"}, got); diff != "" || err != nil {
			t.Errorf("%v\n%s", err, diff)
		}
	})
}

func TestWhetherThereAreAccountsAndPersonas(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		st := store(d, nil)
		want := func(hasAccounts, hasPersonas bool) {
			t.Helper()
			has, err := st.HasAccounts(t.Context())
			demo, other := st.HasPersonas(t.Context())
			if err != nil || other != nil || has != hasAccounts || demo != hasPersonas {
				t.Errorf("accounts %v, %v; personas %v, %v", has, err, demo, other)
			}
		}
		want(false, false)
		add(t, st, account("persona"))
		want(false, true)
		plain := account("plain")
		plain.Persona = ""
		add(t, st, plain)
		want(true, true)
	})
}

// The rules that hold under races stand in the database as well.
func TestTheDatabaseRefusesWhatCannotBe(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		st := store(d, nil)
		add(t, st, account("a"), account("b"))
		for name, statement := range map[string]string{
			"a role of none":            "INSERT INTO account_roles (person_id, role) VALUES ('a', 'king')",
			"somebody managing oneself": "INSERT INTO assignments (id, person_id, manager_id, profile, starts_on, ends_on, created_at) VALUES ('x', 'a', 'a', '', '2026-01-01', NULL, '2026-01-01T00:00:00Z')",
			"an assignment of no day":   "INSERT INTO assignments (id, person_id, manager_id, profile, starts_on, ends_on, created_at) VALUES ('x', 'a', 'b', '', '2026-01-01', '2026-01-01', '2026-01-01T00:00:00Z')",
			"a delegation to oneself":   "INSERT INTO delegations (id, from_id, to_id, duty, starts_on, ends_on, created_at) VALUES ('x', 'a', 'a', 'line', '2026-01-01', '2026-01-02', '2026-01-01T00:00:00Z')",
			"a set-up link of somebody": "INSERT INTO links (token_hash, kind, person_id, created_at, expires_at) VALUES ('x', 'setup', 'a', '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
			"a reset link of nobody":    "INSERT INTO links (token_hash, kind, person_id, created_at, expires_at) VALUES ('x', 'reset', NULL, '2026-01-01T00:00:00Z', '2026-01-01T00:00:00Z')",
			"an account of nobody":      "INSERT INTO passwords (person_id, phc, changed_at) VALUES ('nobody', 'x', '2026-01-01T00:00:00Z')",
		} {
			_, err := d.ExecContext(t.Context(), statement)
			if err == nil || !fault.Is(db.Translate(err, "try"), fault.Conflict) && !strings.Contains(err.Error(), "constraint") {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}
