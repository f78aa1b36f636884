package audit

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/actor"
)

// Refusals takes what somebody was refused. Whoever is refused the same again and again fills no journal: the first
// refusal is an entry at once, those that follow are counted.
type Refusals interface {
	// Refuse appends a refusal, or counts it with the one before of the same actor, action and kind of object.
	Refuse(ctx context.Context, a actor.Actor, e Entry) error
	// Settle appends what was counted in windows that are over.
	Settle(ctx context.Context) error
}

// The bounds of refusals. An actor makes at most RefusalsAnHour entries of first refusals in an hour, as many that say
// how often each was repeated, and one for all the others.
const (
	RefusalWindow  = 10 * time.Minute // in which the same refusal is counted, not repeated
	RefusalHour    = time.Hour
	RefusalsAnHour = 20
)

// Tally is how many refusals were counted since an instant, beside those that are entries of their own. Of the tally of
// an actor's hour only Actor is named.
type Tally struct {
	Actor, Action, Refused, Kind string

	Since, Until time.Time
	Entries      int // of their own
	More         int
}

// TallyOf is where a refusal is counted.
func TallyOf(a actor.Actor, e Entry) Tally {
	kind, _, named := strings.Cut(e.Object, ":")
	if !named {
		kind = ""
	}
	return Tally{Actor: a.String(), Action: e.Action, Refused: e.Details["action"], Kind: kind}
}

// Latest is the latest instant at which a tally that counts now can have begun: clocks differ a little, and who comes
// first may be served later. One that began after it was begun by a clock that ran ahead.
func Latest(now time.Time) time.Time { return now.Add(RefusalWindow) }

// Open tells whether the tally counts at an instant.
func (t Tally) Open(now time.Time) bool { return now.Before(t.Until) && !t.Since.After(Latest(now)) }

// Begun is the tally from an instant on, for as long as its kind lasts.
func (t Tally) Begun(now time.Time) Tally {
	t.Since, t.Until, t.Entries, t.More = now, now.Add(RefusalWindow), 0, 0
	if t.Action == "" {
		t.Until = now.Add(RefusalHour)
	}
	return t
}

// Entry says what was counted: how often a refusal was repeated, or how many others an actor's hour had.
func (t Tally) Entry() Entry {
	details := map[string]string{"more": strconv.Itoa(t.More), "since": t.Since.UTC().Format(time.RFC3339)}
	if t.Action == "" {
		return Entry{Action: "access.many", Outcome: Refused, Details: details}
	}
	for name, value := range map[string]string{"of": t.Action, "action": t.Refused, "kind": t.Kind} {
		if value != "" {
			details[name] = value
		}
	}
	return Entry{Action: "access.repeated", Outcome: Refused, Details: details}
}
