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
// in nothing else fold to the same string.
func Fold(s string) string {
	folded := ligatures.Replace(cases.Fold().String(s))
	t := transform.Chain(norm.NFKD, runes.Remove(runes.In(unicode.Mn)), norm.NFC)
	out, _, err := transform.String(t, folded)
	if err != nil {
		return folded
	}
	return ligatures.Replace(out)
}

// SortKey places a name among others for a human reader, whatever database sorts it.
func SortKey(s string) string {
	return strings.Join(strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
