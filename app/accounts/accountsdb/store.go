// Package accountsdb keeps accounts, people and lines, proofs, sessions and tokens in the database. Only app wires it.
package accountsdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/db"
)

// maxList bounds every list read whole.
const maxList = 20_000

// Store implements accounts.Store over a database or a transaction.
type Store struct {
	actdb.Effects
	db bun.IDB
}

// New makes a store over a handle; parts make what its acts leave behind.
func New(handle bun.IDB, parts actdb.Parts) *Store { return &Store{parts.Over(handle), handle} }

var _ accounts.Store = (*Store)(nil)

// Tx runs fn over one transaction.
func (s *Store) Tx(ctx context.Context, fn func(accounts.Store) error) error {
	return s.InTx(ctx, func(tx bun.IDB, effects actdb.Effects) error { return fn(&Store{effects, tx}) })
}

// Lock makes those who ask for one order come one after the other.
func (s *Store) Lock(ctx context.Context, o accounts.Order) error {
	return db.Lock(ctx, s.db, string(o))
}

// timed writes an instant that may be zero as one that may be missing.
func timed(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	at := db.Time(t)
	return &at
}

// instant reads it back.
func instant(t *time.Time) time.Time {
	if t == nil {
		return time.Time{}
	}
	return t.UTC()
}

func flag(b bool) int {
	if b {
		return 1
	}
	return 0
}

// named writes a name that may be empty as one that may be missing.
func named[T ~string](s T) *string {
	if s == "" {
		return nil
	}
	text := string(s)
	return &text
}

func name[T ~string](s *string) T {
	if s == nil {
		return ""
	}
	return T(*s)
}
