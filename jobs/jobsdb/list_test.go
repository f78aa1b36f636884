package jobsdb_test

import (
	"encoding/base64"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/jobs"
)

func slugs(list []jobs.Summary) []string {
	out := make([]string, 0, len(list))
	for _, s := range list {
		out = append(out, s.Slug)
	}
	return out
}

// whole reads a list in one page.
func whole(t testing.TB, s *jobs.Service, f jobs.Filter) []jobs.Summary {
	t.Helper()
	f.Limit = jobs.MaxLimit
	page, err := s.List(t.Context(), reads, f)
	if err != nil {
		t.Fatalf("%+v: %v", f, err)
	}
	if page.Next != "" || page.Total != len(page.Items) {
		t.Errorf("%+v: %d of %d on the one page there is, next %q", f, len(page.Items), page.Total, page.Next)
	}
	return page.Items
}

func filtersNarrow(t *testing.T, _ *db.DB, s *jobs.Service) {
	all, err := s.InFamily(t.Context(), reads, "sales", lang.FR)
	if err != nil || len(all) != 13 {
		t.Fatalf("%d profiles, %v", len(all), err)
	}
	requires := func(p jobs.Profile, slug string) bool {
		return slices.ContainsFunc(p.Content.Requirements, func(r jobs.Requirement) bool { return r.Competency == slug })
	}
	has := func(p jobs.Profile, slug string) bool {
		return slices.ContainsFunc(p.Content.Variants, func(v jobs.Variant) bool { return v.Slug == slug })
	}
	for _, c := range []struct {
		name   string
		filter jobs.Filter
		keeps  func(jobs.Profile) bool
		none   bool
	}{
		{name: "none", keeps: func(jobs.Profile) bool { return true }},
		{name: "by stage", filter: jobs.Filter{Stage: jobs.StageExecutive}, keeps: func(p jobs.Profile) bool { return p.Stage == jobs.StageExecutive }},
		{name: "by track", filter: jobs.Filter{Track: "specialist"}, keeps: func(p jobs.Profile) bool { return p.Track == "specialist" }},
		{name: "by family", filter: jobs.Filter{Family: "sales"}, keeps: func(jobs.Profile) bool { return true }},
		{name: "by industry", filter: jobs.Filter{Industry: "pharmaceutical"}, keeps: func(p jobs.Profile) bool { return has(p, "pharmaceutical") }},
		{name: "by competency", filter: jobs.Filter{Competency: "negotiation"}, keeps: func(p jobs.Profile) bool { return requires(p, "negotiation") }},
		{name: "by stage, track and competency", filter: jobs.Filter{Stage: jobs.StageMid, Track: "field-sales", Competency: "negotiation"}, keeps: func(p jobs.Profile) bool {
			return p.Stage == jobs.StageMid && p.Track == "field-sales" && requires(p, "negotiation")
		}},
		{name: "by words and stage", filter: jobs.Filter{Text: "territoire", Stage: jobs.StageSenior}, keeps: func(p jobs.Profile) bool { return p.Stage == jobs.StageSenior }},
		{name: "by an unknown family", filter: jobs.Filter{Family: "dancing"}, none: true},
		{name: "by an unknown track", filter: jobs.Filter{Track: "moon"}, none: true},
		{name: "by an unknown stage", filter: jobs.Filter{Stage: "middle"}, none: true},
		{name: "by an unknown industry", filter: jobs.Filter{Industry: "magic"}, none: true},
		{name: "by an unknown competency", filter: jobs.Filter{Competency: "juggling"}, none: true},
		{name: "by a word nobody wrote", filter: jobs.Filter{Text: "zzyzx"}, none: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, l := range lang.All() {
				c.filter.Lang = l
				if l == lang.EN {
					c.filter.Text = strings.Replace(c.filter.Text, "territoire", "territory", 1)
				}
				var want []string
				for _, p := range all {
					if !c.none && c.keeps(p) {
						want = append(want, p.Slug)
					}
				}
				got := slugs(whole(t, s, c.filter))
				slices.Sort(want)
				slices.Sort(got)
				if !slices.Equal(want, got) || len(want) == 0 != c.none {
					t.Errorf("%s: %v, want %v", l, got, want)
				}
			}
		})
	}
}

