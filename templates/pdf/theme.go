package pdf

// color is an RGB colour. Every text colour keeps at least 4.5:1 on white and on the tints.
type color struct{ r, g, b int }

// The palette of the pages, on paper.
var (
	ink       = color{0x14, 0x21, 0x3D} // titles and structure
	text      = color{0x24, 0x2E, 0x40} // running text
	quiet     = color{0x56, 0x62, 0x73} // labels
	teal      = color{0x0F, 0x76, 0x6E} // action, what the reader can do
	tealLight = color{0xCF, 0xE6, 0xE3}
	amber     = color{0xE0, 0x96, 0x1A} // what comes next, what a variant changed
	amberText = color{0x85, 0x50, 0x00}
	amberTint = color{0xFD, 0xF3, 0xDF}
	rule      = color{0xD3, 0xDA, 0xE3}
	track     = color{0xE3, 0xE8, 0xEF} // empty part of a bar
	tint      = color{0xF1, 0xF4, 0xF8} // cover band
	white     = color{0xFF, 0xFF, 0xFF}
)

// style is how a run of text looks; size in points.
type style struct {
	face  face
	size  float64
	color color
}

func (s style) in(c color) style      { s.color = c; return s }
func (s style) at(size float64) style { s.size = size; return s }
func (s style) strong() style         { s.face = semibold; return s }

// The scale of sizes.
var (
	display    = style{semibold, 21, ink}
	head1      = style{semibold, 11.5, ink}
	head2      = style{semibold, 8.8, ink}
	lead       = style{regular, 9.8, ink}
	body       = style{regular, 8.4, text}
	bodyB      = style{semibold, 8.4, ink}
	small      = style{regular, 7.4, quiet}
	smallB     = style{semibold, 7.4, quiet}
	labelStyle = style{semibold, 7.8, ink}
	micro      = style{regular, 6.6, quiet}
)

// Measures in millimetres.
const (
	point   = 25.4 / 72
	marginX = 18.0
	topY    = 20.5 // first line of a page with a header
	footY   = 20.0 // kept free at the foot
	leading = 1.36 // height of a line in sizes
)

// lineHeight is the height of a line of that style in millimetres.
func (s style) lineHeight() float64 { return s.size * point * leading }
