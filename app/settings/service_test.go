package settings_test

import (
	"context"
	"errors"
	"maps"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/settings"
)

var (
	noon     = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)
	admin    = actor.Actor{Kind: actor.Person, ID: "admin", Roles: []actor.Role{actor.Administrator}}
	defaults = settings.Settings{Company: "Altiva", TimeZone: "Europe/Paris", Lang: lang.FR}
)

// store is a store in memory that counts readings; another process changes values directly.
type store struct {
	acttest.Recorder
	values map[string]string
	reads  int
	fails  error
}

func (s *store) Tx(_ context.Context, fn func(settings.Store) error) error { return fn(s) }
func (s *store) Lock(context.Context) error                                { return nil }

func (s *store) All(context.Context) (map[string]string, error) {
	s.reads++
	return maps.Clone(s.values), s.fails
}

func (s *store) Put(_ context.Context, name, value string, _ time.Time) error {
	s.values[name] = value
	return nil
}

func service(values map[string]string, now *time.Time) (*settings.Service, *store) {
	s := &store{values: values}
	return settings.NewService(s, func() time.Time { return *now }, defaults), s
}

func current(t *testing.T, s *settings.Service) settings.Settings {
	t.Helper()
	got, err := s.Current(t.Context(), actor.Nobody())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

func TestStoredValuesStandOverTheDefaults(t *testing.T) {
	for _, tt := range []struct {
		name   string
		stored map[string]string
		want   settings.Settings
	}{
		{"nothing stored", nil, defaults},
		{"everything stored", map[string]string{"company": "Brume", "time_zone": "America/Cayenne", "lang": "en"}, settings.Settings{Company: "Brume", TimeZone: "America/Cayenne", Lang: lang.EN}},
		{"a company without a name", map[string]string{"company": ""}, settings.Settings{TimeZone: "Europe/Paris", Lang: lang.FR}},
		{"what cannot be a value", map[string]string{"time_zone": "Mars/Base", "lang": "de", "other": "x"}, defaults},
		{"a time zone of no name", map[string]string{"time_zone": ""}, defaults},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := noon
			s, _ := service(tt.stored, &now)
			if diff := cmp.Diff(tt.want, current(t, s)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestDefaultsThatCannotBeAreReplaced(t *testing.T) {
	s := settings.NewService(&store{}, func() time.Time { return noon }, settings.Settings{TimeZone: "Mars/Base", Lang: "de"})
	if diff := cmp.Diff(settings.Settings{TimeZone: "UTC", Lang: lang.FR}, current(t, s)); diff != "" {
		t.Error(diff)
	}
}

func TestSettingsAreKeptForASecond(t *testing.T) {
	now := noon
	s, st := service(map[string]string{}, &now)
	current(t, s)
	st.values["company"] = "Brume" // by another process
	now = now.Add(time.Second - 1)
	if got := current(t, s).Company; got != "Altiva" || st.reads != 1 {
		t.Errorf("within a second: %q, %d readings", got, st.reads)
	}
	now = now.Add(1)
	if got := current(t, s).Company; got != "Brume" || st.reads != 2 {
		t.Errorf("after a second: %q, %d readings", got, st.reads)
	}
	st.values["company"] = "Cime"
	if got, err := s.Read(t.Context(), admin); err != nil || got.Company != "Cime" {
		t.Errorf("read by an administrator: %+v, %v", got, err)
	}
	now = now.Add(-time.Hour) // the clock was set back
	st.values["company"] = "Dune"
	if got := current(t, s).Company; got != "Dune" {
		t.Errorf("after the clock was set back: %q", got)
	}
}

func TestChangeIsInForceAtOnceAndJournalledByName(t *testing.T) {
	now := noon
	s, st := service(map[string]string{}, &now)
	current(t, s)
	in := settings.Input{Company: "  Brume & fils\n", TimeZone: "America/Cayenne", Lang: lang.FR}
	want := settings.Settings{Company: "Brume & fils", TimeZone: "America/Cayenne", Lang: lang.FR}
	got, err := s.Change(t.Context(), admin, in)
	if err != nil || got != want || current(t, s) != want {
		t.Errorf("%+v, %v; in force %+v", got, err, current(t, s))
	}
	entries := []audit.Entry{{Actor: "person:admin", Action: "settings.changed", Object: "settings", Outcome: audit.Done, Details: map[string]string{"settings": "company,time_zone"}}}
	if diff := cmp.Diff(entries, st.Entries); diff != "" {
		t.Errorf("journal (-want +got):\n%s", diff)
	}
	if err := st.Entries[0].Check(); err != nil {
		t.Errorf("the journal would not take it: %v", err)
	}
	if diff := cmp.Diff(map[string]string{"company": "Brume & fils", "time_zone": "America/Cayenne"}, st.values); diff != "" {
		t.Errorf("stored (-want +got):\n%s", diff)
	}
	if _, err := s.Change(t.Context(), admin, in); err != nil || len(st.Entries) != 1 {
		t.Errorf("a change of nothing: %v, %d entries", err, len(st.Entries))
	}
}

func TestBrokenRulesNameTheirFields(t *testing.T) {
	good := settings.Input{Company: "Altiva", TimeZone: "UTC", Lang: lang.EN}
	for _, tt := range []struct {
		name  string
		spoil func(*settings.Input)
		want  []fault.Field
	}{
		{"a name of two lines", func(in *settings.Input) { in.Company = "Brume\n& fils" }, []fault.Field{{Path: "company", Rule: "line"}}},
		{"a name that is too long", func(in *settings.Input) { in.Company = strings.Repeat("é", 121) }, []fault.Field{{Path: "company", Rule: "max", Param: "120"}}},
		{"no time zone", func(in *settings.Input) { in.TimeZone = " " }, []fault.Field{{Path: "time_zone", Rule: "required"}}},
		{"an unknown time zone", func(in *settings.Input) { in.TimeZone = "Mars/Base" }, []fault.Field{{Path: "time_zone", Rule: "timezone"}}},
		{"the machine's own time zone", func(in *settings.Input) { in.TimeZone = "Local" }, []fault.Field{{Path: "time_zone", Rule: "timezone"}}},
		{"a path for a time zone", func(in *settings.Input) { in.TimeZone = "../../etc/passwd" }, []fault.Field{{Path: "time_zone", Rule: "timezone"}}},
		{"an unknown language", func(in *settings.Input) { in.Lang = "de" }, []fault.Field{{Path: "lang", Rule: "oneof", Param: "fr en"}}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			now := noon
			s, st := service(map[string]string{}, &now)
			in := good
			tt.spoil(&in)
			_, err := s.Change(t.Context(), admin, in)
			if !fault.Is(err, fault.Invalid) || len(st.values) != 0 || len(st.Entries) != 0 {
				t.Fatalf("%v, stored %v", err, st.values)
			}
			if diff := cmp.Diff(tt.want, fault.Of(err).Fields); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOnlyAdministratorsLookAfterSettings(t *testing.T) {
	now := noon
	s, st := service(map[string]string{}, &now)
	for _, a := range []actor.Actor{actor.Nobody(), {Kind: actor.Person, ID: "1"}, {Kind: actor.Person, ID: "1", Roles: []actor.Role{actor.HR, actor.Compensation, actor.Recruiter}}} {
		_, read := s.Read(t.Context(), a)
		_, change := s.Change(t.Context(), a, settings.Input{Company: "X", TimeZone: "UTC", Lang: lang.FR})
		if read == nil || change == nil || len(st.values) != 0 {
			t.Errorf("%s: %v, %v, %v", a, read, change, st.values)
		}
	}
	if _, err := s.Read(t.Context(), admin); err != nil {
		t.Error(err)
	}
}

// Days end at midnight in the company's time zone, also on the days that have 23 or 25 hours.
func TestTodayIsTheCompanysDay(t *testing.T) {
	for _, tt := range []struct{ zone, at, want string }{
		{"Europe/Paris", "2026-11-23T22:59:59Z", "2026-11-23"},
		{"Europe/Paris", "2026-11-23T23:00:00Z", "2026-11-24"},
		{"Europe/Paris", "2026-06-30T21:59:59Z", "2026-06-30"},
		{"Europe/Paris", "2026-06-30T22:00:00Z", "2026-07-01"},
		{"Europe/Paris", "2026-03-28T22:59:59Z", "2026-03-28"}, // clocks go forward during the 29th
		{"Europe/Paris", "2026-03-28T23:00:00Z", "2026-03-29"},
		{"Europe/Paris", "2026-03-29T21:59:59Z", "2026-03-29"},
		{"Europe/Paris", "2026-03-29T22:00:00Z", "2026-03-30"},
		{"Europe/Paris", "2026-10-24T22:00:00Z", "2026-10-25"}, // and back during the 25th
		{"Europe/Paris", "2026-10-25T22:59:59Z", "2026-10-25"},
		{"Europe/Paris", "2026-10-25T23:00:00Z", "2026-10-26"},
		{"Pacific/Noumea", "2026-12-31T13:00:00Z", "2027-01-01"},
		{"Pacific/Tahiti", "2027-01-01T09:59:59Z", "2026-12-31"},
		{"America/St_Johns", "2026-11-24T03:29:59Z", "2026-11-23"},
		{"UTC", "2026-11-23T23:59:59Z", "2026-11-23"},
	} {
		now, err := time.Parse(time.RFC3339, tt.at)
		if err != nil {
			t.Fatal(err)
		}
		s, _ := service(map[string]string{"time_zone": tt.zone}, &now)
		if got, err := s.Today(t.Context(), actor.SystemTask("calendar")); err != nil || got != tt.want {
			t.Errorf("%s at %s: %s, %v, want %s", tt.zone, tt.at, got, err, tt.want)
		}
	}
}

func TestStoreThatIsAwayIsTold(t *testing.T) {
	now := noon
	s, st := service(map[string]string{}, &now)
	st.fails = errors.New("gone")
	_, day := s.Today(t.Context(), actor.SystemTask("calendar"))
	_, cur := s.Current(t.Context(), actor.Nobody())
	if day == nil || cur == nil {
		t.Errorf("%v, %v", day, cur)
	}
	st.fails = nil
	if got := current(t, s); got != defaults {
		t.Errorf("once it is back: %+v", got)
	}
}
