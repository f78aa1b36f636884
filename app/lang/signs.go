package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// BrokenAt is where a text stops being UTF-8, in bytes from its start, -1 for a whole one. It is asked of everything
// that comes from outside: whatever is written in another encoding is refused, never mended by leaving bytes out.
func BrokenAt(s string) int {
	if utf8.ValidString(s) {
		return -1
	}
	for i := 0; ; {
		r, n := utf8.DecodeRuneInString(s[i:])
		if r == utf8.RuneError && n <= 1 {
			return i
		}
		i += n
	}
}

// IsLine tells whether a text can stand on one line among others as it reads: no control character and no line end,
// nothing that is not seen, nothing that turns the direction of what follows. Signs that are invisible alone and
// shape their neighbours are let through where they do: see shapes.
func IsLine(s string) bool {
	if BrokenAt(s) >= 0 {
		return false
	}
	before := rune(-1)
	for i, r := range s {
		after, n := utf8.DecodeRuneInString(s[i+utf8.RuneLen(r):])
		if n == 0 {
			after = -1
		}
		if misleads(r) || IsInvisible(r) && !shapes(before, r, after) {
			return false
		}
		before = r
	}
	return true
}

// IsText tells whether a text of several lines reads as it is written: no control character but line feeds and tabs,
// nothing that turns the direction of what follows. Invisible signs, such as soft hyphens, may stand in it.
func IsText(s string) bool {
	return BrokenAt(s) < 0 && !strings.ContainsFunc(s, func(r rune) bool { return r != '\n' && r != '\t' && misleads(r) })
}

// misleads tells what no text of one line holds: controls, line ends, what has no meaning for everybody, and
// the sign that stands where a letter was lost.
func misleads(r rune) bool {
	return unicode.IsControl(r) || r == '\u2028' || r == '\u2029' || r == utf8.RuneError || turns(r) ||
		unicode.Is(unicode.Co, r) || unicode.Is(unicode.Noncharacter_Code_Point, r)
}

// turns tells the signs that embed, override or isolate a direction.
func turns(r rune) bool { return r >= '\u202a' && r <= '\u202e' || r >= '\u2066' && r <= '\u2069' }

// IsInvisible tells a sign that nobody sees where it stands: a zero-width or soft one, a filler, a mark of direction, a
// variation of the sign before it.
func IsInvisible(r rune) bool {
	switch {
	case r < '\u00ad':
		return false
	case r == '\u2800': // a Braille cell without a dot
		return true
	}
	return unicode.In(r, unicode.Cf, unicode.Other_Default_Ignorable_Code_Point, unicode.Variation_Selector)
}

// The signs that join and part letters.
const (
	nonJoiner = '\u200c'
	joiner    = '\u200d'
)

// joined are the scripts in which a joiner or its opposite may stand between two letters: those that connect
// letters, and those of India and their kin, where it shapes a conjunct.
var joined = []*unicode.RangeTable{
	unicode.Arabic, unicode.Syriac, unicode.Mongolian, unicode.Nko, unicode.Devanagari, unicode.Bengali, unicode.Gurmukhi,
	unicode.Gujarati, unicode.Oriya, unicode.Tamil, unicode.Telugu, unicode.Kannada, unicode.Malayalam, unicode.Sinhala,
	unicode.Khmer, unicode.Myanmar, unicode.Tibetan,
}

// shapes tells whether an invisible sign changes how its neighbours look, so that a name is not written without it: a
// joiner within a word of a script that has them or between two emoji, a variation of an ideograph or of an emoji.
func shapes(before, r, after rune) bool {
	emoji := func(r rune) bool { return unicode.In(r, unicode.So, unicode.Sk) || r == '\ufe0f' }
	switch {
	case r == nonJoiner || r == joiner && unicode.In(before, joined...):
		return unicode.In(before, joined...) && unicode.In(after, joined...)
	case r == joiner, r == '\ufe0e', r == '\ufe0f':
		return emoji(before) && (r != joiner || emoji(after))
	case r >= '\U000e0100' && r <= '\U000e01ef', r >= '\ufe00' && r <= '\ufe02':
		return unicode.Is(unicode.Han, before)
	}
	return false
}

// Trim cuts what nobody sees from both ends of a text: spaces, control characters and invisible signs, which come along
// when something is copied. A variation belongs to the sign before it and stays; so does what overrides a direction, to
// be refused: it comes along with nothing, and such a text was not meant to read as it stands.
func Trim(s string) string {
	return strings.TrimFunc(s, func(r rune) bool {
		if r == '\u202d' || r == '\u202e' || unicode.Is(unicode.Variation_Selector, r) {
			return false
		}
		return unicode.IsSpace(r) || unicode.IsControl(r) || IsInvisible(r)
	})
}
