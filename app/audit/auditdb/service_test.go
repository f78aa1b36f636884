package auditdb_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/testkit"
)

// week writes a journal of three days.
func week(t *testing.T, d *db.DB) {
	t.Helper()
	day := func(n int, clockTime string) *auditdb.Store {
		at, err := time.Parse("2006-01-02T15:04:05.999999", "2026-11-2"+string(rune('0'+n))+"T"+clockTime)
		if err != nil {
			t.Fatal(err)
		}
		return auditdb.New(d.DB, clock.Fixed(at), testkit.Key)
	}
	ada, bob := person("a"), person("b")
	appendTo(t, day(3, "08:00:00"), t.Context(), operator, audit.Entry{Action: "setup.done"})                                                       // 1
	appendTo(t, day(3, "23:59:59.999999"), t.Context(), ada, audit.Entry{Action: "session.opened", Object: "session:1"})                            // 2
	appendTo(t, day(4, "00:00:00"), t.Context(), actor.Nobody(), audit.Entry{Action: "session.refused", Object: "person:b", Outcome: audit.Failed}) // 3
	appendTo(t, day(4, "12:00:00.5"), t.Context(), bob, audit.Entry{Action: "bands.read", Outcome: audit.Refused})                                  // 4
	appendTo(t, day(4, "23:59:59.9"), t.Context(), ada, audit.Entry{Action: "accounts.roles", Object: "person:c"})                                  // 5
	appendTo(t, day(5, "00:00:00.000001"), t.Context(), actor.SystemTask("mail"), audit.Entry{Action: "sessions.swept"})                            // 6
}

func seqs(entries []audit.Entry) []int64 {
	var out []int64
	for _, e := range entries {
		out = append(out, e.Seq)
	}
	return out
}

func TestListFilters(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		for _, c := range []struct {
			name   string
			filter audit.Filter
			want   []int64
		}{
			{"nothing", audit.Filter{}, []int64{6, 5, 4, 3, 2, 1}},
			{"an area, not what only begins like it", audit.Filter{Action: "session"}, []int64{3, 2}},
			{"an action", audit.Filter{Action: "session.refused"}, []int64{3}},
			{"an underscore is no wildcard", audit.Filter{Action: "s_ssion"}, nil},
			{"an actor", audit.Filter{Actor: "person:a"}, []int64{5, 2}},
			{"the command line", audit.Filter{Actor: "operator"}, []int64{1}},
			{"an object", audit.Filter{Object: "person:b"}, []int64{3}},
			{"refusals", audit.Filter{Outcome: audit.Refused}, []int64{4}},
			{"failures", audit.Filter{Outcome: audit.Failed}, []int64{3}},
			{"from a day", audit.Filter{From: "2026-11-24"}, []int64{6, 5, 4, 3}},
			{"to a day, which counts whole", audit.Filter{To: "2026-11-24"}, []int64{5, 4, 3, 2, 1}},
			{"a day", audit.Filter{From: "2026-11-24", To: "2026-11-24"}, []int64{5, 4, 3}},
			{"days the wrong way round", audit.Filter{From: "2026-11-25", To: "2026-11-23"}, nil},
			{"several at once", audit.Filter{Actor: "person:a", From: "2026-11-24", Action: "accounts", Object: "person:c", Outcome: audit.Done}, []int64{5}},
		} {
			t.Run(c.name, func(t *testing.T) {
				page, err := service(d).List(t.Context(), operator, c.filter)
				if diff := cmp.Diff(c.want, seqs(page.Items)); diff != "" || err != nil || page.Next != "" || page.Part {
					t.Errorf("%v %q (-want +got):\n%s", err, page.Next, diff)
				}
			})
		}
	})
}

func TestListGoesOnWhereItStopped(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		var got []int64
		f := audit.Filter{Limit: 2}
		for pages := 1; ; pages++ {
			page, err := service(d).List(t.Context(), operator, f)
			if err != nil || len(page.Items) > 2 {
				t.Fatalf("%v, %d entries", err, len(page.Items))
			}
			got = append(got, seqs(page.Items)...)
			// What is appended meanwhile moves nothing.
			appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "seed.loaded"})
			if f.After = page.Next; f.After == "" {
				if pages != 3 {
					t.Errorf("%d pages", pages)
				}
				break
			}
		}
		if diff := cmp.Diff([]int64{6, 5, 4, 3, 2, 1}, got); diff != "" {
			t.Errorf("(-want +got):\n%s", diff)
		}
	})
}

