package lang

import (
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const nbsp = "\u00a0"

// Normalize prepares one side of a text for storage: NFC, no control characters but line feeds,
// trimmed, typographic apostrophes; in French the spaces before high punctuation and inside
// guillemets become no-break spaces. It is idempotent.
func Normalize(l Lang, s string) string {
	s = strings.Map(func(r rune) rune {
		switch {
		case r == '\n' || r == '\t':
			return r
		case r == '\r' || unicode.IsControl(r) || r == '\ufeff' || r == '\ufffd':
			return -1
		case r == '\u202f':
			return '\u00a0'
		}
		return r
	}, s)
	// Composing comes after dropping, which may bring a letter and its accent together.
	s = typographicApostrophes(strings.TrimSpace(norm.NFC.String(s)))
	if l == FR {
		s = frenchSpaces.Replace(s)
	}
	return s
}

var frenchSpaces = strings.NewReplacer(
	" ;", nbsp+";", " :", nbsp+":", " !", nbsp+"!", " ?", nbsp+"?", " %", nbsp+"%", " »", nbsp+"»", "« ", "«"+nbsp,
	" €", nbsp+"€", " $", nbsp+"$",
)

// typographicApostrophes turns a straight apostrophe after a letter or digit into ’.
func typographicApostrophes(s string) string {
	if !strings.Contains(s, "'") {
		return s
	}
	var b strings.Builder
	prev := ' '
	for _, r := range s {
		if r == '\'' && (unicode.IsLetter(prev) || unicode.IsDigit(prev)) {
			r = '’'
		}
		b.WriteRune(r)
		prev = r
	}
	return b.String()
}
