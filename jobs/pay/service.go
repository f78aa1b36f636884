package pay

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/valid"
)

// Store keeps zones, schemes and bands. A slug it does not know is a NotFound fault.
type Store interface {
	Tx(ctx context.Context, fn func(Store) error) error
	Zones(ctx context.Context) ([]Zone, error) // by slug
	PutZone(ctx context.Context, z Zone, doc canon.Document, at time.Time) error
	Active(ctx context.Context) (ActiveScheme, error)
	// AddActive stores a scheme with its bands in force from its date; a scheme in force already is a Conflict.
	AddActive(ctx context.Context, s ActiveScheme, doc canon.Document) error
}

// Service is the use cases of pay.
type Service struct {
	store Store
	now   clock.Clock
}

// NewService makes the service over a store.
func NewService(store Store, now clock.Clock) *Service { return &Service{store: store, now: now} }

// Zones lists the zones.
func (s *Service) Zones(ctx context.Context, a actor.Actor) ([]Zone, error) {
	if err := access.Decide(a, access.BandsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Zones(ctx)
}

// Active returns the scheme in force with all its bands; none yet is a NotFound fault.
func (s *Service) Active(ctx context.Context, a actor.Actor) (ActiveScheme, error) {
	if err := access.Decide(a, access.BandsRead, access.None); err != nil {
		return ActiveScheme{}, err
	}
	return s.store.Active(ctx)
}

// BandsOf returns the bands of a profile in the scheme in force; without a scheme there are none.
func (s *Service) BandsOf(ctx context.Context, a actor.Actor, profile string) ([]Band, ActiveScheme, error) {
	scheme, err := s.Active(ctx, a)
	if fault.Is(err, fault.NotFound) {
		return nil, ActiveScheme{}, nil
	}
	if err != nil {
		return nil, ActiveScheme{}, err
	}
	var out []Band
	for _, b := range scheme.Bands {
		if b.Profile == profile {
			out = append(out, b)
		}
	}
	return out, scheme, nil
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
	return doc, s.store.PutZone(ctx, z, doc, s.now())
}

// Activate puts a scheme and its bands in force. Bands out of order or in a currency that is not their
// zone's are an Invalid fault.
func (s *Service) Activate(ctx context.Context, a actor.Actor, scheme Scheme, bands []Band) (canon.Document, error) {
	if err := access.Decide(a, access.BandsWrite, access.None); err != nil {
		return canon.Document{}, err
	}
	if err := valid.Struct("scheme", &scheme); err != nil {
		return canon.Document{}, err
	}
	doc, err := canon.Marshal(struct {
		Scheme Scheme `json:"scheme"`
		Bands  []Band `json:"bands"`
	}{scheme, bands})
	if err != nil {
		return canon.Document{}, err
	}
	return doc, s.store.Tx(ctx, func(tx Store) error {
		zones, err := tx.Zones(ctx)
		if err != nil {
			return err
		}
		if err := checkBands(bands, zones); err != nil {
			return err
		}
		return tx.AddActive(ctx, ActiveScheme{Scheme: scheme, CreatedAt: s.now(), Bands: bands}, doc)
	})
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
