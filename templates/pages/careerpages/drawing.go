package careerpages

import (
	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/chart"
)

// drawing is the ladder's picture: every stage that has a rung as a floor, from the first one up. The SVG is
// written by chart, which escapes every word.
func drawing(v LadderView) templ.Component {
	var floors []chart.LadderFloor
	for _, st := range jobs.Stages() {
		f := chart.LadderFloor{Label: msg.Of(v.Lang, "stage", st)}
		for _, r := range v.Ladder.Rungs {
			if r.Stage == st {
				f.Boxes = append(f.Boxes, chart.LadderBox{
					ID: r.Profile, Title: v.title(r.Profile).String(v.Lang), Href: "/jobs/" + r.Profile,
				})
			}
		}
		if len(f.Boxes) > 0 {
			floors = append(floors, f)
		}
	}
	edges := make([]chart.LadderEdge, 0, len(v.Ladder.Moves))
	for _, m := range v.Ladder.Moves {
		edges = append(edges, chart.LadderEdge{From: m.From, To: m.To, Kind: string(m.Kind)})
	}
	return templ.Raw(chart.LadderSVG(floors, edges, v.T(msg.CareersPicture), v.T(msg.CareersPictureHelp)))
}
