package app_test

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/seeds"
)

// TestSessions signs in, changes persona and signs out, and tries each token afterwards.
func TestSessions(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		v := s.As(t, "employee")
		first := session(t, v)
		if len(first.Value) < 43 {
			t.Errorf("a token of %d characters can be guessed", len(first.Value))
		}
		if a := v.Get("/sign-in"); a.Status != http.StatusOK || !strings.Contains(a.Body, `value="compensation"`) {
			t.Errorf("a signed-in visitor cannot change persona: %d", a.Status)
		}
		if a := v.Get("/sign-in?next=%2Fjobs"); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/jobs" {
			t.Errorf("a signed-in visitor is not sent on: %d %s", a.Status, a.Header.Get("Location"))
		}
		a := v.Post("/demo/sign-in", url.Values{"persona": {"compensation"}, "back": {"/pay/bands"}})
		second := session(t, v)
		if a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/pay/bands" || second.Value == first.Value {
			t.Errorf("signing in gives %d to %s with the token changed: %t", a.Status, a.Header.Get("Location"), second.Value != first.Value)
		}
		if !signedIn(s.Visitor(t), second) {
			t.Error("the new token is not signed in")
		}
		if signedIn(s.Visitor(t), first) {
			t.Error("the former token still is, after signing in anew")
		}
		if a := v.Get("/pay/bands"); a.Status != http.StatusOK {
			t.Errorf("the new persona's rights are not had: %d", a.Status)
		}
		if a := v.Post("/sign-out", nil); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/" {
			t.Errorf("signing out gives %d %s", a.Status, a.Header.Get("Location"))
		}
		if len(v.Cookies()) != 0 {
			t.Errorf("signing out leaves %v", v.Cookies())
		}
		if signedIn(s.Visitor(t), second) {
			t.Error("the token is signed in after signing out")
		}
		for _, forged := range []string{"", "x", first.Value + "x", strings.ToUpper(second.Value), strings.Repeat("a", 5000), "' OR 1=1 --"} {
			if signedIn(s.Visitor(t), &http.Cookie{Name: "sid", Value: forged}) {
				t.Errorf("token %.20q is signed in", forged)
			}
		}
	})
}

// TestSessionOfSomebodyElseIsNotTaken: a token that a visitor brings is never the one they get.
func TestSessionOfSomebodyElseIsNotTaken(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	v := s.Visitor(t)
	a := v.Do(http.MethodPost, "/demo/sign-in", strings.NewReader("persona=hr"), http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Cookie": {"sid=planted-by-somebody-else"},
		web.CSRFHeader: {web.CSRFToken("planted-by-somebody-else")}, // the form of a page that was given to the planted session
	})
	if a.Status != http.StatusSeeOther || session(t, v).Value == "planted-by-somebody-else" {
		t.Errorf("%d: the planted token was kept", a.Status)
	}
	if a := v.Do(http.MethodPost, "/demo/sign-in", strings.NewReader("persona=hr"), http.Header{
		"Content-Type": {"application/x-www-form-urlencoded"}, "Sec-Fetch-Site": {"cross-site"},
	}); a.Status != http.StatusForbidden {
		t.Errorf("another site signs a visitor in: %d", a.Status)
	}
}

func session(t *testing.T, v *apptest.Visitor) *http.Cookie {
	t.Helper()
	for _, c := range v.Cookies() {
		if c.Name == "sid" {
			return c
		}
	}
	t.Fatalf("no session in %v", v.Cookies())
	return nil
}

func signedIn(v *apptest.Visitor, c *http.Cookie) bool {
	return v.Do(http.MethodGet, "/jobs", nil, http.Header{"Cookie": {c.Name + "=" + c.Value}}).Status == http.StatusOK
}

// TestWithoutDemo serves a company's database without the demo: only the public addresses answer, and no persona gets in.
func TestWithoutDemo(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			address := testkit.Address(t, kind)
			if _, err := apptest.Build(t, address, false).Seed(t.Context(), seeds.Content, false); err != nil {
				t.Fatal(err)
			}
			s, _ := serveWithProvider(t, address, false)
			for _, r := range s.App.Web.Routes {
				t.Run(r.Method+" "+r.Path, func(t *testing.T) {
					a := s.Visitor(t).Do(r.Method, addresses.Replace(r.Path), nil, nil)
					closed := a.Status == http.StatusUnauthorized || isSignIn(a)
					if r.Policy.Open == closed {
						t.Errorf("public %t, answers %d", r.Policy.Open, a.Status)
					}
				})
			}
			play(t, s, []scenario{
				{name: "no persona signs in", path: "/demo/sign-in", form: url.Values{"persona": {"hr"}}, status: 404, contains: []string{"<h1>"}},
				{name: "the sign-in page asks for a password and offers no persona", path: "/sign-in", status: 200, contains: []string{`name="password"`}, absent: []string{"/demo/sign-in"}},
				{name: "home names nobody", path: "/", status: 200, absent: []string{"/demo/sign-in", "Inès"}},
				{name: "health", path: "/healthz", status: 200, contains: []string{`"ok"`}},
				{name: "readiness", path: "/readyz", status: 200, contains: []string{`"ready"`}},
				{name: "search engines stay out", path: "/robots.txt", status: 200, contains: []string{"Disallow: /"}},
			})
		})
	}
}

var (
	staticLink = regexp.MustCompile(`/static/[A-Za-z0-9._-]+`)
	fontLink   = regexp.MustCompile(`[A-Za-z0-9._-]+\.woff2`)
)

