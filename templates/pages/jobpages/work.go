package jobpages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// conditionFacts is how and where the work is done.
func conditionFacts(s layout.Shell, c jobs.Conditions) []fact {
	return []fact{
		plain(s, msg.JobsTravel, percent(s, c.TravelPercent)),
		plain(s, msg.JobsRemote, count(s, msg.JobsRemoteDays, c.RemoteDays)),
		{Label: s.T(msg.JobsVehicle), Text: c.Vehicle},
		{Label: s.T(msg.JobsHours), Text: c.Hours},
		{Label: s.T(msg.JobsSafety), Text: c.Safety},
	}
}

// noteDate says when a market note was true.
func noteDate(s layout.Shell, n jobs.MarketNote) string {
	if n.Date == "" {
		return s.T(msg.JobsUndated)
	}
	return lang.Month(s.Lang, n.Date)
}
