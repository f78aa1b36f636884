package db_test

import (
	"context"
	"errors"
	"slices"
	"sync"
	"testing"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

const addRecord = "INSERT INTO seed_records VALUES (?, 'x', '', '', '2026-11-23 08:00:00+00:00')"

// records are the kinds of the seed records, which these tests write for want of a table of their own.
func records(t *testing.T, d *db.DB) []string {
	t.Helper()
	return lines(t, d, "SELECT kind FROM seed_records ORDER BY kind")
}

func TestTwoThatWaitForEachOtherBothGetThrough(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "postgresql")) // on SQLite the second begins when the first has ended
	mustExec(t, d, addRecord, "a")
	mustExec(t, d, addRecord, "b")
	var bothHoldOne, done sync.WaitGroup
	bothHoldOne.Add(2)
	tries := make([]int, 2)
	for i, names := range [][]string{{"a", "b"}, {"b", "a"}} {
		done.Go(func() {
			err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
				tries[i]++
				for n, name := range names {
					if n == 1 && tries[i] == 1 {
						bothHoldOne.Done()
						bothHoldOne.Wait()
					}
					const write = "UPDATE seed_records SET seed_hash = seed_hash || 'x' WHERE kind = ?"
					res, err := tx.ExecContext(t.Context(), write, name)
					if err := db.Changed(res, err, "update"); err != nil {
						return err
					}
				}
				return nil
			})
			if err != nil {
				t.Errorf("%v: %v", names, err)
			}
		})
	}
	done.Wait()
	if tries[0]+tries[1] < 3 {
		t.Errorf("tried %v times, want one of the two again", tries)
	}
	if got := lines(t, d, "SELECT seed_hash FROM seed_records"); !slices.Equal(got, []string{"xx", "xx"}) {
		t.Errorf("written %q: each once by both", got)
	}
}

func TestATransactionIsNotTriedForEver(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "postgresql"))
	for code, want := range map[string]int{"40001": 5, "40P01": 5, "23505": 1, "57014": 1} {
		outer, inner, last := 0, 0, 0
		err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
			outer++
			mustExec(t, tx, addRecord, code)
			if err := db.Last(t.Context(), tx, func(bun.IDB) error { last++; return nil }); err != nil {
				return err
			}
			return db.InTx(t.Context(), tx, func(tx bun.IDB) error {
				inner++
				_, err := tx.ExecContext(t.Context(), "DO $$ BEGIN RAISE EXCEPTION 'no' USING ERRCODE = '"+code+"'; END $$")
				return db.Translate(err, "try")
			})
		})
		if err == nil || outer != want || inner != want || last != 0 {
			t.Errorf("%s: tried %d and %d times, to its end %d times, want %d: %v", code, outer, inner, last, want, err)
		}
	}
	if got := records(t, d); len(got) != 0 {
		t.Errorf("left %v", got)
	}
}

