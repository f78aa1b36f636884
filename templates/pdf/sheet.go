package pdf

import (
	"fmt"
	"math"
	"strconv"
	"time"
	"unicode/utf16"

	"github.com/jung-kurt/gofpdf"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/chart"
)

// sheet is the paper: it draws in millimetres from the top left corner and keeps gofpdf's habits away from the
// layout. Errors of gofpdf are sticky; they come out at the end.
type sheet struct {
	pdf    *gofpdf.Fpdf
	types  *typesetter
	full   []byte
	w, h   float64
	have   [faces]bool
	face   face
	size   float64 // 0: nothing selected on this page
	fill   color
	stroke color
	line   float64
	known  bool // fill, stroke and line are those of the page

	scratch []byte // for the operators of one run
}

func newSheet(p Paper, t *typesetter, full []byte) *sheet {
	size := "A4"
	if p == Letter {
		size = "Letter"
	}
	pdf := gofpdf.New("P", "mm", size, "")
	pdf.SetAutoPageBreak(false, 0)
	pdf.SetMargins(0, 0, 0)
	pdf.SetCatalogSort(true)
	pdf.SetCompression(false) // finish does it, without a new compressor for each page
	s := &sheet{pdf: pdf, types: t, full: full}
	s.w, s.h = pdf.GetPageSize()
	return s
}

// properties are the document's own data; the one date is the version's, never the time of rendering.
type properties struct {
	title, author, subject, keywords string
	date                             time.Time
}

func (s *sheet) describe(p properties) {
	s.pdf.SetTitle(line1(lang.EN, p.title), true)
	s.pdf.SetAuthor(line1(lang.EN, p.author), true)
	s.pdf.SetSubject(line1(lang.EN, p.subject), true)
	s.pdf.SetKeywords(line1(lang.EN, p.keywords), true)
	s.pdf.SetCreator("Echelon", false)
	s.pdf.SetCreationDate(p.date)
	s.pdf.SetModificationDate(p.date)
}

func (s *sheet) newPage() {
	s.pdf.AddPage()
	s.forget()
}

// turnTo goes back to a page that is there already.
func (s *sheet) turnTo(page int) {
	s.pdf.SetPage(page)
	s.forget()
}

// forget makes the next drawing state its font and colours again: another page has its own.
func (s *sheet) forget() { s.size, s.known = 0, false }

func (s *sheet) page() int { return s.pdf.PageNo() }

// text sets a run with its baseline at y. In the fast faces the operators are written here: gofpdf would format
// colour, place and text anew for each run, which is most of the work of a page.
func (s *sheet) text(x, y float64, r run) {
	if r.blank() {
		return
	}
	s.font(r.style)
	if r.utf8 {
		s.pdf.SetTextColor(r.style.color.r, r.style.color.g, r.style.color.b)
		s.pdf.Text(x, y, r.text)
		return
	}
	s.paint(r.style.color, s.stateStroke(), s.stateLine())
	b := s.scratch[:0]
	b = append(b, "BT "...)
	b = append(appendPoints(b, x), ' ')
	b = append(appendPoints(b, s.h-y), " Td ("...)
	for i := range len(r.text) {
		if c := r.text[i]; c == '(' || c == ')' || c == '\\' {
			b = append(b, '\\')
		}
		b = append(b, r.text[i])
	}
	b = append(b, ") Tj ET"...)
	s.scratch = b
	s.pdf.RawWriteStr(string(s.scratch))
}

// appendPoints writes millimetres as points with two decimals.
func appendPoints(b []byte, mm float64) []byte {
	n := int64(math.Round(mm / point * 100))
	if n < 0 {
		b, n = append(b, '-'), -n
	}
	b = append(strconv.AppendInt(b, n/100, 10), '.')
	return append(b, byte('0'+n/10%10), byte('0'+n%10))
}

func (s *sheet) font(st style) {
	if s.size == st.size && s.face == st.face {
		return
	}
	if !s.have[st.face] {
		addFace(s.pdf, st.face, s.full)
		s.have[st.face] = true
	}
	s.face, s.size = st.face, st.size
	if st.face == extended || s.full != nil {
		s.pdf.SetFont(st.face.family(), "", st.size)
		return
	}
	b := append(append(s.scratch[:0], "BT /"...), s.types.fonts.names[st.face]...)
	b = append(strconv.AppendFloat(append(b, ' '), st.size, 'f', 2, 64), " Tf ET"...)
	s.scratch = b
	s.pdf.RawWriteStr(string(b))
}

func (s *sheet) stateFill() color {
	if s.known {
		return s.fill
	}
	return white
}

func (s *sheet) stateStroke() color {
	if s.known {
		return s.stroke
	}
	return rule
}

func (s *sheet) stateLine() float64 {
	if s.known {
		return s.line
	}
	return 0.2
}

