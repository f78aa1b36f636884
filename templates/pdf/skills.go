package pdf

import (
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/chart"
)

// The radar stands beside the table from this many competencies up.
const radarFrom = 5

// listAsked is a requirement with what is known of its competency.
type asked struct {
	jobs.Requirement
	competency competencies.Competency
	scale      competencies.Scale
	known      bool
}

// listAsked lists the requirements, each with what is known of its competency.
func (r *role) listAsked() []asked {
	out := make([]asked, len(r.content.Requirements))
	for i, q := range r.content.Requirements {
		out[i].Requirement = q
		out[i].competency, out[i].known = r.Competencies[q.Competency]
		out[i].scale = r.Scales[out[i].competency.Scale.Slug]
	}
	return out
}

// competencies is the table of what is asked, with the rung meter and its words; from five up a small radar
// stands beside it.
func (r *role) competencies() []piece {
	all := r.listAsked()
	if len(all) == 0 {
		return nil
	}
	out := []piece{r.section(msg.PdfCompetencies, "")}
	w, axes := r.width(), axes(all)
	if len(axes) < radarFrom {
		axes = nil
	}
	var side figure
	if axes != nil {
		side = r.figure(axes, all)
	}
	free := 0.0 // height of the rows beside the radar so far
	for i, a := range all {
		if axes == nil || free >= side.h {
			p := r.asking(i+1, a, w, axes != nil)
			p.keep = i == len(all)-2 // the last row does not go alone
			out = append(out, p)
			continue
		}
		p := r.asking(i+1, a, w-radarWidth-radarGutter, true)
		if i == 0 {
			p.draw = side.beside(p.draw, w-radarWidth)
		}
		free += p.h
		p.keep = free < side.h
		out = append(out, p)
	}
	if axes != nil && free < side.h {
		out = append(out, piece{h: side.h - free})
	}
	return out
}

// axes are the spokes of the radar: requirements whose scale is known. There are none where they are all equal.
func axes(all []asked) []chart.Axis {
	var out []chart.Axis
	for _, a := range all {
		if a.known && a.scale.Top() > 0 {
			out = append(out, chart.Axis{Required: a.scale.Value(a.Rank) / 100})
		}
	}
	if len(out) != len(all) { // numbers would not match the table
		return nil
	}
	if !slices.ContainsFunc(out, func(a chart.Axis) bool { return a.Required != out[0].Required }) {
		return nil // a regular shape tells nothing
	}
	return out
}

// asking is a row of the table.
func (r *role) asking(number int, a asked, w float64, numbered bool) piece {
	const name, besideRadar = 42.0, 28.0
	meter := besideRadar
	if w == r.width() { // the words of the level on one line
		meter = 46
	}
	title := r.competencyName(a)
	if numbered {
		title = append([]span{r.say(itoa(number), small.at(7.8)), r.space(1.2)}, title...)
	}
	spans, changed := r.markChange(title, "requirements", a.Competency)
	left := bars(r.wrap(name-3, spans...), changed)
	importance := r.wrap(name-3, r.say(r.importance(a.Importance), importanceStyle(a.Importance)))
	words := r.wrap(meter, r.levelWords(a)...)
	steps := cell{x: name, h: 4.6 + stack(words), draw: func(x, y, _ float64) {
		r.sheet.meter(x, y+0.4, a.scale.Top(), a.Rank)
		r.sheet.lines(x, y+4.6, words)
	}}
	return r.underline(r.row(cell{lines: append(left, importance...)}, steps,
		cell{x: name + meter + 3, lines: r.wrap(w-name-meter-3, r.summary(a)...)}), 0.75, w)
}

func (r *role) competencyName(a asked) []span {
	if a.known && !a.competency.Name.IsZero() {
		return r.tx(a.competency.Name, bodyB)
	}
	return []span{r.say(a.Competency, bodyB)}
}

func (r *role) importance(i jobs.Importance) string {
	if i == "" {
		return ""
	}
	return msg.Of(r.lang, "importance", i)
}

func importanceStyle(i jobs.Importance) style {
	if i == jobs.Essential {
		return smallB.in(teal)
	}
	return small
}

