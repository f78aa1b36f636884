package mailweb_test

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mail/maildb"
	"github.com/echelon-hr/echelon/app/mail/mailweb"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/layout"
	letters "github.com/echelon-hr/echelon/templates/mail"
)

var noon = time.Date(2026, 11, 23, 12, 0, 0, 0, time.UTC)

type journal struct{}

func (journal) Append(context.Context, actor.Actor, audit.Entry) error { return nil }

// house serves the outbox over a database, to whoever their cookie says they are.
type house struct {
	app    *web.App
	store  *maildb.Store
	nudges int
}

func open(t *testing.T, demo bool) *house {
	t.Helper()
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	h := &house{store: maildb.New(d.DB, clock.Fixed(noon), testkit.Key).WithJournal(func(bun.IDB) audit.Journal { return journal{} })}
	handlers := &mailweb.Handlers{
		Mail: mail.NewService(h.store, clock.Fixed(noon), demo), Demo: demo, Sends: !demo, Nudge: func() { h.nudges++ },
		Compose: func(_ context.Context, l mail.Letter) (string, string, string, error) {
			return letters.Compose(l, "Altiva", "https://echelon.altiva.example")
		},
		Shell: func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error) {
			return layout.Shell{Lang: lang.EN, Title: title, Section: section, Demo: demo}, nil
		},
	}
	h.app = web.New(web.Config{
		Hosts: []string{"example.com"}, // under which httptest asks
		Log:   slog.New(slog.DiscardHandler), Version: "test",
		Resume: func(_ context.Context, _ actor.Actor, token string) (actor.Actor, error) {
			return actor.Actor{Kind: actor.Person, ID: "1", Roles: []actor.Role{actor.Role(token)}}, nil
		},
		RenderError: func(c *fiber.Ctx, status int, f *fault.Error) error { return c.SendString(f.Code) },
	}, mailweb.Routes(handlers))
	return h
}

