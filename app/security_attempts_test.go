package app_test

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/app/web"
)

// goodPassword is long enough and in nobody's list.
const goodPassword = "quatre chevaux sous la pluie"

// addPerson makes an account with a password beside the demo's personas and returns its id.
func addPerson(t *testing.T, s *apptest.Server, email, name string, roles ...actor.Role) actor.PersonID {
	t.Helper()
	id, path, err := s.App.Services.Accounts.Create(t.Context(), actor.CommandLine(), accounts.NewAccount{Email: email, Name: name, Lang: "fr", Roles: roles})
	if err != nil {
		t.Fatal(err)
	}
	if a := s.Visitor(t).Post(path, url.Values{"password": {goodPassword}}); a.Status != http.StatusSeeOther {
		t.Fatalf("choose a password: %d %.300s", a.Status, visible(a.Body))
	}
	return id
}

// enter signs somebody in with the password of addPerson.
func enter(t *testing.T, s *apptest.Server, email string) *apptest.Visitor {
	t.Helper()
	v := s.Visitor(t)
	if a := v.Post("/sign-in", url.Values{"email": {email}, "password": {goodPassword}}); a.Status != http.StatusSeeOther {
		t.Fatalf("sign in as %s: %d", email, a.Status)
	}
	return v
}

// idOf is the id of who asks.
func idOf(t *testing.T, v *apptest.Visitor) actor.PersonID {
	t.Helper()
	var me struct {
		ID actor.PersonID `json:"id"`
	}
	decodeBody(t, v.Get("/api/v1/me"), &me)
	return me.ID
}

func decodeBody(t *testing.T, a apptest.Answer, into any) {
	t.Helper()
	if a.Status != http.StatusOK {
		t.Fatalf("%d: %.300s", a.Status, a.Body)
	}
	if err := json.Unmarshal([]byte(a.Body), into); err != nil {
		t.Fatal(err)
	}
}

// noted is an entry of the journal as the API tells it.
type noted struct {
	Seq     int64             `json:"seq"`
	Actor   string            `json:"actor"`
	Action  string            `json:"action"`
	Object  string            `json:"object"`
	Outcome string            `json:"outcome"`
	Details map[string]string `json:"details"`
}

// journalOf reads what the journal says of an action, the newest first, as the administrator of the demo.
func journalOf(t *testing.T, s *apptest.Server, action string) []noted {
	t.Helper()
	var out struct {
		Items []noted `json:"items"`
	}
	decodeBody(t, s.As(t, "administrator").Get("/api/v1/journal?limit=200&action="+action), &out)
	return out.Items
}

// listed finds the ids in the addresses of forms on somebody's account page, such as those of sessions.
func listed(v *apptest.Visitor, kind, verb string) []string {
	var out []string
	for _, m := range regexp.MustCompile(`action="/account/`+kind+`/([^"/]+)/`+verb+`"`).FindAllStringSubmatch(v.Get("/account").Body, -1) {
		out = append(out, m[1])
	}
	return out
}

// shownToken is the text of a token on the page that shows it once.
var shownToken = regexp.MustCompile(`echelon_[A-Za-z0-9_-]{43}`)

// makeToken makes a token on the account page of somebody whose password is that of addPerson.
func makeToken(t *testing.T, v *apptest.Visitor, scopes ...string) string {
	t.Helper()
	a := v.Post("/account/tokens", url.Values{"name": {"tableau"}, "scopes": scopes, "days": {"30"}, "current": {goodPassword}})
	text := shownToken.FindString(a.Body)
	if a.Status != http.StatusOK || text == "" {
		t.Fatalf("make a token: %d %.400s", a.Status, visible(a.Body))
	}
	return text
}

