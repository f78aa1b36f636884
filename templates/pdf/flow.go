package pdf

import "slices"

// piece is a part of the document that stands on one page.
type piece struct {
	h     float64 // height
	gap   float64 // space above, dropped at the head of a page
	keep  bool    // stays on the page of the next piece
	draw  func(x, y float64)
	split func(room float64) (head, tail piece, ok bool) // how to cut it when no page is high enough; nil: not at all
	title string                                         // entry of the outline
	level int
}

// room is what is left on the page.
func (c *composer) room() float64 { return c.sheet.h - footY - c.y }

// fullPage is the room of an empty page.
func (c *composer) fullPage() float64 { return c.sheet.h - footY - topY }

// flow places pieces on pages. Pieces that are kept together go to the next page together; when they are higher
// than a page, each is placed where it fits.
func (c *composer) flow(ps []piece) {
	c.title = ""
	for i := range ps {
		ps[i].gap *= c.pace.gaps
	}
	for i := 0; i < len(ps); {
		n := 1
		for i+n < len(ps) && ps[i+n-1].keep {
			n++
		}
		c.group(ps[i : i+n])
		i += n
	}
}

func (c *composer) group(ps []piece) {
	height := ps[0].gap + ps[0].h
	for _, p := range ps[1:] {
		height += p.gap + p.h
	}
	if c.atTop {
		height -= ps[0].gap
	}
	if height > c.room() && !c.atTop && height-ps[0].gap <= c.fullPage() {
		c.turn(ps[0], height-ps[0].gap)
	}
	for i, p := range ps {
		alone := p.keep && i+1 < len(ps) && p.h+ps[i+1].h <= c.fullPage() && p.gap+p.h+ps[i+1].gap+ps[i+1].h > c.room()
		if alone && !c.atTop && ps[i+1].split == nil { // at least with its neighbour
			c.turn(p, p.h+ps[i+1].gap+ps[i+1].h)
		}
		c.place(p)
	}
}

// place draws one piece, on the next page when it does not fit, cut when no page is high enough.
func (c *composer) place(p piece) {
	for {
		gap := p.gap
		if c.atTop {
			gap = 0
		}
		if gap+p.h <= c.room()+0.001 {
			c.put(p, gap)
			return
		}
		if p.h <= c.fullPage() && !c.atTop {
			c.turn(p, p.h)
			continue
		}
		if p.split != nil {
			if head, tail, ok := p.split(c.room() - gap); ok {
				c.put(head, gap)
				c.turn(tail, 0)
				p = tail
				continue
			}
		}
		if c.atTop { // nothing more can be done
			c.put(p, gap)
			return
		}
		c.turn(p, 0)
	}
}

func (c *composer) put(p piece, gap float64) {
	c.y += gap
	if p.title != "" {
		c.title = p.title
		c.sheet.bookmark(line1(c.lang, p.title), c.depth+p.level, c.y)
	}
	if p.draw != nil {
		p.draw(marginX, c.y)
	}
	c.y += p.h
	c.atTop = c.atTop && p.h == 0
	c.part.fill = (c.y - topY) / c.fullPage()
}

// turn begins the next page of the current part. Where a section goes on, its heading is repeated, unless what
// comes next, which is that high, needs the whole page.
func (c *composer) turn(next piece, h float64) {
	c.sheet.newPage()
	c.part.last = c.sheet.page()
	c.y, c.atTop, c.part.fill = topY, true, 0
	if c.title == "" || next.title != "" {
		return
	}
	if head := c.continuation(c.title); head.h+h <= c.fullPage() {
		head.draw(marginX, c.y)
		c.y += head.h
	}
}

// cell is a column of a row.
type cell struct {
	x, w  float64
	lines []line
	draw  func(x, y, h float64) // what stands there besides text
	h     float64               // least height, for draw
}

func (k cell) height() float64 { return max(stack(k.lines), k.h) }

// stack is the height of lines one under the other.
func stack(ls []line) float64 {
	h := 0.0
	for i, l := range ls {
		if i > 0 {
			h += l.before
		}
		h += l.h
	}
	return h
}

// row sets cells side by side. It is not cut unless no page is high enough; then it goes on line by line.
func (c *composer) row(cells ...cell) piece {
	p := piece{}
	for _, k := range cells {
		p.h = max(p.h, k.height())
	}
	p.draw = func(x, y float64) {
		for _, k := range cells {
			if k.draw != nil {
				k.draw(x+k.x, y, p.h)
			}
			c.sheet.lines(x+k.x, y, k.lines)
		}
	}
	p.split = func(room float64) (piece, piece, bool) { return c.cut(cells, room) }
	return p
}

func (c *composer) cut(cells []cell, room float64) (head, tail piece, ok bool) {
	first, rest := slices.Clone(cells), slices.Clone(cells)
	for i, k := range cells {
		n, h := 0, 0.0
		for n < len(k.lines) {
			next := h + k.lines[n].h
			if n > 0 {
				next += k.lines[n].before
			}
			if next > room {
				break
			}
			n, h = n+1, next
		}
		ok = ok || n > 0
		first[i].lines, rest[i].lines = k.lines[:n], k.lines[n:]
		rest[i].draw, rest[i].h = nil, 0
	}
	if !ok {
		return piece{}, piece{}, false
	}
	return c.row(first...), c.row(rest...), true
}

// column flows lines one by one; a paragraph keeps two lines on either side of a turn.
func (c *composer) column(ls []line) []piece {
	out := make([]piece, len(ls))
	for i, l := range ls {
		out[i] = piece{h: l.h, draw: func(x, y float64) { c.sheet.setLine(x, y, l) }}
		if i > 0 {
			out[i].gap = l.before
		}
	}
	for i := range out {
		out[i].keep = i+1 < len(out) && (i == 0 || i == len(out)-2)
	}
	return out
}
