package pdf

import (
	"strings"
	"unicode/utf8"

	"github.com/echelon-hr/echelon/app/lang"
)

// span is a passage in one style, in the language it is written in.
type span struct {
	text  string
	style style
	lang  lang.Lang
}

// chunk is a passage made ready for a font: encoded bytes for the fast faces, UTF-8 for the extended one.
type chunk struct {
	text  string
	style style
	utf8  bool
}

// run is the part of a chunk that stands on one line.
type run struct {
	chunk
	w float64
}

// line is a line of text laid out, with what hangs on it. Heights and widths in millimetres.
type line struct {
	runs   []run
	w, h   float64
	before float64 // space above, dropped where the line opens a column
	dx     float64 // indent
	bullet bool
	number []run // hangs before an indented line
	bar    bool  // changed by the variant
}

// blank tells a run of spaces, which has no height.
func (r run) blank() bool { return strings.Trim(r.text, " ") == "" }

// typesetter measures and breaks texts. It notes whether the extended font was needed.
type typesetter struct {
	fonts    *loaded
	full     bool // everything goes the slow way, for measuring
	fallback bool
}

// bullet is the mark before an item.
func (t *typesetter) bullet() run {
	st := style{semibold, 8.4, teal}
	if t.full {
		return run{chunk: chunk{"•", st, true}}
	}
	return run{chunk: chunk{"\x95", st, false}}
}

// chunks encodes spans. A word with a character beyond Windows-1252 is set whole in the extended font, so
// that one word does not mix two of them.
func (t *typesetter) chunks(spans []span) []chunk {
	out := make([]chunk, 0, len(spans))
	for _, s := range spans {
		cleaned := clean(s.lang, s.text)
		if cleaned == "" {
			continue
		}
		if t.full {
			out = append(out, chunk{cleaned, s.style, true})
			continue
		}
		if enc, ok := encode(cleaned); ok {
			out = append(out, chunk{enc, s.style, false})
			continue
		}
		out = t.mixed(out, cleaned, s.style)
	}
	return out
}

// encode writes a text in Windows-1252; false when a character is not in it.
func encode(s string) (string, bool) {
	ascii := true
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			ascii = false
			break
		}
	}
	if ascii {
		return s, true
	}
	b := make([]byte, 0, len(s))
	for _, r := range s {
		c, ok := encodeRune(r)
		if !ok {
			return "", false
		}
		b = append(b, c)
	}
	return string(b), true
}

// mixed splits a text into words of either font; spaces go with the fast one.
func (t *typesetter) mixed(out []chunk, s string, st style) []chunk {
	t.fallback = true
	for s != "" {
		n := strings.IndexAny(s, " \n")
		word := s
		switch {
		case n == 0:
			word = s[:1]
		case n > 0:
			word = s[:n]
		}
		s = s[len(word):]
		if enc, ok := encode(word); ok {
			if k := len(out) - 1; k >= 0 && !out[k].utf8 && out[k].style == st {
				out[k].text += enc
				continue
			}
			out = append(out, chunk{enc, st, false})
			continue
		}
		slow := st
		slow.face = extended
		out = append(out, chunk{word, slow, true})
	}
	return out
}

// next reads one character of a chunk: its code as far as breaking needs it, its length in bytes, its width in
// millimetres.
func (t *typesetter) next(c *chunk, i int) (r rune, n int, w float64) {
	scale := c.style.size * point / 1000
	b := c.text[i]
	if !c.utf8 {
		return rune(b), 1, float64(t.fonts.widths[c.style.face][b]) * scale
	}
	r, n = utf8.DecodeRuneInString(c.text[i:])
	if e, ok := encodeRune(r); ok && c.style.face != extended {
		return r, n, float64(t.fonts.widths[c.style.face][e]) * scale
	}
	return r, n, float64(coverage()[r&0xffff]) * scale
}

// width measures encoded text.
func (t *typesetter) width(c *chunk, from, to int) float64 {
	w := 0.0
	for i := from; i < to; {
		_, n, cw := t.next(c, i)
		w, i = w+cw, i+n
	}
	return w
}

