package jobpages

import (
	"strings"
	"unicode"
)

// shownQuery is how many letters of a query a page repeats.
const shownQuery = 60

// ShortQuery is a query as a page repeats it: on one line, and cut when it is long.
func ShortQuery(q string) string {
	words := strings.Fields(strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return ' '
		}
		return r
	}, strings.ToValidUTF8(q, " ")))
	short := []rune(strings.Join(words, " "))
	if len(short) > shownQuery {
		return strings.TrimSpace(string(short[:shownQuery])) + "…"
	}
	return string(short)
}

// hollow reports whether a query has nothing to search for: no letter and no figure.
func (f Filter) hollow() bool {
	return f.Q != "" && !strings.ContainsFunc(f.Q, func(r rune) bool { return unicode.IsLetter(r) || unicode.IsDigit(r) })
}
