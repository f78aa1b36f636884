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
	Active(ctx context.Context) (ActiveScheme, error)
	// AddActive stores a scheme with its bands in force from its date; a scheme in force already is a Conflict.
	AddActive(ctx context.Context, s ActiveScheme, doc canon.Document) error
}

// Reads is what reading pay asks of others.
type Reads struct {
	// Journal takes the entry of a read before it is served.
	Journal audit.Journal
	// Standing tells which profiles an actor holds and which are held below them today.
	Standing func(ctx context.Context, a actor.Actor) (own, line []string, err error)
}

// Service is the use cases of pay.
type Service struct {
	store Store
	now   clock.Clock
	reads Reads
}

// NewService makes the service over a store.
func NewService(store Store, now clock.Clock, reads Reads) *Service {
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

// Active returns the scheme in force with the bands that the actor may read: by role all, else their own and those
// of their line. Who may read none is refused; none in force yet is a NotFound fault. The read is journalled first.
func (s *Service) Active(ctx context.Context, a actor.Actor) (ActiveScheme, error) {
	scheme, err := s.visible(ctx, a, "")
	if err != nil {
		return ActiveScheme{}, err
	}
	return scheme, s.noteRead(ctx, a, scheme.Bands, "", "scheme:"+scheme.Slug)
}

// BandsOf returns the bands of a profile in the scheme in force: without a scheme, and for who may not read them,
// there are none. The read of any is journalled first.
func (s *Service) BandsOf(ctx context.Context, a actor.Actor, profile string) ([]Band, ActiveScheme, error) {
	scheme, err := s.visible(ctx, a, profile)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return nil, ActiveScheme{}, nil
	}
	if err != nil {
		return nil, ActiveScheme{}, err
	}
	scheme.Bands = kept(scheme.Bands, func(b Band) bool { return b.Profile == profile })
	if len(scheme.Bands) == 0 {
		return nil, scheme, nil
	}
	return scheme.Bands, scheme, s.noteRead(ctx, a, scheme.Bands, profile, "profile:"+profile)
}

// kept are the bands that pass, in a list of its own.
func kept(bands []Band, passes func(Band) bool) []Band {
	var out []Band
	for _, b := range bands {
		if passes(b) {
			out = append(out, b)
		}
	}
	return out
}

// MayRead tells whether BandsOf would find a reader for the profile in the actor.
func (s *Service) MayRead(ctx context.Context, a actor.Actor, profile string) (bool, error) {
	_, err := s.visible(ctx, a, profile)
	if fault.Is(err, fault.NotFound) || fault.Is(err, fault.Forbidden) {
		return false, nil
	}
	return err == nil, err
}

// visible is the scheme in force with the bands that the actor may read, of all profiles or of one.
func (s *Service) visible(ctx context.Context, a actor.Actor, profile string) (ActiveScheme, error) {
	byRole := access.May(a, access.BandsRead)
	var own, line []string
	if !byRole && s.reads.Standing != nil {
		var err error
		if own, line, err = s.reads.Standing(ctx, a); err != nil {
			return ActiveScheme{}, err
		}
	}
	// may decides for one profile by what the actor has to do with it.
	may := func(slug string) error {
		r := access.None
		if slices.Contains(own, slug) {
			r |= access.Own
		}
		if slices.Contains(line, slug) {
			r |= access.Line
		}
		return access.DecideOn(a, access.BandsRead, r, "profile:"+slug)
	}
	switch {
	case byRole:
	case profile != "":
		if err := may(profile); err != nil {
			return ActiveScheme{}, err
		}
	case len(own)+len(line) == 0:
		return ActiveScheme{}, access.Decide(a, access.BandsRead, access.None)
	}
	scheme, err := s.store.Active(ctx)
	if err != nil {
		return ActiveScheme{}, err
	}
	if !byRole {
		scheme.Bands = kept(scheme.Bands, func(b Band) bool { return may(b.Profile) == nil })
	}
	return scheme, nil
}

// noteRead journals that a person reads these bands, of all profiles or of one; when that fails, so does the read.
// Whom they stand in for is named where their own rights would not show all of them.
func (s *Service) noteRead(ctx context.Context, a actor.Actor, bands []Band, profile, object string) error {
	if a.Kind != actor.Person {
		return nil // the command line prints pay only with a reason, which it journals itself; tasks show it to nobody
	}
	if s.reads.Journal == nil {
		return fault.New(fault.Unavailable, "unavailable", "pay is read by nobody where no journal is kept")
	}
	if len(a.Behalf) > 0 {
		own, err := s.visible(ctx, a.Alone(), profile)
		if err == nil && !slices.ContainsFunc(bands, func(b Band) bool { return !slices.Contains(own.Bands, b) }) {
			a = a.Alone()
		}
	}
	return s.reads.Journal.Append(ctx, a, audit.Entry{Action: string(access.BandsRead), Object: object, Outcome: audit.Done})
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
		return note(ctx, tx, a, "bands.zone_changed", "zone:"+z.Slug, doc)
	})
}

// note writes into the journal of a transaction what was put in force.
func note(ctx context.Context, tx Store, a actor.Actor, action, object string, doc canon.Document) error {
	who := access.Acting(a, access.BandsWrite, access.None)
	return act.Note(ctx, tx, who, action, object, act.DetailsOf(0, doc.Hash))
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
		if err := tx.AddActive(ctx, ActiveScheme{Scheme: scheme, CreatedAt: s.now(), Bands: bands}, doc); err != nil {
			return err
		}
		return note(ctx, tx, a, "bands.activated", "scheme:"+scheme.Slug, doc)
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
