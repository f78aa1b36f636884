package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/oidc/oidctest"
	"github.com/echelon-hr/echelon/app/testkit"
)

// serveWithProvider serves the product with every address it can have: people may sign in with a provider.
func serveWithProvider(t *testing.T, address string, demo bool) (*apptest.Server, *oidctest.Provider) {
	t.Helper()
	p := oidctest.New(t, nil)
	return apptest.Serve(t, apptest.BuildWith(t, address, demo, map[string]string{
		"ECHELON_OIDC_ISSUER": p.Issuer(), "ECHELON_OIDC_CLIENT_ID": oidctest.ClientID, "ECHELON_OIDC_CLIENT_SECRET": oidctest.ClientSecret, "ECHELON_OIDC_NAME": "Annuaire",
	})), p
}

// withProvider runs a test against the product without the demo, where people may sign in with a provider, on each
// database. Odile has an account and a password.
func withProvider(t *testing.T, test func(t *testing.T, s *apptest.Server, p *oidctest.Provider)) {
	t.Helper()
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			s, p := serveWithProvider(t, testkit.Address(t, kind), false)
			addPerson(t, s, "odile@example.com", "Odile Ravel", actor.HR)
			test(t, s, p)
		})
	}
}

// odile is how the provider knows her.
var odile = oidctest.User{Subject: "o-1", Email: "odile@example.com", EmailVerified: true, Name: "Odile Ravel", AMR: []string{"pwd"}}

// leaveFor begins a sign-in by the provider, or a link from the account page, and returns the address that the page in
// between leads the browser to.
func leaveFor(t *testing.T, v *apptest.Visitor, path string) string {
	t.Helper()
	a := v.Post(path, url.Values{"back": {"/jobs"}, "current": {goodPassword}})
	to, ok := strings.CutPrefix(a.Header.Get("Refresh"), "0; url=")
	if a.Status != http.StatusOK || !ok || a.Header.Get("Cache-Control") != "no-store" {
		t.Fatalf("leave: %d, Refresh %q", a.Status, a.Header.Get("Refresh"))
	}
	return to
}

// through goes to the provider, which approves somebody, and comes back.
func through(t *testing.T, v *apptest.Visitor, p *oidctest.Provider, path string, who oidctest.User) apptest.Answer {
	t.Helper()
	p.Queue(who)
	return v.Get(p.Approve(t, leaveFor(t, v, path)).RequestURI())
}

const byProvider = "/sign-in/provider"

// linkOdile links her account to the provider from her account page.
func linkOdile(t *testing.T, s *apptest.Server, p *oidctest.Provider) *apptest.Visitor {
	t.Helper()
	v := enter(t, s, "odile@example.com")
	if a := through(t, v, p, "/account/identities", odile); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/account?done=linked#provider" {
		t.Fatalf("link: %d to %s", a.Status, a.Header.Get("Location"))
	}
	return v
}

func TestALinkedIdentitySignsIn(t *testing.T) {
	withProvider(t, func(t *testing.T, s *apptest.Server, p *oidctest.Provider) {
		linkOdile(t, s, p)
		v := s.Visitor(t)
		if a := through(t, v, p, byProvider, odile); a.Status != http.StatusSeeOther || a.Header.Get("Location") != "/jobs" || a.Header.Get("Referrer-Policy") != "no-referrer" {
			t.Fatalf("%d to %s", a.Status, a.Header.Get("Location"))
		}
		if body := v.Get("/account").Body; !strings.Contains(body, "Odile Ravel") {
			t.Error("she is not signed in")
		}
		other := odile
		other.Subject, other.Email = "o-2", "odile@example.com" // the same address at the provider, another person
		if v := s.Visitor(t); through(t, v, p, byProvider, other).Status != http.StatusOK || !isSignIn(v.Get("/account")) {
			t.Error("the address alone signs in")
		}
		// Taken away, it opens nothing more.
		if a := v.Post("/account/identities/unlink", url.Values{"issuer": {p.Issuer()}, "current": {"wrong"}}); a.Status != http.StatusUnprocessableEntity {
			t.Errorf("unlink without the password: %d", a.Status)
		}
		if a := v.Post("/account/identities/unlink", url.Values{"issuer": {p.Issuer()}, "current": {goodPassword}}); a.Status != http.StatusSeeOther {
			t.Fatalf("unlink: %d", a.Status)
		}
		if v := s.Visitor(t); through(t, v, p, byProvider, odile).Status != http.StatusOK || !isSignIn(v.Get("/account")) {
			t.Error("an identity that was taken away signs in")
		}
	})
}

