package paydb_test

import (
	"context"
	"slices"
	"testing"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/jobs/pay"
	"github.com/echelon-hr/echelon/jobs/pay/paydb"
)

// TestKilledWhileASchemeIsPutInForce leaves the scheme with its bands and its entry in the journal, or nothing of it.
func TestKilledWhileASchemeIsPutInForce(t *testing.T) {
	testkit.Kill(t, testkit.Killing{
		Prepare: func(t *testing.T, d *db.DB) {
			acttest.Sign(t, d)
			prepare(t, d)
		},
		Act: func(t *testing.T, d *db.DB, at testkit.Step) error {
			store := paydb.New(d.DB, acttest.Dying(acttest.Parts(clock.Fixed(today)), at))
			bands := []pay.Band{band(t, "seller", france, "20000", "25000", "30000", "0")}
			_, err := pay.NewService(store, clock.Fixed(today), pay.Reads{}).Activate(context.Background(), actor.CommandLine(), scheme("2026"), bands)
			return err
		},
		Check: func(t *testing.T, d *db.DB, done bool) {
			noted := slices.Contains(acttest.Actions(t, d), "bands.activated")
			active, err := service(d).Active(t.Context(), comp)
			if err != nil && !fault.Is(err, fault.NotFound) {
				t.Fatal(err)
			}
			if (err == nil) != done || (len(active.Bands) == 1) != done || noted != done {
				t.Errorf("in force %+v, noted %t, want %t", active, noted, done)
			}
		},
	})
}
