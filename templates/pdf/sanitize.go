package pdf

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"

	"github.com/echelon-hr/echelon/app/lang"
)

// lacking stands in the place of every character that no font of ours has.
const lacking = '\ufffd'

// clean makes a text fit to be set: characters gofpdf or the fonts cannot take are replaced or dropped,
// spaces are those of print, and French punctuation keeps its space on its line. Line feeds stay. After clean
// every character is in the basic plane and in one of our fonts.
func clean(l lang.Lang, s string) string {
	if plain(s) {
		return together(l, s)
	}
	s = norm.NFC.String(strings.ToValidUTF8(s, string(lacking)))
	var b strings.Builder
	b.Grow(len(s))
	space := false // collapses runs of spaces
	for _, r := range s {
		r = settable(r)
		switch {
		case r < 0 || r == ' ' && space:
			continue
		case r == '\n':
			space = true
		default:
			space = r == ' '
		}
		b.WriteRune(r)
	}
	return together(l, b.String())
}

// plain reports whether a text can be set as it is, as most can: the usual letters and signs of the two
// languages, no doubled spaces.
func plain(s string) bool {
	space := false
	for _, r := range s {
		switch {
		case r == ' ':
			if space {
				return false
			}
			space = true
			continue
		case r > ' ' && r <= '~', r >= 0xa0 && r <= 0xff && r != 0xad:
		case r == '’' || r == '–' || r == '—' || r == '…' || r == 'œ' || r == 'Œ' || r == '€' || r == '·':
		default: // U+FFFD too: it may stand for invalid bytes
			return false
		}
		space = false
	}
	return true
}

// settable maps a character to the one that is set, -1 to drop it.
func settable(r rune) rune {
	switch {
	case r == '\n' || r == '\u2028' || r == '\u2029':
		return '\n'
	case r == '\t' || r == '\u1680' || r >= '\u2000' && r <= '\u200a' && r != '\u2007' || r == '\u205f' || r == '\u3000':
		return ' '
	case r == '\u00a0' || r == '\u202f' || r == '\u2007': // the no-break spaces
		return '\u00a0'
	case r == '\u2010' || r == '\u2011':
		return '-'
	case r == '\u2212':
		return '–'
	case r == '\u2015':
		return '—'
	case r == '\u00ad' || unicode.Is(unicode.Cc, r) || unicode.Is(unicode.Cf, r) ||
		unicode.Is(unicode.Variation_Selector, r):
		return -1
	case r > 0xffff:
		return lacking
	}
	if _, ok := encodeRune(r); !ok && coverage()[r] == 0 {
		return lacking
	}
	return r
}

// together keeps high punctuation and guillemets on the line of their word, and slashes in both languages.
func together(l lang.Lang, s string) string {
	if strings.Contains(s, " / ") { // a doublet breaks behind its slash
		s = strings.ReplaceAll(s, " / ", "\u00a0/ ")
	}
	if l != lang.FR || !looseSpace(s) {
		return s
	}
	return frenchSpaces.Replace(s)
}

// looseSpace tells whether some space may have to become a no-break one; stored texts have theirs already.
func looseSpace(s string) bool {
	for i := 0; i+1 < len(s); i++ {
		if s[i] != ' ' {
			continue
		}
		switch s[i+1] {
		case ';', ':', '!', '?', '%', "»"[0]:
			return true
		}
		if strings.HasSuffix(s[:i], "«") {
			return true
		}
	}
	return strings.HasSuffix(s, "« ")
}

var frenchSpaces = strings.NewReplacer(" ;", "\u00a0;", " :", "\u00a0:", " !", "\u00a0!", " ?", "\u00a0?",
	" %", "\u00a0%", "« ", "«\u00a0", " »", "\u00a0»")

// line1 cleans a text for a place that has one line, such as a bookmark or a property.
func line1(l lang.Lang, s string) string {
	s = strings.ReplaceAll(clean(l, s), "\n", " ")
	const most = 300 // characters; longer ones say nothing in an outline
	if utf8.RuneCountInString(s) > most {
		s = string([]rune(s)[:most]) + "…"
	}
	return s
}
