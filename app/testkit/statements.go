package testkit

import (
	"context"
	"strings"
	"sync/atomic"

	"github.com/uptrace/bun"
)

// Statements counts what is asked of a database: a hook for its handle.
type Statements struct {
	// Except is a part of statements that are not counted, "" to count all.
	Except string

	n atomic.Int64
}

var _ bun.QueryHook = (*Statements)(nil)

// BeforeQuery counts a statement.
func (s *Statements) BeforeQuery(ctx context.Context, e *bun.QueryEvent) context.Context {
	if s.Except == "" || !strings.Contains(e.Query, s.Except) {
		s.n.Add(1)
	}
	return ctx
}

// AfterQuery does nothing.
func (*Statements) AfterQuery(context.Context, *bun.QueryEvent) {}

// Restart begins to count anew and returns how many there were.
func (s *Statements) Restart() int { return int(s.n.Swap(0)) }
