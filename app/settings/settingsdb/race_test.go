package settingsdb_test

import (
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/app/settings/settingsdb"
	"github.com/echelon-hr/echelon/app/testkit"
)

// TestTwoChangeTheSettingsAtOnce: what is in force then is what one of them asked for, never a piece of each.
func TestTwoChangeTheSettingsAtOnce(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			address := testkit.Address(t, kind)
			var stores []*settingsdb.Store
			for range 2 {
				stores = append(stores, store(testkit.Open(t, address), nil))
			}
			change := func(st *settingsdb.Store, in settings.Input) {
				s := settings.NewService(st, clock.Fixed(noon), settings.Settings{})
				if _, err := s.Change(t.Context(), admin, in); err != nil {
					t.Error(err)
				}
			}
			before := settings.Input{Company: "Altiva", TimeZone: "UTC", Lang: lang.FR}
			asked := []settings.Input{
				{Company: "Borealis", TimeZone: "UTC", Lang: lang.FR}, {Company: "Altiva", TimeZone: "Europe/Paris", Lang: lang.EN},
			}
			for range 20 {
				change(stores[0], before)
				var ready, done sync.WaitGroup
				ready.Add(len(asked))
				for i, in := range asked {
					done.Go(func() {
						ready.Done()
						ready.Wait()
						change(stores[i], in)
					})
				}
				done.Wait()
				got, err := settings.NewService(stores[0], clock.Fixed(noon), settings.Settings{}).Read(t.Context(), admin)
				if err != nil || got != settings.Settings(asked[0]) && got != settings.Settings(asked[1]) {
					t.Fatalf("a piece of each is in force: %v\n%s", err, cmp.Diff(settings.Settings(asked[0]), got))
				}
			}
		})
	}
}
