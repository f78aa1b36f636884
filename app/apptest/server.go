// Package apptest is for tests above app: the booted product on a real port, people signed in to it, and a
// browser. It is used from _test packages only.
package apptest

import (
	"context"
	"errors"
	"io"
	"log/slog"
	"maps"
	"net"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/seeds"
)

// Personas are the demo's people by slug, with what each is.
var Personas = []string{"recruiter", "hr", "compensation", "manager", "employee", "administrator"}

// Server is the product serving its demo on loopback.
type Server struct {
	App *app.App
	URL string
}

// demoContent is a database with the demo's content.
var demoContent = testkit.NewTemplate("demo", func(address string) error {
	ctx := context.Background()
	a, err := open(ctx, address, true, nil)
	if err != nil {
		return err
	}
	_, err = a.Seed(ctx, seeds.Content, true)
	return errors.Join(err, a.Close())
})

// Demo makes a database of a kind with the demo's content and returns its address; it is gone after the test.
func Demo(t testing.TB, kind string) string {
	t.Helper()
	return demoContent.Address(t, kind)
}

// Start boots the demo on a fresh database of a kind; it stops after the test.
func Start(t testing.TB, kind string) *Server {
	t.Helper()
	return StartOn(t, Demo(t, kind), true)
}

// StartOn boots the product over a database, as the demo or not.
func StartOn(t testing.TB, address string, demo bool) *Server {
	t.Helper()
	return Serve(t, Build(t, address, demo))
}

// Serve serves what Build made until the test ends.
func Serve(t testing.TB, a *app.App) *Server {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	at, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- a.Serve(ctx, func(addr string) { at <- addr }) }()
	server := &Server{App: a}
	select {
	case server.URL = <-at:
	case err := <-done:
		t.Fatal(err)
	}
	t.Cleanup(func() {
		cancel()
		if err := <-done; err != nil {
			t.Errorf("stop: %v", err)
		}
	})
	return server
}

// Build opens the product over a database without serving it, as the demo or not; it is closed after the test.
func Build(t testing.TB, address string, demo bool) *app.App {
	t.Helper()
	return BuildWith(t, address, demo, nil)
}

// BuildWith is Build with settings of the test's own over the usual ones.
func BuildWith(t testing.TB, address string, demo bool, more map[string]string) *app.App {
	t.Helper()
	a, err := open(context.Background(), address, demo, more)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

func open(ctx context.Context, address string, demo bool, more map[string]string) (*app.App, error) {
	s, err := app.ReadSettings(func(name string) string {
		if v, ok := more[name]; ok {
			return v
		}
		return map[string]string{
			"ECHELON_DATABASE_URL": address, "ECHELON_ADDR": "127.0.0.1:0", "ECHELON_BASE_URL": "http://127.0.0.1:8080", "ECHELON_SECRET_KEY": testkit.KeyText,
		}[name]
	})
	if err != nil {
		return nil, err
	}
	s.Demo = demo
	a, err := app.Open(ctx, s, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	if err := a.Prepare(ctx); err != nil {
		return nil, errors.Join(err, a.Close())
	}
	return a, nil
}

// Answer is a response read whole.
type Answer struct {
	Status int
	Header http.Header
	Body   string
}

// Visitor is a browser without a screen: it keeps cookies and follows no redirect.
type Visitor struct {
	t      testing.TB
	base   string
	client *http.Client
	Lang   string // sent as Accept-Language
}

// Visitor makes somebody who is not signed in.
func (s *Server) Visitor(t testing.TB) *Visitor {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	return &Visitor{t: t, base: s.URL, Lang: "fr", client: &http.Client{
		Jar: jar, Timeout: 30 * time.Second,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport:     &http.Transport{DialContext: (&net.Dialer{}).DialContext, DisableKeepAlives: true},
	}}
}

// As makes somebody signed in as a persona; "" for nobody.
func (s *Server) As(t testing.TB, persona string) *Visitor {
	t.Helper()
	v := s.Visitor(t)
	if persona == "" {
		return v
	}
	if a := v.Post("/demo/sign-in", url.Values{"persona": {persona}}); a.Status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d", persona, a.Status)
	}
	return v
}

// Get requests an address.
func (v *Visitor) Get(path string) Answer { return v.Do(http.MethodGet, path, nil, nil) }

// Post sends a form as a page of the visitor's session would: with the proof that it is one.
func (v *Visitor) Post(path string, form url.Values) Answer {
	form = maps.Clone(form)
	if form == nil {
		form = url.Values{}
	}
	if _, told := form[web.CSRFField]; !told {
		form.Set(web.CSRFField, v.CSRF())
	}
	return v.Do(http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}})
}

// CSRF is the proof that the forms of the visitor's pages carry, "" without a session.
func (v *Visitor) CSRF() string {
	for _, c := range v.Cookies() {
		if c.Name == web.SessionCookie(false) {
			return web.CSRFToken(c.Value)
		}
	}
	return ""
}

// Do sends any request.
func (v *Visitor) Do(method, path string, body io.Reader, header http.Header) Answer {
	v.t.Helper()
	req, err := http.NewRequestWithContext(context.Background(), method, v.base+path, body)
	if err != nil {
		v.t.Fatal(err)
	}
	req.Header.Set("Accept-Language", v.Lang)
	for name, values := range header {
		req.Header[name] = values
	}
	res, err := v.client.Do(req)
	if err != nil {
		v.t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		v.t.Fatal(err)
	}
	return Answer{Status: res.StatusCode, Header: res.Header, Body: string(b)}
}

// Cookies are what the visitor's browser holds for the site.
func (v *Visitor) Cookies() []*http.Cookie {
	u, err := url.Parse(v.base)
	if err != nil {
		v.t.Fatal(err)
	}
	return v.client.Jar.Cookies(u)
}