// TestLinkingAndUnlinkingAskForAProof: whoever finds a session open adds no way in of their own, and nobody takes their
// last one away.
func TestLinkingAndUnlinkingAskForAProof(t *testing.T) {
	withProvider(t, func(t *testing.T, s *apptest.Server, p *oidctest.Provider) {
		v := enter(t, s, "odile@example.com")
		if a := v.Post("/account/identities", url.Values{"current": {"wrong"}}); a.Status != http.StatusUnprocessableEntity || a.Header.Get("Refresh") != "" {
			t.Errorf("linking without the password: %d", a.Status)
		}
		// A sign-in cannot be made to end as a link.
		id := idOf(t, v)
		for _, back := range []string{"link:" + string(id), "/link:" + string(id), "/account?link=1"} {
			p.Queue(odile)
			a := v.Post(byProvider, url.Values{"back": {back}})
			v.Get(p.Approve(t, strings.TrimPrefix(a.Header.Get("Refresh"), "0; url=")).RequestURI())
		}
		if n := len(identities(t, s, id)); n != 0 {
			t.Fatalf("%d identities were linked without a proof", n)
		}
		// What goes wrong on the way to a link is said on the account page.
		a := v.Get(p.Approve(t, leaveFor(t, v, "/account/identities")).RequestURI())
		if a.Status < 400 || !strings.Contains(a.Body, `action="/account/identities"`) || !strings.Contains(a.Body, `role="alert"`) {
			t.Errorf("a provider that refuses: %d %.300s", a.Status, visible(a.Body))
		}
		linkOdile(t, s, p)
		dropPassword(t, s, id)
		a = v.Post("/account/identities/unlink", url.Values{"issuer": {p.Issuer()}})
		if a.Status != http.StatusConflict || !strings.Contains(a.Body, "Choisissez d’abord un mot de passe") || len(identities(t, s, id)) != 1 {
			t.Errorf("the last way in is taken away: %d %.300s", a.Status, visible(a.Body))
		}
	})
}

// identities are those linked to an account.
func identities(t *testing.T, s *apptest.Server, id actor.PersonID) []accounts.Identity {
	t.Helper()
	list, err := s.App.Services.Accounts.Identities(t.Context(), actor.Actor{Kind: actor.Person, ID: id})
	if err != nil {
		t.Fatal(err)
	}
	return list
}

// dropPassword leaves somebody without one, as an account is that was never given one.
func dropPassword(t *testing.T, s *apptest.Server, id actor.PersonID) {
	t.Helper()
	if _, err := s.App.DB.ExecContext(t.Context(), "DELETE FROM passwords WHERE person_id = '"+string(id)+"'"); err != nil {
		t.Fatal(err)
	}
}

func TestAnUnlinkedIdentityIsLinkedOnlyByWhoSignsInOtherwise(t *testing.T) {
	unverified, elsewhere, nobody := odile, odile, odile
	unverified.EmailVerified = false
	elsewhere.Email = "other@example.com"
	nobody.Email = ""
	for _, c := range []struct {
		name   string
		who    oidctest.User
		linked bool
	}{
		{"whose verified address is the account's", odile, true},
		{"whose address nobody verified", unverified, false},
		{"whose address is another", elsewhere, false},
		{"without an address", nobody, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			withProvider(t, func(t *testing.T, s *apptest.Server, p *oidctest.Provider) {
				_, next := withCodes(t, enter(t, s, "odile@example.com"))
				v := s.Visitor(t)
				if a := through(t, v, p, byProvider, c.who); a.Status != http.StatusOK || !strings.Contains(a.Body, "Aucun compte n’est relié à cette identité") {
					t.Fatalf("%d: %.400s", a.Status, visible(a.Body))
				}
				if !isSignIn(v.Get("/account")) {
					t.Fatal("the identity alone signs in")
				}
				if a := v.Post("/sign-in", url.Values{"email": {"odile@example.com"}, "password": {goodPassword}}); !strings.HasPrefix(a.Header.Get("Location"), "/sign-in/code") {
					t.Fatalf("the password leads to %s", a.Header.Get("Location"))
				}
				if w := s.Visitor(t); through(t, w, p, byProvider, c.who).Status != http.StatusOK || !isSignIn(w.Get("/account")) {
					t.Error("it was linked before the code")
				}
				want := map[bool]string{true: "/account?done=linked", false: "/"}[c.linked]
				if a := v.Post("/sign-in/code", url.Values{"code": {next()}}); a.Status != http.StatusSeeOther || a.Header.Get("Location") != want {
					t.Errorf("the code leads to %s, want %s", a.Header.Get("Location"), want)
				}
				w := s.Visitor(t)
				through(t, w, p, byProvider, c.who)
				if a := w.Post("/sign-in/code", url.Values{"code": {"000000"}}); (a.Status == http.StatusUnprocessableEntity) != c.linked { // it waits for a code
					t.Errorf("linked: %t, wanted %t", a.Status == http.StatusUnprocessableEntity, c.linked)
				}
			})
		})
	}
}

