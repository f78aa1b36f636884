// Package maildb keeps the outbox in the database. Only app wires it.
package maildb

import (
	"cmp"
	"context"
	"encoding/json"
	"slices"
	"time"

	"github.com/uptrace/bun"
	"github.com/uptrace/bun/dialect"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/secret"
)

// Store implements mail.Outbox, mail.Queue and mail.Store over a database or a transaction.
type Store struct {
	db      bun.IDB
	now     clock.Clock
	key     secret.Key
	journal func(bun.IDB) audit.Journal
}

// New makes a store over a handle; key seals what letters say.
func New(handle bun.IDB, now clock.Clock, key secret.Key) *Store {
	return &Store{db: handle, now: now, key: key, journal: func(bun.IDB) audit.Journal { return none{} }}
}

// WithJournal returns the store with the journal that its transactions write to.
func (s *Store) WithJournal(over func(bun.IDB) audit.Journal) *Store {
	return &Store{db: s.db, now: s.now, key: s.key, journal: over}
}

var (
	_ mail.Store = (*Store)(nil)
	_ mail.Queue = (*Store)(nil)
)

// none refuses every entry, so that no act goes unrecorded for want of a journal.
type none struct{}

func (none) Append(context.Context, actor.Actor, audit.Entry) error {
	return fault.New(fault.Internal, "internal", "the outbox was made without a journal")
}

// Tx runs fn in one transaction.
func (s *Store) Tx(ctx context.Context, fn func(mail.Store) error) error {
	return db.InTx(ctx, s.db, func(tx bun.IDB) error { return fn(&Store{db: tx, now: s.now, key: s.key, journal: s.journal}) })
}

// Journal is the journal over the same handle.
func (s *Store) Journal() audit.Journal { return s.journal(s.db) }

type row struct {
	bun.BaseModel `bun:"table:mails"`

	ID           string     `bun:"id,pk"`
	Kind         string     `bun:"kind"`
	Recipient    string     `bun:"recipient"`
	Lang         string     `bun:"lang"`
	Details      string     `bun:"details"`
	State        string     `bun:"state"`
	Attempts     int        `bun:"attempts"`
	NextAt       time.Time  `bun:"next_at"`
	ClaimedUntil *time.Time `bun:"claimed_until"`
	LastError    string     `bun:"last_error"`
	CreatedAt    time.Time  `bun:"created_at"`
	SentAt       *time.Time `bun:"sent_at"`
	Link         string     `bun:"link"`
	LinkUntil    *time.Time `bun:"link_until"`
}

// linkOver tells whether the letter carries a link that is not good any more.
func (r row) linkOver(now time.Time) bool { return r.LinkUntil != nil && !now.Before(*r.LinkUntil) }

// contents is what the column details holds, sealed: all that a letter says to its reader.
type contents struct {
	Name    string            `json:"name,omitempty"`
	Details map[string]string `json:"details,omitempty"`
}

// letterPurpose is what the key seals letters for.
const letterPurpose = "letter"

// nothing is what a letter says whose contents are forgotten.
const nothing = ""

// seal writes what a letter says so that it opens for the letter of this id alone.
func (s *Store) seal(id string, l mail.Letter) (string, error) {
	doc, err := json.Marshal(contents{Name: l.Name, Details: l.Details})
	if err != nil {
		return "", fault.Wrap(fault.Internal, "internal", err, "write a letter")
	}
	return s.key.Seal(letterPurpose, id, string(doc)), nil
}

// open reads what a letter says.
func (s *Store) open(id, sealed string) (contents, error) {
	var c contents
	if sealed == nothing {
		return c, nil
	}
	text, err := s.key.Open(letterPurpose, id, sealed)
	if err == nil {
		err = json.Unmarshal([]byte(text), &c)
	}
	if err != nil {
		return c, fault.Wrap(fault.Internal, "internal", err, "read the letter %s", id)
	}
	return c, nil
}

// item reads a row, with what the letter says when the row has it.
func (s *Store) item(r row) (mail.Item, error) {
	c, err := s.open(r.ID, r.Details)
	if err != nil {
		return mail.Item{}, err
	}
	it := mail.Item{
		ID: mail.ID(r.ID), State: mail.State(r.State), Attempts: r.Attempts, NextAt: r.NextAt.UTC(),
		Problem: mail.ParseProblem(r.LastError), PutAt: r.CreatedAt.UTC(), Over: r.State == string(mail.Sent) || r.linkOver(s.now()),
		Letter: mail.Letter{
			Kind: mail.Kind(r.Kind), To: r.Recipient, Name: c.Name, Lang: lang.Lang(r.Lang), Details: c.Details, Link: mail.Link{ID: r.Link},
		},
	}
	if r.SentAt != nil {
		it.SentAt = r.SentAt.UTC()
	}
	if r.LinkUntil != nil {
		it.Letter.Link.Until = r.LinkUntil.UTC()
	}
	return it, nil
}

