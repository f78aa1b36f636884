package app_test

import (
	"html"
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/apptest"
)

// page is an address with what its title begins with in both languages.
type page struct{ path, fr, en string }

// everybodysPages are open to whoever is signed in.
var everybodysPages = []page{
	{"/", "Altiva", "Altiva"},
	{"/jobs", "Fiches de poste · ", "Job profiles · "},
	{"/jobs?q=vente&stage=mid", "« vente » · Fiches de poste", "“vente” · Job profiles"},
	{"/jobs/compare", "Comparer deux postes · ", "Compare two roles · "},
	{"/jobs/compare?a=territory-manager&b=sales-associate", "Comparer deux postes · ", "Compare two roles · "},
	{"/jobs/territory-manager", "Responsable de territoire · Altiva", "Territory Manager · Altiva"},
	{"/jobs/territory-manager?variant=pharmaceutical", "Responsable de territoire · Industrie pharmaceutique · Altiva", "Territory Manager · Pharmaceuticals · Altiva"},
	{"/jobs/territory-manager/guide", "Guide du poste : Responsable", "Role guide: Territory"},
	{"/jobs/territory-manager/versions", "Versions : Responsable", "Versions: Territory"},
	{"/jobs/territory-manager/versions/1", "Responsable de territoire · Version 1", "Territory Manager · Version 1"},
	{"/families/sales", "Vente · ", "Sales · "},
	{"/matrices/sales", "Grille : Vente", "Grid: Sales"},
	{"/competencies", "Référentiel de compétences · ", "Competency catalogue · "},
	{"/competencies/negotiation", "Négociation · ", "Negotiation · "},
	{"/ladders/sales", "Filière commerciale · ", "Sales ladder · "},
	{"/docs", "API · ", "API · "},
	{"/sign-in", "Se connecter · ", "Sign in · "},
}

// pagesOf are the pages a persona may read; the rest of the catalogue is walked as an employee.
func pagesOf(t *testing.T, v *apptest.Visitor, persona string) []page {
	t.Helper()
	switch persona {
	case "":
		return []page{{"/", "Altiva", "Altiva"}, {"/sign-in", "Se connecter · ", "Sign in · "}}
	case "hr", "compensation":
		return append([]page{{"/pay/bands", "Fourchettes salariales · ", "Pay bands · "}}, everybodysPages...)
	case "employee":
		out := everybodysPages
		for _, j := range items(t, v.Get("/api/v1/jobs?limit=200")) {
			out = append(out, page{path: "/jobs/" + j.Slug}, page{path: "/jobs/" + j.Slug + "/guide"})
		}
		for _, k := range items(t, v.Get("/api/v1/competencies")) {
			out = append(out, page{path: "/competencies/" + k.Slug})
		}
		return out
	default:
		return everybodysPages
	}
}

// TestPagesInBothLanguages reads every page as each role that may, in both languages.
func TestPagesInBothLanguages(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		for _, persona := range append([]string{""}, apptest.Personas...) {
			v := s.As(t, persona)
			for _, p := range pagesOf(t, v, persona) {
				for _, l := range []string{"fr", "en"} {
					t.Run(persona+" "+l+" "+p.path, func(t *testing.T) {
						v.Lang = l
						want := map[string]string{"fr": p.fr, "en": p.en}[l]
						checkFrame(t, v.Get(p.path), p.path, l, want)
					})
				}
			}
		}
	})
}

var (
	titleOf = regexp.MustCompile(`(?s)<title>(.*?)</title>`)
	switchH = regexp.MustCompile(`(?s)<form[^>]*action="/language"[^>]*>.*?</form>`)
	backOf  = regexp.MustCompile(`name="back" value="([^"]*)"`)
	// messageKey is what a page shows when a message is missing or badly filled in.
	messageKey = regexp.MustCompile(`\b(site|jobs|careers|competencies|pay|pdf|error|rule|role|persona)\.[a-z]+[a-z_]*\b|%!|<no value>|\{\{`)
	headOf     = regexp.MustCompile(`(?s)<h1[^>]*>(.*?)</h1>`)
)

