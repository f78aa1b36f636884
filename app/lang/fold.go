package lang

import (
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/cases"
	"golang.org/x/text/unicode/norm"
)

var ligatures = strings.NewReplacer("œ", "oe", "æ", "ae", "ß", "ss")

// apostrophes are the signs that are typed, or made by a program, where an apostrophe is meant. The acute accent that
// stands alone is taken apart into a space by NFKD, so that it is replaced before; the others may come of it.
var apostrophes = strings.NewReplacer(
	"’", "'", "‘", "'", "‛", "'", "ʼ", "'", "ʹ", "'", "′", "'", "´", "'", "`", "'", "＇", "'",
)

// Fold removes what a reader does not type when searching: case, accents, ligatures, signs that nobody sees, and the
// differences between apostrophes. Two words that differ in nothing else fold to the same string. Compatibility forms
// are taken apart before the case, because some of them hold capitals (™).
func Fold(s string) string {
	if isASCII(s) {
		return strings.ToLower(apostrophes.Replace(s))
	}
	s = strings.Map(withoutMark, norm.NFKD.String(apostrophes.Replace(ligatures.Replace(s))))
	if isASCII(s) { // nearly every French and English word by now
		return strings.ToLower(apostrophes.Replace(s))
	}
	return apostrophes.Replace(ligatures.Replace(norm.NFC.String(cases.Fold().String(s))))
}

func withoutMark(r rune) rune {
	if r >= utf8.RuneSelf && (unicode.Is(unicode.Mn, r) || IsInvisible(r)) {
		return -1
	}
	return r
}

// Bare writes a text without the signs that nobody sees, and with one kind of apostrophe: as it is looked for.
func Bare(s string) string {
	if isASCII(s) {
		return apostrophes.Replace(s)
	}
	return apostrophes.Replace(strings.Map(func(r rune) rune {
		if IsInvisible(r) {
			return -1
		}
		return r
	}, s))
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
	between := func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }
	return strings.Join(strings.FieldsFunc(Fold(s), between), " ")
}
