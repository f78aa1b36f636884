package web_test

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/web"
)

// secret is what no reader may ever see: the text of an error that nobody foresaw.
const secret = "pq: password for user hr is hunter2"

// house is the web house on a real port with the routes of a test.
type house struct {
	url string
	log *record
}

// open serves routes beside a few that most tests use.
func open(t *testing.T, public bool, routes ...web.Route) *house {
	t.Helper()
	return openWith(t, func(c *web.Config) { c.Public = public }, routes...)
}

func openWith(t *testing.T, change func(*web.Config), routes ...web.Route) *house {
	t.Helper()
	h := &house{log: &record{}}
	log := slog.New(slog.NewTextHandler(h.log, nil))
	before := slog.Default()
	slog.SetDefault(log)
	cfg := web.Config{
		Log: log, Version: "test", Resume: resume,
		RenderError: func(c *fiber.Ctx, status int, f *fault.Error) error {
			return c.Type("html", "utf-8").SendString(fmt.Sprintf("<p>%d %s %s %s %s</p>", status, f.Code, web.ErrorTitle(web.LangOf(c.UserContext()), f), web.RequestID(c), actor.From(c.UserContext()).Name))
		},
	}
	change(&cfg)
	app := web.New(cfg, append(routes, usual()...))
	l, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	h.url = "http://" + l.Addr().String()
	done := make(chan error, 1)
	go func() { done <- app.Listener(l) }()
	t.Cleanup(func() {
		slog.SetDefault(before)
		if err := app.Shutdown(5 * time.Second); err != nil {
			t.Error(err)
		}
		if err := <-done; err != nil {
			t.Error(err)
		}
	})
	return h
}

// record keeps what is written to it by several goroutines.
type record struct {
	mu   sync.Mutex
	text []string
}

func (r *record) Write(b []byte) (int, error) {
	r.add(string(b))
	return len(b), nil
}

func (r *record) add(texts ...string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.text = append(r.text, texts...)
}

func (r *record) all() []string {
	r.mu.Lock()
	defer r.mu.Unlock()
	return slices.Clone(r.text)
}

// resume knows one token; another one finds the sessions broken.
func resume(_ context.Context, _ actor.Actor, token string) (actor.Actor, error) {
	switch token {
	case "employee":
		return actor.Actor{Kind: actor.Person, ID: "p1", Name: "Ada"}, nil
	case "broken":
		return actor.Nobody(), errors.New(secret)
	default:
		return actor.Nobody(), nil
	}
}

type apiOutput struct {
	Body struct {
		Word string `json:"word"`
	}
}

func usual() []web.Route {
	page := func(path string, fn fiber.Handler) web.Route {
		return web.Page(http.MethodGet, path, access.Public(), fn)
	}
	return []web.Route{
		page("/page", func(c *fiber.Ctx) error { return c.Type("html").SendString("<p>hello</p>") }),
		page("/missing", func(*fiber.Ctx) error { return fault.New(fault.NotFound, "not_found", "row 7 of %s", secret) }),
		page("/unknown", func(*fiber.Ctx) error { return errors.New(secret) }),
		page("/panics", func(*fiber.Ctx) error { panic(secret) }),
		page("/late", func(c *fiber.Ctx) error { return fmt.Errorf("%s: %w", secret, context.DeadlineExceeded) }),
		page("/who", func(c *fiber.Ctx) error { return c.SendString(actor.From(c.UserContext()).Name) }),
		page("/lang", func(c *fiber.Ctx) error { return c.SendString(string(web.LangOf(c.UserContext()))) }),
		page("/deadline", func(c *fiber.Ctx) error { return c.SendString(timeLeft(c.UserContext())) }),
		page("/names/{name}", func(c *fiber.Ctx) error { return c.SendString(c.Params("name")) }),
		web.Page(http.MethodGet, "/closed", access.Requires(access.HomeRead), func(c *fiber.Ctx) error { return c.SendString("inside") }),
		web.Plain(http.MethodGet, "/healthz", func(c *fiber.Ctx) error { return c.SendString("ok " + actor.From(c.UserContext()).Name) }),
		web.Page(http.MethodPost, "/change", access.Public(), func(c *fiber.Ctx) error { return c.SendString("changed") }),
		web.API(http.MethodGet, "/api/v1/words/{word}", access.Requires(access.HomeRead), huma.Operation{}, func(ctx context.Context, in *struct {
			Word  string `path:"word"`
			Limit int    `query:"limit" maximum:"9"`
		},
		) (*apiOutput, error) {
			switch in.Word {
			case "unknown":
				return nil, errors.New(secret)
			case "panics":
				panic(secret)
			case "late":
				return nil, fault.New(fault.Unavailable, "db.unreachable", secret)
			case "missing":
				return nil, fault.New(fault.NotFound, "not_found", secret)
			case "deadline":
				in.Word = timeLeft(ctx)
			}
			out := &apiOutput{}
			out.Body.Word = in.Word
			return out, nil
		}),
	}
}

