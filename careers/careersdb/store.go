// Package careersdb keeps ladders in the database. Only app wires it.
package careersdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/careers"
)

// maxList bounds every list read whole.
const maxList = 2000

// Store implements careers.Store over a database or a transaction.
type Store struct {
	actdb.Effects
	db bun.IDB
}

// New makes a store over a handle; parts make what its acts leave behind.
func New(handle bun.IDB, parts actdb.Parts) *Store { return &Store{parts.Over(handle), handle} }

var _ careers.Store = (*Store)(nil)

// Tx runs fn in one transaction.
func (s *Store) Tx(ctx context.Context, fn func(careers.Store) error) error {
	return s.InTx(ctx, func(tx bun.IDB, effects actdb.Effects) error { return fn(&Store{effects, tx}) })
}

type ladderRow struct {
	bun.BaseModel `bun:"table:ladders,alias:l"`

	ID        string    `bun:"id,pk"`
	Slug      string    `bun:"slug"`
	FamilyID  string    `bun:"family_id"`
	Number    int       `bun:"number"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

type versionRow struct {
	bun.BaseModel `bun:"table:ladder_versions,alias:v"`

	ID          string    `bun:"id,pk"`
	LadderID    string    `bun:"ladder_id"`
	Number      int       `bun:"number"`
	Schema      int       `bun:"schema_number"`
	Document    string    `bun:"document"`
	Hash        string    `bun:"hash"`
	PublishedBy string    `bun:"published_by"`
	PublishedAt time.Time `bun:"published_at"`
	Slug        string    `bun:"slug,scanonly"`
}

type moveRow struct {
	bun.BaseModel `bun:"table:moves"`

	VersionID string `bun:"ladder_version_id,pk"`
	Position  int    `bun:"position"`
	From      string `bun:"from_profile_id,pk"`
	To        string `bun:"to_profile_id,pk"`
	Kind      string `bun:"kind"`
	Months    int    `bun:"typical_months"`
}

func (r versionRow) ladder() (careers.Ladder, error) {
	l := careers.Ladder{ID: careers.LadderID(r.LadderID), Slug: r.Slug, Number: r.Number, Hash: r.Hash, PublishedAt: r.PublishedAt.UTC()}
	if r.Schema != careers.SchemaNumber {
		return l, fault.New(fault.Internal, "internal", "ladder %s has document schema %d", r.Slug, r.Schema)
	}
	err := canon.Unmarshal([]byte(r.Document), &l.LadderContent)
	return l, err
}

func (s *Store) current() *bun.SelectQuery {
	return s.db.NewSelect().Model((*versionRow)(nil)).
		Column("v.id", "v.ladder_id", "v.number", "v.schema_number", "v.document", "v.hash", "v.published_at").
		ColumnExpr("l.slug AS slug").
		Join("JOIN ladders AS l ON l.id = v.ladder_id AND l.number = v.number")
}

// Ladders lists the current versions by slug.
func (s *Store) Ladders(ctx context.Context) ([]careers.Ladder, error) {
	var rows []versionRow
	if err := db.Whole(ctx, s.current().Order("l.slug"), &rows, maxList, "list ladders"); err != nil {
		return nil, err
	}
	out := make([]careers.Ladder, 0, len(rows))
	for _, r := range rows {
		l, err := r.ladder()
		if err != nil {
			return nil, err
		}
		out = append(out, l)
	}
	return out, nil
}

// Refs names the ladders by slug.
func (s *Store) Refs(ctx context.Context) ([]careers.Ref, error) {
	var out []careers.Ref
	q := s.db.NewSelect().TableExpr("ladders AS l").Join("JOIN families AS f ON f.id = l.family_id").
		ColumnExpr("l.slug AS slug, f.slug AS family").Order("l.slug")
	err := db.Whole(ctx, q, &out, maxList, "name ladders")
	return out, err
}

// Ladder returns the current version of a ladder.
func (s *Store) Ladder(ctx context.Context, slug string) (careers.Ladder, error) {
	if err := db.Findable("ladder", slug); err != nil {
		return careers.Ladder{}, err
	}
	var row versionRow
	if err := s.current().Where("l.slug = ?", slug).Scan(ctx, &row); err != nil {
		return careers.Ladder{}, db.Translate(err, "read ladder "+slug)
	}
	return row.ladder()
}

// LadderOf returns the first ladder of a family.
func (s *Store) LadderOf(ctx context.Context, family string) (careers.Ladder, error) {
	if err := db.Findable("family", family); err != nil {
		return careers.Ladder{}, err
	}
	var row versionRow
	err := s.current().Join("JOIN families AS f ON f.id = l.family_id").Where("f.slug = ?", family).Order("l.slug").Limit(1).Scan(ctx, &row)
	if err != nil {
		return careers.Ladder{}, db.Translate(err, "read the ladder of "+family)
	}
	return row.ladder()
}

// AddVersion stores a version, makes it current and writes the index of its moves.
func (s *Store) AddVersion(ctx context.Context, l careers.Ladder, doc canon.Document, by string) error {
	at := db.Time(l.PublishedAt)
	var family string
	if err := s.db.NewSelect().Table("families").Column("id").Where("slug = ?", l.Family).Scan(ctx, &family); err != nil {
		if fault.Is(db.Translate(err, ""), fault.NotFound) {
			return unknown("family", l.Family)
		}
		return db.Translate(err, "read family "+l.Family)
	}
	row := ladderRow{ID: string(l.ID), Slug: l.Slug, FamilyID: family, Number: l.Number, CreatedAt: at, UpdatedAt: at}
	if row.ID == "" {
		row.ID = db.NewID()
		if _, err := s.db.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Translate(err, "store ladder "+l.Slug)
		}
	} else {
		res, err := s.db.NewUpdate().Model(&row).Column("family_id", "number", "updated_at").Where("id = ? AND number = ?", row.ID, l.Number-1).Exec(ctx)
		if err := db.Changed(res, err, "store ladder "+l.Slug); err != nil {
			return err
		}
	}
	version := versionRow{
		ID: db.NewID(), LadderID: row.ID, Number: l.Number, Schema: careers.SchemaNumber,
		Document: string(doc.Text), Hash: doc.Hash, PublishedBy: by, PublishedAt: at,
	}
	if _, err := s.db.NewInsert().Model(&version).Exec(ctx); err != nil {
		return db.Translate(err, "store version of ladder "+l.Slug)
	}
	return s.indexMoves(ctx, version.ID, l)
}

func (s *Store) indexMoves(ctx context.Context, version string, l careers.Ladder) error {
	ids, err := s.profileIDs(ctx)
	if err != nil {
		return err
	}
	for _, r := range l.Rungs {
		if ids[r.Profile] == "" {
			return unknown("rungs/"+r.Profile, r.Profile)
		}
	}
	if len(l.Moves) == 0 {
		return nil
	}
	rows := make([]moveRow, 0, len(l.Moves))
	for i, m := range l.Moves {
		rows = append(rows, moveRow{VersionID: version, Position: i, From: ids[m.From], To: ids[m.To], Kind: string(m.Kind), Months: m.TypicalMonths})
	}
	_, err = s.db.NewInsert().Model(&rows).Exec(ctx)
	return db.Translate(err, "index moves of "+l.Slug)
}

func unknown(path, name string) error {
	return fault.New(fault.Invalid, "invalid", "ladder is not valid").At(path, "unknown", name)
}

func (s *Store) profileIDs(ctx context.Context) (map[string]string, error) {
	var rows []struct {
		ID   string `bun:"id"`
		Slug string `bun:"slug"`
	}
	if err := s.db.NewSelect().Table("profiles").Column("id", "slug").Scan(ctx, &rows); err != nil {
		return nil, db.Translate(err, "read profiles")
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Slug] = r.ID
	}
	return out, nil
}