func (s *Store) items(rows []row) ([]mail.Item, error) {
	out := make([]mail.Item, 0, len(rows))
	for _, r := range rows {
		it, err := s.item(r)
		if err != nil {
			return nil, err
		}
		out = append(out, it)
	}
	return out, nil
}

// Put stores a letter to be delivered at once, and sweeps the outbox: where no mail is sent nobody else would.
func (s *Store) Put(ctx context.Context, l mail.Letter) error {
	if !slices.Contains(mail.Kinds(), l.Kind) || l.To == "" || (l.Link.ID == "") != l.Link.Until.IsZero() {
		return fault.New(fault.Internal, "internal", "a letter of kind %q needs a kind and a recipient, and its link an end", l.Kind)
	}
	if s.key == (secret.Key{}) {
		return fault.New(fault.Internal, "internal", "no letter is put without the key that seals it")
	}
	id, now := db.NewID(), db.Time(s.now())
	sealed, err := s.seal(id, l)
	if err != nil {
		return err
	}
	r := row{
		ID: id, Kind: string(l.Kind), Recipient: l.To, Lang: string(l.Lang), Details: sealed,
		State: string(mail.Queued), NextAt: now, CreatedAt: now, Link: l.Link.ID,
	}
	if until := db.Time(l.Link.Until); l.Link.ID != "" {
		r.LinkUntil = &until
	}
	if _, err := s.db.NewInsert().Model(&r).Exec(ctx); err != nil {
		return db.Translate(err, "put a letter into the outbox")
	}
	return s.Sweep(ctx)
}

// Withdraw ends the links now. A letter that is in the worker's hands is given up once it comes back, unless it was
// sent; one that was given up forgets its link.
func (s *Store) Withdraw(ctx context.Context, links ...string) error {
	if len(links) == 0 {
		return nil
	}
	_, err := s.db.NewUpdate().Model((*row)(nil)).Set("link_until = ?", db.Time(s.now())).
		Where("state <> 'sent' AND link <> '' AND link IN (?)", bun.List(links)).Exec(ctx)
	if err != nil {
		return db.Translate(err, "withdraw letters")
	}
	return s.Sweep(ctx)
}

// Sweep gives up what is not sent when its link ends, forgets what was given up before, and removes letters that were
// put longer than mail.KeepFor ago. It passes over letters that somebody else is at.
func (s *Store) Sweep(ctx context.Context) error {
	now := db.Time(s.now())
	_, err := s.db.NewUpdate().Model((*row)(nil)).
		Set("state = 'failed', details = ?, claimed_until = NULL, last_error = ?", nothing, mail.Problem{Cause: mail.LinkOver}.String()).
		Where("id IN (?)", s.free("state = 'queued' AND link_until <= ? AND (claimed_until IS NULL OR claimed_until < ?)", now, now)).
		Exec(ctx)
	if err != nil {
		return db.Translate(err, "give up letters whose link is over")
	}
	_, err = s.db.NewUpdate().Model((*row)(nil)).Set("details = ?", nothing).
		Where("id IN (?)", s.free("state = 'failed' AND link_until <= ? AND details <> ?", now, nothing)).Exec(ctx)
	if err != nil {
		return db.Translate(err, "forget links that are over")
	}
	old := s.free("created_at < ?", db.Time(now.Add(-mail.KeepFor)))
	_, err = s.db.NewDelete().Model((*row)(nil)).Where("id IN (?)", old).Exec(ctx)
	return db.Translate(err, "remove old letters")
}

// free selects the letters that a condition chooses and that nobody else is at.
func (s *Store) free(condition string, args ...any) *bun.SelectQuery {
	return db.SkipLocked(s.db, s.db.NewSelect().Table("mails").Column("id").Where(condition, args...))
}

