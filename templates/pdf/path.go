package pdf

import (
	"math/big"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/careers"
)

const mostMoves = 4

// moves are the ways on from the role, two beside each other.
func (r *role) moves() []piece {
	ms := r.Ladder.Moves
	ms = ms[:min(len(ms), mostMoves)]
	if len(ms) == 0 {
		return nil
	}
	const gutter = 6.0
	w := (r.width() - gutter) / 2
	out := []piece{r.section(msg.PdfMoves, "")}
	for i := 0; i < len(ms); i += 2 {
		cells := []cell{r.move(0, w, ms[i])}
		if i+1 < len(ms) {
			cells = append(cells, r.move(w+gutter, w, ms[i+1]))
		}
		p := r.row(cells...)
		p.gap = 2.2
		if i == 0 {
			p.gap = 0.4
		}
		out = append(out, p)
	}
	return out
}

func (r *role) move(x, w float64, m MoveLine) cell {
	const indent = 7.5
	b := &block{composer: r.composer, w: w - indent}
	b.para(0, r.tx(m.Title, head2)...)
	words := ""
	if m.Kind != "" {
		words = msg.Of(r.lang, "move", m.Kind)
	}
	if m.Months > 0 {
		words += ", " + r.t(msg.PdfUsually, msg.Args{"Duration": lang.Duration(r.lang, m.Months)})
	}
	b.para(0.2, r.say(words, small.at(7.8)))
	for _, a := range m.Adds[:min(len(m.Adds), 2)] {
		b.out = append(b.out, r.bullets(w-indent, r.tx(a, body.at(8)), 0.4)...)
	}
	return cell{x: x + indent, lines: b.out, draw: func(x, y, h float64) {
		r.sheet.box(x-2.6, y+0.4, 0.5, h-0.8, amber)
		r.sheet.arrow(x-6.2, y+2.2, m.Kind)
	}}
}

// arrow draws the direction of a move: up, sideways or both.
func (s *sheet) arrow(x, y float64, k careers.MoveKind) {
	dx, dy := 0.0, -1.0
	switch k {
	case careers.Up:
	case careers.Lateral:
		dx, dy = 1, 0
	case careers.Diagonal:
		dx, dy = 0.707, -0.707
	}
	const half, head = 1.5, 1.1
	s.paint(amber, amber, 0.45)
	tipX, tipY := x+dx*half, y+dy*half
	s.pdf.Line(x-dx*half, y-dy*half, tipX, tipY)
	for _, side := range []float64{1, -1} {
		s.pdf.Line(tipX, tipY, tipX-head*(0.7*dx-side*0.7*dy), tipY-head*(0.7*dy+side*0.7*dx))
	}
}

// acknowledgement is the block to sign.
func (r *role) acknowledgement() []piece {
	if !r.Acknowledgement {
		return nil
	}
	const gutter = 5.0
	height := 20.0 * min(1, r.pace.lines*r.pace.lines) // room to sign
	w := (r.width() - 2*gutter) / 3
	note := r.wrap(r.width(), r.say(r.t(msg.PdfAckNote), small.at(7.8)), r.space(4),
		r.say(r.t(msg.PdfAckHanded)+"\u00a0……………………………", small.at(7.8).in(ink)))
	head := r.section(msg.PdfAck, "")
	h := stack(note) + 2 + height
	return []piece{head, {h: h, draw: func(x, y float64) {
		y += r.sheet.lines(x, y, note) + 2
		for i, k := range []msg.Key{msg.PdfAckEmployee, msg.PdfAckManager, msg.PdfAckHr} {
			bx := x + float64(i)*(w+gutter)
			r.sheet.frame(bx, y, w, height, rule, 0.25)
			r.sheet.lines(bx+2.5, y+1.6, r.wrap(w-5, r.say(r.t(k), smallB.in(ink))))
			r.sheet.lines(bx+2.5, y+5.4, r.wrap(w-5, r.say(r.t(msg.PdfAckSign), micro)))
		}
	}}}
}

// between tells where a decimal stands between two others, 0 to 1; false when it does not.
func between(low, s, high string) (float64, bool) {
	lo, ok1 := new(big.Rat).SetString(low)
	v, ok2 := new(big.Rat).SetString(s)
	hi, ok3 := new(big.Rat).SetString(high)
	if !ok1 || !ok2 || !ok3 || lo.Cmp(hi) >= 0 || v.Cmp(lo) < 0 || v.Cmp(hi) > 0 {
		return 0, false
	}
	f, _ := new(big.Rat).Quo(new(big.Rat).Sub(v, lo), new(big.Rat).Sub(hi, lo)).Float64()
	return f, true
}
