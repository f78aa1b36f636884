package db

import (
	"context"
	"embed"
	"fmt"
	"io/fs"
	"os"
	"strings"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"github.com/echelon-hr/echelon/app/fault"
)

//go:embed migrations/*/*.sql
var migrationFiles embed.FS

// advisoryLock is the number all echelon processes take on PostgreSQL while they migrate.
const advisoryLock = 7238464

// Status compares the database's schema with the one this binary was built for.
type Status struct {
	Applied []string // names, oldest first
	Pending []string // known to this binary, not applied
	Unknown []string // applied by a newer binary
}

// Current reports whether the schema is exactly this binary's.
func (s Status) Current() bool { return len(s.Pending) == 0 && len(s.Unknown) == 0 }

// Check returns a fault that says what to run when the schema is behind or ahead.
func (s Status) Check() error {
	switch {
	case len(s.Unknown) > 0:
		return fault.New(fault.Unavailable, "db.ahead", "the database was made by a newer version of echelon (it has %s): start that version, or restore a backup", strings.Join(s.Unknown, ", "))
	case len(s.Pending) > 0:
		return fault.New(fault.Unavailable, "db.behind", "the database schema is %d step(s) behind this version of echelon: run `echelon migrate up`", len(s.Pending))
	}
	return nil
}

// Status reads which migrations are applied; a database without any counts as all pending.
func (d *DB) Status(ctx context.Context) (Status, error) {
	known, err := d.migrations()
	if err != nil {
		return Status{}, err
	}
	applied, err := d.applied(ctx)
	if err != nil {
		return Status{}, err
	}
	s := Status{Applied: applied}
	has := map[string]bool{}
	for _, name := range applied {
		has[name] = true
	}
	for _, m := range known.Sorted() {
		if !has[m.Name] {
			s.Pending = append(s.Pending, m.Name)
		}
		delete(has, m.Name)
	}
	for _, name := range applied {
		if has[name] {
			s.Unknown = append(s.Unknown, name)
		}
	}
	return s, nil
}

func (d *DB) migrations() (*migrate.Migrations, error) {
	dir := "migrations/postgres"
	if d.Embedded() {
		dir = "migrations/sqlite"
	}
	sub, err := fs.Sub(d.files, dir)
	if err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	ms := migrate.NewMigrations()
	if err := ms.Discover(sub); err != nil {
		return nil, fmt.Errorf("read migrations: %w", err)
	}
	return ms, nil
}

func (d *DB) applied(ctx context.Context) ([]string, error) {
	exists := "SELECT count(*) FROM sqlite_master WHERE type = 'table' AND name = 'bun_migrations'"
	if !d.Embedded() {
		exists = "SELECT count(*) FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'bun_migrations'"
	}
	var n int
	if err := d.NewRaw(exists).Scan(ctx, &n); err != nil {
		return nil, Translate(err, "look for the schema's version")
	}
	names := []string{}
	if n == 0 {
		return names, nil
	}
	err := d.NewRaw("SELECT name FROM bun_migrations ORDER BY name").Scan(ctx, &names)
	return names, Translate(err, "read the schema's version")
}

// Migrate brings the schema up to this binary's and returns the steps it took. An SQLite file that holds
// data is first copied beside itself. A schema from a newer binary is refused.
func (d *DB) Migrate(ctx context.Context) ([]string, error) {
	s, err := d.Status(ctx)
	if err != nil {
		return nil, err
	}
	if len(s.Unknown) > 0 {
		return nil, s.Check()
	}
	if len(s.Pending) == 0 {
		return nil, nil
	}
	if d.Embedded() && len(s.Applied) > 0 {
		if err := d.keepCopy(ctx); err != nil {
			return nil, err
		}
	}
	// A handle of its own: a failed step can leave a connection in any state.
	own, err := open(d.url)
	if err != nil {
		return nil, err
	}
	defer func() { _ = own.Close() }()
	own.files = d.files
	return own.migrateLocked(ctx)
}

func (d *DB) migrateLocked(ctx context.Context) ([]string, error) {
	if !d.Embedded() {
		conn, err := d.Conn(ctx)
		if err != nil {
			return nil, Translate(err, "reach the database")
		}
		defer func() { _ = conn.Close() }()
		if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(?)", advisoryLock); err != nil {
			return nil, Translate(err, "lock the schema")
		}
		defer func() { _, _ = conn.ExecContext(ctx, "SELECT pg_advisory_unlock(?)", advisoryLock) }()
	}
	return d.runMigrations(ctx, d.DB)
}

func (d *DB) runMigrations(ctx context.Context, handle *bun.DB) ([]string, error) {
	ms, err := d.migrations()
	if err != nil {
		return nil, err
	}
	// Marked only when it succeeded: bun's default would skip a failed step the next time.
	m := migrate.NewMigrator(handle, ms, migrate.WithMarkAppliedOnSuccess(true))
	if err := m.Init(ctx); err != nil {
		return nil, Translate(err, "prepare the migration")
	}
	group, err := m.Migrate(ctx)
	if err != nil {
		return nil, fault.Wrap(fault.Internal, "db.migration", err, "migrate the schema")
	}
	var done []string
	for _, step := range group.Migrations {
		done = append(done, step.Name)
	}
	return done, nil
}

// keepCopy writes a consistent copy of the SQLite file before its schema changes.
func (d *DB) keepCopy(ctx context.Context) error {
	name := d.path + ".before-" + time.Now().UTC().Format("20060102T150405")
	if _, err := os.Stat(name); err == nil {
		return nil
	}
	_, err := d.ExecContext(ctx, "VACUUM INTO ?", name)
	return Translate(err, "copy the database before migrating it")
}
