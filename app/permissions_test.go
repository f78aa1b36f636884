package app_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/testkit"
)

const permissionsIntro = `# Who may do what

This table is generated from package ` + "`app/access`" + `: change it there, then run ` + "`go test ./app -run TestPermissionsDocument -update`" + `.

Everybody signed in is an employee; roles add up. A *relation* is what somebody has to do with the object itself and gives
what its row says and nothing more: *own* (theirs, or about them), *direct report* and *line* (about somebody who reports to
them, or stands below them, today), *perimeter* (about somebody an HR partner serves), and those of later capabilities. On what
is *about people* nobody uses a role on what is about themself. An API token has at most its owner's rights, narrowed by its
scopes, and never what needs a *session*. Roles that need one-time codes (HR partner, compensation, administrator) count only in
a session in which a code was shown. A delegation gives what its giver holds, for its days. *Later* marks rows that no capability
asks for yet: they are decided all the same. What no row grants is denied.

`

// roleColumns are the roles of the document, each alone.
var roleColumns = []struct {
	title string
	role  actor.Role
}{{"recruiter", actor.Recruiter}, {"HR partner", actor.HR}, {"compensation", actor.Compensation}, {"administrator", actor.Administrator}}

// TestPermissionsDocument holds docs/permissions.md to the table of package access.
func TestPermissionsDocument(t *testing.T) {
	if len(roleColumns) != len(actor.Roles()) {
		t.Errorf("the document has %d roles, the product %d", len(roleColumns), len(actor.Roles()))
	}
	var b strings.Builder
	b.WriteString(permissionsIntro + "| action | everybody signed in | by relation |")
	rule := "|---|:---:|---|"
	for _, c := range roleColumns {
		b.WriteString(" " + c.title + " |")
		rule += ":---:|"
	}
	b.WriteString(" operator | system | |\n" + rule + ":---:|:---:|---|\n")
	for _, action := range access.Actions() {
		b.WriteString("| " + strings.Join(permissionRow(action), " | ") + " |\n")
	}
	testkit.Golden(t, "../docs/permissions.md", b.String())
}

func permissionRow(action access.Action) []string {
	g := access.GrantOf(action)
	word := func(yes bool) string {
		if yes {
			return "yes"
		}
		return "–"
	}
	everybody := word(g.Everyone)
	if g.Managers {
		everybody = "managers"
	}
	cells := []string{"`" + string(action) + "`", everybody, strings.Join(g.Relations, ", ")}
	for _, c := range roleColumns {
		cell := word(g.Everyone || slices.Contains(g.Roles, c.role))
		if c.role == actor.HR && g.Perimeter && cell == "yes" {
			cell = "perimeter"
		}
		cells = append(cells, cell)
	}
	var notes []string
	for note, holds := range map[string]bool{"about people": g.Personal, "session": g.Session, "later": g.Later} {
		if holds {
			notes = append(notes, note)
		}
	}
	slices.Sort(notes)
	return append(cells, word(g.Operator), word(g.System), strings.Join(notes, ", "))
}
