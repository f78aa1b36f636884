package jobsdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

type profileRow struct {
	bun.BaseModel `bun:"table:profiles,alias:p"`

	ID         string     `bun:"id,pk"`
	Slug       string     `bun:"slug"`
	FamilyID   string     `bun:"family_id"`
	Track      string     `bun:"track"`
	Stage      string     `bun:"stage"`
	Place      int        `bun:"place"`
	Placement  string     `bun:"placement"`
	SortFR     string     `bun:"sort_fr"`
	SortEN     string     `bun:"sort_en"`
	ArchivedAt *time.Time `bun:"archived_at"`
	Version    int        `bun:"version"`
	CreatedAt  time.Time  `bun:"created_at"`
	UpdatedAt  time.Time  `bun:"updated_at"`
}

type versionRow struct {
	bun.BaseModel `bun:"table:profile_versions,alias:v"`

	ID           string     `bun:"id,pk"`
	ProfileID    string     `bun:"profile_id"`
	Number       int        `bun:"number"`
	State        string     `bun:"state"`
	Schema       int        `bun:"schema_number"`
	TitleFR      string     `bun:"title_fr"`
	TitleEN      string     `bun:"title_en"`
	Document     string     `bun:"document"`
	Hash         string     `bun:"hash"`
	CreatedBy    string     `bun:"created_by"`
	CreatedAt    time.Time  `bun:"created_at"`
	PublishedAt  *time.Time `bun:"published_at"`
	SupersededAt *time.Time `bun:"superseded_at"`
}

func (r versionRow) version() jobs.Version {
	v := jobs.Version{ID: jobs.VersionID(r.ID), Number: r.Number, State: jobs.VersionState(r.State), Schema: r.Schema, Hash: r.Hash, Document: []byte(r.Document)}
	if r.PublishedAt != nil {
		v.PublishedAt = r.PublishedAt.UTC()
	}
	if r.SupersededAt != nil {
		v.SupersededAt = r.SupersededAt.UTC()
	}
	return v
}

// readingRow is a profile with one of its versions: all that a page needs, in one row.
type readingRow struct {
	versionRow
	Slug       string     `bun:"slug"`
	Placement  string     `bun:"placement"`
	ArchivedAt *time.Time `bun:"archived_at"`
}

func (r readingRow) profile() (jobs.Profile, error) {
	p := jobs.Profile{ID: jobs.ProfileID(r.ProfileID), Slug: r.Slug, Archived: r.ArchivedAt != nil, Version: r.version()}
	err := canon.Unmarshal([]byte(r.Placement), &p.Placement)
	return p, err
}

func (s *Store) readings() *bun.SelectQuery {
	return s.db.NewSelect().TableExpr("profile_versions AS v").
		Column("v.id", "v.profile_id", "v.number", "v.state", "v.schema_number", "v.document", "v.hash", "v.published_at", "v.superseded_at", "p.slug", "p.placement", "p.archived_at").
		Join("JOIN profiles AS p ON p.id = v.profile_id")
}

// Published reads a profile with its published version in one row.
func (s *Store) Published(ctx context.Context, slug string) (jobs.Profile, error) {
	if err := db.Findable("profile", slug); err != nil {
		return jobs.Profile{}, err
	}
	var row readingRow
	if err := s.readings().Where("p.slug = ? AND v.state = 'published'", slug).Scan(ctx, &row); err != nil {
		return jobs.Profile{}, db.Translate(err, "read profile "+slug)
	}
	return row.profile()
}

// Numbered reads a profile with one of the versions it ever published.
func (s *Store) Numbered(ctx context.Context, slug string, number int) (jobs.Profile, error) {
	if err := db.Findable("profile", slug); err != nil {
		return jobs.Profile{}, err
	}
	var row readingRow
	err := s.readings().Where("p.slug = ? AND v.number = ? AND v.state IN ('published', 'superseded')", slug, number).Scan(ctx, &row)
	if err != nil {
		return jobs.Profile{}, db.Translate(err, "read profile "+slug)
	}
	return row.profile()
}

