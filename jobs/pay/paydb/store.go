// Package paydb keeps zones, schemes and bands in the database. Only app wires it.
package paydb

import (
	"context"
	"encoding/json"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// maxList bounds every list read whole.
const maxList = 20000

// Store implements pay.Store over a database or a transaction.
type Store struct {
	actdb.Effects
	db bun.IDB
}

// New makes a store over a handle; parts make what its acts leave behind.
func New(handle bun.IDB, parts actdb.Parts) *Store { return &Store{parts.Over(handle), handle} }

var _ pay.Store = (*Store)(nil)

// Tx runs fn in one transaction.
func (s *Store) Tx(ctx context.Context, fn func(pay.Store) error) error {
	return s.InTx(ctx, func(tx bun.IDB, effects actdb.Effects) error { return fn(&Store{effects, tx}) })
}

type zoneRow struct {
	bun.BaseModel `bun:"table:zones"`

	ID        string    `bun:"id,pk"`
	Slug      string    `bun:"slug"`
	Document  string    `bun:"document"`
	Hash      string    `bun:"hash"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

// Zones lists the zones by slug.
func (s *Store) Zones(ctx context.Context) ([]pay.Zone, error) {
	var rows []zoneRow
	if err := s.db.NewSelect().Model(&rows).Order("slug").Limit(maxList).Scan(ctx); err != nil {
		return nil, db.Translate(err, "list zones")
	}
	out := make([]pay.Zone, 0, len(rows))
	for _, r := range rows {
		var z pay.Zone
		if err := canon.Unmarshal([]byte(r.Document), &z); err != nil {
			return nil, err
		}
		z.ID = pay.ZoneID(r.ID)
		out = append(out, z)
	}
	return out, nil
}

// PutZone stores a zone under its slug.
func (s *Store) PutZone(ctx context.Context, z pay.Zone, doc canon.Document, at time.Time) (bool, error) {
	row := zoneRow{ID: db.NewID(), Slug: z.Slug, Document: string(doc.Text), Hash: doc.Hash, CreatedAt: db.Time(at), UpdatedAt: db.Time(at)}
	return db.PutDocument(ctx, s.db, &row, "store zone "+z.Slug)
}

type schemeRow struct {
	bun.BaseModel `bun:"table:pay_schemes"`

	ID         string    `bun:"id,pk"`
	Slug       string    `bun:"slug"`
	Document   string    `bun:"document"`
	Hash       string    `bun:"hash"`
	State      string    `bun:"state"`
	ActiveFrom string    `bun:"active_from"`
	CreatedAt  time.Time `bun:"created_at"`
}

type bandRow struct {
	bun.BaseModel `bun:"table:pay_bands,alias:b"`

	SchemeID  string `bun:"scheme_id,pk"`
	ProfileID string `bun:"profile_id,pk"`
	ZoneID    string `bun:"zone_id,pk"`
	Currency  string `bun:"currency"`
	Period    string `bun:"period"`
	Min       int64  `bun:"base_min"`
	Target    int64  `bun:"base_target"`
	Max       int64  `bun:"base_max"`
	Variable  int64  `bun:"variable_target"`
}

type readBand struct {
	bandRow
	Profile string `bun:"profile"`
	Zone    string `bun:"zone"`
}

func (r readBand) band() pay.Band {
	money := func(units int64) pay.Money {
		return pay.Money{Units: units, Currency: r.Currency, Period: pay.Period(r.Period)}
	}
	return pay.Band{Profile: r.Profile, Zone: r.Zone, Base: pay.Range{Min: money(r.Min), Target: money(r.Target), Max: money(r.Max)}, Variable: money(r.Variable)}
}

// Active reads the scheme in force with its bands in the order of profiles.
func (s *Store) Active(ctx context.Context) (pay.ActiveScheme, error) {
	var row schemeRow
	if err := s.db.NewSelect().Model(&row).Where("state = 'active'").Scan(ctx); err != nil {
		return pay.ActiveScheme{}, db.Translate(err, "read the pay scheme in force")
	}
	out := pay.ActiveScheme{Hash: row.Hash, CreatedAt: row.CreatedAt.UTC()}
	var doc struct {
		Scheme pay.Scheme      `json:"scheme"`
		Bands  json.RawMessage `json:"bands"` // the rows are what is read
	}
	if err := json.Unmarshal([]byte(row.Document), &doc); err != nil {
		return out, err
	}
	out.Scheme = doc.Scheme
	out.ID = pay.SchemeID(row.ID)
	var rows []readBand
	err := s.db.NewSelect().TableExpr("pay_bands AS b").
		Column("b.currency", "b.period", "b.base_min", "b.base_target", "b.base_max", "b.variable_target").
		ColumnExpr("p.slug AS profile, z.slug AS zone").
		Join("JOIN profiles AS p ON p.id = b.profile_id").Join("JOIN zones AS z ON z.id = b.zone_id").
		Where("b.scheme_id = ?", row.ID).Order("p.place", "b.base_min", "p.sort_fr", "z.slug").Limit(maxList).Scan(ctx, &rows)
	if err != nil {
		return out, db.Translate(err, "read pay bands")
	}
	for _, r := range rows {
		out.Bands = append(out.Bands, r.band())
	}
	return out, nil
}

// AddActive stores a scheme with its bands in force.
func (s *Store) AddActive(ctx context.Context, scheme pay.ActiveScheme, doc canon.Document) error {
	row := schemeRow{ID: db.NewID(), Slug: scheme.Slug, Document: string(doc.Text), Hash: doc.Hash, State: "active", ActiveFrom: scheme.ActiveFrom, CreatedAt: db.Time(scheme.CreatedAt)}
	if _, err := s.db.NewInsert().Model(&row).Exec(ctx); err != nil {
		return db.Translate(err, "store pay scheme "+scheme.Slug)
	}
	profiles, err := s.ids(ctx, "profiles")
	if err != nil {
		return err
	}
	zones, err := s.ids(ctx, "zones")
	if err != nil {
		return err
	}
	rows := make([]bandRow, 0, len(scheme.Bands))
	for _, b := range scheme.Bands {
		if profiles[b.Profile] == "" {
			return fault.New(fault.Invalid, "invalid", "bands are not valid").At("bands/"+b.Profile, "unknown", b.Profile)
		}
		rows = append(rows, bandRow{
			SchemeID: row.ID, ProfileID: profiles[b.Profile], ZoneID: zones[b.Zone], Currency: b.Base.Min.Currency, Period: string(b.Base.Min.Period),
			Min: b.Base.Min.Units, Target: b.Base.Target.Units, Max: b.Base.Max.Units, Variable: b.Variable.Units,
		})
	}
	if len(rows) == 0 {
		return nil
	}
	_, err = s.db.NewInsert().Model(&rows).Exec(ctx)
	return db.Translate(err, "store pay bands")
}

// ids reads the identifiers of a table by slug.
func (s *Store) ids(ctx context.Context, table string) (map[string]string, error) {
	var rows []struct {
		ID   string `bun:"id"`
		Slug string `bun:"slug"`
	}
	if err := s.db.NewSelect().Table(table).Column("id", "slug").Scan(ctx, &rows); err != nil {
		return nil, db.Translate(err, "read "+table)
	}
	out := make(map[string]string, len(rows))
	for _, r := range rows {
		out[r.Slug] = r.ID
	}
	return out, nil
}
