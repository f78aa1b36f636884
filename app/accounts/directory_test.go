package accounts_test

import (
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/actor"
)

func TestNamesAreThoseOfWhoIsAskedFor(t *testing.T) {
	inCompany(t, func(t *testing.T, c *company) {
		a, b := c.hire("camille"), c.hire("karim")
		c.hire("zoe")
		got, err := c.Names(t.Context(), person(a), []actor.PersonID{a.ID, b.ID, a.ID, "nobody", "", "\x00", "\xff"})
		if diff := cmp.Diff(map[actor.PersonID]string{a.ID: a.Name, b.ID: b.Name}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		if got, err := c.Names(t.Context(), person(a), nil); err != nil || len(got) != 0 {
			t.Errorf("of nobody: %v, %v", got, err)
		}
		if _, err := c.Names(t.Context(), nobody, []actor.PersonID{a.ID}); err == nil {
			t.Error("a visitor reads names")
		}
	})
}
