package peoplepages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
)

// count says how many people are shown, and out of how many when that differs.
func (v ListView) count() string {
	if len(v.People) == v.Total {
		return v.N(msg.PeopleCount, v.Total)
	}
	return v.T(msg.PeopleCountOf, msg.Args{
		"Shown": lang.Number(v.Lang, len(v.People)), "Total": v.N(msg.PeopleCount, v.Total),
	})
}

// days says when an assignment held.
func (v PersonView) days(a Assignment) string {
	if a.Ends == "" {
		return v.T(msg.PeopleHistorySince, msg.Args{"Starts": a.Starts})
	}
	return v.T(msg.PeopleHistorySpan, msg.Args{"Starts": a.Starts, "Ends": a.Ends})
}

func (v PersonView) crumbs() []components.Crumb {
	return []components.Crumb{
		{Label: components.Says(v.Lang, v.T(msg.PeopleTitle)), Href: "/people"},
		{Label: components.Says(v.Lang, v.Person.Name)},
	}
}
