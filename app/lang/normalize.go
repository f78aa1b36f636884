package lang

import (
	"regexp"
	"strings"
	"unicode"

	"golang.org/x/text/unicode/norm"
)

const nbsp = "\u00a0"

// Normalize prepares one side of a text for storage: NFC, trimmed, one kind of line end, typographic apostrophes; in
// French the spaces before high punctuation and inside guillemets become no-break spaces. It is idempotent. What a text
// may not hold stays in it, for its rule to refuse by name: see IsLine and IsText. A broken text stays as it is.
func Normalize(l Lang, s string) string {
	if BrokenAt(s) >= 0 {
		return s
	}
	s = typographicApostrophes(Trim(norm.NFC.String(lineEnds.Replace(s))))
	if l == FR {
		s = frenchSpaces.Replace(s)
		s = groupedDigits.ReplaceAllString(s, "$1"+nbsp+"$2")
		s = groupedDigits.ReplaceAllString(s, "$1"+nbsp+"$2") // a second time for millions: matches do not overlap
		s = hours.ReplaceAllStringFunc(s, func(m string) string { return strings.ReplaceAll(m, " ", nbsp) })
		s = degree.ReplaceAllString(s, "${1}ac"+nbsp+"+"+nbsp+"$2")
	}
	return s
}

// lineEnds writes those of Windows as ours, and the narrow no-break space, which many fonts lack, as the wide one.
var lineEnds = strings.NewReplacer("\r\n", "\n", "\u202f", nbsp)

var frenchSpaces = strings.NewReplacer(
	" ;", nbsp+";", " :", nbsp+":", " !", nbsp+"!", " ?", nbsp+"?", " %", nbsp+"%", " »", nbsp+"»", "« ", "«"+nbsp,
	" €", nbsp+"€", " $", nbsp+"$",
)

// Figures that French writes with spaces which must not break: 75 000, 8 h 30, bac + 3.
var (
	groupedDigits = regexp.MustCompile(`(\d)[ ](\d{3})\b`)
	hours         = regexp.MustCompile(`(\d) h(?: \d+)?\b`)
	degree        = regexp.MustCompile(`\b([Bb])ac[ \x{a0}]\+[ \x{a0}](\d)`)
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