func TestAFormWithoutTheProofOfItsSessionChangesNothing(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		v, other := s.As(t, "employee"), s.As(t, "recruiter")
		former := web.CSRFToken(session(t, v).Value)
		v.Post("/demo/sign-in", url.Values{"persona": {"employee"}})
		for name, proof := range map[string]string{
			"without": "", "with another session's": web.CSRFToken(session(t, other).Value), "with a former session's": former, "with an invented one": "invented",
			"with the session's own token": session(t, v).Value,
		} {
			t.Run(name, func(t *testing.T) {
				a := v.Post("/account/preferences", url.Values{web.CSRFField: {proof}, "lang": {"en"}, "tell_sign_ins": {"1"}})
				if a.Status != http.StatusForbidden {
					t.Errorf("answered %d", a.Status)
				}
				if body := v.Get("/account").Body; strings.Contains(checkedBox(body, "tell_sign_ins"), "checked") {
					t.Error("the preference changed")
				}
				if a := v.Post("/sign-out", url.Values{web.CSRFField: {proof}}); a.Status != http.StatusForbidden {
					t.Errorf("signing out answered %d", a.Status)
				}
			})
		}
		checkForgedNoted(t, s, idOf(t, v), 10)
		if a := v.Post("/account/preferences", url.Values{"lang": {"fr"}, "tell_sign_ins": {"1"}}); a.Status != http.StatusSeeOther || !strings.Contains(checkedBox(v.Get("/account").Body, "tell_sign_ins"), "checked") {
			t.Errorf("with its own proof the form is not taken: %d", a.Status)
		}
	})
}

// checkForgedNoted checks that the journal tells of so many forged requests with somebody's session: of the first at
// once, and how many more there were when no more are counted with it.
func checkForgedNoted(t *testing.T, s *apptest.Server, id actor.PersonID, want int) {
	t.Helper()
	if n := refusedTo(t, s, id, "access.forged"); n != 1 {
		t.Errorf("%d forged requests are journalled at once, want the first", n)
	}
	settle(t, s)
	if n := refusedTo(t, s, id, "access.forged"); n != want {
		t.Errorf("the journal tells of %d forged requests, want %d", n, want)
	}
}

// refusedTo adds up how many refusals of a kind the journal tells of somebody.
func refusedTo(t *testing.T, s *apptest.Server, id actor.PersonID, action string) int {
	t.Helper()
	n := 0
	for _, x := range append(journalOf(t, s, action), journalOf(t, s, "access.repeated")...) {
		if x.Actor != "person:"+string(id) || x.Details["of"] != "" && x.Details["of"] != action {
			continue
		}
		more := 1
		if text := x.Details["more"]; text != "" {
			var err error
			if more, err = strconv.Atoi(text); err != nil {
				t.Fatal(err)
			}
		}
		n += more
	}
	return n
}

// settle has the journal tell what was counted, as it does of itself once an hour has passed.
func settle(t *testing.T, s *apptest.Server) {
	t.Helper()
	if err := auditdb.New(s.App.DB.DB, clock.Fixed(time.Now().Add(time.Hour)), testkit.Key).Settle(t.Context()); err != nil {
		t.Fatal(err)
	}
}

// checkedBox is the tag of a checkbox.
func checkedBox(body, name string) string {
	return regexp.MustCompile(`(?s)<input[^>]*name="` + name + `"[^>]*>`).FindString(body)
}

func TestAnotherSiteChangesNothing(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	v := s.As(t, "employee")
	form := url.Values{web.CSRFField: {v.CSRF()}, "lang": {"fr"}}.Encode() // even one who knew the proof
	for _, c := range []struct {
		name, header, value string
		status              int
	}{
		{"the browser says cross-site", "Sec-Fetch-Site", "cross-site", 403},
		{"the browser says same-site", "Sec-Fetch-Site", "same-site", 403},
		{"the browser says same-origin", "Sec-Fetch-Site", "same-origin", 303},
		{"an older browser names another origin", "Origin", "https://evil.example", 403},
		{"an older browser hides the origin", "Origin", "null", 403},
		{"an older browser names this origin", "Origin", s.URL, 303},
	} {
		t.Run(c.name, func(t *testing.T) {
			a := v.Do(http.MethodPost, "/account/preferences", strings.NewReader(form), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, c.header: {c.value}})
			if a.Status != c.status {
				t.Errorf("answered %d, want %d", a.Status, c.status)
			}
		})
	}
	checkForgedNoted(t, s, idOf(t, v), 4)
}

