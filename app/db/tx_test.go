package db_test

import (
	"context"
	"errors"
	"io"
	"net"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

func TestDriverErrorsAreTranslated(t *testing.T) {
	const scale = "INSERT INTO scales (id, slug, number, document, hash, created_at) VALUES (?, 'mastery', ?, '{}', '', '2026-11-23 08:00:00+00:00')"
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, scale, "1", 1)
		deadline, cancel := context.WithTimeout(t.Context(), -time.Second)
		defer cancel()
		exec := func(ctx context.Context, query string, args ...any) error {
			_, err := d.ExecContext(ctx, query, args...)
			return err
		}
		var id string
		for _, c := range []struct {
			name string
			err  error
			kind fault.Kind
		}{
			{"a broken unique rule", exec(t.Context(), scale, "2", 1), fault.Conflict},
			{"a broken primary key", exec(t.Context(), scale, "1", 2), fault.Conflict},
			{"a broken check", exec(t.Context(), scale, "3", 0), fault.Conflict},
			{"a broken not-null rule", exec(t.Context(), scale, nil, 4), fault.Conflict},
			{"a broken foreign key", exec(t.Context(), "INSERT INTO account_roles (person_id, role) VALUES ('nobody', 'hr')"), fault.Conflict},
			{"no row", d.NewRaw("SELECT id FROM scales WHERE slug = 'none'").Scan(t.Context(), &id), fault.NotFound},
			{"a deadline", exec(deadline, scale, "5", 5), fault.Unavailable},
			{"a mistake of ours", exec(t.Context(), "SELECT * FROM no_such_table"), fault.Internal},
		} {
			t.Run(c.name, func(t *testing.T) {
				err := db.Translate(c.err, "do it")
				if !fault.Is(err, c.kind) {
					t.Errorf("%v became %v, want %s", c.err, err, c.kind)
				}
				if !errors.Is(err, c.err) {
					t.Error("the cause is lost")
				}
			})
		}
	})
}

func TestTranslateLeavesAlone(t *testing.T) {
	if err := db.Translate(nil, "do it"); err != nil {
		t.Errorf("nil became %v", err)
	}
	f := fault.New(fault.Forbidden, "forbidden", "no")
	if err := db.Translate(f, "do it"); !errors.Is(err, f) || !fault.Is(err, fault.Forbidden) {
		t.Errorf("a fault became %v", err)
	}
}

func TestChangedIsAConflictWithoutARow(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		res, err := d.ExecContext(t.Context(), "UPDATE scales SET number = number WHERE slug = 'none'")
		if err := db.Changed(res, err, "move it on"); !fault.Is(err, fault.Conflict) {
			t.Errorf("%v, want a Conflict", err)
		}
		res, err = d.ExecContext(t.Context(), "UPDATE no_such_table SET x = 1")
		if err := db.Changed(res, err, "move it on"); !fault.Is(err, fault.Internal) {
			t.Errorf("%v, want the driver's error translated", err)
		}
	})
}

func TestInTx(t *testing.T) {
	const add = "INSERT INTO seed_records VALUES (?, 'x', '', '', '2026-11-23 08:00:00+00:00')"
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		count := func() int { return one[int](t, d, "SELECT count(*) FROM seed_records") }
		t.Run("an error rolls back and comes back as it is", func(t *testing.T) {
			stop := errors.New("stop")
			err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
				mustExec(t, tx, add, "a")
				return stop
			})
			if f := (*fault.Error)(nil); !errors.Is(err, stop) || errors.As(err, &f) || count() != 0 {
				t.Errorf("%v, %d rows", err, count())
			}
		})
		t.Run("an inner one joins the outer", func(t *testing.T) {
			stop := errors.New("stop")
			_ = db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
				if err := db.InTx(t.Context(), tx, func(inner bun.IDB) error { mustExec(t, inner, add, "b"); return nil }); err != nil {
					return err
				}
				return stop
			})
			if count() != 0 {
				t.Error("the inner one committed by itself")
			}
		})
		t.Run("a panic rolls back and frees the connection", func(t *testing.T) {
			func() {
				defer func() { _ = recover() }()
				_ = db.InTx(t.Context(), d.DB, func(tx bun.IDB) error { mustExec(t, tx, add, "c"); panic("oops") })
			}()
			if count() != 0 || d.Stats().InUse != 0 {
				t.Errorf("%d rows, %d connections in use", count(), d.Stats().InUse)
			}
		})
		t.Run("success commits", func(t *testing.T) {
			if err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error { mustExec(t, tx, add, "d"); return nil }); err != nil || count() != 1 {
				t.Errorf("%v, %d rows", err, count())
			}
		})
		t.Run("a context that ended is a fault", func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), -time.Second)
			defer cancel()
			if err := db.InTx(ctx, d.DB, func(bun.IDB) error { t.Error("ran"); return nil }); !fault.Is(err, fault.Unavailable) {
				t.Errorf("%v, want Unavailable", err)
			}
		})
	})
}

