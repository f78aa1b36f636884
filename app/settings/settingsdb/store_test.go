package settingsdb_test

import (
	"errors"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/app/settings/settingsdb"
	"github.com/echelon-hr/echelon/app/testkit"
)

var (
	noon  = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	admin = actor.Actor{Kind: actor.Person, ID: "admin", Roles: []actor.Role{actor.Administrator}}
)

// store is one whose journal takes entries, or fails.
func store(d *db.DB, err error) *settingsdb.Store {
	recorder := &acttest.Recorder{Fails: err}
	return settingsdb.New(d.DB, actdb.Parts{Journal: func(bun.IDB) audit.Journal { return recorder.Journal() }})
}

func all(t *testing.T, d *db.DB) map[string]string {
	t.Helper()
	got, err := store(d, nil).All(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestChangesAreStored(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s := settings.NewService(store(d, nil), clock.Fixed(noon), settings.Settings{})
		for _, in := range []settings.Input{
			{Company: "Brume & fils d’Élise", TimeZone: "Europe/Paris", Lang: lang.EN}, {Company: "", TimeZone: "Pacific/Noumea", Lang: lang.EN},
		} {
			got, err := s.Change(t.Context(), admin, in)
			if err != nil || got != settings.Settings(in) {
				t.Fatalf("%+v, %v", got, err)
			}
			other := settings.NewService(store(d, nil), clock.Fixed(noon), settings.Settings{Company: "default"})
			if got, err := other.Current(t.Context(), actor.Nobody()); err != nil || got != settings.Settings(in) {
				t.Errorf("another process reads %+v, %v", got, err)
			}
		}
		want := map[string]string{"company": "", "time_zone": "Pacific/Noumea", "lang": "en"}
		if diff := cmp.Diff(want, all(t, d)); diff != "" {
			t.Errorf("stored (-want +got):\n%s", diff)
		}
	})
}

func TestChangeThatCannotBeJournalledDoesNotHappen(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		full := errors.New("full")
		s := settings.NewService(store(d, full), clock.Fixed(noon), settings.Settings{})
		if _, err := s.Change(t.Context(), admin, settings.Input{Company: "Brume", TimeZone: "UTC", Lang: lang.FR}); !errors.Is(err, full) {
			t.Errorf("%v", err)
		}
		if got := all(t, d); len(got) != 0 {
			t.Errorf("stored all the same: %v", got)
		}
		if got, err := s.Current(t.Context(), actor.Nobody()); err != nil || got.Company != "" {
			t.Errorf("in force %+v, %v", got, err)
		}
	})
}
