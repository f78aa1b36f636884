// Package accountsdb keeps accounts, people and lines, proofs, sessions and tokens in the database. Only app wires it.
package accountsdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/mail"
)

// maxList bounds every list read whole.
const maxList = 20_000

// Store implements accounts.Store over a database or a transaction.
type Store struct {
	db    bun.IDB
	parts Parts
}

// Parts make what is written in the same transaction and kept by others.
type Parts struct {
	Journal func(bun.IDB) audit.Journal
	Outbox  func(bun.IDB) mail.Outbox
}

// New makes a store over a handle.
func New(handle bun.IDB, parts Parts) *Store { return &Store{db: handle, parts: parts} }

var _ accounts.Store = (*Store)(nil)

// Tx runs fn over one transaction.
func (s *Store) Tx(ctx context.Context, fn func(accounts.Store) error) error {
	return db.InTx(ctx, s.db, func(tx bun.IDB) error { return fn(New(tx, s.parts)) })
}

// Lock makes those who ask for one order come one after the other.
func (s *Store) Lock(ctx context.Context, o accounts.Order) error {
	return db.Lock(ctx, s.db, string(o))
}

// Journal is the journal of this handle.
func (s *Store) Journal() audit.Journal { return s.parts.Journal(s.db) }

// Outbox is the outbox of this handle.
func (s *Store) Outbox() mail.Outbox { return s.parts.Outbox(s.db) }

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
