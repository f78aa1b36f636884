package pdf

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
)

// The cover band in millimetres.
const (
	bandTop     = 13.0
	bandBottom  = 7.0
	ladderWidth = 62.0
	rungHeight  = 8.4
	rungGap     = 1.5
	rungShift   = 3.5 // each rung stands this much further right
)

// cover draws the band on top of the first page: what, where, which version.
func (r *role) cover() {
	w := r.width()
	left := w
	rungs := r.rungs()
	if len(rungs) > 1 {
		left = w - ladderWidth - 8
	}
	ls := r.coverLines(left)
	height := max(stack(ls), ladderHeight(len(rungs)))
	band := bandTop + height + bandBottom
	r.sheet.box(0, 0, r.sheet.w, band, tint)
	r.sheet.box(0, 0, r.sheet.w, 1.6, ink)
	r.sheet.box(0, 0, marginX+26, 1.6, teal)
	r.sheet.lines(marginX, bandTop+(height-stack(ls))/2, ls)
	if len(rungs) > 1 {
		r.ladder(marginX+w-ladderWidth, bandTop+(height-ladderHeight(len(rungs)))/2, rungs)
	}
	r.y, r.atTop = band+5.5, true
}

func (r *role) coverLines(w float64) []line {
	var out []line
	add := func(before float64, spans ...span) {
		ls := r.wrap(w, spans...)
		if len(ls) > 0 && len(out) > 0 {
			ls[0].before = before
		}
		out = append(out, ls...)
	}
	if r.Company != "" {
		add(0, r.say(r.Company, style{semibold, 8.6, ink}), r.space(2.4), r.say(r.t(r.kind()), style{regular, 8.6, quiet}))
	} else {
		add(0, r.say(r.t(r.kind()), style{semibold, 8.6, quiet}))
	}
	add(2, r.title()...)
	add(2, r.joinWords(style{semibold, 9.2, teal}, r.standing()...)...)
	if v := r.Reading.Variant; v != nil {
		add(1, r.say(r.t(msg.PdfVariantName, msg.Args{"Name": v.Name.String(r.lang)}), style{semibold, 9.2, amberText}))
	}
	add(0.8, r.say(r.inForce(), style{regular, 8.2, quiet}))
	return out
}

func (r *role) title() []span {
	st := display
	switch n := len([]rune(r.heading(r.lang))); {
	case n > 90:
		st.size = 14
	case n > 55:
		st.size = 17
	}
	spans := r.tx(r.content.Title, st)
	if len(spans) == 0 {
		spans = []span{r.say(r.heading(r.lang), st)}
	}
	if m := r.content.Marker.Side(r.lang).Text; m != "" {
		spans = append(spans, r.say("\u00a0\u00a0"+m, style{regular, 10, quiet}))
	}
	return spans
}

// standing is family, track and stage.
func (r *role) standing() []string {
	out := []string{r.Family.Name.String(r.lang)}
	if t, ok := r.Family.Track(r.Profile.Track); ok {
		out = append(out, t.Name.String(r.lang))
	}
	if r.Profile.Stage != "" {
		out = append(out, msg.Of(r.lang, "stage", r.Profile.Stage))
	}
	return out
}

func (r *role) inForce() string {
	v := r.Profile.Version
	args := msg.Args{"Number": v.Number, "Date": lang.Date(r.lang, v.PublishedAt)}
	switch {
	case v.Number == 0:
		return ""
	case v.PublishedAt.IsZero():
		return r.t(msg.PdfNotPublished, args)
	case v.State == jobs.Superseded || !v.SupersededAt.IsZero():
		return r.t(msg.PdfSuperseded, args)
	default:
		return r.t(msg.PdfInForce, args)
	}
}

// rung is a box of the small ladder in the band, from the top down.
type rung struct {
	label  msg.Key
	titles []lang.Text
}

func (r *role) rungs() []rung {
	var out []rung
	if len(r.Ladder.Next) > 0 {
		out = append(out, rung{msg.PdfNext, r.Ladder.Next})
	}
	out = append(out, rung{msg.PdfHere, []lang.Text{r.content.Title}})
	if len(r.Ladder.Previous) > 0 {
		out = append(out, rung{msg.PdfBefore, r.Ladder.Previous})
	}
	return out
}

func ladderHeight(n int) float64 {
	if n < 2 {
		return 0
	}
	return float64(n)*(rungHeight+rungGap) - rungGap
}

// ladder draws the rungs, each a step further right than the one below.
func (r *role) ladder(x, y float64, rungs []rung) {
	const label = 15.0
	width := ladderWidth - label - rungShift*float64(len(rungs)-1)
	for i, g := range rungs {
		bx := x + label + rungShift*float64(len(rungs)-1-i)
		by := y + float64(i)*(rungHeight+rungGap)
		st, tag := style{regular, 7, ink}, style{regular, 6.8, quiet}
		switch g.label {
		case msg.PdfHere:
			r.sheet.roundedBox(bx, by, width, rungHeight, 1, ink, ink, 0)
			st, tag = style{semibold, 7.2, white}, tag.strong().in(ink)
		case msg.PdfNext:
			r.sheet.roundedBox(bx, by, width, rungHeight, 1, white, amber, 0.45)
			tag = tag.in(amberText).strong()
		default:
			r.sheet.roundedBox(bx, by, width, rungHeight, 1, white, rule, 0.3)
		}
		if ls := r.wrap(20, r.say(r.t(g.label), tag)); len(ls) > 0 {
			r.sheet.right(bx-2, by+(rungHeight-ls[0].h)/2, ls[0])
		}
		ls := r.rungLines(g.titles, width-4, st)
		r.sheet.lines(bx+2, by+(rungHeight-stack(ls))/2, ls)
	}
}

// rungLines sets titles in at most two lines; what does not fit is counted.
func (r *role) rungLines(titles []lang.Text, w float64, st style) []line {
	st.size -= 0.2
	for n := min(len(titles), 2); n > 0; n-- {
		var spans []span
		for i, t := range titles[:n] {
			if i > 0 {
				spans = append(spans, r.say(", ", st))
			}
			spans = append(spans, r.tx(t, st)...)
		}
		if rest := len(titles) - n; rest > 0 {
			spans = append(spans, r.say(" "+r.t(msg.PdfMore, msg.Args{"Rest": rest}), st.strong()))
		}
		ls := r.wrap(w, spans...)
		if len(ls) <= 2 {
			return tight(ls)
		}
		if n == 1 {
			return tight(ls[:2])
		}
	}
	return nil
}

// tight sets lines closer for a small box.
func tight(ls []line) []line {
	for i := range ls {
		ls[i].h *= 0.9
	}
	return ls
}