func timeLeft(ctx context.Context) string {
	at, ok := ctx.Deadline()
	if !ok {
		return "none"
	}
	return time.Until(at).Round(time.Second).String()
}

// answer is a response read whole.
type answer struct {
	*http.Response
	body string
}

// do sends a request; header pairs follow the address.
func (h *house) do(t *testing.T, method, path string, header ...string) answer {
	t.Helper()
	return h.send(t, method, path, nil, header...)
}

func (h *house) send(t *testing.T, method, path string, body io.Reader, header ...string) answer {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, h.url+path, body)
	if err != nil {
		t.Fatal(err)
	}
	for i := 0; i < len(header); i += 2 {
		if header[i] == "Host" {
			req.Host = header[i+1]
		}
		req.Header.Set(header[i], header[i+1])
	}
	client := &http.Client{
		Timeout: 20 * time.Second, Transport: &http.Transport{DisableKeepAlives: true, DisableCompression: true},
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
	}
	res, err := client.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return answer{res, string(b)}
}

const employee = "sid=employee"

// TestEveryAnswerIsProtected asks for every kind of answer, those that never reach a handler too.
func TestEveryAnswerIsProtected(t *testing.T) {
	h := open(t, false)
	tag := h.do(t, "GET", "/page").Header.Get("ETag")
	for _, c := range []struct {
		name, method, path string
		status             int
		header             []string
	}{
		{"a page", "GET", "/page", 200, nil},
		{"a page that the reader has", "GET", "/page", 304, []string{"If-None-Match", tag}},
		{"an unknown address", "GET", "/nothing", 404, nil},
		{"an unknown address of the API", "GET", "/api/v1/nothing", 404, nil},
		{"a method the address does not answer", "DELETE", "/page", 405, nil},
		{"a method that HTTP does not have", "BREW", "/page", 501, nil},
		{"a panic", "GET", "/panics", 500, nil},
		{"an unforeseen error", "GET", "/unknown", 500, nil},
		{"too little time", "GET", "/late", 503, nil},
		{"a page that asks to sign in", "GET", "/closed", 303, nil},
		{"an answer of the API", "GET", "/api/v1/words/rung", 200, []string{"Cookie", employee}},
		{"a refusal of the API", "GET", "/api/v1/words/rung", 401, nil},
		{"a panic of the API", "GET", "/api/v1/words/panics", 500, []string{"Cookie", employee}},
		{"a request from another site", "POST", "/change", 403, []string{"Sec-Fetch-Site", "cross-site"}},
		{"an address that is too long", "GET", "/page?q=" + strings.Repeat("a", 20_000), 431, nil},
		{"broken sessions", "GET", "/closed", 500, []string{"Cookie", "sid=broken"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := h.do(t, c.method, c.path, c.header...)
			if a.StatusCode != c.status {
				t.Errorf("status %d, want %d: %s", a.StatusCode, c.status, a.body)
			}
			checkProtected(t, a)
		})
	}
}

