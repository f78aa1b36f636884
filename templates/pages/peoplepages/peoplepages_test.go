package peoplepages_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
	"github.com/echelon-hr/echelon/templates/pages/peoplepages"
)

func TestPages(t *testing.T) {
	pagetest.Run(t, pagetest.Page[peoplepages.ListView]{Name: "directory", Make: peoplepages.List, Set: func(v *peoplepages.ListView, l lang.Lang) { v.Shell.Lang = l }})
	pagetest.Run(t, pagetest.Page[peoplepages.PersonView]{Name: "person", Make: peoplepages.Show, Set: func(v *peoplepages.PersonView, l lang.Lang) {
		v.Shell.Lang = l
		v.Problems = map[string]string{"": "no", "manager": "no", "profile": "no", "starts_on": "no"}
	}})
}

func TestForms(t *testing.T) {
	for _, l := range lang.All() {
		var list peoplepages.ListView
		var one peoplepages.PersonView
		pagetest.Fill(&list, pagetest.Words)
		pagetest.Fill(&one, pagetest.Words)
		list.Shell.Lang, one.Shell.Lang = l, l
		one.Problems = map[string]string{"manager": "no", "profile": "no", "starts_on": "no"}
		for _, html := range []string{pagetest.Render(t, peoplepages.List(list)), pagetest.Render(t, peoplepages.Show(one))} {
			pagetest.CheckForms(t, html)
			if m := regexp.MustCompile(`people\.[a-z_.]+`).FindString(html); m != "" {
				t.Errorf("a message key is shown: %s", m)
			}
		}
	}
}

var (
	shell = layout.Shell{Lang: lang.EN, CSRF: "proof"}
	awa   = peoplepages.Person{ID: "1", Name: "Awa", Email: "awa@example.com", Profile: "tm", Title: lang.NewText("Responsable", "Territory manager"), ManagerID: "2", ManagerName: "Tomás"}
	tomas = peoplepages.Person{ID: "2", Name: "Tomás"}
)

func said(t *testing.T, html string, want, never []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(html, w) {
			t.Errorf("%q is missing", w)
		}
	}
	for _, n := range never {
		if strings.Contains(html, n) {
			t.Errorf("%q is there", n)
		}
	}
}

// Where there are too many people for a list, a manager is looked for: without scripts, by sending the form.
func TestAManagerIsLookedForAmongMany(t *testing.T) {
	v := peoplepages.PersonView{Shell: shell, Person: awa, MayEdit: true, Manager: components.Pick{
		Search: true, Text: "tom", Chosen: []string{"9"}, People: []components.Choice{{Value: "2", Label: "Tomás · tomas@example.com"}, {Value: "9", Label: "Noé"}},
	}}
	html := pagetest.Render(t, peoplepages.Show(v))
	pagetest.CheckForms(t, html)
	said(t, html, []string{`name="manager_find"`, `value="tom"`, `name="find" value="manager"`, "Tomás · tomas@example.com", `<option value="9" selected`, "1 person found", " autofocus"}, []string{"Nobody matches"})
	v.Manager.People = v.Manager.People[1:]
	said(t, pagetest.Render(t, peoplepages.Show(v)), []string{"Nobody matches"}, nil)
	v.Manager.Part = true
	said(t, pagetest.Render(t, peoplepages.Show(v)), []string{"only the first are offered"}, nil)
	v.Manager = components.Pick{People: v.Manager.People}
	said(t, pagetest.Render(t, peoplepages.Show(v)), []string{"Noé"}, []string{"manager_find"})
}

func TestTheDirectoryLeadsToPeopleAndTheirJobs(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, peoplepages.List(peoplepages.ListView{Shell: shell, People: []peoplepages.Person{awa, tomas}, Total: 2})))
	said(t, html, []string{`href="/people/1"`, `href="/jobs/tm"`, `href="/people/2"`, "2 people", "No manager", "No job stated"}, []string{`href="/jobs/"`, `href="/people/"`, "out of"})
}

func TestADisabledAccountShows(t *testing.T) {
	gone := tomas
	gone.Disabled = true
	list := pagetest.Render(t, peoplepages.List(peoplepages.ListView{Shell: shell, People: []peoplepages.Person{awa, gone}, Total: 2}))
	if n := strings.Count(list, "account disabled"); n != 1 {
		t.Errorf("said %d times in the list", n)
	}
	said(t, pagetest.Render(t, peoplepages.Show(peoplepages.PersonView{Shell: shell, Person: gone})), []string{"account disabled"}, nil)
	said(t, pagetest.Render(t, peoplepages.Show(peoplepages.PersonView{Shell: shell, Person: awa})), nil, []string{"account disabled"})
}

func TestASearchKeepsItsWordsAndSaysWhatItFound(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, peoplepages.List(peoplepages.ListView{Shell: shell, Q: "awa", People: []peoplepages.Person{awa}, Total: 3})))
	said(t, html, []string{`value="awa"`, "1 out of 3 people", `href="/people"`}, nil)
	html = pagetest.Main(pagetest.Render(t, peoplepages.List(peoplepages.ListView{Shell: shell, Q: "zz", Total: 3})))
	said(t, html, []string{"Nobody matches", `href="/people"`}, []string{"<table"})
	html = pagetest.Main(pagetest.Render(t, peoplepages.List(peoplepages.ListView{Shell: shell})))
	said(t, html, []string{"The directory is empty"}, []string{"<table", "Nobody matches"})
}

func TestAPersonShowsWhatTheReaderMaySee(t *testing.T) {
	v := peoplepages.PersonView{Shell: shell, Person: awa}
	said(t, pagetest.Main(pagetest.Render(t, peoplepages.Show(v))), []string{"Awa", `href="/jobs/tm"`, `href="/people/2"`, "awa@example.com"}, []string{"<form", "<table", "/account"})
	v.Self, v.MayEdit, v.Reports = true, true, []peoplepages.Person{tomas}
	v.History = []peoplepages.Assignment{{Starts: "1 March 2026"}, {Starts: "5 Jan 2024", Ends: "28 Feb 2026"}}
	v.Manager = components.Pick{People: []components.Choice{{Value: "2", Label: "Tomás"}}, Chosen: []string{"2"}}
	v.StartsOn, v.Problems = "2026-11-25", map[string]string{"manager": "goes in a circle"}
	said(t, pagetest.Main(pagetest.Render(t, peoplepages.Show(v))), []string{
		`href="/account"`, "1 direct report", "Since 1 March 2026", "5 Jan 2024 to 28 Feb 2026", `action="/people/1" method="post"`, `value="2" selected`,
		`value="2026-11-25"`, `aria-invalid="true"`, "goes in a circle",
	}, nil)
}