func listIsOrdered(t *testing.T, _ *db.DB, s *jobs.Service) {
	for _, l := range lang.All() {
		list := whole(t, s, jobs.Filter{Lang: l})
		for i, b := range list[1:] {
			a := list[i]
			switch {
			case slices.Index(jobs.Stages(), a.Placement.Stage) > slices.Index(jobs.Stages(), b.Placement.Stage):
				t.Errorf("%s: %s (%s) before %s (%s)", l, a.Slug, a.Placement.Stage, b.Slug, b.Placement.Stage)
			case a.Position.Place == b.Position.Place && lang.SortKey(a.Title.String(l)) > lang.SortKey(b.Title.String(l)):
				t.Errorf("%s: %q before %q", l, a.Title.String(l), b.Title.String(l))
			}
		}
		profiles, err := s.InFamily(t.Context(), reads, "sales", l)
		if err != nil {
			t.Fatal(err)
		}
		for i, p := range profiles {
			if p.Slug != list[i].Slug {
				t.Errorf("%s: place %d is %s in the family and %s in the list", l, i, p.Slug, list[i].Slug)
			}
		}
	}
}

// What a row of the list says is what its profile says.
func rowsSayWhatProfilesSay(t *testing.T, _ *db.DB, s *jobs.Service) {
	for _, row := range whole(t, s, jobs.Filter{Lang: lang.EN}) {
		p, err := s.Get(t.Context(), reads, row.Slug)
		if err != nil {
			t.Fatal(err)
		}
		if row.ID != p.ID || row.Number != 1 || row.Requirements != len(p.Content.Requirements) || !row.PublishedAt.Equal(today) ||
			row.Title.FR.Text != p.Content.Title.FR.Text || row.Title.EN.Text != p.Content.Title.EN.Text || !cmp.Equal(row.Placement, p.Placement) {
			t.Errorf("%+v is not of %+v", row, p)
		}
	}
	uses, err := s.Requiring(t.Context(), reads, "negotiation")
	if err != nil || len(uses) == 0 {
		t.Fatalf("%v, %v", uses, err)
	}
	for _, u := range uses {
		p, err := s.Get(t.Context(), reads, u.Profile)
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(p.Content.Requirements, func(r jobs.Requirement) bool { return r.Competency == "negotiation" })
		if i < 0 || p.Content.Requirements[i].Rank != u.Rank || p.Content.Requirements[i].Importance != u.Importance || p.Content.Requirements[i].Version != u.Version || u.Stage != p.Stage {
			t.Errorf("%s: %+v", u.Profile, u)
		}
	}
	grid, err := s.Grid(t.Context(), reads, "sales")
	total := 0
	for _, row := range whole(t, s, jobs.Filter{Lang: lang.FR}) {
		total += row.Requirements
	}
	if err != nil || len(grid) != total {
		t.Errorf("the grid has %d cells, the list counts %d, %v", len(grid), total, err)
	}
}

// Whatever the page size, filter, words and language: turning the pages visits every profile once, in the
// order of one long page.
func pagesVisitEveryProfileOnce(t *testing.T, _ *db.DB, s *jobs.Service) {
	rapid.Check(t, func(r *rapid.T) {
		f := jobs.Filter{
			Lang: rapid.SampledFrom(lang.All()).Draw(r, "lang"), Text: rapid.SampledFrom([]string{"", "", "vente", "client", "sales", "team leader", "crm"}).Draw(r, "text"),
			Stage: rapid.SampledFrom([]jobs.Stage{"", "", jobs.StageMid}).Draw(r, "stage"), Competency: rapid.SampledFrom([]string{"", "", "communication"}).Draw(r, "competency"),
		}
		want := slugs(whole(t, s, f))
		f.Limit = rapid.IntRange(1, 5).Draw(r, "limit")
		var got []string
		for range 20 {
			page, err := s.List(t.Context(), reads, f)
			if err != nil {
				r.Fatal(err)
			}
			if page.Total != len(want) || len(page.Items) > f.Limit {
				r.Errorf("a page of %d, of %d in all; want at most %d of %d", len(page.Items), page.Total, f.Limit, len(want))
			}
			got = append(got, slugs(page.Items)...)
			if f.After = page.Next; f.After == "" {
				break
			}
		}
		if !slices.Equal(want, got) {
			r.Errorf("%+v: %v, want %v", f, got, want)
		}
	})
}

