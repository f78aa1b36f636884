package main

import (
	"encoding/binary"
	"errors"
	"fmt"
	"maps"
	"slices"
)

// font is a TrueType font taken apart far enough to add glyphs to it.
type font struct {
	tables     map[string][]byte
	unitsPerEm int
	glyphs     [][]byte
	advance    []uint16
	bearing    []int16
	cmap       map[uint16]uint16 // character to glyph, basic plane
}

var be = binary.BigEndian

func readFont(b []byte) (*font, error) {
	f := &font{tables: map[string][]byte{}, cmap: map[uint16]uint16{}}
	for i := range int(be.Uint16(b[4:])) {
		e := b[12+16*i:]
		f.tables[string(e[:4])] = slices.Clone(b[be.Uint32(e[8:]) : be.Uint32(e[8:])+be.Uint32(e[12:])])
	}
	for _, name := range []string{"head", "maxp", "hhea", "hmtx", "loca", "glyf", "cmap"} {
		if f.tables[name] == nil {
			return nil, fmt.Errorf("no table %s", name)
		}
	}
	f.unitsPerEm = int(be.Uint16(f.tables["head"][18:]))
	f.readGlyphs()
	f.readMetrics()
	return f, f.readCmap()
}

func (f *font) readGlyphs() {
	loca, glyf := f.tables["loca"], f.tables["glyf"]
	offset := func(i int) uint32 { return 2 * uint32(be.Uint16(loca[2*i:])) }
	if be.Uint16(f.tables["head"][50:]) == 1 {
		offset = func(i int) uint32 { return be.Uint32(loca[4*i:]) }
	}
	for i := range int(be.Uint16(f.tables["maxp"][4:])) {
		f.glyphs = append(f.glyphs, glyf[offset(i):offset(i+1)])
	}
}

func (f *font) readMetrics() {
	hmtx, long := f.tables["hmtx"], int(be.Uint16(f.tables["hhea"][34:]))
	for i := range f.glyphs {
		if i < long {
			f.advance = append(f.advance, be.Uint16(hmtx[4*i:]))
			f.bearing = append(f.bearing, int16(be.Uint16(hmtx[4*i+2:])))
			continue
		}
		f.advance = append(f.advance, f.advance[long-1])
		f.bearing = append(f.bearing, int16(be.Uint16(hmtx[4*long+2*(i-long):])))
	}
}

// readCmap reads the subtable of format 4 for Windows and Unicode.
func (f *font) readCmap() error {
	t := f.tables["cmap"]
	for i := range int(be.Uint16(t[2:])) {
		e := t[4+8*i:]
		sub := t[be.Uint32(e[4:]):]
		if be.Uint16(e) != 3 || be.Uint16(e[2:]) != 1 || be.Uint16(sub) != 4 {
			continue
		}
		f.readSegments(sub)
		return nil
	}
	return errors.New("no character map of format 4")
}

func (f *font) readSegments(sub []byte) {
	n := int(be.Uint16(sub[6:])) / 2
	ends, starts := sub[14:], sub[16+2*n:]
	deltas, ranges := sub[16+4*n:], sub[16+6*n:]
	for k := range n {
		start, end := int(be.Uint16(starts[2*k:])), int(be.Uint16(ends[2*k:]))
		delta, offset := be.Uint16(deltas[2*k:]), int(be.Uint16(ranges[2*k:]))
		for c := start; c <= end && c < 0xffff; c++ {
			g := uint16(c)
			if offset != 0 {
				g = be.Uint16(ranges[2*k+offset+2*(c-start):])
				if g == 0 {
					continue
				}
			}
			if g += delta; g != 0 {
				f.cmap[uint16(c)] = g
			}
		}
	}
}

// add draws a symbol into the font; a character the font has already is left as it is.
func (f *font) add(s symbol) {
	if _, ok := f.cmap[s.code]; ok {
		return
	}
	f.cmap[s.code] = uint16(len(f.glyphs))
	left := s.outlines[0][0].x
	for _, o := range s.outlines {
		for _, p := range o {
			left = min(left, p.x)
		}
	}
	f.glyphs = append(f.glyphs, glyph(s.outlines))
	f.advance = append(f.advance, uint16(s.advance*f.unitsPerEm/2048))
	f.bearing = append(f.bearing, int16(left))
}

