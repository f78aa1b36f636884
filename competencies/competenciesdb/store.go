// Package competenciesdb keeps competencies in the database. Only app wires it.
package competenciesdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
)

// maxList bounds every list read whole.
const maxList = 2000

// Store implements competencies.Store over a database or a transaction.
type Store struct {
	actdb.Effects
	db bun.IDB
}

// New makes a store over a handle; parts make what its acts leave behind.
func New(handle bun.IDB, parts actdb.Parts) *Store { return &Store{parts.Over(handle), handle} }

var _ competencies.Store = (*Store)(nil)

// Tx runs fn in one transaction.
func (s *Store) Tx(ctx context.Context, fn func(competencies.Store) error) error {
	return s.InTx(ctx, func(tx bun.IDB, effects actdb.Effects) error { return fn(&Store{effects, tx}) })
}

type scaleRow struct {
	bun.BaseModel `bun:"table:scales"`

	ID        string    `bun:"id,pk"`
	Slug      string    `bun:"slug"`
	Number    int       `bun:"number"`
	Document  string    `bun:"document"`
	Hash      string    `bun:"hash"`
	CreatedAt time.Time `bun:"created_at"`
}

func (r scaleRow) scale() (competencies.Scale, error) {
	var s competencies.Scale
	err := canon.Unmarshal([]byte(r.Document), &s)
	s.ID = competencies.ScaleID(r.ID)
	return s, err
}

// Scales lists the newest version of each scale.
func (s *Store) Scales(ctx context.Context) ([]competencies.Scale, error) {
	var rows []scaleRow
	q := s.db.NewSelect().Model(&rows).
		Where("number = (SELECT max(number) FROM scales AS newer WHERE newer.slug = scale_row.slug)").Order("slug")
	if err := db.Whole(ctx, q, &rows, maxList, "list scales"); err != nil {
		return nil, err
	}
	return convert(rows, scaleRow.scale)
}

// Scale returns one version of a scale.
func (s *Store) Scale(ctx context.Context, ref competencies.ScaleRef) (competencies.Scale, error) {
	if err := db.Findable("scale", ref.Slug); err != nil {
		return competencies.Scale{}, err
	}
	var row scaleRow
	err := s.db.NewSelect().Model(&row).Where("slug = ? AND number = ?", ref.Slug, ref.Version).Scan(ctx)
	if err != nil {
		return competencies.Scale{}, db.Translate(err, "read scale "+ref.Slug)
	}
	return row.scale()
}

// AddScale stores a version; the same version with the same text again changes nothing.
func (s *Store) AddScale(ctx context.Context, scale competencies.Scale, doc canon.Document, at time.Time) (bool, error) {
	row := scaleRow{ID: db.NewID(), Slug: scale.Slug, Number: scale.Version, Document: string(doc.Text), Hash: doc.Hash, CreatedAt: db.Time(at)}
	res, err := s.db.NewInsert().Model(&row).On("CONFLICT (slug, number) DO NOTHING").Exec(ctx)
	if err != nil {
		return false, db.Translate(err, "store scale "+scale.Slug)
	}
	if n, err := res.RowsAffected(); err != nil || n > 0 {
		return n > 0, db.Translate(err, "store scale "+scale.Slug)
	}
	var old scaleRow
	if err := s.db.NewSelect().Model(&old).Where("slug = ? AND number = ?", scale.Slug, scale.Version).Scan(ctx); err != nil {
		return false, db.Translate(err, "read scale "+scale.Slug)
	}
	if old.Hash != doc.Hash {
		return false, fault.New(fault.Conflict, "scale.frozen", "version %d of scale %s exists with other levels", scale.Version, scale.Slug).At("version", "frozen", "")
	}
	return false, nil
}

// versionRow reads a version beside the competency it belongs to.
type versionRow struct {
	bun.BaseModel `bun:"table:competency_versions,alias:v"`

	ID           string    `bun:"id,pk"`
	CompetencyID string    `bun:"competency_id"`
	Number       int       `bun:"number"`
	ScaleID      string    `bun:"scale_id"`
	Schema       int       `bun:"schema_number"`
	Document     string    `bun:"document"`
	Hash         string    `bun:"hash"`
	PublishedBy  string    `bun:"published_by"`
	PublishedAt  time.Time `bun:"published_at"`
	Slug         string    `bun:"slug,scanonly"`
}

