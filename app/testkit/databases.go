// Package testkit is for tests: real databases, golden files, and what to do about missing tools. It imports
// no domain.
package testkit

import (
	"context"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/echelon-hr/echelon/app/db"
)

// requireAll is set by `make test`: a missing tool or database fails instead of being skipped.
func requireAll() bool { return os.Getenv("ECHELON_TEST_ALL") != "" }

// Missing skips a test with one loud line, or fails it where everything must be there.
func Missing(t testing.TB, what, install string) {
	t.Helper()
	if requireAll() {
		t.Fatalf("%s is missing: %s", what, install)
	}
	t.Skipf("SKIPPED: %s is missing: %s", what, install)
}

// Tool returns the path of a program, or skips or fails like Missing.
func Tool(t testing.TB, name, install string) string {
	t.Helper()
	path, err := exec.LookPath(name)
	if err != nil {
		Missing(t, name, install)
	}
	return path
}

// EachDatabase runs a test on a fresh, migrated database of each kind. PostgreSQL is the server that
// TEST_POSTGRES_DSN names.
func EachDatabase(t *testing.T, test func(t *testing.T, d *db.DB)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) { test(t, Open(t, Address(t, kind))) })
	}
}

// Address makes a fresh, migrated database of a kind and returns its address; it is gone after the test.
func Address(t testing.TB, kind string) string {
	t.Helper()
	if kind == "sqlite" {
		return freshSQLite(t)
	}
	return freshPostgres(t)
}

// Open opens a database and closes it after the test.
func Open(t testing.TB, address string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), address)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// sqliteTemplate is a migrated file, made once in a process and copied for each test.
var sqliteTemplate = sync.OnceValues(func() ([]byte, error) {
	dir, err := os.MkdirTemp("", "echelon-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "template.db")
	if err := migrated("sqlite:" + file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
})

func migrated(address string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, address)
	if err != nil {
		return err
	}
	if _, err = d.Migrate(ctx); err == nil && d.Embedded() {
		_, err = d.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
	}
	if closed := d.Close(); err == nil {
		err = closed
	}
	return err
}

func freshSQLite(t testing.TB) string {
	t.Helper()
	template, err := sqliteTemplate()
	if err != nil {
		t.Fatal(err)
	}
	file := filepath.Join(t.TempDir(), "echelon.db")
	if err := os.WriteFile(file, template, 0o600); err != nil {
		t.Fatal(err)
	}
	return "sqlite:" + file
}

var (
	postgresMu    sync.Mutex
	postgresCount int
	// postgresTemplate is a migrated database, made once in a process.
	postgresTemplate = sync.OnceValues(func() (string, error) {
		name := fmt.Sprintf("echelon_template_%d", os.Getpid())
		if err := onServer("CREATE DATABASE " + name); err != nil {
			return "", err
		}
		return name, migrated(onDatabase(name))
	})
)

// EmptyPostgres makes a database without any table and returns its address; it is gone after the test.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	return createPostgres(t, "")
}

func freshPostgres(t testing.TB) string {
	t.Helper()
	needPostgres(t)
	template, err := postgresTemplate()
	if err != nil {
		t.Fatal(err)
	}
	return createPostgres(t, " TEMPLATE "+template)
}

func needPostgres(t testing.TB) {
	t.Helper()
	if os.Getenv("TEST_POSTGRES_DSN") == "" {
		Missing(t, "PostgreSQL", "run .ci/with-postgres go test ./…, or set TEST_POSTGRES_DSN")
	}
}

func createPostgres(t testing.TB, from string) string {
	t.Helper()
	needPostgres(t)
	postgresMu.Lock() // one copy of the template at a time
	defer postgresMu.Unlock()
	postgresCount++
	name := fmt.Sprintf("echelon_test_%d_%d", os.Getpid(), postgresCount)
	if err := onServer("CREATE DATABASE " + name + from); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = onServer("DROP DATABASE IF EXISTS " + name + " WITH (FORCE)") })
	return onDatabase(name)
}

func onDatabase(name string) string {
	u, err := url.Parse(os.Getenv("TEST_POSTGRES_DSN"))
	if err != nil {
		return ""
	}
	u.Path = "/" + name
	return u.String()
}

func onServer(statement string) error {
	ctx := context.Background()
	d, err := db.Open(ctx, os.Getenv("TEST_POSTGRES_DSN"))
	if err != nil {
		return err
	}
	defer func() { _ = d.Close() }()
	if _, err := d.ExecContext(ctx, statement); err != nil && !strings.Contains(err.Error(), "already exists") {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
