package jobsdb

import (
	"context"
	"slices"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

type headingRow struct {
	Slug       string     `bun:"slug"`
	Placement  string     `bun:"placement"`
	ArchivedAt *time.Time `bun:"archived_at"`
	TitleFR    string     `bun:"title_fr"`
	TitleEN    string     `bun:"title_en"`
}

func (r headingRow) heading() (jobs.Heading, error) {
	h := jobs.Heading{Slug: r.Slug, Title: lang.NewText(r.TitleFR, r.TitleEN), Archived: r.ArchivedAt != nil}
	err := canon.Unmarshal([]byte(r.Placement), &h.Placement)
	return h, err
}

// Headings names published profiles in the order of lists, archived ones left out.
func (s *Store) Headings(ctx context.Context, by lang.Lang) ([]jobs.Heading, error) {
	return s.headings(ctx, s.published().Where("p.archived_at IS NULL").Order("p.place", sortColumn(by), "p.id"))
}

// Titles names the published profiles of some slugs, archived ones too.
func (s *Store) Titles(ctx context.Context, slugs []string) ([]jobs.Heading, error) {
	return s.headings(ctx, s.published().Where("p.slug IN (?)", bun.List(findable(slugs))))
}

func (s *Store) headings(ctx context.Context, q *bun.SelectQuery) ([]jobs.Heading, error) {
	var rows []headingRow
	q = q.Column("p.slug", "p.placement", "p.archived_at", "v.title_fr", "v.title_en")
	if err := db.Whole(ctx, q, &rows, maxList, "name profiles"); err != nil {
		return nil, err
	}
	return convert(rows, headingRow.heading)
}

// Sizes counts the published profiles of each family that has any.
func (s *Store) Sizes(ctx context.Context) (map[string]int, error) {
	return s.counts(ctx, s.published().Join("JOIN families AS f ON f.id = p.family_id").ColumnExpr("f.slug AS slug").Group("f.slug"))
}

// Uses counts the published profiles that require each competency.
func (s *Store) Uses(ctx context.Context) (map[string]int, error) {
	return s.counts(ctx, s.published().Join("JOIN profile_requirements AS r ON r.version_id = v.id").
		Join("JOIN competencies AS c ON c.id = r.competency_id").ColumnExpr("c.slug AS slug").Group("c.slug"))
}

// counts counts the published profiles of each group of a query.
func (s *Store) counts(ctx context.Context, q *bun.SelectQuery) (map[string]int, error) {
	var rows []struct {
		Slug string `bun:"slug"`
		N    int    `bun:"n"`
	}
	q = q.Where("p.archived_at IS NULL").ColumnExpr("count(*) AS n")
	if err := db.Whole(ctx, q, &rows, maxList, "count profiles"); err != nil {
		return nil, err
	}
	out := make(map[string]int, len(rows))
	for _, r := range rows {
		out[r.Slug] = r.N
	}
	return out, nil
}

// published joins the profiles with their published versions.
func (s *Store) published() *bun.SelectQuery {
	return s.db.NewSelect().TableExpr("profiles AS p").
		Join("JOIN profile_versions AS v ON v.profile_id = p.id AND v.state = 'published'")
}

// findable leaves out the names that no row can have. The empty one stands for them: no profile has it, and a list
// without any is no SQL.
func findable(slugs []string) []string {
	out := slices.DeleteFunc(slices.Clone(slugs), func(s string) bool { return db.Findable("profile", s) != nil })
	return append(out, "")
}
