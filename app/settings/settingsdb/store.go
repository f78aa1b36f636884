// Package settingsdb keeps the settings in the database. Only app wires it.
package settingsdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/settings"
)

// Store implements settings.Store over a database or a transaction.
type Store struct {
	actdb.Effects
	db bun.IDB
}

// New makes a store over a handle; parts make what its acts leave behind.
func New(handle bun.IDB, parts actdb.Parts) *Store { return &Store{parts.Over(handle), handle} }

var _ settings.Store = (*Store)(nil)

// Tx runs fn in one transaction.
func (s *Store) Tx(ctx context.Context, fn func(settings.Store) error) error {
	return s.InTx(ctx, func(tx bun.IDB, effects actdb.Effects) error { return fn(&Store{effects, tx}) })
}

// Lock implements settings.Store.
func (s *Store) Lock(ctx context.Context) error { return db.Lock(ctx, s.db, "settings") }

type row struct {
	bun.BaseModel `bun:"table:settings"`

	ID        string    `bun:"id,pk"`
	Value     string    `bun:"value"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// maxList bounds what is read: there are a handful.
const maxList = 1000

// All reads what somebody has set, by name.
func (s *Store) All(ctx context.Context) (map[string]string, error) {
	var rows []row
	if err := db.Whole(ctx, s.db.NewSelect().Model(&rows).Order("id"), &rows, maxList, "read the settings"); err != nil {
		return nil, err
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.ID] = r.Value
	}
	return out, nil
}

// Put stores a value under its name.
func (s *Store) Put(ctx context.Context, name, value string, at time.Time) error {
	r := row{ID: name, Value: value, UpdatedAt: db.Time(at)}
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Set("value = EXCLUDED.value, updated_at = EXCLUDED.updated_at").Exec(ctx)
	return db.Translate(err, "store the setting "+name)
}
