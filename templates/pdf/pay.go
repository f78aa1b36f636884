package pdf

import (
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

// pay prints the ranges, where the reader chose and may see them.
func (r *role) pay() []piece {
	if r.Pay == nil {
		return nil
	}
	p := r.Pay
	note := ""
	if at, err := time.Parse(time.DateOnly, p.Effective); err == nil {
		note = r.t(msg.PdfPayEffective, msg.Args{"Date": lang.Date(r.lang, at)})
	}
	out := []piece{r.section(msg.PdfPay, note), r.payWarning()}
	if len(p.Lines) > 0 {
		out = append(out, r.payHead())
		for i, l := range p.Lines {
			row := r.payRow(l)
			row.keep = i+1 < len(p.Lines)
			out = append(out, row)
		}
	}
	out = append(out, r.paragraph(r.tx(p.Note, small), 1)...)
	if r.Edition != Guide {
		out = append(out, r.benefitsLine()...)
	}
	return out
}

func (r *role) payWarning() piece {
	ls := r.wrap(r.width()-10, r.say(r.t(msg.PdfPayWarning), style{semibold, 8, amberText}))
	h := stack(ls) + 2
	return piece{h: h + 1, keep: true, draw: func(x, y float64) {
		r.sheet.roundedBox(x, y, r.width(), h, 1, amberTint, amber, 0)
		r.sheet.box(x, y, 1.2, h, amber)
		r.sheet.lines(x+4, y+1, ls)
	}}
}

// Columns of the table of pay.
const (
	payRange    = 38.0
	payTarget   = 90.0
	payVariable = 114.0
)

func (r *role) payHead() piece {
	head := func(x, w float64, k msg.Key) cell { return cell{x: x, lines: r.wrap(w, r.say(r.t(k), smallB))} }
	p := r.row(
		head(0, payRange-3, msg.PdfPayZone), head(payRange, payTarget-payRange-3, msg.PdfPayRange),
		head(payTarget, payVariable-payTarget-3, msg.PdfPayTarget),
		head(payVariable, r.width()-payVariable, msg.PdfPayVariable),
	)
	p = r.underline(p, 0.6, r.width())
	p.keep = true
	return p
}

func (r *role) payRow(l PayLine) piece {
	per := ""
	if l.Period != "" {
		per = " " + r.t(msg.Key("pdf.per_"+l.Period))
	}
	money := func(s string) string { return lang.Money(r.lang, s, l.Currency) }
	span := r.wrap(payTarget-payRange-3, r.say(money(l.Min)+" – "+money(l.Max)+per, body))
	bar := cell{x: payRange, lines: span, h: stack(span) + 2.6, draw: func(x, y, _ float64) {
		r.payBar(x, y+stack(span)+0.8, payTarget-payRange-8, l)
	}}
	if l.Min == "" || l.Max == "" {
		bar = cell{x: payRange}
	}
	return r.underline(r.row(
		cell{lines: r.wrap(payRange-3, r.tx(l.Zone, bodyB)...)}, bar,
		cell{x: payTarget, lines: r.wrap(payVariable-payTarget-3, r.say(nonEmpty(l.Target, money), bodyB))},
		cell{x: payVariable, lines: r.wrap(r.width()-payVariable, r.say(r.variable(l, money), body))},
	), 0.8, r.width())
}

func nonEmpty(s string, f func(string) string) string {
	if s == "" {
		return ""
	}
	return f(s)
}

func (r *role) variable(l PayLine, money func(string) string) string {
	if l.Variable == "" {
		return r.t(msg.PdfPayNone)
	}
	s := money(l.Variable)
	if l.Mix != "" {
		s += " (" + r.t(msg.PdfPayMix) + " " + l.Mix + ")"
	}
	return s
}

// payBar draws the range with its target as a mark.
func (r *role) payBar(x, y, w float64, l PayLine) {
	r.sheet.roundedBox(x, y, w, 1.3, 0.6, tealLight, teal, 0)
	at, ok := between(l.Min, l.Target, l.Max)
	if ok {
		r.sheet.box(x+at*w-0.35, y-0.7, 0.7, 2.7, ink)
	}
}
