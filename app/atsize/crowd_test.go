package atsize_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
)

// nextPage finds the address of the next page of a list.
var nextPage = regexp.MustCompile(`rel="next" href="([^"]+)"`)

// TestALargeCompanyIsReadToItsEnd walks lists of a company of 10 000 people and 1 000 profiles from page to page.
func TestALargeCompanyIsReadToItsEnd(t *testing.T) {
	s := apptest.StartOn(t, apptest.Crowd(t, "sqlite"), true)
	employee, administrator := s.As(t, "employee"), s.As(t, "administrator")
	for _, c := range []struct {
		visitor *apptest.Visitor
		path    string
		link    *regexp.Regexp
		want    int
	}{
		{employee, "/families/sales", regexp.MustCompile(`<h3>\s*<a href="/jobs/[a-z0-9-]+"`), 342},
		{employee, "/matrices/sales", regexp.MustCompile(`<th scope="col"><a href="/jobs/`), 342},
		{employee, "/people?q=lindqvist", regexp.MustCompile(`<th role="rowheader" scope="row"><a href="/people/`), 2001},
		{administrator, "/admin/accounts?q=da+silva", regexp.MustCompile(`<th role="rowheader" scope="row"><a href="/admin/accounts/`), 2000},
	} {
		t.Run(c.path, func(t *testing.T) {
			seen := 0
			for path := c.path; path != ""; {
				a := c.visitor.Get(path)
				if a.Status != http.StatusOK {
					t.Fatalf("%s: status %d", path, a.Status)
				}
				seen += len(c.link.FindAllString(a.Body, -1))
				path = ""
				if m := nextPage.FindStringSubmatch(a.Body); m != nil {
					path = strings.ReplaceAll(m[1], "&amp;", "&")
				}
			}
			if seen != c.want {
				t.Errorf("%d rows on all pages, want %d", seen, c.want)
			}
		})
	}
	look(t, s, []asked{
		{
			name: "every ladder is led to", persona: "employee", path: "/ladders",
			contains: []string{`href="/ladders/sales"`, `href="/ladders/support"`, `href="/ladders/logistics"`, "Filières"},
		},
		{
			name: "home says how many there are", persona: "employee", path: "/",
			contains: []string{`href="/families/support"`, `href="/ladders"`}, absent: []string{`href="/jobs/role-`},
		},
		{
			name: "a competency leads to the list", persona: "employee", path: "/competencies/negotiation",
			contains: []string{`href="/jobs?competency=negotiation"`, "Voir l’ensemble"},
		},
	})
}

// asked is a page as somebody asks for it, by a form where there is one, and what must and must not stand on it.
type asked struct {
	name, persona, path string
	form                url.Values
	contains, absent    []string
}

// look asks for pages and reads them.
func look(t *testing.T, s *apptest.Server, pages []asked) {
	t.Helper()
	for _, p := range pages {
		t.Run(p.name, func(t *testing.T) {
			v := s.As(t, p.persona)
			var a apptest.Answer
			if p.form == nil {
				a = v.Get(p.path)
			} else {
				a = v.Post(p.path, p.form)
			}
			if a.Status != http.StatusOK {
				t.Errorf("status %d", a.Status)
			}
			for _, want := range p.contains {
				if !strings.Contains(a.Body, want) {
					t.Errorf("%q is missing", want)
				}
			}
			for _, unwanted := range p.absent {
				if strings.Contains(a.Body, unwanted) {
					t.Errorf("%q is there", unwanted)
				}
			}
		})
	}
}

// TestPeopleAreChosenAmongManyWithoutScripts looks for people by sending the form, in every form that chooses some.
func TestPeopleAreChosenAmongManyWithoutScripts(t *testing.T) {
	onEachCrowd(t, func(t *testing.T, s *apptest.Server) {
		found, err := s.App.Services.Accounts.FindByEmail(t.Context(), actor.CommandLine(), "person.4321@crowd.example")
		if err != nil {
			t.Fatal(err)
		}
		employee, err := s.App.Services.Accounts.FindByPersona(t.Context(), actor.CommandLine(), "employee")
		if err != nil {
			t.Fatal(err)
		}
		option := []string{found.Name, `value="` + string(found.ID) + `"`}
		at := "/people/" + string(employee.ID)
		look(t, s, []asked{
			{name: "a form asks to search", persona: "hr", path: at, contains: []string{`name="manager_find"`}, absent: []string{"person.4321@"}},
			{name: "a manager", persona: "hr", path: at, form: url.Values{"find": {"manager"}, "manager_find": {"4321"}, "starts_on": {"2026-12-24"}}, contains: append(option, `value="2026-12-24"`)},
			{name: "nobody", persona: "hr", path: at, form: url.Values{"find": {"manager"}, "manager_find": {"zzyzx"}}, contains: []string{"Personne ne correspond"}},
			{name: "too many", persona: "hr", path: at, form: url.Values{"find": {"manager"}, "manager_find": {"lindqvist"}}, contains: []string{"seules les premières"}},
			{name: "a stand-in", persona: "hr", path: "/account/delegations", form: url.Values{"find": {"to"}, "to_find": {"PERSON.4321@crowd.example"}}, contains: option},
			{name: "who gives a duty", persona: "administrator", path: "/admin/delegations", form: url.Values{"find": {"from"}, "from_find": {"4321"}}, contains: option},
			{name: "the head of a perimeter", persona: "administrator", path: "/admin/accounts/" + string(employee.ID) + "/rights", form: url.Values{"find": {"heads"}, "heads_find": {"4321"}}, contains: option},
		})
		a := s.As(t, "hr").Post(at, url.Values{"manager": {string(found.ID)}, "starts_on": {"2027-01-01"}})
		if a.Status != http.StatusSeeOther {
			t.Errorf("and who was found is chosen: %d", a.Status)
		}
	})
}

// TestTheJournalOfALargePerimeterIsRead reads the journal as an HR partner of somebody with 10 000 people below.
func TestTheJournalOfALargePerimeterIsRead(t *testing.T) {
	onEachCrowd(t, func(t *testing.T, s *apptest.Server) {
		people := s.App.Services.Accounts
		manager, err := people.FindByPersona(t.Context(), actor.CommandLine(), "manager")
		if err != nil {
			t.Fatal(err)
		}
		hr, err := people.FindByPersona(t.Context(), actor.CommandLine(), "hr")
		if err != nil {
			t.Fatal(err)
		}
		in := accounts.Rights{Roles: []actor.Role{actor.HR}, Heads: []actor.PersonID{manager.ID}}
		if err := people.SetRights(t.Context(), actor.CommandLine(), hr.ID, in); err != nil {
			t.Fatal(err)
		}
		s.As(t, "manager") // which leaves an entry
		a := s.As(t, "hr").Get("/admin/journal")
		if a.Status != http.StatusOK || !strings.Contains(a.Body, "/people/"+string(manager.ID)) && !strings.Contains(a.Body, string(manager.ID)) {
			t.Errorf("status %d, %.600s", a.Status, a.Body)
		}
	})
}

// onEachCrowd runs a test in a large company on each database.
func onEachCrowd(t *testing.T, test func(t *testing.T, s *apptest.Server)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) { test(t, apptest.StartOn(t, apptest.Crowd(t, kind), true)) })
	}
}
