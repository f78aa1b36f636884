// Package paydb keeps zones, schemes and bands in the database. Only app wires it.
package paydb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// maxList bounds every list read whole.
const maxList = 20000

// Store implements pay.Store over a database or a transaction.
type Store struct {
	actdb.Effects
	db bun.IDB
}

// New makes a store over a handle; parts make what its acts leave behind.
func New(handle bun.IDB, parts actdb.Parts) *Store { return &Store{parts.Over(handle), handle} }

var _ pay.Store = (*Store)(nil)

// Tx runs fn in one transaction.
func (s *Store) Tx(ctx context.Context, fn func(pay.Store) error) error {
	return s.InTx(ctx, func(tx bun.IDB, effects actdb.Effects) error { return fn(&Store{effects, tx}) })
}

type zoneRow struct {
	bun.BaseModel `bun:"table:zones"`

	ID        string    `bun:"id,pk"`
	Slug      string    `bun:"slug"`
	Document  string    `bun:"document"`
	Hash      string    `bun:"hash"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// Zones lists the zones by slug.
func (s *Store) Zones(ctx context.Context) ([]pay.Zone, error) {
	var rows []zoneRow
	if err := db.Whole(ctx, s.db.NewSelect().Model(&rows).Order("slug"), &rows, maxList, "list zones"); err != nil {
		return nil, err
	}
	out := make([]pay.Zone, 0, len(rows))
	for _, r := range rows {
		var z pay.Zone
		if err := canon.Unmarshal([]byte(r.Document), &z); err != nil {
			return nil, err
		}
		z.ID = pay.ZoneID(r.ID)
		out = append(out, z)
	}
	return out, nil
}

// PutZone stores a zone under its slug.
func (s *Store) PutZone(ctx context.Context, z pay.Zone, doc canon.Document, at time.Time) (bool, error) {
	row := zoneRow{ID: db.NewID(), Slug: z.Slug, Document: string(doc.Text), Hash: doc.Hash, CreatedAt: db.Time(at), UpdatedAt: db.Time(at)}
	return db.PutDocument(ctx, s.db, &row, "store zone "+z.Slug)
}

// ids reads the identifiers of a table by slug.
func (s *Store) ids(ctx context.Context, table string) (map[string]string, error) {
	var rows []struct {
		ID   string `bun:"id"`
		Slug string `bun:"slug"`
	}
	if err := s.db.NewSelect().Table(table).Column("id", "slug").Scan(ctx, &rows); err != nil {
		return nil, db.Translate(err, "read "+table)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Slug] = r.ID
	}
	return out, nil
}
