package apptest

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/seeds"
)

// How large the large company is.
const (
	crowdPeople   = 10_000
	crowdProfiles = 1_000
	crowdReports  = 8 // of each manager
)

// crowdFamilies are its families, each with a ladder; the first is the demo's.
var crowdFamilies = []string{"sales", "support", "logistics"}

// crowdContent is a database with the demo's content among 10 000 people and 1 000 profiles.
var crowdContent = testkit.NewTemplate("crowd", func(address string) error {
	ctx := context.Background()
	a, err := open(ctx, address, true, nil)
	if err != nil {
		return err
	}
	if _, err = a.Seed(ctx, seeds.Content, true); err == nil {
		err = crowd{a, time.Now().UTC().Truncate(time.Microsecond)}.fill(ctx)
	}
	return errors.Join(err, a.Close())
})

// Crowd makes a database of a kind with the demo's content in a company of 10 000 people, 1 000 profiles in three
// families, and three ladders. It returns its address; it is gone after the test.
func Crowd(t testing.TB, kind string) string {
	t.Helper()
	return crowdContent.Address(t, kind)
}

// crowd fills a demo up by bulk: no service could make so many in the time that a test has.
type crowd struct {
	*app.App
	at time.Time
}

func (c crowd) fill(ctx context.Context) error {
	operator := actor.CommandLine()
	sales, err := c.Services.Jobs.Family(ctx, operator, crowdFamilies[0])
	if err != nil {
		return err
	}
	for _, slug := range crowdFamilies[1:] {
		f := jobs.Family{Slug: slug, Name: lang.NewText("Famille "+slug, "Family "+slug), Text: sales.Text, Tracks: sales.Tracks}
		if _, err := c.Services.Jobs.PutFamily(ctx, operator, f); err != nil {
			return err
		}
	}
	var slugs []string
	if err := db.InTx(ctx, c.DB.DB, func(tx bun.IDB) error {
		if slugs, err = c.profiles(ctx, tx); err != nil {
			return err
		}
		return c.people(ctx, tx, slugs)
	}); err != nil {
		return err
	}
	for i, family := range crowdFamilies[1:] {
		if err := c.ladder(ctx, operator, family, slugs[i+1:]); err != nil {
			return err
		}
	}
	return nil
}

// copies are the statements that copy a profile with its published version. Each is given the new ids and names, the
// family and the profile that is copied.
var copies = []string{
	`INSERT INTO profiles (id, slug, family_id, track, stage, place, placement, sort_fr, sort_en, version, created_at, updated_at)
		SELECT ?0, ?1, (SELECT id FROM families WHERE slug = ?2), track, stage, place, replace(placement, '"family":"sales"', '"family":"' || ?2 || '"'),
		sort_fr || ' ' || ?3, sort_en || ' ' || ?3, version, created_at, updated_at FROM profiles WHERE id = ?4`,
	`INSERT INTO profile_versions (id, profile_id, number, state, schema_number, title_fr, title_en, document, hash, created_by, created_at, published_at)
		SELECT ?5, ?0, 1, state, schema_number, title_fr || ' ' || ?3, title_en || ' ' || ?3, document, hash, created_by, created_at, published_at
		FROM profile_versions WHERE profile_id = ?4 AND state = 'published'`,
	`INSERT INTO profile_requirements (version_id, position, competency_id, competency_number, required_rank, importance)
		SELECT ?5, r.position, r.competency_id, r.competency_number, r.required_rank, r.importance FROM profile_requirements AS r
		JOIN profile_versions AS v ON v.id = r.version_id WHERE v.profile_id = ?4 AND v.state = 'published'`,
	`INSERT INTO profile_variants (version_id, position, slug, name_fr, name_en)
		SELECT ?5, r.position, r.slug, r.name_fr, r.name_en FROM profile_variants AS r
		JOIN profile_versions AS v ON v.id = r.version_id WHERE v.profile_id = ?4 AND v.state = 'published'`,
	`INSERT INTO profile_terms (lang, term, profile_id, weight)
		SELECT lang, term, ?0, weight FROM profile_terms WHERE profile_id = ?4 ORDER BY weight DESC, lang, term LIMIT 40`,
}

