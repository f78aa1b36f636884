package jobsdb

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

type summaryRow struct {
	ID           string    `bun:"id"`
	Slug         string    `bun:"slug"`
	Place        int       `bun:"place"`
	Placement    string    `bun:"placement"`
	Number       int       `bun:"number"`
	TitleFR      string    `bun:"title_fr"`
	TitleEN      string    `bun:"title_en"`
	PublishedAt  time.Time `bun:"published_at"`
	SortKey      string    `bun:"sort_key"`
	Score        int       `bun:"score"`
	Total        int       `bun:"total"` // of what comes after the marker
	Requirements int       `bun:"requirements"`
}

func (r summaryRow) summary() (jobs.Summary, error) {
	out := jobs.Summary{
		ID: jobs.ProfileID(r.ID), Slug: r.Slug, Title: lang.NewText(r.TitleFR, r.TitleEN), Number: r.Number,
		PublishedAt: r.PublishedAt.UTC(), Requirements: r.Requirements,
		Position: jobs.Position{Score: r.Score, Place: r.Place, Sort: r.SortKey, ID: r.ID},
	}
	err := canon.Unmarshal([]byte(r.Placement), &out.Placement)
	return out, err
}

// Summaries lists published profiles, one more than the limit when there are more, and how many match.
func (s *Store) Summaries(ctx context.Context, q jobs.Query) ([]jobs.Summary, int, error) {
	if db.Findable("filter", q.Family, q.Track, string(q.Stage), q.Industry, q.Competency) != nil {
		return nil, 0, nil
	}
	sort := sortColumn(q.Lang)
	order, place := "m.place, m.sort_key, m.id", []any{q.After.Place, q.After.Sort, q.After.ID}
	score := "0"
	if len(q.Search) > 0 { // relevance comes first; its negative lets one comparison continue the list
		score = "0 - s.score"
		order, place = "m.distance, "+order, append([]any{-q.After.Score}, place...)
	}
	// What matches is ordered and counted as narrow rows; only those of the page are read whole.
	matches := s.matching(q).Column("p.id", "p.place").ColumnExpr("v.id AS version_id").
		ColumnExpr(sort + " AS sort_key").ColumnExpr(score + " AS distance")
	page := s.db.NewSelect().TableExpr("(?) AS m", matches).ColumnExpr("m.*").ColumnExpr("count(*) OVER () AS total").
		OrderExpr(order).Limit(int64(q.Limit) + 1)
	if q.After.ID != "" {
		page = page.Where("("+order+") > (?)", bun.List(place))
	}
	var rows []summaryRow
	err := s.db.NewSelect().TableExpr("(?) AS m", page).
		Join("JOIN profiles AS p ON p.id = m.id").Join("JOIN profile_versions AS v ON v.id = m.version_id").
		Column("m.id", "m.place", "m.sort_key", "m.total", "p.slug", "p.placement", "v.number", "v.title_fr", "v.title_en", "v.published_at").
		ColumnExpr("0 - m.distance AS score").
		ColumnExpr("(SELECT count(*) FROM profile_requirements AS r WHERE r.version_id = v.id) AS requirements").
		OrderExpr(order).Scan(ctx, &rows)
	if err != nil {
		return nil, 0, db.Translate(err, "list profiles")
	}
	total := 0
	if len(rows) > 0 {
		total = rows[0].Total
	}
	if q.After.ID != "" { // the page counted only what comes after
		n, err := s.matching(q).Count(ctx)
		if err != nil {
			return nil, 0, db.Translate(err, "count profiles")
		}
		total = int(n)
	}
	out, err := convert(rows, summaryRow.summary)
	return out, total, err
}

// matching selects the published profiles that a query's filters and words let through.
func (s *Store) matching(q jobs.Query) *bun.SelectQuery {
	sel := s.published().Where("p.archived_at IS NULL")
	if q.Family != "" {
		sel = sel.Where("p.family_id = (SELECT f.id FROM families AS f WHERE f.slug = ?)", q.Family)
	}
	if q.Track != "" {
		sel = sel.Where("p.track = ?", q.Track)
	}
	if q.Stage != "" {
		sel = sel.Where("p.stage = ?", string(q.Stage))
	}
	if q.Industry != "" {
		sel = sel.Where("EXISTS (SELECT 1 FROM profile_variants AS pv WHERE pv.version_id = v.id AND pv.slug = ?)", q.Industry)
	}
	if q.Competency != "" {
		sel = sel.Where("EXISTS (SELECT 1 FROM profile_requirements AS r JOIN competencies AS c ON c.id = r.competency_id WHERE r.version_id = v.id AND c.slug = ?)", q.Competency)
	}
	if len(q.Search) > 0 {
		found, args := foundBy(q)
		sel = sel.Join("JOIN ("+found+") AS s ON s.profile_id = p.id", args...)
	}
	return sel
}

// foundBy selects the profiles that have a term of every word, with the sum of each word's best weight and of
// the whole name's. The same SQL serves both databases, so that both find the same profiles in the same order.
func foundBy(q jobs.Query) (string, []any) {
	parts := make([]string, 0, len(q.Search))
	var args []any
	for _, terms := range q.Search {
		parts = append(parts, "SELECT profile_id, max(weight) AS weight, 1 AS word FROM profile_terms WHERE lang = ? AND term IN (?) GROUP BY profile_id")
		args = append(args, string(q.Lang), bun.List(terms))
	}
	words := len(parts)
	if q.Phrase != "" { // counts for the score, is no word of its own
		parts = append(parts, "SELECT profile_id, weight, 0 AS word FROM profile_terms WHERE lang = ? AND term = ?")
		args = append(args, string(q.Lang), q.Phrase)
	}
	args = append(args, words)
	return "SELECT w.profile_id, sum(w.weight) AS score FROM (" + strings.Join(parts, " UNION ALL ") +
		") AS w GROUP BY w.profile_id HAVING sum(w.word) = ?", args
}