// TestNobodyFillsTheJournal asks for what an employee may not have, again and again and from several windows at once.
func TestNobodyFillsTheJournal(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		const tries, windows = 200, 4
		v := s.As(t, "employee")
		id, before := idOf(t, v), len(journalOf(t, s, "access"))
		cookie := session(t, v)
		var wg sync.WaitGroup
		for range windows {
			window := s.Visitor(t)
			wg.Go(func() {
				for range tries / windows {
					a := window.Do(http.MethodGet, "/admin/accounts", nil, http.Header{"Cookie": {cookie.Name + "=" + cookie.Value}})
					if a.Status != http.StatusForbidden {
						t.Errorf("answered %d", a.Status)
					}
				}
			})
		}
		wg.Wait()
		settle(t, s)
		if n := len(journalOf(t, s, "access")) - before; n != 2 {
			t.Errorf("%d entries, want one and one that counts", n)
		}
		if n := refusedTo(t, s, id, "access.refused"); n != tries {
			t.Errorf("the journal tells of %d refusals, want %d", n, tries)
		}
	})
}

func TestSomebodyElsesThingsAreNotFoundAndTheTryIsJournalled(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		addPerson(t, s, "owner@example.com", "Odile Ravel")
		victim := enter(t, s, "owner@example.com")
		token := makeToken(t, victim, "read")
		enter(t, s, "owner@example.com") // a second session, so that one is listed with a way to end it
		sessions, tokens := listed(victim, "sessions", "end"), listed(victim, "tokens", "revoke")
		manager := s.As(t, "manager")
		today := time.Now().UTC().Format(time.DateOnly)
		if a := manager.Post("/account/delegations", url.Values{"to": {string(idOf(t, s.As(t, "recruiter")))}, "duty": {"line"}, "starts_on": {today}, "last_day": {time.Now().UTC().AddDate(0, 0, 5).Format(time.DateOnly)}}); a.Status != http.StatusSeeOther {
			t.Fatalf("delegate: %d %.400s", a.Status, visible(a.Body))
		}
		delegations := listed(manager, "delegations", "revoke")
		if len(sessions) == 0 || len(tokens) == 0 || len(delegations) == 0 {
			t.Fatalf("nothing to swap: %v %v %v", sessions, tokens, delegations)
		}
		thief := s.As(t, "employee")
		me := "person:" + string(idOf(t, thief))
		for _, c := range []struct{ name, path, action, object string }{
			{"a session", "/account/sessions/" + sessions[0] + "/end", "account.own", "session:" + sessions[0]},
			{"a token", "/account/tokens/" + tokens[0] + "/revoke", "account.own", "token:" + tokens[0]},
			{"a delegation", "/account/delegations/" + delegations[0] + "/revoke", "delegations.write", "delegation:" + delegations[0]},
			{"a delegation, on the administrator's address", "/admin/delegations/" + delegations[0] + "/revoke", "delegations.write", "delegation:" + delegations[0]},
		} {
			t.Run(c.name, func(t *testing.T) {
				if a := thief.Post(c.path, nil); a.Status != http.StatusNotFound {
					t.Errorf("answered %d", a.Status)
				}
				got := journalOf(t, s, "access.refused")[0]
				want := noted{Seq: got.Seq, Actor: me, Action: "access.refused", Object: c.object, Outcome: "refused", Details: map[string]string{"action": c.action}}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("the journal (-want +got):\n%s", diff)
				}
			})
		}
		if got := listed(victim, "sessions", "end"); !slices.Equal(got, sessions) {
			t.Errorf("sessions were %v and are %v", sessions, got)
		}
		if got := listed(manager, "delegations", "revoke"); !slices.Equal(got, delegations) {
			t.Errorf("delegations were %v and are %v", delegations, got)
		}
		if a := bearer(s.Visitor(t), "/api/v1/me", token); a.Status != http.StatusOK {
			t.Errorf("the token answers %d", a.Status)
		}
	})
}

