package chart

import (
	"encoding/xml"
	"errors"
	"io"
	"math"
	"strings"
	"testing"
)

func ptr[T any](v T) *T { return &v }

func TestRungMeterStates(t *testing.T) {
	for _, c := range []struct {
		name             string
		levels, required int
		shown            *int
		want             []StepState
	}{
		{"required only", 4, 2, nil, []StepState{StepRequired, StepRequired, StepIdle, StepIdle}},
		{"missing", 4, 3, ptr(1), []StepState{StepShown, StepMissing, StepMissing, StepIdle}},
		{"above", 3, 1, ptr(2), []StepState{StepShown, StepShown, StepIdle}},
		{"not yet practised", 2, 1, ptr(0), []StepState{StepMissing, StepIdle}},
		{"unknown is not zero", 2, 1, ptr(Unknown), []StepState{StepUnknown, StepIdle}},
		{"one level", 1, 1, nil, []StepState{StepRequired}},
		{"required past the top", 2, 9, nil, []StepState{StepRequired, StepRequired}},
		{"no scale", 0, 1, nil, nil},
	} {
		steps := RungMeter(c.levels, c.required, c.shown)
		if len(steps) != len(c.want) {
			t.Fatalf("%s: %d steps", c.name, len(steps))
		}
		for i, s := range steps {
			if s.State != c.want[i] {
				t.Errorf("%s: step %d is %s, want %s", c.name, i+1, s.State, c.want[i])
			}
		}
	}
}

func TestRungMeterRisesWithinItsSquare(t *testing.T) {
	for levels := 1; levels <= 12; levels++ {
		prev := Step{X: -1}
		for i, s := range RungMeter(levels, 1, nil) {
			if s.X < 0 || s.X+s.W > 1.0001 || s.Y < -0.0001 || math.Abs(s.Y+s.H-1) > 1e-9 {
				t.Errorf("%d levels: step %d leaves the square: %+v", levels, i, s)
			}
			if i > 0 && (s.H <= prev.H || s.X < prev.X+prev.W) {
				t.Errorf("%d levels: step %d does not rise", levels, i)
			}
			prev = s
		}
	}
}

func TestRadarStaysInItsSquare(t *testing.T) {
	axes := []Axis{{Required: 2}, {Required: -1}, {Required: 0.5}, {Required: 1}, {Required: 0}}
	s := Radar(axes, 5)
	if len(s.Rings) != 5 || len(s.Spokes) != 5 || s.Shown != nil {
		t.Fatalf("%+v", s)
	}
	for _, ps := range append(s.Rings, s.Required) {
		for _, p := range ps {
			if d := math.Hypot(p.X-0.5, p.Y-0.5); d > 0.5+1e-9 {
				t.Errorf("point %v is outside", p)
			}
		}
	}
	if got := Radar(axes[:2], 5); got.Rings != nil || got.Required != nil {
		t.Error("two axes have no area")
	}
	for i := range axes {
		axes[i].Shown = ptr(0.4)
	}
	if len(Radar(axes, 5).Shown) != 5 {
		t.Error("what is shown on every axis is not drawn")
	}
}

func sampleLadder() ([]LadderFloor, []LadderEdge) {
	floors := []LadderFloor{
		{"Entry", []LadderBox{{ID: "a", Title: "Sales Associate", Href: "/a"}, {ID: "b", Title: `Attaché <"&"> commercial / Attachée commerciale`, Href: "/b?x=1&y=2"}}},
		{"Mid", []LadderBox{{ID: "c", Title: "Territory Manager", Href: "/c", Current: true}, {ID: "d", Title: "Trainer", Href: "/d"}, {ID: "e", Title: "Analyst", Href: "/e"}}},
		{"Senior", nil},
		{"Executive", []LadderBox{{ID: "f", Title: "", Href: "/f"}}},
	}
	edges := []LadderEdge{
		{"a", "b", "lateral"},
		{"b", "c", "up"},
		{"c", "e", "lateral"},
		{"e", "c", "lateral"},
		{"a", "f", "up"},
		{"f", "c", "diagonal"},
		{"x", "c", "up"},
		{"c", "c", "up"},
		{"b", "c", "up"},
		{"d", "f", "up"},
	}
	return floors, edges
}

