package db_test

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

// names lists the migration files of a dialect in their order.
func names(t *testing.T, dialect string) []string {
	t.Helper()
	files, err := fs.Glob(db.Migrations, "migrations/"+dialect+"/*")
	if err != nil {
		t.Fatal(err)
	}
	out := make([]string, 0, len(files))
	for _, f := range files {
		out = append(out, path.Base(f))
	}
	return out
}

// numbers are the names bun gives the shipped migrations: the digits that begin a file.
func numbers(t *testing.T) []string {
	t.Helper()
	var out []string
	for _, n := range names(t, "sqlite") {
		number, _, _ := strings.Cut(n, "_")
		out = append(out, number)
	}
	return out
}

func TestMigrationFilesAreNamedAlike(t *testing.T) {
	sqlite := names(t, "sqlite")
	if len(sqlite) == 0 {
		t.Fatal("no migrations")
	}
	if diff := cmp.Diff(sqlite, names(t, "postgres")); diff != "" {
		t.Errorf("the dialects have different migrations (-sqlite +postgres):\n%s", diff)
	}
	for _, n := range sqlite {
		if !strings.HasSuffix(n, ".tx.up.sql") {
			t.Errorf("%s does not run in a transaction: forward only, named NNN_what.tx.up.sql", n)
		}
	}
}

// A migration that was merged has run somewhere: its file never changes again. A new one is added to
// checksums.txt with -update, which the review of the change then shows.
func TestMergedMigrationsNeverChange(t *testing.T) {
	var b strings.Builder
	for _, dialect := range []string{"postgres", "sqlite"} {
		for _, n := range names(t, dialect) {
			text, err := fs.ReadFile(db.Migrations, "migrations/"+dialect+"/"+n)
			if err != nil {
				t.Fatal(err)
			}
			sum := sha256.Sum256(text)
			fmt.Fprintf(&b, "%s  %s/%s\n", hex.EncodeToString(sum[:]), dialect, n)
		}
	}
	testkit.Golden(t, "migrations/checksums.txt", b.String())
}

func TestMigrateFreshAndAgain(t *testing.T) {
	for _, kind := range kinds {
		t.Run(kind, func(t *testing.T) {
			d := empty(t, kind)
			before, err := d.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(db.Status{Applied: []string{}, Pending: numbers(t)}, before); diff != "" {
				t.Errorf("status of an empty database (-want +got):\n%s", diff)
			}
			done, err := d.Migrate(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(numbers(t), done); diff != "" {
				t.Errorf("first run (-want +got):\n%s", diff)
			}
			after, err := d.Status(t.Context())
			if err != nil || !after.Current() || after.Check() != nil {
				t.Errorf("status %+v, %v", after, err)
			}
			if done, err = d.Migrate(t.Context()); err != nil || len(done) != 0 {
				t.Errorf("second run did %v, %v", done, err)
			}
		})
	}
}

// Processes that start together take each step once: the step is slow enough for all to want it, and fails
// when it is taken twice.
func TestMigrateFromSeveralProcessesAtOnce(t *testing.T) {
	const slowStep = `CREATE TABLE extra (id INTEGER NOT NULL PRIMARY KEY);

--bun:split

INSERT INTO extra (id) WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 100000) SELECT n FROM counter;
`
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		files := withStep(t, slowStep)
		start, done := make(chan struct{}), make(chan []string, 4)
		var wg sync.WaitGroup
		for range 4 {
			process := testkit.Open(t, d.Address())
			process.SetMigrations(files)
			wg.Go(func() {
				<-start
				steps, err := process.Migrate(t.Context())
				if err != nil {
					t.Error(err)
				}
				done <- steps
			})
		}
		close(start)
		wg.Wait()
		close(done)
		var taken []string
		for steps := range done {
			taken = append(taken, steps...)
		}
		d.SetMigrations(files)
		s, err := d.Status(t.Context())
		if err != nil || len(taken) != 1 {
			t.Errorf("taken: %v, %v", taken, err)
		}
		if diff := cmp.Diff(db.Status{Applied: append(numbers(t), "20991231000000")}, s); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

// withStep is the shipped migrations and one more.
func withStep(t *testing.T, sql string) fs.FS {
	t.Helper()
	out := fstest.MapFS{}
	for _, dialect := range []string{"sqlite", "postgres"} {
		for _, n := range names(t, dialect) {
			name := "migrations/" + dialect + "/" + n
			text, err := fs.ReadFile(db.Migrations, name)
			if err != nil {
				t.Fatal(err)
			}
			out[name] = &fstest.MapFile{Data: text}
		}
		out["migrations/"+dialect+"/20991231000000_next.tx.up.sql"] = &fstest.MapFile{Data: []byte(sql)}
	}
	return out
}

const (
	goodStep = "CREATE TABLE extra (id TEXT NOT NULL PRIMARY KEY);\n\n--bun:split\n\nINSERT INTO extra (id) VALUES ('a');\n"
	badStep  = goodStep + "\n--bun:split\n\nINSERT INTO no_such_table (id) VALUES ('b');\n"
)

func TestFailingMigrationLeavesNothingAndIsRetried(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		d.SetMigrations(withStep(t, badStep))
		for range 2 { // the second run fails again: the step was not marked as done
			if _, err := d.Migrate(t.Context()); !fault.Is(err, fault.Internal) || !strings.Contains(err.Error(), "20991231000000") {
				t.Fatalf("error %v, want an Internal fault that names the step", err)
			}
			s, err := d.Status(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(db.Status{Applied: numbers(t), Pending: []string{"20991231000000"}}, s); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if _, err := d.ExecContext(t.Context(), "SELECT count(*) FROM extra"); err == nil {
				t.Error("the failed step left its table")
			}
		}
		d.SetMigrations(withStep(t, goodStep))
		if done, err := d.Migrate(t.Context()); err != nil || !slices.Equal(done, []string{"20991231000000"}) {
			t.Errorf("retried: %v, %v", done, err)
		}
		if n := one[int](t, d, "SELECT count(*) FROM extra"); n != 1 {
			t.Errorf("%d rows, want the repaired step's one", n)
		}
	})
}

func TestDatabaseOfANewerVersionIsRefused(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		newer := testkit.Open(t, d.Address())
		newer.SetMigrations(withStep(t, goodStep))
		if _, err := newer.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		s, err := d.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, migrateErr := d.Migrate(t.Context())
		for _, err := range []error{s.Check(), migrateErr} {
			if !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "newer version") || !strings.Contains(err.Error(), "20991231000000") {
				t.Errorf("%v, want a refusal that names what is too new", err)
			}
		}
	})
}