// bearer asks with a token.
func bearer(v *apptest.Visitor, path, token string) apptest.Answer {
	return v.Do(http.MethodGet, path, nil, http.Header{"Authorization": {"Bearer " + token}})
}

func TestNobodyButAnAdministratorTouchesAnAccount(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		id := addPerson(t, s, "owner@example.com", "Odile Ravel")
		for _, persona := range []string{"employee", "manager", "hr", "compensation", "recruiter"} {
			v := s.As(t, persona)
			me := "person:" + string(idOf(t, v))
			for path, action := range map[string]string{"": "accounts.read", "/rights": "accounts.write", "/disable": "accounts.write", "/reset": "accounts.write", "/end-sessions": "accounts.write"} {
				t.Run(persona+path, func(t *testing.T) {
					a := v.Get("/admin/accounts/" + string(id))
					if path != "" {
						a = v.Post("/admin/accounts/"+string(id)+path, url.Values{"roles": {"administrator"}, "codes": {"1"}})
					}
					if a.Status != http.StatusForbidden || strings.Contains(a.Body, "owner@example.com") {
						t.Errorf("answered %d: %.300s", a.Status, visible(a.Body))
					}
					if !slices.ContainsFunc(journalOf(t, s, "access.refused"), func(x noted) bool { return x.Actor == me && x.Details["action"] == action }) {
						t.Error("the journal does not have it")
					}
				})
			}
		}
		admin := s.As(t, "administrator")
		own := "/admin/accounts/" + string(idOf(t, admin))
		for _, path := range []string{"/rights", "/disable", "/reset", "/end-sessions"} {
			if a := admin.Post(own+path, url.Values{"roles": {"administrator", "compensation"}, "whole": {"1"}}); a.Status != http.StatusForbidden {
				t.Errorf("an administrator's own %s answered %d", path, a.Status)
			}
			if got := journalOf(t, s, "access.refused")[0]; got.Object != "person:"+string(idOf(t, admin)) || got.Details["action"] != "accounts.write" {
				t.Errorf("the journal has %+v", got)
			}
		}
		enter(t, s, "owner@example.com") // it is as it was
	})
}

func TestFieldsThatAFormDoesNotHaveChangeNothing(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		mine, theirs := addPerson(t, s, "owner@example.com", "Odile Ravel"), idOf(t, s.As(t, "recruiter"))
		v := enter(t, s, "owner@example.com")
		before, err := s.App.Services.Accounts.Find(t.Context(), actor.CommandLine(), mine)
		if err != nil {
			t.Fatal(err)
		}
		other, err := s.App.Services.Accounts.Find(t.Context(), actor.CommandLine(), theirs)
		if err != nil {
			t.Fatal(err)
		}
		extra := url.Values{
			"lang": {"fr"}, "roles": {"administrator", "hr"}, "Roles": {"administrator"}, "persona": {"administrator"}, "slug": {"administrator"}, "id": {string(theirs)}, "ID": {string(theirs)},
			"account": {string(theirs)}, "email": {"boss@example.com"}, "name": {"Boss"}, "whole": {"1"}, "heads": {string(theirs)}, "disabled_at": {"2020-01-01"}, "stage": {"full"}, "coded": {"1"}, "manages": {"1"},
		}
		if a := v.Post("/account/preferences", extra); a.Status != http.StatusSeeOther {
			t.Errorf("answered %d", a.Status)
		}
		body, _ := json.Marshal(map[string]any{"lang": "en", "roles": []string{"administrator"}, "tell_sign_ins": true})
		v.Do(http.MethodPost, "/account/preferences", bytes.NewReader(body), http.Header{"Content-Type": {"application/json"}, web.CSRFHeader: {v.CSRF()}})
		v.Do(http.MethodPost, "/account/preferences?roles=administrator&id="+string(theirs), strings.NewReader("lang=fr"), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, web.CSRFHeader: {v.CSRF()}})
		after, err := s.App.Services.Accounts.Find(t.Context(), actor.CommandLine(), mine)
		if err != nil {
			t.Fatal(err)
		}
		untouched, err := s.App.Services.Accounts.Find(t.Context(), actor.CommandLine(), theirs)
		if err != nil {
			t.Fatal(err)
		}
		if diff := cmp.Diff(before, after); diff != "" {
			t.Errorf("the account changed:\n%s", diff)
		}
		if diff := cmp.Diff(other, untouched); diff != "" {
			t.Errorf("somebody else's account changed:\n%s", diff)
		}
		if a := v.Get("/admin/accounts"); a.Status != http.StatusForbidden {
			t.Errorf("the accounts answer %d", a.Status)
		}
		// A delegation is from who asks, whoever the form says it is from.
		today := time.Now().UTC().Format(time.DateOnly)
		if a := v.Post("/account/delegations", url.Values{"from": {string(theirs)}, "to": {string(theirs)}, "duty": {"recruiter"}, "starts_on": {today}, "last_day": {today}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("a delegation of what one does not hold answered %d", a.Status)
		}
	})
}

