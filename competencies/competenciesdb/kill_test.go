package competenciesdb_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/competencies/competenciesdb"
)

// TestKilledWhileACompetencyIsPublished leaves the version and its entry in the journal, or neither.
func TestKilledWhileACompetencyIsPublished(t *testing.T) {
	testkit.Kill(t, testkit.Killing{
		Prepare: func(t *testing.T, d *db.DB) {
			acttest.Sign(t, d)
			mustDoc(t)(service(d, today).PublishScale(t.Context(), hr, scale(1, "low", "high")))
			must[competencies.Competency](t)(service(d, today).Publish(t.Context(), hr, "selling", content(text("Selling"), 1, 2)))
		},
		Act: func(_ *testing.T, d *db.DB, at testkit.Step) error {
			store := competenciesdb.New(d.DB, acttest.Dying(acttest.Parts(clock.Fixed(today)), at))
			_, err := competencies.NewService(store, clock.Fixed(today)).
				Publish(context.Background(), hr, "selling", content(text("Selling better"), 1, 2))
			return err
		},
		Check: func(t *testing.T, d *db.DB, done bool) {
			number, want := 1, []string{"competencies.scale_published", "competencies.published"}
			if done {
				number, want = 2, append(want, "competencies.published")
			}
			if c, err := service(d, today).Get(t.Context(), hr, "selling"); err != nil || c.Number != number {
				t.Errorf("version %d, want %d: %v", c.Number, number, err)
			}
			if diff := cmp.Diff(want, acttest.Actions(t, d)); diff != "" {
				t.Errorf("the journal (-want +got):\n%s", diff)
			}
		},
	})
}