// ask requests an address as somebody with a role, "" for nobody.
func (h *house) ask(t *testing.T, method, path, role string) (status int, body string) {
	t.Helper()
	r := httptest.NewRequest(method, path, nil)
	r.Header.Set("Accept-Language", "en")
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

// letter puts a letter with a link, and gives it up when asked to.
func (h *house) letter(t *testing.T, giveUp bool) mail.ID {
	t.Helper()
	err := h.store.Put(t.Context(), mail.Letter{Kind: mail.Reset, To: "awa@example.org", Name: "Awa", Lang: lang.EN, Details: map[string]string{"link": "/links/s3cret", "minutes": "30"}})
	if err != nil {
		t.Fatal(err)
	}
	list, err := h.store.List(t.Context(), mail.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	if giveUp {
		items, err := h.store.Claim(t.Context(), 1, noon.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.store.Failed(t.Context(), items[0], mail.Problem{Cause: mail.RecipientRefused, Status: "550 5.1.1"}); err != nil {
			t.Fatal(err)
		}
	}
	return list[0].ID
}

func TestOutboxTellsWhatBecameOfALetterAndNotWhatItSays(t *testing.T) {
	h := open(t, false)
	id := h.letter(t, true)
	status, body := h.ask(t, http.MethodGet, "/admin/outbox", "administrator")
	for _, want := range []string{"awa@example.org", "Given up", "New password", "refuses the recipient", "550 5.1.1", "23\u00a0Nov\u00a02026 at 12:00", "/admin/outbox/" + string(id) + "/retry"} {
		if status != http.StatusOK || !strings.Contains(body, want) {
			t.Errorf("%d: %q is missing", status, want)
		}
	}
	if strings.Contains(body, "s3cret") {
		t.Error("the page tells a link")
	}
	if status, body := h.ask(t, http.MethodGet, "/admin/outbox?state=queued", "administrator"); status != http.StatusOK || strings.Contains(body, "awa@example.org") {
		t.Errorf("filtered by another state: %d", status)
	}
	if status, _ := h.ask(t, http.MethodGet, "/admin/outbox?state=lost", "administrator"); status != http.StatusUnprocessableEntity {
		t.Errorf("an unknown state: %d", status)
	}
}

// TestALetterWhoseLinkIsForgottenIsNotTriedAgain says what to do instead.
func TestALetterWhoseLinkIsForgottenIsNotTriedAgain(t *testing.T) {
	h := open(t, true)
	l := mail.Letter{
		Kind: mail.Reset, To: "awa@example.org", Name: "Awa", Lang: lang.EN, Details: map[string]string{"link": "/links/s3cret", "minutes": "30"},
		Link: mail.Link{ID: "a", Until: noon.Add(time.Minute)},
	}
	if err := h.store.Put(t.Context(), l); err != nil {
		t.Fatal(err)
	}
	if _, body := h.ask(t, http.MethodGet, "/demo/outbox", ""); !strings.Contains(body, "s3cret") {
		t.Error("the demo does not show a link that is good")
	}
	if err := h.store.Withdraw(t.Context(), "a"); err != nil {
		t.Fatal(err)
	}
	list, err := h.store.List(t.Context(), mail.Query{Limit: 1})
	if err != nil {
		t.Fatal(err)
	}
	address := "/admin/outbox/" + string(list[0].ID)
	_, body := h.ask(t, http.MethodGet, "/admin/outbox", "administrator")
	for _, want := range []string{"Given up", "was used, was replaced or has expired", "send another link from the page of their account"} {
		if !strings.Contains(body, want) {
			t.Errorf("%q is missing", want)
		}
	}
	if strings.Contains(body, address+"/retry") {
		t.Error("it can be tried again")
	}
	if status, _ := h.ask(t, http.MethodPost, address+"/retry", "administrator"); status != http.StatusConflict {
		t.Errorf("tried again: %d", status)
	}
	for _, path := range []string{address, "/demo/outbox"} {
		if status, body := h.ask(t, http.MethodGet, path, "administrator"); status != http.StatusOK || strings.Contains(body, "s3cret") || !strings.Contains(body, "New password") {
			t.Errorf("%s: %d %.300s", path, status, body)
		}
	}
}

func TestContentsHaveNoAddressOutsideTheDemo(t *testing.T) {
	h := open(t, false)
	id := h.letter(t, false)
	for _, path := range []string{"/admin/outbox/" + string(id), "/demo/outbox"} {
		for _, role := range []string{"", "administrator"} {
			if status, body := h.ask(t, http.MethodGet, path, role); status != http.StatusNotFound || strings.Contains(body, "s3cret") {
				t.Errorf("%s as %q: %d", path, role, status)
			}
		}
	}
}

func TestDemoShowsItsLetters(t *testing.T) {
	h := open(t, true)
	id := h.letter(t, false)
	for path, role := range map[string]string{"/demo/outbox": "", "/admin/outbox/" + string(id): "administrator"} {
		status, body := h.ask(t, http.MethodGet, path, role)
		for _, want := range []string{"Choose a new password", "https://echelon.altiva.example/links/s3cret", `href="/links/s3cret"`} {
			if status != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%s: %d, %q is missing", path, status, want)
			}
		}
	}
	for path, want := range map[string]int{"/admin/outbox/none": http.StatusNotFound, "/admin/outbox/%00": http.StatusBadRequest} {
		if status, _ := h.ask(t, http.MethodGet, path, "administrator"); status != want {
			t.Errorf("%s: %d", path, status)
		}
	}
}

func TestRetryWakesTheWorker(t *testing.T) {
	h := open(t, false)
	id := h.letter(t, true)
	path := "/admin/outbox/" + string(id) + "/retry"
	if status, _ := h.ask(t, http.MethodPost, path, "hr"); status != http.StatusForbidden || h.nudges != 0 {
		t.Errorf("by an HR partner: %d", status)
	}
	if status, body := h.ask(t, http.MethodPost, path, "administrator"); status != http.StatusSeeOther || h.nudges != 1 || !strings.Contains(body, "/admin/outbox?done=retried") {
		t.Errorf("%d %s, %d nudges", status, body, h.nudges)
	}
	if status, _ := h.ask(t, http.MethodPost, path, "administrator"); status != http.StatusConflict || h.nudges != 1 {
		t.Errorf("a second time: %d", status)
	}
}

func TestPagesAreTheAdministrators(t *testing.T) {
	h := open(t, true)
	id := h.letter(t, false)
	for _, path := range []string{"/admin/outbox", "/admin/outbox/" + string(id)} {
		for role, want := range map[string]int{"": http.StatusSeeOther, "hr": http.StatusForbidden, "compensation": http.StatusForbidden, "recruiter": http.StatusForbidden} {
			if status, body := h.ask(t, http.MethodGet, path, role); status != want || strings.Contains(body, "awa@example.org") {
				t.Errorf("%s as %q: %d", path, role, status)
			}
		}
	}
}

func TestEveryValueHasItsWords(t *testing.T) {
	h := open(t, false)
	d := []mail.Problem{}
	for _, c := range mail.Causes() {
		d = append(d, mail.Problem{Cause: c})
	}
	for i, p := range d {
		kind := mail.Kinds()[i%len(mail.Kinds())]
		if err := h.store.Put(t.Context(), mail.Letter{Kind: kind, To: "awa@example.org", Lang: lang.FR}); err != nil {
			t.Fatal(err)
		}
		items, err := h.store.Claim(t.Context(), 1, noon.Add(time.Minute))
		if err != nil {
			t.Fatal(err)
		}
		if err := h.store.Failed(t.Context(), items[0], p); err != nil {
			t.Fatal(err)
		}
	}
	for _, kind := range mail.Kinds() {
		if err := h.store.Put(t.Context(), mail.Letter{Kind: kind, To: "awa@example.org", Lang: lang.FR}); err != nil {
			t.Fatal(err)
		}
	}
	_, body := h.ask(t, http.MethodGet, "/admin/outbox", "administrator")
	if strings.Contains(body, "Other message") || strings.Contains(body, "mail.") || strings.Count(body, "Sending was interrupted.") != 1 {
		t.Errorf("something has no words:\n%s", body)
	}
}
