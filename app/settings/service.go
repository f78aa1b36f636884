package settings

import (
	"context"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/valid"
)

// Store keeps the settings that somebody has set, by name.
type Store interface {
	// Tx runs fn in one transaction on a store bound to it, with the effects that are written in it.
	Tx(ctx context.Context, fn func(Store) error) error
	// Lock makes those who change the settings come one after the other: each holds it until its transaction ends.
	Lock(ctx context.Context) error
	act.Effects

	All(ctx context.Context) (map[string]string, error)
	Put(ctx context.Context, name, value string, at time.Time) error
}

// fresh is how long the settings are kept in memory: they are on every page, and another process may change them.
const fresh = time.Second

// Service is the use cases of settings.
type Service struct {
	store    Store
	now      clock.Clock
	defaults Settings

	mu   sync.Mutex
	kept *kept
}

// kept are the settings as they were read.
type kept struct {
	settings Settings
	zone     *time.Location
	at       time.Time
}

// NewService makes the service over a store; defaults are in force until somebody sets others. A
// default time zone that is unknown, or none, is UTC; a default language that is unknown is French.
func NewService(store Store, now clock.Clock, defaults Settings) *Service {
	if _, err := time.LoadLocation(defaults.TimeZone); err != nil || defaults.TimeZone == "" {
		defaults.TimeZone = "UTC"
	}
	if _, err := lang.Parse(string(defaults.Lang)); err != nil {
		defaults.Lang = lang.FR
	}
	return &Service{store: store, now: now, defaults: defaults}
}

// Current returns the settings in force, at most a second old. No action is asked for: the company's name stands on
// every page, the one for signing in included, and every day is counted in its time zone. What administrators see
// beside it is decided where it is shown.
func (s *Service) Current(ctx context.Context, _ actor.Actor) (Settings, error) {
	k, err := s.read(ctx)
	if err != nil {
		return Settings{}, err
	}
	return k.settings, nil
}

// Zone returns the company's time zone.
func (s *Service) Zone(ctx context.Context, _ actor.Actor) (*time.Location, error) {
	k, err := s.read(ctx)
	if err != nil {
		return nil, err
	}
	return k.zone, nil
}

// Today returns the date in the company's time zone, as yyyy-mm-dd.
func (s *Service) Today(ctx context.Context, a actor.Actor) (string, error) {
	zone, err := s.Zone(ctx, a)
	if err != nil {
		return "", err
	}
	return day(s.now(), zone), nil
}

func (s *Service) read(ctx context.Context) (*kept, error) {
	now := s.now()
	s.mu.Lock()
	k := s.kept
	s.mu.Unlock()
	if k != nil && !now.Before(k.at) && now.Sub(k.at) < fresh {
		return k, nil
	}
	stored, err := s.store.All(ctx)
	if err != nil {
		return nil, err
	}
	k = &kept{settings: s.defaults.over(stored), at: now}
	if k.zone, err = time.LoadLocation(k.settings.TimeZone); err != nil {
		return nil, fault.Wrap(fault.Internal, "internal", err, "the company's time zone")
	}
	s.mu.Lock()
	s.kept = k
	s.mu.Unlock()
	return k, nil
}

// forget makes the next reading ask the store.
func (s *Service) forget() {
	s.mu.Lock()
	s.kept = nil
	s.mu.Unlock()
}

// Read returns the settings in force to whoever looks after them, past what is kept in memory.
func (s *Service) Read(ctx context.Context, a actor.Actor) (Settings, error) {
	if err := access.Decide(a, access.SettingsRead, access.None); err != nil {
		return Settings{}, err
	}
	s.forget()
	return s.Current(ctx, a)
}

// Change puts other settings in force and journals the names of those that differ. Broken rules come back as one
// Invalid fault with a field for each.
func (s *Service) Change(ctx context.Context, a actor.Actor, in Input) (Settings, error) {
	if err := access.Decide(a, access.SettingsWrite, access.None); err != nil {
		return Settings{}, err
	}
	in = in.normalised()
	if err := valid.Struct("settings", &in); err != nil {
		return Settings{}, err
	}
	defer s.forget()
	err := s.store.Tx(ctx, func(st Store) error {
		if err := st.Lock(ctx); err != nil {
			return err
		}
		stored, err := st.All(ctx)
		if err != nil {
			return err
		}
		changes := s.defaults.over(stored).changes(in)
		if len(changes) == 0 {
			return nil
		}
		names := slices.Sorted(maps.Keys(changes))
		for _, name := range names {
			if err := st.Put(ctx, name, changes[name], s.now()); err != nil {
				return err
			}
		}
		return act.Note(ctx, st, a, "settings.changed", "settings", map[string]string{"settings": strings.Join(names, ",")})
	})
	if err != nil {
		return Settings{}, err
	}
	return Settings(in), nil
}

func (in Input) normalised() Input {
	in.Company = lang.Normalize(lang.EN, in.Company)
	in.TimeZone = strings.TrimSpace(in.TimeZone)
	return in
}
