// Package pdf makes the documents people print. It takes domain values and gives bytes: it knows neither HTTP nor
// a database, and it is the only package that knows gofpdf.
//
// Scripts: Latin, Greek and Cyrillic. Other characters print as a replacement mark. Documents are not tagged:
// gofpdf cannot; the page they link to is the accessible form.
package pdf

import (
	"bytes"
	"context"
	"strconv"
	"time"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

// Report tells how a document was made.
type Report struct {
	Pages    int
	Fallback bool // some text needed characters beyond Windows-1252, which costs far more time and bytes
}

// Options are for measuring, not for use: FullFont is a complete TrueType font that then sets every text, in
// every style, the slow way, so that a benchmark can compare.
type Options struct {
	FullFont []byte
}

// Render makes the document. The same document gives the same bytes. Errors are faults: Invalid for unknown
// settings, Unavailable when ctx ends first, Internal for everything else; it never panics.
func Render(ctx context.Context, d Document) ([]byte, error) {
	b, _, err := RenderReport(ctx, d, Options{})
	return b, err
}

// RenderReport is Render with options and an account of how it went.
func RenderReport(ctx context.Context, d Document, o Options) (b []byte, r Report, err error) {
	defer func() {
		if p := recover(); p != nil {
			b, r, err = nil, Report{}, fault.New(fault.Internal, "pdf.render", "render document: panic: %v", p)
		}
	}()
	set, err := d.settings()
	if err != nil {
		return nil, Report{}, err
	}
	c, err := settle(ctx, d, set, o)
	if err != nil {
		return nil, Report{}, err
	}
	c.stamp()
	out := bytes.NewBuffer(make([]byte, 0, 1<<17))
	if err := c.sheet.pdf.Output(out); err != nil {
		return nil, Report{}, fault.Wrap(fault.Internal, "pdf.render", err, "render document")
	}
	if b, err = finish(out.Bytes(), set.langs[0]); err != nil {
		return nil, Report{}, fault.Wrap(fault.Internal, "pdf.render", err, "finish document")
	}
	return b, Report{Pages: c.sheet.pdf.PageCount(), Fallback: c.types.fallback}, nil
}

// composer lays a document out. One is made for each render: gofpdf is not safe for two goroutines.
type composer struct {
	ctx   context.Context
	set   settings
	types *typesetter
	sheet *sheet
	lang  lang.Lang // of the part being laid out
	depth int       // level of its entries in the outline
	parts []*part
	part  *part
	y     float64
	paces []int  // of the parts, by their order; what is missing is set as usual
	pace  pace   // of the part being laid out
	atTop bool   // nothing stands on the page yet but a repeated heading
	title string // heading of the section being laid out, repeated where it goes on
}

func newComposer(ctx context.Context, set settings, o Options) *composer {
	t := &typesetter{fonts: fonts(), full: o.FullFont != nil}
	return &composer{ctx: ctx, set: set, types: t, sheet: newSheet(set.paper, t, o.FullFont), pace: paces[asUsual]}
}

// begin starts a part on a new page: what its header and footer say.
func (c *composer) begin(p part) {
	c.sheet.newPage()
	p.lang, p.first, p.last = c.lang, c.sheet.page(), c.sheet.page()
	c.pace = paces[asUsual]
	if n := len(c.parts); n < len(c.paces) {
		c.pace = paces[c.paces[n]]
	}
	c.parts = append(c.parts, &p)
	c.part = &p
	c.y, c.atTop = topY, true
}

// width is that of the text area.
func (c *composer) width() float64 { return c.sheet.w - 2*marginX }

// alive gives up when nobody waits for the document any more.
func (c *composer) alive() error {
	if err := c.ctx.Err(); err != nil {
		return fault.Wrap(fault.Unavailable, "pdf.cancelled", err, "render document")
	}
	return nil
}

// t is a message in the language of the part.
func (c *composer) t(k msg.Key, args ...msg.Args) string { return msg.T(c.lang, k, args...) }

// say is a span of interface words.
func (c *composer) say(s string, st style) span { return span{s, st, c.lang} }

// space is a gap in a text where a line may break, so many millimetres wide.
func (c *composer) space(mm float64) span {
	return span{" ", style{regular, mm / (0.26 * point), quiet}, c.lang}
}

// dot separates items of a line; it never begins one.
func (c *composer) dot(st style) []span {
	return []span{c.say("\u00a0\u00a0·", st), c.space(1.6)}
}

// joinWords sets items with a dot between two of them and leaves empty ones out.
func (c *composer) joinWords(st style, items ...string) []span {
	var out []span
	for _, s := range items {
		if s == "" {
			continue
		}
		if len(out) > 0 {
			out = append(out, c.dot(st)...)
		}
		out = append(out, c.say(s, st))
	}
	return out
}

// tx are the spans of a text of the content. A side that is missing is replaced by the other one, in italics
// with its language behind it.
func (c *composer) tx(t lang.Text, st style) []span {
	s, l := t.In(c.lang)
	if s == "" {
		return nil
	}
	if l == c.lang {
		return []span{{s, st, l}}
	}
	slanted := st
	slanted.face = italic
	return []span{{s, slanted, l}, c.foreign(l, st)}
}

// foreign is the tag behind a text of the other language.
func (c *composer) foreign(l lang.Lang, st style) span {
	tag := map[lang.Lang]string{lang.FR: " (FR)", lang.EN: " (EN)"}[l]
	return span{tag, style{semibold, st.size * 0.75, quiet}, l}
}

// wrap breaks spans at a width.
func (c *composer) wrap(w float64, spans ...span) []line {
	if c.pace.size != 1 {
		spans = c.pace.resize(spans)
	}
	ls := c.types.wrap(spans, w)
	if c.pace.lines != 1 {
		for i := range ls {
			ls[i].h *= c.pace.lines
		}
	}
	return ls
}

// undated stands in for the date of a version that was never published, so that a draft keeps its bytes too.
var undated = time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC)

func dateOr(t time.Time) time.Time {
	if t.IsZero() {
		return undated
	}
	return t.UTC()
}

func itoa(n int) string { return strconv.Itoa(n) }
