package accountpages_test

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/accountpages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
	"github.com/echelon-hr/echelon/templates/pages/sitepages"
)

// check holds a page to what every page and every form keeps.
func check[V any](t *testing.T, name string, page func(V) templ.Component, set func(*V, lang.Lang)) {
	t.Helper()
	pagetest.Run(t, pagetest.Page[V]{Name: name, Make: page, Set: set})
	for _, l := range lang.All() {
		for _, fill := range []bool{true, false} {
			var v V
			if fill {
				pagetest.Fill(&v, pagetest.Words)
			}
			set(&v, l)
			html := pagetest.Render(t, page(v))
			pagetest.CheckForms(t, html)
			if m := regexp.MustCompile(`account\.[a-z_.]+`).FindString(html); m != "" {
				t.Errorf("a message key is shown: %s", m)
			}
		}
	}
}

func TestPages(t *testing.T) {
	for _, ended := range []bool{false, true} {
		check(t, "password", accountpages.Password, func(v *accountpages.PasswordView, l lang.Lang) { v.Shell.Lang, v.Ended = l, ended })
		check(t, "set-up", accountpages.SetUp, func(v *accountpages.SetUpView, l lang.Lang) { v.Shell.Lang, v.Ended = l, ended })
		check(t, "forgotten password", accountpages.Forgot, func(v *accountpages.ForgotView, l lang.Lang) { v.Shell.Lang, v.Sent = l, ended })
	}
	check(t, "sign-in", accountpages.SignIn, func(v *accountpages.SignInView, l lang.Lang) { v.Shell.Lang = l })
	check(t, "sign-in without personas", accountpages.SignIn, func(v *accountpages.SignInView, l lang.Lang) { v.Shell.Lang, v.Personas = l, nil })
	check(t, "one-time code", accountpages.Code, func(v *accountpages.CodeView, l lang.Lang) { v.Shell.Lang = l })
	check(t, "setting codes up", accountpages.Codes, func(v *accountpages.CodesView, l lang.Lang) { v.Shell.Lang = l })
	check(t, "recovery codes", accountpages.Recovery, func(v *accountpages.RecoveryView, l lang.Lang) { v.Shell.Lang = l })
	check(t, "new token", accountpages.TokenMade, func(v *accountpages.TokenView, l lang.Lang) { v.Shell.Lang = l })
	for _, form := range forms {
		check(t, "account, "+form+" refused", accountpages.Account, func(v *accountpages.AccountView, l lang.Lang) {
			v.Shell.Lang, v.Form = l, form
			v.Problems = problems
		})
	}
}

// forms are those of the account that can be refused, and problems one of every field.
var (
	forms    = []string{"preferences", "password", "codes", "recovery", "token", "unlink", "delegation"}
	problems = map[string]string{
		"": "wrong <form>", "lang": "wrong <lang>", "current": "wrong <current>", "password": "wrong <password>", "name": "wrong <name>",
		"days": "wrong <days>", "scopes": "wrong <scopes>", "to": "wrong <to>", "duty": "wrong <duty>", "starts_on": "wrong <start>", "last_day": "wrong <end>",
	}
)

func shell() layout.Shell { return layout.Shell{Lang: lang.EN, CSRF: "proof"} }

// inOrder fails unless the page says these one after the other.
func inOrder(t *testing.T, html string, want ...string) {
	t.Helper()
	rest := html
	for _, w := range want {
		_, after, ok := strings.Cut(rest, w)
		if !ok {
			t.Fatalf("%q is missing, or not where it should be", w)
		}
		rest = after
	}
}

func absent(t *testing.T, html string, never ...string) {
	t.Helper()
	for _, n := range never {
		if strings.Contains(html, n) {
			t.Errorf("%q is there", n)
		}
	}
}

func TestPersonasComeBeforeThePassword(t *testing.T) {
	v := accountpages.SignInView{Shell: shell(), Back: "/jobs?q=a", Email: "awa@example.com", Provider: "Continue with Acme", Personas: []sitepages.Persona{{Slug: "hr", Name: "Awa"}}}
	html := pagetest.Main(pagetest.Render(t, accountpages.SignIn(v)))
	inOrder(t, html, `action="/demo/sign-in"`, `value="hr"`, `action="/sign-in/provider"`, "Continue with Acme", `action="/sign-in"`, `value="awa@example.com"`)
	if n := strings.Count(html, `name="back" value="/jobs?q=a"`); n != 3 {
		t.Errorf("%d forms know where to go back to", n)
	}
	for _, want := range []string{`autocomplete="username"`, `autocomplete="current-password"`, `href="/sign-in/forgot"`} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing", want)
		}
	}
}

