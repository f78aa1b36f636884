// Package accountpages holds the pages of signing in and of one's own account. It shows what it is given and decides
// nothing.
package accountpages

import (
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/sitepages"
)

// Field is what is wrong with a field of a form, in words; "" for nothing.
type Field = string

// SignInView is the sign-in: address and password, a provider's button, the personas of the demo.
type SignInView struct {
	layout.Shell
	Email    string // as typed
	Back     string // where to go after, a path of this site; may be empty
	Problem  string // in words, may be empty
	Notice   string // good news, such as "password set: sign in"; may be empty
	Provider string // what the provider's button says, "" for none
	Linking  bool   // whoever signs in now links the provider's identity they have just shown
	Personas []sitepages.Persona
}

// CodeView asks for the one-time code of a sign-in that has shown its password. A recovery code is taken too.
type CodeView struct {
	layout.Shell
	Back    string
	Problem string
}

// ForgotView asks for the address of whoever forgot a password; Sent thanks them, whoever they are.
type ForgotView struct {
	Postless bool // no letter leaves, and none can be read here
	layout.Shell
	Email   string
	Problem string
	Sent    bool
	Outbox  bool // the demo shows its letters at /demo/outbox
}

// PasswordView chooses the password of a link. Ended says that the link is not good any more.
type PasswordView struct {
	layout.Shell
	Token   string
	Email   string // whose
	Ended   bool
	Problem Field // of the new password
}

// SetUpView makes the first administrator.
type SetUpView struct {
	layout.Shell
	Token    string
	Name     string
	Email    string
	Ended    bool
	Problems map[string]string // by field: name, email, password
}

// AccountView is one's own account.
type AccountView struct {
	layout.Shell
	Name, Email string
	Roles       []string // in words; empty for an employee
	Withheld    []string // roles in words that wait for one-time codes
	Delegated   []string // in words, with from whom: "HR partner, for Awa Lindqvist"
	Lang        string
	TellSignIns bool
	HasPassword bool
	HasCodes    bool
	Recovery    int // recovery codes left
	Sessions    []Session
	// EarlierSessions and EarlierDelegations tell that there are more than the latest ones, which are listed.
	EarlierSessions, EarlierDelegations bool
	Tokens                              []Token
	Scopes                              []Scope
	Provider                            string // name of the sign-in provider, "" for none
	Linked                              []Identity
	Delegations                         []Delegation
	Duties                              []components.Choice // that the reader holds and can delegate; empty for none
	Notice                              string              // good news after an act
	NoticeIn                            string              // the section it stands in, "" for the top of the page
	Problems                            map[string]string
	Form                                string // which form the problems are of: a key of sectionOf
	TokenName                           string // as typed
	TokenDays                           int
	TokenScopes                         []string
	Delegating                          Delegating // as typed
}

// Session is one of the sign-ins that last.
type Session struct {
	ID      string
	Agent   string // browser and system in words
	Proof   string // how they signed in, in words
	Since   string // day and time in words
	Seen    string
	Current bool
}

// Token is an API token that works.
type Token struct {
	ID, Name, Prefix string
	Scopes           []string // in words
	Expires          string   // "in 12 days · 5 Dec 2026"
	LastUsed         string   // in words, "never" included
}

// Scope is a scope to choose from.
type Scope struct {
	Value, Label string
	Chosen       bool
}

// Identity is a link to a provider.
type Identity struct{ Issuer, Since string }

// Delegation is a duty given or taken for some days.
type Delegation struct {
	ID, From, To, Duty, Starts, LastDay, State string // all in words but the id
	InForce, Revocable                         bool
}

// Delegating is a delegation as typed.
type Delegating struct {
	To                      components.Pick
	Duty, StartsOn, LastDay string
}

// CodesView sets one-time codes up: a QR code as the path of its dark modules, the seed for typing, the first code.
type CodesView struct {
	layout.Shell
	QRPath  string // SVG path of unit squares
	QRSize  int    // modules on a side, margin included
	Secret  string // in groups of four
	Problem Field
	Needed  bool // a role of the reader's waits for it
}

// ProveView asks who is there before one-time codes are set up.
type ProveView struct {
	layout.Shell
	Email       string
	HasPassword bool // else a new sign-in is asked for
	Problem     Field
}

// RecoveryView shows the recovery codes, this once.
type RecoveryView struct {
	layout.Shell
	Codes []string
	For   string // what they open: the account and the site, for the paper they are printed on
}

// TokenView shows a new token, this once.
type TokenView struct {
	layout.Shell
	Name, Token, Expires string
	Site                 string // base address, for the example
}
