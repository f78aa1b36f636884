package components

import "github.com/echelon-hr/echelon/app/lang"

// Crumb is one step of the way to a page; the last one has no address.
type Crumb struct {
	Label lang.Text
	Href  string
}

// Option is one choice of a select, with its label in the reader's languages.
type Option struct {
	Value string
	Label lang.Text
}

// Says makes a text that is the same words in the reader's language; for labels that come from messages.
func Says(l lang.Lang, s string) lang.Text {
	if l == lang.FR {
		return lang.Text{FR: lang.Side{Text: s, Revision: 1}}
	}
	return lang.Text{EN: lang.Side{Text: s, Revision: 1}}
}
