package pdf

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/jobs"
)

// section opens a section: a rule with a heading, kept with what follows, and an entry in the outline. note is
// small print beside the heading.
func (c *composer) section(k msg.Key, note string) piece {
	return c.sectionOf(c.t(k), note)
}

func (c *composer) sectionOf(title, note string) piece {
	w := c.width()
	head := c.wrap(w, c.say(title, head1))
	small := c.wrap(w/2, c.say(note, small))
	above, below := 2.2, 1.5
	if c.pace.gaps < 1 {
		above, below = above*c.pace.lines*c.pace.lines, below*c.pace.gaps
	}
	return piece{h: above + stack(head) + below, gap: 4.2, keep: true, title: title, draw: func(x, y float64) {
		c.sheet.hairline(x, y, x+w, y, rule, 0.2)
		c.sheet.box(x, y-0.35, 12, 0.7, ink)
		c.sheet.lines(x, y+above, head)
		if len(small) > 0 {
			c.sheet.right(x+w, y+above+(head[0].h-small[0].h)/2, small[0])
		}
	}}
}

// continuation is the heading of a section on the page where it goes on.
func (c *composer) continuation(title string) piece {
	ls := c.wrap(c.width(), c.say(title, head2), c.space(1.4), c.say(c.t(msg.PdfContinued), small))
	return piece{h: stack(ls) + 1.4, draw: func(x, y float64) { c.sheet.lines(x, y, ls) }}
}

// paragraph flows a text over the width of the page.
func (c *composer) paragraph(spans []span, gap float64) []piece {
	ps := c.column(c.wrap(c.width(), spans...))
	if len(ps) > 0 {
		ps[0].gap = gap
	}
	return ps
}

// change is the mark of what a variant did to an item: the word for it, empty when it is as in the version.
func (r *role) change(path ...string) (word string, changed bool) {
	switch r.Reading.Change(path...) {
	case jobs.Added:
		return r.t(msg.PdfChangeAdded), true
	case jobs.Replaced:
		return r.t(msg.PdfChangeReplaced), true
	default:
		return "", false
	}
}

// markChange adds the word of a change behind a text and tells whether its lines carry the bar.
func (r *role) markChange(spans []span, path ...string) ([]span, bool) {
	word, changed := r.change(path...)
	if changed {
		spans = append(spans, r.space(1.4), r.say(word, style{semibold, 6.8, amberText}))
	}
	return spans, changed
}

// bars puts the bar of a change on lines.
func bars(ls []line, changed bool) []line {
	if changed {
		for i := range ls {
			ls[i].bar = true
		}
	}
	return ls
}

// bullets sets an item with its mark; further lines hang under the first.
func (c *composer) bullets(w float64, spans []span, before float64) []line {
	const hang = 3.4
	ls := c.wrap(w-hang, spans...)
	for i := range ls {
		ls[i].dx = hang
	}
	if len(ls) > 0 {
		ls[0].bullet, ls[0].before = true, before
	}
	return ls
}

// label opens a paragraph with the word for what follows.
func (c *composer) label(k msg.Key) []span { return []span{c.say(c.t(k), labelStyle), c.space(1.8)} }

// underline draws a hairline below a row, as tables have one.
func (c *composer) underline(p piece, pad float64, w float64) piece {
	pad *= c.pace.gaps
	draw, h, split := p.draw, p.h, p.split
	p.h += 2 * pad
	p.draw = func(x, y float64) {
		draw(x, y+pad)
		c.sheet.hairline(x, y+h+2*pad, x+w, y+h+2*pad, rule, 0.15)
	}
	if split != nil {
		p.split = func(room float64) (piece, piece, bool) { return split(room - 2*pad) }
	}
	return p
}

// pairs keeps the first two rows of a table on one page, and the last two: no row stands alone.
func pairs(rows []piece) {
	for i := range rows {
		if i+1 < len(rows) && (i == 0 || i == len(rows)-2) {
			rows[i].keep = true
		}
	}
}

// joinTexts lists texts with a dot between two of them.
func (c *composer) joinTexts(ts []lang.Text, st style) []span {
	var out []span
	for _, t := range ts {
		spans := c.tx(t, st)
		if len(spans) == 0 {
			continue
		}
		if len(out) > 0 {
			out = append(out, c.dot(st)...)
		}
		out = append(out, spans...)
	}
	return out
}

func titles[T any](items []T, title func(T) lang.Text) []lang.Text {
	out := make([]lang.Text, len(items))
	for i, it := range items {
		out[i] = title(it)
	}
	return out
}

func entryTitle(e jobs.Entry) lang.Text { return e.Title }
