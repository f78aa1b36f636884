package app_test

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/db"
)

// TestAnUnattendedSessionSetsNoCodesUp: a session that began a while ago asks who is there, on the page and of a form that
// is sent all the same.
func TestAnUnattendedSessionSetsNoCodesUp(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		id := addPerson(t, s, "owner@example.com", "Odile Ravel")
		v := enter(t, s, "owner@example.com")
		if a := v.Get("/account/codes"); first(shownSecret, a.Body) == "" {
			t.Fatalf("a fresh sign-in is asked again: %d", a.Status)
		}
		if _, err := s.App.DB.ExecContext(t.Context(), "UPDATE sessions SET proved_at = ? WHERE person_id = ?", db.Time(time.Now().Add(-time.Hour)), string(id)); err != nil {
			t.Fatal(err)
		}
		for language, words := range map[string]string{"fr": "confirmez que c’est bien vous", "en": "confirm that it is really you"} {
			v.Lang = language
			v.Post("/language", url.Values{"lang": {language}})
			for name, a := range map[string]apptest.Answer{"page": v.Get("/account/codes"), "form": v.Post("/account/codes", url.Values{"code": {"123456"}})} {
				if a.Status != http.StatusOK || first(shownSecret, a.Body) != "" || !strings.Contains(visible(a.Body), words) || !strings.Contains(a.Body, `name="current"`) {
					t.Errorf("the %s answers %d: %.300s", name, a.Status, visible(a.Body))
				}
			}
		}
		if a := v.Post("/account/codes/prove", url.Values{"current": {"not their password"}}); a.Status != http.StatusUnprocessableEntity || first(shownSecret, a.Body) != "" {
			t.Errorf("a wrong password answers %d", a.Status)
		}
		if a := v.Post("/account/codes/prove", url.Values{"current": {goodPassword}}); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/account/codes" {
			t.Errorf("the right one answers %d to %s", a.Status, a.Header.Get("Location"))
		}
		withCodes(t, v)
	})
}

// TestWithoutAPasswordSettingCodesUpAsksForANewSignIn: who signs in by a provider alone has nothing else to show.
func TestWithoutAPasswordSettingCodesUpAsksForANewSignIn(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	id := addPerson(t, s, "owner@example.com", "Odile Ravel")
	v := enter(t, s, "owner@example.com")
	dropPassword(t, s, id)
	if _, err := s.App.DB.ExecContext(t.Context(), "UPDATE sessions SET proved_at = ?", db.Time(time.Now().Add(-time.Hour))); err != nil {
		t.Fatal(err)
	}
	a := v.Get("/account/codes")
	if a.Status != http.StatusConflict || !strings.Contains(visible(a.Body), "Déconnectez-vous, reconnectez-vous") || strings.Contains(a.Body, `name="current"`) {
		t.Errorf("%d: %.400s", a.Status, visible(a.Body))
	}
}

// TestWhoGuessesKeepsTheOwnersBrowserIn: the browser that somebody signed in with is known by a cookie that no script
// reads, and that opens nothing.
func TestWhoGuessesKeepsTheOwnersBrowserIn(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		addPerson(t, s, "owner@example.com", "Odile Ravel")
		right := url.Values{"email": {"owner@example.com"}, "password": {goodPassword}}
		v := s.Visitor(t)
		a := v.Post("/sign-in", right)
		device := ""
		for _, c := range a.Header.Values("Set-Cookie") {
			if strings.HasPrefix(c, "device=") {
				device = c
			}
		}
		if !strings.Contains(device, "HttpOnly") || !strings.Contains(device, "max-age=31536000") || !strings.Contains(device, "SameSite=Lax") || strings.Contains(device, "owner") {
			t.Errorf("the cookie is %q", device)
		}
		v.Post("/sign-out", nil)
		if !isSignIn(v.Get("/account")) {
			t.Error("the cookie alone opens the account")
		}
		stranger := s.Visitor(t)
		for range 7 {
			a = stranger.Post("/sign-in", url.Values{"email": {"owner@example.com"}, "password": {"not their password"}})
		}
		if a.Status != http.StatusTooManyRequests || a.Header.Get("Retry-After") == "" {
			t.Errorf("who guesses is answered %d", a.Status)
		}
		if a := s.Visitor(t).Post("/sign-in", right); a.Status != http.StatusTooManyRequests {
			t.Errorf("from a browser that is not known: %d", a.Status)
		}
		if a := v.Post("/sign-in", right); a.Status != http.StatusSeeOther {
			t.Errorf("from the owner's: %d", a.Status)
		}
		if a := s.As(t, "hr"); hasCookie(a, "device") {
			t.Error("a persona's click makes a browser known")
		}
	})
}

func hasCookie(v *apptest.Visitor, name string) bool {
	for _, c := range v.Cookies() {
		if c.Name == name {
			return true
		}
	}
	return false
}

// TestAProxyThatNobodyDeclaredShutsNobodyOut: all come from its address then, and one who guesses must not stand for all.
func TestAProxyThatNobodyDeclaredShutsNobodyOut(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	addPerson(t, s, "owner@example.com", "Odile Ravel")
	send := func(path, email, password string) apptest.Answer {
		form := url.Values{"email": {email}, "password": {password}}
		return s.Visitor(t).Do(http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{
			"Content-Type": {"application/x-www-form-urlencoded"}, "X-Forwarded-For": {"203.0.113.7"},
		})
	}
	for i := range 52 {
		send("/sign-in", fmt.Sprintf("invented-%d@example.com", i), "wrong")
		send("/sign-in/forgot", fmt.Sprintf("invented-%d@example.com", i), "")
	}
	if a := send("/sign-in", "owner@example.com", goodPassword); a.Status != http.StatusSeeOther {
		t.Errorf("somebody else is answered %d", a.Status)
	}
	if a := send("/sign-in/forgot", "owner@example.com", ""); a.Status != http.StatusOK {
		t.Errorf("a forgotten password is answered %d", a.Status)
	}
}

// TestANewPasswordSaysWhatEndsWithIt: on the page that follows, in both languages.
func TestANewPasswordSaysWhatEndsWithIt(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	addPerson(t, s, "owner@example.com", "Odile Ravel")
	v := enter(t, s, "owner@example.com")
	token := makeToken(t, v, "read")
	const other = "cinq bateaux dans la brume"
	a := v.Post("/account/password", url.Values{"current": {goodPassword}, "password": {other}})
	if a.Status != http.StatusSeeOther || bearer(s.Visitor(t), "/api/v1/me", token).Status != http.StatusUnauthorized {
		t.Errorf("%d, or the token of before works", a.Status)
	}
	pages := map[string]string{
		"/account?done=password": "Vos autres sessions sont fermées et vos jetons d’API révoqués",
		"/sign-in?done=renewed":  "ne sont plus valables",
	}
	english := map[string]string{"/account?done=password": "your API tokens are revoked", "/sign-in?done=renewed": "no longer valid"}
	for language, want := range map[string]map[string]string{"fr": pages, "en": english} {
		for path := range maps.Keys(want) {
			reader := v
			if strings.HasPrefix(path, "/sign-in") {
				reader = s.Visitor(t)
			}
			reader.Post("/language", url.Values{"lang": {language}})
			if a := reader.Get(path); !strings.Contains(visible(a.Body), want[path]) {
				t.Errorf("%s in %s: %.400s", path, language, visible(a.Body))
			}
		}
	}
}