// Claim takes letters that are due, in one statement: PostgreSQL passes over rows that another process is taking at
// this moment, SQLite has one writer at a time.
func (s *Store) Claim(ctx context.Context, n int, until time.Time) ([]mail.Item, error) {
	skip := ""
	if s.db.Dialect().Name() == dialect.PG {
		skip = " FOR UPDATE SKIP LOCKED"
	}
	now := db.Time(s.now())
	var rows []row
	// Materialized, because a subquery may be run again for each row and then lets more than n through.
	err := s.db.NewRaw(`WITH due AS MATERIALIZED (
		SELECT id FROM mails WHERE state = 'queued' AND next_at <= ? AND (claimed_until IS NULL OR claimed_until < ?)
			AND (link_until IS NULL OR link_until > ?)
		ORDER BY next_at, id LIMIT ?`+skip+`)
		UPDATE mails SET claimed_until = ?, attempts = attempts + 1 WHERE id IN (SELECT id FROM due)
		RETURNING id, kind, recipient, lang, details, state, attempts, next_at, claimed_until, last_error, created_at, sent_at, link, link_until`,
		now, now, now, n, db.Time(until)).Scan(ctx, &rows)
	if err != nil {
		return nil, db.Translate(err, "claim letters of the outbox")
	}
	slices.SortFunc(rows, func(a, b row) int { return cmp.Or(a.NextAt.Compare(b.NextAt), cmp.Compare(a.ID, b.ID)) })
	return s.items(rows)
}

// note ends an attempt. The number of attempts tells whose claim it was: another process that took the letter over
// has raised it.
func (s *Store) note(ctx context.Context, it mail.Item, what, set string, args ...any) error {
	res, err := s.db.NewUpdate().Model((*row)(nil)).Set("claimed_until = NULL").Set(set, args...).
		Where("id = ? AND state = 'queued' AND attempts = ?", string(it.ID), it.Attempts).Exec(ctx)
	return db.Changed(res, err, what)
}

// Sent notes a delivery and clears what the letter said, so that no link in it stays readable.
func (s *Store) Sent(ctx context.Context, it mail.Item) error {
	return s.note(ctx, it, "note that a letter was sent", "state = 'sent', sent_at = ?, details = ?, last_error = ''", db.Time(s.now()), nothing)
}

// Delayed lets the letter go until a next attempt.
func (s *Store) Delayed(ctx context.Context, it mail.Item, next time.Time, p mail.Problem) error {
	return s.note(ctx, it, "note that a letter was delayed", "next_at = ?, last_error = ?", db.Time(next), p.String())
}

// Failed gives the letter up. What it says is kept while it can be retried: as long as its link, if any, is good.
func (s *Store) Failed(ctx context.Context, it mail.Item, p mail.Problem) error {
	return s.note(ctx, it, "note that a letter was given up", "state = 'failed', last_error = ?", p.String())
}

// List reads the outbox, newest first, without what the letters say.
func (s *Store) List(ctx context.Context, q mail.Query) ([]mail.Item, error) {
	var rows []row
	sel := s.db.NewSelect().Model(&rows).ExcludeColumn("details").Order("id DESC").Limit(int64(q.Limit))
	if q.State != "" {
		sel = sel.Where("state = ?", string(q.State))
	}
	if q.Before != "" {
		sel = sel.Where("id < ?", string(q.Before))
	}
	if err := sel.Scan(ctx); err != nil {
		return nil, db.Translate(err, "list the outbox")
	}
	return s.items(rows)
}

// Latest reads the newest letters with what they say.
func (s *Store) Latest(ctx context.Context, n int) ([]mail.Item, error) {
	var rows []row
	if err := s.db.NewSelect().Model(&rows).Order("id DESC").Limit(int64(n)).Scan(ctx); err != nil {
		return nil, db.Translate(err, "read the newest letters")
	}
	return s.items(rows)
}

// Get reads a letter with what it says.
func (s *Store) Get(ctx context.Context, id mail.ID) (mail.Item, error) {
	if err := db.Findable("letter", string(id)); err != nil {
		return mail.Item{}, err
	}
	var r row
	if err := s.db.NewSelect().Model(&r).Where("id = ?", string(id)).Scan(ctx); err != nil {
		return mail.Item{}, db.Translate(err, "read a letter")
	}
	return s.item(r)
}

// Retry makes a failed letter due at once.
func (s *Store) Retry(ctx context.Context, id mail.ID, at time.Time) error {
	it, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if it.Over && it.State == mail.Failed {
		return fault.New(fault.Conflict, "letter_over", "the link of the letter %s is forgotten: a new one is to be sent", id)
	}
	res, err := s.db.NewUpdate().Model((*row)(nil)).Set("state = 'queued', attempts = 0, next_at = ?, claimed_until = NULL", db.Time(at)).
		Where("id = ? AND state = 'failed'", string(id)).Exec(ctx)
	return db.Changed(res, err, "retry a letter")
}
