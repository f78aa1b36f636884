package auditdb_test

import (
	"context"
	"testing"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
)

// TestKilledBetweenAnActAndItsEntry kills a process with a signal that it cannot catch: what it did and what the
// journal says of it are both there, or neither is, and the journal goes on.
func TestKilledBetweenAnActAndItsEntry(t *testing.T) {
	testkit.Kill(t, testkit.Killing{
		Prepare: func(t *testing.T, d *db.DB) {
			appendTo(t, store(signed(t, d), start), t.Context(), operator, audit.Entry{Action: "setup.done"})
		},
		Act: func(_ *testing.T, d *db.DB, at testkit.Step) error {
			ctx := context.Background()
			return db.InTx(ctx, d.DB, func(tx bun.IDB) error {
				const act = "INSERT INTO settings (id, value, updated_at) VALUES ('killed', '1', ?)"
				if _, err := tx.ExecContext(ctx, act, db.Time(start)); err != nil {
					return err
				}
				testkit.DieIf(at == testkit.BeforeEntry)
				entry := audit.Entry{Action: "settings.changed", Outcome: audit.Done}
				if err := auditdb.New(tx, clock.Fixed(start), testkit.Key).Append(ctx, operator, entry); err != nil {
					return err
				}
				return db.Last(ctx, tx, func(bun.IDB) error {
					testkit.DieIf(at == testkit.BeforeCommit)
					return nil
				})
			})
		},
		Check: func(t *testing.T, d *db.DB, done bool) {
			want := int64(0)
			if done {
				want = 1
			}
			n, err := d.NewSelect().Table("settings").Where("id = 'killed'").Count(t.Context())
			if err != nil || n != want {
				t.Errorf("%v: the act is there %d times, want %d", err, n, want)
			}
			whole(t, d, 1+want)
			// Nothing stays locked by the dead.
			appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "seed.loaded"})
			whole(t, d, 2+want)
		},
	})
}
