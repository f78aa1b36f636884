package db

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/migrate"

	"github.com/echelon-hr/echelon/app/clock"
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

// Migrate brings the schema up to this binary's and returns the steps it took. Of several processes that
// start together one migrates and the others wait for it. An SQLite file that holds data is first copied
// beside itself. A schema from a newer binary is refused.
func (d *DB) Migrate(ctx context.Context) ([]string, error) {
	if s, err := d.Status(ctx); err != nil || len(s.Unknown) > 0 || len(s.Pending) == 0 {
		return nil, errors.Join(err, s.ahead())
	}
	// A handle of its own: a failed step can leave a connection in any state.
	own, err := open(d.url, migrateWait)
	if err != nil {
		return nil, err
	}
	defer func() { _ = own.Close() }()
	own.files = d.files
	unlock, err := own.lockSchema(ctx)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return own.migrateAlone(ctx)
}

// ahead is Check for a schema that is not current: being behind is no fault to whoever is about to migrate.
func (s Status) ahead() error {
	if len(s.Unknown) > 0 {
		return s.Check()
	}
	return nil
}

func (d *DB) migrateAlone(ctx context.Context) ([]string, error) {
	s, err := d.Status(ctx) // again: the process before us may have done it
	if err != nil || len(s.Unknown) > 0 || len(s.Pending) == 0 {
		return nil, errors.Join(err, s.ahead())
	}
	if d.Embedded() && len(s.Applied) > 0 {
		if err := d.keepCopy(ctx, s.Pending[0]); err != nil {
			return nil, err
		}
	}
	return d.runMigrations(ctx)
}

// lockSchema waits until no other process migrates this PostgreSQL. On SQLite the steps themselves find out,
// under the write lock that each begins with.
func (d *DB) lockSchema(ctx context.Context) (unlock func(), err error) {
	if d.Embedded() {
		return func() {}, nil
	}
	conn, err := d.Conn(ctx)
	if err != nil {
		return nil, Translate(err, "reach the database")
	}
	if _, err := conn.ExecContext(ctx, "SELECT pg_advisory_lock(?)", advisoryLock); err != nil {
		_ = conn.Close()
		return nil, Translate(err, "lock the schema")
	}
	return func() {
		_, _ = conn.ExecContext(context.WithoutCancel(ctx), "SELECT pg_advisory_unlock(?)", advisoryLock)
		_ = conn.Close()
	}, nil
}

// errTaken says that another process took the step meanwhile.
var errTaken = errors.New("step taken by another process")

func (d *DB) runMigrations(ctx context.Context) ([]string, error) {
	ms, err := d.migrations()
	if err != nil {
		return nil, err
	}
	// Marked only when it succeeded, since bun's default would skip a failed step the next time; and marked
	// within the step's own transaction, so that no crash parts the two.
	m := migrate.NewMigrator(d.DB, ms, migrate.WithMarkAppliedOnSuccess(true), migrate.WithUpsert(true),
		migrate.BeforeMigration(refuseTaken), migrate.AfterMigration(markTaken))
	if err := m.Init(ctx); err != nil {
		return nil, Translate(err, "prepare the migration")
	}
	var done []string
	for {
		group, err := m.Migrate(ctx)
		for _, step := range group.Migrations {
			done = append(done, step.Name)
		}
		switch {
		case errors.Is(err, errTaken):
			done = done[:len(done)-1]
		case err != nil:
			return nil, fault.Wrap(fault.Internal, "db.migration", err, "migrate the schema")
		default:
			return done, nil
		}
	}
}

func refuseTaken(ctx context.Context, tx bun.IConn, step *migrate.Migration) error {
	rows, err := tx.QueryContext(ctx, "SELECT 1 FROM bun_migrations WHERE name = ?", step.Name)
	if err != nil {
		return err
	}
	defer func() { _ = rows.Close() }()
	if rows.Next() {
		return errTaken
	}
	return rows.Err()
}

func markTaken(ctx context.Context, tx bun.IConn, step *migrate.Migration) error {
	_, err := tx.ExecContext(ctx, "INSERT INTO bun_migrations (name, group_id, migrated_at) VALUES (?, ?, ?)", step.Name, step.GroupID, Time(clock.Real()))
	return err
}

// keepCopy writes a consistent copy of the SQLite file before a step changes its schema, for its owner alone. A copy of an earlier try at the same step is replaced, so that a service that keeps restarting
// over a failing step does not fill the disk.
func (d *DB) keepCopy(ctx context.Context, step string) error {
	const what = "copy the database before migrating it"
	name := d.path + ".before-" + step
	// VACUUM fills an empty file, here one of our own: another process may be making its copy.
	f, err := os.CreateTemp(filepath.Dir(name), filepath.Base(name)+".part-*")
	if err != nil {
		return fault.Wrap(fault.Unavailable, "db.unreachable", err, what)
	}
	defer func() { _ = os.Remove(f.Name()) }() // after the renaming there is none
	_ = f.Close()
	if _, err := d.ExecContext(ctx, "VACUUM INTO ?", f.Name()); err != nil {
		return Translate(err, what)
	}
	if s, err := d.Status(ctx); err != nil || !slices.Contains(s.Pending, step) {
		return err // another process took the step meanwhile: its copy is the one from before
	}
	if err := os.Rename(f.Name(), name); err != nil {
		return fault.Wrap(fault.Unavailable, "db.unreachable", err, what)
	}
	return nil
}