// PublishedIn reads all published profiles of a family in the order of lists.
func (s *Store) PublishedIn(ctx context.Context, family string, by lang.Lang) ([]jobs.Profile, error) {
	if err := db.Findable("family", family); err != nil {
		return nil, err
	}
	var rows []readingRow
	q := s.readings().Join("JOIN families AS f ON f.id = p.family_id").
		Where("f.slug = ? AND v.state = 'published' AND p.archived_at IS NULL", family).
		Order("p.place", sortColumn(by), "p.id")
	if err := db.Whole(ctx, q, &rows, maxList, "read profiles of "+family); err != nil {
		return nil, err
	}
	return convert(rows, readingRow.profile)
}

// Versions lists what was ever published of a profile, newest first, without documents.
func (s *Store) Versions(ctx context.Context, slug string) ([]jobs.Version, error) {
	if err := db.Findable("profile", slug); err != nil {
		return nil, err
	}
	var rows []versionRow
	q := s.db.NewSelect().Model(&rows).Column("v.id", "v.number", "v.state", "v.schema_number", "v.hash", "v.published_at", "v.superseded_at").
		Join("JOIN profiles AS p ON p.id = v.profile_id").
		Where("p.slug = ? AND v.state IN ('published', 'superseded')", slug).
		Order("v.number DESC")
	if err := db.Whole(ctx, q, &rows, maxList, "list versions of "+slug); err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		_, err := s.Published(ctx, slug)
		return nil, err
	}
	out := make([]jobs.Version, 0, len(rows))
	for _, r := range rows {
		out = append(out, r.version())
	}
	return out, nil
}

// AddPublished stores a version as the published one, supersedes the former, and rebuilds the index.
func (s *Store) AddPublished(ctx context.Context, p jobs.Profile, doc canon.Document, ix jobs.Index, by string) error {
	at := db.Time(p.Version.PublishedAt)
	profile, err := s.putProfile(ctx, p, at)
	if err != nil {
		return err
	}
	_, err = s.db.NewUpdate().Model((*versionRow)(nil)).Set("state = 'superseded', superseded_at = ?", at).
		Where("profile_id = ? AND state = 'published'", profile).Exec(ctx)
	if err != nil {
		return db.Translate(err, "supersede the version before of "+p.Slug)
	}
	row := versionRow{
		ID: db.NewID(), ProfileID: profile, Number: p.Version.Number, State: string(jobs.Published), Schema: p.Version.Schema,
		TitleFR: p.Content.Title.FR.Text, TitleEN: p.Content.Title.EN.Text,
		Document: string(doc.Text), Hash: doc.Hash, CreatedBy: by, CreatedAt: at, PublishedAt: &at,
	}
	if _, err := s.db.NewInsert().Model(&row).Exec(ctx); err != nil {
		return db.Translate(err, "store version of "+p.Slug)
	}
	return s.index(ctx, profile, row.ID, ix)
}

// putProfile inserts the profile or moves it on; its ID comes back.
func (s *Store) putProfile(ctx context.Context, p jobs.Profile, at time.Time) (string, error) {
	family, err := s.Family(ctx, p.Family)
	if err != nil {
		return "", err
	}
	placement, err := canon.Marshal(p.Placement)
	if err != nil {
		return "", err
	}
	row := profileRow{
		ID: string(p.ID), Slug: p.Slug, FamilyID: string(family.ID), Track: p.Track, Stage: string(p.Stage), Place: p.Place(),
		Placement: string(placement.Text), SortFR: lang.SortKey(p.Content.Title.String(lang.FR)), SortEN: lang.SortKey(p.Content.Title.String(lang.EN)),
		Version: 1, CreatedAt: at, UpdatedAt: at,
	}
	if row.ID == "" {
		row.ID = db.NewID()
		_, err := s.db.NewInsert().Model(&row).Exec(ctx)
		return row.ID, db.Translate(err, "store profile "+p.Slug)
	}
	res, err := s.db.NewUpdate().Model(&row).Column("family_id", "track", "stage", "place", "placement", "sort_fr", "sort_en", "updated_at").
		Set("version = version + 1").Where("id = ?", row.ID).Exec(ctx)
	return row.ID, db.Changed(res, err, "store profile "+p.Slug)
}
