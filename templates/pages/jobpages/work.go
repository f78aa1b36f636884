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
		{Label: s.T(msg.JobsTravel), Text: here(s, travel(s, c.TravelPercent)), Path: "conditions/travel_percent"},
		{Label: s.T(msg.JobsRemote), Text: here(s, remote(s, c.RemoteDays)), Path: "conditions/remote_days"},
		{Label: s.T(msg.JobsVehicle), Text: c.Vehicle, Path: "conditions/vehicle"},
		{Label: s.T(msg.JobsHours), Text: c.Hours, Path: "conditions/hours"},
		{Label: s.T(msg.JobsSafety), Text: c.Safety, Path: "conditions/safety"},
	}
}

// noteDate says when a market note was true.
func noteDate(s layout.Shell, n jobs.MarketNote) string {
	if n.Date == "" {
		return s.T(msg.JobsUndated)
	}
	return lang.Month(s.Lang, n.Date)
}
