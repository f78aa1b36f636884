package pdf

import (
	"slices"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
)

// conditions are how the work is done and with which tools.
func (r *role) conditions() []piece {
	ps := r.columns(r.working, r.tools)
	if r.Edition != Guide && r.Pay == nil {
		ps = append(ps, r.benefitsLine()...)
	}
	if len(ps) > 0 {
		ps = append([]piece{r.section(msg.PdfConditions, "")}, ps...)
	}
	if r.Edition == Guide {
		ps = append(ps, r.benefits()...)
	}
	return ps
}

func (r *role) working(b *block) {
	c := r.content.Conditions
	b.addLabelled(msg.PdfVehicle, r.tx(c.Vehicle, body))
	b.addLabelled(msg.PdfHours, r.tx(c.Hours, body))
	b.addLabelled(msg.PdfSafety, r.tx(c.Safety, body))
}

// tools are a line for each group.
func (r *role) tools(b *block) {
	for _, g := range r.content.Tools {
		title := r.tx(g.Title, labelStyle)
		if len(title) > 0 {
			title = append(title, r.space(1.8))
		}
		spans := slices.Concat(title, r.toolNames(g))
		spans, changed := r.markChange(spans, "tools", g.Key)
		n := len(b.out)
		b.para(0.7, spans...)
		bars(b.out[n:], changed)
	}
}

func (r *role) toolNames(g jobs.ToolGroup) []span {
	var out []span
	for i, t := range g.Tools {
		if i > 0 {
			out = append(out, r.say(", ", body))
		}
		out = append(out, span{t.Name, body, lang.EN})
		out, _ = r.markChange(out, "tools", g.Key, "tools", t.Name)
	}
	return out
}

// benefitsLine names the benefits in one paragraph.
func (r *role) benefitsLine() []piece {
	var spans []span
	for i, b := range r.content.Benefits {
		if i > 0 {
			spans = append(spans, r.dot(body)...)
		}
		spans = append(spans, r.tx(b.Title, body)...)
		spans, _ = r.markChange(spans, "benefits", b.Key)
	}
	if len(spans) == 0 {
		return nil
	}
	return r.paragraph(append(r.label(msg.PdfBenefits), spans...), 1.6)
}

// variant says which reading this is, and what it leaves out.
func (r *role) variant() []piece {
	v := r.Reading.Variant
	if v == nil {
		return nil
	}
	spans := r.tx(v.Summary, body.in(ink))
	ls := r.wrap(r.width()-8, spans...)
	notes := r.t(msg.PdfVariantNote)
	removed := 0
	for _, k := range r.Reading.Changes {
		if k == jobs.Removed {
			removed++
		}
	}
	if removed > 0 {
		notes += " " + r.t(msg.PdfVariantRemoved, msg.Args{"Count": removed})
	}
	small := r.wrap(r.width()-8, r.say(notes, small))
	if len(small) > 0 {
		small[0].before = 0.6
	}
	ls = append(ls, small...)
	title := r.t(msg.PdfVariantName, msg.Args{"Name": v.Name.String(r.lang)})
	h := stack(ls) + 4
	return []piece{r.sectionOf(title, ""), {h: h, draw: func(x, y float64) {
		r.sheet.roundedBox(x, y, r.width(), h, 1.2, amberTint, amber, 0)
		r.sheet.box(x, y, 1.2, h, amber)
		r.sheet.lines(x+4, y+2, ls)
	}}}
}
