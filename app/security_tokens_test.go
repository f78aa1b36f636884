package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/acttest"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/web"
)

// tokenFor makes a token as the operator does.
func tokenFor(t *testing.T, s *apptest.Server, email string, scopes ...string) string {
	t.Helper()
	text, err := s.App.Services.Accounts.CreateTokenFor(t.Context(), actor.CommandLine(), email, accounts.TokenInput{Name: "tableau", Scopes: scopes, Days: 30})
	if err != nil {
		t.Fatal(err)
	}
	return text
}

// at is the accounts over a server's database as they were at another time.
func at(s *apptest.Server, when time.Time) *accounts.Service {
	now := clock.Fixed(when)
	return accounts.NewService(accounts.Parts{Now: now, Demo: true, Store: accountsdb.New(s.App.DB.DB, acttest.Parts(now))})
}

func TestATokenReachesWhatItsScopesSay(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		v := s.Visitor(t)
		for _, c := range []struct {
			email, scopes, path string
			status              int
		}{
			{"hr@demo.example", "bands:read", "/api/v1/pay/bands", 200},
			{"hr@demo.example", "bands:read", "/pay/bands", 200}, // with the names of the roles
			{"hr@demo.example", "read", "/pay/bands", 200},
			{"hr@demo.example", "bands:read", "/api/v1/accounts", 403},
			{"hr@demo.example", "bands:read", "/api/v1/jobs", 403},
			{"hr@demo.example", "bands:write", "/api/v1/pay/bands", 200}, // whoever writes reads
			{"hr@demo.example", "jobs:read", "/api/v1/pay/bands", 403},
			{"hr@demo.example", "jobs:read", "/api/v1/jobs/territory-manager", 200},
			{"hr@demo.example", "jobs:read", "/jobs/territory-manager", 200}, // with what it shows of competencies and ladders
			{"hr@demo.example", "jobs:read competencies:read ladders:read", "/jobs/territory-manager", 200},
			{"hr@demo.example", "jobs:read competencies:read ladders:read", "/jobs/territory-manager.pdf", 200},
			{"hr@demo.example", "jobs:read competencies:read ladders:read", "/jobs/territory-manager.pdf?pay=1", 403},
			{"hr@demo.example", "read", "/jobs/territory-manager.pdf?pay=1", 200},
			{"hr@demo.example", "read", "/api/v1/journal", 200},
			{"hr@demo.example", "read", "/api/v1/accounts", 403}, // a scope gives no right that its owner has not
			{"employee@demo.example", "write", "/api/v1/pay/bands", 200},
			{"recruiter@demo.example", "write", "/api/v1/pay/bands", 403},
			{"admin@demo.example", "accounts:read", "/api/v1/accounts", 200},
			{"admin@demo.example", "accounts:read", "/api/v1/pay/bands", 403},
			{"admin@demo.example", "write", "/account", 403}, // an account is its owner's, who is there
			{"admin@demo.example", "write", "/account/codes", 403},
		} {
			t.Run(c.email+" "+c.scopes+" "+c.path, func(t *testing.T) {
				if a := bearer(v, c.path, tokenFor(t, s, c.email, strings.Fields(c.scopes)...)); a.Status != c.status {
					t.Errorf("%d, want %d: %.300s", a.Status, c.status, a.Body)
				}
			})
		}
	})
}

func TestATokenNeverChangesAnAccountButNeedsNoProofOfASession(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		token := tokenFor(t, s, "admin@demo.example", "write")
		id := addPerson(t, s, "odile@example.com", "Odile Ravel")
		v := s.Visitor(t)
		post := func(path string, form url.Values) int {
			header := http.Header{"Authorization": {"Bearer " + token}, "Content-Type": {"application/x-www-form-urlencoded"}}
			return v.Do(http.MethodPost, path, strings.NewReader(form.Encode()), header).Status
		}
		for _, path := range []string{
			"/account/preferences", "/account/password", "/account/codes", "/account/codes/remove", "/account/recovery", "/account/tokens", "/account/sessions/end-others", "/account/sessions/x/end",
			"/account/tokens/x/revoke", "/account/delegations", "/account/delegations/x/revoke", "/admin/delegations", "/admin/settings",
		} {
			if got := post(path, url.Values{"lang": {"fr"}, "name": {"x"}, "scopes": {"write"}, "days": {"1"}, "current": {goodPassword}}); got != http.StatusForbidden {
				t.Errorf("%s answers %d", path, got)
			}
		}
		if got := post("/admin/accounts/"+string(id)+"/disable", nil); got != http.StatusSeeOther {
			t.Errorf("what its scope allows answers %d without a session's proof", got)
		}
		// A token beside a session's cookie is who asks.
		both := s.As(t, "employee")
		if a := bearer(both, "/api/v1/accounts", token); a.Status != http.StatusOK {
			t.Errorf("beside a session the token answers %d", a.Status)
		}
		if a := bearer(both, "/api/v1/jobs", "echelon_nothing"); a.Status != http.StatusUnauthorized {
			t.Errorf("a wrong token falls back on the session: %d", a.Status)
		}
	})
}

