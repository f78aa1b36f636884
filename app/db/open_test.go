package db_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

// kinds are the databases of every suite here that does not start from a migrated one.
var kinds = []string{"sqlite", "postgresql"}

// empty opens a database without any table.
func empty(t *testing.T, kind string) *db.DB {
	t.Helper()
	if kind == "postgresql" {
		return testkit.Open(t, testkit.EmptyPostgres(t))
	}
	return testkit.Open(t, "sqlite:"+filepath.Join(t.TempDir(), "empty.db"))
}

// mustExec runs a statement that has to succeed.
func mustExec(t *testing.T, d bun.IDB, query string, args ...any) {
	t.Helper()
	if _, err := d.ExecContext(t.Context(), query, args...); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
}

// one reads a single value.
func one[T any](t *testing.T, d bun.IDB, query string, args ...any) T {
	t.Helper()
	var v T
	if err := d.NewRaw(query, args...).Scan(t.Context(), &v); err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return v
}

// The pragmas hold on every connection of the pool, not only on the one that some Exec reached.
func TestPragmasHoldOnEveryConnection(t *testing.T) {
	d := empty(t, "sqlite")
	want := map[string]string{"busy_timeout": "10000", "journal_mode": "wal", "synchronous": "2", "foreign_keys": "1"}
	for i := range 8 {
		conn, err := d.Conn(t.Context()) // held until the end, so that each one is new
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = conn.Close() })
		got := map[string]string{}
		for name := range want {
			got[name] = one[string](t, conn, "PRAGMA "+name)
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("connection %d (-want +got):\n%s", i, diff)
		}
		if _, err := conn.ExecContext(t.Context(), `SELECT "no such column"`); err == nil {
			t.Errorf("connection %d takes a mistyped name for a text", i)
		}
	}
}

func TestOpenSQLiteAtAwkwardPaths(t *testing.T) {
	for _, name := range []string{"with space.db", "what?.db", "sharp#1.db", "100%25.db", "données été.db", "a&_pragma=foreign_keys(0).db", "it's.db"} {
		t.Run(name, func(t *testing.T) {
			dir := filepath.Join(t.TempDir(), "a directory?")
			if err := os.Mkdir(dir, 0o750); err != nil {
				t.Fatal(err)
			}
			path := filepath.Join(dir, name)
			d := testkit.Open(t, "sqlite:"+path)
			mustExec(t, d, "CREATE TABLE t (x INTEGER) STRICT")
			if _, err := os.Stat(path); err != nil {
				t.Errorf("the file is not where it was asked for: %v", err)
			}
			if d.Name() != "sqlite" || !d.Embedded() {
				t.Errorf("Name() = %q, Embedded() = %v", d.Name(), d.Embedded())
			}
			if _, err := d.Migrate(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
	}
}

func TestOpenRefuses(t *testing.T) {
	missing := filepath.Join(t.TempDir(), "not", "there")
	for _, c := range []struct {
		name, address string
		kind          fault.Kind
		says, hides   string
	}{
		{"a missing directory, naming it and the setting", "sqlite:" + missing + "/e.db", fault.Invalid, missing + " does not exist: create it, or set ECHELON_DATABASE_URL", "\n"},
		{"an address of another kind", "mysql://localhost/x", fault.Invalid, "postgres:// or sqlite:", "\n"},
		{"an unreadable address without telling its password", "postgres://u:s3cret@host:notaport/x", fault.Invalid, "cannot be read", "s3cret"},
		{"a server that does not listen without telling its password", "postgres://u:s3cret@127.0.0.1:1/x?sslmode=disable", fault.Unavailable, "reach the database", "s3cret"},
		{"a directory in the file's place", "sqlite:" + t.TempDir(), fault.Unavailable, "reach the database", "\n"},
	} {
		t.Run(c.name, func(t *testing.T) {
			d, err := db.Open(t.Context(), c.address)
			if err == nil {
				_ = d.Close()
				t.Fatal("opened")
			}
			if !fault.Is(err, c.kind) {
				t.Errorf("kind %q, want %q", fault.Of(err).Kind, c.kind)
			}
			if !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), c.hides) {
				t.Errorf("%q must say %q and not %q", err, c.says, c.hides)
			}
		})
	}
}

func TestOpenRefusesAFileThatIsNoDatabase(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letter.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("Dear Sir or Madam, ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	if d, err := db.Open(context.Background(), "sqlite:"+path); err == nil {
		_ = d.Close()
		t.Error("opened")
	}
}

// modernc.org/sqlite is generated for one version of libc; another one may corrupt memory.
func TestLibcIsTheOneSQLiteAsksFor(t *testing.T) {
	theirs, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.GoMod}}", "modernc.org/sqlite").Output()
	if err != nil {
		t.Fatal(err)
	}
	ours, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.GoMod}}").Output()
	if err != nil {
		t.Fatal(err)
	}
	want, got := libcIn(t, strings.TrimSpace(string(theirs))), libcIn(t, strings.TrimSpace(string(ours)))
	if want != got {
		t.Errorf("go.mod requires modernc.org/libc %s, modernc.org/sqlite was made for %s: go get modernc.org/libc@%s", got, want, want)
	}
}

func libcIn(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	m := regexp.MustCompile(`(?m)^\s*modernc\.org/libc (v\S+)`).FindSubmatch(b)
	if m == nil {
		t.Fatalf("%s requires no modernc.org/libc", file)
	}
	return string(m[1])
}
