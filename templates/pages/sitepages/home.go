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
	if v.Profile != "" {
		out = append(out, way{
			Icon: "user-circle", Href: "/jobs/" + v.Profile, Title: v.T(msg.SiteWayOwn), Text: v.T(msg.SiteWayOwnText),
		})
	}
	if v.Team > 0 {
		out = append(out, way{
			Icon: "users", Href: "/people/" + v.Self, Title: v.N(msg.SiteWayTeam, v.Team), Text: v.T(msg.SiteWayTeamText),
		})
	}
	if v.Can.Competencies {
		out = append(out, way{
			Icon: "list-check", Href: "/competencies",
			Title: v.N(msg.SiteWayCompetencies, v.Competencies), Text: v.T(msg.SiteWayCompetenciesText),
		})
	}
	if v.Can.Ladders && v.Ladders {
		out = append(out, way{Icon: "stairs-up", Href: "/ladders", Title: v.T(msg.SiteWayLadder), Text: v.T(msg.SiteWayLadderText)})
	}
	if v.Can.Jobs {
		out = append(out, way{
			Icon: "arrows-left-right", Href: "/jobs/compare", Title: v.T(msg.SiteWayCompare), Text: v.T(msg.SiteWayCompareText),
		})
	}
	if v.Can.Pay {
		out = append(out, way{Icon: "coins", Href: "/pay/bands", Title: v.T(msg.SiteWayPay), Text: v.T(msg.SiteWayPayText)})
	}
	if v.Can.Accounts {
		out = append(out, way{
			Icon: "key", Href: "/admin/accounts", Title: v.T(msg.SiteWayAccounts), Text: v.T(msg.SiteWayAccountsText),
		})
	}
	if v.Can.Journal {
		out = append(out, way{
			Icon: "list-check", Href: "/admin/journal", Title: v.T(msg.SiteWayJournal), Text: v.T(msg.SiteWayJournalText),
		})
	}
	return out
}