func TestLadderLinesKeepClearOfBoxes(t *testing.T) {
	floors, edges := sampleLadder()
	l := layLadder(floors, edges)
	if len(l.routes) != 6 {
		t.Fatalf("%d routes", len(l.routes))
	}
	for _, r := range l.routes {
		for i := 1; i < len(r.path); i++ {
			a, b := r.path[i-1], r.path[i]
			if a.X != b.X && a.Y != b.Y {
				t.Errorf("%s–%s: slanted from %v to %v", r.from, r.to, a, b)
			}
			for id, x := range l.x {
				y := l.top(l.floor[id])
				if min(a.X, b.X) < x+boxWidth && max(a.X, b.X) > x && min(a.Y, b.Y) < y+boxHeight && max(a.Y, b.Y) > y {
					t.Errorf("%s–%s crosses box %s", r.from, r.to, id)
				}
			}
		}
	}
}

func TestLadderBoxesDoNotTouch(t *testing.T) {
	floors, edges := sampleLadder()
	l := layLadder(floors, edges)
	for a, x := range l.x {
		if x < labelWidth || x+boxWidth > l.width {
			t.Errorf("box %s at %.0f leaves the drawing of %.0f", a, x, l.width)
		}
		for b, y := range l.x {
			if a != b && l.floor[a] == l.floor[b] && math.Abs(x-y) < boxWidth+boxGap-0.01 {
				t.Errorf("boxes %s and %s are %.0f apart", a, b, math.Abs(x-y)-boxWidth)
			}
		}
	}
}

// TestSVG holds every drawing to what a strict content policy and a reader of the text need.
func TestSVG(t *testing.T) {
	floors, edges := sampleLadder()
	for name, svg := range map[string]string{
		"meter":        RungMeterSVG(5, 4, ptr(2), `3 of 5, "competent"; 4 required`),
		"empty meter":  RungMeterSVG(0, 0, nil, "no scale"),
		"radar":        RadarSVG([]Axis{{Label: "a&b", Required: 0.6}, {Required: 0.2}, {Required: 1}}, 5, "Radar", "Description"),
		"small radar":  RadarSVG(nil, 5, "Radar", ""),
		"ladder":       LadderSVG(floors, edges, "Ladder", "Thirteen jobs"),
		"empty ladder": LadderSVG(nil, edges, "Ladder", ""),
	} {
		t.Run(name, func(t *testing.T) {
			for _, bad := range []string{"style=", "<style", "<script", "NaN", "Inf", `"&"`} {
				if strings.Contains(svg, bad) {
					t.Errorf("has %s", bad)
				}
			}
			for _, good := range []string{"aria-label=", "<title>", "role="} {
				if !strings.Contains(svg, good) {
					t.Errorf("lacks %s", good)
				}
			}
			wellFormed(t, svg)
		})
	}
}

func wellFormed(t *testing.T, svg string) {
	t.Helper()
	d := xml.NewDecoder(strings.NewReader(svg))
	for {
		if _, err := d.Token(); errors.Is(err, io.EOF) {
			return
		} else if err != nil {
			t.Fatal(err)
		}
	}
}

func TestLadderIsTheSameEachTime(t *testing.T) {
	floors, edges := sampleLadder()
	first := LadderSVG(floors, edges, "t", "d")
	for range 20 {
		if LadderSVG(floors, edges, "t", "d") != first {
			t.Fatal("another drawing")
		}
	}
	if !strings.Contains(first, `aria-current="page"`) || strings.Count(first, "<a ") != 6 {
		t.Error("links are not as given")
	}
}

func TestWrapWords(t *testing.T) {
	for in, want := range map[string]string{
		"": "", "Area Manager": "Area Manager", "Directeur / Directrice des ventes": "Directeur /|Directrice des|ventes",
		"a b c d e f g h i j k l m n o p": "a b c d e f g|h i j k l m n|o p", strings.Repeat("x", 40): strings.Repeat("x", 17) + "…",
	} {
		if got := strings.Join(wrapWords(in, 14, 3), "|"); got != want {
			t.Errorf("%q: %q", in, got)
		}
	}
}
