package competencypages

import (
	"path"

	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/competencies"
)

func (v PageView) hasQuestions() bool {
	return !v.Competency.Questions.Situational.IsZero() || !v.Competency.Questions.Behavioural.IsZero()
}

// contents lists the sections of the page: fragment and label.
func (v PageView) contents() [][2]string {
	out := [][2]string{{"levels", v.T(msg.CompetenciesLevels)}}
	if v.hasQuestions() {
		out = append(out, [2]string{"questions", v.T(msg.CompetenciesQuestions)})
	}
	out = append(out, [2]string{"roles", v.T(msg.CompetenciesRoles)})
	if len(v.Competency.Codes) > 0 {
		out = append(out, [2]string{"codes", v.T(msg.CompetenciesCodes)})
	}
	return out
}

// schemeName is the official name of a classification.
func schemeName(s string) string {
	switch s {
	case "esco":
		return "ESCO"
	case "rome":
		return "ROME"
	case "onet":
		return "O*NET"
	case "isco":
		return "ISCO"
	default:
		return s
	}
}

// codeOr is the code, or the last part of the address where the scheme has no short code.
func codeOr(c competencies.Code) string {
	if c.Code != "" {
		return c.Code
	}
	last := path.Base(c.URI)
	if len(last) > 8 {
		return last[:8] + "…"
	}
	return last
}
