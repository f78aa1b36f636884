package jobpages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

func familiesOf(v FamilyView) []jobs.Family { return []jobs.Family{v.Family} }

// part says how many roles a page shows, out of how many.
func part(s layout.Shell, shown, total int) string {
	return s.T(msg.JobsPart, msg.Args{"Shown": lang.Number(s.Lang, shown), "Total": s.N(msg.JobsListCount, total)})
}
