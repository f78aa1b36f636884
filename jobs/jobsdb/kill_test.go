package jobsdb_test

import (
	"context"
	"slices"
	"testing"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
)

// TestKilledWhileAProfileIsPublished leaves the version, the state of the one before, the index and the entry in the
// journal, or nothing of it.
func TestKilledWhileAProfileIsPublished(t *testing.T) {
	testkit.Kill(t, testkit.Killing{
		Prepare: func(t *testing.T, d *db.DB) {
			acttest.Sign(t, d)
			prepare(t, d)
			if _, err := services(d.DB, today).Jobs.Publish(t.Context(), hr, "seller", placement(), smallContent("Lamplighter")); err != nil {
				t.Fatal(err)
			}
		},
		Act: func(_ *testing.T, d *db.DB, at testkit.Step) error {
			s := over(d.DB, today, acttest.Dying(acttest.Parts(clock.Fixed(today)), at))
			_, err := s.Jobs.Publish(context.Background(), hr, "seller", placement(), smallContent("Stargazer"))
			return err
		},
		Check: func(t *testing.T, d *db.DB, done bool) {
			number, entries := 1, 1
			if done {
				number, entries = 2, 2
			}
			s := services(d.DB, today).Jobs
			versions, err := s.Versions(t.Context(), reads, "seller")
			if err != nil || len(versions) != number || versions[0].Number != number {
				t.Errorf("versions %+v, want %d: %v", versions, number, err)
			}
			if p, err := s.Get(t.Context(), reads, "seller"); err != nil || p.Version.Number != number {
				t.Errorf("in force is %d, want %d: %v", p.Version.Number, number, err)
			}
			actions := slices.DeleteFunc(acttest.Actions(t, d), func(a string) bool { return a != "jobs.published" })
			if len(actions) != entries {
				t.Errorf("%d entries, want %d", len(actions), entries)
			}
		},
	})
}
