// Package auditdb keeps the journal in the database. Only app wires it.
package auditdb

import (
	"context"
	"maps"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/secret"
)

// Store implements audit.Store over a database or a transaction.
type Store struct {
	db  bun.IDB
	now clock.Clock
	key secret.Key
}

// New makes a store over a handle; now is when entries are made, and key signs where the chain ends. Over the zero key
// nothing is signed, and no signature is checked.
func New(handle bun.IDB, now clock.Clock, key secret.Key) *Store {
	return &Store{db: handle, now: now, key: key}
}

// over is the store over another handle.
func (s *Store) over(handle bun.IDB) *Store { return New(handle, s.now, s.key) }

var _ audit.Store = (*Store)(nil)

type entryRow struct {
	bun.BaseModel `bun:"table:journal"`

	ID       int64   `bun:"id,pk"`
	At       instant `bun:"at"`
	Actor    string  `bun:"actor"`
	Behalf   string  `bun:"behalf"`
	Action   string  `bun:"action"`
	Object   string  `bun:"object"`
	Outcome  string  `bun:"outcome"`
	Address  string  `bun:"address"`
	Details  string  `bun:"details"`
	Previous string  `bun:"previous"`
	Hash     string  `bun:"hash"`
}

type headRow struct {
	bun.BaseModel `bun:"table:journal_head"`

	ID    int64  `bun:"id,pk"`
	Entry int64  `bun:"entry"`
	Hash  string `bun:"hash"`
	MAC   string `bun:"mac"`
}

func (r headRow) head() audit.Head { return audit.Head{Entry: r.Entry, Hash: r.Hash} }

// Append adds an entry to the chain as the last thing that the transaction of the store does, or at once when the store
// was made over none. What Entry.Check refuses is an Internal fault here and now.
func (s *Store) Append(ctx context.Context, a actor.Actor, e audit.Entry) error {
	e.Actor, e.Behalf = a.String(), audit.BehalfOf(a)
	return s.appendLast(ctx, e)
}

// appendLast appends an entry whose actor is known.
func (s *Store) appendLast(ctx context.Context, e audit.Entry) error {
	if err := e.Check(); err != nil {
		return err
	}
	e.Details = maps.Clone(e.Details) // as they are now, whatever becomes of the caller's
	return db.Last(ctx, s.db, func(tx bun.IDB) error { return s.over(tx).chain(ctx, e) })
}

// chain seals an entry and adds it to the chain.
func (s *Store) chain(ctx context.Context, e audit.Entry) error {
	head, err := s.lockHead(ctx)
	if err != nil {
		return err
	}
	e.Seq, e.Previous, e.At = head.Entry+1, head.Hash, db.Time(s.now())
	if e.Address, err = keyedAddress(ctx, s.db, e.At, audit.AddressOf(ctx)); err != nil {
		return err
	}
	if e.Hash, err = audit.Hash(e); err != nil {
		return err
	}
	return add(ctx, s.db, e, s.follow(head, audit.Head{Entry: e.Seq, Hash: e.Hash}))
}

// lockHead reads where the chain ends and holds it until the transaction ends. Whoever else appends waits there: each
// entry needs the hash of the one before.
func (s *Store) lockHead(ctx context.Context) (headRow, error) {
	var head headRow
	err := db.ForUpdate(s.db, s.db.NewSelect().Model(&head).Where("id = 1")).Scan(ctx)
	return head, db.Translate(err, "lock the journal")
}

// add stores a sealed entry and moves the head to it, with its signature.
func add(ctx context.Context, tx bun.IDB, e audit.Entry, mac string) error {
	details, err := canon.Marshal(e.Details)
	if err != nil {
		return err
	}
	row := entryRow{
		ID: e.Seq, At: instant{e.At}, Actor: e.Actor, Behalf: e.Behalf, Action: e.Action, Object: e.Object, Outcome: string(e.Outcome),
		Address: e.Address, Details: string(details.Text), Previous: e.Previous, Hash: e.Hash,
	}
	if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
		return db.Translate(err, "append to the journal")
	}
	res, err := tx.NewUpdate().Model((*headRow)(nil)).Set("entry = ?, hash = ?, mac = ?", e.Seq, e.Hash, mac).Where("id = 1 AND entry = ?", e.Seq-1).Exec(ctx)
	return db.Changed(res, err, "move the head of the journal")
}

// Entries implements audit.Store.
func (s *Store) Entries(ctx context.Context, q audit.Query) ([]audit.Entry, error) {
	var rows []entryRow
	order := "id DESC"
	if q.Oldest {
		order = "id"
	}
	if err := chosen(s.db.NewSelect().Model(&rows), q).Order(order).Limit(int64(q.Limit)).Scan(ctx); err != nil {
		return nil, db.Translate(err, "read the journal")
	}
	out := make([]audit.Entry, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.entry())
	}
	return out, nil
}

// Count implements audit.Store.
func (s *Store) Count(ctx context.Context, q audit.Query, most int) (int, error) {
	rows := chosen(s.db.NewSelect().Model((*entryRow)(nil)).Column("id"), q).Limit(int64(most))
	n, err := s.db.NewSelect().TableExpr("(?) AS chosen", rows).Count(ctx)
	return int(n), db.Translate(err, "count entries of the journal")
}

// Head implements audit.Store. A head that somebody removed reads as that of an empty journal, which no entry fits.
func (s *Store) Head(ctx context.Context) (audit.Head, audit.Signature, error) {
	var row headRow
	err := db.Translate(s.db.NewSelect().Model(&row).Where("id = 1").Scan(ctx), "read the head of the journal")
	if fault.Is(err, fault.NotFound) {
		err = nil
	}
	return row.head(), s.signature(headPurpose, row.head().String(), row.MAC), err
}

// chosen narrows a selection of entries to those of a query.
func chosen(rows *bun.SelectQuery, q audit.Query) *bun.SelectQuery {
	where := func(set bool, condition string, args ...any) {
		if set {
			rows = rows.Where(condition, args...)
		}
	}
	where(q.Action != "", `action = ? OR action LIKE ? ESCAPE '\'`, q.Action, db.EscapeLike(q.Action)+".%")
	where(q.Actor != "", "actor = ?", q.Actor)
	where(q.Object != "", "object = ?", q.Object)
	where(q.Outcome != "", "outcome = ?", q.Outcome)
	where(!q.From.IsZero(), "at >= ?", db.Time(q.From))
	where(!q.To.IsZero(), "at < ?", db.Time(q.To))
	where(q.After > 0, "id > ?", q.After)
	where(q.Before > 0, "id < ?", q.Before)
	if !q.All {
		people := []string{""} // nobody: an empty list is no SQL, and no entry is without an actor
		for _, id := range q.People {
			people = append(people, audit.PersonObject(id))
		}
		where(true, "actor IN (?) OR (object <> '' AND object IN (?))", bun.List(people), bun.List(people))
	}
	return rows
}

// entry reads a row as it is, for a reader as for whoever verifies: what was spoilt gives another hash, not an error.
func (r entryRow) entry() audit.Entry {
	e := audit.Entry{
		Seq: r.ID, At: r.At.UTC(), Actor: r.Actor, Behalf: r.Behalf, Action: r.Action, Object: r.Object, Outcome: audit.Outcome(r.Outcome),
		Address: r.Address, Previous: r.Previous, Hash: r.Hash,
	}
	if err := canon.Unmarshal([]byte(r.Details), &e.Details); err != nil {
		e.Details = map[string]string{"unreadable": r.Details}
	}
	return e
}