func (r versionRow) competency() (competencies.Competency, error) {
	c := competencies.Competency{ID: competencies.CompetencyID(r.CompetencyID), Slug: r.Slug, Number: r.Number, Hash: r.Hash, PublishedAt: r.PublishedAt.UTC()}
	if r.Schema != competencies.SchemaNumber {
		return c, fault.New(fault.Internal, "internal", "competency %s has document schema %d", r.Slug, r.Schema)
	}
	err := canon.Unmarshal([]byte(r.Document), &c.Content)
	return c, err
}

func (s *Store) versions() *bun.SelectQuery {
	return s.db.NewSelect().Model((*versionRow)(nil)).
		Column("v.id", "v.competency_id", "v.number", "v.schema_number", "v.document", "v.hash", "v.published_at").
		ColumnExpr("c.slug AS slug").
		Join("JOIN competencies AS c ON c.id = v.competency_id")
}

// Competencies lists the current versions by name in one language.
func (s *Store) Competencies(ctx context.Context, by lang.Lang) ([]competencies.Competency, error) {
	order := "c.sort_fr"
	if by == lang.EN {
		order = "c.sort_en"
	}
	var rows []versionRow
	q := s.versions().Where("v.number = c.number AND c.retired_at IS NULL").Order(order, "c.id")
	if err := db.Whole(ctx, q, &rows, maxList, "list competencies"); err != nil {
		return nil, err
	}
	return convert(rows, versionRow.competency)
}

// NamedCompetencies returns the current versions of those of the slugs that are in use, by slug.
func (s *Store) NamedCompetencies(ctx context.Context, slugs []string) ([]competencies.Competency, error) {
	if len(slugs) == 0 || db.Findable("competency", slugs...) != nil {
		return nil, nil
	}
	var rows []versionRow
	err := s.versions().Where("v.number = c.number AND c.retired_at IS NULL AND c.slug IN (?)", bun.List(slugs)).Order("c.slug").Scan(ctx, &rows)
	if err != nil {
		return nil, db.Translate(err, "read competencies")
	}
	return convert(rows, versionRow.competency)
}

// Competency returns the current version.
func (s *Store) Competency(ctx context.Context, slug string) (competencies.Competency, error) {
	if err := db.Findable("competency", slug); err != nil {
		return competencies.Competency{}, err
	}
	var row versionRow
	if err := s.versions().Where("c.slug = ? AND v.number = c.number", slug).Scan(ctx, &row); err != nil {
		return competencies.Competency{}, db.Translate(err, "read competency "+slug)
	}
	return row.competency()
}

// CompetencyVersion returns one version.
func (s *Store) CompetencyVersion(ctx context.Context, slug string, number int) (competencies.Competency, error) {
	if err := db.Findable("competency", slug); err != nil {
		return competencies.Competency{}, err
	}
	var row versionRow
	if err := s.versions().Where("c.slug = ? AND v.number = ?", slug, number).Scan(ctx, &row); err != nil {
		return competencies.Competency{}, db.Translate(err, "read competency "+slug)
	}
	return row.competency()
}

// CompetencyVersions returns the named versions in one read, by slug.
func (s *Store) CompetencyVersions(ctx context.Context, refs []competencies.VersionRef) ([]competencies.Competency, error) {
	if len(refs) == 0 {
		return nil, nil
	}
	q := s.versions()
	for _, r := range refs {
		q = q.WhereOr("c.slug = ? AND v.number = ?", r.Slug, r.Number)
	}
	var rows []versionRow
	if err := q.Order("c.slug").Scan(ctx, &rows); err != nil {
		return nil, db.Translate(err, "read competency versions")
	}
	return convert(rows, versionRow.competency)
}