func TestSignInOffersNothingThatIsNotThere(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, accountpages.SignIn(accountpages.SignInView{Shell: shell()})))
	absent(t, html, "/demo/sign-in", "/sign-in/provider", `name="back"`, `role="alert"`, `role="status"`)
}

func TestACodeMayBeARecoveryCode(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, accountpages.Code(accountpages.CodeView{Shell: shell(), Back: "/pay/bands", Problem: "no"})))
	inOrder(t, html, `action="/sign-in/code"`, `value="/pay/bands"`, `autocomplete="one-time-code"`, `href="/sign-in"`)
	absent(t, html, `inputmode="numeric"`)
}

func TestForgottenPasswordTellsNobodyWhoHasAnAccount(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, accountpages.Forgot(accountpages.ForgotView{Shell: shell(), Sent: true, Email: "awa@example.com"})))
	absent(t, html, "awa@example.com", "/demo/outbox", "<form")
}

func TestALinkThatEndedAsksForNoPassword(t *testing.T) {
	for name, html := range map[string]string{
		"password": pagetest.Render(t, accountpages.Password(accountpages.PasswordView{Shell: shell(), Token: "x", Ended: true})),
		"set-up":   pagetest.Render(t, accountpages.SetUp(accountpages.SetUpView{Shell: shell(), Token: "x", Ended: true})),
	} {
		if strings.Contains(pagetest.Main(html), "<form") {
			t.Errorf("%s: there is a form", name)
		}
	}
}

func TestAChosenPasswordGoesWithItsAddress(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, accountpages.Password(accountpages.PasswordView{Shell: shell(), Token: "abc", Email: "awa@example.com"})))
	inOrder(t, html, `action="/sign-in/password/abc"`, `value="awa@example.com"`, `autocomplete="username"`, "readonly", `autocomplete="new-password"`, "At least 8 characters")
}

// full is an account with everything.
func full() accountpages.AccountView {
	return accountpages.AccountView{
		Shell: shell(), Name: "Awa", Lang: "fr", HasPassword: true, HasCodes: true, Recovery: 2, Provider: "Acme", TellSignIns: true,
		Sessions: []accountpages.Session{{ID: "s1", Agent: "Firefox", Current: true}, {ID: "s2", Agent: "Safari"}, {ID: "s3", Agent: "Chrome"}},
		Tokens:   []accountpages.Token{{ID: "t1", Name: "Export", Prefix: "echelon_ab", Scopes: []string{"Read job profiles"}}},
		Scopes:   []accountpages.Scope{{Value: "jobs:read", Label: "Read job profiles"}, {Value: "read", Label: "Read everything"}},
		Linked:   []accountpages.Identity{{Issuer: "https://id.example"}},
		Delegations: []accountpages.Delegation{
			{ID: "d1", From: "Awa", To: "Noé", Duty: "HR partner", Starts: "1 Dec", LastDay: "5 Dec", Revocable: true}, {ID: "d2", From: "Tomás", To: "Awa"},
		},
		Duties: []components.Choice{{Value: "hr", Label: "HR partner"}, {Value: "line", Label: "Line"}}, Delegating: accountpages.Delegating{To: components.Pick{People: []components.Choice{{Value: "n", Label: "Noé"}}}},
		TokenScopes: []string{"read"},
	}
}

func TestTheContentsLeadToEverySection(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, accountpages.Account(full())))
	for _, id := range []string{"profile", "password", "codes", "sessions", "tokens", "provider", "delegation"} {
		inOrder(t, html, `href="#`+id+`"`, `id="`+id+`"`)
	}
}

func TestTheAccountActsWhereItShould(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, accountpages.Account(full())))
	for _, action := range []string{
		"/account/preferences", "/account/password", "/account/recovery", "/account/codes/remove", "/account/sessions/s2/end", "/account/sessions/s3/end",
		"/account/sessions/end-others", "/account/tokens/t1/revoke", "/account/tokens", "/account/identities/unlink", "/account/delegations/d1/revoke",
		"/account/delegations",
	} {
		if strings.Count(html, `action="`+action+`" method="post"`) != 1 {
			t.Errorf("there is not one form for %s", action)
		}
	}
	absent(t, html, "/account/sessions/s1/end", "/account/delegations/d2/revoke", `href="/account/codes"`, `action="/account/identities"`)
	inOrder(t, html, `value="fr" lang="fr" selected`, `name="tell_sign_ins" value="1" checked`, "2 recovery codes left", "before you run out", `name="scopes" value="read" checked`, `name="scopes" value="jobs:read">`)
}

