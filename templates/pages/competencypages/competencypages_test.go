package competencypages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/competencypages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
)

func TestPages(t *testing.T) {
	pagetest.Run(t, pagetest.Page[competencypages.ListView]{Name: "catalogue", Make: competencypages.List, Set: func(v *competencypages.ListView, l lang.Lang) { v.Shell.Lang = l }})
	pagetest.Run(t, pagetest.Page[competencypages.PageView]{Name: "competency", Make: competencypages.Page, Set: func(v *competencypages.PageView, l lang.Lang) {
		v.Shell.Lang = l
		if v.Competency.Category == "" {
			v.Competency.Category, v.Competency.Trend = competencies.Technical, competencies.Stable
		}
		for i := range v.Competency.Levels {
			v.Competency.Levels[i].Rank = i + 1
		}
	}})
}

func TestCatalogueFollowsTheCategories(t *testing.T) {
	v := competencypages.ListView{Shell: layout.Shell{Lang: lang.EN}, Competencies: []competencypages.Row{
		{Slug: "coaching", Name: lang.NewText("Coaching", "Coaching"), Category: competencies.Leadership},
		{Slug: "crm", Name: lang.NewText("CRM", "CRM skills"), Category: competencies.Technical},
	}}
	html := pagetest.Render(t, competencypages.List(v))
	if a, b := strings.Index(html, "CRM skills"), strings.Index(html, "Coaching"); a < 0 || b < a {
		t.Error("technical competencies do not come first")
	}
	if strings.Contains(html, "category-emerging") {
		t.Error("an empty category is shown")
	}
}
