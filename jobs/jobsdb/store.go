// Package jobsdb keeps families, KPIs and profiles in the database. Only app wires it.
package jobsdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

// maxList bounds every list read whole.
const maxList = 2000

// Store implements jobs.Store over a database or a transaction.
type Store struct {
	actdb.Effects
	db        bun.IDB
	catalogue func(bun.IDB) jobs.Catalogue
}

// New makes a store over a handle; parts make what its acts leave behind, and catalogue the competencies over a handle.
func New(handle bun.IDB, parts actdb.Parts, catalogue func(bun.IDB) jobs.Catalogue) *Store {
	return &Store{parts.Over(handle), handle, catalogue}
}

var _ jobs.Store = (*Store)(nil)

// Tx runs fn in one transaction.
func (s *Store) Tx(ctx context.Context, fn func(jobs.Store) error) error {
	return s.InTx(ctx, func(tx bun.IDB, effects actdb.Effects) error { return fn(&Store{effects, tx, s.catalogue}) })
}

// Catalogue is the competencies over the same handle.
func (s *Store) Catalogue() jobs.Catalogue { return s.catalogue(s.db) }

type familyRow struct {
	bun.BaseModel `bun:"table:families"`
	documentRow
}

type kpiRow struct {
	bun.BaseModel `bun:"table:kpis"`
	documentRow
}

// documentRow is a noun stored whole under its slug.
type documentRow struct {
	ID        string    `bun:"id,pk"`
	Slug      string    `bun:"slug"`
	Document  string    `bun:"document"`
	Hash      string    `bun:"hash"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

func newDocumentRow(slug string, doc canon.Document, at time.Time) documentRow {
	return documentRow{ID: db.NewID(), Slug: slug, Document: string(doc.Text), Hash: doc.Hash, CreatedAt: db.Time(at), UpdatedAt: db.Time(at)}
}

func (r familyRow) family() (jobs.Family, error) {
	var f jobs.Family
	err := canon.Unmarshal([]byte(r.Document), &f)
	f.ID = jobs.FamilyID(r.ID)
	return f, err
}

// Families lists the families by slug.
func (s *Store) Families(ctx context.Context) ([]jobs.Family, error) {
	var rows []familyRow
	if err := db.Whole(ctx, s.db.NewSelect().Model(&rows).Order("slug"), &rows, maxList, "list families"); err != nil {
		return nil, err
	}
	return convert(rows, familyRow.family)
}

// Family returns one family.
func (s *Store) Family(ctx context.Context, slug string) (jobs.Family, error) {
	if err := db.Findable("family", slug); err != nil {
		return jobs.Family{}, err
	}
	var row familyRow
	if err := s.db.NewSelect().Model(&row).Where("slug = ?", slug).Scan(ctx); err != nil {
		return jobs.Family{}, db.Translate(err, "read family "+slug)
	}
	return row.family()
}

// PutFamily stores a family under its slug.
func (s *Store) PutFamily(ctx context.Context, f jobs.Family, doc canon.Document, at time.Time) (bool, error) {
	return db.PutDocument(ctx, s.db, &familyRow{documentRow: newDocumentRow(f.Slug, doc, at)}, "store family "+f.Slug)
}

func (r kpiRow) kpi() (jobs.KPI, error) {
	var k jobs.KPI
	err := canon.Unmarshal([]byte(r.Document), &k)
	k.ID = jobs.KPIID(r.ID)
	return k, err
}

// KPIs lists the measures by slug.
func (s *Store) KPIs(ctx context.Context) ([]jobs.KPI, error) {
	var rows []kpiRow
	if err := db.Whole(ctx, s.db.NewSelect().Model(&rows).Order("slug"), &rows, maxList, "list KPIs"); err != nil {
		return nil, err
	}
	return convert(rows, kpiRow.kpi)
}

// NamedKPIs returns those of the slugs that exist, by slug.
func (s *Store) NamedKPIs(ctx context.Context, slugs []string) ([]jobs.KPI, error) {
	if len(slugs) == 0 || db.Findable("KPI", slugs...) != nil {
		return nil, nil
	}
	var rows []kpiRow
	if err := s.db.NewSelect().Model(&rows).Where("slug IN (?)", bun.List(slugs)).Order("slug").Scan(ctx); err != nil {
		return nil, db.Translate(err, "read KPIs")
	}
	return convert(rows, kpiRow.kpi)
}

// PutKPI stores a measure under its slug.
func (s *Store) PutKPI(ctx context.Context, k jobs.KPI, doc canon.Document, at time.Time) (bool, error) {
	return db.PutDocument(ctx, s.db, &kpiRow{documentRow: newDocumentRow(k.Slug, doc, at)}, "store KPI "+k.Slug)
}

// sortColumn is the allow-listed order of a language.
func sortColumn(l lang.Lang) string {
	if l == lang.EN {
		return "p.sort_en"
	}
	return "p.sort_fr"
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