func checkProtected(t *testing.T, a answer) {
	t.Helper()
	csp := a.Header.Get("Content-Security-Policy")
	for _, want := range []string{"default-src 'none'", "script-src 'self'", "style-src 'self'", "form-action 'self'", "base-uri 'none'", "frame-ancestors 'none'"} {
		if !strings.Contains(csp, want) {
			t.Errorf("the policy %q lacks %s", csp, want)
		}
	}
	for _, never := range []string{"unsafe", "*", "http:", "https:"} {
		if strings.Contains(csp, never) {
			t.Errorf("the policy %q allows %s", csp, never)
		}
	}
	for name, want := range map[string]string{
		"X-Content-Type-Options": "nosniff", "Referrer-Policy": "same-origin", "Cross-Origin-Opener-Policy": "same-origin",
		"Cross-Origin-Resource-Policy": "same-origin", "Permissions-Policy": "camera=(), geolocation=(), microphone=(), payment=()",
	} {
		if got := a.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	if id := a.Header.Get("X-Request-Id"); len(id) != 16 {
		t.Errorf("request id %q", id)
	}
	if a.Header.Get("Cache-Control") == "" {
		t.Error("says nothing about caching")
	}
	for _, never := range []string{secret, "hunter2", "goroutine", ".go:"} {
		if strings.Contains(a.body, never) {
			t.Errorf("the answer gives away %q: %s", never, a.body)
		}
	}
	if a.Header.Get("Server") != "" {
		t.Errorf("names its server software %q", a.Header.Get("Server"))
	}
}

func TestTransportSecurityOnlyBeyondLoopback(t *testing.T) {
	if got := open(t, false).do(t, "GET", "/page").Header.Get("Strict-Transport-Security"); got != "" {
		t.Errorf("over plain HTTP on loopback: %q", got)
	}
	if got := open(t, true).do(t, "GET", "/page").Header.Get("Strict-Transport-Security"); got == "" {
		t.Error("missing on a public site")
	}
}

// TestErrorsTellTheirRequest follows an unforeseen error: the reader gets a number, the log gets the text
// under the same number.
func TestErrorsTellTheirRequest(t *testing.T) {
	h := open(t, false)
	for _, path := range []string{"/unknown", "/panics", "/late", "/api/v1/words/unknown", "/api/v1/words/panics"} {
		t.Run(path, func(t *testing.T) {
			a := h.do(t, "GET", path, "Cookie", employee)
			id := a.Header.Get("X-Request-Id")
			if !strings.Contains(a.body, id) {
				t.Errorf("the reader is not told %s: %s", id, a.body)
			}
			checkProtected(t, a)
			logged := false
			for _, line := range h.log.all() {
				logged = logged || strings.Contains(line, id) && strings.Contains(line, "hunter2")
			}
			if !logged {
				t.Error("the log does not have the text under the request's number")
			}
		})
	}
	if a, b := h.do(t, "GET", "/page"), h.do(t, "GET", "/page"); a.Header.Get("X-Request-Id") == b.Header.Get("X-Request-Id") {
		t.Error("two requests have the same id")
	}
}

func TestPageOrProblem(t *testing.T) {
	h := open(t, false)
	for _, c := range []struct {
		name, path, accept, want string
		status                   int
	}{
		{"a browser", "/missing", "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8", "text/html; charset=utf-8", 404},
		{"a program without a wish", "/missing", "", "text/html; charset=utf-8", 404},
		{"a program that asks for JSON", "/missing", "application/json", "application/problem+json", 404},
		{"a program that asks for problems", "/missing", "application/problem+json", "application/problem+json", 404},
		{"a browser at the API", "/api/v1/words/missing", "text/html", "application/problem+json", 404},
		{"an unknown address of the API", "/api/v1/none", "text/html", "application/problem+json", 404},
		{"a bad parameter", "/api/v1/words/x?limit=10", "", "application/problem+json", 422},
		{"a parameter of the wrong type", "/api/v1/words/x?limit=ten", "", "application/problem+json", 422},
		{"a page that asks a program to sign in", "/closed", "application/json", "application/problem+json", 401},
	} {
		t.Run(c.name, func(t *testing.T) {
			cookie := employee
			if c.status == http.StatusUnauthorized {
				cookie = ""
			}
			a := h.do(t, "GET", c.path, "Accept", c.accept, "Cookie", cookie)
			if a.StatusCode != c.status || a.Header.Get("Content-Type") != c.want {
				t.Errorf("%d %s, want %d %s", a.StatusCode, a.Header.Get("Content-Type"), c.status, c.want)
			}
			if c.want != "application/problem+json" {
				return
			}
			var p web.Problem
			if err := json.Unmarshal([]byte(a.body), &p); err != nil || p.Status != c.status || p.Type != "about:blank" || p.Code == "" || p.Title == "" {
				t.Errorf("%v %+v", err, p)
			}
		})
	}
}

// TestEveryRequestHasADeadline: no request may hold a connection to the database for ever.
func TestEveryRequestHasADeadline(t *testing.T) {
	h := open(t, false)
	for _, path := range []string{"/deadline", "/api/v1/words/deadline"} {
		if got := h.do(t, "GET", path, "Cookie", employee).body; !strings.Contains(got, "30s") {
			t.Errorf("%s has %s left, want 30s", path, got)
		}
	}
}

func TestHeadAnswersWhereGetDoes(t *testing.T) {
	h := open(t, false)
	for _, path := range []string{"/page", "/missing", "/unknown", "/closed", "/names/x", "/api/v1/words/rung", "/api/v1/words/missing", "/nothing"} {
		t.Run(path, func(t *testing.T) {
			get, head := h.do(t, "GET", path, "Cookie", employee), h.do(t, "HEAD", path, "Cookie", employee)
			if head.StatusCode != get.StatusCode || head.Header.Get("Content-Type") != get.Header.Get("Content-Type") || head.Header.Get("ETag") != get.Header.Get("ETag") {
				t.Errorf("HEAD says %d %s, GET %d %s", head.StatusCode, head.Header.Get("Content-Type"), get.StatusCode, get.Header.Get("Content-Type"))
			}
			if head.body != "" {
				t.Errorf("HEAD has a body: %s", head.body)
			}
		})
	}
	if a := h.do(t, "HEAD", "/closed"); a.StatusCode != http.StatusSeeOther {
		t.Errorf("HEAD of a closed page answers nobody with %d", a.StatusCode)
	}
}

// TestPathsAreExact: an address has one spelling, so that what guards it cannot be walked around.
func TestPathsAreExact(t *testing.T) {
	h := open(t, false)
	for path, want := range map[string]int{
		"/page": 200, "/Page": 404, "/PAGE": 404, "/page/": 308, "//page": 308, "/page%2f": 400, "/./page": 308,
		"/closed": 303, "/CLOSED": 404, "/closed/": 308,
		"/api/v1/words/x": 401, "/API/v1/words/x": 404, "/api/v1/words/x/": 308, "/api/v1/Words/x": 404,
	} {
		t.Run(path, func(t *testing.T) {
			if got := h.do(t, "GET", path).StatusCode; got != want {
				t.Errorf("%d, want %d", got, want)
			}
		})
	}
	if got := h.do(t, "GET", "/names/%C3%A9t%C3%A9").body; got != "été" {
		t.Errorf("an escaped name arrives as %q", got)
	}
	a := h.do(t, "POST", "/page")
	if a.StatusCode != http.StatusMethodNotAllowed || !strings.Contains(a.Header.Get("Allow"), "GET") {
		t.Errorf("%d, Allow %q", a.StatusCode, a.Header.Get("Allow"))
	}
}

// TestValuesStayWhatTheyWere keeps what a request said while other requests come in on the same connection:
// without Fiber's Immutable they turn into the others' text.
func TestValuesStayWhatTheyWere(t *testing.T) {
	kept := &record{}
	h := open(t, false, web.Page(http.MethodPost, "/keep/{slug}", access.Public(), func(c *fiber.Ctx) error {
		kept.add(web.Field(c, "word"), c.Query("q"), c.Params("slug"), c.Get("X-Word"), c.Cookies("word"))
		return nil
	}))
	conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = conn.Close() }()
	r := bufio.NewReader(conn)
	var want []string
	for _, word := range []string{"first", "other", "third"} {
		body := "word=" + word
		_, _ = fmt.Fprintf(conn, "POST /keep/%s?q=%s HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Word: %s\r\nCookie: word=%s\r\nContent-Type: application/x-www-form-urlencoded\r\nContent-Length: %d\r\n\r\n%s", word, word, word, word, len(body), body)
		res, err := http.ReadResponse(r, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, res.Body)
		_ = res.Body.Close()
		want = append(want, word, word, word, word, word)
	}
	if got := strings.Join(kept.all(), " "); got != strings.Join(want, " ") {
		t.Errorf("kept %s\nwant %s", got, strings.Join(want, " "))
	}
}

