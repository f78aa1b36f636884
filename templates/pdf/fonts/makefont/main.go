// Command makefont turns the fonts cut by build.mjs into what package pdf embeds: for each style of the fast
// path gofpdf's definition (.json) and the compressed font (.z), and for everything else one TrueType file with
// arrows, box and check mark drawn in, beside the table of its widths.
//
// Usage, from templates/pdf: go run ./fonts/makefont SCRATCH TARGET
package main

import (
	"context"
	"encoding/binary"
	"fmt"
	"log"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"

	"github.com/jung-kurt/gofpdf"
)

func main() {
	log.SetFlags(0)
	if len(os.Args) != 3 {
		log.Fatal("usage: makefont SCRATCH TARGET")
	}
	if err := run(os.Args[1], os.Args[2]); err != nil {
		log.Fatal(err)
	}
}

func run(scratch, target string) error {
	list := exec.CommandContext(context.Background(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/jung-kurt/gofpdf")
	module, err := list.Output()
	if err != nil {
		return fmt.Errorf("find gofpdf: %w", err)
	}
	encoding := filepath.Join(strings.TrimSpace(string(module)), "font", "cp1252.map")
	for _, style := range []string{"Regular", "SemiBold", "Italic"} {
		ttf := filepath.Join(scratch, "OpenSans-"+style+".ttf")
		if err := gofpdf.MakeFont(ttf, encoding, target, nil, true); err != nil {
			return fmt.Errorf("make %s: %w", style, err)
		}
	}
	return writeExtended(filepath.Join(scratch, "OpenSans-Extended.ttf"), target)
}

// writeExtended writes the fallback font and its widths: for each character two big-endian uint16, the code and the
// width in thousandths of the size, in the order of the codes.
func writeExtended(from, target string) error {
	raw, err := os.ReadFile(from)
	if err != nil {
		return err
	}
	f, err := readFont(raw)
	if err != nil {
		return fmt.Errorf("%s: %w", from, err)
	}
	for _, s := range symbols() {
		f.add(s)
	}
	if err := os.WriteFile(filepath.Join(target, "OpenSans-Extended.ttf"), f.bytes(), 0o644); err != nil {
		return err
	}
	var widths []byte
	for _, r := range f.codes() {
		widths = binary.BigEndian.AppendUint16(widths, r)
		widths = binary.BigEndian.AppendUint16(widths, uint16((int(f.advance[f.cmap[r]])*1000+f.unitsPerEm/2)/f.unitsPerEm))
	}
	return os.WriteFile(filepath.Join(target, "OpenSans-Extended.widths"), widths, 0o644)
}

// codes lists the characters of the font in order.
func (f *font) codes() []uint16 {
	var out []uint16
	for r := range f.cmap {
		out = append(out, r)
	}
	slices.Sort(out)
	return out
}
