package jobpages

import (
	"strconv"

	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

func stairClass(i int) string { return "ec-coverstair-" + strconv.Itoa(i+1) }

// tab is one page of a role.
type tab struct {
	id, href, label string
}

func roleTabs(s layout.Shell, r Reading) []tab {
	return []tab{
		{"profile", r.address(""), s.T(msg.JobsTabProfile)},
		{"guide", r.address("/guide"), s.T(msg.JobsTabGuide)},
		{"compare", "/jobs/compare?a=" + r.Profile.Slug, s.T(msg.JobsTabCompare)},
		{"versions", "/jobs/" + r.Profile.Slug + "/versions", s.T(msg.JobsTabVersions)},
	}
}

func roleCrumbs(s layout.Shell, r Reading, page string) []components.Crumb {
	crumbs := []components.Crumb{
		{Label: components.Says(s.Lang, s.T(msg.SiteNavJobs)), Href: "/jobs"},
		{Label: nameOr(r.Family.Name, r.Profile.Family), Href: "/families/" + r.Profile.Family},
	}
	last := components.Crumb{Label: r.Edition.Content.Title}
	if page == "" {
		return append(crumbs, last)
	}
	last.Href = r.address("")
	return append(crumbs, last, components.Crumb{Label: components.Says(s.Lang, page)})
}
