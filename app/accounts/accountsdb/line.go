package accountsdb

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
)

type assignmentRow struct {
	bun.BaseModel `bun:"table:assignments,alias:s"`

	ID        string    `bun:"id,pk"`
	PersonID  string    `bun:"person_id"`
	ManagerID *string   `bun:"manager_id"`
	Profile   string    `bun:"profile"`
	StartsOn  string    `bun:"starts_on"`
	EndsOn    *string   `bun:"ends_on"`
	CreatedAt time.Time `bun:"created_at"`
}

type delegationRow struct {
	bun.BaseModel `bun:"table:delegations,alias:d"`

	ID        string     `bun:"id,pk"`
	FromID    string     `bun:"from_id"`
	ToID      string     `bun:"to_id"`
	Duty      string     `bun:"duty"`
	StartsOn  string     `bun:"starts_on"`
	EndsOn    string     `bun:"ends_on"`
	CreatedAt time.Time  `bun:"created_at"`
	RevokedAt *time.Time `bun:"revoked_at"`
}

// holds are the assignments that hold on a day, given twice.
const holds = "s.starts_on <= ? AND (s.ends_on IS NULL OR s.ends_on > ?)"

// highest bounds the walk up a line, should one ever come back to where it began.
const highest = 100

// Person reads one person.
func (s *Store) Person(ctx context.Context, id actor.PersonID) (accounts.Person, error) {
	if err := db.Findable("person", string(id)); err != nil {
		return accounts.Person{}, err
	}
	var row personRow
	err := s.db.NewSelect().Model(&row).Where("id = ?", id).Scan(ctx)
	return person(row), db.Translate(err, "read person")
}

func person(r personRow) accounts.Person {
	return accounts.Person{ID: actor.PersonID(r.ID), Name: r.Name, Email: accounts.Email(r.Email)}
}

// Names reads what some people are called.
func (s *Store) Names(ctx context.Context, ids []actor.PersonID) (map[actor.PersonID]string, error) {
	out := map[actor.PersonID]string{}
	ids = slices.DeleteFunc(slices.Clone(ids), func(id actor.PersonID) bool { return db.Findable("person", string(id)) != nil })
	if len(ids) == 0 {
		return out, nil
	}
	var rows []personRow
	if err := s.db.NewSelect().Model(&rows).Column("id", "name").Where("id IN (?)", bun.List(ids)).Scan(ctx); err != nil {
		return nil, db.Translate(err, "read names")
	}
	for _, r := range rows {
		out[actor.PersonID(r.ID)] = r.Name
	}
	return out, nil
}

// AssignmentsOf lists a person's assignments, earliest first.
func (s *Store) AssignmentsOf(ctx context.Context, id actor.PersonID) ([]accounts.Assignment, error) {
	return s.assignments(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("s.person_id = ?", id) })
}

func (s *Store) assignments(ctx context.Context, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]accounts.Assignment, error) {
	var rows []assignmentRow
	q := narrow(s.db.NewSelect().Model(&rows)).Order("s.starts_on", "s.id")
	if err := db.Whole(ctx, q, &rows, maxList, "read assignments"); err != nil {
		return nil, err
	}
	out := make([]accounts.Assignment, 0, len(rows))
	for _, r := range rows {
		out = append(out, accounts.Assignment{
			ID: r.ID, Person: actor.PersonID(r.PersonID), Manager: name[actor.PersonID](r.ManagerID), Profile: r.Profile,
			StartsOn: r.StartsOn, EndsOn: name[string](r.EndsOn), CreatedAt: r.CreatedAt.UTC(),
		})
	}
	return out, nil
}

// PutAssignments replaces a person's assignments.
func (s *Store) PutAssignments(ctx context.Context, id actor.PersonID, list []accounts.Assignment) error {
	if _, err := s.db.NewDelete().Model((*assignmentRow)(nil)).Where("person_id = ?", id).Exec(ctx); err != nil {
		return db.Translate(err, "clear assignments")
	}
	for _, x := range list {
		row := assignmentRow{
			ID: x.ID, PersonID: string(x.Person), ManagerID: named(x.Manager), Profile: x.Profile,
			StartsOn: x.StartsOn, EndsOn: named(x.EndsOn), CreatedAt: db.Time(x.CreatedAt),
		}
		if _, err := s.db.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Translate(err, "store assignment")
		}
	}
	return nil
}

