package chart

import (
	"os"
	"testing"

	"github.com/goccy/go-yaml"
)

// TestLook writes the drawings of the shipped ladder for a person to look at.
func TestLook(t *testing.T) {
	out := os.Getenv("CHART_LOOK")
	if out == "" {
		t.Skip("CHART_LOOK names no file")
	}
	var l struct {
		Rungs []struct{ Profile, Stage string }
		Moves []struct{ From, To, Kind string }
	}
	b, err := os.ReadFile("../../seeds/ladders/sales.yaml")
	if err != nil {
		t.Skip(err)
	}
	if err := yaml.Unmarshal(b, &l); err != nil {
		t.Fatal(err)
	}
	stages := []string{"entry", "mid", "senior", "executive"}
	labels := []string{"Débutant", "Confirmé", "Senior", "Direction"}
	floors := make([]LadderFloor, 4)
	for i, s := range stages {
		floors[i].Label = labels[i]
		for _, r := range l.Rungs {
			if r.Stage != s {
				continue
			}
			var p struct {
				Content struct{ Title struct{ FR string } }
			}
			raw, _ := os.ReadFile("../../seeds/profiles/" + r.Profile + ".yaml")
			_ = yaml.Unmarshal(raw, &p)
			floors[i].Boxes = append(floors[i].Boxes, LadderBox{ID: r.Profile, Title: p.Content.Title.FR, Href: "/jobs/" + r.Profile, Current: r.Profile == "territory-manager"})
		}
	}
	var edges []LadderEdge
	for _, m := range l.Moves {
		edges = append(edges, LadderEdge{m.From, m.To, m.Kind})
	}
	css := "<style>:root{--ec-ink:#14213d;--ec-ink-2:#475569;--ec-line:#d8dee6;--ec-line-2:#8a94a6;--ec-teal:#0f766e;--ec-teal-soft:#d5ebe8;--ec-amber-mark:#d98e04;--ec-paper:#fff;--ec-sheet:#f6f8fa}text{font-family:Open Sans,DejaVu Sans,sans-serif}"
	for _, f := range []string{"base", "pages"} {
		raw, _ := os.ReadFile("../static/css/" + f + ".css")
		css += string(raw)
	}
	css += ".ladder-arrow{stroke-dasharray:none}</style>"
	two, un := 2, Unknown
	half := 0.5
	html := `<meta charset=utf-8>` + css + LadderSVG(floors, edges, "Filière", "…") + "<p>" + RungMeterSVG(5, 4, nil, "a") + " " + RungMeterSVG(5, 4, &two, "b") + " " + RungMeterSVG(5, 4, &un, "c") + " " + RungMeterSVG(1, 1, &un, "d") + "<p>" +
		`<div style="width:260px">` + RadarSVG([]Axis{{"a", .6, &half}, {"b", .8, &half}, {"c", .4, &half}, {"d", 1, &half}, {"e", .6, &half}}, 5, "t", "d") + "</div>"
	if err := os.WriteFile(out, []byte(html), 0o644); err != nil {
		t.Fatal(err)
	}
}
