package jobsdb

import (
	"cmp"
	"context"
	"slices"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

type requirementRow struct {
	bun.BaseModel `bun:"table:profile_requirements,alias:r"`

	VersionID    string `bun:"version_id,pk"`
	Position     int    `bun:"position"`
	CompetencyID string `bun:"competency_id,pk"`
	Number       int    `bun:"competency_number"`
	Rank         int    `bun:"required_rank"`
	Importance   string `bun:"importance"`
}

type variantRow struct {
	bun.BaseModel `bun:"table:profile_variants,alias:pv"`

	VersionID string `bun:"version_id,pk"`
	Position  int    `bun:"position"`
	Slug      string `bun:"slug,pk"`
	NameFR    string `bun:"name_fr"`
	NameEN    string `bun:"name_en"`
}

type termRow struct {
	bun.BaseModel `bun:"table:profile_terms,alias:t"`

	Lang      string `bun:"lang,pk"`
	Term      string `bun:"term,pk"`
	ProfileID string `bun:"profile_id,pk"`
	Weight    int    `bun:"weight"`
}

// termsPerInsert keeps one statement under the size that both databases take well.
const termsPerInsert = 500

// index writes the derived rows of a published version and the search terms of its profile.
func (s *Store) index(ctx context.Context, profile, version string, ix jobs.Index) error {
	if err := s.indexRequirements(ctx, version, ix.Requirements); err != nil {
		return err
	}
	rows := make([]variantRow, 0, len(ix.Variants))
	for i, v := range ix.Variants {
		rows = append(rows, variantRow{VersionID: version, Position: i, Slug: v.Slug, NameFR: v.Name.FR.Text, NameEN: v.Name.EN.Text})
	}
	if len(rows) > 0 {
		if _, err := s.db.NewInsert().Model(&rows).Exec(ctx); err != nil {
			return db.Translate(err, "index variants")
		}
	}
	return s.indexTerms(ctx, profile, ix.Terms)
}

func (s *Store) indexRequirements(ctx context.Context, version string, reqs []jobs.Requirement) error {
	if len(reqs) == 0 {
		return nil
	}
	ids, err := s.competencyIDs(ctx, reqs)
	if err != nil {
		return err
	}
	rows := make([]requirementRow, 0, len(reqs))
	for i, r := range reqs {
		rows = append(rows, requirementRow{VersionID: version, Position: i, CompetencyID: ids[r.Competency], Number: r.Version, Rank: r.Rank, Importance: string(r.Importance)})
	}
	_, err = s.db.NewInsert().Model(&rows).Exec(ctx)
	return db.Translate(err, "index requirements")
}

func (s *Store) competencyIDs(ctx context.Context, reqs []jobs.Requirement) (map[string]string, error) {
	slugs := make([]string, 0, len(reqs))
	for _, r := range reqs {
		slugs = append(slugs, r.Competency)
	}
	var rows []struct {
		ID   string `bun:"id"`
		Slug string `bun:"slug"`
	}
	if err := s.db.NewSelect().Table("competencies").Column("id", "slug").Where("slug IN (?)", bun.List(slugs)).Scan(ctx, &rows); err != nil {
		return nil, db.Translate(err, "read competencies")
	}
	ids := make(map[string]string, len(rows))
	for _, r := range rows {
		ids[r.Slug] = r.ID
	}
	return ids, nil
}

func (s *Store) indexTerms(ctx context.Context, profile string, terms map[lang.Lang]map[string]int) error {
	if _, err := s.db.NewDelete().Model((*termRow)(nil)).Where("profile_id = ?", profile).Exec(ctx); err != nil {
		return db.Translate(err, "clear search terms")
	}
	var rows []termRow
	for l, weights := range terms {
		for t, w := range weights {
			rows = append(rows, termRow{Lang: string(l), Term: t, ProfileID: profile, Weight: w})
		}
	}
	slices.SortFunc(rows, func(a, b termRow) int {
		return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Term, b.Term))
	})
	for chunk := range slices.Chunk(rows, termsPerInsert) {
		if _, err := s.db.NewInsert().Model(&chunk).Exec(ctx); err != nil {
			return db.Translate(err, "store search terms")
		}
	}
	return nil
}