// levelWords says the required level: "3 sur 5 · confirmé".
func (r *role) levelWords(a asked) []span {
	if a.scale.Top() == 0 {
		return nil
	}
	out := []span{r.say(r.t(msg.PdfLevel, msg.Args{"Rank": a.Rank, "Top": a.scale.Top()}), small.in(ink))}
	if name := r.tx(a.scale.LevelName(a.Rank), small.in(ink)); len(name) > 0 {
		out = append(append(out, r.say(" · ", small)), name...)
	}
	return out
}

// summary is what the required level looks like, in a line.
func (r *role) summary(a asked) []span {
	if l, ok := a.competency.Level(a.Rank); ok {
		return r.tx(l.Summary, body.at(8))
	}
	return r.tx(a.Note, body.at(8))
}

// meter draws the rung meter: required is the outline up to a step, filled lightly; the steps above are faint.
func (s *sheet) meter(x, y float64, levels, required int) {
	const pitch, h = 3.3, 3.8
	w := pitch * float64(levels)
	for _, st := range chart.RungMeter(levels, required, nil) {
		fill, stroke, width := white, rule, 0.2
		if st.Required {
			fill, stroke, width = tealLight, teal, 0.3
		}
		s.paint(fill, stroke, width)
		s.pdf.Rect(x+st.X*w, y+st.Y*h, st.W*w, st.H*h, "FD")
	}
}

// Measures of the radar beside the table.
const (
	radarWidth  = 44.0
	radarGutter = 6.0
	radarSize   = 34.0
	radarRoom   = 5.0 // around it, for its numbers
)

// figure is the radar with title and notes, ready to stand beside rows.
type figure struct {
	h    float64
	draw func(x, y float64)
}

func (r *role) figure(axes []chart.Axis, all []asked) figure {
	title := r.wrap(radarWidth, r.say(r.t(msg.PdfRadar), smallB.in(ink)))
	notes := r.wrap(radarWidth, r.say(r.t(msg.PdfRadarNote), micro))
	if levels := r.wrap(radarWidth, r.say(r.levelNames(all), micro)); len(levels) > 0 {
		levels[0].before = 0.6
		notes = append(notes, levels...)
	}
	const drawing = radarSize + 2*radarRoom
	h := 1 + stack(title) + drawing + stack(notes)
	return figure{h: h + 1, draw: func(x, y float64) {
		y += 1 + r.sheet.lines(x, y+1, title)
		r.sheet.radar(x+(radarWidth-radarSize)/2, y+radarRoom, radarSize, axes, r.composer)
		r.sheet.lines(x, y+drawing, notes)
	}}
}

// beside draws the figure with a row, so far to its right.
func (f figure) beside(row func(x, y float64), dx float64) func(x, y float64) {
	return func(x, y float64) {
		row(x, y)
		f.draw(x+dx, y)
	}
}

// levelNames spells the scale that most of the table uses, the first one.
func (r *role) levelNames(all []asked) string {
	var names []string
	for _, l := range all[0].scale.Levels {
		if n := l.Name.String(r.lang); n != "" {
			names = append(names, itoa(l.Rank)+"\u00a0"+n)
		}
	}
	if len(names) == 0 {
		return ""
	}
	return r.t(msg.PdfScaleNote, msg.Args{"Levels": strings.Join(names, ", ")})
}

// radar draws the required profile; its numbers are those of the table.
func (s *sheet) radar(x, y, size float64, axes []chart.Axis, c *composer) {
	shape := chart.Radar(axes, 5)
	s.paint(white, rule, 0.15)
	for _, ring := range shape.Rings {
		s.polygon(ring, x, y, size, "D")
	}
	for _, p := range shape.Spokes {
		s.pdf.Line(x+size/2, y+size/2, x+p.X*size, y+p.Y*size)
	}
	s.pdf.SetAlpha(0.75, "Normal")
	s.paint(tealLight, teal, 0.5)
	s.polygon(shape.Required, x, y, size, "FD")
	s.pdf.SetAlpha(1, "Normal")
	for _, p := range shape.Required {
		s.disc(x+p.X*size, y+p.Y*size, 0.6, teal)
	}
	for i, p := range chart.RadarLabels(len(axes), 0.075) {
		if ls := c.wrap(10, c.say(itoa(i+1), micro.strong().in(ink))); len(ls) > 0 {
			s.setLine(x+p.X*size-ls[0].w/2, y+p.Y*size-ls[0].h/2, ls[0])
		}
	}
}