func TestWithoutAPasswordNoneIsAskedFor(t *testing.T) {
	v := full()
	if html := pagetest.Render(t, accountpages.Account(v)); strings.Count(html, `name="current"`) != 5 {
		t.Errorf("%d acts ask for the password", strings.Count(html, `name="current"`))
	}
	v.HasPassword = false
	absent(t, pagetest.Render(t, accountpages.Account(v)), `name="current"`)
}

func TestWhatIsMissingIsOffered(t *testing.T) {
	v := full()
	v.HasCodes, v.Linked, v.Duties, v.Tokens, v.Delegations, v.Withheld = false, nil, nil, nil, nil, []string{"HR partner"}
	html := pagetest.Main(pagetest.Render(t, accountpages.Account(v)))
	inOrder(t, html, "set up one-time codes: HR partner", `href="/account/codes"`, "You have no token", `action="/account/identities"`, "no duty")
	absent(t, html, "/account/codes/remove", "/account/recovery", `action="/account/delegations"`)
	v.Provider = ""
	absent(t, pagetest.Render(t, accountpages.Account(v)), "/account/identities", `id="provider"`)
}

func TestARefusedFormSaysWhatIsWrongAndNoOtherDoes(t *testing.T) {
	section := map[string]string{"preferences": "profile", "recovery": "codes", "token": "tokens", "unlink": "provider"}
	for _, form := range forms {
		t.Run(form, func(t *testing.T) {
			v := full()
			v.Form, v.Problems = form, problems
			html := pagetest.Main(pagetest.Render(t, accountpages.Account(v)))
			id := section[form]
			if id == "" {
				id = form
			}
			inOrder(t, html, `role="alert"`, `href="#`+id+`"`, `id="`+id+`"`, "wrong &lt;")
			bad := slices.DeleteFunc(regexp.MustCompile(`(?s)<section.*?</section>`).FindAllString(html, -1), func(s string) bool { return !strings.Contains(s, "wrong &lt;") })
			if len(bad) != 1 || !strings.Contains(bad[0], fmt.Sprintf("id=%q", id)) {
				t.Errorf("%d sections are wrong", len(bad))
			}
			if strings.Contains(bad[0], "<details") && !regexp.MustCompile(`<details[^>]* open`).MatchString(bad[0]) {
				t.Error("the form is folded away")
			}
		})
	}
}

func TestCodesAreSetUpInThreeSteps(t *testing.T) {
	v := accountpages.CodesView{Shell: shell(), QRPath: "M4 4h1v1h-1z", QRSize: 33, Secret: "ABCD EFGH"}
	html := pagetest.Main(pagetest.Render(t, accountpages.Codes(v)))
	inOrder(t, html, "<li>", "<li>", `viewBox="0 0 33 33"`, "<title", `d="M4 4h1v1h-1z"`, "ABCD EFGH", "<li>", `action="/account/codes"`, `name="code"`)
	absent(t, html, msg.T(lang.EN, msg.AccountCodesNeeded))
}

func TestWhatIsShownOnceIsShownWhole(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, accountpages.Recovery(accountpages.RecoveryView{Shell: shell(), Codes: []string{"aaaa-1", "bbbb-2"}})))
	inOrder(t, html, "shown once", "aaaa-1", "bbbb-2", `href="/account"`)
	html = pagetest.Main(pagetest.Render(t, accountpages.TokenMade(accountpages.TokenView{Site: "https://jobs.example.com", Shell: shell(), Token: "echelon_secret"})))
	inOrder(t, html, `value="echelon_secret"`, "readonly", "Authorization: Bearer $TOKEN", "https://jobs.example.com/api/v1/me", `href="/account#tokens"`)
	if strings.Count(html, "echelon_secret") != 1 {
		t.Error("the token stands in the example too")
	}
}

func TestEveryScopeHasItsWords(t *testing.T) {
	for _, l := range lang.All() {
		for _, scope := range access.Scopes() {
			name := strings.ReplaceAll(scope, ":", "_")
			if got := msg.Of(l, "account.scope", name); strings.HasPrefix(got, "account.") {
				t.Errorf("%s has no words in %s", scope, l)
			}
		}
	}
}