func TestPayIsReadOfOneselfAndOnesLineAndEachReadIsJournalled(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		for _, c := range []struct {
			persona string
			profs   []string // profiles whose bands are read; nil for a refusal
		}{
			{"employee", []string{"sales-representative"}},
			{"manager", []string{"sales-representative", "territory-sales-manager"}},
			{"recruiter", nil},
			{"administrator", nil},
		} {
			t.Run(c.persona, func(t *testing.T) {
				v := s.As(t, c.persona)
				me := "person:" + string(idOf(t, v))
				a := v.Get("/api/v1/pay/bands")
				if c.profs == nil {
					if page := v.Get("/pay/bands"); a.Status != http.StatusForbidden || page.Status != http.StatusForbidden {
						t.Errorf("answered %d and %d", a.Status, page.Status)
					}
					return
				}
				if diff := cmp.Diff(c.profs, profilesIn(a.Body)); diff != "" {
					t.Errorf("profiles (-want +got):\n%s", diff)
				}
				reads := readsOf(t, s, me)
				if page := v.Get("/pay/bands"); page.Status != http.StatusOK || !strings.Contains(page.Body, `/jobs/`+c.profs[0]) || strings.Contains(page.Body, `/jobs/chief-sales-officer"`) {
					t.Errorf("the page answers %d", page.Status)
				}
				if got := readsOf(t, s, me); got != reads+1 {
					t.Errorf("the page's read was journalled %d times", got-reads)
				}
				if page := v.Get("/jobs/" + c.profs[0]); page.Status != http.StatusOK || !strings.Contains(page.Body, `id="pay"`) {
					t.Error("the profile's page does not tell its own band")
				}
				if got := readsOf(t, s, me); got != reads+2 {
					t.Errorf("the profile's read was journalled %d times", got-reads-1)
				}
				if page := v.Get("/jobs/chief-sales-officer"); page.Status != http.StatusOK || strings.Contains(page.Body, `id="pay"`) {
					t.Error("another profile's page tells its band")
				}
				if a := v.Get("/jobs/chief-sales-officer.pdf?pay=1"); a.Status != http.StatusForbidden {
					t.Errorf("another profile's band in print: %d", a.Status)
				}
				if got := readsOf(t, s, me); got != reads+2 {
					t.Errorf("%d reads were journalled that were none", got-reads-2)
				}
			})
		}
	})
}

var profileMember = regexp.MustCompile(`"profile":"([^"]+)"`)

// profilesIn are the profiles that an answer of the API has bands of.
func profilesIn(body string) []string {
	var out []string
	for _, m := range profileMember.FindAllStringSubmatch(body, -1) {
		out = append(out, m[1])
	}
	slices.Sort(out)
	return slices.Compact(out)
}

// readsOf counts what somebody read of pay.
func readsOf(t *testing.T, s *apptest.Server, who string) int {
	t.Helper()
	n := 0
	for _, e := range journalOf(t, s, "bands.read") {
		if e.Actor == who && e.Outcome == "done" {
			n++
		}
	}
	return n
}