func TestOtherSitesMayNotChangeAnything(t *testing.T) {
	h := open(t, false)
	own := h.url
	for _, c := range []struct {
		name   string
		header []string
		want   int
	}{
		{"a form of ours", []string{"Sec-Fetch-Site", "same-origin"}, 200},
		{"an address typed in", []string{"Sec-Fetch-Site", "none"}, 200},
		{"a form of another site", []string{"Sec-Fetch-Site", "cross-site"}, 403},
		{"a form of a sister site", []string{"Sec-Fetch-Site", "same-site"}, 403},
		{"another site that claims our origin", []string{"Sec-Fetch-Site", "cross-site", "Origin", own}, 403},
		{"an older browser with a form of ours", []string{"Origin", own}, 200},
		{"an older browser with a form of another site", []string{"Origin", "https://evil.example"}, 403},
		{"another port of the same machine", []string{"Origin", "http://127.0.0.1:1"}, 403},
		{"a sandboxed frame", []string{"Origin", "null"}, 403},
		{"an origin that is no address", []string{"Origin", "::"}, 403},
		{"a program, which sends neither", nil, 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.do(t, "POST", "/change", c.header...); got.StatusCode != c.want {
				t.Errorf("%d, want %d: %s", got.StatusCode, c.want, got.body)
			}
		})
	}
	t.Run("reading is nobody's business", func(t *testing.T) {
		if got := h.do(t, "GET", "/page", "Sec-Fetch-Site", "cross-site").StatusCode; got != 200 {
			t.Errorf("%d", got)
		}
	})
}

