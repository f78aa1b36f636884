package sitepages

import (
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// pair is a word and what it means.
type pair struct {
	Who, What string
}

// audience says for whom the product is.
func audience(s layout.Shell) []pair {
	return []pair{
		{s.T(msg.SiteWhoRecruiter), s.T(msg.SiteWhoRecruiterText)},
		{s.T(msg.SiteWhoHr), s.T(msg.SiteWhoHrText)},
		{s.T(msg.SiteWhoManager), s.T(msg.SiteWhoManagerText)},
		{s.T(msg.SiteWhoEmployee), s.T(msg.SiteWhoEmployeeText)},
	}
}

// ideas are the three sentences that order everything, as three steps.
func ideas(s layout.Shell) []pair {
	return []pair{
		{s.T(msg.SiteIdeaOne), s.T(msg.SiteIdeaOneText)},
		{s.T(msg.SiteIdeaTwo), s.T(msg.SiteIdeaTwoText)},
		{s.T(msg.SiteIdeaThree), s.T(msg.SiteIdeaThreeText)},
	}
}

func stagesUsed() []jobs.Stage { return jobs.Stages() }

func rolesAt(roles []Role, track string, st jobs.Stage) []Role {
	var out []Role
	for _, r := range roles {
		if r.Track == track && r.Stage == st {
			out = append(out, r)
		}
	}
	return out
}

// way is a place to go from the start page.
type way struct {
	Icon, Href, Title, Text string
}

// waysOn are the places this reader may go.
func waysOn(v HomeView) []way {
	var out []way
	if v.Can.Competencies {
		out = append(out, way{Icon: "list-check", Href: "/competencies", Title: v.N(msg.SiteWayCompetencies, v.Competencies), Text: v.T(msg.SiteWayCompetenciesText)})
	}
	if v.Can.Ladders && v.Shell.Ladder != "" {
		out = append(out, way{Icon: "stairs-up", Href: "/ladders/" + v.Shell.Ladder, Title: v.T(msg.SiteWayLadder), Text: v.T(msg.SiteWayLadderText)})
	}
	if v.Can.Jobs {
		out = append(out, way{Icon: "arrows-left-right", Href: "/jobs/compare", Title: v.T(msg.SiteWayCompare), Text: v.T(msg.SiteWayCompareText)})
	}
	if v.Can.Pay {
		out = append(out, way{Icon: "coins", Href: "/pay/bands", Title: v.T(msg.SiteWayPay), Text: v.T(msg.SiteWayPayText)})
	}
	return out
}
