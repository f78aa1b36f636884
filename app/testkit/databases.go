// Package testkit is for tests: real databases, golden files, and what to do about missing tools. It imports
// no domain.
package testkit

import (
	"context"
	"errors"
	"fmt"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/echelon-hr/echelon/app/db"
)

// requireAll is set by `make test`: a missing tool or database fails instead of being skipped.
func requireAll() bool { return os.Getenv("ECHELON_TEST_ALL") != "" }

// Missing skips a test with one loud line, or fails it where everything must be there: in `make test`, and in CI.
func Missing(t testing.TB, what, install string) {
	t.Helper()
	if requireAll() || os.Getenv("CI") == "true" {
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
	return migrated.Address(t, kind)
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

// Template is a database that is filled once in a process, for each kind when it is first asked for, and copied for
// each test.
type Template struct {
	name     string
	fill     func(address string) error
	sqlite   func() ([]byte, error)
	postgres func() (string, error)
}

// NewTemplate makes a template of a name of its own; fill fills the database at an address, which is migrated.
func NewTemplate(name string, fill func(address string) error) *Template {
	t := &Template{name: name, fill: fill}
	t.sqlite, t.postgres = sync.OnceValues(t.makeSQLite), sync.OnceValues(t.makePostgres)
	return t
}

// Address makes a copy of a kind and returns its address; it is gone after the test.
func (t *Template) Address(tb testing.TB, kind string) string {
	tb.Helper()
	if kind == "sqlite" {
		return t.copySQLite(tb)
	}
	needPostgres(tb)
	name, err := t.postgres()
	if err != nil {
		tb.Fatal(err)
	}
	return createPostgres(tb, " TEMPLATE "+name)
}

func (t *Template) copySQLite(tb testing.TB) string {
	tb.Helper()
	content, err := t.sqlite()
	if err != nil {
		tb.Fatal(err)
	}
	file := filepath.Join(tb.TempDir(), "echelon.db")
	if err := os.WriteFile(file, content, 0o600); err != nil {
		tb.Fatal(err)
	}
	return "sqlite:" + file
}

func (t *Template) makeSQLite() ([]byte, error) {
	dir, err := os.MkdirTemp("", "echelon-template-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	file := filepath.Join(dir, "template.db")
	if err := t.build("sqlite:" + file); err != nil {
		return nil, err
	}
	return os.ReadFile(file)
}

func (t *Template) makePostgres() (string, error) {
	name := fmt.Sprintf("echelon_template_%s_%d", t.name, os.Getpid())
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + name, "CREATE DATABASE " + name} { // one of a former process of this number
		if err := onServer(statement); err != nil {
			return "", err
		}
	}
	return name, t.build(onDatabase(name))
}

// build migrates and fills; an embedded database is then whole in its one file.
func (t *Template) build(address string) error {
	if err := with(address, func(ctx context.Context, d *db.DB) error {
		_, err := d.Migrate(ctx)
		return err
	}); err != nil {
		return err
	}
	if err := t.fill(address); err != nil {
		return err
	}
	return with(address, func(ctx context.Context, d *db.DB) error {
		if !d.Embedded() {
			return nil
		}
		_, err := d.ExecContext(ctx, "PRAGMA wal_checkpoint(TRUNCATE)")
		return err
	})
}

func with(address string, do func(ctx context.Context, d *db.DB) error) error {
	ctx := context.Background()
	d, err := db.Open(ctx, address)
	if err != nil {
		return err
	}
	return errors.Join(do(ctx, d), d.Close())
}

// migrated is the template without any content.
var migrated = NewTemplate("empty", func(string) error { return nil })

var (
	postgresMu    sync.Mutex
	postgresCount int
)

// EmptyPostgres makes a database without any table and returns its address; it is gone after the test.
func EmptyPostgres(t testing.TB) string {
	t.Helper()
	return createPostgres(t, "")
}

func needPostgres(t testing.TB) {
	t.Helper()
	if os.Getenv("TEST_POSTGRES_DSN") != "" {
		return
	}
	if testing.Short() && !requireAll() { // make check, which is for SQLite alone
		t.Skip("SKIPPED: PostgreSQL is for make test")
	}
	Missing(t, "PostgreSQL", "run .ci/with-postgres go test ./…, or set TEST_POSTGRES_DSN")
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
	if _, err := d.ExecContext(ctx, statement); err != nil {
		return fmt.Errorf("%s: %w", statement, err)
	}
	return nil
}