func TestAPlantedSessionIsNeverTheOneInUse(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		addPerson(t, s, "owner@example.com", "Odile Ravel")
		planted := &http.Cookie{Name: "sid", Value: "planted-by-somebody-else-0123456789abcdefghi"}
		for path, form := range map[string]url.Values{
			"/sign-in": {"email": {"owner@example.com"}, "password": {goodPassword}}, "/demo/sign-in": {"persona": {"hr"}},
		} {
			t.Run(path, func(t *testing.T) {
				v := s.Visitor(t)
				form.Set(web.CSRFField, web.CSRFToken(planted.Value))
				a := v.Do(http.MethodPost, path, strings.NewReader(form.Encode()), http.Header{"Content-Type": {"application/x-www-form-urlencoded"}, "Cookie": {"sid=" + planted.Value}})
				if a.Status != http.StatusSeeOther || session(t, v).Value == planted.Value || signedIn(s.Visitor(t), planted) {
					t.Errorf("%d: the planted session is in use", a.Status)
				}
			})
		}
		t.Run("/sign-in/code", func(t *testing.T) {
			_, next := withCodes(t, enter(t, s, "owner@example.com"))
			v := s.Visitor(t)
			if a := v.Post("/sign-in", url.Values{"email": {"owner@example.com"}, "password": {goodPassword}}); !strings.HasPrefix(a.Header.Get("Location"), "/sign-in/code") {
				t.Fatalf("leads to %s", a.Header.Get("Location"))
			}
			half := session(t, v)
			if signedIn(s.Visitor(t), half) {
				t.Error("a session that waits for a code is signed in")
			}
			if a := v.Post("/sign-in/code", url.Values{"code": {next()}}); a.Status != http.StatusSeeOther || session(t, v).Value == half.Value {
				t.Errorf("%d: the session is the one of before the code", a.Status)
			}
			if !signedIn(s.Visitor(t), session(t, v)) || signedIn(s.Visitor(t), half) {
				t.Error("the session of before the code is in use, or that of after is not")
			}
		})
	})
}

func TestTheWayBackLeadsNowhereElse(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	addPerson(t, s, "owner@example.com", "Odile Ravel")
	bad := []string{
		"//evil.example", "https://evil.example/x", "/\\evil.example", "\\\\evil.example", "javascript:alert(1)", "/x\r\nSet-Cookie: planted=1", "/x\nLocation: https://evil.example", "/\t/evil.example", "evil.example",
	}
	for path, form := range map[string]url.Values{
		"/sign-in": {"email": {"owner@example.com"}, "password": {goodPassword}}, "/demo/sign-in": {"persona": {"employee"}}, "/language": {"lang": {"fr"}}, "/theme": {"theme": {"dark"}},
	} {
		for _, back := range bad {
			t.Run(path+" "+back, func(t *testing.T) {
				form.Set("back", back)
				checkStays(t, s.Visitor(t).Post(path, form))
			})
		}
	}
	signed := s.As(t, "employee")
	for _, back := range bad {
		t.Run("/sign-in?next= "+back, func(t *testing.T) {
			checkStays(t, signed.Get("/sign-in?next="+url.QueryEscape(back)))
			for _, a := range []apptest.Answer{
				s.Visitor(t).Get("/sign-in?next=" + url.QueryEscape(back)), s.Visitor(t).Get("/sign-in/code?back=" + url.QueryEscape(back)),
				s.Visitor(t).Post("/sign-in/code", url.Values{"back": {back}, "code": {"000000"}}),
				s.Visitor(t).Post("/sign-in", url.Values{"back": {back}, "email": {"owner@example.com"}, "password": {"wrong"}}),
			} {
				checkCarries(t, a)
			}
		})
	}
}

// checkCarries checks that a page's forms lead back to this site. The switch of language leads back to the page itself.
func checkCarries(t *testing.T, a apptest.Answer) {
	t.Helper()
	all := backOf.FindAllStringSubmatch(a.Body, -1)
	if len(all) == 0 {
		t.Errorf("%d: no form leads anywhere", a.Status)
	}
	for _, m := range all {
		if m[1] != "/" && !strings.HasPrefix(m[1], "/sign-in") {
			t.Errorf("%d: a form leads back to %q", a.Status, m[1])
		}
	}
}

