package db_test

import (
	"io/fs"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/db"
)

// before opens a database as it was before a step of the schema, and gives it the shipped steps to come.
func before(t *testing.T, kind, step string) *db.DB {
	t.Helper()
	files := fstest.MapFS{}
	for _, dialect := range []string{"sqlite", "postgres"} {
		for _, n := range names(t, dialect) {
			if n >= step {
				continue
			}
			name := "migrations/" + dialect + "/" + n
			text, err := fs.ReadFile(db.Migrations, name)
			if err != nil {
				t.Fatal(err)
			}
			files[name] = &fstest.MapFile{Data: text}
		}
	}
	d := empty(t, kind)
	d.SetMigrations(files)
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	d.SetMigrations(db.Migrations)
	return d
}

// schemesOfBefore are a scheme in force with a band, and one that is not, as they were stored before schemes had dates.
var schemesOfBefore = []string{
	`INSERT INTO families (id, slug, document, hash, created_at, updated_at)
	VALUES ('f', 'sales', '{}', '', '2026-11-23', '2026-11-23')`,
	`INSERT INTO profiles (id, slug, family_id, track, stage, place, placement, sort_fr, sort_en, version, created_at, updated_at)
	VALUES ('p', 'seller', 'f', 'field', 'entry', 1000, '{}', '', '', 1, '2026-11-23', '2026-11-23')`,
	`INSERT INTO zones (id, slug, document, hash, created_at, updated_at)
	VALUES ('z', 'france', '{}', '', '2026-11-23', '2026-11-23')`,
	`INSERT INTO pay_schemes (id, slug, document, hash, state, active_from, created_at)
	VALUES ('s', 'demo', '{"bands":[],"scheme":{"name":{"fr":"Grille"},"slug":"demo"}}', 'h', 'active', '2026-01-01',
		'2026-11-23 08:30:00+00:00')`,
	`INSERT INTO pay_schemes (id, slug, document, hash, state, active_from, created_at)
	VALUES ('t', 'none', '{"bands":[],"scheme":{"slug":"none"}}', 'i', 'draft', NULL, '2026-11-24 23:30:00+00:00')`,
	`INSERT INTO pay_bands
	(scheme_id, profile_id, zone_id, currency, period, base_min, base_target, base_max, variable_target)
	VALUES ('s', 'p', 'z', 'EUR', 'YEAR', 1, 2, 3, 4)`,
}

// The scheme that was active is approved by the seeds that brought it and keeps its bands, its document and its day; a
// scheme that was none gets the day on which it was made.
func TestPaySchemesOfBeforeAreDated(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			d := before(t, kind, "20261128060000")
			for _, statement := range schemesOfBefore {
				mustExec(t, d, statement)
			}
			if _, err := d.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
			got := lines(t, d, `SELECT id || ' ' || slug || ' ' || hash || ' ' || state || ' ' || active_from || ' ' ||
				created_by || ' ' || coalesce(approved_by, '-') || ' ' || coalesce(approval, 0) || ' ' ||
				coalesce(submitted_at = created_at AND approved_at = created_at, FALSE) FROM pay_schemes ORDER BY id`)
			yes, no := "true", "false"
			if d.Embedded() {
				yes, no = "1", "0"
			}
			want := []string{
				"s demo h approved 2026-01-01 system:seed system:seed 1 " + yes,
				"t none i draft 2026-11-24 system:seed - 0 " + no,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			about := "json_extract(about, '$.name.fr')"
			if !d.Embedded() {
				about = "about::jsonb -> 'name' ->> 'fr'"
			}
			if name := one[string](t, d, "SELECT "+about+" FROM pay_schemes WHERE id = 's'"); name != "Grille" {
				t.Errorf("what the scheme says of itself is called %q", name)
			}
			if n := one[int](t, d, "SELECT latest FROM pay_approvals"); n != 1 {
				t.Errorf("%d approvals are counted", n)
			}
			amounts := one[int](t, d, `SELECT base_min + 10 * base_target + 100 * base_max + 1000 * variable_target
				FROM pay_bands WHERE scheme_id = 's' AND profile_id = 'p' AND zone_id = 'z'`)
			if amounts != 4321 {
				t.Errorf("its band holds %d", amounts)
			}
			if _, err := d.ExecContext(t.Context(), "DELETE FROM pay_schemes WHERE id = 's'"); err == nil {
				t.Error("a scheme goes and leaves its bands")
			}
		})
	}
}
