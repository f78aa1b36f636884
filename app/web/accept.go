package web

import (
	"cmp"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/text/language"

	"github.com/echelon-hr/echelon/app/lang"
)

var matcher = language.NewMatcher([]language.Tag{language.French, language.English})

// maxRanges bounds what is read of a header; no browser sends so many.
const maxRanges = 50

// languageRange is one element of Accept-Language: a language, or "*" for any other, and how much it is wanted.
type languageRange struct {
	tag    language.Tag
	any    bool
	weight float64
}

// preferredLang is the language that an Accept-Language asks for, French where it asks for none of ours. A range that
// cannot be read counts for nothing, and the others count as ever. A range with weight 0 names a language that the
// reader does not want.
func preferredLang(header string) lang.Lang {
	ranges := readRanges(header)
	slices.SortStableFunc(ranges, func(a, b languageRange) int { return cmp.Compare(b.weight, a.weight) })
	refused, named := map[lang.Lang]bool{}, map[lang.Lang]bool{}
	for _, r := range ranges {
		if l, ok := r.is(); ok {
			refused[l], named[l] = r.weight == 0, true
		}
	}
	for _, r := range ranges {
		if r.weight == 0 {
			break
		}
		if l, ok := r.is(); ok {
			return l
		}
		if l, ok := firstBut(named); ok && r.any {
			return l
		}
	}
	l, _ := firstBut(refused)
	return cmp.Or(l, lang.FR)
}

// firstBut is the first of our languages that is none of these.
func firstBut(these map[lang.Lang]bool) (lang.Lang, bool) {
	for _, l := range lang.All() {
		if !these[l] {
			return l, true
		}
	}
	return "", false
}

// is the language of ours that a range asks for.
func (r languageRange) is() (lang.Lang, bool) {
	if r.any {
		return "", false
	}
	// The index, not the tag: the matcher returns "fr-u-rg-cazzzz" for Canadian French.
	_, i, confidence := matcher.Match(r.tag)
	return lang.All()[i], confidence > language.No
}

// readRanges reads the elements that can be read.
func readRanges(header string) []languageRange {
	var out []languageRange
	for one := range strings.SplitSeq(header, ",") {
		if r, ok := readRange(one); ok && len(out) < maxRanges {
			out = append(out, r)
		}
	}
	return out
}

// readRange reads a language, or "*", and its parameters, of which the weight alone means something.
func readRange(s string) (languageRange, bool) {
	name, parameters, _ := strings.Cut(s, ";")
	name = strings.Trim(name, " \t")
	r := languageRange{weight: 1, any: name == "*"}
	for one := range strings.SplitSeq(parameters, ";") {
		key, value, _ := strings.Cut(strings.Trim(one, " \t"), "=")
		if !strings.EqualFold(strings.Trim(key, " \t"), "q") {
			continue
		}
		weight, err := strconv.ParseFloat(strings.Trim(value, " \t"), 64)
		if err != nil || !(weight >= 0 && weight <= 1) {
			return r, false
		}
		r.weight = weight
	}
	if r.any {
		return r, true
	}
	var err error
	r.tag, err = language.Parse(name)
	return r, err == nil && r.tag != language.Und
}
