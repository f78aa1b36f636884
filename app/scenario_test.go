package app_test

import (
	"io"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/web"
)

// scenario is one request and what its answer must and must not hold. A form makes it a POST.
type scenario struct {
	name    string
	persona string // "" for nobody
	lang    string // "" for French
	method  string // "" for GET
	path    string
	form    url.Values
	header  http.Header
	status  int
	// location is where a redirect leads.
	location         string
	contains, absent []string
}

// onEachDatabase runs a test against the served demo on each database.
func onEachDatabase(t *testing.T, test func(t *testing.T, s *apptest.Server)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) { test(t, apptest.Start(t, kind)) })
	}
}

// play runs scenarios, each persona signed in once.
func play(t *testing.T, s *apptest.Server, scenarios []scenario) {
	t.Helper()
	visitors := map[string]*apptest.Visitor{}
	for _, sc := range scenarios {
		if visitors[sc.persona] == nil {
			visitors[sc.persona] = s.As(t, sc.persona)
		}
		t.Run(sc.name, func(t *testing.T) { sc.check(t, sc.ask(visitors[sc.persona])) })
	}
}

func (sc scenario) ask(v *apptest.Visitor) apptest.Answer {
	v.Lang = "fr"
	if sc.lang != "" {
		v.Lang = sc.lang
	}
	method, header := http.MethodGet, http.Header{}
	var body io.Reader
	if sc.form != nil {
		form := maps.Clone(sc.form)
		form.Set(web.CSRFField, v.CSRF())
		method, body = http.MethodPost, strings.NewReader(form.Encode())
		header.Set("Content-Type", "application/x-www-form-urlencoded")
	}
	if sc.method != "" {
		method = sc.method
	}
	for name, values := range sc.header {
		header[name] = values
	}
	return v.Do(method, sc.path, body, header)
}

func (sc scenario) check(t *testing.T, a apptest.Answer) {
	t.Helper()
	if a.Status != sc.status {
		t.Errorf("status %d, want %d: %.400s", a.Status, sc.status, a.Body)
	}
	if got := a.Header.Get("Location"); got != sc.location {
		t.Errorf("leads to %q, want %q", got, sc.location)
	}
	for _, want := range sc.contains {
		if !strings.Contains(a.Body, want) {
			t.Errorf("does not say %q", want)
		}
	}
	for _, never := range sc.absent {
		if strings.Contains(a.Body, never) {
			t.Errorf("says %q", never)
		}
	}
}
