package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/apptest"
)

// twoProcesses serves the demo twice over one PostgreSQL, as two processes behind a balancer.
func twoProcesses(t *testing.T) (one, other *apptest.Server) {
	t.Helper()
	address := apptest.Demo(t, "postgresql")
	return apptest.Serve(t, apptest.BuildWith(t, address, true, nil)), apptest.Serve(t, apptest.BuildWith(t, address, true, nil))
}

// holding asks a server with a session's cookie.
func holding(t *testing.T, s *apptest.Server, c *http.Cookie, path string) apptest.Answer {
	t.Helper()
	return s.Visitor(t).Do(http.MethodGet, path, nil, http.Header{"Cookie": {c.Name + "=" + c.Value}})
}

func TestASessionIsOneOnAllProcesses(t *testing.T) {
	one, other := twoProcesses(t)
	v := one.As(t, "hr")
	token := session(t, v)
	if a := holding(t, other, token, "/pay/bands"); a.Status != http.StatusOK {
		t.Fatalf("signed in on one, the other answers %d", a.Status)
	}
	w := other.As(t, "hr")
	if a := v.Post("/account/sessions/end-others", nil); a.Status != http.StatusSeeOther || !isSignIn(w.Get("/account")) {
		t.Errorf("a session of the other process was not ended from this one: %d", a.Status)
	}
	out := other.Visitor(t)
	header := http.Header{"Cookie": {token.Name + "=" + token.Value}, "X-CSRF-Token": {v.CSRF()}}
	if a := out.Do(http.MethodPost, "/sign-out", nil, header); a.Status != http.StatusSeeOther {
		t.Fatalf("sign out on the other: %d", a.Status)
	}
	for _, s := range []*apptest.Server{one, other} {
		if a := holding(t, s, token, "/account"); !isSignIn(a) {
			t.Errorf("signed out on one, it answers %d", a.Status)
		}
	}
}

func TestWrongPasswordsCountOnAllProcesses(t *testing.T) {
	one, other := twoProcesses(t)
	addPerson(t, one, "odile@example.com", "Odile Ravel")
	wrong := url.Values{"email": {"odile@example.com"}, "password": {"not hers at all"}}
	for i := range 6 {
		s := []*apptest.Server{one, other}[i%2]
		if a := s.Visitor(t).Post("/sign-in", wrong); a.Status != http.StatusUnprocessableEntity {
			t.Fatalf("try %d answers %d", i+1, a.Status)
		}
	}
	for _, s := range []*apptest.Server{one, other} {
		a := s.Visitor(t).Post("/sign-in", url.Values{"email": {"odile@example.com"}, "password": {goodPassword}})
		if a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
			t.Errorf("after six tries on two processes one answers %d", a.Status)
		}
	}
	eventually(t, "the wait ends, and the right password is taken", func() bool {
		return other.Visitor(t).Post("/sign-in", url.Values{"email": {"odile@example.com"}, "password": {goodPassword}}).Status == http.StatusSeeOther
	})
}

func TestATokenRevokedOnOneProcessIsOverOnTheOther(t *testing.T) {
	one, other := twoProcesses(t)
	addPerson(t, one, "odile@example.com", "Odile Ravel")
	v := enter(t, one, "odile@example.com")
	token := makeToken(t, v, "read")
	for _, s := range []*apptest.Server{one, other} {
		if a := bearer(s.Visitor(t), "/api/v1/me", token); a.Status != http.StatusOK {
			t.Fatalf("before: %d", a.Status)
		}
	}
	if a := v.Post("/account/tokens/"+listed(v, "tokens", "revoke")[0]+"/revoke", nil); a.Status != http.StatusSeeOther {
		t.Fatalf("revoke: %d", a.Status)
	}
	for _, s := range []*apptest.Server{one, other} {
		if a := bearer(s.Visitor(t), "/api/v1/me", token); a.Status != http.StatusUnauthorized {
			t.Errorf("after: %d", a.Status)
		}
	}
}

func TestSettingsOfOneProcessReachTheOther(t *testing.T) {
	one, other := twoProcesses(t)
	form := url.Values{"company": {"Borealis SA"}, "time_zone": {"Europe/Paris"}, "default_lang": {"fr"}}
	if a := one.As(t, "administrator").Post("/admin/settings", form); a.Status != http.StatusSeeOther {
		t.Fatalf("change: %d", a.Status)
	}
	v := other.As(t, "employee")
	eventually(t, "the other process knows the company's new name", func() bool { return strings.Contains(first(titleOf, v.Get("/jobs").Body), "Borealis SA") })
}
