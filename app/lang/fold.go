package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss", "’", "'", "ʼ", "'")

// Fold removes what a reader does not type when searching: case, accents, ligatures. Two words that differ
// in nothing else fold to the same string. Compatibility forms are taken apart before the case, because
// some of them hold capitals (™).
func Fold(s string) string {
	s = strings.Map(withoutMark, norm.NFKD.String(ligatures.Replace(s)))
	if isASCII(s) { // nearly every French and English word by now
		return strings.ToLower(s)
	}
	return ligatures.Replace(norm.NFC.String(cases.Fold().String(s)))
}

func withoutMark(r rune) rune {
	if r >= utf8.RuneSelf && unicode.Is(unicode.Mn, r) {
		return -1
	}
	return r
}

func isASCII(s string) bool {
	for i := range len(s) {
		if s[i] >= utf8.RuneSelf {
			return false
		}
	}
	return true
}

// SortKey places a name among others for a human reader, whatever database sorts it.
func SortKey(s string) string {
	return strings.Join(strings.FieldsFunc(Fold(s), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }), " ")
}
