package auditdb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

var (
	operator = actor.CommandLine()
	start    = time.Date(2026, 11, 25, 8, 30, 0, 123456789, time.UTC)
)

// signed signs the head of an empty journal, as the program does when a database meets its key.
func signed(t *testing.T, d *db.DB) *db.DB {
	t.Helper()
	if err := store(d, start).Sign(t.Context()); err != nil {
		t.Fatal(err)
	}
	return d
}

// eachJournal runs a test on a fresh database of each kind that has met its key.
func eachJournal(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) { test(t, signed(t, d)) })
}

func person(id actor.PersonID, roles ...actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: id, Name: "Camille Roy", Roles: roles}
}

func store(d *db.DB, at time.Time) *auditdb.Store {
	return auditdb.New(d.DB, clock.Fixed(at), testkit.Key)
}

func seesAll(context.Context, actor.Actor) (bool, []actor.PersonID, error) { return true, nil, nil }

func service(d *db.DB) *audit.Service { return audit.NewService(store(d, start), seesAll) }

func appendTo(t *testing.T, s *auditdb.Store, ctx context.Context, a actor.Actor, entries ...audit.Entry) {
	t.Helper()
	for _, e := range entries {
		if e.Outcome == "" {
			e.Outcome = audit.Done
		}
		if err := s.Append(ctx, a, e); err != nil {
			t.Fatal(err)
		}
	}
}

func everything(t *testing.T, d *db.DB) []audit.Entry {
	t.Helper()
	out, err := store(d, start).Entries(t.Context(), audit.Query{All: true, Oldest: true, Limit: 10000})
	if err != nil {
		t.Fatal(err)
	}
	return out
}

// whole checks the chain and how many entries it has.
func whole(t *testing.T, d *db.DB, entries int64) {
	t.Helper()
	r, err := service(d).Verify(t.Context(), operator, audit.Head{})
	if err != nil || !r.Whole() || r.Entries != entries || r.Head.Entry != entries {
		t.Errorf("%v: %+v %+v, want %d entries", err, r, r.Broken, entries)
	}
}

func TestEntriesReadBackAsTheyWereSealed(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		s := store(d, start)
		a := person("0190", actor.HR)
		a.Behalf = []actor.PersonID{"0191", "0192"}
		appendTo(t, s, t.Context(), operator, audit.Entry{Action: "setup.done"})
		// What only the journal knows is not taken from whoever appends.
		appendTo(t, s, audit.WithAddress(t.Context(), "192.0.2.1"), a, audit.Entry{
			Seq: 99, At: start.AddDate(1, 0, 0), Actor: "operator", Behalf: "x", Address: "x", Previous: "x", Hash: "x",
			Action: "accounts.roles", Object: "person:0193", Details: map[string]string{"removed": "hr", "added": "recruiter,compensation"},
		})
		got := everything(t, d)
		at := start.Truncate(time.Microsecond)
		want := []audit.Entry{
			{Seq: 1, At: at, Actor: "operator", Action: "setup.done", Outcome: audit.Done},
			{
				Seq: 2, At: at, Actor: "person:0190", Behalf: "0191,0192", Action: "accounts.roles", Object: "person:0193", Outcome: audit.Done,
				Details: map[string]string{"removed": "hr", "added": "recruiter,compensation"},
			},
		}
		if diff := cmp.Diff(want, got, cmpopts.EquateEmpty(), cmpopts.IgnoreFields(audit.Entry{}, "Hash", "Previous", "Address")); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
		if got[0].Previous != "" || got[1].Previous != got[0].Hash || len(got[0].Hash) != 64 || got[0].At.Location() != time.UTC {
			t.Errorf("not chained: %+v", got)
		}
		if got[0].Address != "" || len(got[1].Address) != 16 || strings.Contains(got[1].Address, ".") {
			t.Errorf("addresses %q and %q", got[0].Address, got[1].Address)
		}
		head, _, err := s.Head(t.Context())
		if err != nil || head != (audit.Head{Entry: 2, Hash: got[1].Hash}) {
			t.Errorf("%+v, %v", head, err)
		}
		whole(t, d, 2)
	})
}

