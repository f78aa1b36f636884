// Package db opens the product's database, SQLite or PostgreSQL, keeps its schema, and hides the few
// places where the two differ. It is ground floor: stores import it, it imports no domain.
package db

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"
	"github.com/uptrace/bun/dialect/pgdialect"
	"github.com/uptrace/bun/dialect/sqlitedialect"
	_ "modernc.org/sqlite" // the pure-Go SQLite driver, under the name "sqlite"

	"github.com/echelon-hr/echelon/app/fault"
)

// Pool sizes: SQLite's connections each hold a page cache; PostgreSQL's are shared with other processes.
const (
	sqliteConns   = 8
	postgresConns = 16
)

// How long a writer waits for another one on SQLite: in use, and while the schema changes.
const (
	writeWait   = 10 * time.Second
	migrateWait = 2 * time.Minute
)

// DB is an open database and what is needed to open it again for a migration.
type DB struct {
	*bun.DB
	url   string
	path  string // the SQLite file, "" on PostgreSQL
	files fs.FS  // the migrations of both dialects; tests put others
}

// Open opens the database that the address names: "postgres://…", or "sqlite:" and the path of a file,
// which is made when missing; its directory must exist. The connection is tried; the schema is not looked at.
func Open(ctx context.Context, address string) (*DB, error) {
	d, err := open(address, writeWait)
	if err != nil {
		return nil, err
	}
	if d.path != "" {
		_ = makeFile(d.path) // what is wrong with the place is found by opening it
	}
	if err := d.PingContext(ctx); err != nil {
		_ = d.Close()
		return nil, opening(err)
	}
	if d.path == "" {
		return d, nil
	}
	if err := d.checkPragmas(ctx); err != nil {
		_ = d.Close()
		return nil, err
	}
	return d, nil
}

// CheckAddress refuses an address that names no database, without reaching it. It is not repeated: it may hold a
// password.
func CheckAddress(address string) error {
	file, embedded := strings.CutPrefix(address, "sqlite:")
	switch {
	case embedded && (file == "" || strings.HasSuffix(file, "/") || file == ":memory:"):
		return fault.New(fault.Invalid, "db.address", "the database address names no file: set ECHELON_DATABASE_URL to sqlite: and the path of a file")
	case embedded:
		return nil
	case strings.HasPrefix(address, "postgres://"), strings.HasPrefix(address, "postgresql://"):
		_, err := parsePostgres(address)
		return err
	default:
		return fault.New(fault.Invalid, "db.address", "the database address must start with postgres:// or sqlite:, see ECHELON_DATABASE_URL")
	}
}

func parsePostgres(address string) (*pgx.ConnConfig, error) {
	cfg, err := pgx.ParseConfig(address)
	if err != nil { // the cause may hold a password
		return nil, fault.New(fault.Invalid, "db.address", "the PostgreSQL address in ECHELON_DATABASE_URL cannot be read: write it as postgres://user:password@host/name, with special characters of the password percent-encoded")
	}
	return cfg, nil
}

// open names the database without reaching it; wait is how long an SQLite writer waits for another one.
func open(address string, wait time.Duration) (*DB, error) {
	if err := CheckAddress(address); err != nil {
		return nil, err
	}
	if strings.HasPrefix(address, "sqlite:") {
		return openSQLite(address, wait)
	}
	return openPostgres(address)
}

func openPostgres(address string) (*DB, error) {
	cfg, err := parsePostgres(address)
	if err != nil {
		return nil, err
	}
	// bun writes arguments into the SQL text, so preparing each statement would only cost.
	cfg.DefaultQueryExecMode = pgx.QueryExecModeSimpleProtocol
	pool := stdlib.OpenDB(*cfg)
	pool.SetMaxOpenConns(postgresConns)
	pool.SetMaxIdleConns(postgresConns)
	return &DB{DB: bun.NewDB(pool, pgdialect.New()), url: address, files: migrationFiles}, nil
}

