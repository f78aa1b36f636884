package app_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/testkit"
)

// columns are the kinds of actor of the document, the roles each alone.
var columns = []struct {
	title string
	actor actor.Actor
}{
	{"everybody signed in", actor.Actor{Kind: actor.Person}},
	{"recruiter", actor.Actor{Kind: actor.Person, Roles: []actor.Role{actor.Recruiter}}},
	{"HR partner", actor.Actor{Kind: actor.Person, Roles: []actor.Role{actor.HR}}},
	{"compensation", actor.Actor{Kind: actor.Person, Roles: []actor.Role{actor.Compensation}}},
	{"administrator", actor.Actor{Kind: actor.Person, Roles: []actor.Role{actor.Administrator}}},
	{"operator", actor.CommandLine()},
	{"system", actor.SystemTask("any")},
}

// TestPermissionsDocument holds docs/permissions.md to the table of package access, asked through Decide.
func TestPermissionsDocument(t *testing.T) {
	if roles := len(columns) - 3; roles != len(actor.Roles()) {
		t.Errorf("the document has %d roles, the product %d", roles, len(actor.Roles()))
	}
	var b strings.Builder
	b.WriteString("# Who may do what\n\nThis table is generated from package `app/access`: change it there, then run " +
		"`go test ./app -run TestPermissionsDocument -update`.\n\n| action |")
	rule := "|---|"
	for _, c := range columns {
		b.WriteString(" " + c.title + " |")
		rule += ":---:|"
	}
	b.WriteString("\n" + rule + "\n")
	for _, action := range access.Actions() {
		b.WriteString("| `" + string(action) + "` |")
		for _, c := range columns {
			word := "–"
			if access.Decide(c.actor, action, access.None) == nil {
				word = "yes"
			}
			b.WriteString(" " + word + " |")
		}
		b.WriteString("\n")
	}
	testkit.Golden(t, "../docs/permissions.md", b.String())
}