func TestLanguageOfARequest(t *testing.T) {
	h := open(t, false)
	for _, c := range []struct{ name, query, cookie, accept, want string }{
		{"nothing said", "", "", "", "fr"},
		{"the browser prefers English", "", "", "en-GB,en;q=0.9,fr;q=0.5", "en"},
		{"the browser prefers French", "", "", "fr;q=0.9,en;q=0.5", "fr"},
		{"Canadian French is French", "", "", "fr-CA,en;q=0.9", "fr"},
		{"American English is English", "", "", "en-US", "en"},
		{"a language we do not speak, then English", "", "", "de,en;q=0.5", "en"},
		{"only languages we do not speak", "", "", "de,ja", "fr"},
		{"a header that is no list", "", "", ";;;q=x", "fr"},
		{"a choice made before wins over the browser", "", "lang=en", "fr", "en"},
		{"the address wins over the choice", "?lang=en", "lang=fr", "fr", "en"},
		{"an unknown language in the address is no choice", "?lang=de", "lang=en", "fr", "en"},
		{"an unknown language in the cookie is no choice", "", "lang=EN", "en", "en"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if got := h.do(t, "GET", "/lang"+c.query, "Cookie", c.cookie, "Accept-Language", c.accept).body; got != c.want {
				t.Errorf("%q, want %q", got, c.want)
			}
		})
	}
}

func TestWhoAsks(t *testing.T) {
	h := open(t, false)
	for cookie, want := range map[string]string{"": "", employee: "Ada", "sid=forged": "", "__Host-sid=employee": "", "other=1; " + employee: "Ada"} {
		if got := h.do(t, "GET", "/who", "Cookie", cookie).body; got != want {
			t.Errorf("with %q it is %q, want %q", cookie, got, want)
		}
	}
	if got := h.do(t, "GET", "/closed", "Cookie", employee); got.body != "inside" {
		t.Errorf("a person is kept out: %d", got.StatusCode)
	}
	if got := h.do(t, "GET", "/nothing", "Cookie", employee).body; !strings.Contains(got, "Ada") {
		t.Errorf("the page of an unknown address does not know its reader: %s", got)
	}
	if got := h.do(t, "GET", "/healthz", "Cookie", "sid=broken"); got.StatusCode != http.StatusOK || got.body != "ok " {
		t.Errorf("health depends on who asks: %d %s", got.StatusCode, got.body)
	}
	a := h.do(t, "GET", "/closed?page=2&q=%C3%A9")
	if got := a.Header.Get("Location"); got != "/sign-in?next="+url.QueryEscape("/closed?page=2&q=%C3%A9") {
		t.Errorf("the way to sign in does not lead back: %s", got)
	}
	if public := open(t, true); public.do(t, "GET", "/who", "Cookie", "__Host-sid=employee").body != "Ada" || public.do(t, "GET", "/who", "Cookie", employee).body != "" {
		t.Error("a public site takes the session from its own cookie only")
	}
}

