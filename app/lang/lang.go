// Package lang holds what the product knows about languages: which ones it speaks, the one type of
// bilingual text, how a text is normalised, and how numbers, dates and money are written for a reader.
//
// It is ground floor: every package may import it, it imports no domain.
package lang

import "fmt"

// Lang is a language the product's content and interface are written in.
type Lang string

// The two languages of the product. French is the first: its message file is the master.
const (
	FR Lang = "fr"
	EN Lang = "en"
)

// All lists the languages in the order in which they are offered.
func All() []Lang { return []Lang{FR, EN} }

// Parse reads a language code exactly as written in addresses and flags ("fr", "en").
func Parse(s string) (Lang, error) {
	switch l := Lang(s); l {
	case FR, EN:
		return l, nil
	default:
		return "", fmt.Errorf("unknown language %q: use fr or en", s)
	}
}

// Other returns the language a text of l is translated to or from.
func (l Lang) Other() Lang {
	if l == FR {
		return EN
	}
	return FR
}
