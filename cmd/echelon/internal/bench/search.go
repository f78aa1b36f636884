package main

import (
	"fmt"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/textsearch"
	"github.com/echelon-hr/echelon/jobs"
)

// search measures how long the slowest searches take among many profiles, on both databases.
func (b *bench) search() ([]row, error) {
	var many *invented
	var rows []row
	for _, kind := range kinds {
		site, err := b.site(kind)
		if err != nil {
			return nil, err
		}
		if many == nil {
			if many, err = invent(b.ctx, site.Services.Jobs, site.Services.Competencies, b.reader); err != nil {
				return nil, err
			}
		}
		start := time.Now()
		if err := many.insert(b.ctx, site.DB); err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		_, _ = fmt.Fprintf(
			b.out, "%d profiles with %d terms put into %s in %.0f s\n",
			len(many.profiles), len(many.terms), kind, time.Since(start).Seconds(),
		)
		r, err := b.searchOn(site, kind, many.queries)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		rows = append(rows, r)
	}
	return rows, nil
}

// searchOn asks every query of both sides in turn and takes the 99th percentile of each side's times.
func (b *bench) searchOn(site *app.App, kind string, queries []query) (row, error) {
	var found int
	ours, theirs := make([]float64, b.reps), make([]float64, b.reps)
	for rep := range b.reps + 1 {
		var a, c []float64
		for _, q := range queries {
			start := time.Now()
			page, err := site.Services.Jobs.List(b.ctx, b.reader, jobs.Filter{Lang: q.lang, Text: q.text})
			if err != nil {
				return row{}, err
			}
			middle := time.Now()
			hits, total, err := b.bareSearch(site, q)
			if err != nil {
				return row{}, err
			}
			a, c = append(a, inMilliseconds(middle.Sub(start))), append(c, inMilliseconds(time.Since(middle)))
			if err := sameFinds(q, page, hits, total); err != nil {
				return row{}, err
			}
			found += total
		}
		if rep > 0 { // the first round warms the caches
			ours[rep-1], theirs[rep-1] = percentile(a, 99), percentile(c, 99)
		}
	}
	name := map[string]string{"sqlite": "SQLite", "postgresql": "PostgreSQL"}[kind]
	return row{
		measured: "search p99, 10 000 profiles, " + name, against: "bare SQL on the same index",
		ours: median(ours), theirs: median(theirs), unit: milliseconds, limit: atMost(1.5),
		how: fmt.Sprintf("%d searches of one to three words in both languages, %d profiles found on average; "+
			"jobs.Service.List gives the first 50 with their number, theirs is one statement written by hand that finds and "+
			"counts the same, run without bun.",
			len(queries), found/(len(queries)*(b.reps+1))),
	}, nil
}

// hit is a row of the bare search.
type hit struct {
	id, slug, placement, titleFR, titleEN string
	number, score                         int
}

// bareSearch is the search as one would write it by hand for this index: terms to profiles to the page and the
// number of all.
func (b *bench) bareSearch(site *app.App, q query) ([]hit, int, error) {
	words := textsearch.Query(q.lang, q.text)
	sort := "sort_fr"
	if q.lang == lang.EN {
		sort = "sort_en"
	}
	// Terms are letters, digits and spaces: nothing in them needs quoting.
	from := "FROM profile_terms WHERE lang = '" + string(q.lang) + "' AND term IN ('"
	parts := []string{"SELECT profile_id, weight, 0 AS word " + from + textsearch.Phrase(q.lang, q.text) + "')"}
	for _, terms := range words {
		among := from + strings.Join(terms, "', '")
		parts = append(parts, "SELECT profile_id, max(weight) AS weight, 1 AS word "+among+"') GROUP BY profile_id")
	}
	statement := fmt.Sprintf(`SELECT q.id, q.slug, q.placement, w.title_fr, w.title_en, w.number, x.score, x.total
		FROM (SELECT p.id, v.id AS version, f.score, p.place, p.%[3]s AS sort_key, count(*) OVER () AS total
			FROM (SELECT profile_id, sum(weight) AS score FROM (%[1]s) AS t GROUP BY profile_id HAVING sum(word) = %[2]d) AS f
			JOIN profiles AS p ON p.id = f.profile_id AND p.archived_at IS NULL
			JOIN profile_versions AS v ON v.profile_id = p.id AND v.state = 'published'
			ORDER BY 0 - f.score, p.place, p.%[3]s, p.id LIMIT %[4]d) AS x
		JOIN profiles AS q ON q.id = x.id JOIN profile_versions AS w ON w.id = x.version
		ORDER BY 0 - x.score, x.place, x.sort_key, x.id`,
		strings.Join(parts, " UNION ALL "), len(words), sort, jobs.DefaultLimit)
	rows, err := site.DB.DB.DB.QueryContext(b.ctx, statement)
	if err != nil {
		return nil, 0, err
	}
	defer func() { _ = rows.Close() }()
	var hits []hit
	total := 0
	for rows.Next() {
		var h hit
		if err := rows.Scan(&h.id, &h.slug, &h.placement, &h.titleFR, &h.titleEN, &h.number, &h.score, &total); err != nil {
			return nil, 0, err
		}
		hits = append(hits, h)
	}
	return hits, total, rows.Err()
}

// sameFinds makes sure that both sides found the same.
func sameFinds(q query, page jobs.Page, hits []hit, total int) error {
	if page.Total != total || len(page.Items) != len(hits) {
		return fmt.Errorf("%q: %d of %d found, %d of %d by hand", q.text, len(page.Items), page.Total, len(hits), total)
	}
	for i, h := range hits {
		if page.Items[i].Slug != h.slug {
			return fmt.Errorf("%q: %s at place %d, %s by hand", q.text, page.Items[i].Slug, i, h.slug)
		}
	}
	return nil
}