// searches are words of readers, with what they must find, or must find first.
var searches = []struct {
	lang             lang.Lang
	text             string
	first, has, same string // slugs; another search that finds the same
}{
	{lang: lang.FR, text: "ingénieurs"},
	{lang: lang.FR, text: "ingenieur", same: "ingénieurs"},
	{lang: lang.FR, text: "INGÉNIEURE", same: "ingénieurs"},
	{lang: lang.FR, text: "oeuvre"},
	{lang: lang.FR, text: "œuvre", same: "oeuvre"},
	{lang: lang.FR, text: "négociation"},
	{lang: lang.FR, text: "negociation", same: "négociation"},
	{lang: lang.FR, text: "ne\u0301gociation", same: "négociation"},
	{lang: lang.FR, text: "la négociation", same: "négociation"},
	{lang: lang.FR, text: "l’étude"},
	{lang: lang.FR, text: "l'étude", same: "l’étude"},
	{lang: lang.FR, text: "vente"},
	{lang: lang.FR, text: "ventes", same: "vente"},
	{lang: lang.FR, text: "CRM Salesforce"},
	{lang: lang.FR, text: "salesforce crm", same: "CRM Salesforce"},
	{lang: lang.FR, text: "secteur"},
	{lang: lang.FR, text: "chef de secteur", has: "territory-manager"},
	{lang: lang.FR, text: "chefs de secteurs", same: "chef de secteur"},
	{lang: lang.FR, text: "délégué commercial", has: "territory-manager"},
	{lang: lang.FR, text: "déléguée commerciale", has: "territory-manager"},
	{lang: lang.FR, text: "responsable de territoire", first: "territory-manager"},
	{lang: lang.FR, text: "directrice commerciale", first: "chief-sales-officer"},
	{lang: lang.FR, text: "formatrice", first: "sales-trainer"},
	{lang: lang.EN, text: "area sales manager", has: "territory-manager"},
	{lang: lang.EN, text: "AREA-SALES MANAGERS", same: "area sales manager"},
	{lang: lang.EN, text: "territory manager", first: "territory-manager"},
	{lang: lang.EN, text: "negotiating"},
	{lang: lang.EN, text: "negotiation"},
	{lang: lang.EN, text: "vice president", first: "vp-sales"},
	{lang: lang.EN, text: "CRM Salesforce"},
}

func searchesFind(t *testing.T, d *db.DB, s *jobs.Service) {
	mine := map[string][]string{}
	for _, q := range searches {
		got := slugs(whole(t, s, jobs.Filter{Lang: q.lang, Text: q.text}))
		mine[string(q.lang)+" "+q.text] = got
		switch {
		case len(got) == 0:
			t.Errorf("%s: %q finds nothing", q.lang, q.text)
		case q.first != "" && got[0] != q.first:
			t.Errorf("%s: %q finds %v, want %s first", q.lang, q.text, got, q.first)
		case q.has != "" && !slices.Contains(got, q.has):
			t.Errorf("%s: %q finds %v, without %s", q.lang, q.text, got, q.has)
		case q.same != "" && !slices.Equal(got, mine[string(q.lang)+" "+q.same]):
			t.Errorf("%s: %q finds %v, %q finds %v", q.lang, q.text, got, q.same, mine[string(q.lang)+" "+q.same])
		}
	}
	if n := len(mine["fr négociation"]); n == 0 || n == 13 && len(mine["fr ingénieurs"]) == 13 {
		t.Errorf("searching does not narrow the list: %v", mine)
	}
	found[d.Name()] = mine
}

// What each database found and stored, to be the same.
var (
	found  = map[string]map[string][]string{}
	stored = map[string][]string{}
)

// TestShippedProfiles asks everything that only reads of one loading of the shipped content.
func TestShippedProfiles(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		s := loaded(t, d)
		for _, x := range []struct {
			name string
			test func(*testing.T, *db.DB, *jobs.Service)
		}{
			{"filters narrow the list", filtersNarrow},
			{"the list is ordered", listIsOrdered},
			{"rows say what profiles say", rowsSayWhatProfilesSay},
			{"pages visit every profile once", pagesVisitEveryProfileOnce},
			{"searches find", searchesFind},
			{"reading takes a fixed number of queries", readingTakesAFixedNumberOfQueries},
			{"evil filters are harmless", evilFiltersAreHarmless},
			{"the index rebuilt equals the stored one", rebuiltIndexEqualsTheStored},
		} {
			t.Run(x.name, func(t *testing.T) { x.test(t, d, s) })
		}
	})
	if p, ok := found["postgresql"]; ok {
		if diff := cmp.Diff(found["sqlite"], p); diff != "" {
			t.Errorf("the same words find other profiles, or in another order (-sqlite +postgresql):\n%s", diff)
		}
		if diff := cmp.Diff(stored["sqlite"], stored["postgresql"]); diff != "" {
			t.Errorf("the index differs (-sqlite +postgresql):\n%s", diff)
		}
	}
}