// paint states the colours and the width of lines, each only where it changes. It writes the operators itself
// and leaves gofpdf's own idea of them alone, which is black and never used.
func (s *sheet) paint(fill, stroke color, width float64) {
	b := s.scratch[:0]
	if !s.known || s.fill != fill {
		b = append(fill.operands(b), "rg "...)
	}
	if !s.known || s.stroke != stroke {
		b = append(stroke.operands(b), "RG "...)
	}
	if !s.known || s.line != width {
		b = append(appendPoints(b, width), " w"...)
	}
	s.scratch = b
	if len(b) > 0 {
		s.pdf.RawWriteStr(string(b))
	}
	s.fill, s.stroke, s.line, s.known = fill, stroke, width, true
}

// operands writes a colour as three parts of one with three decimals.
func (c color) operands(b []byte) []byte {
	for _, v := range [3]int{c.r, c.g, c.b} {
		n := (v*1000 + 127) / 255
		b = append(b, byte('0'+n/1000), '.', byte('0'+n/100%10), byte('0'+n/10%10), byte('0'+n%10), ' ')
	}
	return b
}

// box fills a rectangle.
func (s *sheet) box(x, y, w, h float64, c color) {
	s.paint(c, s.stateStroke(), s.stateLine())
	s.pdf.Rect(x, y, w, h, "F")
}

// frame draws the outline of a rectangle.
func (s *sheet) frame(x, y, w, h float64, c color, width float64) {
	s.paint(s.stateFill(), c, width)
	s.pdf.Rect(x, y, w, h, "D")
}

// roundedBox fills a rectangle with round corners and draws its outline where width is not zero.
func (s *sheet) roundedBox(x, y, w, h, r float64, fill, stroke color, width float64) {
	if width == 0 {
		s.paint(fill, s.stateStroke(), s.stateLine())
		s.pdf.RoundedRect(x, y, w, h, r, "1234", "F")
		return
	}
	s.paint(fill, stroke, width)
	s.pdf.RoundedRect(x, y, w, h, r, "1234", "FD")
}

func (s *sheet) hairline(x1, y1, x2, y2 float64, c color, width float64) {
	s.paint(s.stateFill(), c, width)
	s.pdf.Line(x1, y1, x2, y2)
}

// polygon draws a closed shape; mode as in gofpdf: D, F or FD.
func (s *sheet) polygon(ps []chart.Point, x, y, size float64, mode string) {
	out := make([]gofpdf.PointType, len(ps))
	for i, p := range ps {
		out[i] = gofpdf.PointType{X: x + p.X*size, Y: y + p.Y*size}
	}
	s.pdf.Polygon(out, mode)
}

// disc fills a small circle.
func (s *sheet) disc(x, y, r float64, c color) {
	s.paint(c, s.stateStroke(), s.stateLine())
	s.pdf.Circle(x, y, r, "F")
}

// lines sets lines of text from a top left corner and returns the height they take.
func (s *sheet) lines(x, y float64, ls []line) float64 {
	top := y
	for i, l := range ls {
		if i > 0 {
			y += l.before
		}
		s.setLine(x, y, l)
		y += l.h
	}
	return y - top
}

// setLine sets one line with its bullet and the bar of a change.
func (s *sheet) setLine(x, y float64, l line) {
	base := y + l.baseline()
	if l.bar {
		s.box(x-2.2, y, 0.7, l.h, amber)
	}
	if l.bullet {
		s.text(x+l.dx-2.6, base, s.types.bullet())
	}
	for i, at := 0, x; i < len(l.number); i++ {
		s.text(at, base, l.number[i])
		at += l.number[i].w
	}
	x += l.dx
	for _, r := range l.runs {
		s.text(x, base, r)
		x += r.w
	}
}

// right sets one line that ends at x.
func (s *sheet) right(x, y float64, l line) { l.dx = 0; s.setLine(x-l.w, y, l) }

// bookmark adds an entry to the outline. gofpdf writes it in the encoding of the current font, so it is given
// UTF-16 itself.
func (s *sheet) bookmark(title string, level int, y float64) {
	s.font(micro)
	s.pdf.SetFont(micro.face.family(), "", micro.size) // whatever the page has selected
	if s.full != nil {
		s.pdf.Bookmark(title, level, y)
		return
	}
	b := []byte{0xfe, 0xff}
	for _, u := range utf16.Encode([]rune(title)) {
		b = append(b, byte(u>>8), byte(u))
	}
	s.pdf.Bookmark(string(b), level, y)
}

// watermark writes a word across the page, under 45 degrees, so thin that the text stays readable.
func (s *sheet) watermark(word string) {
	ls := s.types.wrap([]span{{word, style{semibold, 96, ink}, lang.FR}}, 1e4)
	if len(ls) == 0 {
		return
	}
	s.pdf.SetAlpha(0.06, "Normal")
	s.pdf.TransformBegin()
	s.pdf.TransformRotate(52, s.w/2, s.h/2)
	s.forget()
	s.setLine(s.w/2-ls[0].w/2, s.h/2-ls[0].h/2, ls[0])
	s.pdf.TransformEnd()
	s.pdf.SetAlpha(1, "Normal")
	s.forget()
}

// raw writes path operators in points with y upwards; it is for shapes of many parts.
func (s *sheet) raw(format string, args ...any) { s.pdf.RawWriteStr(fmt.Sprintf(format, args...)) }
