package pay

import (
	"context"
	"slices"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lifecycle"
)

// Reach is whose bands somebody may read: those of all profiles, or of those named. Of the zero value there are none.
type Reach struct {
	All      bool
	Profiles []string // slugs
}

func (r Reach) covers(profile string) bool { return r.All || slices.Contains(r.Profiles, profile) }

func (r Reach) isNothing() bool { return !r.All && len(r.Profiles) == 0 }

// reachOf asks the table what the actor's roles open, and else what their own profile and their line do.
func (s *Service) reachOf(ctx context.Context, a actor.Actor) (Reach, error) {
	if access.May(a, access.BandsRead) {
		return Reach{All: true}, nil
	}
	if s.reads.Standing == nil {
		return Reach{}, nil
	}
	own, line, err := s.reads.Standing(ctx, a)
	if err != nil {
		return Reach{}, err
	}
	var r Reach
	if access.Decide(a, access.BandsRead, access.Own) == nil {
		r.Profiles = append(r.Profiles, own...)
	}
	if access.Decide(a, access.BandsRead, access.Line) == nil {
		r.Profiles = append(r.Profiles, line...)
	}
	slices.Sort(r.Profiles)
	r.Profiles = slices.Compact(r.Profiles)
	return r, nil
}

// Active returns the scheme in force today with the bands that the actor may read: by role all, else their own and
// those of their line. Who may read none is refused; none in force yet is a NotFound fault. The read is journalled
// first.
func (s *Service) Active(ctx context.Context, a actor.Actor) (ActiveScheme, error) {
	return s.SchemeOn(ctx, a, s.reads.Today(ctx))
}

// SchemeOn is Active for another day, yyyy-mm-dd: as it was on a day that is past, by what is known now. What comes in
// force on a day to come is for those who read all bands by their role.
func (s *Service) SchemeOn(ctx context.Context, a actor.Actor, day string) (ActiveScheme, error) {
	if err := checkDay(day); err != nil {
		return ActiveScheme{}, err
	}
	r, err := s.reachOf(ctx, a)
	if err != nil {
		return ActiveScheme{}, err
	}
	if r.isNothing() || !r.All && day > s.reads.Today(ctx) {
		return ActiveScheme{}, access.Decide(a, access.BandsRead, access.None)
	}
	schemes, err := s.store.Schemes(ctx)
	if err != nil {
		return ActiveScheme{}, err
	}
	return s.readScheme(ctx, a, r, schemes, historyOf(schemes), day)
}

// SchemeRecorded returns the scheme that was recorded, at an instant, to be in force on a day, whatever was approved or
// withdrawn since. It is for those who read all bands by their role, and journalled first.
func (s *Service) SchemeRecorded(ctx context.Context, a actor.Actor, day string, at time.Time) (ActiveScheme, error) {
	if err := access.Decide(a, access.BandsRead, access.None); err != nil {
		return ActiveScheme{}, err
	}
	if err := checkDay(day); err != nil {
		return ActiveScheme{}, err
	}
	schemes, err := s.store.Schemes(ctx)
	if err != nil {
		return ActiveScheme{}, err
	}
	return s.readScheme(ctx, a, Reach{All: true}, schemes, historyOf(schemes).RecordedAt(at), day)
}

// readScheme reads what a reach opens of the scheme that a history says is in force on a day.
func (s *Service) readScheme(
	ctx context.Context, a actor.Actor, r Reach, schemes []SchemeRecord, h lifecycle.History[SchemeID], day string,
) (ActiveScheme, error) {
	v, ok := h.On(day)
	if !ok {
		return ActiveScheme{}, fault.New(fault.NotFound, "not_found", "no pay scheme is in force on %s", day)
	}
	record := schemes[slices.IndexFunc(schemes, func(x SchemeRecord) bool { return x.ID == v.ID })]
	bands, err := s.store.Bands(ctx, v.ID, r)
	if err != nil {
		return ActiveScheme{}, err
	}
	out := ActiveScheme{Scheme: record.Scheme, Hash: record.Hash, CreatedAt: record.CreatedAt, Bands: bands}
	return out, s.noteRead(ctx, a, bands, "scheme:"+out.Slug)
}

// BandsOf returns the bands of a profile in the scheme in force today: without a scheme, and for who may not read them,
// there are none. The read of any is journalled first.
func (s *Service) BandsOf(ctx context.Context, a actor.Actor, profile string) ([]Band, ActiveScheme, error) {
	may, err := s.MayRead(ctx, a, profile)
	if err != nil || !may {
		return nil, ActiveScheme{}, err
	}
	scheme, err := s.store.BandsOf(ctx, s.reads.Today(ctx), profile, "")
	if fault.Is(err, fault.NotFound) {
		return nil, ActiveScheme{}, nil
	}
	if err != nil || len(scheme.Bands) == 0 {
		return nil, scheme, err
	}
	return scheme.Bands, scheme, s.noteRead(ctx, a, scheme.Bands, "profile:"+profile)
}

// MayRead tells whether the actor may read the bands of a profile. It reads none.
func (s *Service) MayRead(ctx context.Context, a actor.Actor, profile string) (bool, error) {
	r, err := s.reachOf(ctx, a)
	if err != nil || r.covers(profile) {
		return err == nil, err
	}
	if err := access.Decide(a, access.BandsRead, access.None); !fault.Is(err, fault.Forbidden) {
		return false, err
	}
	return false, nil
}

// noteRead journals that a person reads these bands; when that fails, so does the read. Those they stand in for are
// named where their own rights would not open all of the bands.
func (s *Service) noteRead(ctx context.Context, a actor.Actor, bands []Band, object string) error {
	if a.Kind != actor.Person {
		return nil // the command line prints pay only with a reason, which it journals itself; tasks show it to nobody
	}
	if s.reads.Journal == nil {
		return fault.New(fault.Unavailable, "unavailable", "pay is read by nobody where no journal is kept")
	}
	if len(a.Behalf) > 0 {
		own, err := s.reachOf(ctx, a.Alone())
		isBeyond := func(b Band) bool { return !own.covers(b.Profile) }
		if err == nil && !own.isNothing() && !slices.ContainsFunc(bands, isBeyond) {
			a = a.Alone()
		}
	}
	entry := audit.Entry{Action: string(access.BandsRead), Object: object, Outcome: audit.Done}
	return s.reads.Journal.Append(ctx, a, entry)
}

// checkDay asks for a date.
func checkDay(day string) error {
	if _, err := time.Parse(time.DateOnly, day); err != nil {
		return fault.New(fault.Invalid, "invalid", "%q is not a date", day).At("on", "datetime", time.DateOnly)
	}
	return nil
}