// checkFrame checks what every page has: its language, a title of its own, one heading, and the switch to the
// other language that leads back to the same page.
func checkFrame(t *testing.T, a apptest.Answer, path, l, title string) {
	t.Helper()
	if a.Status != http.StatusOK || a.Header.Get("Content-Type") != "text/html; charset=utf-8" {
		t.Fatalf("%d %s", a.Status, a.Header.Get("Content-Type"))
	}
	if !strings.HasPrefix(a.Body, `<!doctype html><html lang="`+l+`"`) {
		t.Errorf("is not in %s: %.60s", l, a.Body)
	}
	if got := first(titleOf, a.Body); !strings.HasPrefix(html.UnescapeString(got), title) || !strings.HasSuffix(got, "Altiva · echelon") {
		t.Errorf("is titled %q, want %q…", got, title)
	}
	if n := len(headOf.FindAllString(a.Body, -1)); n != 1 {
		t.Errorf("has %d main headings", n)
	}
	form := switchH.FindString(a.Body)
	other := map[string]string{"fr": "en", "en": "fr"}[l]
	if !strings.Contains(form, `name="lang" value="`+other+`" lang="`+other+`"`) {
		t.Errorf("the switch does not lead to %s: %s", other, form)
	}
	if back := html.UnescapeString(first(backOf, form)); back != path {
		t.Errorf("the switch leads back to %q", back)
	}
	if key := messageKey.FindString(visible(a.Body)); key != "" {
		t.Errorf("shows the key or the seams of a message: %q", around(visible(a.Body), key))
	}
	if strings.Contains(a.Body, " style=") || strings.Contains(a.Body, "<script>") || strings.Contains(a.Body, " onclick=") {
		t.Error("has something inline that the policy blocks")
	}
}

var (
	tag     = regexp.MustCompile(`(?s)<[^>]*>`)
	nonText = regexp.MustCompile(`(?s)<(code|script|style)[^>]*>.*?</(code|script|style)>`)
)

// visible is what a page says, without its code and tags.
func visible(body string) string {
	return tag.ReplaceAllString(nonText.ReplaceAllString(body, " "), " ")
}

func around(s, part string) string {
	i := strings.Index(s, part)
	return s[max(0, i-40):min(len(s), i+40)]
}

func first(re *regexp.Regexp, s string) string {
	if m := re.FindStringSubmatch(s); m != nil {
		return m[1]
	}
	return ""
}

// TestLanguageSwitch presses the switch and follows it: the same page comes back, in the other language, and
// stays so.
func TestLanguageSwitch(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		for _, path := range []string{"/jobs/territory-manager?variant=pharmaceutical", "/jobs?q=n%C3%A9gociation", "/jobs/none"} {
			t.Run(path, func(t *testing.T) {
				v := s.As(t, "employee")
				a := v.Get(path + map[bool]string{true: "&", false: "?"}[strings.Contains(path, "?")] + "lang=fr")
				back := html.UnescapeString(first(backOf, switchH.FindString(a.Body)))
				to := v.Post("/language", url.Values{"lang": {"en"}, "back": {back}})
				if to.Status != http.StatusSeeOther || to.Header.Get("Location") != path {
					t.Fatalf("%d to %q, want %q", to.Status, to.Header.Get("Location"), path)
				}
				for _, next := range []string{path, "/competencies"} { // remembered, whatever the browser asks for
					if got := v.Get(next); !strings.Contains(got.Body, `<html lang="en"`) {
						t.Errorf("%s is not in English", next)
					}
				}
			})
		}
	})
}

