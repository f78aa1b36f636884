package db_test

import (
	"context"
	"database/sql/driver"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

const scaleRow = "INSERT INTO scales (id, slug, number, document, hash, created_at) VALUES (?, ?, 1, ?, '', '2026-11-23 08:00:00+00:00')"

// onConn runs a test on one connection that was told something first, and is not used again.
func onConn(t *testing.T, d *db.DB, first string, do func(bun.Conn) error) error {
	t.Helper()
	conn, err := d.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() {
		_ = conn.Raw(func(any) error { return driver.ErrBadConn })
		_ = conn.Close()
	}()
	mustExec(t, conn, first)
	return do(conn)
}

// ails checks that a fault says what ails the database, and to the operator what to do.
func ails(t *testing.T, err error, code, advice string) {
	t.Helper()
	f := fault.Of(db.Translate(err, "store it"))
	if err == nil || f.Kind != fault.Unavailable || f.Code != code {
		t.Errorf("%v became %s %s, want %s", err, f.Kind, f.Code, code)
	}
	if told := fault.Of(db.Advice(f)).Detail; !strings.Contains(told, advice) {
		t.Errorf("the operator is told %q, not %q", told, advice)
	}
}

func TestWhatAilsSQLiteIsTold(t *testing.T) {
	address := testkit.Address(t, "sqlite")
	d := testkit.Open(t, address)
	write := func(c bun.Conn) error {
		_, err := c.ExecContext(t.Context(), scaleRow, "1", "full", strings.Repeat("x", 1<<20))
		return err
	}
	ails(t, onConn(t, d, "PRAGMA max_page_count = 1", write), "db.full", "free space")
	ails(t, onConn(t, d, "PRAGMA query_only = 1", write), "db.read_only", "right to write")
	tx, err := d.BeginTx(t.Context(), nil)
	if err != nil {
		t.Fatal(err)
	}
	ails(t, onConn(t, d, "PRAGMA busy_timeout = 0", write), "db.locked", "another program")
	_ = tx.Rollback()
	if what, err := d.CheckWhole(t.Context()); err != nil || what == "" {
		t.Errorf("a sound database: %q, %v", what, err)
	}
	mustExec(t, d, scaleRow, "1", "long", strings.Repeat("x", 1<<20))
	_ = d.Close()
	damaged := testkit.Open(t, "sqlite:"+spoil(t, strings.TrimPrefix(address, "sqlite:")))
	_, err = damaged.CheckWhole(t.Context())
	ails(t, err, "db.corrupt", "backup")
}

// spoil copies a file with its last pages written over.
func spoil(t *testing.T, file string) string {
	t.Helper()
	b, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	for i := len(b) - 20*4096; i < len(b); i++ {
		b[i] = 0xa5
	}
	out := filepath.Join(t.TempDir(), "spoilt.db")
	if err := os.WriteFile(out, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return out
}

func TestWhatAilsPostgreSQLIsTold(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "postgresql"))
	ails(t, onConn(t, d, "SET default_transaction_read_only = on", func(c bun.Conn) error {
		_, err := c.ExecContext(t.Context(), scaleRow, "1", "read-only", "{}")
		return err
	}), "db.read_only", "take changes again")
	ails(t, onConn(t, d, "SET lock_timeout = 1", func(c bun.Conn) error {
		tx, err := d.BeginTx(t.Context(), nil)
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = tx.Rollback() }()
		mustExec(t, tx, "LOCK TABLE scales")
		_, err = c.ExecContext(t.Context(), scaleRow, "1", "locked", "{}")
		return err
	}), "db.locked", "another program")
	for code, want := range map[string]string{"53100": "db.full", "XX001": "db.corrupt", "XX002": "db.corrupt", "40P01": "db.locked", "57P01": "db.unreachable", "53300": "db.unreachable", "08006": "db.unreachable"} {
		ails(t, fmt.Errorf("exec: %w", &pgconn.PgError{Code: code}), want, "")
	}
	if what, err := d.CheckWhole(t.Context()); err != nil || what == "" {
		t.Errorf("a sound database: %q, %v", what, err)
	}
}

// TestOpeningTellsWhatAils: a database that cannot be opened says why, not that it should be started.
func TestOpeningTellsWhatAils(t *testing.T) {
	path := filepath.Join(t.TempDir(), "letter.db")
	if err := os.WriteFile(path, []byte(strings.Repeat("Dear Sir or Madam, ", 500)), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := db.Open(t.Context(), "sqlite:"+path); fault.Of(err).Code != "db.corrupt" || strings.Contains(err.Error(), "start it") {
		t.Errorf("%v", err)
	}
}

func TestClocksApart(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		apart, err := d.ClockApart(t.Context(), clock.Real)
		if err != nil || apart.Abs() > time.Minute {
			t.Errorf("%v, %v", apart, err)
		}
		behind, err := d.ClockApart(t.Context(), func() time.Time { return clock.Real().Add(-time.Hour) })
		if want := d.Name() == "postgresql"; err != nil || (behind > 30*time.Minute) != want {
			t.Errorf("an hour behind: %v, %v", behind, err)
		}
	})
}

func TestOtherErrorsSpeakForThemselves(t *testing.T) {
	if err := errors.New("other"); !errors.Is(db.Advice(err), err) || db.Advice(err).Error() != "other" {
		t.Error(db.Advice(err))
	}
	if f := fault.Of(db.Translate(context.DeadlineExceeded, "ask")); f.Code != "db.unreachable" {
		t.Errorf("%v", f)
	}
}

// TestADiskThatIsAsGoodAsFull: a small write may find a place in files that are there already.
func TestADiskThatIsAsGoodAsFull(t *testing.T) {
	if err := db.Enough(db.LeastRoom - 1); fault.Of(err).Code != "db.full" {
		t.Errorf("with less than is needed: %v", err)
	}
	if err := db.Enough(db.LeastRoom); err != nil {
		t.Errorf("with what is needed: %v", err)
	}
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		if err := d.CheckRoom(); err != nil {
			t.Error(err)
		}
	})
}
