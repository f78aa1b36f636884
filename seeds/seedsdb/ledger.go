// Package seedsdb remembers what seeds were loaded and what they became, so that loading again can tell
// an unchanged record from one that people changed.
package seedsdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/db"
)

// Record is what one seed became: the hash of the seed, and of the record right after it was stored.
type Record struct {
	bun.BaseModel `bun:"table:seed_records"`

	Kind       string    `bun:"kind,pk"`
	Slug       string    `bun:"slug,pk"`
	SeedHash   string    `bun:"seed_hash"`
	RecordHash string    `bun:"record_hash"`
	LoadedAt   time.Time `bun:"loaded_at"`
}

// Ledger is the list of loaded seeds.
type Ledger struct{ db bun.IDB }

// New makes a ledger over a database or a transaction.
func New(handle bun.IDB) *Ledger { return &Ledger{db: handle} }

// All reads the ledger by kind and slug.
func (l *Ledger) All(ctx context.Context) (map[[2]string]Record, error) {
	var rows []Record
	if err := l.db.NewSelect().Model(&rows).Scan(ctx); err != nil {
		return nil, db.Translate(err, "read the seed ledger")
	}
	out := make(map[[2]string]Record, len(rows))
	for _, r := range rows {
		out[[2]string{r.Kind, r.Slug}] = r
	}
	return out, nil
}

// Put notes a loaded seed.
func (l *Ledger) Put(ctx context.Context, r Record) error {
	r.LoadedAt = db.Time(r.LoadedAt)
	_, err := l.db.NewInsert().Model(&r).On("CONFLICT (kind, slug) DO UPDATE").
		Set("seed_hash = EXCLUDED.seed_hash, record_hash = EXCLUDED.record_hash, loaded_at = EXCLUDED.loaded_at").Exec(ctx)
	return db.Translate(err, "write the seed ledger")
}
