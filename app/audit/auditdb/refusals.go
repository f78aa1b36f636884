package auditdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
)

var _ audit.Refusals = (*Store)(nil)

type tallyRow struct {
	bun.BaseModel `bun:"table:journal_tallies"`

	Actor   string    `bun:"actor,pk"`
	Action  string    `bun:"action,pk"`
	Refused string    `bun:"refused,pk"`
	Kind    string    `bun:"kind,pk"`
	Since   time.Time `bun:"since"`
	Until   time.Time `bun:"until"`
	Entries int       `bun:"entries"`
	More    int       `bun:"more"`
}

func rowOf(t audit.Tally) *tallyRow {
	return &tallyRow{
		Actor: t.Actor, Action: t.Action, Refused: t.Refused, Kind: t.Kind,
		Since: db.Time(t.Since), Until: db.Time(t.Until), Entries: t.Entries, More: t.More,
	}
}

func (r tallyRow) tally() audit.Tally {
	return audit.Tally{
		Actor: r.Actor, Action: r.Action, Refused: r.Refused, Kind: r.Kind, Since: r.Since.UTC(), Until: r.Until.UTC(), Entries: r.Entries, More: r.More,
	}
}

// Refuse implements audit.Refusals. What is only counted is one statement and holds up nobody else's act.
func (s *Store) Refuse(ctx context.Context, a actor.Actor, e audit.Entry) error {
	now, t := db.Time(s.now()), audit.TallyOf(a, e)
	if counted, err := count(ctx, s.db, t, now); err != nil || counted {
		return err
	}
	return db.InTx(ctx, s.db, func(tx bun.IDB) error {
		hour, err := lockHour(ctx, tx, t.Actor, now)
		if err != nil {
			return err
		}
		if counted, err := count(ctx, tx, t, now); err != nil || counted { // one that came at the same time was first
			return err
		}
		if hour, err = s.settle(ctx, tx, hour, now); err != nil {
			return err
		}
		if !hour.Open(now) {
			hour = hour.Begun(now)
		}
		if hour.Entries >= audit.RefusalsAnHour {
			hour.More++
			return put(ctx, tx, hour)
		}
		hour.Entries++
		if err := put(ctx, tx, hour); err != nil {
			return err
		}
		if _, err := tx.NewInsert().Model(rowOf(t.Begun(now))).Exec(ctx); err != nil {
			return db.Translate(err, "begin to count refusals")
		}
		return s.over(tx).Append(ctx, a, e)
	})
}

// Settle implements audit.Refusals, for one actor after the other.
func (s *Store) Settle(ctx context.Context) error {
	now := db.Time(s.now())
	var actors []string
	err := s.db.NewSelect().Model((*tallyRow)(nil)).ColumnExpr("DISTINCT actor").
		Where("(until <= ? OR since > ?) AND (action <> '' OR more > 0)", now, audit.Latest(now)).Order("actor").Scan(ctx, &actors)
	if err != nil {
		return db.Translate(err, "look for counted refusals")
	}
	for _, name := range actors {
		err := db.InTx(ctx, s.db, func(tx bun.IDB) error {
			hour, err := lockHour(ctx, tx, name, now)
			if err == nil {
				_, err = s.settle(ctx, tx, hour, now)
			}
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// count adds one to a tally that is open, and tells whether there is one.
func count(ctx context.Context, handle bun.IDB, t audit.Tally, now time.Time) (bool, error) {
	res, err := handle.NewUpdate().Model((*tallyRow)(nil)).Set("more = more + 1").
		Where("actor = ? AND action = ? AND refused = ? AND kind = ?", t.Actor, t.Action, t.Refused, t.Kind).
		Where("until > ? AND since <= ?", now, audit.Latest(now)).Exec(ctx)
	err = db.Changed(res, err, "count a refusal")
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// lockHour reads the tally of an actor's hour, made when there is none, and holds it: whatever changes an actor's
// tallies but a count begins here, and waits for nothing else than the journal after it.
func lockHour(ctx context.Context, tx bun.IDB, name string, now time.Time) (audit.Tally, error) {
	fresh := rowOf(audit.Tally{Actor: name}.Begun(now))
	if _, err := tx.NewInsert().Model(fresh).On("CONFLICT (actor, action, refused, kind) DO NOTHING").Exec(ctx); err != nil {
		return audit.Tally{}, db.Translate(err, "make a tally of refusals")
	}
	var row tallyRow
	err := db.ForUpdate(tx, tx.NewSelect().Model(&row).Where("actor = ? AND action = ''", name)).Scan(ctx)
	return row.tally(), db.Translate(err, "read a tally of refusals")
}

// settle appends what an actor's tallies that are over have counted, and ends them. It returns the tally of the hour
// as it is then.
func (s *Store) settle(ctx context.Context, tx bun.IDB, hour audit.Tally, now time.Time) (audit.Tally, error) {
	var rows []tallyRow
	err := tx.NewDelete().Model(&rows).Where("actor = ? AND action <> '' AND (until <= ? OR since > ?)", hour.Actor, now, audit.Latest(now)).Returning("*").Scan(ctx)
	if err != nil {
		return hour, db.Translate(err, "end the counting of refusals")
	}
	for _, r := range rows {
		if err := s.tell(ctx, tx, r.tally()); err != nil {
			return hour, err
		}
	}
	if hour.Open(now) || hour.More == 0 {
		return hour, nil
	}
	if err := s.tell(ctx, tx, hour); err != nil {
		return hour, err
	}
	hour.More = 0
	return hour, put(ctx, tx, hour)
}

// tell appends what was counted, if anything, as of the one who was refused. The network address of whoever happens to
// come now says nothing of it.
func (s *Store) tell(ctx context.Context, tx bun.IDB, t audit.Tally) error {
	if t.More == 0 {
		return nil
	}
	e := t.Entry()
	e.Actor = t.Actor
	return s.over(tx).appendLast(audit.WithAddress(ctx, ""), e)
}

func put(ctx context.Context, tx bun.IDB, t audit.Tally) error {
	_, err := tx.NewUpdate().Model(rowOf(t)).WherePK().Exec(ctx)
	return db.Translate(err, "store a tally of refusals")
}
