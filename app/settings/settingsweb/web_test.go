package settingsweb_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/app/settings/settingsdb"
	"github.com/echelon-hr/echelon/app/settings/settingsweb"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/layout"
)

type house struct {
	app      *web.App
	settings *settings.Service
	tried    []string
}

func open(t *testing.T) *house {
	t.Helper()
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	store := settingsdb.New(d.DB, acttest.Parts(clock.Real))
	h := &house{settings: settings.NewService(store, clock.Fixed(time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)), settings.Settings{Company: "Altiva", TimeZone: "Europe/Paris", Lang: lang.FR})}
	h.app = web.New(web.Config{
		Hosts: []string{"example.com"}, // under which httptest asks
		Log:   slog.New(slog.DiscardHandler), Version: "test",
		Resume: func(_ context.Context, _ actor.Actor, token string) (actor.Actor, error) {
			return actor.Actor{Kind: actor.Person, ID: "1", Roles: []actor.Role{actor.Role(token)}}, nil
		},
		RenderError: func(c *fiber.Ctx, status int, f *fault.Error) error { return c.SendString(f.Code) },
	}, settingsweb.Routes(&settingsweb.Handlers{
		Settings: h.settings,
		Facts: func(l lang.Lang) []settingsweb.Fact {
			return []settingsweb.Fact{{Label: "Version " + string(l), Value: "1.2.3"}}
		},
		Try: func(_ context.Context, a actor.Actor) error {
			h.tried = append(h.tried, string(a.ID))
			return nil
		},
		Shell: func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error) {
			return layout.Shell{Lang: web.LangOf(c.UserContext()), Title: title, Section: section}, nil
		},
	}))
	return h
}

func (h *house) ask(t *testing.T, method, path, role string, form url.Values) (status int, body string) {
	t.Helper()
	r := httptest.NewRequest(method, path, strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if role != "" {
		r.AddCookie(&http.Cookie{Name: web.SessionCookie(false), Value: role})
		r.Header.Set(web.CSRFHeader, web.CSRFToken(role))
	}
	res, err := h.app.Test(r, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	b, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, string(b) + res.Header.Get("Location")
}

func TestSettingsAreShownAndChanged(t *testing.T) {
	h := open(t)
	status, body := h.ask(t, http.MethodGet, "/admin/settings?lang=en", "administrator", nil)
	for _, want := range []string{`value="Altiva"`, `value="Europe/Paris"`, `value="fr" selected`, "Version en", "1.2.3"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d: %q is missing", status, want)
		}
	}
	form := url.Values{"company": {"Brume & Élise"}, "time_zone": {"America/Cayenne"}, "default_lang": {"en"}}
	if status, body = h.ask(t, http.MethodPost, "/admin/settings", "administrator", form); status != http.StatusSeeOther || body != "/admin/settings?done=saved" {
		t.Errorf("change: %d %s", status, body)
	}
	want := settings.Settings{Company: "Brume & Élise", TimeZone: "America/Cayenne", Lang: lang.EN}
	if got, err := h.settings.Current(t.Context(), actor.Nobody()); err != nil || got != want {
		t.Errorf("in force %+v, %v", got, err)
	}
	if _, body = h.ask(t, http.MethodGet, "/admin/settings?done=saved&lang=en", "administrator", nil); !strings.Contains(body, "The settings are saved.") || !strings.Contains(body, "Brume &amp; Élise") {
		t.Error("the page does not tell what was done")
	}
}

func TestRefusedFormComesBackFilledIn(t *testing.T) {
	h := open(t)
	form := url.Values{"company": {strings.Repeat("x", 121)}, "time_zone": {"Mars/Base"}, "default_lang": {"de"}}
	status, body := h.ask(t, http.MethodPost, "/admin/settings?lang=en", "administrator", form)
	for _, want := range []string{strings.Repeat("x", 121), `value="Mars/Base"`, `id="company-error"`, `id="time_zone-error"`, `id="lang-error"`, "This time zone is unknown."} {
		if status != http.StatusUnprocessableEntity || !strings.Contains(body, want) {
			t.Errorf("%d: %q is missing", status, want)
		}
	}
	if got, err := h.settings.Current(t.Context(), actor.Nobody()); err != nil || got.TimeZone != "Europe/Paris" {
		t.Errorf("in force %+v, %v", got, err)
	}
}

func TestTestLetterIsForWhoeverAsks(t *testing.T) {
	h := open(t)
	if status, body := h.ask(t, http.MethodPost, "/admin/settings/test-mail", "administrator", nil); status != http.StatusSeeOther || body != "/admin/settings?done=tried" || len(h.tried) != 1 {
		t.Errorf("%d %s, %v", status, body, h.tried)
	}
}

func TestSettingsAreTheAdministrators(t *testing.T) {
	h := open(t)
	for role, want := range map[string]int{"": http.StatusSeeOther, "hr": http.StatusForbidden, "recruiter": http.StatusForbidden, "compensation": http.StatusForbidden} {
		for _, path := range []string{"/admin/settings", "/admin/settings/test-mail"} {
			status, body := h.ask(t, http.MethodPost, path, role, url.Values{"company": {"X"}, "time_zone": {"UTC"}, "default_lang": {"fr"}})
			if status != want || role == "" && !strings.HasPrefix(body, "/sign-in?done=lost") {
				t.Errorf("%s as %q: %d %.100s", path, role, status, body)
			}
		}
		if status, body := h.ask(t, http.MethodGet, "/admin/settings", role, nil); status == http.StatusOK || strings.Contains(body, "1.2.3") {
			t.Errorf("read as %q: %d", role, status)
		}
	}
	if len(h.tried) != 0 {
		t.Error("a letter was put")
	}
}
