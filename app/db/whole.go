package db

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/fault"
)

// Whole reads a list that is used as a whole. A list of more rows than most is an Internal fault: cut without a word, it
// would pass for everything there is. What says what was tried, for the fault.
func Whole[T any](ctx context.Context, q *bun.SelectQuery, rows *[]T, most int, what string) error {
	if err := q.Limit(int64(most)+1).Scan(ctx, rows); err != nil {
		return Translate(err, what)
	}
	if len(*rows) > most {
		return fault.New(fault.Internal, "internal", "%s: the list is longer than %d", what, most)
	}
	return nil
}