func TestCookies(t *testing.T) {
	for _, public := range []bool{false, true} {
		t.Run(fmt.Sprintf("public %t", public), func(t *testing.T) {
			h := open(t, public, web.Page(http.MethodPost, "/cookies", access.Public(), func(c *fiber.Ctx) error {
				web.SetSession(c, public, "token")
				web.Remember(c, public, "lang", "en")
				return nil
			}), web.Page(http.MethodPost, "/end", access.Public(), func(c *fiber.Ctx) error {
				web.SetSession(c, public, "")
				return nil
			}))
			session := map[bool]string{false: "sid", true: "__Host-sid"}[public]
			cookies := h.do(t, "POST", "/cookies").Cookies()
			if len(cookies) != 2 {
				t.Fatalf("%d cookies", len(cookies))
			}
			for _, c := range cookies {
				if !c.HttpOnly || c.SameSite != http.SameSiteLaxMode || c.Secure != public || c.Path != "/" || c.Domain != "" {
					t.Errorf("%+v", c)
				}
			}
			if cookies[0].Name != session || cookies[0].Value != "token" || !cookies[0].Expires.IsZero() {
				t.Errorf("the session's cookie ends with the browser: %+v", cookies[0])
			}
			if left := time.Until(cookies[1].Expires); left < 364*24*time.Hour {
				t.Errorf("a choice is forgotten after %s", left)
			}
			ended := h.do(t, "POST", "/end").Cookies()
			if len(ended) != 1 || ended[0].Name != session || ended[0].Value != "" || ended[0].Expires.After(time.Now()) || ended[0].Secure != public {
				t.Errorf("a session that ended leaves %+v", ended)
			}
		})
	}
}

// TestTooMuch sends more than is read, and asks afterwards whether the house still stands.
func TestTooMuch(t *testing.T) {
	h := open(t, false)
	t.Run("an address of 1 MB", func(t *testing.T) {
		a := h.do(t, "GET", "/page?q="+strings.Repeat("a", 1<<20))
		if a.StatusCode != http.StatusRequestHeaderFieldsTooLarge || !strings.Contains(a.body, "header_too_large") {
			t.Errorf("%d: %.200s", a.StatusCode, a.body)
		}
		checkProtected(t, a)
	})
	t.Run("a cookie of 1 MB", func(t *testing.T) {
		if a := h.do(t, "GET", "/page", "Cookie", "x="+strings.Repeat("a", 1<<20)); a.StatusCode != http.StatusRequestHeaderFieldsTooLarge {
			t.Errorf("%d: %.200s", a.StatusCode, a.body)
		}
	})
	t.Run("a cookie of 5 KB is fine", func(t *testing.T) {
		if a := h.do(t, "GET", "/who", "Cookie", "x="+strings.Repeat("a", 5<<10)+"; "+employee); a.StatusCode != http.StatusOK || a.body != "Ada" {
			t.Errorf("%d: %.200s", a.StatusCode, a.body)
		}
	})
	t.Run("a body of 3 MB", func(t *testing.T) {
		a := h.send(t, "POST", "/change", strings.NewReader(strings.Repeat("a", 3<<20)), "Content-Type", "application/x-www-form-urlencoded")
		if a.StatusCode != http.StatusRequestEntityTooLarge || !strings.Contains(a.body, "too_large") {
			t.Errorf("%d: %.200s", a.StatusCode, a.body)
		}
		checkProtected(t, a)
	})
	t.Run("a body of 3 MB for the API", func(t *testing.T) {
		a := h.send(t, "POST", "/api/v1/words/x", strings.NewReader(strings.Repeat("a", 3<<20)), "Content-Type", "application/json")
		if a.StatusCode != http.StatusRequestEntityTooLarge || a.Header.Get("Content-Type") != "application/problem+json" {
			t.Errorf("%d: %.200s", a.StatusCode, a.body)
		}
	})
	t.Run("a body of 64 KB is fine", func(t *testing.T) {
		if a := h.send(t, "POST", "/change", strings.NewReader(strings.Repeat("a", 64<<10))); a.StatusCode != http.StatusOK {
			t.Errorf("%d: %.200s", a.StatusCode, a.body)
		}
	})
	t.Run("and whoever sends on is not cut off before the answer", func(t *testing.T) {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		if _, err := fmt.Fprintf(conn, "GET /page?q=%s HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n", strings.Repeat("a", 1<<20)); err != nil {
			t.Errorf("not everything could be sent: %v", err)
		}
		b, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(b), "HTTP/1.1 431") {
			t.Errorf("%v: %.200s", err, b)
		}
	})
	t.Run("something that is no HTTP", func(t *testing.T) {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", strings.TrimPrefix(h.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer func() { _ = conn.Close() }()
		_, _ = io.WriteString(conn, "\x16\x03\x01 this is a TLS greeting\r\n\r\n")
		b, _ := io.ReadAll(conn)
		if !strings.HasPrefix(string(b), "HTTP/1.1 400") || strings.Contains(string(b), "TLS greeting") {
			t.Errorf("%.300s", b)
		}
	})
	t.Run("the house still stands", func(t *testing.T) {
		if a := h.do(t, "GET", "/page"); a.StatusCode != http.StatusOK {
			t.Errorf("%d", a.StatusCode)
		}
	})
}

