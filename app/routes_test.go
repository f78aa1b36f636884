package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/app/web"
)

// TestRoutesAreAsListed keeps a file with every route and its policy: a change of either shows in review.
func TestRoutesAreAsListed(t *testing.T) {
	s, _ := serveWithProvider(t, apptest.Demo(t, "sqlite"), true)
	var lines []string
	for _, r := range s.App.Web.Routes {
		lines = append(lines, fmt.Sprintf("%-5s %-45s %s", r.Method, r.Path, r.Policy))
	}
	slices.Sort(lines)
	testkit.Golden(t, "testdata/routes.golden", strings.Join(lines, "\n")+"\n")
}

// TestEveryRouteIsInTheTable finds an address that somebody registered beside the table, where no policy
// guards it.
func TestEveryRouteIsInTheTable(t *testing.T) {
	a := apptest.Build(t, apptest.Demo(t, "sqlite"), true) // not served: a route is planted
	if extra := outsideTable(a.Web); len(extra) > 0 {
		t.Errorf("registered outside the route table: %v", extra)
	}
	a.Web.Get("/hidden", func(c *fiber.Ctx) error { return c.SendString("planted") })
	if extra := outsideTable(a.Web); !slices.Contains(extra, "GET /hidden") {
		t.Errorf("a planted route was not found; found %v", extra)
	}
}

func outsideTable(w *web.App) []string {
	table := map[string]bool{}
	for _, r := range w.Routes {
		table[r.Method+" "+web.FiberPath(r.Path)] = true
	}
	var extra []string
	for _, r := range w.GetRoutes(true) {
		key := r.Method + " " + r.Path
		if r.Method == http.MethodHead {
			key = http.MethodGet + " " + r.Path
		}
		if !table[key] {
			extra = append(extra, r.Method+" "+r.Path)
		}
	}
	return extra
}

// TestRoleMatrix requests every route as nobody and as every role, and expects exactly what the table of
// package access says.
func TestRoleMatrix(t *testing.T) {
	s, _ := serveWithProvider(t, apptest.Demo(t, "sqlite"), true)
	for name, visitor := range visitors(t, s) {
		persona, _, _ := strings.Cut(name, ",")
		for _, r := range s.App.Web.Routes {
			if r.Path == "/sign-out" { // it would end the session the matrix uses
				continue
			}
			t.Run(fmt.Sprintf("%s %s as %q", r.Method, r.Path, name), func(t *testing.T) {
				checkRoute(t, visitor, persona, r)
			})
		}
	}
}

// visitors are nobody, each persona, and people whose rights come by a relation alone: each is named by the persona
// whose routes they have, and what sets them apart.
func visitors(t *testing.T, s *apptest.Server) map[string]*apptest.Visitor {
	t.Helper()
	out := map[string]*apptest.Visitor{"": s.As(t, "")}
	for _, persona := range apptest.Personas {
		out[persona] = s.As(t, persona)
	}
	people, day := s.App.Services.Accounts, time.Now().UTC().Format(time.DateOnly)
	delegate := func(from string, to actor.PersonID, duty accounts.Duty) {
		in := accounts.DelegateInput{From: idOf(t, out[from]), To: to, Duty: duty, StartsOn: day, LastDay: day}
		if err := people.Delegate(t.Context(), actor.CommandLine(), in); err != nil {
			t.Fatal(err)
		}
	}
	delegate("manager", addPerson(t, s, "line@example.com", "Lina Suppléante"), accounts.DutyLine)
	delegate("hr", addPerson(t, s, "duty@example.com", "Dora Suppléante"), accounts.DutyHR)
	addPerson(t, s, "elsewhere@example.com", "Elsa Ailleurs", actor.HR)
	if err := people.Assign(t.Context(), actor.CommandLine(), accounts.AssignInput{Person: addPerson(t, s, "report@example.com", "Remi Rattaché"), Manager: idOf(t, out["employee"]), Profile: "sales-associate", StartsOn: day}); err != nil {
		t.Fatal(err)
	}
	for name, email := range map[string]string{
		"manager, standing in": "line@example.com", "hr, standing in": "duty@example.com", "hr, without a perimeter": "elsewhere@example.com", "employee, of somebody's line": "report@example.com",
	} {
		out[name] = enter(t, s, email)
		if strings.HasPrefix(name, "hr") {
			withCodes(t, out[name])
		}
	}
	return out
}

// addresses fills the parameters of routes with something that exists.
var addresses = strings.NewReplacer("/competencies/{slug}", "/competencies/negotiation", "/ladders/{slug}", "/ladders/sales",
	"/families/{slug}", "/families/sales", "{slug}", "sales-associate", "{id}", "none", "{token}", "none", "{family}", "sales", "{number}", "1", "{name}", "none.css")

func checkRoute(t *testing.T, visitor *apptest.Visitor, persona string, r web.Route) {
	t.Helper()
	answer := visitor.Do(r.Method, addresses.Replace(r.Path), nil, http.Header{web.CSRFHeader: {visitor.CSRF()}})
	allowed := r.Policy.Open || persona != "" && mayPersona(persona, r.Policy.Action)
	switch {
	case allowed && (answer.Status == http.StatusUnauthorized || answer.Status == http.StatusForbidden || answer.Status >= 500 || isSignIn(answer)):
		t.Errorf("should be answered, got %d", answer.Status)
	case !allowed && persona == "" && answer.Status != http.StatusUnauthorized && !isSignIn(answer):
		t.Errorf("nobody should be asked to sign in, got %d", answer.Status)
	case !allowed && persona != "" && answer.Status != http.StatusForbidden:
		t.Errorf("should be forbidden, got %d", answer.Status)
	}
}

func isSignIn(a apptest.Answer) bool {
	return a.Status == http.StatusSeeOther && strings.HasPrefix(a.Header.Get("Location"), "/sign-in")
}

// expected is who may take an action beside those named, said a second time by hand so that a slip in the
// table shows. Everybody signed in is an employee.
var expected = map[access.Action][]string{
	access.HomeRead: apptest.Personas, access.JobsRead: apptest.Personas, access.CompetenciesRead: apptest.Personas,
	access.LaddersRead: apptest.Personas, access.DirectoryRead: apptest.Personas, access.AccountOwn: apptest.Personas, access.DelegationsWrite: apptest.Personas,
	access.BandsRead:      {"hr", "compensation", "manager", "employee"}, // the last two: their own, and those of their line
	access.DirectoryWrite: {"hr"},
	access.AccountsRead:   {"administrator"}, access.AccountsWrite: {"administrator"}, access.SettingsRead: {"administrator"}, access.SettingsWrite: {"administrator"},
	access.JournalRead: {"hr", "administrator"},
}

func mayPersona(persona string, a access.Action) bool { return slices.Contains(expected[a], persona) }