// place is a position in a list of chunks.
type place struct{ chunk, at int }

// breaker fills lines greedily.
type breaker struct {
	*typesetter
	chunks  []chunk
	limit   float64
	lines   []line
	start   place   // of the line being filled
	w       float64 // filled so far
	end     place   // last place to break: the line would end here …
	resume  place   // … and the next one begin there,
	passed  float64 // with so much of w before it
	canSnap bool
}

// wrap breaks spans into lines no wider than limit. A word wider than a line is cut. There is always at least
// one line unless there is no text.
func (t *typesetter) wrap(spans []span, limit float64) []line {
	b := &breaker{typesetter: t, chunks: t.chunks(spans), limit: max(limit, 1) + 0.01}
	if len(b.chunks) == 0 {
		return nil
	}
	for c := range b.chunks {
		for i := 0; i < len(b.chunks[c].text); {
			i = b.step(c, i)
		}
	}
	last := len(b.chunks) - 1
	b.cut(place{last, len(b.chunks[last].text)}, place{})
	return b.lines
}

// step takes one character into the line and returns the index after it.
func (b *breaker) step(c, i int) int {
	ch := &b.chunks[c]
	r, n, w := b.next(ch, i)
	switch r {
	case '\n':
		b.cut(place{c, i}, place{c, i + n})
		return i + n
	case ' ':
		if b.w == 0 { // a line does not begin with a space
			b.start = place{c, i + n}
			return i + n
		}
		b.w += w
		b.snap(place{c, i}, place{c, i + n})
		return i + n
	}
	for b.w+w > b.limit && b.start != (place{c, i}) && b.w > 0 {
		if b.canSnap {
			rest := b.w - b.passed
			b.cut(b.end, b.resume)
			b.w = rest
		} else {
			b.cut(place{c, i}, place{c, i})
		}
	}
	b.w += w
	if i+n < len(ch.text) && breakAfter(ch.text, i, r) {
		b.snap(place{c, i + n}, place{c, i + n})
	}
	return i + n
}

// snap notes a place where the line may end.
func (b *breaker) snap(end, resume place) {
	b.end, b.resume, b.passed, b.canSnap = end, resume, b.w, true
}

// breakAfter allows a break behind a hyphen or slash with three letters or more on either side.
func breakAfter(s string, i int, r rune) bool {
	if r != '-' && r != '/' || i < 3 || len(s)-i <= 3 {
		return false
	}
	for k := 1; k <= 3; k++ {
		if !wordByte(s[i-k]) || !wordByte(s[i+k]) {
			return false
		}
	}
	return true
}

func wordByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= 0xc0
}

// cut ends the line and begins the next one.
func (b *breaker) cut(end, resume place) {
	b.lines = append(b.lines, b.line(b.start, end))
	b.start, b.w, b.canSnap = resume, 0, false
}

func (b *breaker) line(from, to place) line {
	l := line{}
	for c := from.chunk; c <= to.chunk && c < len(b.chunks); c++ {
		ch, lo, hi := b.chunks[c], 0, len(b.chunks[c].text)
		if c == from.chunk {
			lo = from.at
		}
		if c == to.chunk {
			hi = to.at
		}
		if lo >= hi {
			continue
		}
		r := run{chunk: chunk{ch.text[lo:hi], ch.style, ch.utf8}, w: b.width(&ch, lo, hi)}
		l.runs, l.w = append(l.runs, r), l.w+r.w
		if !r.blank() {
			l.h = max(l.h, ch.style.lineHeight())
		}
	}
	if l.h == 0 { // an empty line, or one of spaces
		l.h = min(b.chunks[from.chunk].style.lineHeight(), body.lineHeight())
	}
	return l
}

// baseline is how far under its top a line of that height has its baseline: capitals stand in the middle.
func (l line) baseline() float64 {
	if len(l.runs) == 0 {
		return l.h
	}
	size := 0.0
	for _, r := range l.runs {
		if !r.blank() {
			size = max(size, r.style.size)
		}
	}
	const capitals = 0.714 // of the size
	return (l.h + capitals*size*point) / 2
}