// up walks up a line on a day. A line that comes back goes round until it is as high as any may be.
const up = "WITH RECURSIVE up (id, height) AS (SELECT s.manager_id, 1 FROM assignments AS s WHERE s.person_id = ? AND s.manager_id IS NOT NULL AND " + holds +
	" UNION ALL SELECT s.manager_id, u.height + 1 FROM up AS u JOIN assignments AS s ON s.person_id = u.id" +
	" WHERE u.height < ? AND s.manager_id IS NOT NULL AND " + holds + ") SELECT id FROM up ORDER BY height"

// ManagersOf walks up from a person. A line that comes back shows the person again and ends there.
func (s *Store) ManagersOf(ctx context.Context, id actor.PersonID, day string) ([]actor.PersonID, error) {
	var above, out []actor.PersonID
	if err := s.db.NewRaw(up, id, day, day, highest, day, day).Scan(ctx, &above); err != nil {
		return nil, db.Translate(err, "read managers")
	}
	for _, m := range above {
		if slices.Contains(out, m) {
			return out, nil
		}
		out = append(out, m)
	}
	return out, nil
}

// around walks up a person's line through all the days from one on: each row is a manager with the days, from one on and
// up to another, on which they are above the person. The walk ends where it comes back to the person.
const around = "WITH RECURSIVE around (id, since, until) AS (" +
	"SELECT s.manager_id, CASE WHEN s.starts_on > ? THEN s.starts_on ELSE ? END, coalesce(s.ends_on, '9999-12-31') FROM assignments AS s" +
	" WHERE s.person_id = ? AND s.manager_id IS NOT NULL AND (s.ends_on IS NULL OR s.ends_on > ?)" +
	" UNION SELECT s.manager_id, CASE WHEN s.starts_on > a.since THEN s.starts_on ELSE a.since END," +
	" CASE WHEN s.ends_on < a.until THEN s.ends_on ELSE a.until END FROM around AS a JOIN assignments AS s ON s.person_id = a.id" +
	" WHERE a.id <> ? AND s.manager_id IS NOT NULL AND s.starts_on < a.until AND (s.ends_on IS NULL OR s.ends_on > a.since)" +
	") SELECT coalesce(min(since), '') FROM around WHERE id = ?"

// Circle is the first day, from one on, on which a person's line comes back to them.
func (s *Store) Circle(ctx context.Context, id actor.PersonID, from string) (string, error) {
	var day string
	err := s.db.NewRaw(around, from, from, id, from, id, id).Scan(ctx, &day)
	return day, db.Translate(err, "look for a circle in the line")
}

// below walks down from heads on a day.
const below = "WITH RECURSIVE below (id) AS (SELECT s.person_id FROM assignments AS s WHERE s.manager_id IN (?) AND " + holds +
	" UNION SELECT s.person_id FROM assignments AS s JOIN below AS b ON s.manager_id = b.id WHERE " + holds + ") "

// Below returns everybody below the heads, without them.
func (s *Store) Below(ctx context.Context, heads []actor.PersonID, day string) ([]actor.PersonID, error) {
	if len(heads) == 0 {
		return nil, nil
	}
	var out []actor.PersonID
	err := s.db.NewRaw(below+"SELECT id FROM below ORDER BY id", bun.List(heads), day, day, day, day).Scan(ctx, &out)
	out = slices.DeleteFunc(out, func(id actor.PersonID) bool { return slices.Contains(heads, id) })
	return out, db.Translate(err, "read the line below")
}

// ProfilesBelow returns the profiles held by those below the heads, without the heads' own.
func (s *Store) ProfilesBelow(ctx context.Context, heads []actor.PersonID, day string) ([]string, error) {
	if len(heads) == 0 {
		return nil, nil
	}
	var out []string
	err := s.db.NewRaw(below+"SELECT DISTINCT s.profile FROM below AS b JOIN assignments AS s ON s.person_id = b.id WHERE "+holds+
		" AND s.profile <> '' AND b.id NOT IN (?) ORDER BY s.profile",
		bun.List(heads), day, day, day, day, day, day, bun.List(heads)).Scan(ctx, &out)
	return out, db.Translate(err, "read the profiles of the line below")
}

