package chart

import "strings"

// Unknown stands for a level nobody has assessed yet: never zero, drawn dotted.
const Unknown = -1

// StepState is how a step of the meter is drawn.
type StepState string

// The states of a step; they are the classes of the SVG too.
const (
	StepIdle     StepState = "rung-step"     // above what is required, and not shown
	StepRequired StepState = "rung-required" // required, nothing to compare with
	StepShown    StepState = "rung-shown"    // reached
	StepMissing  StepState = "rung-missing"  // required and not reached
	StepUnknown  StepState = "rung-unknown"  // required and not assessed
)

// Step is one rising step of the meter in a unit square, standing on its lower edge.
type Step struct {
	X, Y, W, H float64
	State      StepState
	Required   bool // inside the outline of what is required
}

// RungMeter is the signature of the product: as many rising steps as the scale has levels. Levels under 1 draw
// nothing; required is cut to the levels. shown is nil where only the requirement matters, and Unknown where
// nobody has assessed.
func RungMeter(levels, required int, shown *int) []Step {
	if levels < 1 {
		return nil
	}
	required = min(max(required, 0), levels)
	const gap, first = 0.22, 0.30 // of a step's pitch; height of the first step
	pitch := 1 / (float64(levels) - gap)
	steps := make([]Step, levels)
	for i := range steps {
		h := 1.0
		if levels > 1 {
			h = first + (1-first)*float64(i)/float64(levels-1)
		}
		steps[i] = Step{
			X: float64(i) * pitch, Y: 1 - h, W: pitch * (1 - gap), H: h,
			State: stepState(i+1, required, shown), Required: i < required,
		}
	}
	return steps
}

func stepState(rank, required int, shown *int) StepState {
	switch {
	case shown != nil && *shown >= rank:
		return StepShown
	case rank > required:
		return StepIdle
	case shown == nil:
		return StepRequired
	case *shown < 0:
		return StepUnknown
	default:
		return StepMissing
	}
}

// RungMeterSVG draws the meter with its words ("3 of 5, competent; 4 required") as its name. The hatching of
// what is missing is part of the drawing, so that it never rests on colour.
func RungMeterSVG(levels, required int, shown *int, label string) string {
	const w, h = 14.0, 18.0 // pitch and height in pixels
	width := w * float64(max(levels, 1))
	var b strings.Builder
	tag(&b, "svg", false, "class", "rung-meter", "viewBox", "0 0 "+num(width+2)+" "+num(h+2),
		"width", num(width+2), "height", num(h+2), "role", "img", "aria-label", label)
	element(&b, "title", label)
	for _, s := range RungMeter(levels, required, shown) {
		x, y, sw, sh := 1+s.X*width, 1+s.Y*h, s.W*width, s.H*h
		tag(
			&b, "rect", true, "class", string(s.State), "x", num(x), "y", num(y), "width", num(sw), "height", num(sh), "rx", "1",
		)
		if s.State == StepMissing {
			tag(&b, "path", true, "class", string(StepMissing), "d", hatching(x, y, sw, sh))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}

// hatching is a path of slanted lines inside a rectangle.
func hatching(x, y, w, h float64) string {
	var b strings.Builder
	for _, l := range Hatch(w, h, 3.5) {
		b.WriteString("M" + num(x+l[0].X) + " " + num(y+l[0].Y) + "L" + num(x+l[1].X) + " " + num(y+l[1].Y))
	}
	return b.String()
}

// Hatch gives the slanted lines that fill a rectangle of w by h, one every step along the edges.
func Hatch(w, h, step float64) [][2]Point {
	var out [][2]Point
	for d := step; d < w+h; d += step {
		a := Point{max(0, d-h), min(d, h)}
		b := Point{min(d, w), max(0, d-w)}
		out = append(out, [2]Point{a, b})
	}
	return out
}