// TestWrongAddresses asks for what is not there, or not like that: the answer says what to do, and how.
func TestWrongAddresses(t *testing.T) {
	long := strings.Repeat("é", 300)
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		play(t, s, []scenario{
			{
				name: "an unknown role helps to find one", persona: "employee", path: "/jobs/none", status: 404,
				contains: []string{"<h1>", `action="/jobs"`, `href="/jobs"`, `href="/competencies"`, "Numéro de la demande"}, absent: []string{"sql", "no rows"},
			},
			{name: "and in English", persona: "employee", lang: "en", path: "/jobs/none", status: 404, contains: []string{`<html lang="en"`, "Request number", `action="/jobs"`}},
			{name: "an unknown address knows its reader", persona: "employee", path: "/none", status: 404, contains: []string{`action="/jobs"`, `action="/sign-out"`}},
			{name: "an unknown address for nobody", path: "/none", status: 404, contains: []string{`href="/sign-in"`}, absent: []string{`action="/jobs"`}},
			{name: "an unknown competency", persona: "employee", path: "/competencies/none", status: 404, contains: []string{`action="/jobs"`}},
			{name: "an unknown family", persona: "employee", path: "/families/none", status: 404},
			{name: "an unknown ladder", persona: "employee", path: "/ladders/none", status: 404},
			{name: "an unknown grid", persona: "employee", path: "/matrices/none", status: 404},
			{name: "an unknown side of a comparison", persona: "employee", path: "/jobs/compare?a=none&b=sales-associate", status: 404},
			{name: "an unknown variant", persona: "employee", path: "/jobs/territory-manager?variant=none", status: 404},
			{name: "an unknown variant as PDF", persona: "employee", path: "/jobs/territory-manager.pdf?variant=none", status: 404},
			{name: "a version that was never", persona: "employee", path: "/jobs/territory-manager/versions/99", status: 404},
			{name: "a version that is no number", persona: "employee", path: "/jobs/territory-manager/versions/first", status: 404},
			{name: "a version too large for any number", persona: "employee", path: "/jobs/territory-manager/versions/99999999999999999999", status: 404},
			{name: "a version below one", persona: "employee", path: "/jobs/territory-manager/versions/-1", status: 404},
			{name: "a PDF of nothing", persona: "employee", path: "/jobs/none.pdf", status: 404, contains: []string{"<h1>"}},
			{name: "a ZIP of nothing", persona: "employee", path: "/families/none.zip", status: 404},
			{name: "a PDF in an unknown language", persona: "employee", path: "/jobs/territory-manager.pdf?lang=de", status: 422, contains: []string{"<h1>Langue inconnue</h1>", "fr, en ou fr,en"}},
			{name: "a PDF in one language twice", persona: "employee", path: "/jobs/territory-manager.pdf?lang=fr,fr", status: 422, contains: []string{"fr, en ou fr,en"}},
			{name: "a PDF in three languages", persona: "employee", lang: "en", path: "/jobs/territory-manager.pdf?lang=fr,en,fr", status: 422, contains: []string{"fr, en or fr,en"}},
			{name: "a PDF on unknown paper", persona: "employee", path: "/jobs/territory-manager.pdf?paper=a5", status: 422, contains: []string{"a4 ou letter"}},
			{name: "a PDF in an unknown edition", persona: "employee", lang: "en", path: "/jobs/territory-manager.pdf?edition=novel", status: 422, contains: []string{"profile or guide"}},
			{name: "a family on unknown paper", persona: "employee", path: "/families/sales.pdf?paper=a5", status: 422, contains: []string{"a4 ou letter"}},
			{name: "a ZIP in an unknown language", persona: "employee", path: "/families/sales.zip?lang=EN", status: 422, contains: []string{"fr, en ou fr,en"}},
			{name: "a marker that is none", persona: "employee", path: "/jobs?after=%21%21", status: 400, contains: []string{"<h1>"}},
			{name: "a marker of something else", persona: "employee", path: "/jobs?after=eyJsIjoiZnIifQ", status: 400},
			{name: "an unknown stage names the stages", persona: "employee", path: "/jobs?stage=top", status: 422},
			{name: "an absurd page size", persona: "employee", path: "/api/v1/jobs?limit=1000000", status: 422, contains: []string{`"code":"invalid"`, "limit"}},
			{name: "a search with nothing in it", persona: "employee", path: "/jobs?q=%20%00%20", status: 400},
			{name: "a very long search", persona: "employee", path: "/jobs?q=" + url.QueryEscape(long), status: 200},
			{name: "a search that is not UTF-8", persona: "employee", path: "/jobs?q=%ff%fe%80", status: 400},
			{name: "an unknown language of the page", persona: "employee", path: "/jobs?lang=de", status: 200, contains: []string{`<html lang="fr"`}},
			{name: "an unknown file", path: "/static/none.css", status: 404},
			{name: "a file outside", path: "/static/..%2fstatic.go", status: 400},
			{name: "a language we do not have", form: url.Values{"lang": {"de"}}, path: "/language", status: 422},
			{name: "a theme we do not have", form: url.Values{"theme": {"loud"}}, path: "/theme", status: 422},
			{name: "a persona we do not have", form: url.Values{"persona": {"root"}}, path: "/demo/sign-in", status: 404},
			{name: "a page that nobody writes to", persona: "employee", method: "POST", path: "/jobs", status: 405},
		})
	})
}

