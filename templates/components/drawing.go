package components

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/chart"
)

// drawing is the rung meter's picture, without words: they always stand beside it, so it is hidden from
// assistive technology.
func drawing(m Meter) templ.Component {
	const pitch, height = 9.0, 18.0
	levels := m.Scale.Top()
	width := pitch * float64(max(levels, 1))
	var b strings.Builder
	fmt.Fprintf(
		&b, `<svg class="ec-rungs" viewBox="0 0 %.0f %.0f" aria-hidden="true" focusable="false">`, width+2, height+2,
	)
	for _, s := range chart.RungMeter(levels, m.Required, m.Shown) {
		x, y, w, h := 1+s.X*width, 1+s.Y*height, s.W*width, s.H*height
		fmt.Fprintf(&b, `<rect class="%s" x="%.1f" y="%.1f" width="%.1f" height="%.1f" rx="1"/>`, s.State, x, y, w, h)
		if s.State == chart.StepMissing {
			hatch(&b, x, y, w, h)
		}
	}
	b.WriteString(`</svg>`)
	return templ.Raw(b.String())
}

// hatch fills a missing step with slanted lines, so that it never rests on colour.
func hatch(b *strings.Builder, x, y, w, h float64) {
	fmt.Fprintf(b, `<path class="%s" d="`, chart.StepMissing)
	for _, l := range chart.Hatch(w, h, 3.5) {
		fmt.Fprintf(b, "M%.1f %.1fL%.1f %.1f", x+l[0].X, y+l[0].Y, x+l[1].X, y+l[1].Y)
	}
	b.WriteString(`"/>`)
}

// importanceDrawing is a disc: full for essential, half for expected, empty for preferred.
func importanceDrawing(i jobs.Importance) templ.Component {
	const open = `<svg class="ec-dot" viewBox="0 0 12 12" aria-hidden="true" focusable="false">` +
		`<circle class="ec-dot-ring" cx="6" cy="6" r="4.5"/>`
	switch i {
	case jobs.Essential:
		return templ.Raw(open + `<circle class="ec-dot-fill" cx="6" cy="6" r="4.5"/></svg>`)
	case jobs.Expected:
		return templ.Raw(open + `<path class="ec-dot-fill" d="M6 1.5a4.5 4.5 0 0 1 0 9z"/></svg>`)
	default:
		return templ.Raw(open + `</svg>`)
	}
}

// lowerFirst begins a level's name in lower case within a sentence, and leaves codes such as B2 alone.
func lowerFirst(s string) string {
	first, n := utf8.DecodeRuneInString(s)
	second, _ := utf8.DecodeRuneInString(s[n:])
	if !unicode.IsLower(second) {
		return s
	}
	return string(unicode.ToLower(first)) + s[n:]
}

// stageDrawing shows the four stages as a stair, the given one filled.
func stageDrawing(s jobs.Stage) templ.Component { return templ.Raw(stairs[s]) }

// stairs are the drawings of all stages, made once: a list shows one in each row. The zero stage fills none.
var stairs = func() map[jobs.Stage]string {
	m := map[jobs.Stage]string{"": stair("")}
	for _, s := range jobs.Stages() {
		m[s] = stair(s)
	}
	return m
}()

func stair(s jobs.Stage) string {
	var b strings.Builder
	b.WriteString(`<svg class="ec-stair" viewBox="0 0 24 16" aria-hidden="true" focusable="false">`)
	for i, st := range jobs.Stages() {
		class := "ec-stair-step"
		if st == s {
			class = "ec-stair-here"
		}
		h := 4 * (i + 1)
		fmt.Fprintf(&b, `<rect class="%s" x="%d" y="%d" width="5" height="%d"/>`, class, i*6, 16-h, h)
	}
	b.WriteString(`</svg>`)
	return b.String()
}
