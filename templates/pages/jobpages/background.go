package jobpages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/layout"
)

// validity says how long a certification holds: "36 months", or "" when not stated.
func validity(s layout.Shell, r Reading, slug string) string {
	m := r.Certifications[slug].ValidityMonths
	if m == 0 {
		return ""
	}
	return lang.Duration(s.Lang, m)
}

// minimum is the practice asked for: "at least 2 years", or "" when not stated.
func minimum(s layout.Shell, months *int) string {
	switch {
	case months == nil:
		return ""
	case *months == 0:
		return s.T(msg.JobsExperienceNone)
	}
	return s.T(msg.JobsAtLeast, msg.Args{"Duration": lang.Duration(s.Lang, *months)})
}
