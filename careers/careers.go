// Package careers says where people can go: ladders and the moves between their rungs. People, check-ins,
// readiness and plans join it later. It may import jobs and competencies; it knows neither HTTP nor SQL.
package careers

import (
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

// LadderID identifies a ladder: a UUIDv7 in text form.
type LadderID string

// MoveKind is the direction of a move.
type MoveKind string

// The kinds of move.
const (
	Up       MoveKind = "up"
	Lateral  MoveKind = "lateral"
	Diagonal MoveKind = "diagonal"
)

// LadderContent is what one version of a ladder says, stored as one canonical document.
type LadderContent struct {
	Family string    `json:"family" validate:"required,slug"`
	Name   lang.Text `json:"name" validate:"bilingual=120,line"`
	Text   lang.Text `json:"text" validate:"bilingual=600"`
	Rungs  []Rung    `json:"rungs" validate:"min=1,max=60,unique=Profile,dive"`
	Moves  []Move    `json:"moves" validate:"max=200,dive"`
}

// Rung is a profile on its floor of the ladder.
type Rung struct {
	Profile string     `json:"profile" validate:"required,slug"`
	Stage   jobs.Stage `json:"stage" validate:"oneof=entry mid senior executive"`
}

// Move is a step from one profile to another with its usual time.
type Move struct {
	From          string    `json:"from" validate:"required,slug"`
	To            string    `json:"to" validate:"required,slug,nefield=From"`
	Kind          MoveKind  `json:"kind" validate:"oneof=up lateral diagonal"`
	TypicalMonths int       `json:"typical_months" validate:"gte=1,lte=240"`
	Conditions    lang.Text `json:"conditions,omitzero" validate:"omitempty,bilingual=300"`
	Origin        string    `json:"origin,omitempty" validate:"omitempty,oneof=source echelon"`
}

// Ladder is a ladder as its current version describes it.
type Ladder struct {
	ID          LadderID
	Slug        string
	Number      int // the version's number, from 1
	Hash        string
	PublishedAt time.Time
	LadderContent
}

// From lists the moves that leave a profile, in the ladder's order.
func (l Ladder) From(profile string) []Move {
	return l.filter(func(m Move) bool { return m.From == profile })
}

// To lists the moves that arrive at a profile, in the ladder's order.
func (l Ladder) To(profile string) []Move {
	return l.filter(func(m Move) bool { return m.To == profile })
}

func (l Ladder) filter(keep func(Move) bool) []Move {
	var out []Move
	for _, m := range l.Moves {
		if keep(m) {
			out = append(out, m)
		}
	}
	return out
}