// Reading takes a fixed number of statements, however many rows come back.
func readingTakesAFixedNumberOfQueries(t *testing.T, d *db.DB, _ *jobs.Service) {
	c := &testkit.Statements{}
	s := services(d.WithQueryHook(c), today)
	ctx := t.Context()
	list := func(f jobs.Filter) func() error {
		return func() error { _, err := s.Jobs.List(ctx, reads, f); return err }
	}
	for _, x := range []struct {
		name string
		most int
		ask  func() error
	}{
		{"a list of one", 2, list(jobs.Filter{Lang: lang.FR, Limit: 1})},
		{"a list of all", 2, list(jobs.Filter{Lang: lang.FR})},
		{"a list of none", 2, list(jobs.Filter{Lang: lang.FR, Family: "dancing"})},
		{"a search", 2, list(jobs.Filter{Lang: lang.FR, Text: "responsable de la vente", Stage: jobs.StageMid, Competency: "negotiation", Industry: "fmcg"})},
		{"a profile", 1, func() error { _, err := s.Jobs.Get(ctx, reads, "territory-manager"); return err }},
		{"a family", 1, func() error { _, err := s.Jobs.InFamily(ctx, reads, "sales", lang.FR); return err }},
		{"a grid", 1, func() error { _, err := s.Jobs.Grid(ctx, reads, "sales"); return err }},
		{"titles", 1, func() error {
			_, err := s.Jobs.Titles(ctx, reads, []string{"territory-manager", "sales-associate"})
			return err
		}},
		{"every title", 1, func() error { _, err := s.Jobs.Headings(ctx, reads, lang.FR); return err }},
		{"the uses of competencies", 1, func() error { _, err := s.Jobs.Uses(ctx, reads); return err }},
		{"the sizes of families", 1, func() error { _, err := s.Jobs.Sizes(ctx, reads); return err }},
		{"what some require", 1, func() error { _, err := s.Jobs.RequiredBy(ctx, reads, []string{"territory-manager"}); return err }},
		{"the catalogue", 1, func() error { _, err := s.Competencies.List(ctx, reads, lang.FR); return err }},
		{"a ladder", 1, func() error { _, err := s.Careers.Ladder(ctx, reads, "sales"); return err }},
	} {
		c.Restart()
		if err := x.ask(); err != nil {
			t.Errorf("%s: %v", x.name, err)
		}
		if n := c.Restart(); n == 0 || n > x.most {
			t.Errorf("%s takes %d statements, want at most %d", x.name, n, x.most)
		}
	}
}

// evil is what nobody types into a form.
var evil = []string{
	"'", `"`, "`", `\`, `\'`, "--", "; DROP TABLE profiles; --", "' OR '1'='1", "%", "_", "%25", "?", "?0", "?slug", "??", "$1", ":name", "@x", "/*", "*/",
	"\x00", "a\x00b", "\xff", "\xc3\x28", "\xed\xa0\x80", "😀", "👩‍💼", "e\u0301", "\u202e", "\ufeff", "\u00a0", "\u2028", "NULL", "''", "{", "[]", "œ", "Ω", "ß",
	strings.Repeat("a", 5000), strings.Repeat("é ", 3000), strings.Repeat("'", 999), "a'--\x00😀%_\\",
}

// harmless checks that a list asked with anything at all is a page or a clear refusal, and that the database
// is as it was.
func harmless(t testing.TB, s *jobs.Service, f jobs.Filter) {
	t.Helper()
	page, err := s.List(t.Context(), reads, f)
	if err != nil && !fault.Is(err, fault.Malformed) && !fault.Is(err, fault.Invalid) {
		t.Errorf("%+q: %v", fmt.Sprint(f), err)
	}
	if page.Total > 13 || len(page.Items) > 13 {
		t.Errorf("%+q finds %d of %d profiles", fmt.Sprint(f), len(page.Items), page.Total)
	}
	for _, name := range []string{f.Family, f.Track, string(f.Stage), f.Industry, f.Competency} {
		if strings.ContainsAny(name, "'\"%\\;\x00") && page.Total > 0 {
			t.Errorf("%+q finds %d profiles", fmt.Sprint(f), page.Total)
		}
	}
}

