package paydb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lifecycle"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// schemeRow is a scheme. Its document, which holds the bands too, is what is hashed and is read by nobody; About is the
// scheme alone.
type schemeRow struct {
	bun.BaseModel `bun:"table:pay_schemes,alias:s"`

	ID          string    `bun:"id,pk"`
	Slug        string    `bun:"slug"`
	About       string    `bun:"about"`
	Document    string    `bun:"document"`
	Hash        string    `bun:"hash"`
	State       string    `bun:"state"`
	ActiveFrom  string    `bun:"active_from"`
	CreatedAt   time.Time `bun:"created_at"`
	CreatedBy   string    `bun:"created_by"`
	SubmittedAt time.Time `bun:"submitted_at,nullzero"`
	RefusedAt   time.Time `bun:"refused_at,nullzero"`
	RefusedBy   string    `bun:"refused_by,nullzero"`
	Refusal     string    `bun:"refusal,nullzero"`
	Approval    int64     `bun:"approval,nullzero"`
	ApprovedAt  time.Time `bun:"approved_at,nullzero"`
	ApprovedBy  string    `bun:"approved_by,nullzero"`
	WithdrawnAt time.Time `bun:"withdrawn_at,nullzero"`
}

// rowOf is the row of a scheme without its texts and their hash, which never change and AddScheme adds.
func rowOf(r pay.SchemeRecord) schemeRow {
	return schemeRow{
		ID: string(r.ID), Slug: r.Slug, State: string(r.State), ActiveFrom: r.ActiveFrom,
		CreatedAt: db.Time(r.CreatedAt), CreatedBy: r.Author, SubmittedAt: db.Time(r.SubmittedAt),
		RefusedAt: db.Time(r.Refused.At), RefusedBy: r.Refused.By, Refusal: r.Refused.Reason,
		Approval: r.Approval, ApprovedAt: db.Time(r.ApprovedAt), ApprovedBy: r.Approver,
		WithdrawnAt: db.Time(r.WithdrawnAt),
	}
}

func (row schemeRow) record() (pay.SchemeRecord, error) {
	r := pay.SchemeRecord{
		Hash: row.Hash, State: lifecycle.State(row.State), Author: row.CreatedBy,
		CreatedAt: row.CreatedAt.UTC(), SubmittedAt: row.SubmittedAt.UTC(),
		Refused:  pay.Refused{At: row.RefusedAt.UTC(), By: row.RefusedBy, Reason: row.Refusal},
		Approval: row.Approval, Approver: row.ApprovedBy, ApprovedAt: row.ApprovedAt.UTC(),
		WithdrawnAt: row.WithdrawnAt.UTC(),
	}
	err := canon.Unmarshal([]byte(row.About), &r.Scheme)
	r.ID = pay.SchemeID(row.ID)
	return r, err
}

// Schemes lists all schemes: those whose day comes last first, those of one day as they were made, the last first.
func (s *Store) Schemes(ctx context.Context) ([]pay.SchemeRecord, error) {
	var rows []schemeRow
	q := s.db.NewSelect().Model(&rows).ExcludeColumn("document").Order("active_from DESC", "id DESC")
	if err := db.Whole(ctx, q, &rows, maxList, "list pay schemes"); err != nil {
		return nil, err
	}
	out := make([]pay.SchemeRecord, 0, len(rows))
	for _, row := range rows {
		r, err := row.record()
		if err != nil {
			return nil, err
		}
		out = append(out, r)
	}
	return out, nil
}

// LockScheme reads a scheme and holds it until the transaction ends.
func (s *Store) LockScheme(ctx context.Context, slug string) (pay.SchemeRecord, error) {
	if err := db.Findable("pay scheme", slug); err != nil {
		return pay.SchemeRecord{}, err
	}
	var row schemeRow
	q := s.db.NewSelect().Model(&row).ExcludeColumn("document").Where("slug = ?", slug)
	if err := db.ForUpdate(s.db, q).Scan(ctx); err != nil {
		return pay.SchemeRecord{}, db.Translate(err, "read pay scheme "+slug)
	}
	return row.record()
}

// CountApproval numbers an approval. The one row that counts them is held until the transaction ends.
func (s *Store) CountApproval(ctx context.Context) (int64, error) {
	var n int64
	err := s.db.NewRaw(`INSERT INTO pay_approvals (id, latest) VALUES (1, 1)
		ON CONFLICT (id) DO UPDATE SET latest = pay_approvals.latest + 1 RETURNING latest`).Scan(ctx, &n)
	return n, db.Translate(err, "number the approval of a pay scheme")
}

// AddScheme stores a scheme with its bands.
func (s *Store) AddScheme(ctx context.Context, r pay.SchemeRecord, bands []pay.Band, doc canon.Document) error {
	about, err := canon.Marshal(r.Scheme)
	if err != nil {
		return err
	}
	r.ID = pay.SchemeID(db.NewID())
	row := rowOf(r)
	row.About, row.Document, row.Hash = string(about.Text), string(doc.Text), doc.Hash
	if _, err := s.db.NewInsert().Model(&row).Exec(ctx); err != nil {
		return db.Translate(err, "store pay scheme "+r.Slug)
	}
	return s.addBands(ctx, row.ID, bands)
}