// Reindex replaces the index of a published version.
func (s *Store) Reindex(ctx context.Context, p jobs.Profile, ix jobs.Index) error {
	version := string(p.Version.ID)
	for _, model := range []any{(*requirementRow)(nil), (*variantRow)(nil)} {
		if _, err := s.db.NewDelete().Model(model).Where("version_id = ?", version).Exec(ctx); err != nil {
			return db.Translate(err, "clear the index of "+p.Slug)
		}
	}
	return s.index(ctx, string(p.ID), version, ix)
}

// Requirements lists what published profiles require, in the order of lists.
func (s *Store) Requirements(ctx context.Context, choose jobs.RequirementQuery) ([]jobs.RequirementUse, error) {
	if db.Findable("filter", choose.Competency, choose.Family) != nil {
		return nil, nil
	}
	var rows []struct {
		requirementRow
		Competency string `bun:"competency"`
		Slug       string `bun:"slug"`
		Stage      string `bun:"stage"`
		Track      string `bun:"track"`
		TitleFR    string `bun:"title_fr"`
		TitleEN    string `bun:"title_en"`
	}
	q := s.db.NewSelect().TableExpr("profile_requirements AS r").
		Column("r.position", "r.competency_number", "r.required_rank", "r.importance", "p.slug", "p.stage", "p.track", "v.title_fr", "v.title_en").
		ColumnExpr("c.slug AS competency").
		Join("JOIN profile_versions AS v ON v.id = r.version_id AND v.state = 'published'").
		Join("JOIN profiles AS p ON p.id = v.profile_id AND p.archived_at IS NULL").
		Join("JOIN competencies AS c ON c.id = r.competency_id")
	if choose.Competency != "" {
		q = q.Where("c.slug = ?", choose.Competency)
	}
	if choose.Family != "" {
		q = q.Join("JOIN families AS f ON f.id = p.family_id").Where("f.slug = ?", choose.Family)
	}
	if len(choose.Profiles) > 0 {
		q = q.Where("p.slug IN (?)", bun.List(findable(choose.Profiles)))
	}
	if err := q.Order("p.place", "p.sort_fr", "p.id", "r.position").Scan(ctx, &rows); err != nil {
		return nil, db.Translate(err, "list requirements")
	}
	out := make([]jobs.RequirementUse, 0, len(rows))
	for _, r := range rows {
		out = append(out, jobs.RequirementUse{
			Profile: r.Slug, Title: lang.NewText(r.TitleFR, r.TitleEN), Stage: jobs.Stage(r.Stage), Track: r.Track,
			Requirement: jobs.Requirement{Competency: r.Competency, Version: r.Number, Rank: r.Rank, Importance: jobs.Importance(r.Importance)},
		})
	}
	return out, nil
}

// Industries lists the variants that published profiles have, by slug.
func (s *Store) Industries(ctx context.Context) ([]jobs.VariantName, error) {
	var rows []variantRow
	q := s.db.NewSelect().Model(&rows).Column("pv.slug").ColumnExpr("min(pv.name_fr) AS name_fr, min(pv.name_en) AS name_en").
		Join("JOIN profile_versions AS v ON v.id = pv.version_id AND v.state = 'published'").
		Join("JOIN profiles AS p ON p.id = v.profile_id AND p.archived_at IS NULL").
		Group("pv.slug").Order("pv.slug")
	if err := db.Whole(ctx, q, &rows, maxList, "list industries"); err != nil {
		return nil, err
	}
	out := make([]jobs.VariantName, 0, len(rows))
	for _, r := range rows {
		out = append(out, jobs.VariantName{Slug: r.Slug, Name: lang.NewText(r.NameFR, r.NameEN)})
	}
	return out, nil
}