func TestWhatComesLast(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		var did []string
		do := func(what string) func(bun.IDB) error {
			return func(tx bun.IDB) error {
				did = append(did, what)
				mustExec(t, tx, addRecord, what)
				return nil
			}
		}
		in := func(fn func(tx bun.IDB) error) error {
			did = nil
			return db.InTx(t.Context(), d.DB, fn)
		}
		last := func(tx bun.IDB, what string) error { return db.Last(t.Context(), tx, do(what)) }
		t.Run("is done in order, after all else, of the inner ones too", func(t *testing.T) {
			err := in(func(tx bun.IDB) error {
				return errors.Join(last(tx, "c"), db.InTx(t.Context(), tx, func(inner bun.IDB) error { return last(inner, "d") }),
					last(tx, "e"), do("a")(tx), do("b")(tx))
			})
			if err != nil || !slices.Equal(did, []string{"a", "b", "c", "d", "e"}) || len(records(t, d)) != 5 {
				t.Errorf("%v: %v", did, err)
			}
		})
		t.Run("is not done when the transaction fails", func(t *testing.T) {
			stop := errors.New("stop")
			err := in(func(tx bun.IDB) error { return errors.Join(last(tx, "f"), stop) })
			if !errors.Is(err, stop) || len(did) != 0 {
				t.Errorf("%v: %v", did, err)
			}
		})
		t.Run("fails the transaction", func(t *testing.T) {
			stop := errors.New("stop")
			err := in(func(tx bun.IDB) error {
				fails := func(bun.IDB) error { return stop }
				return errors.Join(do("g")(tx), last(tx, "h"), db.Last(t.Context(), tx, fails), last(tx, "i"))
			})
			if !errors.Is(err, stop) || !slices.Equal(did, []string{"g", "h"}) || len(records(t, d)) != 5 {
				t.Errorf("%v, %v: %v", did, records(t, d), err)
			}
		})
		t.Run("may itself leave something for the end", func(t *testing.T) {
			err := in(func(tx bun.IDB) error {
				return db.Last(t.Context(), tx, func(tx bun.IDB) error { return errors.Join(do("k")(tx), last(tx, "l")) })
			})
			if err != nil || !slices.Equal(did, []string{"k", "l"}) || len(records(t, d)) != 7 {
				t.Errorf("%v: %v", did, err)
			}
		})
		t.Run("is done at once where there is no transaction", func(t *testing.T) {
			did = nil
			if err := last(d.DB, "j"); err != nil || len(did) != 1 || len(records(t, d)) != 8 {
				t.Errorf("%v: %v", did, err)
			}
		})
	})
}

func TestOneNameIsLockedByOneAtATime(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, addRecord, "counter")
		other := testkit.Open(t, d.Address())
		// Reading and writing apart loses counts, unless those who do it come one after the other.
		count := func(ctx context.Context, d *db.DB) error {
			return db.InTx(ctx, d.DB, func(tx bun.IDB) error {
				if err := db.Lock(ctx, tx, "the counter"); err != nil {
					return err
				}
				var so string
				if err := tx.NewRaw("SELECT seed_hash FROM seed_records").Scan(ctx, &so); err != nil {
					return err
				}
				_, err := tx.ExecContext(ctx, "UPDATE seed_records SET seed_hash = ?", so+"x")
				return err
			})
		}
		var done sync.WaitGroup
		for i := range 40 {
			done.Go(func() {
				if err := count(t.Context(), []*db.DB{d, other}[i%2]); err != nil {
					t.Error(err)
				}
			})
		}
		done.Wait()
		if got := lines(t, d, "SELECT seed_hash FROM seed_records"); len(got[0]) != 40 {
			t.Errorf("counted to %d, want 40", len(got[0]))
		}
		if err := db.Lock(t.Context(), d.DB, "the counter"); !fault.Is(err, fault.Internal) {
			t.Errorf("outside of a transaction: %v, want an Internal fault", err)
		}
	})
}

// TestWhoClearsUpPassesOverWhatSomebodyIsAt: the transaction that holds the row ends only when the other one is done.
func TestWhoClearsUpPassesOverWhatSomebodyIsAt(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "postgresql"))
	mustExec(t, d, addRecord, "free")
	mustExec(t, d, addRecord, "held")
	err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
		if _, err := tx.ExecContext(t.Context(), "UPDATE seed_records SET seed_hash = 'x' WHERE kind = 'held'"); err != nil {
			return err
		}
		return db.InTx(t.Context(), d.DB, func(other bun.IDB) error {
			all := db.SkipLocked(other, other.NewSelect().Table("seed_records").Column("kind"))
			_, err := other.NewDelete().Table("seed_records").Where("kind IN (?)", all).Exec(t.Context())
			return err
		})
	})
	if got := records(t, d); err != nil || !slices.Equal(got, []string{"held"}) {
		t.Errorf("left %v: %v", got, err)
	}
}