// A transaction that reads and then writes must not lose the race for the write lock: on SQLite a deferred one
// fails at once, whatever the busy timeout.
func TestFortyReadersThatWriteAtOnce(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustExec(t, d, "INSERT INTO scales (id, slug, number, document, hash, created_at) VALUES ('1', 'counter', 1, '{}', '', '2026-11-23 08:00:00+00:00')")
		var wg sync.WaitGroup
		for range 40 {
			wg.Go(func() {
				err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
					var n int
					if err := db.ForUpdate(tx, tx.NewSelect().Table("scales").Column("number").Where("id = '1'")).Scan(t.Context(), &n); err != nil {
						return err
					}
					_, err := tx.ExecContext(t.Context(), "UPDATE scales SET number = ? WHERE id = '1'", n+1)
					return err
				})
				if err != nil {
					t.Error(err)
				}
			})
		}
		wg.Wait()
		if n := one[int](t, d, "SELECT number FROM scales WHERE id = '1'"); n != 41 {
			t.Errorf("counted to %d, want 41: a write was lost", n)
		}
	})
}

// wire is a server in front of a PostgreSQL that can be cut and mended.
type wire struct {
	t        *testing.T
	to       string
	listener net.Listener
	mu       sync.Mutex
	cut      bool
	open     []net.Conn
}

func newWire(t *testing.T, to string) *wire {
	t.Helper()
	l, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	w := &wire{t: t, to: to, listener: l}
	t.Cleanup(func() { _ = l.Close(); w.setCut(true) })
	go w.accept()
	return w
}

func (w *wire) accept() {
	for {
		in, err := w.listener.Accept()
		if err != nil {
			return
		}
		out, err := new(net.Dialer).DialContext(context.Background(), "tcp", w.to)
		w.mu.Lock()
		if w.cut || err != nil {
			_ = in.Close()
			if err == nil {
				_ = out.Close()
			}
		} else {
			w.open = append(w.open, in, out)
			go func() { _, _ = io.Copy(out, in); _ = out.Close() }()
			go func() { _, _ = io.Copy(in, out); _ = in.Close() }()
		}
		w.mu.Unlock()
	}
}

func (w *wire) setCut(cut bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.cut = cut
	for _, c := range w.open {
		_ = c.Close()
	}
	w.open = nil
}

func TestPostgresThatGoesAwayAndComesBack(t *testing.T) {
	u, err := url.Parse(testkit.Address(t, "postgresql"))
	if err != nil {
		t.Fatal(err)
	}
	w := newWire(t, u.Host)
	u.Host = w.listener.Addr().String()
	d := testkit.Open(t, u.String())
	mustExec(t, d, "SELECT 1")

	w.setCut(true)
	for range 3 {
		_, err := d.ExecContext(t.Context(), "SELECT 1")
		if err := db.Translate(err, "ask"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a query gave %v, want Unavailable", err)
		}
		if err := db.InTx(t.Context(), d.DB, func(bun.IDB) error { return nil }); !fault.Is(err, fault.Unavailable) {
			t.Errorf("a transaction gave %v, want Unavailable", err)
		}
		if _, err := d.Status(t.Context()); !fault.Is(err, fault.Unavailable) {
			t.Errorf("the status gave %v, want Unavailable", err)
		}
	}
	w.setCut(false)
	mustExec(t, d, "SELECT 1")

	t.Run("in the middle of a transaction", func(t *testing.T) {
		err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
			mustExec(t, tx, "SELECT 1")
			w.setCut(true)
			_, err := tx.ExecContext(t.Context(), "SELECT 1")
			return db.Translate(err, "ask")
		})
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v, want Unavailable", err)
		}
		w.setCut(false)
	})
	t.Run("while it commits", func(t *testing.T) {
		err := db.InTx(t.Context(), d.DB, func(tx bun.IDB) error {
			mustExec(t, tx, "SELECT 1")
			w.setCut(true)
			return nil
		})
		if !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v, want Unavailable", err)
		}
		w.setCut(false)
	})
}