// checkStays checks that a redirect leads to an address of the site that nobody else chose.
func checkStays(t *testing.T, a apptest.Answer) {
	t.Helper()
	to := a.Header.Get("Location")
	refused := a.Status == http.StatusBadRequest && to == "" // an address with control characters
	if !refused && (a.Status != http.StatusSeeOther || to != "/") {
		t.Errorf("%d to %q", a.Status, to)
	}
	for _, c := range a.Header.Values("Set-Cookie") {
		if strings.HasPrefix(c, "planted") {
			t.Error("a header was planted")
		}
	}
}

func TestTheJournalAsASheetHoldsNoFormula(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		v := s.As(t, "employee")
		for _, id := range []string{"=1+1", "%3DHYPERLINK(%22https:%2F%2Fevil.example%22)", "@SUM(A1)", "+33", "-1", "%0D%0A%3D1+1", "%22,%3D1+1"} {
			v.Post("/account/sessions/"+id+"/end", nil)
			settle(t, s) // so that the next is not only counted
		}
		a := s.As(t, "administrator").Get("/admin/journal.csv")
		if a.Status != http.StatusOK || !strings.HasPrefix(a.Header.Get("Content-Disposition"), "attachment") {
			t.Fatalf("%d %s", a.Status, a.Header.Get("Content-Disposition"))
		}
		rows, err := csv.NewReader(strings.NewReader(a.Body)).ReadAll()
		if err != nil || len(rows) < 2 || strings.Contains(a.Body, "1+1") || strings.Contains(a.Body, "+33") {
			t.Fatalf("%d rows, %v: an id that is none is journalled: %s", len(rows), err, a.Body)
		}
		for _, row := range rows {
			for _, cell := range row {
				if cell != "" && strings.ContainsRune("=+-@\t\r\n", rune(cell[0])) {
					t.Errorf("a cell begins like a formula: %q", cell)
				}
			}
		}
	})
}

func TestAKnownAddressIsAnsweredLikeAnUnknownOne(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		addPerson(t, s, "owner@example.com", "Odile Ravel")
		gone := addPerson(t, s, "gone@example.com", "Paul Parti")
		if err := s.App.Services.Accounts.Disable(t.Context(), actor.CommandLine(), gone); err != nil {
			t.Fatal(err)
		}
		if _, _, err := s.App.Services.Accounts.Create(t.Context(), actor.CommandLine(), accounts.NewAccount{Email: "fresh@example.com", Name: "Fanny Neuve", Lang: "fr"}); err != nil {
			t.Fatal(err)
		}
		for _, path := range []string{"/sign-in", "/sign-in/forgot"} {
			want := told(s, t, path, "nobody@example.com")
			for _, email := range []string{"owner@example.com", "gone@example.com", "fresh@example.com", "hr@demo.example"} {
				t.Run(path+" "+email, func(t *testing.T) {
					if diff := cmp.Diff(want, told(s, t, path, email)); diff != "" {
						t.Errorf("differs from an unknown address:\n%s", diff)
					}
				})
			}
		}
	})
}

// told is an answer without what differs between any two of them: the request's id, the time and the address typed.
func told(s *apptest.Server, t *testing.T, path, email string) apptest.Answer {
	t.Helper()
	a := s.Visitor(t).Post(path, url.Values{"email": {email}, "password": {"not their password at all"}})
	a.Header.Del("X-Request-Id")
	a.Header.Del("Date")
	a.Header.Del("Content-Length")
	a.Body = strings.ReplaceAll(a.Body, email, "…")
	return a
}

