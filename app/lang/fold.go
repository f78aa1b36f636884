package lang

import (
	"strings"
	"unicode"

	"golang.org/x/text/cases"
	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss", "’", "'", "ʼ", "'")

// Fold removes what a reader does not type when searching: case, accents, ligatures. Two words that differ
// in nothing else fold to the same string. Compatibility forms are taken apart before the case, because
// some of them hold capitals (™).
func Fold(s string) string {
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), cases.Fold(), norm.NFC)
	out, _, err := transform.String(t, ligatures.Replace(s))
	if err != nil {
		return s
	}
	return ligatures.Replace(out)
}

// SortKey places a name among others for a human reader, whatever database sorts it.
func SortKey(s string) string {
	return strings.Join(strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