func TestATokenThatIsOverIsNobodys(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		addPerson(t, s, "odile@example.com", "Odile Ravel")
		owner := enter(t, s, "odile@example.com")
		revoked := makeToken(t, owner, "read")
		if a := bearer(s.Visitor(t), "/api/v1/jobs", revoked); a.Status != http.StatusOK {
			t.Fatalf("before it is revoked: %d", a.Status)
		}
		if a := owner.Post("/account/tokens/"+listed(owner, "tokens", "revoke")[0]+"/revoke", nil); a.Status != http.StatusSeeOther {
			t.Fatalf("revoke: %d", a.Status)
		}
		expired, err := at(s, time.Now().AddDate(0, 0, -3)).CreateTokenFor(t.Context(), actor.CommandLine(), "odile@example.com", accounts.TokenInput{Name: "old", Scopes: []string{"read"}, Days: 2})
		if err != nil {
			t.Fatal(err)
		}
		good, err := at(s, time.Now().AddDate(0, 0, -3)).CreateTokenFor(t.Context(), actor.CommandLine(), "odile@example.com", accounts.TokenInput{Name: "of that day", Scopes: []string{"read"}, Days: 4})
		if err != nil {
			t.Fatal(err)
		}
		if a := bearer(s.Visitor(t), "/api/v1/jobs", good); a.Status != http.StatusOK {
			t.Errorf("one of that day with a day left answers %d", a.Status)
		}
		for name, token := range map[string]string{
			"revoked": revoked, "expired": expired, "unknown": "echelon_" + strings.Repeat("a", 43), "empty": "", "a session's token": session(t, owner).Value, "cut short": good[:len(good)-1], "in capitals": strings.ToUpper(good),
		} {
			t.Run(name, func(t *testing.T) {
				a := bearer(s.Visitor(t), "/api/v1/jobs", token)
				if a.Status != http.StatusUnauthorized || a.Header.Get("Content-Type") != "application/problem+json" || !strings.Contains(a.Body, `"code":"unauthenticated"`) {
					t.Errorf("%d %s: %.300s", a.Status, a.Header.Get("Content-Type"), a.Body)
				}
			})
		}
		if a := s.Visitor(t).Do(http.MethodGet, "/api/v1/jobs", nil, http.Header{"Cookie": {"sid=" + good}}); a.Status != http.StatusUnauthorized {
			t.Errorf("a token as a session answers %d", a.Status)
		}
	})
}

func TestATokenIsMadeAgainstAPasswordAndShownOnce(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		addPerson(t, s, "odile@example.com", "Odile Ravel")
		v := enter(t, s, "odile@example.com")
		form := url.Values{"name": {"tableau"}, "scopes": {"read"}, "days": {"30"}}
		for name, change := range map[string][2]string{"a wrong password": {"current", "wrong"}, "an unknown scope": {"scopes", "everything"}, "no end": {"days", "0"}, "an end too far": {"days", "3650"}, "no proof of the session": {web.CSRFField, "x"}} {
			t.Run(name, func(t *testing.T) {
				wrong := url.Values{"current": {goodPassword}}
				for k, values := range form {
					wrong[k] = values
				}
				wrong.Set(change[0], change[1])
				if a := v.Post("/account/tokens", wrong); a.Status != http.StatusUnprocessableEntity && a.Status != http.StatusForbidden || shownToken.MatchString(a.Body) {
					t.Errorf("answers %d", a.Status)
				}
			})
		}
		text := makeToken(t, v, "read")
		if body := v.Get("/account").Body; strings.Contains(body, text) || !strings.Contains(body, text[:len("echelon_")+6]) {
			t.Error("the list shows the token whole, or not its beginning")
		}
		var kept int
		if err := s.App.DB.QueryRowContext(t.Context(), "SELECT count(*) FROM api_tokens WHERE token_hash = '"+text+"' OR prefix = '"+text+"'").Scan(&kept); err != nil || kept != 0 {
			t.Errorf("the token is stored as it is: %d, %v", kept, err)
		}
	})
}