func TestAProvidersSecondFactorCountsAsACode(t *testing.T) {
	withProvider(t, func(t *testing.T, s *apptest.Server, p *oidctest.Provider) {
		linkOdile(t, s, p)
		for _, c := range []struct {
			name string
			amr  []string
			want int
		}{{"a password alone", []string{"pwd"}, http.StatusForbidden}, {"a password and a code", []string{"pwd", "mfa"}, http.StatusOK}} {
			t.Run(c.name, func(t *testing.T) {
				v, who := s.Visitor(t), odile
				who.AMR = c.amr
				through(t, v, p, byProvider, who)
				if a := v.Get("/admin/journal"); a.Status != c.want {
					t.Errorf("what the role opens answers %d, want %d", a.Status, c.want)
				}
			})
		}
	})
}

func TestAProviderThatAnswersRubbishIsAPageWithWords(t *testing.T) {
	withProvider(t, func(t *testing.T, s *apptest.Server, p *oidctest.Provider) {
		linkOdile(t, s, p)
		for name, answer := range map[string]http.HandlerFunc{
			"a page": oidctest.HTML, "a status of its own": oidctest.Status(http.StatusTeapot), "a failure": oidctest.Status(http.StatusInternalServerError), "a refusal": oidctest.Refuse("invalid_client"),
			"a redirect elsewhere": oidctest.Redirect("http://127.0.0.1:1/"), "too much": oidctest.Huge, "nothing in it": oidctest.JSON(map[string]any{}), "a token that is none": oidctest.JSON(map[string]any{"id_token": "x.y.z", "token_type": "Bearer", "access_token": "x"}),
		} {
			t.Run(name, func(t *testing.T) {
				v := s.Visitor(t)
				p.Queue(odile)
				back := p.Approve(t, leaveFor(t, v, byProvider))
				p.Answer(oidctest.Token, answer)
				defer p.Answer(oidctest.Token, nil)
				checkWords(t, v, v.Get(back.RequestURI()))
			})
		}
		t.Run("an unsigned token", func(t *testing.T) {
			p.Claims(func(claims map[string]any) { claims["aud"] = "somebody else" })
			defer p.Claims(nil)
			v := s.Visitor(t)
			checkWords(t, v, through(t, v, p, byProvider, odile))
		})
		t.Run("nobody is approved", func(t *testing.T) {
			v := s.Visitor(t)
			checkWords(t, v, v.Get(p.Approve(t, leaveFor(t, v, byProvider)).RequestURI()))
		})
	})
}

// checkWords checks that a failed sign-in by the provider is a page that says so, with nothing of what the provider
// said, and that nobody is signed in.
func checkWords(t *testing.T, v *apptest.Visitor, a apptest.Answer) {
	t.Helper()
	if a.Status < 400 || a.Status == http.StatusInternalServerError || !strings.Contains(a.Body, `action="/sign-in"`) || !strings.Contains(a.Body, `role="alert"`) {
		t.Errorf("%d: %.400s", a.Status, visible(a.Body))
	}
	if strings.Contains(a.Body, oidctest.Marker) || messageKey.MatchString(visible(a.Body)) {
		t.Errorf("the page repeats the provider, or shows seams: %.400s", visible(a.Body))
	}
	if !isSignIn(v.Get("/account")) {
		t.Error("somebody is signed in")
	}
}

func TestASignInByProviderEndsInTheBrowserThatBegan(t *testing.T) {
	withProvider(t, func(t *testing.T, s *apptest.Server, p *oidctest.Provider) {
		linkOdile(t, s, p)
		thief, victim := s.Visitor(t), s.Visitor(t)
		p.Queue(odile)
		back := p.Approve(t, leaveFor(t, thief, byProvider)).RequestURI()
		checkWords(t, victim, victim.Get(back))
		leaveFor(t, victim, byProvider) // one of their own under way
		checkWords(t, victim, victim.Get(back))
		if a := thief.Get(back); a.Status != http.StatusSeeOther || thief.Get("/account").Status != http.StatusOK {
			t.Errorf("in the browser that began it answers %d", a.Status)
		}
		again := s.Visitor(t)
		checkWords(t, again, again.Get(back))
	})
}
