package components

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/competencies"
)

// Meter is a required level on a scale, and the level shown when there is one.
type Meter struct {
	Scale    competencies.Scale
	Required int
	Shown    *int // nil: nothing to compare with
}

// Words says the meter: "3 of 5 · competent".
func (m Meter) Words(l lang.Lang) string {
	name := lowerFirst(m.Name().String(l))
	if m.Scale.Top() == 0 {
		return lang.Number(l, m.Required)
	}
	s := m.Short(l)
	if name != "" {
		s += " · " + name
	}
	return s
}

// Short says the meter without the level's name: "3 of 5".
func (m Meter) Short(l lang.Lang) string {
	return msg.T(l, msg.SiteMeterOf, msg.Args{"Rank": lang.Number(l, m.Required), "Top": lang.Number(l, m.Scale.Top())})
}

// Name is the name of the required level.
func (m Meter) Name() lang.Text { return m.Scale.LevelName(m.Required) }