// glyph writes a simple glyph of straight lines.
func glyph(outlines [][]point) []byte {
	lo, hi := outlines[0][0], outlines[0][0]
	var ends, xs, ys, flags []byte
	prev, n := point{}, 0
	for _, o := range outlines {
		for _, p := range o {
			lo, hi = point{min(lo.x, p.x), min(lo.y, p.y)}, point{max(hi.x, p.x), max(hi.y, p.y)}
			xs, ys = be.AppendUint16(xs, uint16(p.x-prev.x)), be.AppendUint16(ys, uint16(p.y-prev.y))
			flags, prev = append(flags, 1), p // on the curve, both deltas in two bytes
		}
		n += len(o)
		ends = be.AppendUint16(ends, uint16(n-1))
	}
	var b []byte
	for _, v := range []int{len(outlines), lo.x, lo.y, hi.x, hi.y} {
		b = be.AppendUint16(b, uint16(v))
	}
	b = append(append(b, ends...), 0, 0) // no instructions
	return append(append(append(b, flags...), xs...), ys...)
}

// bytes writes the font, tables in the order of their names.
func (f *font) bytes() []byte {
	f.writeTables()
	names := slices.Sorted(maps.Keys(f.tables))
	search, selector := 1, 0
	for search*2 <= len(names) {
		search, selector = search*2, selector+1
	}
	b := be.AppendUint32(nil, 0x00010000)
	for _, v := range []int{len(names), search * 16, selector, (len(names) - search) * 16} {
		b = be.AppendUint16(b, uint16(v))
	}
	at := len(b) + 16*len(names)
	var body []byte
	headAt := 0
	for _, name := range names {
		t := f.tables[name]
		if name == "head" {
			headAt = at + len(body)
		}
		b = append(b, name...)
		for _, v := range []uint32{checksum(t), uint32(at + len(body)), uint32(len(t))} {
			b = be.AppendUint32(b, v)
		}
		body = append(body, t...)
		for len(body)%4 != 0 {
			body = append(body, 0)
		}
	}
	b = append(b, body...)
	be.PutUint32(b[headAt+8:], 0xB1B0AFBA-checksum(b))
	return b
}

func (f *font) writeTables() {
	var glyf, loca, hmtx []byte
	for i, g := range f.glyphs {
		loca = be.AppendUint32(loca, uint32(len(glyf)))
		glyf = append(glyf, g...)
		for len(glyf)%4 != 0 {
			glyf = append(glyf, 0)
		}
		hmtx = be.AppendUint16(be.AppendUint16(hmtx, f.advance[i]), uint16(f.bearing[i]))
	}
	loca = be.AppendUint32(loca, uint32(len(glyf)))
	f.tables["glyf"], f.tables["loca"], f.tables["hmtx"] = glyf, loca, hmtx
	f.tables["cmap"] = f.characterMap()
	be.PutUint16(f.tables["maxp"][4:], uint16(len(f.glyphs)))
	be.PutUint16(f.tables["hhea"][34:], uint16(len(f.glyphs)))
	head := f.tables["head"]
	be.PutUint16(head[50:], 1)
	be.PutUint32(head[8:], 0)
}

// characterMap writes one subtable of format 4 with a segment for each run of characters whose glyphs follow
// one another.
func (f *font) characterMap() []byte {
	type segment struct{ start, end, glyph uint16 }
	var segs []segment
	for _, c := range f.codes() {
		if n := len(segs); n > 0 && segs[n-1].end+1 == c && segs[n-1].glyph+(c-segs[n-1].start) == f.cmap[c] {
			segs[n-1].end = c
			continue
		}
		segs = append(segs, segment{c, c, f.cmap[c]})
	}
	segs = append(segs, segment{0xffff, 0xffff, 0})
	search, selector := 1, 0
	for search*2 <= len(segs) {
		search, selector = search*2, selector+1
	}
	var b []byte
	header := []int{0, 1, 3, 1, 0, 12, 4, 16 + 8*len(segs), 0}
	for _, v := range append(header, 2*len(segs), 2*search, selector, 2*(len(segs)-search)) {
		b = be.AppendUint16(b, uint16(v))
	}
	for _, s := range segs {
		b = be.AppendUint16(b, s.end)
	}
	b = be.AppendUint16(b, 0)
	for _, s := range segs {
		b = be.AppendUint16(b, s.start)
	}
	for _, s := range segs {
		delta := s.glyph - s.start
		if s.start == 0xffff {
			delta = 1
		}
		b = be.AppendUint16(b, delta)
	}
	for range segs {
		b = be.AppendUint16(b, 0)
	}
	return b
}

func checksum(b []byte) uint32 {
	var sum uint32
	for i := 0; i < len(b); i += 4 {
		var word [4]byte
		copy(word[:], b[i:])
		sum += be.Uint32(word[:])
	}
	return sum
}
