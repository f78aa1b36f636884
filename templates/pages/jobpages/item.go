package jobpages

import (
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// item is a text with what is to be marked on it.
type item struct {
	Text   lang.Text
	More   lang.Text // a paragraph under it, may be zero
	Origin competencies.Origin
	Change jobs.ChangeKind
}

// points makes items of keyed sentences; path leads to their list.
func (r Reading) points(list []jobs.Point, path string) []item {
	out := make([]item, 0, len(list))
	for _, p := range list {
		out = append(out, item{Text: p.Text, Origin: p.Origin, Change: r.change(path, p.Key)})
	}
	return out
}

// entryItems makes items of titled paragraphs; path leads to their list, "" when no variant touches it.
func (r Reading) entryItems(list []jobs.Entry, path string) []item {
	out := make([]item, 0, len(list))
	for _, e := range list {
		out = append(out, item{Text: e.Title, More: e.Text, Origin: e.Origin, Change: r.change(path, e.Key)})
	}
	return out
}

// fact is one line of a definition list; Role links the value to another role.
type fact struct {
	Label  string
	Text   lang.Text
	Href   string
	Origin competencies.Origin
}

// plain makes a fact of words that are already the reader's.
func plain(s layout.Shell, k msg.Key, value string) fact {
	return fact{Label: s.T(k), Text: here(s, value)}
}

// here is a text in the reader's language alone.
func here(s layout.Shell, value string) lang.Text {
	if value == "" {
		return lang.Text{}
	}
	if s.Lang == lang.FR {
		return lang.Text{FR: lang.Side{Text: value, Revision: 1}}
	}
	return lang.Text{EN: lang.Side{Text: value, Revision: 1}}
}

func date(s layout.Shell, t time.Time) string { return lang.Date(s.Lang, t) }

// shortHash is enough of a document's hash to tell two versions apart.
func shortHash(h string) string {
	if len(h) > 8 {
		return h[:8]
	}
	return h
}

// count writes a number, or nothing for one that is not stated.
func count(s layout.Shell, k msg.Key, n *int) string {
	if n == nil {
		return ""
	}
	return s.N(k, *n)
}