// profiles copies those of the demo until there are enough, the families in turn, and returns all slugs.
func (c crowd) profiles(ctx context.Context, tx bun.IDB) ([]string, error) {
	var rows []struct{ ID, Slug string }
	if err := tx.NewSelect().Table("profiles").Column("id", "slug").Order("slug").Scan(ctx, &rows); err != nil {
		return nil, err
	}
	slugs := make([]string, 0, crowdProfiles)
	for i := len(rows); i < crowdProfiles; i++ {
		slug := fmt.Sprintf("role-%04d", i)
		for _, statement := range copies {
			args := []any{slug, slug, crowdFamilies[i%len(crowdFamilies)], fmt.Sprint(i), rows[i%len(rows)].ID, slug + "-v1"}
			if _, err := tx.NewRaw(statement, args...).Exec(ctx); err != nil {
				return nil, fmt.Errorf("copy %s: %w", rows[i%len(rows)].Slug, err)
			}
		}
		slugs = append(slugs, slug)
	}
	return slugs, nil
}

// crowdPerson, crowdAccount and crowdAssignment are rows as they are inserted.
type crowdPerson struct {
	bun.BaseModel `bun:"table:people"`

	ID, Name, Sort, Email string
	CreatedAt, UpdatedAt  time.Time
}

type crowdAccount struct {
	bun.BaseModel `bun:"table:accounts"`

	PersonID, Persona         string
	About                     lang.Text `bun:"about,type:text"`
	Lang                      string
	TellSignIns, WholeCompany int
	DisabledAt                *time.Time
	CreatedAt                 time.Time
}

type crowdAssignment struct {
	bun.BaseModel `bun:"table:assignments"`

	ID, PersonID string
	ManagerID    *string
	Profile      string
	StartsOn     string
	CreatedAt    time.Time
}

// people adds them under the demo's manager: each manages eight.
func (c crowd) people(ctx context.Context, tx bun.IDB, slugs []string) error {
	head, err := c.Services.Accounts.FindByPersona(ctx, actor.CommandLine(), "manager")
	if err != nil {
		return err
	}
	firsts, lasts := []string{"Élodie", "Awa", "Bjørn", "Chloé", "Noé", "Zoé", "Inès"}, []string{"Martin", "Lindqvist", "Œuvrard", "da Silva", "N’Diaye"}
	var people []crowdPerson
	var accounts []crowdAccount
	var assignments []crowdAssignment
	for i := range crowdPeople {
		name := fmt.Sprintf("%s %s %d", firsts[i%len(firsts)], lasts[i%len(lasts)], i)
		p := crowdPerson{ID: db.NewID(), Name: name, Sort: lang.Fold(name), Email: fmt.Sprintf("person.%d@crowd.example", i), CreatedAt: c.at, UpdatedAt: c.at}
		a := crowdAccount{PersonID: p.ID, Lang: "fr", CreatedAt: c.at}
		if i%97 == 96 {
			a.DisabledAt = &c.at
		}
		manager := string(head.ID)
		if i >= crowdReports {
			manager = people[i/crowdReports-1].ID
		}
		people, accounts = append(people, p), append(accounts, a)
		assignments = append(assignments, crowdAssignment{
			ID: db.NewID(), PersonID: p.ID, ManagerID: &manager, Profile: slugs[i%len(slugs)], StartsOn: "2026-01-01", CreatedAt: c.at,
		})
	}
	return errors.Join(insert(ctx, tx, people), insert(ctx, tx, accounts), insert(ctx, tx, assignments))
}

// insert writes rows some hundreds at a time.
func insert[T any](ctx context.Context, tx bun.IDB, rows []T) error {
	for some := range slices.Chunk(rows, 500) {
		if _, err := tx.NewInsert().Model(&some).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// ladder publishes one of a family, with as many rungs as a ladder may have.
func (c crowd) ladder(ctx context.Context, a actor.Actor, family string, slugs []string) error {
	content := careers.LadderContent{Family: family, Name: lang.NewText("Filière "+family, "Ladder "+family), Text: lang.NewText("Filière", "Ladder")}
	for i := 0; i < len(slugs) && len(content.Rungs) < 60; i += len(crowdFamilies) {
		rung := careers.Rung{Profile: slugs[i], Stage: jobs.Stages()[len(content.Rungs)/15]}
		if n := len(content.Rungs); n > 0 {
			content.Moves = append(content.Moves, careers.Move{From: content.Rungs[n-1].Profile, To: rung.Profile, Kind: careers.Up, TypicalMonths: 24})
		}
		content.Rungs = append(content.Rungs, rung)
	}
	_, err := c.Services.Careers.PublishLadder(ctx, a, family, content)
	return err
}
