package sitepages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
	"github.com/echelon-hr/echelon/templates/pages/sitepages"
)

func TestPages(t *testing.T) {
	pagetest.Run(t, pagetest.Page[sitepages.HomeView]{Name: "start", Make: sitepages.Home, Set: func(v *sitepages.HomeView, l lang.Lang) { v.Shell.Lang = l }})
	pagetest.Run(t, pagetest.Page[sitepages.HomeView]{Name: "home, signed out", Make: sitepages.Home, Set: func(v *sitepages.HomeView, l lang.Lang) { v.Shell.Lang, v.User = l, nil }})
	pagetest.Run(t, pagetest.Page[sitepages.DocsView]{Name: "API", Make: sitepages.Docs, Set: func(v *sitepages.DocsView, l lang.Lang) { v.Shell.Lang = l }})
	for _, status := range []int{400, 403, 404, 500, 503} {
		pagetest.Run(t, pagetest.Page[sitepages.ErrorView]{Name: "error", Make: sitepages.Error, Set: func(v *sitepages.ErrorView, l lang.Lang) { v.Shell.Lang, v.Status = l, status }})
	}
}

func TestMissingPageHelps(t *testing.T) {
	v := sitepages.ErrorView{Shell: layout.Shell{Lang: lang.FR, Can: layout.Can{Jobs: true}, User: &layout.User{Name: "Awa"}}, Status: 404, RequestID: "01JD"}
	html := pagetest.Render(t, sitepages.Error(v))
	for _, want := range []string{`action="/jobs"`, `name="q"`, "01JD", `href="/jobs"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestPersonasArePlainButtons(t *testing.T) {
	html := pagetest.Render(t, sitepages.Personas(layout.Shell{Lang: lang.EN}, []sitepages.Persona{{Slug: "hr", Name: "Awa", Role: lang.NewText("RH", "HR")}}, "/jobs"))
	for _, want := range []string{`action="/demo/sign-in" method="post"`, `name="persona" value="hr"`, `name="back" value="/jobs"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestErrorsLeadBackToWhatWasMeant(t *testing.T) {
	for _, c := range []struct {
		name, path string
		status     int
		want       string
	}{
		{"a document on unknown paper", "/jobs/territory-manager.pdf?paper=a5", 422, `href="/jobs/territory-manager"`},
		{"an unknown variant", "/jobs/territory-manager?variant=none", 404, `href="/jobs/territory-manager"`},
		{"an archive in an unknown language", "/families/sales.zip?lang=de", 422, `href="/families/sales"`},
		{"an unknown role leads nowhere", "/jobs/none", 404, ""},
		{"an unknown document leads nowhere", "/jobs/none.pdf?lang=fr", 404, ""},
		{"a comparison is no role", "/jobs/compare?a=1", 422, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			html := pagetest.Render(t, sitepages.Error(sitepages.ErrorView{Shell: layout.Shell{Lang: lang.EN, Path: c.path, Can: layout.Can{Jobs: true}}, Status: c.status}))
			switch back := strings.Contains(html, "Back to the job"); {
			case c.want == "" && back:
				t.Error("leads back to a page that may not be there")
			case c.want != "" && (!back || !strings.Contains(html, c.want)):
				t.Errorf("%s is missing", c.want)
			}
		})
	}
}
