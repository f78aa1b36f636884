package components

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

// languageTag is the short sign of a passage's language, and what it means in words.
func languageTag(in lang.Lang) string {
	if in == lang.FR {
		return "FR"
	}
	return "EN"
}

func untranslated(l lang.Lang) string { return msg.T(l, msg.SiteTextUntranslated) }

// IsStale reports whether the text in l is older than the other language's.
func IsStale(t lang.Text, l lang.Lang) bool { return t.State(l) == lang.Stale }

func foreign(t lang.Text, l lang.Lang) bool {
	s, in := t.In(l)
	return s != "" && in != l
}
