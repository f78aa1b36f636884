// Package actdb binds what acts leave behind to a database or a transaction. The stores of all domains embed it, and
// only app says what it is made of.
package actdb

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/mail"
)

// Parts make the effects of acts over a handle. A store that only reads does without them.
type Parts struct {
	Journal func(bun.IDB) audit.Journal
	Outbox  func(bun.IDB) mail.Outbox
}

// Over binds the parts to a database or a transaction.
func (p Parts) Over(handle bun.IDB) Effects { return Effects{handle: handle, parts: p} }

// Effects implements act.Effects over a handle.
type Effects struct {
	handle bun.IDB
	parts  Parts
}

var _ act.Effects = Effects{}

// Journal is the journal of the handle.
func (e Effects) Journal() audit.Journal { return e.parts.Journal(e.handle) }

// Outbox is the outbox of the handle.
func (e Effects) Outbox() mail.Outbox { return e.parts.Outbox(e.handle) }

// InTx runs fn in one transaction, with the effects that are written in it; on a transaction it joins that one. Every
// store's Tx is this call.
func (e Effects) InTx(ctx context.Context, fn func(tx bun.IDB, effects Effects) error) error {
	return db.InTx(ctx, e.handle, func(tx bun.IDB) error { return fn(tx, e.parts.Over(tx)) })
}
