package lifecycle

import (
	"cmp"
	"slices"
	"time"
)

// Version is what a thing's life tells of one of its versions. Dates are written yyyy-mm-dd, which sorts as they do.
type Version[ID comparable] struct {
	ID    ID
	State State  // as acts left it, whatever day it is
	From  string // the business date on which it is to come in force
	// Order counts the versions of the thing as they are settled, and SettledAt is when that was recorded: with the
	// approval, or, where somebody publishes what is approved, with that. Both are zero before.
	Order     int64
	SettledAt time.Time
	// WithdrawnAt is when it was taken back, zero for not.
	WithdrawnAt time.Time
}

// isOpen tells whether people still work on the version, or decide about it.
func (v Version[ID]) isOpen() bool { return v.Order == 0 && v.WithdrawnAt.IsZero() }

// holds tells whether the version comes in force on its day.
func (v Version[ID]) holds() bool { return v.Order > 0 && v.WithdrawnAt.IsZero() }

// compare puts versions in the order in which they supersede each other: by day, and on one day as they were settled.
func compare[ID comparable](a, b Version[ID]) int {
	return cmp.Or(cmp.Compare(a.From, b.From), cmp.Compare(a.Order, b.Order))
}

// History is the versions of one thing, in any order.
type History[ID comparable] []Version[ID]

// On finds the version in force on a day, as it is known now.
func (h History[ID]) On(day string) (Version[ID], bool) {
	var found Version[ID]
	for _, v := range h {
		if v.holds() && v.From <= day && (found.Order == 0 || compare(v, found) > 0) {
			found = v
		}
	}
	return found, found.Order > 0
}

// RecordedAt is the history as it was known at an instant: without what was settled later, and with what was withdrawn
// later. On then answers what was recorded for a day, and not what holds now.
func (h History[ID]) RecordedAt(at time.Time) History[ID] {
	var out History[ID]
	for _, v := range h {
		if v.Order == 0 || v.SettledAt.After(at) {
			continue
		}
		if v.WithdrawnAt.After(at) {
			v.State, v.WithdrawnAt = Approved, time.Time{}
		}
		out = append(out, v)
	}
	return out
}

// StateOn says where a version stands on a day; an ID that the history does not hold has no state.
func (h History[ID]) StateOn(id ID, day string) State {
	i := slices.IndexFunc(h, func(v Version[ID]) bool { return v.ID == id })
	switch {
	case i < 0:
		return ""
	case !h[i].holds():
		return h[i].State
	case day < h[i].From:
		return Approved
	}
	if v, _ := h.On(day); v.ID == id {
		return InForce
	}
	return Superseded
}

// Span is the days on which a version is in force: from From to the day before To, which is "" where no end is known.
type Span[ID comparable] struct {
	ID       ID
	From, To string
}

// Spans are the days of all versions that are ever in force, the earliest first. A version whose day another took over
// has none.
func (h History[ID]) Spans() []Span[ID] {
	var out []Span[ID]
	for _, v := range slices.SortedFunc(slices.Values(h), compare) {
		if !v.holds() {
			continue
		}
		if last := len(out) - 1; last >= 0 && out[last].From == v.From {
			out = out[:last]
		} else if last >= 0 {
			out[last].To = v.From
		}
		out = append(out, Span[ID]{ID: v.ID, From: v.From})
	}
	return out
}