// MoveScheme stores what became of a scheme; one that no longer is in the state it was read in is a Conflict.
func (s *Store) MoveScheme(ctx context.Context, from lifecycle.State, r pay.SchemeRecord) error {
	row := rowOf(r)
	res, err := s.db.NewUpdate().Model(&row).
		Column("state", "submitted_at", "refused_at", "refused_by", "refusal").
		Column("approval", "approved_at", "approved_by", "withdrawn_at").
		WherePK().Where("state = ?", from).Exec(ctx)
	return db.Changed(res, err, "move pay scheme "+r.Slug)
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

func (s *Store) addBands(ctx context.Context, scheme string, bands []pay.Band) error {
	if len(bands) == 0 {
		return nil
	}
	profiles, err := s.ids(ctx, "profiles")
	if err != nil {
		return err
	}
	zones, err := s.ids(ctx, "zones")
	if err != nil {
		return err
	}
	rows := make([]bandRow, 0, len(bands))
	for _, b := range bands {
		if profiles[b.Profile] == "" {
			return fault.New(fault.Invalid, "invalid", "bands are not valid").At("bands/"+b.Profile, "unknown", b.Profile)
		}
		rows = append(rows, bandRow{
			SchemeID: scheme, ProfileID: profiles[b.Profile], ZoneID: zones[b.Zone],
			Currency: b.Base.Min.Currency, Period: string(b.Base.Min.Period),
			Min: b.Base.Min.Units, Target: b.Base.Target.Units, Max: b.Base.Max.Units, Variable: b.Variable.Units,
		})
	}
	_, err = s.db.NewInsert().Model(&rows).Exec(ctx)
	return db.Translate(err, "store pay bands")
}

// readBand is a band with the names of its profile and its zone.
type readBand struct {
	bandRow

	Profile string `bun:"profile"`
	Zone    string `bun:"zone"`
}

func (r readBand) band() pay.Band {
	money := func(units int64) pay.Money {
		return pay.Money{Units: units, Currency: r.Currency, Period: pay.Period(r.Period)}
	}
	return pay.Band{
		Profile: r.Profile, Zone: r.Zone, Variable: money(r.Variable),
		Base: pay.Range{Min: money(r.Min), Target: money(r.Target), Max: money(r.Max)},
	}
}

// Bands reads the bands of a scheme that are within a reach, in the order of profiles.
func (s *Store) Bands(ctx context.Context, id pay.SchemeID, within pay.Reach) ([]pay.Band, error) {
	q := s.db.NewSelect().TableExpr("pay_bands AS b").
		Column("b.currency", "b.period", "b.base_min", "b.base_target", "b.base_max", "b.variable_target").
		ColumnExpr("p.slug AS profile, z.slug AS zone").
		Join("JOIN profiles AS p ON p.id = b.profile_id").Join("JOIN zones AS z ON z.id = b.zone_id").
		Where("b.scheme_id = ?", id)
	if !within.All {
		q = q.Where("p.slug IN (?)", bun.List(within.Profiles)) // of nobody's it is IN (NULL), which is none
	}
	var rows []readBand
	q = q.Order("p.place", "b.base_min", "p.sort_fr", "z.slug")
	if err := db.Whole(ctx, q, &rows, maxList, "read pay bands"); err != nil {
		return nil, err
	}
	var out []pay.Band
	for _, r := range rows {
		out = append(out, r.band())
	}
	return out, nil
}

// placedBand is a band of the scheme in force beside that scheme; without a zone there is a scheme and no band.
type placedBand struct {
	readBand

	Scheme    string    `bun:"scheme"`
	About     string    `bun:"about"`
	Hash      string    `bun:"hash"`
	CreatedAt time.Time `bun:"created_at"`
}

// BandsOf reads the scheme in force on a day with the bands of one profile, in all zones or in the one named. In force
// is the approved scheme whose day came last, and of several with that day the one approved last, as package lifecycle
// has it.
func (s *Store) BandsOf(ctx context.Context, day, profile, zone string) (pay.ActiveScheme, error) {
	if err := db.Findable("bands", profile, zone); err != nil {
		return pay.ActiveScheme{}, err
	}
	inForce := s.db.NewSelect().Table("pay_schemes").Column("id", "about", "hash", "created_at").
		Where("state = 'approved'").Where("active_from <= ?", day).Order("active_from DESC", "approval DESC").Limit(1)
	var rows []placedBand
	q := s.db.NewSelect().TableExpr("(?) AS s", inForce).
		ColumnExpr("s.id AS scheme, s.about, s.hash, s.created_at").
		ColumnExpr("coalesce(b.currency, '') AS currency, coalesce(b.period, '') AS period").
		ColumnExpr("coalesce(b.base_min, 0) AS base_min, coalesce(b.base_target, 0) AS base_target").
		ColumnExpr("coalesce(b.base_max, 0) AS base_max, coalesce(b.variable_target, 0) AS variable_target").
		ColumnExpr("coalesce(p.slug, '') AS profile, coalesce(z.slug, '') AS zone").
		Join("LEFT JOIN profiles AS p ON p.slug = ?", profile).
		Join("LEFT JOIN pay_bands AS b ON b.scheme_id = s.id AND b.profile_id = p.id").
		Join("LEFT JOIN zones AS z ON z.id = b.zone_id AND (? = '' OR z.slug = ?)", zone, zone).
		OrderExpr("coalesce(b.base_min, 0), coalesce(z.slug, '')")
	err := db.Whole(ctx, q, &rows, maxList, "read the bands of "+profile)
	if err == nil && len(rows) == 0 {
		err = fault.New(fault.NotFound, "not_found", "no pay scheme is in force on %s", day)
	}
	if err != nil {
		return pay.ActiveScheme{}, err
	}
	out := pay.ActiveScheme{Hash: rows[0].Hash, CreatedAt: rows[0].CreatedAt.UTC()}
	if err := canon.Unmarshal([]byte(rows[0].About), &out.Scheme); err != nil {
		return pay.ActiveScheme{}, err
	}
	out.ID = pay.SchemeID(rows[0].Scheme)
	for _, r := range rows {
		if r.Zone != "" {
			out.Bands = append(out.Bands, r.band())
		}
	}
	return out, nil
}
