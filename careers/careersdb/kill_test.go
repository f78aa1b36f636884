package careersdb_test

import (
	"context"
	"slices"
	"testing"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/careers/careersdb"
)

// TestKilledWhileALadderIsPublished leaves the version, its moves and its entry in the journal, or nothing of it.
func TestKilledWhileALadderIsPublished(t *testing.T) {
	testkit.Kill(t, testkit.Killing{
		Prepare: func(t *testing.T, d *db.DB) {
			acttest.Sign(t, d)
			prepare(t, d)
		},
		Act: func(_ *testing.T, d *db.DB, at testkit.Step) error {
			store := careersdb.New(d.DB, acttest.Dying(acttest.Parts(clock.Fixed(today)), at))
			_, err := careers.NewService(store, clock.Fixed(today)).PublishLadder(context.Background(), hr, "main", content(24))
			return err
		},
		Check: func(t *testing.T, d *db.DB, done bool) {
			refs, err := service(d, today).Refs(t.Context(), hr)
			if err != nil || (len(refs) == 1) != done {
				t.Errorf("the ladders %+v: %v", refs, err)
			}
			if noted := slices.Contains(acttest.Actions(t, d), "ladders.published"); noted != done {
				t.Errorf("the journal tells of it: %t, want %t", noted, done)
			}
		},
	})
}
