package db_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
)

// schema is what must be the same on both databases, each rule in one line.
type schema struct {
	Columns, PrimaryKeys, ForeignKeys, Indexes []string
	Checks                                     map[string]int // by table
}

func (s *schema) sort() {
	for _, list := range [][]string{s.Columns, s.PrimaryKeys, s.ForeignKeys, s.Indexes} {
		slices.Sort(list)
	}
}

// lines reads a query whose rows are single texts.
func lines(t *testing.T, d *db.DB, query string, args ...any) []string {
	t.Helper()
	var out []string
	if err := d.NewRaw(query, args...).Scan(t.Context(), &out); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return out
}

func sqliteSchema(t *testing.T, d *db.DB) schema {
	t.Helper()
	s := schema{Checks: map[string]int{}}
	for _, table := range lines(t, d, "SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'bun%' AND name NOT LIKE 'sqlite%'") {
		s.Columns = append(s.Columns, lines(t, d, `SELECT ? || '.' || name || CASE WHEN "notnull" THEN ' not null' ELSE '' END FROM pragma_table_info(?)`, table, table)...)
		s.PrimaryKeys = append(s.PrimaryKeys, table+" "+strings.Join(lines(t, d, "SELECT name FROM pragma_table_info(?) WHERE pk > 0 ORDER BY pk", table), ", "))
		s.ForeignKeys = append(s.ForeignKeys, lines(t, d, `SELECT ? || '.' || "from" || ' -> ' || "table" || '.' || "to" || ' ' || on_delete FROM pragma_foreign_key_list(?)`, table, table)...)
		for _, index := range lines(t, d, `SELECT name FROM pragma_index_list(?) WHERE origin <> 'pk'`, table) {
			flags := one[string](t, d, `SELECT CASE WHEN "unique" THEN 'unique ' ELSE '' END || CASE WHEN partial THEN 'partial ' ELSE '' END FROM pragma_index_list(?) WHERE name = ?`, table, index)
			s.Indexes = append(s.Indexes, flags+table+" "+strings.Join(lines(t, d, "SELECT name FROM pragma_index_info(?) ORDER BY seqno", index), ", "))
		}
		if n := strings.Count(one[string](t, d, "SELECT sql FROM sqlite_master WHERE type = 'table' AND name = ?", table), "CHECK ("); n > 0 {
			s.Checks[table] = n
		}
	}
	s.sort()
	return s
}

func postgresSchema(t *testing.T, d *db.DB) schema {
	t.Helper()
	const ours = `c.relnamespace = current_schema()::regnamespace AND c.relname NOT LIKE 'bun%'`
	columns := func(keys string) string {
		return `(SELECT string_agg(a.attname, ', ' ORDER BY k.n) FROM unnest(` + keys + `) WITH ORDINALITY AS k(num, n) JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = k.num)`
	}
	s := schema{
		Columns: lines(t, d, `SELECT c.relname || '.' || a.attname || CASE WHEN a.attnotnull THEN ' not null' ELSE '' END
			FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid WHERE c.relkind = 'r' AND a.attnum > 0 AND NOT a.attisdropped AND `+ours),
		PrimaryKeys: lines(t, d, `SELECT c.relname || ' ' || `+columns("k.conkey")+` FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'p' AND `+ours),
		ForeignKeys: lines(t, d, `SELECT c.relname || '.' || `+columns("k.conkey")+` || ' -> ' || k.confrelid::regclass || '.' ||
			(SELECT a.attname FROM pg_attribute a WHERE a.attrelid = k.confrelid AND a.attnum = k.confkey[1]) || ' ' ||
			CASE k.confdeltype WHEN 'a' THEN 'NO ACTION' WHEN 'c' THEN 'CASCADE' ELSE k.confdeltype::text END
			FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'f' AND `+ours),
		Indexes: lines(t, d, `SELECT CASE WHEN i.indisunique THEN 'unique ' ELSE '' END || CASE WHEN i.indpred IS NOT NULL THEN 'partial ' ELSE '' END || c.relname || ' ' || `+columns("i.indkey::int2[]")+`
			FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid WHERE NOT i.indisprimary AND `+ours),
		Checks: map[string]int{},
	}
	for _, line := range lines(t, d, `SELECT c.relname || ' ' || count(*) FROM pg_constraint k JOIN pg_class c ON c.oid = k.conrelid WHERE k.contype = 'c' AND `+ours+` GROUP BY c.relname`) {
		var table string
		var n int
		if _, err := fmt.Sscan(line, &table, &n); err != nil {
			t.Fatal(err)
		}
		s.Checks[table] = n
	}
	s.sort()
	return s
}

// Both databases hold the same schema: what one accepts or refuses, the other does.
func TestSchemasAreAlike(t *testing.T) {
	got := map[string]schema{}
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		if d.Embedded() {
			got["sqlite"] = sqliteSchema(t, d)
		} else {
			got["postgresql"] = postgresSchema(t, d)
		}
	})
	s := got["sqlite"]
	if len(s.Columns) < 100 || len(s.PrimaryKeys) < 20 || len(s.ForeignKeys) < 15 || len(s.Indexes) < 15 || len(s.Checks) < 12 {
		t.Errorf("the reading of SQLite's schema found too little: %d columns, %d primary keys, %d foreign keys, %d indexes, %d checks",
			len(s.Columns), len(s.PrimaryKeys), len(s.ForeignKeys), len(s.Indexes), len(s.Checks))
	}
	if p, ok := got["postgresql"]; ok {
		if diff := cmp.Diff(s, p); diff != "" {
			t.Errorf("the databases differ (-sqlite +postgresql):\n%s", diff)
		}
	}
}

// Every SQLite table is STRICT: without it a text is taken into an integer column.
func TestSQLiteTablesAreStrict(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	if loose := lines(t, d, "SELECT name FROM pragma_table_list WHERE type = 'table' AND schema = 'main' AND NOT strict AND name NOT LIKE 'bun%' AND name NOT LIKE 'sqlite%'"); len(loose) > 0 {
		t.Errorf("not STRICT: %v", loose)
	}
}

// What is compared or ordered in PostgreSQL sorts by code point, as SQLite does.
func TestPostgresKeysSortByCodePoint(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		if d.Embedded() {
			return
		}
		loose := lines(t, d, `SELECT DISTINCT c.relname || '.' || a.attname FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid
			JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum = ANY (i.indkey) JOIN pg_collation l ON l.oid = a.attcollation
			WHERE c.relnamespace = current_schema()::regnamespace AND c.relname NOT LIKE 'bun%' AND l.collname <> 'C' ORDER BY 1`)
		for _, column := range loose {
			if strings.HasSuffix(column, ".slug") || strings.HasSuffix(column, ".id") || strings.Contains(column, ".sort_") || strings.HasSuffix(column, ".term") {
				t.Errorf("%s sorts by the server's collation", column)
			}
		}
	})
}