func evilFiltersAreHarmless(t *testing.T, _ *db.DB, s *jobs.Service) {
	for i, e := range evil {
		for _, l := range lang.All()[i%2 : i%2+1] {
			for _, f := range []jobs.Filter{
				{Text: e},
				{Text: "vente " + e},
				{Family: e},
				{Track: e},
				{Stage: jobs.Stage(e)},
				{Industry: e},
				{Competency: e},
				{Competency: "negotiation" + e},
				{After: e},
				{After: base64.RawURLEncoding.EncodeToString([]byte(`{"l":"` + string(l) + `","s":-9223372036854775808,"g":9223372036854775807,"k":` + fmt.Sprintf("%q", e) + `,"i":` + fmt.Sprintf("%q", e) + `}`))},
				{Text: "vente", After: base64.RawURLEncoding.EncodeToString([]byte(`{"l":"` + string(l) + `","s":9223372036854775807,"g":-1,"k":"\u0000","i":"x"}`))},
			} {
				f.Lang = l
				harmless(t, s, f)
			}
		}
	}
	if n := len(whole(t, s, jobs.Filter{Lang: lang.FR})); n != 13 {
		t.Errorf("%d profiles are left", n)
	}
}

func FuzzListFilter(f *testing.F) {
	d := testkit.Open(f, testkit.Address(f, "sqlite"))
	s := loaded(f, d)
	for _, e := range evil {
		f.Add(e, e, e, e, e, e, e, 3, true)
		f.Add(e, "", "", "", "", "", "", 0, false)
		f.Add("vente", "sales", "", "mid", "", e, "", 5, true)
	}
	f.Fuzz(func(t *testing.T, text, family, track, stage, industry, competency, after string, limit int, english bool) {
		l := lang.FR
		if english {
			l = lang.EN
		}
		harmless(t, s, jobs.Filter{Lang: l, Text: text, Family: family, Track: track, Stage: jobs.Stage(stage), Industry: industry, Competency: competency, Limit: limit, After: after})
		// The same as a cursor that was made by hand.
		made := base64.RawURLEncoding.EncodeToString(fmt.Appendf(nil, `{"l":%q,"s":%d,"g":%d,"k":%q,"i":%q}`, l, limit, limit, family, after))
		harmless(t, s, jobs.Filter{Lang: l, Text: text, After: made})
	})
}

// indexRows reads the index of every published version, in an order of its own.
func indexRows(t *testing.T, d *db.DB) []string {
	t.Helper()
	var out []string
	for _, q := range []string{
		`SELECT 'requirement ' || p.slug || ' ' || r.position || ' ' || c.slug || ' ' || r.competency_number || ' ' || r.required_rank || ' ' || r.importance FROM profile_requirements r
			JOIN profile_versions v ON v.id = r.version_id JOIN profiles p ON p.id = v.profile_id JOIN competencies c ON c.id = r.competency_id WHERE v.state = 'published'`,
		`SELECT 'variant ' || p.slug || ' ' || x.position || ' ' || x.slug || ' ' || x.name_fr || ' ' || x.name_en FROM profile_variants x
			JOIN profile_versions v ON v.id = x.version_id JOIN profiles p ON p.id = v.profile_id WHERE v.state = 'published'`,
		`SELECT 'term ' || p.slug || ' ' || t.lang || ' ' || t.term || ' ' || t.weight FROM profile_terms t JOIN profiles p ON p.id = t.profile_id`,
	} {
		var rows []string
		if err := d.NewRaw(q).Scan(t.Context(), &rows); err != nil {
			t.Fatal(err)
		}
		out = append(out, rows...)
	}
	slices.Sort(out)
	return out
}

func rebuiltIndexEqualsTheStored(t *testing.T, d *db.DB, s *jobs.Service) {
	before := indexRows(t, d)
	if len(before) < 1000 {
		t.Fatalf("only %d rows of index", len(before))
	}
	stored[d.Name()] = before
	for _, table := range []string{"profile_requirements", "profile_variants", "profile_terms"} {
		if _, err := d.ExecContext(t.Context(), "DELETE FROM "+table); err != nil {
			t.Fatal(err)
		}
	}
	for range 2 { // rebuilding over an index that is there gives the same
		if _, err := s.Reindex(t.Context(), hr); err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, indexRows(t, d)); diff != "" {
			t.Fatalf("(-stored +rebuilt):\n%s", diff)
		}
	}
}
