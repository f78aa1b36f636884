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

// listedRow is a person with the state of their account.
type listedRow struct {
	personRow `bun:",extend"`

	DisabledAt *time.Time `bun:"disabled_at,scanonly"`
}

// People lists everybody by name.
func (s *Store) People(ctx context.Context) ([]accounts.Person, error) {
	var rows []listedRow
	q := s.db.NewSelect().Model(&rows).ColumnExpr("p.*, a.disabled_at").Join("LEFT JOIN accounts AS a ON a.person_id = p.id")
	if err := q.Order("p.sort", "p.id").Limit(maxList).Scan(ctx); err != nil {
		return nil, db.Translate(err, "read people")
	}
	out := make([]accounts.Person, 0, len(rows))
	for _, r := range rows {
		p := person(r.personRow)
		p.Disabled = r.DisabledAt != nil
		out = append(out, p)
	}
	return out, nil
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

// AssignmentsAt lists the assignments that hold on a day.
func (s *Store) AssignmentsAt(ctx context.Context, day string) ([]accounts.Assignment, error) {
	return s.assignments(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where(holds, day, day) })
}

func (s *Store) assignments(ctx context.Context, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]accounts.Assignment, error) {
	var rows []assignmentRow
	if err := narrow(s.db.NewSelect().Model(&rows)).Order("s.starts_on", "s.id").Limit(maxList).Scan(ctx); err != nil {
		return nil, db.Translate(err, "read assignments")
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

// StartsAfter lists the days after one on which some assignment begins or ends.
func (s *Store) StartsAfter(ctx context.Context, day string) ([]string, error) {
	var days []string
	err := s.db.NewRaw("SELECT starts_on AS day FROM assignments WHERE starts_on > ? UNION SELECT ends_on FROM assignments WHERE ends_on > ? ORDER BY day", day, day).Scan(ctx, &days)
	return days, db.Translate(err, "read days of assignments")
}

// ManagersOf walks up from a person. A line that comes back shows the person again and ends there.
func (s *Store) ManagersOf(ctx context.Context, id actor.PersonID, day string) ([]actor.PersonID, error) {
	var out []actor.PersonID
	for at := id; len(out) < highest; {
		var rows []assignmentRow
		err := s.db.NewSelect().Model(&rows).Where("s.person_id = ?", at).Where(holds, day, day).Limit(1).Scan(ctx)
		if err != nil {
			return nil, db.Translate(err, "read managers")
		}
		if len(rows) == 0 || rows[0].ManagerID == nil {
			return out, nil
		}
		at = actor.PersonID(*rows[0].ManagerID)
		if slices.Contains(out, at) {
			return out, nil
		}
		out = append(out, at)
	}
	return out, nil
}

// Below returns everybody below the heads, without them.
func (s *Store) Below(ctx context.Context, heads []actor.PersonID, day string) ([]actor.PersonID, error) {
	if len(heads) == 0 {
		return nil, nil
	}
	var out []actor.PersonID
	err := s.db.NewRaw("WITH RECURSIVE below (id) AS (SELECT s.person_id FROM assignments AS s WHERE s.manager_id IN (?) AND "+holds+
		" UNION SELECT s.person_id FROM assignments AS s JOIN below AS b ON s.manager_id = b.id WHERE "+holds+") SELECT id FROM below ORDER BY id",
		bun.List(heads), day, day, day, day).Scan(ctx, &out)
	out = slices.DeleteFunc(out, func(id actor.PersonID) bool { return slices.Contains(heads, id) })
	return out, db.Translate(err, "read the line below")
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

// Delegations lists those from or to somebody, or all.
func (s *Store) Delegations(ctx context.Context, of actor.PersonID) ([]accounts.Delegation, error) {
	return s.delegations(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		if of == "" {
			return q
		}
		return q.Where("d.from_id = ? OR d.to_id = ?", of, of)
	})
}

func (s *Store) delegations(ctx context.Context, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]accounts.Delegation, error) {
	var rows []delegationRow
	if err := narrow(s.db.NewSelect().Model(&rows)).Order("d.created_at DESC", "d.id").Limit(maxList).Scan(ctx); err != nil {
		return nil, db.Translate(err, "read delegations")
	}
	out := make([]accounts.Delegation, 0, len(rows))
	for _, r := range rows {
		out = append(out, accounts.Delegation{
			ID: r.ID, From: actor.PersonID(r.FromID), To: actor.PersonID(r.ToID), Duty: accounts.Duty(r.Duty), StartsOn: r.StartsOn, EndsOn: r.EndsOn,
			CreatedAt: r.CreatedAt.UTC(), RevokedAt: instant(r.RevokedAt),
		})
	}
	return out, nil
}

// RevokeDelegation ends one unless it was ended.
func (s *Store) RevokeDelegation(ctx context.Context, id string, at time.Time) (bool, error) {
	res, err := s.db.NewUpdate().Model((*delegationRow)(nil)).Set("revoked_at = ?", db.Time(at)).
		Where("id = ? AND revoked_at IS NULL", id).Exec(ctx)
	return took(db.Changed(res, err, "revoke delegation"))
}
