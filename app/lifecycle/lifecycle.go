// Package lifecycle says how the versions of a thing follow each other: open, approved, in force over [from, to),
// superseded. It serves profiles, competencies, ladders and pay schemes alike, reads no clock and stores nothing, and
// is ground floor: each domain keeps its own table of steps and its own rows.
//
// A version comes in force on a business date, a date in the company's time zone, apart from the instant when that was
// recorded. Whatever is in force on a day is found, never stored: of the versions whose day has come, the one whose day
// came last; of several with that day, the one that was settled last. So no two are ever in force on one day, each ends
// where the next begins, and whoever withdraws a version before its day has nothing to repair.
package lifecycle

import (
	"slices"

	"github.com/echelon-hr/echelon/app/fault"
)

// State says where a version stands. Each kind of thing names the open states of its own beside Draft.
type State string

// The states that all kinds of things share. InForce and Superseded come by the passing of days, see StateOn; a row
// keeps the others.
const (
	Draft      State = "draft"
	Approved   State = "approved"
	InForce    State = "in_force"
	Superseded State = "superseded"
	Withdrawn  State = "withdrawn"
)

// Act is what somebody does to a version, such as "submit".
type Act string

// Step says that an act leads a version from one state to another.
type Step struct {
	From State
	Act  Act
	To   State
}

// Kind is the life of one kind of thing: what no step allows is refused.
type Kind struct {
	Steps   []Step
	OneOpen bool // at most one version at a time is open
}

// Next is the state that an act leads to. An act that the state does not allow is a Conflict fault, whose code says
// where the version stands, so that its sentence can say what to do.
func (k Kind) Next(from State, act Act) (State, error) {
	for _, s := range k.Steps {
		if s.From == from && s.Act == act {
			return s.To, nil
		}
	}
	return "", fault.New(fault.Conflict, codeOf(from), "%s: a version that is %s does not allow it", act, from)
}

// codeOf names the sentence of a refused act by the state that refused it. Every open state beside Draft waits for
// somebody's decision.
func codeOf(s State) string {
	switch s {
	case Draft:
		return "lifecycle.draft"
	case Approved:
		return "lifecycle.approved"
	case InForce:
		return "lifecycle.in_force"
	case Superseded:
		return "lifecycle.superseded"
	case Withdrawn:
		return "lifecycle.withdrawn"
	default:
		return "lifecycle.waiting"
	}
}

// CheckOpen refuses another open version, with a Conflict fault, where the kind allows one and one is there.
func CheckOpen[ID comparable](k Kind, h History[ID]) error {
	if k.OneOpen && slices.ContainsFunc(h, Version[ID].isOpen) {
		return fault.New(fault.Conflict, "lifecycle.open", "another version is open already")
	}
	return nil
}