func TestAnEntryIsPartOfItsAct(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		act := func(end error) error {
			return db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
				if _, err := tx.ExecContext(t.Context(), "INSERT INTO settings (id, value, updated_at) VALUES ('a', '1', ?)", db.Time(start)); err != nil {
					return err
				}
				if err := auditdb.New(tx, clock.Fixed(start), testkit.Key).Append(t.Context(), operator, audit.Entry{Action: "settings.changed", Outcome: audit.Done}); err != nil {
					return err
				}
				return end
			})
		}
		stop := errors.New("stop")
		if err := act(stop); !errors.Is(err, stop) {
			t.Fatal(err)
		}
		whole(t, d, 0)
		if err := act(nil); err != nil {
			t.Fatal(err)
		}
		whole(t, d, 1)
	})
}

// TestAnEntryIsWrittenLast: an act that appends before it is done keeps nobody from the journal until it is.
func TestAnEntryIsWrittenLast(t *testing.T) {
	d := signed(t, testkit.Open(t, testkit.Address(t, "postgresql"))) // on SQLite acts have one transaction at a time
	details := map[string]string{"settings": "company"}
	err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
		entry := audit.Entry{Action: "settings.changed", Outcome: audit.Done, Details: details}
		appendTo(t, auditdb.New(tx, clock.Fixed(start), testkit.Key), t.Context(), operator, entry)
		details["settings"] = "lang"                                 // what becomes of the caller's map is nothing to the entry
		ctx, cancel := context.WithTimeout(t.Context(), time.Minute) // should it wait for who waits for it
		defer cancel()
		appendTo(t, store(d, start), ctx, operator, audit.Entry{Action: "seed.loaded"})
		_, err := tx.ExecContext(t.Context(), "INSERT INTO settings (id, value, updated_at) VALUES ('a', '1', ?)", db.Time(start))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	whole(t, d, 2)
	if got := everything(t, d); got[0].Action != "seed.loaded" || got[1].Details["settings"] != "company" {
		t.Errorf("%+v", got)
	}
}

func TestAnEntryThatIsRefusedLeavesNothing(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		for _, e := range []audit.Entry{{Action: "settings.changed"}, {Action: "settings.changed", Outcome: audit.Done, Object: "person:Camille Roy"}} {
			if err := store(d, start).Append(t.Context(), operator, e); !fault.Is(err, fault.Internal) {
				t.Errorf("%+v: %v, want an Internal fault", e, err)
			}
			if err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
				if err := auditdb.New(tx, clock.Fixed(start), testkit.Key).Append(t.Context(), operator, e); !fault.Is(err, fault.Internal) {
					t.Errorf("%+v in an act: %v, want an Internal fault at once", e, err)
				}
				return nil
			}); err != nil {
				t.Error(err)
			}
		}
		whole(t, d, 0)
	})
}

// TestEntriesOfManyAtOnceAreOneChain appends from many goroutines through two handles, which the database cannot
// tell from two processes.
func TestEntriesOfManyAtOnceAreOneChain(t *testing.T) {
	const writers, each = 8, 10
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			address := testkit.Address(t, kind)
			handles := []*db.DB{signed(t, testkit.Open(t, address)), testkit.Open(t, address)}
			ctx := audit.WithAddress(t.Context(), "192.0.2.1") // the key of the month is made once, too
			var wg sync.WaitGroup
			for i := range writers {
				wg.Go(func() {
					s := store(handles[i%2], start)
					for n := range each {
						e := audit.Entry{Action: "bands.read", Outcome: audit.Done, Details: map[string]string{"n": fmt.Sprint(n)}}
						if err := s.Append(ctx, actor.SystemTask(fmt.Sprint("writer", i)), e); err != nil {
							t.Error(err)
						}
					}
				})
			}
			wg.Wait()
			whole(t, handles[0], writers*each)
			addresses, of := map[string]bool{}, map[string]int{}
			for _, e := range everything(t, handles[1]) {
				addresses[e.Address] = true
				if e.Details["n"] != fmt.Sprint(of[e.Actor]) {
					t.Errorf("entry %d of %s is its %s.", of[e.Actor], e.Actor, e.Details["n"])
				}
				of[e.Actor]++
			}
			if len(addresses) != 1 || len(of) != writers {
				t.Errorf("addresses %v, writers %v", addresses, of)
			}
		})
	}
}

