package lifecycle_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/lifecycle"
)

// at is the n-th hour of the day on which the histories of these tests were recorded.
func at(n int64) time.Time {
	return time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC).Add(time.Duration(n) * time.Hour)
}

// version was settled as the n-th, in the n-th hour.
func version(id, from string, n int64) lifecycle.Version[string] {
	return lifecycle.Version[string]{ID: id, State: lifecycle.Approved, From: from, Order: n, SettledAt: at(n)}
}

// withdrawn was settled as the n-th and taken back half an hour later.
func withdrawn(id, from string, n int64) lifecycle.Version[string] {
	v := version(id, from, n)
	v.State, v.WithdrawnAt = lifecycle.Withdrawn, at(n).Add(30*time.Minute)
	return v
}

func on(h lifecycle.History[string], day string) string {
	v, ok := h.On(day)
	if ok != (v.ID != "") {
		return "contradicts itself"
	}
	return v.ID
}

func TestWhatIsInForceOnADay(t *testing.T) {
	h := lifecycle.History[string]{
		version("later", "2026-07-01", 2), version("first", "2026-01-01", 1),
		{ID: "draft", State: lifecycle.Draft, From: "2026-01-01"},
		withdrawn("taken back", "2026-04-01", 3),
		version("overtaken", "2027-01-01", 4), version("overtaking", "2027-01-01", 5), version("backdated", "2026-03-01", 6),
	}
	for day, want := range map[string]string{
		"2025-12-31": "", "2026-01-01": "first", "2026-02-28": "first", "2026-03-01": "backdated", "2026-04-01": "backdated",
		"2026-06-30": "backdated", "2026-07-01": "later", "2026-12-31": "later", "2027-01-01": "overtaking",
		"9999-12-31": "overtaking",
	} {
		if got := on(h, day); got != want {
			t.Errorf("on %s %q is in force, want %q", day, got, want)
		}
	}
	want := []lifecycle.Span[string]{
		{ID: "first", From: "2026-01-01", To: "2026-03-01"},
		{ID: "backdated", From: "2026-03-01", To: "2026-07-01"},
		{ID: "later", From: "2026-07-01", To: "2027-01-01"},
		{ID: "overtaking", From: "2027-01-01"},
	}
	if diff := cmp.Diff(want, h.Spans()); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestWhereAVersionStandsOnADay(t *testing.T) {
	h := lifecycle.History[string]{
		version("first", "2026-01-01", 1), version("second", "2026-07-01", 2),
		{ID: "draft", State: lifecycle.Draft, From: "2026-01-01"},
		withdrawn("taken back", "2026-04-01", 3),
		version("overtaken", "2027-01-01", 4), version("overtaking", "2027-01-01", 5),
	}
	for _, c := range []struct {
		id, day string
		want    lifecycle.State
	}{
		{"first", "2025-12-31", lifecycle.Approved},
		{"first", "2026-01-01", lifecycle.InForce},
		{"first", "2026-06-30", lifecycle.InForce},
		{"first", "2026-07-01", lifecycle.Superseded},
		{"draft", "2026-07-01", lifecycle.Draft},
		{"taken back", "2026-07-01", lifecycle.Withdrawn},
		{"overtaken", "2026-12-31", lifecycle.Approved}, // it comes in force after all if the other is withdrawn
		{"overtaken", "2027-01-01", lifecycle.Superseded},
		{"overtaking", "2027-01-01", lifecycle.InForce},
		{"nobody's", "2027-01-01", ""},
	} {
		if got := h.StateOn(c.id, c.day); got != c.want {
			t.Errorf("%s is %q on %s, want %q", c.id, got, c.day, c.want)
		}
	}
}

// What is in force as we know it now, and what was recorded to be, are two questions: a correction that comes late
// changes the one and never the other.
func TestAsItWasOnAndAsRecordedOn(t *testing.T) {
	taken := version("taken back", "2026-05-01", 2)
	taken.State, taken.WithdrawnAt = lifecycle.Withdrawn, at(5)
	h := lifecycle.History[string]{version("first", "2026-01-01", 1), taken, version("late", "2026-02-01", 9)}
	for _, c := range []struct {
		hour      int64
		day, want string
	}{
		{0, "2026-06-01", ""},
		{1, "2026-06-01", "first"},
		{2, "2026-06-01", "taken back"},
		{4, "2026-06-01", "taken back"},
		{5, "2026-06-01", "first"},
		{8, "2026-03-01", "first"},
		{9, "2026-03-01", "late"},
		{9, "2026-01-15", "first"},
	} {
		if got := on(h.RecordedAt(at(c.hour)), c.day); got != c.want {
			t.Errorf("recorded by hour %d for %s: %q, want %q", c.hour, c.day, got, c.want)
		}
	}
	if got := h.RecordedAt(at(4)).StateOn("taken back", "2026-06-01"); got != lifecycle.InForce {
		t.Errorf("before it was withdrawn it was %q", got)
	}
}

// days is a span of dates that the properties choose from, narrow enough for days to meet.
var days = func() []string {
	var out []string
	for n := range 12 {
		out = append(out, time.Date(2026, 12, 26+n, 0, 0, 0, 0, time.UTC).Format(time.DateOnly))
	}
	return out
}()

// life is any history: versions opened, settled and withdrawn, one act an hour. It returns the history as it stood after
// each of them, the last one being the whole.
func life(t *rapid.T) []lifecycle.History[string] {
	var h lifecycle.History[string]
	var stood []lifecycle.History[string]
	for n := range rapid.Int64Range(1, 20).Draw(t, "acts") {
		hour := n + 1
		if len(h) == 0 || rapid.Bool().Draw(t, "new") {
			v := version(fmt.Sprint("v", hour), rapid.SampledFrom(days).Draw(t, "from"), hour)
			if rapid.IntRange(0, 4).Draw(t, "open") == 0 {
				v.State, v.Order, v.SettledAt = lifecycle.Draft, 0, time.Time{}
			}
			h = append(h, v)
		} else if i := rapid.IntRange(0, len(h)-1).Draw(t, "withdrawn"); h[i].WithdrawnAt.IsZero() {
			h[i].State, h[i].WithdrawnAt = lifecycle.Withdrawn, at(hour)
		}
		stood = append(stood, slices.Clone(h))
	}
	return stood
}

// whole is the history after all of its acts.
func whole(t *rapid.T) lifecycle.History[string] {
	stood := life(t)
	return stood[len(stood)-1]
}

// Spans never overlap nor leave a gap, and on each day they, On and StateOn name the same one version.
func TestNothingIsInForceTwice(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := whole(t)
		spans := h.Spans()
		for i, s := range spans {
			last := i == len(spans)-1
			if last != (s.To == "") || !last && (s.To != spans[i+1].From || s.From >= s.To) {
				t.Fatalf("%v", spans)
			}
		}
		for _, day := range days {
			var by []string
			for _, s := range spans {
				if s.From <= day && (s.To == "" || day < s.To) {
					by = append(by, s.ID)
				}
			}
			var states []string
			for _, v := range h {
				if h.StateOn(v.ID, day) == lifecycle.InForce {
					states = append(states, v.ID)
				}
			}
			if got := on(h, day); len(by) > 1 || strings.Join(by, "") != got || !slices.Equal(by, states) {
				t.Fatalf("on %s: the spans say %v, On %q, the states %v", day, by, got, states)
			}
		}
	})
}

// What happens after an instant does not change what was recorded by then.
func TestThePastRecordStays(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stood := life(t)
		last := stood[len(stood)-1]
		for n, then := range stood {
			for _, day := range days {
				if got, want := on(last.RecordedAt(at(int64(n+1))), day), on(then, day); got != want {
					t.Fatalf("on %s as recorded by act %d: %q, want %q", day, n+1, got, want)
				}
			}
		}
	})
}

// The later approved wins a day, and whoever withdraws it gives the day back.
func TestTheLaterApprovedWinsAndGivesBack(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		h := whole(t)
		day := rapid.SampledFrom(days).Draw(t, "day")
		before := h.Spans()
		next := version("next", day, 100)
		if got := on(append(h, next), day); got != "next" {
			t.Fatalf("on its day %q is in force", got)
		}
		if diff := cmp.Diff(before, append(h, withdrawn("next", day, 100)).Spans()); diff != "" {
			t.Fatalf("after it was withdrawn (-before +after):\n%s", diff)
		}
	})
}
