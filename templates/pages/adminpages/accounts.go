package adminpages

import (
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/accountpages"
)

// Account is somebody who can sign in, in a list.
type Account struct {
	ID, Name, Email string
	Roles           []string // in words
	Codes           bool     // one-time codes are set up
	NeedsCodes      bool     // a role of theirs needs them
	Disabled        bool
	Persona         bool
}

// AccountsView lists the accounts.
type AccountsView struct {
	layout.Shell
	Q        string // as typed
	Accounts []Account
	Total    int    // of all pages
	Next     string // address of the next page, "" at the end
	Notice   string
}

// Role is a role to give.
type Role struct {
	Value, Label, Text string
	NeedsCodes         bool
	Chosen             bool
}

// NewAccountView makes an account.
type NewAccountView struct {
	layout.Shell
	Name, Email, Language string
	Roles                 []Role
	Problems              map[string]string // by field: name, email, lang, roles
	Postless              bool              // no letter leaves: the link comes from the command line
}

// AccountView is one account with what an administrator may do to it.
type AccountView struct {
	layout.Shell
	ID, Name, Email, Language string
	Address                   string // as it is, whatever the form says
	Edition                   string // of what the forms are filled in from
	Since                     string // day in words
	Self                      bool   // nobody changes their own rights
	Persona, Disabled         bool
	HasPassword, HasCodes     bool
	Recovery, Providers       int
	Roles                     []Role
	Whole                     bool            // the perimeter is the whole company
	Heads                     components.Pick // the chosen ones are heads of the perimeter
	Notice                    string
	Postless                  bool              // no letter leaves: the link comes from the command line
	Form                      string            // which form the problems are of: details, rights, access
	Problems                  map[string]string // by field; "" for the whole form
}

// DelegationsView lists everybody's delegations and makes one.
type DelegationsView struct {
	layout.Shell
	Delegations             []accountpages.Delegation
	Next                    string // address of the next page of them, "" at the end
	From, To                components.Pick
	Duties                  []components.Choice
	Duty, StartsOn, LastDay string // as typed
	Problems                map[string]string
	Notice                  string
}