func TestTheDatabaseRefusesToChangeTheJournal(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "setup.done"}, audit.Entry{Action: "seed.loaded"})
		statements := []string{
			"UPDATE journal SET actor = 'anonymous' WHERE id = 1", "UPDATE journal SET id = 7 WHERE id = 2", "DELETE FROM journal WHERE id = 2", "DELETE FROM journal",
		}
		if !d.Embedded() {
			statements = append(statements, "TRUNCATE journal", "TRUNCATE journal CASCADE")
		}
		for _, q := range statements {
			if _, err := d.ExecContext(t.Context(), q); err == nil || !strings.Contains(err.Error(), "append-only") {
				t.Errorf("%s: %v, want a refusal", q, err)
			}
		}
		whole(t, d, 2)
	})
}

// TestAnEntryIsNotReplacedUnseen: SQLite replaces a row without asking the triggers of deletion.
func TestAnEntryIsNotReplacedUnseen(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "setup.done"})
	_, err := d.ExecContext(t.Context(), "REPLACE INTO journal SELECT id, at, 'anonymous', behalf, action, object, outcome, address, details, previous, hash FROM journal WHERE id = 1")
	r, verifyErr := service(d).Verify(t.Context(), operator, audit.Head{})
	if verifyErr != nil || err == nil && r.Whole() {
		t.Errorf("an entry was replaced and the chain is said to be whole: %v", verifyErr)
	}
}

// tamper does to the rows what only somebody with the whole database can: it takes the triggers away first.
func tamper(t *testing.T, d *db.DB, statements ...string) {
	t.Helper()
	off := []string{"ALTER TABLE journal DISABLE TRIGGER ALL"}
	if d.Embedded() {
		off = []string{"DROP TRIGGER IF EXISTS journal_keeps_entries", "DROP TRIGGER IF EXISTS journal_loses_nothing"}
	}
	for _, q := range append(off, statements...) {
		if _, err := d.ExecContext(t.Context(), q); err != nil {
			t.Fatalf("%s: %v", q, err)
		}
	}
}

