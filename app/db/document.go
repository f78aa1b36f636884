package db

import (
	"context"

	"github.com/uptrace/bun"
)

// PutDocument inserts a row that is stored whole under its slug, or replaces the document of the row that has the slug,
// and tells whether that changed anything: a document of the same hash stays as it is, with its date.
func PutDocument(ctx context.Context, handle bun.IDB, row any, what string) (changed bool, err error) {
	res, err := handle.NewInsert().Model(row).On("CONFLICT (slug) DO UPDATE").
		Set("document = EXCLUDED.document, hash = EXCLUDED.hash, updated_at = EXCLUDED.updated_at").
		Where("?TableAlias.hash <> EXCLUDED.hash").Exec(ctx)
	if err != nil {
		return false, Translate(err, what)
	}
	n, err := res.RowsAffected()
	return n > 0, Translate(err, what)
}
