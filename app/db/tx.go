package db

import (
	"context"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/google/uuid"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/fault"
)

// transaction is one that InTx began, with what is left to do before its commit.
type transaction struct {
	bun.Tx
	last []func(bun.IDB) error
}

// attempts is how often a transaction is tried that the database gives up so that another one can go on, and yield is
// how long it makes way for the other one, twice as long the second time and so on: a row that becomes free goes to
// whoever comes first, and who comes back at once would only stand in the same way again.
const (
	attempts = 5
	yield    = 20 * time.Millisecond
)

// InTx runs fn in one transaction; when db is a transaction already, fn joins it. fn must use the handle it is given
// and nothing else: a second connection could be one that all others wait for. A transaction that PostgreSQL gives up,
// because it and another one wait for each other, is rolled back and tried again from its beginning, a few times: fn
// must be safe to run again, so that what it leaves outside is set anew each time and added to never. Its error comes
// back as it is; a database that refuses to begin or to commit is a fault as Translate makes it.
func InTx(ctx context.Context, db bun.IDB, fn func(bun.IDB) error) error {
	if isTransaction(db) {
		return fn(db)
	}
	for n := 1; ; n++ {
		err := try(ctx, db, fn)
		if n == attempts || !wasGivenUp(err) {
			return err
		}
		select {
		case <-time.After(time.Duration(n) * yield):
		case <-ctx.Done():
			return err
		}
	}
}

// isTransaction tells whether a handle is of a transaction, ours or one that somebody began without us.
func isTransaction(db bun.IDB) bool {
	switch db.(type) {
	case *transaction, bun.Tx:
		return true
	default:
		return false
	}
}

// try runs fn once, and what it left for the end.
func try(ctx context.Context, db bun.IDB, fn func(bun.IDB) error) error {
	begun, err := db.BeginTx(ctx, nil)
	if err != nil {
		return Translate(err, "begin a transaction")
	}
	defer func() { _ = begun.Rollback() }() // after a commit it does nothing; after a panic it frees the connection
	tx := &transaction{Tx: begun}
	if err := fn(tx); err != nil {
		return err
	}
	for i := 0; i < len(tx.last); i++ { // what is done last may itself leave something for the end
		if err := tx.last[i](tx); err != nil {
			return err
		}
	}
	return Translate(begun.Commit(), "commit")
}

// Last does something when all else of a transaction is done, right before its commit: what is given first is done
// first, and when it fails the transaction does. It is for what others wait for, so that they wait no longer than they
// must. Without a transaction of InTx it is done at once, in one of its own.
func Last(ctx context.Context, db bun.IDB, do func(bun.IDB) error) error {
	if tx, ok := db.(*transaction); ok {
		tx.last = append(tx.last, do)
		return nil
	}
	return InTx(ctx, db, do)
}

// Lock makes transactions that give the same name come one after the other: each holds it until it ends. It is for
// what is decided over many rows, or over one that may not be there yet; a row that is there is locked by ForUpdate.
// Where both are needed, and in which order, is written in docs/architecture.md. SQLite needs nothing.
func Lock(ctx context.Context, tx bun.IDB, name string) error {
	if !isTransaction(tx) {
		return fault.New(fault.Internal, "internal", "%s is locked outside of a transaction, which holds nothing", name)
	}
	if !isPostgres(tx) {
		return nil
	}
	_, err := tx.ExecContext(ctx, "SELECT pg_advisory_xact_lock(hashtextextended(?, 0))", "echelon "+name)
	return Translate(err, "wait for "+name)
}

// NewID makes an identifier: a UUIDv7, so that rows made later sort later.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Time prepares an instant for storage: UTC with microseconds, which both databases keep exactly.
func Time(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// ForUpdate locks the selected rows until the transaction ends, but for rows of other tables that come to refer to
// them. SQLite needs nothing: its transactions take the write lock when they begin.
func ForUpdate(db bun.IDB, q *bun.SelectQuery) *bun.SelectQuery {
	if isPostgres(db) {
		return q.For("NO KEY UPDATE")
	}
	return q
}

// SkipLocked selects the rows that no other transaction holds, and locks them. It is for whoever clears up in passing:
// what somebody else is at is left for the next time, and nobody waits for it.
func SkipLocked(db bun.IDB, q *bun.SelectQuery) *bun.SelectQuery {
	if isPostgres(db) {
		return q.For("UPDATE SKIP LOCKED")
	}
	return q
}

// Findable is a NotFound fault for a name that no row can have, because no database keeps it: bytes that are
// not UTF-8, or a NUL, which bun would turn into a statement that cannot be read.
func Findable(what string, names ...string) error {
	for _, s := range names {
		if !utf8.ValidString(s) || strings.ContainsRune(s, 0) {
			return fault.New(fault.NotFound, "not_found", "%s %q", what, s)
		}
	}
	return nil
}

// EscapeLike quotes the wildcards of a LIKE pattern; the query must say ESCAPE '\'.
func EscapeLike(s string) string {
	return strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)
}
