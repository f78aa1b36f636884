package careerpages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/careerpages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
)

func TestPages(t *testing.T) {
	pagetest.Run(t, pagetest.Page[careerpages.LadderView]{Name: "ladder", Make: careerpages.Ladder, Set: func(v *careerpages.LadderView, l lang.Lang) { v.Shell.Lang = l }})
}

func TestLaddersLeadToEach(t *testing.T) {
	pagetest.Run(t, pagetest.Page[careerpages.LaddersView]{Name: "ladders", Make: careerpages.Ladders, Set: func(v *careerpages.LaddersView, l lang.Lang) { v.Shell.Lang = l }})
	v := careerpages.LaddersView{Shell: layout.Shell{Lang: lang.FR}, Ladders: []careerpages.LadderRow{
		{Slug: "sales", Name: lang.NewText("Filière commerciale", "Sales ladder"), Family: "trade", FamilyName: lang.NewText("Commerce", "Trade"), Rungs: 13},
	}}
	html := pagetest.Render(t, careerpages.Ladders(v))
	for _, want := range []string{`href="/ladders/sales"`, "Filière commerciale", `href="/families/trade"`, "Commerce", "13 paliers"} {
		if !strings.Contains(html, want) && !strings.Contains(html, strings.ReplaceAll(want, " ", "\u00a0")) {
			t.Errorf("%q is missing", want)
		}
	}
}

func TestLadderIsAPictureAndAList(t *testing.T) {
	v := careerpages.LadderView{Shell: layout.Shell{Lang: lang.EN}, Roles: map[string]careerpages.Role{"rep": {Title: lang.NewText("Commercial", "Representative")}, "tm": {Title: lang.NewText("Responsable", "Manager")}}}
	v.Ladder.Name = lang.NewText("Filière", "Ladder")
	v.Ladder.Rungs = []careers.Rung{{Profile: "rep", Stage: jobs.StageEntry}, {Profile: "tm", Stage: jobs.StageMid}}
	v.Ladder.Moves = []careers.Move{{From: "rep", To: "tm", Kind: careers.Up, TypicalMonths: 24, Origin: "echelon"}}
	html := pagetest.Render(t, careerpages.Ladder(v))
	for _, want := range []string{"<svg", "<table", "Promotion", "2 years", "proposed by Echelon", `href="/jobs/tm"`} {
		if !strings.Contains(html, want) && !strings.Contains(html, strings.ReplaceAll(want, " ", "\u00a0")) {
			t.Errorf("%q is missing", want)
		}
	}
}
