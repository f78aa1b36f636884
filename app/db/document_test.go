package db_test

import (
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
)

// kept is a row of a table that holds a document under a slug.
type kept struct {
	bun.BaseModel `bun:"table:kpis"`

	ID        string    `bun:"id,pk"`
	Slug      string    `bun:"slug"`
	Document  string    `bun:"document"`
	Hash      string    `bun:"hash"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

func TestPutDocumentTellsWhatChanged(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		first := time.Date(2026, 11, 23, 8, 0, 0, 0, time.UTC)
		for i, step := range []struct {
			hash    string
			changed bool
			updated int // the step whose time the row has
		}{{"a", true, 0}, {"a", false, 0}, {"b", true, 2}, {"b", false, 2}, {"a", true, 4}} {
			at := first.Add(time.Duration(i) * time.Hour)
			row := kept{ID: db.NewID(), Slug: "quota", Document: "{}" + step.hash, Hash: step.hash, CreatedAt: at, UpdatedAt: at}
			changed, err := db.PutDocument(t.Context(), d.DB, &row, "store it")
			if err != nil || changed != step.changed {
				t.Errorf("step %d changed it: %t, %v", i, changed, err)
			}
			var got kept
			if err := d.NewSelect().Model(&got).Scan(t.Context()); err != nil {
				t.Fatal(err)
			}
			updated := first.Add(time.Duration(step.updated) * time.Hour)
			if got.Document != row.Document || got.Hash != step.hash || !got.UpdatedAt.Equal(updated) || !got.CreatedAt.Equal(first) {
				t.Errorf("step %d leaves %+v", i, got)
			}
		}
	})
}
