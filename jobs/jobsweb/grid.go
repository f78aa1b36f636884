package jobsweb

import (
	"cmp"
	"context"
	"slices"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// grid is a family's roles × competencies: what each role requires.
type grid struct {
	family jobs.Family
	roles  []gridRole // in ladder order
	rows   []gridRow  // by category, then name
}

type gridRole struct {
	slug  string
	title lang.Text
	stage jobs.Stage
}

type gridRow struct {
	competency competencies.Competency
	scale      competencies.Scale
	cells      []jobs.Requirement // one a role; the zero one is not required
}

// grid reads the grid of a whole family.
func (lib *Library) grid(ctx context.Context, a actor.Actor, family string, by lang.Lang) (grid, error) {
	f, err := lib.Jobs.Family(ctx, a, family)
	if err != nil {
		return grid{}, err
	}
	uses, err := lib.Jobs.Grid(ctx, a, family)
	if err != nil {
		return grid{}, err
	}
	return lib.gridOf(ctx, a, f, uses, by)
}

// gridOf makes the grid of some roles of a family from what they require.
func (lib *Library) gridOf(ctx context.Context, a actor.Actor, family jobs.Family, uses []jobs.RequirementUse, by lang.Lang) (grid, error) {
	g := grid{family: family}
	required, err := lib.required(ctx, a, uses)
	if err != nil {
		return g, err
	}
	scales, err := lib.scales(ctx, a)
	if err != nil {
		return g, err
	}
	column := map[string]int{}
	for _, u := range uses {
		if _, ok := column[u.Profile]; !ok {
			column[u.Profile] = len(g.roles)
			g.roles = append(g.roles, gridRole{slug: u.Profile, title: u.Title, stage: u.Stage})
		}
	}
	line := map[string]int{}
	for _, u := range uses {
		if _, ok := line[u.Competency]; !ok {
			line[u.Competency] = len(g.rows)
			c := required[u.Ref()]
			g.rows = append(g.rows, gridRow{competency: c, scale: scales[c.Scale.Slug], cells: make([]jobs.Requirement, len(g.roles))})
		}
		g.rows[line[u.Competency]].cells[column[u.Profile]] = u.Requirement
	}
	order := competencies.Categories()
	slices.SortFunc(g.rows, func(a, b gridRow) int {
		return cmp.Or(
			cmp.Compare(slices.Index(order, a.competency.Category), slices.Index(order, b.competency.Category)),
			cmp.Compare(lang.SortKey(a.competency.Name.String(by)), lang.SortKey(b.competency.Name.String(by))),
		)
	})
	return g, nil
}