func TestPostgresThatEndsAConnection(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "postgresql"))
	other := testkit.Open(t, os.Getenv("TEST_POSTGRES_DSN"))
	conn, err := d.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	pid := one[int](t, conn, "SELECT pg_backend_pid()")
	mustExec(t, other, "SELECT pg_terminate_backend(?)", pid)
	_, err = conn.ExecContext(t.Context(), "SELECT pg_sleep(20)")
	if err := db.Translate(err, "ask"); !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v, want Unavailable", err)
	}
	mustExec(t, d, "SELECT 1")
	// A database that is dropped under us is a connection that cannot be made, not a mistake in a query.
	mustExec(t, other, "DROP DATABASE "+strings.TrimPrefix(mustParse(t, d.Address()).Path, "/")+" WITH (FORCE)")
	for range 2 {
		_, err = d.ExecContext(t.Context(), "SELECT 1")
		if err := db.Translate(err, "ask"); !fault.Is(err, fault.Unavailable) {
			t.Errorf("%v, want Unavailable", err)
		}
	}
}

func mustParse(t *testing.T, s string) *url.URL {
	t.Helper()
	u, err := url.Parse(s)
	if err != nil {
		t.Fatal(err)
	}
	return u
}

func TestSQLiteThatStaysLocked(t *testing.T) {
	address := testkit.Address(t, "sqlite")
	holder, waiter := testkit.Open(t, address), testkit.Open(t, address)
	conn, err := waiter.Conn(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	mustExec(t, conn, "PRAGMA busy_timeout = 1") // so that the test need not wait
	err = db.InTx(t.Context(), holder.DB, func(bun.IDB) error {
		_, err := conn.ExecContext(t.Context(), "DELETE FROM seed_records")
		return db.Translate(err, "delete")
	})
	if !fault.Is(err, fault.Unavailable) {
		t.Errorf("%v, want Unavailable", err)
	}
}

func TestTimesAndIDs(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		at := db.Time(time.Date(2026, 11, 23, 9, 30, 0, 123456789, time.FixedZone("", 3600)))
		_, err := d.NewRaw("INSERT INTO seed_records (kind, slug, seed_hash, record_hash, loaded_at) VALUES ('a', 'x', '', '', ?)", at).Exec(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := one[time.Time](t, d, "SELECT loaded_at FROM seed_records"); !got.Equal(at) || at.Location() != time.UTC || at.Nanosecond() != 123456000 {
			t.Errorf("%v came back as %v", at, got)
		}
	})
	last := ""
	for range 1000 {
		id := db.NewID()
		if id <= last || len(id) != 36 {
			t.Fatalf("%s after %s", id, last)
		}
		last = id
	}
}

func TestEscapeLike(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		for _, s := range []string{"100%", "a_b", `c:\x`, "plain", `%_\`, ""} {
			if hit := one[int](t, d, `SELECT CASE WHEN ? LIKE ? ESCAPE '\' THEN 1 ELSE 0 END`, s, db.EscapeLike(s)); hit != 1 {
				t.Errorf("%q does not match itself", s)
			}
			if hit := one[int](t, d, `SELECT CASE WHEN ? LIKE ? ESCAPE '\' THEN 1 ELSE 0 END`, strings.NewReplacer("%", "xy", "_", "z").Replace(s)+"!", db.EscapeLike(s)); hit != 0 {
				t.Errorf("%q matches something else", s)
			}
		}
	})
}