func TestListRefusesWhatCannotBeMeant(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	for name, c := range map[string]struct {
		filter audit.Filter
		kind   fault.Kind
		field  string
	}{
		"an action of words":        {audit.Filter{Action: "signed in"}, fault.Invalid, "action"},
		"a long action":             {audit.Filter{Action: strings.Repeat("a", 300)}, fault.Invalid, "action"},
		"an actor of words":         {audit.Filter{Actor: "Camille Roy"}, fault.Invalid, "actor"},
		"an actor with a NUL":       {audit.Filter{Actor: "person:\x00"}, fault.Invalid, "actor"},
		"an object that is no name": {audit.Filter{Object: "\xff"}, fault.Invalid, "object"},
		"an outcome":                {audit.Filter{Outcome: "maybe"}, fault.Invalid, "outcome"},
		"a first day":               {audit.Filter{From: "24/11/2026"}, fault.Invalid, "from"},
		"a last day":                {audit.Filter{To: "2026-11-31"}, fault.Invalid, "to"},
		"a limit below":             {audit.Filter{Limit: -1}, fault.Invalid, "limit"},
		"a limit above":             {audit.Filter{Limit: 201}, fault.Invalid, "limit"},
		"a cursor":                  {audit.Filter{After: "x"}, fault.Malformed, ""},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := service(d).List(t.Context(), operator, c.filter)
			if !fault.Is(err, c.kind) {
				t.Fatalf("%v, want %s", err, c.kind)
			}
			if fields := fault.Of(err).Fields; c.field != "" && (len(fields) != 1 || fields[0].Path != c.field) {
				t.Errorf("%+v, want %s", fields, c.field)
			}
		})
	}
}

// TestAPartnerReadsTheirPerimeterOnly: entries whose actor or object is somebody of theirs, by every way of reading.
func TestAPartnerReadsTheirPerimeterOnly(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		hr := person("h", actor.HR)
		for _, c := range []struct {
			name   string
			people []actor.PersonID
			want   []int64
		}{
			{"nobody", nil, nil},
			{"an actor who is an object too", []actor.PersonID{"b"}, []int64{4, 3}},
			{"an object", []actor.PersonID{"c"}, []int64{5}},
			{"several", []actor.PersonID{"b", "c", "nobody"}, []int64{5, 4, 3}},
			{"an id that is a piece of SQL", []actor.PersonID{"' OR '1' = '1"}, nil},
		} {
			t.Run(c.name, func(t *testing.T) {
				asked := actor.Actor{}
				s := audit.NewService(store(d, start), func(_ context.Context, a actor.Actor) (bool, []actor.PersonID, error) {
					asked = a
					return false, c.people, nil
				})
				page, err := s.List(t.Context(), hr, audit.Filter{})
				if diff := cmp.Diff(c.want, seqs(page.Items)); diff != "" || err != nil || !page.Part {
					t.Errorf("%v (-want +got):\n%s", err, diff)
				}
				if asked.ID != hr.ID {
					t.Errorf("the perimeter of %s was asked for", asked)
				}
				var exported []int64
				err = s.Export(t.Context(), hr, audit.Filter{To: "2026-11-24"}, func(e audit.Entry) error { exported = append(exported, e.Seq); return nil })
				slices.Reverse(exported)
				if diff := cmp.Diff(c.want, exported); diff != "" || err != nil {
					t.Errorf("exported: %v (-want +got):\n%s", err, diff)
				}
				// A filter narrows; it never opens.
				if page, err := s.List(t.Context(), hr, audit.Filter{Actor: "operator"}); err != nil || len(page.Items) > 0 {
					t.Errorf("%v: %v of the command line are shown", err, seqs(page.Items))
				}
			})
		}
	})
}

