package chart

import (
	"math"
	"strings"
)

// LadderBox is a rung: a profile on its floor. Its title is wrapped in at most four lines.
type LadderBox struct {
	ID, Title, Href string
	Current         bool // the profile the page is about
}

// LadderFloor is a stage with its rungs.
type LadderFloor struct {
	Label string
	Boxes []LadderBox
}

// LadderEdge is a move between rungs. Kind is up, lateral or diagonal.
type LadderEdge struct{ From, To, Kind string }

// LadderSVG draws the ladder: floors from the lowest (the first) at the bottom to the highest on top, rungs as
// linked boxes, moves as lines that run between the boxes. Moves to and fro are one line with two heads; a move
// whose end is not on a floor is left out. The list of moves beside it says the rest, so a group of links is its
// role, not an image: an image would hide them from a screen reader.
func LadderSVG(floors []LadderFloor, edges []LadderEdge, title, description string) string {
	l := layLadder(floors, edges)
	var b strings.Builder
	tag(&b, "svg", false, "class", "ladder", "viewBox", "0 0 "+num(l.width)+" "+num(l.height),
		"width", num(l.width), "height", num(l.height), "role", "group", "aria-label", title)
	element(&b, "title", title)
	element(&b, "desc", description)
	for i, f := range floors {
		y := l.top(i)
		tag(&b, "rect", true, "class", "ladder-floor", "x", "0", "y", num(y-floorPad), "width", num(l.width),
			"height", num(boxHeight+2*floorPad), "rx", "8")
		textLines(&b, "ladder-floor-label", floorPad+2, y+boxHeight/2, wrapWords(f.Label, 12, 2), "start")
	}
	for _, r := range l.routes {
		class := "ladder-edge ladder-edge-" + r.kind
		tag(&b, "path", true, "class", class, "fill", "none", "d", roundCorners(r.path))
		tag(&b, "path", true, "class", class+" ladder-arrow", "fill", "none", "d", chevron(r.path))
		if r.both {
			tag(&b, "path", true, "class", class+" ladder-arrow", "fill", "none", "d", chevron(reverse(r.path)))
		}
	}
	for i, f := range floors {
		for _, box := range f.Boxes {
			writeBox(&b, box, l.x[box.ID], l.top(i))
		}
	}
	b.WriteString("</svg>")
	return b.String()
}

func writeBox(b *strings.Builder, box LadderBox, x, y float64) {
	class := "ladder-box"
	if box.Current {
		class += " ladder-box-current"
	}
	attrs := []string{"href", box.Href}
	if box.Current {
		attrs = append(attrs, "aria-current", "page")
	}
	tag(b, "a", false, attrs...)
	tag(
		b, "rect", true, "class", class, "x", num(x), "y", num(y),
		"width", num(boxWidth), "height", num(boxHeight), "rx", "6",
	)
	textLines(b, "ladder-label", x+boxWidth/2, y+boxHeight/2, wrapWords(box.Title, 19, 4), "middle")
	b.WriteString("</a>")
}

// textLines sets lines around a middle, one tspan each.
func textLines(b *strings.Builder, class string, x, middle float64, lines []string, anchor string) {
	const leading = 16.0
	tag(b, "text", false, "class", class, "text-anchor", anchor)
	y := middle - leading*float64(len(lines)-1)/2 + 4.5
	for i, s := range lines {
		if i > 0 {
			s = " " + s // a reader of the text alone needs the space
		}
		element(b, "tspan", s, "x", num(x), "y", num(y))
		y += leading
	}
	b.WriteString("</text>")
}

// wrapWords breaks a title into lines of about so many characters; what is too much ends in an ellipsis.
func wrapWords(s string, width, most int) []string {
	var lines []string
	for _, w := range strings.Fields(s) {
		n := len(lines) - 1
		if n >= 0 && (len([]rune(lines[n]+" "+w)) <= width || w == "/") {
			lines[n] += " " + w
			continue
		}
		lines = append(lines, w)
	}
	if len(lines) > most {
		lines = lines[:most]
		lines[most-1] += "…"
	}
	for i, l := range lines {
		if r := []rune(l); len(r) > width+4 {
			lines[i] = string(r[:width+3]) + "…"
		}
	}
	return lines
}

// roundCorners writes a path of straight lines with round corners.
func roundCorners(ps []Point) string {
	const radius = 6.0
	var b strings.Builder
	b.WriteString("M" + num(ps[0].X) + " " + num(ps[0].Y))
	for i := 1; i < len(ps); i++ {
		if i == len(ps)-1 {
			b.WriteString("L" + num(ps[i].X) + " " + num(ps[i].Y))
			break
		}
		in, out := toward(ps[i], ps[i-1], radius), toward(ps[i], ps[i+1], radius)
		b.WriteString(
			"L" + num(in.X) + " " + num(in.Y) + "Q" + num(ps[i].X) + " " + num(ps[i].Y) + " " + num(out.X) + " " + num(out.Y),
		)
	}
	return b.String()
}

// toward is the point so far from a on the way to b, at most half way.
func toward(a, b Point, d float64) Point {
	length := math.Hypot(b.X-a.X, b.Y-a.Y)
	if length == 0 {
		return a
	}
	k := min(d, length/2) / length
	return Point{a.X + (b.X-a.X)*k, a.Y + (b.Y-a.Y)*k}
}

// chevron is the open head of an arrow at the end of a path.
func chevron(ps []Point) string {
	const size = 6.0
	tip, before := ps[len(ps)-1], ps[len(ps)-2]
	dir := math.Atan2(tip.Y-before.Y, tip.X-before.X)
	wing := func(turn float64) Point {
		sin, cos := math.Sincos(dir + math.Pi + turn)
		return Point{tip.X + size*cos, tip.Y + size*sin}
	}
	a, c := wing(0.55), wing(-0.55)
	return "M" + num(a.X) + " " + num(a.Y) + "L" + num(tip.X) + " " + num(tip.Y) + "L" + num(c.X) + " " + num(c.Y)
}

func reverse(ps []Point) []Point {
	out := make([]Point, len(ps))
	for i, p := range ps {
		out[len(ps)-1-i] = p
	}
	return out
}
