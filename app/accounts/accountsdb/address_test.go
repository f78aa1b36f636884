package accountsdb_test

import (
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

// TestAddressesOfBeforeAreFoundByTheirOneForm: hosts were stored as they were typed, once.
func TestAddressesOfBeforeAreFoundByTheirOneForm(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		st := store(d, nil)
		old, later, other := account("a"), account("b"), account("c")
		later.CreatedAt = old.CreatedAt.Add(time.Second)
		add(t, st, old, later, other)
		stored := func(id, address string) {
			t.Helper()
			if _, err := d.ExecContext(t.Context(), "UPDATE people SET email = ? WHERE id = ?", address, id); err != nil {
				t.Fatal(err)
			}
		}
		const typed, form = "idn@exämple.test", "idn@xn--exmple-cua.test"
		stored("a", typed)
		if got, err := st.ByEmail(t.Context(), form); err != nil || got.ID != "a" || got.Email != form {
			t.Errorf("%+v, %v", got, err)
		}
		if p, err := st.Person(t.Context(), "a"); err != nil || p.Email != form {
			t.Errorf("%+v, %v", p, err)
		}
		x := account("x")
		x.Email = form
		if err := st.AddAccount(t.Context(), x); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second account of one mailbox: %v", err)
		}
		other.Email = form
		if err := st.PutAccount(t.Context(), other); !fault.Is(err, fault.Conflict) {
			t.Errorf("a second account of one mailbox: %v", err)
		}
		t.Run("two of before can both be mended", func(t *testing.T) {
			stored("b", form)
			if got, err := st.ByEmail(t.Context(), form); err != nil || got.ID != "a" {
				t.Errorf("%+v, %v, want the first", got, err)
			}
			old.Email, later.Email = form, form
			later.DisabledAt = db.Time(start.Add(time.Hour))
			for _, a := range []accounts.Account{old, later} {
				if err := st.PutAccount(t.Context(), a); err != nil {
					t.Errorf("%s: %v", a.ID, err)
				}
			}
			later.Email = "b@example.org"
			if err := st.PutAccount(t.Context(), later); err != nil {
				t.Error(err)
			}
			if got, err := st.ByEmail(t.Context(), later.Email); err != nil || got.ID != "b" {
				t.Errorf("%+v, %v", got, err)
			}
		})
	})
}