// TestHostileText sends what an attacker would: it comes back as text.
func TestHostileText(t *testing.T) {
	const script = `"><script>alert(1)</script>`
	const tpl = `{{.}}${7*7}<img src=x onerror=alert(1)>`
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		escaped := []string{"&lt;script&gt;alert(1)&lt;/script&gt;"}
		bare := []string{"<script>alert(1)", "<img src=x", `value=""><`}
		play(t, s, []scenario{
			{name: "in a search", persona: "employee", path: "/jobs?q=" + url.QueryEscape(script), status: 200, contains: escaped, absent: bare},
			{name: "in a filter", persona: "employee", path: "/jobs?competency=" + url.QueryEscape(script), status: 200, absent: bare},
			{name: "in a search, otherwise", persona: "employee", path: "/jobs?q=" + url.QueryEscape(tpl), status: 200, absent: bare},
			{name: "in an address", persona: "employee", path: "/jobs/" + url.PathEscape(script), status: 400, absent: bare},
			{name: "in the way back", path: "/sign-in?next=" + url.QueryEscape("/"+script), status: 200, absent: bare[:2]},
			{name: "as SQL in a search", persona: "employee", path: "/jobs?q=" + url.QueryEscape(`'; DROP TABLE profiles; --`), status: 200},
			{name: "as SQL in a filter", persona: "employee", path: "/jobs?track=" + url.QueryEscape(`' OR '1'='1`), status: 200, absent: []string{"/jobs/territory-manager\""}},
			{name: "as operators of a text index", persona: "employee", path: "/jobs?q=" + url.QueryEscape(`"vente* OR NEAR( -a:b ^`), status: 200},
			{name: "as SQL in a slug", persona: "employee", path: "/jobs/" + url.PathEscape(`x' OR '1'='1`), status: 404},
			{name: "the tables are still there", persona: "employee", path: "/jobs/territory-manager", status: 200},
			{name: "as a way out after the language", form: url.Values{"lang": {"en"}, "back": {"//evil.example"}}, path: "/language", status: 303, location: "/"},
			{name: "as a way out after the theme", form: url.Values{"theme": {"dark"}, "back": {"https://evil.example"}}, path: "/theme", status: 303, location: "/"},
			{name: "as a way out after signing in", form: url.Values{"persona": {"hr"}, "back": {`/\evil.example`}}, path: "/demo/sign-in", status: 303, location: "/"},
			{name: "as a header after signing in", form: url.Values{"persona": {"hr"}, "back": {"/\r\nX-Evil: 1"}}, path: "/demo/sign-in", status: 303, location: "/"},
		})
	})
}

var resultLink = regexp.MustCompile(`href="/jobs/([a-z-]+)"`)

// TestSearchIgnoresAccents finds the same roles however a word is typed, on both databases alike.
func TestSearchIgnoresAccents(t *testing.T) {
	found := map[string][]string{}
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		v := s.As(t, "employee")
		for _, words := range [][]string{
			{"négociation", "negociation", "NÉGOCIATION", "ne\u0301gociation", "négociations"},
			{"équipe", "equipe", "équipes"},
			{"délégué", "delegue", "Délégués"},
		} {
			var want []string
			for i, word := range words {
				var got []string
				for _, it := range items(t, v.Get("/api/v1/jobs?lang=fr&limit=200&q="+url.QueryEscape(word))) {
					got = append(got, it.Slug)
				}
				if i == 0 {
					want = got
				}
				if diff := cmp.Diff(want, got); diff != "" || len(got) == 0 {
					t.Errorf("%q finds otherwise than %q:\n%s", word, words[0], diff)
				}
				if page := slugs(v.Get("/jobs?lang=fr&q=" + url.QueryEscape(word)).Body); !sameSet(page, got) {
					t.Errorf("for %q the page shows %v, the API %v", word, page, got)
				}
			}
			if other, ok := found[words[0]]; ok {
				if diff := cmp.Diff(other, want); diff != "" {
					t.Errorf("%q finds otherwise on the other database:\n%s", words[0], diff)
				}
			}
			found[words[0]] = want
		}
	})
}

// slugs are the roles that a page's results link to.
func slugs(body string) []string {
	main := body[max(0, strings.Index(body, `id="results"`)):]
	var out []string
	for _, m := range resultLink.FindAllStringSubmatch(main, -1) {
		if m[1] != "compare" {
			out = append(out, m[1])
		}
	}
	return out
}

func sameSet(a, b []string) bool {
	in := map[string]bool{}
	for _, s := range a {
		in[s] = true
	}
	for _, s := range b {
		if !in[s] {
			return false
		}
	}
	return len(in) == len(b)
}
