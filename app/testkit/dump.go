package testkit

import (
	"fmt"
	"slices"
	"testing"

	"github.com/echelon-hr/echelon/app/db"
)

// Tables lists those of the product.
func Tables(t testing.TB, d *db.DB) []string {
	t.Helper()
	query := "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'bun%' AND name NOT LIKE 'sqlite%'"
	if !d.Embedded() {
		query = "SELECT tablename FROM pg_tables WHERE schemaname = current_schema() AND tablename NOT LIKE 'bun%'"
	}
	var out []string
	if err := d.NewRaw(query).Scan(t.Context(), &out); err != nil || len(out) < 20 {
		t.Fatalf("%d tables, %v", len(out), err)
	}
	return out
}

// Dump reads every row of every table, but for those left out, so that two moments can be compared whole.
func Dump(t testing.TB, d *db.DB, without ...string) map[string][]string {
	t.Helper()
	out := map[string][]string{}
	for _, table := range Tables(t, d) {
		if slices.Contains(without, table) {
			continue
		}
		var rows []map[string]any
		if err := d.NewRaw("SELECT * FROM "+table).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		for _, row := range rows {
			out[table] = append(out[table], fmt.Sprint(row))
		}
		slices.Sort(out[table])
	}
	return out
}
