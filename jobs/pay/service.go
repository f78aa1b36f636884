package pay

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lifecycle"
	"github.com/echelon-hr/echelon/app/valid"
)

// Store keeps zones, schemes and bands. A slug it does not know is a NotFound fault.
type Store interface {
	// Tx runs fn in one transaction on a store bound to it, with the effects that are written in it.
	Tx(ctx context.Context, fn func(Store) error) error
	act.Effects

	Zones(ctx context.Context) ([]Zone, error) // by slug
	// PutZone stores a zone under its slug and tells whether that changed anything.
	PutZone(ctx context.Context, z Zone, doc canon.Document, at time.Time) (changed bool, err error)

	// Schemes lists all schemes: those whose day comes last first, those of one day as they were made, the last first.
	Schemes(ctx context.Context) ([]SchemeRecord, error)
	// LockScheme reads a scheme and holds it until the transaction ends.
	LockScheme(ctx context.Context, slug string) (SchemeRecord, error)
	// CountApproval numbers an approval. From there to the end of their transactions approvals come one after the other.
	CountApproval(ctx context.Context) (int64, error)
	// AddScheme stores a scheme with its bands; a slug that is there already is a Conflict.
	AddScheme(ctx context.Context, r SchemeRecord, bands []Band, doc canon.Document) error
	// MoveScheme stores what became of a scheme; one that no longer is in the state it was read in is a Conflict.
	MoveScheme(ctx context.Context, from lifecycle.State, r SchemeRecord) error

	// Bands reads the bands of a scheme that are within a reach, in the order of profiles.
	Bands(ctx context.Context, id SchemeID, within Reach) ([]Band, error)
	// BandsOf reads the scheme in force on a day with the bands of one profile, in all zones or in the one named, by one
	// statement. No scheme in force is a NotFound fault.
	BandsOf(ctx context.Context, day, profile, zone string) (ActiveScheme, error)
}

// Reads is what pay asks of others.
type Reads struct {
	// Journal takes the entry of a read before it is served.
	Journal audit.Journal
	// Standing tells which profiles an actor holds and which are held below them today.
	Standing func(ctx context.Context, a actor.Actor) (own, line []string, err error)
	// Today is the date in the company's time zone, yyyy-mm-dd; without it the date in UTC is.
	Today func(ctx context.Context) string
}

// Service is the use cases of pay.
type Service struct {
	store Store
	now   clock.Clock
	reads Reads
}

// NewService makes the service over a store.
func NewService(store Store, now clock.Clock, reads Reads) *Service {
	if reads.Today == nil {
		reads.Today = func(context.Context) string { return now().UTC().Format(time.DateOnly) }
	}
	return &Service{store: store, now: now, reads: reads}
}

// Zones lists the zones: what they are called and where they are, no figure of anybody's pay. Who can read bands,
// such as a program whose token reads nothing else, reads their zones too.
func (s *Service) Zones(ctx context.Context, a actor.Actor) ([]Zone, error) {
	if err := access.Decide(a, access.JobsRead, access.None); err != nil && !access.MayBe(a, access.BandsRead) {
		return nil, err
	}
	return s.store.Zones(ctx)
}

// PutZone stores a zone under its slug.
func (s *Service) PutZone(ctx context.Context, a actor.Actor, z Zone) (canon.Document, error) {
	if err := access.Decide(a, access.BandsWrite, access.None); err != nil {
		return canon.Document{}, err
	}
	if err := valid.Struct("zone", &z); err != nil {
		return canon.Document{}, err
	}
	doc, err := canon.Marshal(z)
	if err != nil {
		return canon.Document{}, err
	}
	return doc, s.store.Tx(ctx, func(tx Store) error {
		changed, err := tx.PutZone(ctx, z, doc, s.now())
		if err != nil || !changed {
			return err
		}
		return note(ctx, tx, a, deed{Action: "bands.zone_changed", By: access.BandsWrite}, "zone:"+z.Slug, doc.Hash)
	})
}

// note writes into the journal of a transaction what somebody did by a right of theirs.
func note(ctx context.Context, tx Store, a actor.Actor, done deed, object, hash string) error {
	return act.Note(ctx, tx, access.Acting(a, done.By, access.None), done.Action, object, act.DetailsOf(0, hash))
}

// allIn reports whether every amount of the band is in one currency and for one period, so that they compare.
func (b Band) allIn(currency string, period Period) bool {
	amounts := []Money{b.Base.Min, b.Base.Target, b.Base.Max}
	if !b.Variable.IsZero() {
		amounts = append(amounts, b.Variable)
	}
	return !slices.ContainsFunc(amounts, func(m Money) bool { return m.Currency != currency || m.Period != period })
}

func checkBands(bands []Band, zones []Zone) error {
	f := fault.New(fault.Invalid, "invalid", "bands are not valid")
	currency := map[string]string{}
	for _, z := range zones {
		currency[z.Slug] = z.Currency
	}
	seen := map[[2]string]bool{}
	for i, b := range bands {
		broken := func(field, rule, param string) {
			f.Fields = append(f.Fields, fault.Field{Path: fmt.Sprintf("bands[%d].%s", i, field), Rule: rule, Param: param})
		}
		switch {
		case currency[b.Zone] == "":
			broken("zone", "unknown", b.Zone)
		case !b.allIn(currency[b.Zone], b.Base.Min.Period):
			broken("currency", "eq", currency[b.Zone]+" "+string(b.Base.Min.Period))
		}
		if place := [2]string{b.Profile, b.Zone}; seen[place] {
			broken("profile", "twice", b.Profile+" "+b.Zone)
		} else {
			seen[place] = true
		}
		if b.Base.Min.Units <= 0 {
			broken("min", "gt", "0")
		}
		if b.Base.Min.Units > b.Base.Target.Units || b.Base.Target.Units > b.Base.Max.Units {
			broken("target", "between", b.Base.Min.Decimal()+" "+b.Base.Max.Decimal())
		}
		if b.Variable.Units < 0 {
			broken("variable", "gte", "0")
		}
	}
	if len(f.Fields) > 0 {
		return f
	}
	return nil
}
