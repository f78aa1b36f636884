// Package chart draws what the pages and the printed documents share: the rung meter, the radar of
// competencies and the ladder. Geometry is pure and in unit coordinates, so that the PDF draws the same shapes;
// the SVG writers carry classes only, never a style attribute, and colours come from the style sheet:
//
//	rung-step rung-required rung-shown rung-missing rung-unknown
//	radar-grid radar-axis radar-area radar-shown radar-label
//	ladder-floor ladder-floor-label ladder-box ladder-box-current ladder-label
//	ladder-edge ladder-edge-up ladder-edge-lateral ladder-edge-diagonal ladder-arrow
//
// It knows no domain: callers pass numbers and words in the reader's language.
package chart

import (
	"html"
	"strconv"
	"strings"
)

// Point is a place in unit coordinates or pixels; y goes down.
type Point struct{ X, Y float64 }

// num writes a coordinate with at most two decimals.
func num(f float64) string {
	s := strconv.FormatFloat(f, 'f', 2, 64)
	s = strings.TrimRight(strings.TrimRight(s, "0"), ".")
	if s == "-0" {
		return "0"
	}
	return s
}

// points writes the points attribute of a polygon.
func points(ps []Point) string {
	var b strings.Builder
	for i, p := range ps {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(num(p.X) + "," + num(p.Y))
	}
	return b.String()
}

// tag writes a start or empty tag with attributes in pairs, escaped.
func tag(b *strings.Builder, name string, empty bool, attrs ...string) {
	b.WriteString("<" + name)
	for i := 0; i+1 < len(attrs); i += 2 {
		b.WriteString(" " + attrs[i] + `="` + html.EscapeString(attrs[i+1]) + `"`)
	}
	if empty {
		b.WriteString("/>")
		return
	}
	b.WriteString(">")
}

// element writes an element with text in it.
func element(b *strings.Builder, name, text string, attrs ...string) {
	tag(b, name, false, attrs...)
	b.WriteString(html.EscapeString(text) + "</" + name + ">")
}
