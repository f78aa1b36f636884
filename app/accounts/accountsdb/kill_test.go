package accountsdb_test

import (
	"context"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
)

const camille = "camille@example.org"

// TestKilledWhileAnAccountIsDisabled kills a process with a signal that it cannot catch: the account is disabled, its
// session over and the journal says so, or none of it.
func TestKilledWhileAnAccountIsDisabled(t *testing.T) {
	var token string
	testkit.Kill(t, testkit.Killing{
		Prepare: func(t *testing.T, d *db.DB) {
			acttest.Sign(t, d)
			s := service(d, nil)
			id, _, err := s.Create(t.Context(), operator, accounts.NewAccount{Email: camille, Name: "Camille Roy", Lang: lang.FR})
			if err != nil {
				t.Fatal(err)
			}
			token = signIn(t, d, s, id)
		},
		Act: func(_ *testing.T, d *db.DB, at testkit.Step) error {
			account, err := store(d, nil).ByEmail(context.Background(), camille)
			if err != nil {
				return err
			}
			dying := acttest.Dying(acttest.Parts(clock.Fixed(start)), at)
			return service(d, dying.Journal).Disable(context.Background(), operator, account.ID)
		},
		Check: func(t *testing.T, d *db.DB, done bool) {
			want := []string{"accounts.created", "session.opened"}
			if done {
				want = append(want, "accounts.disabled")
			}
			account, err := store(d, nil).ByEmail(t.Context(), camille)
			if err != nil || account.Disabled() != done {
				t.Errorf("disabled %v, want %v: %v", account.Disabled(), done, err)
			}
			if n, err := d.NewSelect().Table("sessions").Count(t.Context()); err != nil || (n == 0) != done {
				t.Errorf("%d sessions, %v", n, err)
			}
			s := service(d, nil)
			if who, err := s.Resume(t.Context(), actor.Nobody(), token); err != nil || (who.Kind == actor.Anonymous) != done {
				t.Errorf("the session is %+v, %v", who, err)
			}
			if diff := cmp.Diff(want, acttest.Actions(t, d)); diff != "" {
				t.Errorf("the journal (-want +got):\n%s", diff)
			}
			// Nothing stays locked by the dead.
			if err := s.Enable(t.Context(), operator, account.ID); err != nil {
				t.Error(err)
			}
			if diff := cmp.Diff(append(want, "accounts.enabled"), acttest.Actions(t, d)); diff != "" {
				t.Errorf("and then (-want +got):\n%s", diff)
			}
		},
	})
}
