package chart

import (
	"math"
	"strconv"
	"strings"
)

// Axis is one spoke of the radar: what it is called and how far out it goes, 0 to 1. Shown is nil where only
// the requirement is drawn; an unknown value is left out of the shape by the caller.
type Axis struct {
	Label    string
	Required float64
	Shown    *float64
}

// RadarShape is the geometry of a radar in a unit square: centre (0.5, 0.5), radius 0.5.
type RadarShape struct {
	Rings    [][]Point // grid, from the inside out
	Spokes   []Point   // outer ends
	Required []Point
	Shown    []Point // nil unless every axis shows a value
}

// Radar lays out the axes clockwise from the top, with so many rings. Under three axes there is no area and
// the shape is empty.
func Radar(axes []Axis, rings int) RadarShape {
	var s RadarShape
	if len(axes) < 3 {
		return s
	}
	for r := 1; r <= rings; r++ {
		s.Rings = append(s.Rings, polygon(len(axes), func(int) float64 { return float64(r) / float64(rings) }))
	}
	s.Spokes = polygon(len(axes), func(int) float64 { return 1 })
	s.Required = polygon(len(axes), func(i int) float64 { return axes[i].Required })
	for _, a := range axes {
		if a.Shown == nil {
			return s
		}
	}
	s.Shown = polygon(len(axes), func(i int) float64 { return *axes[i].Shown })
	return s
}

func polygon(n int, radius func(int) float64) []Point {
	out := make([]Point, n)
	for i := range out {
		r := min(max(radius(i), 0), 1) / 2
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out[i] = Point{0.5 + r*sin, 0.5 - r*cos}
	}
	return out
}

// RadarSVG draws the radar with numbered spokes; the table beside it says what the numbers stand for, and each
// number carries its word as a title.
func RadarSVG(axes []Axis, rings int, title, description string) string {
	const size, margin = 220.0, 26.0
	s := Radar(axes, rings)
	place := func(ps []Point) []Point {
		out := make([]Point, len(ps))
		for i, p := range ps {
			out[i] = Point{margin + p.X*size, margin + p.Y*size}
		}
		return out
	}
	var b strings.Builder
	full := num(size + 2*margin)
	tag(&b, "svg", false, "class", "radar", "viewBox", "0 0 "+full+" "+full, "role", "img", "aria-label", title)
	element(&b, "title", title)
	element(&b, "desc", description)
	for _, r := range s.Rings {
		tag(&b, "polygon", true, "class", "radar-grid", "points", points(place(r)))
	}
	centre := num(margin + size/2)
	for _, p := range place(s.Spokes) {
		tag(&b, "line", true, "class", "radar-axis", "x1", centre, "y1", centre, "x2", num(p.X), "y2", num(p.Y))
	}
	if s.Required != nil {
		tag(&b, "polygon", true, "class", "radar-area", "points", points(place(s.Required)))
	}
	if s.Shown != nil {
		tag(&b, "polygon", true, "class", "radar-shown", "fill", "none", "points", points(place(s.Shown)))
	}
	for i, p := range RadarLabels(len(s.Spokes), 0.06) {
		q := place([]Point{p})[0]
		tag(
			&b, "text", false, "class", "radar-label", "x", num(q.X), "y",
			num(q.Y), "text-anchor", "middle", "dominant-baseline", "central",
		)
		element(&b, "title", axes[i].Label)
		b.WriteString(strconv.Itoa(i+1) + "</text>")
	}
	b.WriteString("</svg>")
	return b.String()
}

// RadarLabels gives the places of the spokes' numbers, so far outside the outer ring.
func RadarLabels(n int, outside float64) []Point {
	out := make([]Point, n)
	for i := range out {
		sin, cos := math.Sincos(2 * math.Pi * float64(i) / float64(n))
		out[i] = Point{0.5 + (0.5+outside)*sin, 0.5 - (0.5+outside)*cos}
	}
	return out
}