func TestWhoMayRead(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	for name, c := range map[string]struct {
		who  actor.Actor
		want fault.Kind
	}{
		"an administrator": {person("1", actor.Administrator), ""},
		"an HR partner":    {person("1", actor.HR), ""},
		"the command line": {operator, ""},
		"an employee":      {person("1"), fault.Forbidden},
		"a recruiter":      {person("1", actor.Recruiter), fault.Forbidden},
		"compensation":     {person("1", actor.Compensation), fault.Forbidden},
		"nobody":           {actor.Nobody(), fault.Unauthenticated},
	} {
		t.Run(name, func(t *testing.T) {
			before := len(everything(t, d))
			_, listed := service(d).List(t.Context(), c.who, audit.Filter{})
			exported := service(d).Export(t.Context(), c.who, audit.Filter{}, func(audit.Entry) error { return nil })
			for what, err := range map[string]error{"list": listed, "export": exported} {
				if (err != nil) != (c.want != "") || err != nil && !fault.Is(err, c.want) {
					t.Errorf("%s: %v, want %q", what, err, c.want)
				}
			}
			if after := len(everything(t, d)); c.want != "" && after != before {
				t.Error("a refused export is journalled as one")
			}
		})
	}
	t.Run("a perimeter that cannot be read opens nothing", func(t *testing.T) {
		lost := errors.New("lost")
		s := audit.NewService(store(d, start), func(context.Context, actor.Actor) (bool, []actor.PersonID, error) { return true, nil, lost })
		if page, err := s.List(t.Context(), operator, audit.Filter{}); !errors.Is(err, lost) || len(page.Items) > 0 {
			t.Errorf("%+v, %v", page, err)
		}
		if err := s.Export(t.Context(), operator, audit.Filter{}, func(audit.Entry) error { t.Error("an entry came out"); return nil }); !errors.Is(err, lost) {
			t.Error(err)
		}
		if _, err := s.Verify(t.Context(), operator, audit.Head{}); !errors.Is(err, lost) {
			t.Error(err)
		}
	})
}

func TestAnExportIsJournalledBeforeItsFirstEntry(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		admin := person("z", actor.Administrator)
		var got []int64
		err := service(d).Export(t.Context(), admin, audit.Filter{Action: "session", From: "2026-11-01", Outcome: audit.Done}, func(e audit.Entry) error {
			if got == nil {
				last := everything(t, d)[6]
				want := audit.Entry{Seq: 7, Actor: "person:z", Action: "journal.exported", Outcome: audit.Done, Details: map[string]string{"action": "session", "from": "2026-11-01", "outcome": "done"}}
				last.At, last.Previous, last.Hash = time.Time{}, "", ""
				if diff := cmp.Diff(want, last); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			}
			got = append(got, e.Seq)
			return nil
		})
		if diff := cmp.Diff([]int64{2}, got); diff != "" || err != nil {
			t.Errorf("%v (-want +got):\n%s", err, diff)
		}
		whole(t, d, 7)
		stop := errors.New("the reader went away")
		if err := service(d).Export(t.Context(), admin, audit.Filter{}, func(audit.Entry) error { return stop }); !errors.Is(err, stop) {
			t.Errorf("got %v", err)
		}
	})
}

func TestAnExportOfTooMuchIsRefusedWhole(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		var got []int64
		export := func(f audit.Filter) error {
			got = nil
			return service(d).Export(t.Context(), operator, f, func(e audit.Entry) error { got = append(got, e.Seq); return nil })
		}
		if err := export(audit.Filter{Limit: 5}); !fault.Is(err, fault.TooLarge) || got != nil {
			t.Errorf("%v, gave out %v", err, got)
		}
		whole(t, d, 6) // and it is not said to have been exported
		if err := export(audit.Filter{Limit: 6}); err != nil || len(got) != 6 {
			t.Errorf("%v, gave out %v", err, got)
		}
		if err := export(audit.Filter{Limit: 1, Object: "person:b"}); err != nil || len(got) != 1 {
			t.Errorf("%v, gave out %v", err, got)
		}
	})
}

func TestAnExportThatCannotBeJournalledGivesNothingOut(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		week(t, d)
		if _, err := d.ExecContext(t.Context(), "UPDATE journal_head SET entry = 3"); err != nil { // the next number is taken
			t.Fatal(err)
		}
		err := service(d).Export(t.Context(), operator, audit.Filter{}, func(audit.Entry) error { t.Error("an entry came out"); return nil })
		if err == nil {
			t.Error("no error")
		}
	})
}