type competencyRow struct {
	bun.BaseModel `bun:"table:competencies"`

	ID        string     `bun:"id,pk"`
	Slug      string     `bun:"slug"`
	Category  string     `bun:"category"`
	SortFR    string     `bun:"sort_fr"`
	SortEN    string     `bun:"sort_en"`
	Number    int        `bun:"number"`
	RetiredAt *time.Time `bun:"retired_at"`
	CreatedAt time.Time  `bun:"created_at"`
	UpdatedAt time.Time  `bun:"updated_at"`
}

// AddCompetencyVersion stores a version and makes it the current one.
func (s *Store) AddCompetencyVersion(ctx context.Context, c competencies.Competency, doc canon.Document, by string) error {
	at := db.Time(c.PublishedAt)
	row := competencyRow{
		ID: string(c.ID), Slug: c.Slug, Category: string(c.Category), Number: c.Number, CreatedAt: at, UpdatedAt: at,
		SortFR: lang.SortKey(c.Name.String(lang.FR)), SortEN: lang.SortKey(c.Name.String(lang.EN)),
	}
	if row.ID == "" {
		row.ID = db.NewID()
		if _, err := s.db.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Translate(err, "store competency "+c.Slug)
		}
	} else {
		res, err := s.db.NewUpdate().Model(&row).Column("category", "sort_fr", "sort_en", "number", "updated_at").
			Where("id = ? AND number = ?", row.ID, c.Number-1).Exec(ctx)
		if err := db.Changed(res, err, "store competency "+c.Slug); err != nil {
			return err
		}
	}
	scale, err := s.Scale(ctx, c.Scale)
	if err != nil {
		return err
	}
	version := versionRow{
		ID: db.NewID(), CompetencyID: row.ID, Number: c.Number, ScaleID: string(scale.ID), Schema: competencies.SchemaNumber,
		Document: string(doc.Text), Hash: doc.Hash, PublishedBy: by, PublishedAt: at,
	}
	_, err = s.db.NewInsert().Model(&version).Exec(ctx)
	return db.Translate(err, "store version of "+c.Slug)
}

type certificationRow struct {
	bun.BaseModel `bun:"table:certifications"`

	ID        string    `bun:"id,pk"`
	Slug      string    `bun:"slug"`
	Document  string    `bun:"document"`
	Hash      string    `bun:"hash"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

func (r certificationRow) certification() (competencies.Certification, error) {
	var c competencies.Certification
	err := canon.Unmarshal([]byte(r.Document), &c)
	c.ID = competencies.CertificationID(r.ID)
	return c, err
}

// Certifications lists them by slug, which follows their abbreviation.
func (s *Store) Certifications(ctx context.Context) ([]competencies.Certification, error) {
	var rows []certificationRow
	q := s.db.NewSelect().Model(&rows).Order("slug")
	if err := db.Whole(ctx, q, &rows, maxList, "list certifications"); err != nil {
		return nil, err
	}
	return convert(rows, certificationRow.certification)
}

// NamedCertifications returns those of the slugs that exist, by slug.
func (s *Store) NamedCertifications(ctx context.Context, slugs []string) ([]competencies.Certification, error) {
	if len(slugs) == 0 || db.Findable("certification", slugs...) != nil {
		return nil, nil
	}
	var rows []certificationRow
	if err := s.db.NewSelect().Model(&rows).Where("slug IN (?)", bun.List(slugs)).Order("slug").Scan(ctx); err != nil {
		return nil, db.Translate(err, "read certifications")
	}
	return convert(rows, certificationRow.certification)
}

// PutCertification stores a certification under its slug.
func (s *Store) PutCertification(ctx context.Context, c competencies.Certification, doc canon.Document, at time.Time) (bool, error) {
	row := certificationRow{ID: db.NewID(), Slug: c.Slug, Document: string(doc.Text), Hash: doc.Hash, CreatedAt: db.Time(at), UpdatedAt: db.Time(at)}
	return db.PutDocument(ctx, s.db, &row, "store certification "+c.Slug)
}

// convert reads each row's document; the result is never nil.
func convert[R, T any](rows []R, read func(R) (T, error)) ([]T, error) {
	out := make([]T, 0, len(rows))
	for _, r := range rows {
		v, err := read(r)
		if err != nil {
			return nil, err
		}
		out = append(out, v)
	}
	return out, nil
}
