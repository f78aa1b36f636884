package main

import (
	"cmp"
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// synthetic is how many profiles search is measured with; so many words of text make about 60 terms in a language.
const (
	synthetic = 10_000
	wordsEach = 45
)

// invented are profiles that no company has: titles put together from common parts, texts taken at random from the
// shipped content, so that words are as frequent as in real profiles. The same every time.
type invented struct {
	profiles     []inventedProfile
	versions     []inventedVersion
	requirements []inventedRequirement
	terms        []inventedTerm
	queries      []query
}

type query struct {
	lang lang.Lang
	text string
}

type inventedProfile struct {
	bun.BaseModel `bun:"table:profiles"`
	ID            string    `bun:"id,pk"`
	Slug          string    `bun:"slug"`
	FamilyID      string    `bun:"family_id"`
	Track         string    `bun:"track"`
	Stage         string    `bun:"stage"`
	Place         int       `bun:"place"`
	Placement     string    `bun:"placement"`
	SortFR        string    `bun:"sort_fr"`
	SortEN        string    `bun:"sort_en"`
	Version       int       `bun:"version"`
	CreatedAt     time.Time `bun:"created_at"`
	UpdatedAt     time.Time `bun:"updated_at"`
}

type inventedVersion struct {
	bun.BaseModel `bun:"table:profile_versions"`
	ID            string    `bun:"id,pk"`
	ProfileID     string    `bun:"profile_id"`
	Number        int       `bun:"number"`
	State         string    `bun:"state"`
	Schema        int       `bun:"schema_number"`
	TitleFR       string    `bun:"title_fr"`
	TitleEN       string    `bun:"title_en"`
	Document      string    `bun:"document"`
	Hash          string    `bun:"hash"`
	CreatedBy     string    `bun:"created_by"`
	CreatedAt     time.Time `bun:"created_at"`
	PublishedAt   time.Time `bun:"published_at"`
}

type inventedRequirement struct {
	bun.BaseModel `bun:"table:profile_requirements"`
	VersionID     string `bun:"version_id,pk"`
	Position      int    `bun:"position"`
	CompetencyID  string `bun:"competency_id,pk"` // a slug until the rows are inserted
	Number        int    `bun:"competency_number"`
	Rank          int    `bun:"required_rank"`
	Importance    string `bun:"importance"`
}

type inventedTerm struct {
	bun.BaseModel `bun:"table:profile_terms"`
	Lang          string `bun:"lang,pk"`
	Term          string `bun:"term,pk"`
	ProfileID     string `bun:"profile_id,pk"`
	Weight        int    `bun:"weight"`
}

// The parts of titles: {French, English}.
var (
	ranks = [][2]string{
		{"Responsable", "Manager,"},
		{"Chargé / Chargée de mission", "Officer,"},
		{"Directeur / Directrice", "Director,"},
		{"Assistant / Assistante", "Assistant,"},
		{"Chef / Cheffe de projet", "Project manager,"},
		{"Conseiller / Conseillère", "Adviser,"},
		{"Analyste", "Analyst,"},
		{"Coordinateur / Coordinatrice", "Coordinator,"},
	}
	fields = [][2]string{
		{"ventes", "sales"},
		{"comptes clés", "key accounts"},
		{"marketing", "marketing"},
		{"logistique", "logistics"},
		{"achats", "purchasing"},
		{"qualité", "quality"},
		{"formation", "training"},
		{"ressources humaines", "human resources"},
		{"service après-vente", "after-sales service"},
		{"contrôle de gestion", "management accounting"},
		{"maintenance", "maintenance"},
		{"communication", "communication"},
		{"données", "data"},
		{"sécurité", "safety"},
		{"production", "production"},
		{"ingénierie", "engineering"},
		{"œuvres sociales", "staff welfare"},
		{"export", "export"},
	}
	industries = [][2]string{
		{"pharmacie", "pharmaceuticals"},
		{"grande distribution", "retail"},
		{"automobile", "automotive"},
		{"bâtiment", "construction"},
		{"informatique", "technology"},
		{"énergie", "energy"},
		{"agroalimentaire", "food"},
		{"assurance", "insurance"},
		{"transport", "transport"},
		{"santé", "health"},
		{"tourisme", "tourism"},
		{"textile", "textiles"},
	}
)

// invent makes the profiles. The shipped ones lend texts, competencies, family and tracks.
func invent(
	ctx context.Context, service *jobs.Service, catalogue *competencies.Service, reader actor.Actor,
) (*invented, error) {
	shipped, err := service.InFamily(ctx, reader, "sales", lang.FR)
	if err != nil {
		return nil, err
	}
	known, err := catalogue.List(ctx, reader, lang.FR)
	if err != nil {
		return nil, err
	}
	names := jobs.Names{Competencies: map[string]competencies.Competency{}}
	for _, k := range known {
		names.Competencies[k.Slug] = k
	}
	var texts []lang.Text
	for _, p := range shipped {
		for _, t := range p.Content.Texts() {
			if n := len(t.FR.Text); n > 40 && n < 200 && t.EN.Text != "" {
				texts = append(texts, t)
			}
		}
	}
	r := rand.New(rand.NewPCG(1, 2)) //nolint:gosec // the same profiles every time
	v := &invented{}
	for i := range synthetic {
		if err := v.add(r, i, shipped[i%len(shipped)], known, names, texts); err != nil {
			return nil, err
		}
	}
	// In the order of their primary key they fill pages one after the other.
	slices.SortFunc(v.terms, func(a, b inventedTerm) int {
		return cmp.Or(cmp.Compare(a.Lang, b.Lang), cmp.Compare(a.Term, b.Term), cmp.Compare(a.ProfileID, b.ProfileID))
	})
	v.ask(r, texts)
	return v, nil
}

func pick[T any](r *rand.Rand, list []T) T { return list[r.IntN(len(list))] }

// add makes one profile, indexed the way a published one is.
func (v *invented) add(
	r *rand.Rand, i int, like jobs.Profile, known []competencies.Competency, names jobs.Names, texts []lang.Text,
) error {
	rank, field, industry := pick(r, ranks), pick(r, fields), pick(r, industries)
	title := lang.NewText(rank[0]+" "+field[0]+", "+industry[0], rank[1]+" "+field[1]+", "+industry[1])
	place := like.Placement
	place.ReportsTo, place.OtherTitles = "", jobs.OtherTitles{
		FR: []string{rank[0] + " " + field[0]}, EN: []string{strings.TrimSuffix(rank[1], ",") + " " + field[1]},
	}
	content := jobs.Content{Title: title, Purpose: pick(r, texts)}
	for _, at := range r.Perm(len(known))[:3+r.IntN(5)] {
		content.Requirements = append(content.Requirements, jobs.Requirement{
			Competency: known[at].Slug, Version: known[at].Number, Rank: 1 + r.IntN(4), Importance: jobs.Expected,
		})
	}
	for n := 0; n < wordsEach; {
		t := pick(r, texts)
		content.Scope = append(content.Scope, jobs.Point{Key: fmt.Sprint(n), Text: t})
		n += len(strings.Fields(t.FR.Text))
	}
	index := jobs.IndexOf(place, content, names)
	document, err := canon.Marshal(content)
	if err != nil {
		return err
	}
	placement, err := canon.Marshal(place)
	if err != nil {
		return err
	}
	at := db.Time(time.Date(2026, 1, 1, 0, 0, i, 0, time.UTC))
	id, version := db.NewID(), db.NewID()
	v.profiles = append(v.profiles, inventedProfile{
		ID: id, Slug: fmt.Sprintf("invented-%05d", i), FamilyID: "", Track: place.Track,
		Stage: string(place.Stage), Place: place.Place(), Placement: string(placement.Text),
		SortFR: lang.SortKey(title.String(lang.FR)),
		SortEN: lang.SortKey(title.String(lang.EN)), Version: 1, CreatedAt: at, UpdatedAt: at,
	})
	v.versions = append(v.versions, inventedVersion{
		ID: version, ProfileID: id, Number: 1, State: string(jobs.Published),
		Schema: jobs.SchemaNumber, TitleFR: title.FR.Text, TitleEN: title.EN.Text,
		Document: string(document.Text), Hash: document.Hash, CreatedBy: "system:bench", CreatedAt: at, PublishedAt: at,
	})
	for i, q := range content.Requirements {
		v.requirements = append(v.requirements, inventedRequirement{
			VersionID: version, Position: i, CompetencyID: q.Competency,
			Number: q.Version, Rank: q.Rank, Importance: string(q.Importance),
		})
	}
	for l, weights := range index.Terms {
		for t, w := range weights {
			v.terms = append(v.terms, inventedTerm{Lang: string(l), Term: t, ProfileID: id, Weight: w})
		}
	}
	return nil
}

// asked is how many different searches are measured.
const asked = 120

// ask makes searches of one to three words, as people type them: from titles, and from the texts.
func (v *invented) ask(r *rand.Rand, texts []lang.Text) {
	for i := range asked {
		l := lang.All()[i%2]
		var words []string
		for _, list := range [][][2]string{fields, industries} {
			if r.IntN(2) == 0 {
				words = append(words, pick(r, list)[i%2])
			}
		}
		if len(words) == 0 || r.IntN(2) == 0 {
			long := slices.DeleteFunc(strings.Fields(pick(r, texts).String(l)), func(w string) bool { return len(w) < 5 })
			if len(long) > 0 {
				words = append(words, pick(r, long))
			}
		}
		v.queries = append(v.queries, query{lang: l, text: strings.Join(words, " ")})
	}
}

// rowsPerInsert keeps a statement below what both databases take well.
const rowsPerInsert = 1000

// insert puts the profiles into a database, in one transaction.
func (v *invented) insert(ctx context.Context, database *db.DB) error {
	family, slugs, err := ids(ctx, database.DB)
	if err != nil {
		return err
	}
	profiles, requirements := slices.Clone(v.profiles), slices.Clone(v.requirements)
	for i := range profiles {
		profiles[i].FamilyID = family
	}
	for i := range requirements {
		requirements[i].CompetencyID = slugs[requirements[i].CompetencyID]
	}
	err = db.InTx(ctx, database.DB, func(tx bun.IDB) error {
		if err := bulk(ctx, tx, profiles); err != nil {
			return err
		}
		if err := bulk(ctx, tx, v.versions); err != nil {
			return err
		}
		if err := bulk(ctx, tx, requirements); err != nil {
			return err
		}
		return bulk(ctx, tx, v.terms)
	})
	if err != nil || database.Embedded() {
		return err
	}
	// PostgreSQL does this by itself after a while; the measurement does not wait for it.
	_, err = database.ExecContext(ctx, "VACUUM ANALYZE")
	return err
}

// ids finds the family and the competencies of a database by slug.
func ids(ctx context.Context, handle *bun.DB) (family string, known map[string]string, err error) {
	if err := handle.NewSelect().Table("families").Column("id").Where("slug = 'sales'").Scan(ctx, &family); err != nil {
		return "", nil, err
	}
	var rows []struct {
		ID   string `bun:"id"`
		Slug string `bun:"slug"`
	}
	if err := handle.NewSelect().Table("competencies").Column("id", "slug").Scan(ctx, &rows); err != nil {
		return "", nil, err
	}
	known = map[string]string{}
	for _, r := range rows {
		known[r.Slug] = r.ID
	}
	return family, known, nil
}

func bulk[R any](ctx context.Context, tx bun.IDB, rows []R) error {
	for chunk := range slices.Chunk(rows, rowsPerInsert) {
		if _, err := tx.NewInsert().Model(&chunk).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}
