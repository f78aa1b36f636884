package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/web"
)

// TestScenarioTextThatComesIn fills in the form of a new account as people, programs and old systems do.
func TestScenarioTextThatComesIn(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		v := s.As(t, "administrator")
		v.Lang = "en"
		post := func(kind, name, email string) apptest.Answer {
			t.Helper()
			body := web.CSRFField + "=" + url.QueryEscape(v.CSRF()) + "&lang=fr&name=" + name + "&email=" + email
			return v.Do(http.MethodPost, "/admin/accounts", strings.NewReader(body), http.Header{"Content-Type": {kind}})
		}
		const form = "application/x-www-form-urlencoded"
		for _, c := range []struct {
			name, kind, person, email string
			status                    int
			says                      string
		}{
			{"Latin-1", form, "%C9lise+Pr%E9vost", "latin@example.test", 400, "Field name: This text is not UTF-8."},
			{"Latin-1 that says so", form + ";charset=ISO-8859-1", "%C9lise", "latin@example.test", 400, "This text is not UTF-8"},
			{"a name that nobody sees", form, "%E2%80%8B", "unseen@example.test", 422, "This field is required."},
			{"a name that turns round", form, "%E2%80%AEliveD", "turned@example.test", 422, "One line of readable text is expected"},
			{"a name of two lines", form, "Line%0D%0ABcc%3A+eve@example.org", "lines@example.test", 422, "One line of readable text is expected"},
			{"an address that nobody can type", form, "Zoe", "zw%E2%80%8B@example.test", 422, "An e-mail address is expected"},
			{"an address that is too long", form, "Zoe", strings.Repeat("a", 65) + "@example.test", 422, "An e-mail address is expected"},
			{"an address of another mailbox", form, "Zoe", "%C4%B0STANBUL@example.test", 422, "An e-mail address is expected"},
			{"an address in another script", form, "Idn", "idn@ex%C3%A4mple.test", 303, ""},
			{"the same mailbox", form, "Idn", "idn@xn--exmple-cua.test", 422, "Another account uses this address."},
			{"a name with signs", "APPLICATION/X-WWW-FORM-URLENCODED", "Anne+%22Nan%22+O'Neil+%5C", "nan@example.test", 303, ""},
		} {
			t.Run(c.name, func(t *testing.T) {
				a := post(c.kind, c.person, c.email)
				if a.Status != c.status || !strings.Contains(a.Body, c.says) {
					t.Errorf("%d, does not say %q: %.600s", a.Status, c.says, a.Body)
				}
			})
		}
		list := v.Get("/admin/accounts").Body
		for _, want := range []string{"idn@exämple.test", "Anne &#34;Nan&#34; O’Neil \\"} {
			if !strings.Contains(list, want) {
				t.Errorf("the list does not say %q", want)
			}
		}
		if strings.Contains(list, "lise Pr") || strings.Contains(list, "liveD") {
			t.Error("what was refused is there")
		}
	})
}

// TestScenarioAPageMarkerBelongsToItsList: a marker of one list means nothing in another.
func TestScenarioAPageMarkerBelongsToItsList(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		v := s.As(t, "administrator")
		for path, others := range map[string][]string{
			"/api/v1/jobs?limit=2&lang=fr": {"/api/v1/jobs?lang=fr&q=vente", "/api/v1/jobs?lang=en", "/api/v1/jobs?lang=fr&stage=mid", "/jobs?lang=fr&q=vente", "/jobs?lang=en", "/api/v1/journal?", "/admin/outbox?"},
			"/api/v1/journal?limit=1":      {"/api/v1/journal?action=session", "/admin/journal?outcome=done", "/api/v1/jobs?lang=fr"},
		} {
			_, marker, ok := strings.Cut(v.Get(path).Body, `"next":"`)
			marker, _, _ = strings.Cut(marker, `"`)
			if !ok || marker == "" {
				t.Errorf("%s has no next page", path)
				continue
			}
			if a := v.Get(path + "&after=" + marker); a.Status != http.StatusOK || strings.Contains(a.Body, `"items":[]`) {
				t.Errorf("%s does not go on: %d %.200s", path, a.Status, a.Body)
			}
			for _, other := range others {
				if a := v.Get(other + "&after=" + marker); a.Status != http.StatusBadRequest || !strings.Contains(a.Body, "after") {
					t.Errorf("%s goes on in %s: %d %.200s", path, other, a.Status, a.Body)
				}
			}
		}
	})
}