// HasReports tells whether somebody reports to one of the managers on a day.
func (s *Store) HasReports(ctx context.Context, managers []actor.PersonID, day string) (bool, error) {
	if len(managers) == 0 {
		return false, nil
	}
	found, err := s.db.NewSelect().Model((*assignmentRow)(nil)).Where("s.manager_id IN (?)", bun.List(managers)).Where(holds, day, day).Exists(ctx)
	return found, db.Translate(err, "look for reports")
}

// AddDelegation stores one.
func (s *Store) AddDelegation(ctx context.Context, d accounts.Delegation) error {
	row := delegationRow{
		ID: d.ID, FromID: string(d.From), ToID: string(d.To), Duty: string(d.Duty), StartsOn: d.StartsOn, EndsOn: d.EndsOn,
		CreatedAt: db.Time(d.CreatedAt), RevokedAt: timed(d.RevokedAt),
	}
	_, err := s.db.NewInsert().Model(&row).Exec(ctx)
	return db.Translate(err, "store delegation")
}

// Delegation reads one.
func (s *Store) Delegation(ctx context.Context, id string) (accounts.Delegation, error) {
	if err := db.Findable("delegation", id); err != nil {
		return accounts.Delegation{}, err
	}
	list, err := s.delegations(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("d.id = ?", id) })
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "not_found", "delegation")
	}
	if err != nil {
		return accounts.Delegation{}, err
	}
	return list[0], nil
}

// DelegatedTo lists what holds for somebody on a day. A giver who is out of use, or who lost the role, gives nothing.
func (s *Store) DelegatedTo(ctx context.Context, to actor.PersonID, day string) ([]accounts.Delegation, error) {
	return s.delegations(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("d.to_id = ? AND d.revoked_at IS NULL AND d.starts_on <= ? AND d.ends_on > ?", to, day, day).
			Where("EXISTS (SELECT 1 FROM accounts AS a WHERE a.person_id = d.from_id AND a.disabled_at IS NULL)").
			Where("d.duty = 'line' OR EXISTS (SELECT 1 FROM account_roles AS r WHERE r.person_id = d.from_id AND r.role = d.duty)")
	})
}

// Delegations lists those from or to somebody.
func (s *Store) Delegations(ctx context.Context, of actor.PersonID) ([]accounts.Delegation, error) {
	return s.delegations(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("d.from_id = ? OR d.to_id = ?", of, of) })
}

// DelegationList lists a part of those from or to somebody, or of all.
func (s *Store) DelegationList(ctx context.Context, q accounts.DelegationQuery) ([]accounts.Delegation, error) {
	var rows []delegationRow
	sel := s.db.NewSelect().Model(&rows)
	if q.Of != "" {
		sel = sel.Where("d.from_id = ? OR d.to_id = ?", q.Of, q.Of)
	}
	if q.After.ID != "" {
		at := db.Time(q.After.At)
		sel = sel.Where("d.created_at < ? OR (d.created_at = ? AND d.id > ?)", at, at, q.After.ID)
	}
	err := sel.Order("d.created_at DESC", "d.id").Limit(int64(q.Limit)).Scan(ctx)
	return delegationsOf(rows), db.Translate(err, "list delegations")
}

func (s *Store) delegations(ctx context.Context, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]accounts.Delegation, error) {
	var rows []delegationRow
	q := narrow(s.db.NewSelect().Model(&rows)).Order("d.created_at DESC", "d.id")
	if err := db.Whole(ctx, q, &rows, maxList, "read delegations"); err != nil {
		return nil, err
	}
	return delegationsOf(rows), nil
}

func delegationsOf(rows []delegationRow) []accounts.Delegation {
	out := make([]accounts.Delegation, 0, len(rows))
	for _, r := range rows {
		out = append(out, accounts.Delegation{
			ID: r.ID, From: actor.PersonID(r.FromID), To: actor.PersonID(r.ToID), Duty: accounts.Duty(r.Duty), StartsOn: r.StartsOn, EndsOn: r.EndsOn,
			CreatedAt: r.CreatedAt.UTC(), RevokedAt: instant(r.RevokedAt),
		})
	}
	return out
}

// RevokeDelegation ends one unless it was ended.
func (s *Store) RevokeDelegation(ctx context.Context, id string, at time.Time) (bool, error) {
	res, err := s.db.NewUpdate().Model((*delegationRow)(nil)).Set("revoked_at = ?", db.Time(at)).
		Where("id = ? AND revoked_at IS NULL", id).Exec(ctx)
	return took(db.Changed(res, err, "revoke delegation"))
}
