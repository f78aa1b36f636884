package db_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

func TestAListIsReadWholeOrNotAtAll(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		for i := range 3 {
			mustExec(t, d, "INSERT INTO seed_records VALUES (?, 'x', '', '', '2026-11-23 08:00:00+00:00')", fmt.Sprint(i))
		}
		for most, fits := range map[int]bool{2: false, 3: true, 4: true} {
			var kinds []string
			err := db.Whole(t.Context(), d.NewSelect().Table("seed_records").Column("kind").Order("kind"), &kinds, most, "read records")
			switch {
			case fits && (err != nil || strings.Join(kinds, "") != "012"):
				t.Errorf("at most %d: %v, %v", most, kinds, err)
			case !fits && (!fault.Is(err, fault.Internal) || !strings.Contains(err.Error(), "longer than 2")):
				t.Errorf("at most %d: %v, %v", most, kinds, err)
			}
		}
		var none []string
		if err := db.Whole(t.Context(), d.NewSelect().Table("no_such_table"), &none, 1, "read"); !fault.Is(err, fault.Internal) {
			t.Errorf("a table that is not there: %v", err)
		}
	})
}
