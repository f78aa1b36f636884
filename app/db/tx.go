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

// InTx runs fn in one transaction; when db is a transaction already, fn joins it. fn must use the handle
// it is given and nothing else. Its error comes back as it is; a database that refuses to begin or to commit
// is a fault as Translate makes it.
func InTx(ctx context.Context, db bun.IDB, fn func(bun.IDB) error) error {
	if _, ok := db.(bun.Tx); ok {
		return fn(db)
	}
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return Translate(err, "begin a transaction")
	}
	defer func() { _ = tx.Rollback() }() // after a commit it does nothing; after a panic it frees the connection
	if err := fn(tx); err != nil {
		return err
	}
	return Translate(tx.Commit(), "commit")
}

// NewID makes an identifier: a UUIDv7, so that rows made later sort later.
func NewID() string { return uuid.Must(uuid.NewV7()).String() }

// Time prepares an instant for storage: UTC with microseconds, which both databases keep exactly.
func Time(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

// ForUpdate locks the selected rows until the transaction ends. SQLite needs nothing: its transactions
// take the write lock when they begin.
func ForUpdate(db bun.IDB, q *bun.SelectQuery) *bun.SelectQuery {
	if isPostgres(db) {
		return q.For("UPDATE")
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
