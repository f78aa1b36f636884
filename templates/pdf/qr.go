package pdf

import (
	"strings"

	"rsc.io/qr"
)

// qrCode is a QR code as path operators, made once for all pages of a document.
type qrCode struct {
	size int // modules along an edge
	path string
}

// newQR encodes a link; nil when it is empty or too long for a code.
func newQR(link string) *qrCode {
	if link == "" {
		return nil
	}
	c, err := qr.Encode(link, qr.M)
	if err != nil {
		return nil
	}
	var b strings.Builder
	for y := range c.Size {
		for x := 0; x < c.Size; x++ {
			from := x
			for x < c.Size && c.Black(x, y) {
				x++
			}
			if x > from {
				writeRect(&b, from, c.Size-1-y, x-from)
			}
		}
	}
	return &qrCode{c.Size, b.String()}
}

// writeRect writes a row of dark modules as a rectangle, one unit high.
func writeRect(b *strings.Builder, x, y, w int) {
	for i, v := range [...]int{x, y, w} {
		if i > 0 {
			b.WriteByte(' ')
		}
		b.WriteString(itoa(v))
	}
	b.WriteString(" 1 re\n")
}

// qr draws the code into a square.
func (s *sheet) qr(c *qrCode, x, y, size float64) {
	s.paint(ink, s.stateStroke(), s.stateLine())
	unit := size / point / float64(c.size)
	s.raw("q %.4f 0 0 %.4f %.2f %.2f cm\n%sf Q", unit, unit, x/point, (s.h-y-size)/point, c.path)
}
