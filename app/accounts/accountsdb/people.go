package accountsdb

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
)

// placedRow is a person with the state of their account and where they stand.
type placedRow struct {
	ID           string     `bun:"id"`
	Name         string     `bun:"name"`
	Sort         string     `bun:"sort"`
	Email        string     `bun:"email"`
	DisabledAt   *time.Time `bun:"disabled_at"`
	Profile      *string    `bun:"profile"`
	ManagerID    *string    `bun:"manager_id"`
	ManagerName  *string    `bun:"manager_name"`
	ManagerEmail *string    `bun:"manager_email"`
}

func (r placedRow) placed() accounts.Placed {
	out := accounts.Placed{
		Person:   person(personRow{ID: r.ID, Name: r.Name, Email: r.Email}),
		Profile:  name[string](r.Profile),
		Position: accounts.Position{Sort: r.Sort, ID: r.ID},
	}
	out.Disabled = r.DisabledAt != nil
	if r.ManagerID != nil {
		out.Manager = person(personRow{ID: *r.ManagerID, Name: name[string](r.ManagerName), Email: name[string](r.ManagerEmail)})
	}
	return out
}

// People lists people by name, as they stand on a day.
func (s *Store) People(ctx context.Context, q accounts.PeopleQuery) ([]accounts.Placed, error) {
	sel := s.chosen(q).Join("LEFT JOIN people AS m ON m.id = s.manager_id").
		Column("p.id", "p.name", "p.sort", "p.email", "a.disabled_at", "s.profile", "s.manager_id").
		ColumnExpr("m.name AS manager_name, m.email AS manager_email")
	var rows []placedRow
	if err := listed(ctx, sel, &rows, q.After, q.Limit, "read people"); err != nil {
		return nil, err
	}
	out := make([]accounts.Placed, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.placed())
	}
	return out, nil
}

// CountPeople counts those whom People lists, on all pages; with a bound, no further than that.
func (s *Store) CountPeople(ctx context.Context, q accounts.PeopleQuery, most int) (int, error) {
	sel := s.chosen(q).Column("p.id")
	if most > 0 {
		sel = sel.Limit(int64(most))
	}
	n, err := s.db.NewSelect().TableExpr("(?) AS chosen", sel).Count(ctx)
	return int(n), db.Translate(err, "count people")
}

// chosen selects the people of a query with their account and their assignment of the day.
func (s *Store) chosen(q accounts.PeopleQuery) *bun.SelectQuery {
	return s.db.NewSelect().TableExpr("people AS p").
		Join("LEFT JOIN accounts AS a ON a.person_id = p.id").
		Join("LEFT JOIN assignments AS s ON s.person_id = p.id AND "+holds, q.Day, q.Day).
		WhereGroup(" AND ", func(sel *bun.SelectQuery) *bun.SelectQuery {
			sel = narrowed(sel.Where("1 = 1"), q)
			if len(q.Or) > 0 {
				sel = sel.WhereOr("p.id IN (?)", bun.List(known(q.Or)))
			}
			return sel
		})
}

func narrowed(sel *bun.SelectQuery, q accounts.PeopleQuery) *bun.SelectQuery {
	where := func(set bool, condition string, args ...any) {
		if set {
			sel = sel.Where(condition, args...)
		}
	}
	where(len(q.IDs) > 0, "p.id IN (?)", bun.List(known(q.IDs)))
	where(len(q.Managers) > 0, "s.manager_id IN (?)", bun.List(known(q.Managers)))
	where(q.Enabled, "a.disabled_at IS NULL")
	where(q.Usable, "a.person_id IS NOT NULL AND a.disabled_at IS NULL")
	where(q.Usable && !q.Personas, "a.persona = ''")
	where(q.But != "", "p.id <> ?", q.But)
	return lookedFor(sel, q.Words)
}

// lookedFor finds those whose name or address holds each word, or who hold a profile that it names. Names are compared
// as they are folded for their order; a whole address is found in every form that it may be typed in.
func lookedFor(sel *bun.SelectQuery, words []accounts.Word) *bun.SelectQuery {
	for _, w := range words {
		if db.Findable("word", w.Text) != nil {
			return sel.Where("1 = 0")
		}
		part := "%" + db.EscapeLike(lang.Fold(w.Text)) + "%"
		sel = sel.WhereGroup(" AND ", func(sel *bun.SelectQuery) *bun.SelectQuery {
			sel = sel.Where(`p.sort LIKE ? ESCAPE '\'`, part).WhereOr(`p.email LIKE ? ESCAPE '\'`, part).
				WhereOr("p.email = ?", accounts.Email(w.Text))
			if len(w.Profiles) > 0 {
				sel = sel.WhereOr("s.profile IN (?)", bun.List(w.Profiles))
			}
			return sel
		})
	}
	return sel
}

// listed reads people by name from a place on: a page of them, or all there are.
func listed[T any](ctx context.Context, sel *bun.SelectQuery, rows *[]T, after accounts.Position, limit int, what string) error {
	if after.ID != "" {
		sel = sel.Where("(p.sort, p.id) > (?, ?)", after.Sort, after.ID)
	}
	sel = sel.Order("p.sort", "p.id")
	if limit == 0 {
		return db.Whole(ctx, sel, rows, maxList, what)
	}
	return db.Translate(sel.Limit(int64(limit)).Scan(ctx, rows), what)
}

// known leaves out the ids that no row can have. The empty one stands for them: nobody has it, and a list without any is
// no SQL.
func known(ids []actor.PersonID) []actor.PersonID {
	out := slices.DeleteFunc(slices.Clone(ids), func(id actor.PersonID) bool { return db.Findable("person", string(id)) != nil })
	return append(out, "")
}