func TestConditionalReads(t *testing.T) {
	var calls atomic.Int64
	h := open(t, false, web.Page(http.MethodGet, "/count", access.Public(), func(c *fiber.Ctx) error {
		return c.SendString(fmt.Sprint(calls.Add(1) / 4))
	}), web.Page(http.MethodGet, "/own", access.Public(), func(c *fiber.Ctx) error {
		c.Set("Cache-Control", "public, max-age=60")
		c.Set("ETag", `"mine"`)
		return c.SendString("own")
	}))
	first := h.do(t, "GET", "/page")
	tag := first.Header.Get("ETag")
	if tag == "" || first.Header.Get("Cache-Control") != "private, no-cache" {
		t.Fatalf("ETag %q, Cache-Control %q", tag, first.Header.Get("Cache-Control"))
	}
	for _, c := range []struct {
		name, header string
		want         int
	}{
		{"the same", tag, 304},
		{"weakened by a proxy", "W/" + tag, 304},
		{"among others", `"a", ` + tag + `, "b"`, 304},
		{"anything", "*", 304},
		{"another", `"other"`, 200},
		{"a part of it", tag[:len(tag)-2] + `"`, 200},
		{"it in longer", `"x` + tag[1:], 200},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := h.do(t, "GET", "/page", "If-None-Match", c.header)
			if a.StatusCode != c.want || a.Header.Get("ETag") != tag || (a.body == "") != (c.want == 304) {
				t.Errorf("%d with ETag %s and %q, want %d", a.StatusCode, a.Header.Get("ETag"), a.body, c.want)
			}
		})
	}
	t.Run("changed bytes have another tag", func(t *testing.T) {
		tags := map[string]bool{}
		for range 8 {
			tags[h.do(t, "GET", "/count").Header.Get("ETag")] = true
		}
		if len(tags) != 3 {
			t.Errorf("three texts have tags %v", tags)
		}
	})
	t.Run("a handler's own word stays", func(t *testing.T) {
		a := h.do(t, "GET", "/own")
		if a.Header.Get("ETag") != `"mine"` || a.Header.Get("Cache-Control") != "public, max-age=60" {
			t.Errorf("%v", a.Header)
		}
	})
	t.Run("errors and changes have none", func(t *testing.T) {
		if got := h.do(t, "GET", "/missing").Header.Get("ETag"); got != "" {
			t.Errorf("an error is tagged %s", got)
		}
		if got := h.do(t, "POST", "/change", "If-None-Match", "*"); got.Header.Get("ETag") != "" || got.StatusCode != http.StatusOK {
			t.Errorf("a change is tagged %v", got.Header)
		}
	})
}

