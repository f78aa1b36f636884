// Package peoplepages holds the directory: who is who, and who reports to whom.
package peoplepages

import (
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

// Person is somebody in a list.
type Person struct {
	ID, Name, Email        string
	Profile                string    // slug, "" for none
	Title                  lang.Text // of the profile
	ManagerID, ManagerName string    // "" for none
	Disabled               bool      // their account is out of use
}

// ListView is the directory, filtered by what the reader typed.
type ListView struct {
	layout.Shell
	Q      string
	People []Person
	Total  int    // of all pages
	Next   string // address of the next page, "" at the end
}

// PersonView is one person. History is there for who may see it, the form for who may change it.
type PersonView struct {
	layout.Shell
	Person   Person
	Self     bool
	Reports  []Person
	History  []Assignment
	MayEdit  bool
	Manager  components.Pick
	Profiles []components.Choice
	StartsOn string // as typed or today, yyyy-mm-dd
	Profile  string
	Problems map[string]string // by field: manager, profile, starts_on
	Notice   string
}

// Assignment is a line of a person's history, in words.
type Assignment struct {
	Starts, Ends           string // "" while it lasts
	Profile                string
	Title                  lang.Text
	ManagerID, ManagerName string
}
