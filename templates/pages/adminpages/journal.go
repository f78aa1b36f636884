// Package adminpages shows the administration: accounts, delegations, settings, mail and the journal.
package adminpages

import (
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

// JournalView is a page of the journal.
type JournalView struct {
	layout.Shell
	Part     bool // the reader sees the entries about some people only
	Filter   JournalFilter
	Areas    []components.Option
	Outcomes []components.Option
	Rows     []JournalRow
	Next     string // address of the next page, "" at the end
	CSV      string // address of the same entries as a file
}

// JournalFilter is what the reader asked for.
type JournalFilter struct {
	Action, Outcome string
	From, To        string // yyyy-mm-dd
	By, On          JournalThing
}

// Active tells whether anything narrows the list.
func (f JournalFilter) Active() bool { return f != JournalFilter{} }

// JournalThing is an actor or an object: how the journal names it, and what it is for people.
type JournalThing struct {
	Name  string // "person:ID"; "" for nothing
	Words string
	Href  string // to the entries about it alone
}

// JournalRow is one entry, in words.
type JournalRow struct {
	Day, Time string // of the reader's language, UTC
	By        JournalThing
	Behalf    string // the names of those whose duties the actor held; may be empty
	Action    string // in words, "" for one that has none
	Name      string // of the action
	On        JournalThing
	Details   []JournalDetail // what else is told of it
	Outcome   string
	Address   string // what is left of the network address; may be empty
}

// JournalDetail is one thing more that an entry holds, in words.
type JournalDetail struct{ Label, Value string }

// emptyText says why there is nothing to see.
func (v JournalView) emptyText() string {
	if v.Filter.Active() {
		return v.T(msg.JournalEmptyFiltered)
	}
	return v.T(msg.JournalEmptyText)
}