func openSQLite(address string, wait time.Duration) (*DB, error) {
	path, err := filepath.Abs(strings.TrimPrefix(address, "sqlite:"))
	if err != nil {
		return nil, fault.Wrap(fault.Invalid, "db.address", err, "the SQLite path cannot be read")
	}
	if _, err := os.Stat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
		return nil, fault.New(fault.Invalid, "db.directory", "the directory %s does not exist: create it, or set ECHELON_DATABASE_URL to another file", filepath.Dir(path))
	}
	pool, err := sql.Open("sqlite", sqliteDSN(path, wait))
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "db.unreachable", err, "open %s", path)
	}
	pool.SetMaxOpenConns(sqliteConns)
	pool.SetMaxIdleConns(sqliteConns)
	return &DB{DB: bun.NewDB(pool, sqlitedialect.New()), url: address, path: path, files: migrationFiles}, nil
}

// sqliteDSN sets what every pooled connection needs: the pragmas of one Exec would reach one connection only.
// busy_timeout comes first, because changing the journal mode may already wait. What was acknowledged is on the disk:
// see docs/decisions/0011-what-was-saved-is-on-the-disk.md.
func sqliteDSN(path string, wait time.Duration) string {
	return "file:" + (&url.URL{Path: path}).EscapedPath() + "?" + strings.Join([]string{
		fmt.Sprintf("_pragma=busy_timeout(%d)", wait.Milliseconds()), "_pragma=journal_mode(WAL)", "_pragma=synchronous(FULL)",
		"_pragma=foreign_keys(1)", "_txlock=immediate", "_dqs=0",
	}, "&")
}

// checkPragmas reads the settings back, since a mistyped one is silently ignored.
func (d *DB) checkPragmas(ctx context.Context) error {
	var keys int
	if err := d.NewRaw("PRAGMA foreign_keys").Scan(ctx, &keys); err != nil {
		return opening(err)
	}
	var mode string
	if err := d.NewRaw("PRAGMA journal_mode").Scan(ctx, &mode); err != nil {
		return opening(err)
	}
	if keys != 1 || mode != "wal" {
		return fault.New(fault.Internal, "db.pragmas", "SQLite settings did not take: foreign_keys=%d journal_mode=%s", keys, mode)
	}
	return nil
}

// Name says which database this is, for people: "sqlite" or "postgresql".
func (d *DB) Name() string {
	if d.path != "" {
		return "sqlite"
	}
	return "postgresql"
}

// Embedded reports whether the database is a file of ours, which we may migrate unasked.
func (d *DB) Embedded() bool { return d.path != "" }

// isPostgres reports the dialect behind any handle, a transaction's too.
func isPostgres(db bun.IDB) bool { return db.Dialect().Name() == dialect.PG }

// Translate turns a driver's error into a fault: no row is NotFound, a broken constraint Conflict, a lost
// or refused connection Unavailable, as is a database that is full, read-only, damaged or locked, each with a code
// of its own. Anything else is Internal. nil stays nil.
func Translate(err error, what string) error {
	if err == nil {
		return nil
	}
	if f := (*fault.Error)(nil); errors.As(err, &f) {
		return err
	}
	kind, code := fault.Internal, "internal"
	t := troubleOf(err)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		kind, code = fault.NotFound, "not_found"
	case violatesConstraint(err):
		kind, code = fault.Conflict, "conflict"
	case t != well:
		kind, code = fault.Unavailable, string(t)
	}
	return fault.Wrap(kind, code, err, "%s", what)
}

// Changed checks that an update or delete touched a row; none is a Conflict: the row moved on or is gone.
func Changed(res sql.Result, err error, what string) error {
	if err != nil {
		return Translate(err, what)
	}
	n, err := res.RowsAffected()
	if err != nil {
		return fmt.Errorf("%s: %w", what, err)
	}
	if n == 0 {
		return fault.New(fault.Conflict, "conflict", "%s: changed meanwhile", what)
	}
	return nil
}
