package pdf

import (
	"bytes"
	"embed"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"sync"

	"github.com/jung-kurt/gofpdf"
	"golang.org/x/text/encoding/charmap"
)

//go:generate node fonts/build.mjs
//go:generate go run ./fonts/makefont ../../node_modules/.cache/echelon-fonts fonts

//go:embed fonts/*.json fonts/*.z fonts/OpenSans-Extended.ttf fonts/OpenSans-Extended.widths
var fontFiles embed.FS

// face is a style of the type. The first three hold Windows-1252 only and are cheap to set; extended is a
// Unicode font for what they lack, loaded on first need.
type face uint8

const (
	regular face = iota
	semibold
	italic
	extended
	faces
)

var faceFiles = [faces]string{"OpenSans-Regular", "OpenSans-SemiBold", "OpenSans-Italic", "OpenSans-Extended"}

// family and style as gofpdf knows the face.
func (f face) family() string { return faceFiles[f] }

// loaded is what is read once for all documents: gofpdf parses its own copy for each.
type loaded struct {
	json, z [extended][]byte
	widths  [extended][256]uint16 // thousandths of the size, by encoded byte
	names   [extended]string      // under which the content of a page selects them
}

var fonts = sync.OnceValue(func() *loaded {
	l := &loaded{}
	for f := range extended {
		l.json[f], l.z[f] = mustRead(f.family()+".json"), mustRead(f.family()+".z")
		var d struct{ Cw [256]uint16 }
		if err := json.Unmarshal(l.json[f], &d); err != nil {
			panic(fmt.Errorf("font %s: %w", f.family(), err))
		}
		l.widths[f] = d.Cw
		l.names[f] = l.resourceName(f)
	}
	return l
})

// resourceName is the name gofpdf gives a face, which it computes anew for each document and tells nobody: it is
// read from a page that selects the face and nothing else.
func (l *loaded) resourceName(f face) string {
	pdf := gofpdf.New("P", "mm", "A4", "")
	pdf.SetCompression(false)
	pdf.AddPage()
	pdf.AddFontFromBytes(f.family(), "", slices.Clone(l.json[f]), slices.Clone(l.z[f]))
	pdf.SetFont(f.family(), "", 10)
	var out bytes.Buffer
	if err := pdf.Output(&out); err != nil {
		panic(fmt.Errorf("font %s: %w", f.family(), err))
	}
	_, after, _ := bytes.Cut(out.Bytes(), []byte("BT /"))
	name, _, ok := bytes.Cut(after, []byte(" 10.00 Tf ET"))
	if !ok {
		panic(fmt.Errorf("font %s: no page selects it", f.family()))
	}
	return string(name)
}

// coverage holds the width of every character of the extended font, 0 for those it lacks.
var coverage = sync.OnceValue(func() *[1 << 16]uint16 {
	table := new([1 << 16]uint16)
	raw := mustRead(extended.family() + ".widths")
	for ; len(raw) >= 4; raw = raw[4:] {
		table[binary.BigEndian.Uint16(raw)] = binary.BigEndian.Uint16(raw[2:])
	}
	return table
})

// mustRead reads an embedded font: a missing one is a defect of the build.
func mustRead(name string) []byte {
	b, err := fontFiles.ReadFile("fonts/" + name)
	if err != nil {
		panic(err)
	}
	return b
}

// addFace gives a face to a document. gofpdf writes into what it is given, so it gets copies.
func addFace(pdf *gofpdf.Fpdf, f face, full []byte) {
	switch {
	case full != nil:
		pdf.AddUTF8FontFromBytes(f.family(), "", slices.Clone(full))
	case f == extended:
		pdf.AddUTF8FontFromBytes(f.family(), "", mustRead(f.family()+".ttf")) // embed.FS gives a copy
	default:
		pdf.AddFontFromBytes(f.family(), "", slices.Clone(fonts().json[f]), slices.Clone(fonts().z[f]))
	}
}

// encodeRune gives the byte of a character in the fast faces; false when they lack it.
func encodeRune(r rune) (byte, bool) {
	if r < 0x80 {
		return byte(r), true
	}
	return charmap.Windows1252.EncodeRune(r)
}