func TestNoCacheKeepsPagesAboutPeople(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	id := idOf(t, s.As(t, "employee"))
	for persona, paths := range map[string][]string{
		"":              {"/sign-in", "/sign-in/code", "/sign-in/forgot", "/sign-in/password/none", "/setup/none"},
		"employee":      {"/account", "/account/codes", "/people", "/people/" + string(id), "/admin/accounts"},
		"hr":            {"/people/" + string(id), "/admin/journal"},
		"administrator": {"/admin/accounts", "/admin/accounts/new", "/admin/accounts/" + string(id), "/admin/delegations", "/admin/settings", "/admin/outbox", "/admin/journal", "/admin/journal.csv", "/api/v1/accounts", "/api/v1/journal"},
		"compensation":  {"/pay/bands", "/api/v1/pay/bands"},
	} {
		v := s.As(t, persona)
		for _, path := range paths {
			t.Run(persona+" "+path, func(t *testing.T) {
				a := v.Get(path)
				cache := a.Header.Get("Cache-Control")
				kept := strings.HasPrefix(path, "/api/") || strings.HasPrefix(path, "/pay/") // kept by the reader's own browser at most, and asked for again each time
				if cache != "no-store" && (!kept || cache != "private, no-cache") {
					t.Errorf("%d with Cache-Control %q", a.Status, cache)
				}
			})
		}
	}
}

func TestDisablingAnAccountEndsItsSessionsAndTokensAtOnce(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		id := addPerson(t, s, "owner@example.com", "Odile Ravel")
		v := enter(t, s, "owner@example.com")
		token := makeToken(t, v, "read")
		if bearer(s.Visitor(t), "/api/v1/me", token).Status != http.StatusOK || v.Get("/account").Status != http.StatusOK {
			t.Fatal("neither session nor token works to begin with")
		}
		if a := s.As(t, "administrator").Post("/admin/accounts/"+string(id)+"/disable", nil); a.Status != http.StatusSeeOther {
			t.Fatalf("disable: %d", a.Status)
		}
		if a := v.Get("/account"); !isSignIn(a) {
			t.Errorf("the session answers %d", a.Status)
		}
		if a := bearer(s.Visitor(t), "/api/v1/me", token); a.Status != http.StatusUnauthorized {
			t.Errorf("the token answers %d", a.Status)
		}
		if a := s.Visitor(t).Post("/sign-in", url.Values{"email": {"owner@example.com"}, "password": {goodPassword}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("signing in answers %d", a.Status)
		}
		if a := s.As(t, "administrator").Post("/admin/accounts/"+string(id)+"/enable", nil); a.Status != http.StatusSeeOther {
			t.Fatalf("enable: %d", a.Status)
		}
		if a := v.Get("/account"); !isSignIn(a) {
			t.Errorf("the former session came back: %d", a.Status)
		}
		if a := bearer(s.Visitor(t), "/api/v1/me", token); a.Status != http.StatusUnauthorized {
			t.Errorf("the former token came back: %d", a.Status)
		}
	})
}

var (
	namedTest  = regexp.MustCompile("`((?:[a-z]+/)+[a-z_0-9]+_test\\.go)` ((?:`Test[A-Za-z0-9_]+`(?:, )?)+)")
	testInName = regexp.MustCompile("`(Test[A-Za-z0-9_]+)`")
)

// TestTheSecurityDocumentNamesTestsThatExist keeps docs/security.md honest.
func TestTheSecurityDocumentNamesTestsThatExist(t *testing.T) {
	doc, err := os.ReadFile("../docs/security.md")
	if err != nil {
		t.Fatal(err)
	}
	found, all := 0, len(testInName.FindAllString(string(doc), -1))
	for _, m := range namedTest.FindAllStringSubmatch(string(doc), -1) {
		source, err := os.ReadFile(filepath.Join("..", filepath.FromSlash(m[1])))
		if err != nil {
			t.Errorf("%s: %v", m[1], err)
			continue
		}
		for _, name := range testInName.FindAllStringSubmatch(m[2], -1) {
			found++
			if !bytes.Contains(source, []byte("func "+name[1]+"(")) {
				t.Errorf("%s has no %s", m[1], name[1])
			}
		}
	}
	if found == 0 || found != all {
		t.Errorf("%d of %d tests are named with their file", found, all)
	}
}