func TestVerifyFindsWhatWasDoneToTheRows(t *testing.T) {
	swap := []string{"UPDATE journal SET id = 99 WHERE id = 2", "UPDATE journal SET id = 2 WHERE id = 3", "UPDATE journal SET id = 3 WHERE id = 99"}
	for _, c := range []struct {
		name       string
		statements []string
		want       *audit.Break
	}{
		{"nothing", nil, nil},
		{"a time", []string{"UPDATE journal SET at = '2020-01-01 00:00:00+00:00' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"an actor", []string{"UPDATE journal SET actor = 'anonymous' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"on whose behalf", []string{"UPDATE journal SET behalf = '1' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"an action", []string{"UPDATE journal SET action = 'bands.read' WHERE id = 1"}, &audit.Break{Seq: 1, Why: audit.Changed}},
		{"an object", []string{"UPDATE journal SET object = '' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"an outcome", []string{"UPDATE journal SET outcome = 'refused' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"an address", []string{"UPDATE journal SET address = '' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"details", []string{`UPDATE journal SET details = '{"n":"9"}' WHERE id = 3`}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"details that cannot be read", []string{"UPDATE journal SET details = 'nonsense' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"the hash before", []string{"UPDATE journal SET previous = '' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"a hash", []string{"UPDATE journal SET hash = '' WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"the first removed", []string{"DELETE FROM journal WHERE id = 1"}, &audit.Break{Seq: 1, Why: audit.Missing}},
		{"one removed", []string{"DELETE FROM journal WHERE id = 3"}, &audit.Break{Seq: 3, Why: audit.Missing}},
		{"the last removed", []string{"DELETE FROM journal WHERE id = 5"}, &audit.Break{Seq: 5, Why: audit.Missing}},
		{"all removed", []string{"DELETE FROM journal"}, &audit.Break{Seq: 1, Why: audit.Missing}},
		{"two swapped", swap, &audit.Break{Seq: 2, Why: audit.Changed}},
		{"one removed and those after moved up", []string{"DELETE FROM journal WHERE id = 3", "UPDATE journal SET id = 3 WHERE id = 4", "UPDATE journal SET id = 4 WHERE id = 5"}, &audit.Break{Seq: 3, Why: audit.Changed}},
		{"the head moved back", []string{"UPDATE journal_head SET entry = 4, hash = (SELECT hash FROM journal WHERE id = 4)"}, &audit.Break{Seq: 4, Why: audit.HeadDiffers}},
		{"the end cut off and the head moved back", []string{"DELETE FROM journal WHERE id = 5", "UPDATE journal_head SET entry = 4, hash = (SELECT hash FROM journal WHERE id = 4)"}, &audit.Break{Seq: 4, Why: audit.HeadUnsigned}},
		{"all cut off and the head as it was at first", []string{"DELETE FROM journal", "UPDATE journal_head SET entry = 0, hash = '', mac = ''"}, &audit.Break{Seq: 0, Why: audit.HeadUnsigned}},
		{"the signature removed", []string{"UPDATE journal_head SET mac = ''"}, &audit.Break{Seq: 5, Why: audit.HeadUnsigned}},
		{"a seal put for the first entries", []string{
			"INSERT INTO journal_seal (id, entry, hash, entries, at, actor, export, mac) SELECT 1, 2, hash, 2, '2026-11-25 08:30:00+00:00', 'operator', '', '' FROM journal WHERE id = 2",
			"DELETE FROM journal WHERE id <= 2",
		}, &audit.Break{Seq: 2, Why: audit.SealUnsigned}},
		{"the head removed", []string{"DELETE FROM journal_head"}, &audit.Break{Seq: 0, Why: audit.HeadDiffers}},
	} {
		t.Run(c.name, func(t *testing.T) {
			eachJournal(t, func(t *testing.T, d *db.DB) {
				for n := range 5 {
					appendTo(t, store(d, start.Add(time.Duration(n)*time.Second)), audit.WithAddress(t.Context(), "192.0.2.1"), operator,
						audit.Entry{Action: "settings.changed", Object: "setting:company", Details: map[string]string{"n": fmt.Sprint(n)}})
				}
				tamper(t, d, c.statements...)
				r, err := service(d).Verify(t.Context(), operator, audit.Head{})
				if diff := cmp.Diff(c.want, r.Broken); diff != "" || err != nil {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
			})
		})
	}
}

func TestWhatIsNoTimeDoesNotHideTheJournal(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "setup.done"}, audit.Entry{Action: "seed.loaded"})
	tamper(t, d, "UPDATE journal SET at = 'yesterday' WHERE id = 2")
	if r, err := service(d).Verify(t.Context(), operator, audit.Head{}); err != nil || r.Whole() || *r.Broken != (audit.Break{Seq: 2, Why: audit.Changed}) {
		t.Errorf("%+v, %v", r, err)
	}
	if page, err := service(d).List(t.Context(), operator, audit.Filter{}); err != nil || len(page.Items) != 2 {
		t.Errorf("%+v, %v", page, err)
	}
}

func TestTheJournalGoesOnOnlyFromItsHead(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "setup.done"})
		tamper(t, d, "DELETE FROM journal_head")
		if err := store(d, start).Append(t.Context(), operator, audit.Entry{Action: "seed.loaded", Outcome: audit.Done}); err == nil {
			t.Error("without a head an entry is taken")
		}
		if n := len(everything(t, d)); n != 1 {
			t.Errorf("%d entries", n)
		}
	})
}

// TestVerifyReadsManyBatches goes over the bound of what is read at once.
func TestVerifyReadsManyBatches(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		const n = 2050
		err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
			s := auditdb.New(tx, clock.Fixed(start), testkit.Key)
			for range n {
				if err := s.Append(t.Context(), operator, audit.Entry{Action: "bands.read", Outcome: audit.Done}); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		whole(t, d, n)
		var got []int64
		err = service(d).Export(t.Context(), operator, audit.Filter{}, func(e audit.Entry) error { got = append(got, e.Seq); return nil })
		if err != nil || len(got) != n || got[0] != 1 || got[n-1] != n {
			t.Errorf("%v: %d entries were exported", err, len(got))
		}
		whole(t, d, n+1)
	})
}