// TestStaticFiles asks for what the pages link to: the browser may keep it for ever.
func TestStaticFiles(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	v := s.Visitor(t)
	types := map[string]string{".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml", ".woff2": "font/woff2"}
	linked := staticLink.FindAllString(v.Get("/").Body, -1)
	for _, name := range linked {
		if strings.HasSuffix(name, ".css") {
			for _, font := range fontLink.FindAllString(v.Get(name).Body, -1) {
				linked = append(linked, "/static/"+font)
			}
		}
	}
	seen := map[string]bool{}
	for _, name := range linked {
		a := v.Get(name)
		ext := name[strings.LastIndex(name, "."):]
		seen[ext] = true
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Type"), types[ext]) || types[ext] == "" {
			t.Errorf("%s: %d as %s", name, a.Status, a.Header.Get("Content-Type"))
		}
		if c := a.Header.Get("Cache-Control"); !strings.Contains(c, "immutable") || !strings.Contains(c, "public") {
			t.Errorf("%s: Cache-Control %s", name, c)
		}
		again := v.Do(http.MethodGet, name, nil, http.Header{"If-None-Match": {a.Header.Get("ETag")}})
		if again.Status != http.StatusNotModified || again.Body != "" || again.Header.Get("Content-Security-Policy") == "" {
			t.Errorf("%s again: %d, %d bytes", name, again.Status, len(again.Body))
		}
	}
	for _, name := range linked {
		checkCodings(t, v, name)
	}
	for ext := range types {
		if !seen[ext] {
			t.Errorf("no %s was linked: %v", ext, linked)
		}
	}
	gone := v.Do(http.MethodGet, "/static/gone.css", nil, http.Header{"If-None-Match": {`"gone.css"`}})
	if gone.Status != http.StatusNotFound || strings.Contains(gone.Header.Get("Cache-Control"), "immutable") || gone.Header.Get("ETag") != "" {
		t.Errorf("a file that is gone: %d, %v", gone.Status, gone.Header)
	}
}

// checkCodings asks for a file as readers of several codings do: each gets the one it likes best, under a tag of its own,
// and is told the next time that it has it.
func checkCodings(t *testing.T, v *apptest.Visitor, name string) {
	t.Helper()
	tags := map[string]bool{}
	for accept, want := range map[string]string{
		"identity": "", "gzip;q=1, br;q=0.5": "gzip", "gzip, deflate, br, zstd": "br", "br;q=0, *": "gzip", "identity;q=0, *": "br",
	} {
		if strings.HasSuffix(name, ".woff2") {
			want = ""
		}
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			a := v.Do(method, name, nil, http.Header{"Accept-Encoding": {accept}})
			if got := a.Header.Get("Content-Encoding"); a.Status != http.StatusOK || got != want || (a.Body == "") != (method == http.MethodHead) {
				t.Errorf("%s %s for %q: %d in coding %q, %d bytes", method, name, accept, a.Status, got, len(a.Body))
			}
			if varies := a.Header.Get("Vary") == "Accept-Encoding"; varies == strings.HasSuffix(name, ".woff2") {
				t.Errorf("%s for %q: Vary %q", name, accept, a.Header.Get("Vary"))
			}
			tag := a.Header.Get("ETag")
			tags[want+tag] = true
			again := v.Do(method, name, nil, http.Header{"Accept-Encoding": {accept}, "If-None-Match": {`"x", W/` + tag}})
			if again.Status != http.StatusNotModified || again.Body != "" || again.Header.Get("Content-Encoding") != "" || again.Header.Get("Vary") != a.Header.Get("Vary") {
				t.Errorf("%s again for %q: %d, %v", name, accept, again.Status, again.Header)
			}
		}
	}
	if want := 3; len(tags) != want && !strings.HasSuffix(name, ".woff2") {
		t.Errorf("%s has tags %v, want %d", name, tags, want)
	}
	if a := v.Get(name + ".br"); a.Status != http.StatusNotFound {
		t.Errorf("%s.br: %d", name, a.Status)
	}
}

var shownProof = regexp.MustCompile(`name="csrf" value="([^"]+)"`)

// TestEachPageMasksTheProofOfItsSession reads the proof in the forms of pages: no two addresses show the same, which
// compressed sizes could tell of, each is good, and a page that has not changed is not sent again.
func TestEachPageMasksTheProofOfItsSession(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	v := s.As(t, "employee")
	seen := map[string]bool{}
	for _, path := range []string{"/", "/jobs", "/jobs?q=a", "/jobs?q=b", "/account"} {
		header := http.Header{"Accept-Encoding": {"br"}}
		first := v.Do(http.MethodGet, path, nil, header)
		header.Set("If-None-Match", first.Header.Get("ETag"))
		if again := v.Do(http.MethodGet, path, nil, header); first.Header.Get("Content-Encoding") != "br" || again.Status != http.StatusNotModified {
			t.Errorf("%s in coding %q, and again: %d", path, first.Header.Get("Content-Encoding"), again.Status)
		}
		shown := map[string]bool{}
		for _, m := range shownProof.FindAllStringSubmatch(v.Get(path).Body, -1) {
			shown[m[1]] = true
			if a := v.Post("/theme", url.Values{"csrf": {m[1]}, "theme": {"dark"}, "back": {"/"}}); a.Status != http.StatusSeeOther || seen[m[1]] || m[1] == v.CSRF() {
				t.Errorf("%s shows %s, which is answered %d", path, m[1], a.Status)
			}
		}
		if len(shown) != 1 {
			t.Errorf("%s shows %v", path, shown)
		}
		for proof := range shown {
			seen[proof] = true
			tampered := "AAAAAAAA" + proof[8:]
			if a := v.Post("/theme", url.Values{"csrf": {tampered}, "theme": {"dark"}, "back": {"/"}}); a.Status != http.StatusForbidden {
				t.Errorf("%s is answered %d", tampered, a.Status)
			}
		}
	}
}