func TestDatabaseBehindIsRefusedWithWhatToRun(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		d.SetMigrations(withStep(t, goodStep))
		s, err := d.Status(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Check(); !fault.Is(err, fault.Unavailable) || !strings.Contains(err.Error(), "1 step(s) behind") || !strings.Contains(err.Error(), "`echelon migrate up`") {
			t.Errorf("%v, want what to run", err)
		}
	})
}

func TestSQLiteFileIsCopiedBeforeItIsMigrated(t *testing.T) {
	file := strings.TrimPrefix(testkit.Address(t, "sqlite"), "sqlite:")
	copies := func() []string {
		found, err := filepath.Glob(file + ".before-*")
		if err != nil {
			t.Fatal(err)
		}
		return found
	}
	d := testkit.Open(t, "sqlite:"+file)
	mustExec(t, d, "INSERT INTO scales VALUES ('1', 'kept', 1, '{}', '', '2026-11-23')")
	if _, err := d.Migrate(t.Context()); err != nil || len(copies()) != 0 {
		t.Fatalf("nothing to migrate, yet copies %v, %v", copies(), err)
	}
	d.SetMigrations(withStep(t, goodStep))
	if _, err := d.Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if len(copies()) != 1 {
		t.Fatalf("copies %v, want one", copies())
	}
	info, err := os.Stat(copies()[0])
	if err != nil {
		t.Fatal(err)
	}
	if info.Mode().Perm() != 0o600 {
		t.Errorf("the copy may be read by %v", info.Mode())
	}
	old := testkit.Open(t, "sqlite:"+copies()[0])
	if s, err := old.Status(t.Context()); err != nil || !s.Current() {
		t.Errorf("the copy stands at %+v, %v", s, err)
	}
	if slug := one[string](t, old, "SELECT slug FROM scales"); slug != "kept" {
		t.Errorf("the copy holds %q", slug)
	}
}

func TestFailingStepKeepsOneCopyHoweverOftenItIsTried(t *testing.T) {
	file := strings.TrimPrefix(testkit.Address(t, "sqlite"), "sqlite:")
	d := testkit.Open(t, "sqlite:"+file)
	d.SetMigrations(withStep(t, badStep))
	for range 3 {
		if _, err := d.Migrate(t.Context()); err == nil {
			t.Fatal("the step does not fail")
		}
	}
	if beside, _ := filepath.Glob(file + ".*"); !slices.Equal(beside, []string{file + ".before-20991231000000"}) {
		t.Errorf("beside the database stand %v, want one copy", beside)
	}
}

func TestFreshSQLiteFileIsNotCopied(t *testing.T) {
	dir := t.TempDir()
	if _, err := testkit.Open(t, "sqlite:"+filepath.Join(dir, "new.db")).Migrate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if found, _ := filepath.Glob(filepath.Join(dir, "*.before-*")); len(found) != 0 {
		t.Errorf("copied an empty database: %v", found)
	}
}
