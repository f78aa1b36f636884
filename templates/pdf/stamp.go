package pdf

import (
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/chart"
)

// part is a stretch of pages with one header and one footer.
type part struct {
	kind        string // "Fiche de poste"
	title       string
	company     string
	version     int
	date        time.Time // of the version; zero for a draft
	hash        string
	link        string
	lang        lang.Lang
	first, last int // its pages
	code        *qrCode
	limit       int     // pages it should not exceed, 0 for any number
	fill        float64 // of the last page, 0 to 1
}

// stamp writes what is known only at the end, such as the number of pages, on every page.
func (c *composer) stamp() {
	total := c.sheet.pdf.PageCount()
	c.pace = paces[asUsual]
	for _, p := range c.parts {
		c.lang, c.part = p.lang, p
		p.code = newQR(p.link)
		for n := p.first; n <= p.last; n++ {
			c.sheet.turnTo(n)
			if n > p.first {
				c.header(p)
			}
			c.footer(p, n, total)
			if c.set.draft {
				c.sheet.watermark(c.t(msg.PdfDraft))
			}
		}
	}
	c.sheet.turnTo(total) // gofpdf writes the pages up to the current one
}

func (c *composer) header(p *part) {
	const y = 11.0
	right := c.wrap(60, c.say(p.company, small))
	if len(right) > 0 {
		c.sheet.right(c.sheet.w-marginX, y, right[0])
	}
	left := c.wrap(c.width()-64, c.say(p.title, smallB.in(ink)), c.space(2.2), c.say(p.kind, small))
	if len(left) > 0 {
		c.sheet.setLine(marginX, y, left[0])
	}
	c.sheet.hairline(marginX, y+5.2, c.sheet.w-marginX, y+5.2, rule, 0.2)
}

func (c *composer) footer(p *part, n, total int) {
	const size = 11.5 // of the code
	y, right := c.sheet.h-16.5, c.sheet.w-marginX
	if p.code != nil {
		c.sheet.qr(p.code, right-size, y-0.8, size)
		c.sheet.pdf.LinkString(right-size, y-0.8, size, size, p.link)
		right -= size + 3
	}
	c.sheet.hairline(marginX, y, right, y, rule, 0.2)
	c.mark(marginX, y+2.2, 3)
	page := c.wrap(30, c.say(c.t(msg.PdfPage, msg.Args{"Page": n, "Total": total}), micro))
	if len(page) > 0 {
		c.sheet.right(right, y+2, page[0])
	}
	spans := append([]span{c.say(p.title, micro.strong().in(ink)), c.space(2.2)}, c.joinWords(micro, c.edition(p)...)...)
	ls := c.wrap(right-marginX-34, spans...)
	if len(ls) > 2 {
		ls = ls[:2]
	}
	if link := c.wrap(right-marginX-8, c.say(p.link, micro.in(teal))); len(link) > 0 {
		at := y + 2 + stack(ls)
		c.sheet.pdf.LinkString(marginX+5, at, link[0].w, link[0].h, clean(lang.EN, p.link))
		ls = append(ls, link[0])
	}
	c.sheet.lines(marginX+5, y+2, ls)
	if c.set.pay {
		c.payNotice(right, y+2, right-marginX-5, ls)
	}
}

// payNotice warns at the right, under the number of the page, beside the first line that leaves it room.
func (c *composer) payNotice(right, y, w float64, beside []line) {
	notice := c.wrap(w, c.say(c.t(msg.PdfPayNotice), micro.strong().in(amberText)))
	n := 1
	for n < len(beside) && beside[n].w+notice[0].w+3 > w {
		n++
	}
	c.sheet.right(right, y+float64(n)*notice[0].h, notice[0])
}

// edition says which version of what was printed.
func (c *composer) edition(p *part) []string {
	out := []string{p.kind, "", ""}
	switch {
	case p.version == 0:
	case p.date.IsZero():
		out[1] = c.t(msg.PdfVersion, msg.Args{"Number": p.version})
	default:
		out[1] = c.t(msg.PdfVersionOf, msg.Args{"Number": p.version, "Date": lang.Date(c.lang, p.date)})
	}
	if len(p.hash) >= 8 {
		out[2] = p.hash[:8]
	}
	return out
}

// mark draws the three rising steps of the product.
func (c *composer) mark(x, y, size float64) {
	for i, st := range chart.RungMeter(3, 3, nil) {
		fill := ink
		if i == 2 {
			fill = teal
		}
		c.sheet.box(x+st.X*size, y+st.Y*size, st.W*size, st.H*size, fill)
	}
}