// TestWhatCameToNoRouteIsRecordedAsOne: an address that somebody invents makes no new metric, and is not logged.
func TestWhatCameToNoRouteIsRecordedAsOne(t *testing.T) {
	var mu sync.Mutex
	routes := map[string]int{}
	h := openWith(t, func(c *web.Config) {
		c.Metrics = func(_, route string, _ int, _ time.Duration) {
			mu.Lock()
			defer mu.Unlock()
			routes[route]++
		}
	})
	for i := range 3 {
		h.do(t, "BREW", fmt.Sprintf("/invented/%d", i))
		h.do(t, "GET", fmt.Sprintf("/invented/%d", i))
		h.do(t, "GET", fmt.Sprintf("/invented/%d?q=%s", i, strings.Repeat("a", 20_000)))
	}
	mu.Lock()
	defer mu.Unlock()
	if len(routes) > 2 || strings.Contains(strings.Join(h.log.all(), "\n"), "/invented/") {
		t.Errorf("recorded: %v, log %q", routes, h.log.all())
	}
}

// TestAFormAfterTheSessionLeadsBackToItsPage: what was typed is lost, and the reader is told so where they sign in again.
func TestAFormAfterTheSessionLeadsBackToItsPage(t *testing.T) {
	h := open(t, false, web.Page(http.MethodPost, "/closed", access.Requires(access.HomeRead), func(*fiber.Ctx) error { return nil }))
	for referer, want := range map[string]string{
		h.url + "/page?tab=2": "/page?tab=2", "": "/", "https://evil.example/page": "/", "not an address": "/", h.url + "//evil.example": "/",
	} {
		a := h.do(t, "POST", "/closed", "Referer", referer)
		if got := a.Header.Get("Location"); a.StatusCode != http.StatusSeeOther || got != "/sign-in?done=lost&next="+url.QueryEscape(want) {
			t.Errorf("from %q: %d to %s", referer, a.StatusCode, got)
		}
	}
}

// TestForgedRequestsAreToldOf: with whose session a request came is known where it is refused, in the API too.
func TestForgedRequestsAreToldOf(t *testing.T) {
	var told []string
	h := openWith(t, func(c *web.Config) {
		c.Refused = func(_ context.Context, a actor.Actor, r *access.Refusal) error {
			told = append(told, a.Name+" "+string(r.Action))
			return nil
		}
	}, web.API(http.MethodPost, "/api/v1/words", access.Requires(access.HomeRead), huma.Operation{}, func(context.Context, *struct{}) (*apiOutput, error) { return &apiOutput{}, nil }))
	for _, header := range [][]string{{"Cookie", employee}, {"Cookie", employee, "Sec-Fetch-Site", "cross-site"}} {
		for _, path := range []string{"/change", "/api/v1/words"} {
			if got := h.do(t, "POST", path, header...).StatusCode; got != http.StatusForbidden {
				t.Errorf("%s answers %d", path, got)
			}
		}
	}
	if want := slices.Repeat([]string{"Ada request.forged"}, 4); !slices.Equal(told, want) {
		t.Errorf("told of %q, want %q", told, want)
	}
}

func TestUnavailableSaysWhenToComeBack(t *testing.T) {
	h := open(t, false)
	for _, path := range []string{"/late", "/api/v1/words/late"} {
		a := h.do(t, "GET", path, "Cookie", employee)
		if a.StatusCode != http.StatusServiceUnavailable || a.Header.Get("Retry-After") == "" {
			t.Errorf("%s: %d, Retry-After %q", path, a.StatusCode, a.Header.Get("Retry-After"))
		}
	}
	if got := h.do(t, "GET", "/page").Header.Get("Retry-After"); got != "" {
		t.Errorf("an answer says to come back in %s", got)
	}
}

func TestDefectiveRoutesStopTheStart(t *testing.T) {
	page := func(policy access.Policy) web.Route {
		return web.Page(http.MethodGet, "/page", policy, func(*fiber.Ctx) error { return nil })
	}
	type untold struct {
		Body struct {
			Word string `json:"word" validate:"shiny"`
		}
	}
	for name, routes := range map[string][]web.Route{
		"no policy": {page(access.Policy{})},
		"twice":     {page(access.Public()), page(access.Public())},
		"a rule that the description cannot tell": {web.API(http.MethodGet, "/api/v1/x", access.Public(), huma.Operation{}, func(context.Context, *struct{}) (*untold, error) { return &untold{}, nil })},
	} {
		t.Run(name, func(t *testing.T) {
			defer func() {
				if recover() == nil {
					t.Error("the house was built")
				}
			}()
			web.New(web.Config{Log: slog.New(slog.DiscardHandler)}, routes)
		})
	}
}
