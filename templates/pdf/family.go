package pdf

import (
	"slices"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

func (d FamilyDocument) settings() (settings, error) {
	set, err := JobDocument{Paper: d.Paper, Langs: d.Langs, Draft: d.Draft, Edition: d.Edition}.settings()
	set.pay = slices.ContainsFunc(d.Profiles, func(p JobDocument) bool { return p.Pay != nil })
	return set, err
}

func (d FamilyDocument) compose(c *composer) error {
	first := c.set.langs[0]
	var keywords []string
	for _, p := range d.Profiles {
		keywords = append(keywords, p.Profile.Slug)
	}
	c.sheet.describe(properties{
		title: d.Family.Name.String(first), author: d.Company,
		subject:  msg.T(first, msg.PdfBinder) + ": " + d.Family.Name.String(first),
		keywords: strings.Join(keywords, ", "), date: dateOr(d.date()),
	})
	for _, l := range c.set.langs {
		c.lang, c.depth = l, 0
		if err := d.part(c); err != nil {
			return err
		}
	}
	return nil
}

// date is that of the latest version in the binder.
func (d FamilyDocument) date() time.Time {
	var at time.Time
	for _, p := range d.Profiles {
		if p.Profile.Version.PublishedAt.After(at) {
			at = p.Profile.Version.PublishedAt
		}
	}
	return at
}

func (d FamilyDocument) part(c *composer) error {
	name := d.Family.Name.String(c.lang)
	c.begin(part{kind: c.t(msg.PdfBinder), title: name, company: d.Company, link: d.Link})
	c.sheet.bookmark(line1(c.lang, name), 0, 0)
	d.cover(c)
	entries := d.contents(c)
	c.depth = 1
	for i, p := range d.Profiles {
		p.Langs, p.Paper, p.Edition, p.Draft, p.Family = d.Langs, d.Paper, d.Edition, d.Draft, d.Family
		if p.Company == "" {
			p.Company = d.Company
		}
		page := c.sheet.pdf.PageCount() + 1
		if err := p.part(c, p.heading(c.lang)); err != nil {
			return err
		}
		entries[i].fill(c, page)
	}
	return nil
}

// cover is the first page of the binder, above the contents.
func (d FamilyDocument) cover(c *composer) {
	w := c.width()
	b := &block{composer: c, w: w * 0.8}
	b.para(0, c.say(d.Company, style{semibold, 9.5, quiet}))
	b.para(3, c.tx(d.Family.Name, style{semibold, 30, ink})...)
	b.para(2, c.tx(d.Family.Text, style{regular, 10.5, text})...)
	count := c.t(msg.PdfProfilesCount, msg.Args{"Count": len(d.Profiles)})
	words := []string{c.t(msg.PdfBinder), count}
	if at := d.date(); !at.IsZero() {
		words = append(words, lang.Date(c.lang, at))
	}
	b.para(3, c.joinWords(style{semibold, 9.5, teal}, words...)...)
	band := 34 + stack(b.out) + 14
	c.sheet.box(0, 0, c.sheet.w, band, tint)
	c.sheet.box(0, 0, c.sheet.w, 1.6, ink)
	c.sheet.box(0, 0, marginX+26, 1.6, teal)
	c.mark(marginX, 18, 9)
	c.sheet.lines(marginX, 34, b.out)
	c.y, c.atTop = band+10, true
}

// entry is a line of the contents whose page is known only later.
type contentsEntry struct {
	page    int     // where the line stands
	x, y, h float64 // right edge, top, height of its number
	link    int
}

// contents lists the profiles; the numbers are filled in when their pages are known.
func (d FamilyDocument) contents(c *composer) []*contentsEntry {
	entries := make([]*contentsEntry, len(d.Profiles))
	ps := []piece{c.section(msg.PdfContents, "")}
	for i, p := range d.Profiles {
		e := &contentsEntry{link: c.sheet.pdf.AddLink()}
		entries[i] = e
		stage := ""
		if p.Profile.Stage != "" {
			stage = msg.Of(c.lang, "stage", p.Profile.Stage)
		}
		spans := c.tx(p.text().Title, bodyB.at(9.5))
		if len(spans) == 0 {
			spans = []span{c.say(p.heading(c.lang), bodyB.at(9.5))}
		}
		row := c.row(
			cell{lines: c.wrap(c.width()-64, spans...)},
			cell{x: c.width() - 60, lines: c.wrap(46, c.say(stage, small.at(8.4)))},
		)
		row = c.underline(row, 1.4, c.width())
		draw, h := row.draw, row.h
		row.draw = func(x, y float64) {
			draw(x, y)
			e.page, e.x, e.y, e.h = c.sheet.page(), x+c.width(), y+1.4, h
			c.sheet.pdf.Link(x, y, c.width(), h, e.link)
		}
		ps = append(ps, row)
	}
	c.flow(ps)
	return entries
}

// fill writes the page of a profile into the contents and returns to where the layout was.
func (e *contentsEntry) fill(c *composer, page int) {
	if e.page == 0 {
		return
	}
	c.sheet.pdf.SetLink(e.link, 0, page)
	now := c.sheet.page()
	c.sheet.turnTo(e.page)
	if ls := c.wrap(20, c.say(itoa(page), bodyB.at(9.5))); len(ls) > 0 {
		c.sheet.right(e.x, e.y, ls[0])
	}
	c.sheet.turnTo(now)
}
