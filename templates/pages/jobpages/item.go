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
	Path   string // of the item in its document, where a variant may change it; may be empty
}

// points makes items of keyed sentences; path leads to their list.
func (r Reading) points(list []jobs.Point, path string) []item {
	out := make([]item, 0, len(list))
	for _, p := range list {
		out = append(out, item{Text: p.Text, Origin: p.Origin, Path: path + "/" + p.Key})
	}
	return out
}

// entryItems makes items of titled paragraphs; path leads to their list, "" when no variant touches it.
func (r Reading) entryItems(list []jobs.Entry, path string) []item {
	out := make([]item, 0, len(list))
	for _, e := range list {
		i := item{Text: e.Title, More: e.Text, Origin: e.Origin}
		if path != "" {
			i.Path = path + "/" + e.Key
		}
		out = append(out, i)
	}
	return out
}

// fact is one line of a definition list; Role links the value to another role.
type fact struct {
	Label  string
	Text   lang.Text
	Href   string
	Origin competencies.Origin
	Path   string // as of item
	Lines  []fact // several values, each with its own label
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

// remote writes the days worked from elsewhere; not stated is not none.
func remote(s layout.Shell, days *int) string {
	switch {
	case days == nil:
		return ""
	case *days == 0:
		return s.T(msg.JobsRemoteNone)
	}
	return s.N(msg.JobsRemoteDays, *days)
}

// travel writes the share of time spent travelling; not stated is not none.
func travel(s layout.Shell, share *int) string {
	if share != nil && *share == 0 {
		return s.T(msg.JobsRemoteNone)
	}
	return percent(s, share)
}
