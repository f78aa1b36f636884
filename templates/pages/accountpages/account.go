package accountpages

import (
	"slices"
	"strconv"
	"strings"

	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
)

var (
	// codeInput keeps keyboards from turning a code into a word; recovery codes have letters, so it is not numeric.
	codeInput = templ.Attributes{"autocapitalize": "off", "spellcheck": "false"}
	digits    = templ.Attributes{"inputmode": "numeric"}
	shown     = templ.Attributes{"readonly": true, "spellcheck": "false"}
	readOnly  = templ.Attributes{"readonly": true}
)

// example is a call of the API; the token stays out of it, and so out of the history of commands.
func (v TokenView) example() string {
	return `curl -H "Authorization: Bearer $TOKEN" ` + v.Site + "/api/v1/me"
}

// section is a part of the page that its contents lead to.
type section struct{ ID, Label string }

// contents lists the sections of the account. Their ids are what redirects after an act point to.
func (v AccountView) contents() []section {
	out := []section{
		{"profile", v.T(msg.AccountProfileTitle)},
		{"password", v.T(msg.AccountPassword)},
		{"codes", v.T(msg.AccountCodesTitle)},
		{"sessions", v.T(msg.AccountSessionsTitle)},
		{"tokens", v.T(msg.AccountTokensTitle)},
	}
	if v.federated() {
		out = append(out, section{"provider", v.T(msg.AccountProviderTitle)})
	}
	return append(out, section{"delegation", v.T(msg.AccountDelegationTitle)})
}

// federated tells whether there is anything to say about identity providers.
func (v AccountView) federated() bool { return v.Provider != "" || len(v.Linked) > 0 }

// sectionOf is where each form stands.
var sectionOf = map[string]string{
	"preferences": "profile", "password": "password", "codes": "codes", "recovery": "codes",
	"token": "tokens", "link": "provider", "unlink": "provider", "delegation": "delegation",
}

// sectionOfProblems is the section of the form that was not accepted; its ID is "" when there is none.
func (v AccountView) sectionOfProblems() section {
	for _, s := range v.contents() {
		if len(v.Problems) > 0 && sectionOf[v.Form] == s.ID {
			return s
		}
	}
	return section{}
}

// problem is what is wrong with a field of a form; field "" is the form itself.
func (v AccountView) problem(form, field string) string {
	if v.Form != form {
		return ""
	}
	return v.Problems[field]
}

// provenForm is a form that asks for the password once more.
type provenForm struct {
	name   string // under which its problems are
	field  string // ID of the password's field
	action string
	title  string
	of     string // what the title is about, for who does not see the page
	button string
	kind   string // the button's class beside btn
}

// current is the field for the password in use, which acts that matter ask for.
func (v AccountView) current(form, id string) components.Field {
	return components.Field{
		ID: id, Name: "current", Label: v.T(msg.AccountCurrent), Type: "password", Hint: v.T(msg.AccountCurrentHint),
		Problem: v.problem(form, "current"), Autocomplete: "current-password", Required: true,
	}
}

// newPassword is the field for a password that is chosen, with the rules.
func newPassword(s layout.Shell, id, problem string) components.Field {
	return components.Field{
		ID: id, Name: "password", Label: s.T(msg.AccountNewPassword), Type: "password", Hint: s.T(msg.AccountPasswordHint),
		Problem: problem, Autocomplete: "new-password", Required: true,
	}
}

// firstPassword is the same where there is no older one.
func firstPassword(s layout.Shell, problem string) components.Field {
	f := newPassword(s, "password", problem)
	f.Label = s.T(msg.AccountPassword)
	return f
}

// fewCodes is from how many recovery codes on it is time to make new ones.
const fewCodes = 3

// others counts the sessions beside this one.
func (v AccountView) others() int {
	n := 0
	for _, s := range v.Sessions {
		if !s.Current {
			n++
		}
	}
	return n
}

// days is the life of the token as typed, or one that suits most.
func (v AccountView) days() string {
	if v.TokenDays == 0 {
		return "90"
	}
	return strconv.Itoa(v.TokenDays)
}

// scopes lists the scopes of one area alone, or those of everything.
func (v AccountView) scopes(narrow bool) []Scope {
	var out []Scope
	for _, s := range v.Scopes {
		if strings.Contains(s.Value, ":") == narrow {
			s.Chosen = s.Chosen || slices.Contains(v.TokenScopes, s.Value)
			out = append(out, s)
		}
	}
	return out
}

func fieldID(name string, i int) string { return name + "-" + strconv.Itoa(i) }

// box is the drawing's own measure: a unit for each module.
func (v CodesView) box() string {
	n := strconv.Itoa(v.QRSize)
	return "0 0 " + n + " " + n
}

// prompt asks to choose, where there is more than one thing to choose.
func (v AccountView) prompt(list []components.Choice) string {
	if len(list) == 1 {
		return ""
	}
	return v.T(msg.AccountChoose)
}
