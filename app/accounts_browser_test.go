package app_test

import (
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp/kb"
	"github.com/pquerna/otp/totp"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
)

// TestTheFirstPeopleInABrowser walks the way of a company that begins, as its people do: the set-up link, the second
// account, the codes, a recovery code, the list of sessions, and one of them ended.
func TestTheFirstPeopleInABrowser(t *testing.T) {
	for _, c := range []struct{ lang, name, done, sessions string }{
		{"fr", "Ada Première", "Le compte est créé", "Sessions ouvertes"},
		{"en", "Ada First", "The account has been created", "Open sessions"},
	} {
		t.Run(c.lang, func(t *testing.T) {
			letters, at := receive(t, "127.0.0.1:0")
			s := apptest.Serve(t, apptest.BuildWith(t, testkit.Address(t, "sqlite"), false, mailing(at)))
			ada := firstRunIn(t, s, c.lang, c.name)
			if got := ada.Text("#sessions"); !strings.Contains(got, c.sessions) || !strings.Contains(got, "Linux") {
				t.Errorf("the sessions do not show this browser: %s", got)
			}
			inviteIn(t, ada, c.lang)
			if got := ada.Text("main"); !strings.Contains(got, c.done) {
				t.Errorf("after the invitation: %s", got)
			}
			basile := s.Browser(t, 390, 844)
			recovery := acceptIn(t, basile, letters.linkTo(t, "basile@example.com", 1), c.lang)
			endAnotherSession(t, s, basile, recovery)
			ada.Open("/admin/accounts")
			if got := ada.Text("main"); !strings.Contains(got, c.name) || !strings.Contains(got, "Basile Second") {
				t.Errorf("the accounts do not show both: %s", got)
			}
		})
	}
}

// firstRunIn makes the first account in a browser, in a language, and ends on the account page.
func firstRunIn(t *testing.T, s *apptest.Server, l, name string) *apptest.Browser {
	t.Helper()
	path, err := s.App.FirstRun(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	b := s.Browser(t, 1280, 900)
	b.Open("/")
	send(b, "/language", "lang: '"+l+"', back: '/'")
	b.Open(path)
	checkAxe(t, b)
	b.Type(`main input[name=name]`, name)
	b.Type(`main input[name=email]`, "ada@example.com")
	b.Type(`main input[name=password]`, goodPassword)
	b.Submit("\r")
	if apptest.Eval[string](b, "document.documentElement.lang") != l {
		t.Errorf("set up, one goes on in another language than %s", l)
	}
	codesIn(t, b)
	b.Follow(`main a[href="/account"]`)
	return b
}

// inviteIn makes the second account with the form that an administrator has.
func inviteIn(t *testing.T, b *apptest.Browser, l string) {
	t.Helper()
	b.Open("/admin/accounts")
	b.Follow(`main a[href="/admin/accounts/new"]`)
	checkAxe(t, b)
	b.Type(`main input[name=email]`, "Basile@Example.com")
	b.Type(`main input[name=name]`, "Basile Second")
	b.Click(`main input[name=roles][value=hr]`)
	apptest.Eval[bool](b, `(() => { document.querySelector('main select[name=lang]').value = '`+l+`'; return true })()`)
	b.Follow(`main form[action="/admin/accounts"] button`)
	checkAxe(t, b)
}

// acceptIn follows an invitation on a phone, signs in, sets the codes up that the role asks for, and returns the
// recovery codes.
func acceptIn(t *testing.T, b *apptest.Browser, invitation, l string) (recovery []string) {
	t.Helper()
	b.Open("/")
	send(b, "/language", "lang: '"+l+"', back: '/'")
	b.Open(invitation)
	b.Type(`main input[name=password]`, goodPassword)
	b.Submit("\r")
	signInIn(t, b)
	b.Open("/account/codes")
	return codesIn(t, b)
}

// codesIn sets one-time codes up on the page that shows the seed, and returns the recovery codes.
func codesIn(t *testing.T, b *apptest.Browser) []string {
	t.Helper()
	if b.Path() != "/account/codes" {
		t.Fatalf("no codes to set up on %s: %s", b.Path(), b.Text("main"))
	}
	checkAxe(t, b)
	if w := apptest.Eval[float64](b, "document.querySelector('main svg[viewBox]').getBoundingClientRect().width"); w < 100 {
		t.Errorf("the QR code is %.0f pixels wide", w)
	}
	b.Type(`main input[name=code]`, codeOf(t, b.Text("code.ec-secret")))
	b.Submit("\r")
	codes := apptest.Eval[[]string](b, "[...document.querySelectorAll('main li code')].map(c => c.textContent).filter(c => /^([a-z2-7]{4}-){3}[a-z2-7]{4}$/.test(c))")
	if len(codes) != 10 {
		t.Fatalf("%d recovery codes: %s", len(codes), b.Text("main"))
	}
	if b.Text(".ec-withheld") != "" || b.Text(`.ec-nav a[href^="/admin"]`) == "" {
		t.Errorf("with codes the role is still withheld: %s", b.Text("header"))
	}
	checkAxe(t, b)
	return codes
}

// signInIn gives Basile's address and password.
func signInIn(t *testing.T, b *apptest.Browser) {
	t.Helper()
	b.Open("/sign-in?next=%2Faccount")
	b.Type(`#email`, "basile@example.com")
	b.Type(`#password`, goodPassword)
	b.Submit("\r")
}

// endAnotherSession signs in from a second browser with a recovery code, sees both sessions there, ends the first, and
// finds it ended in its own browser.
func endAnotherSession(t *testing.T, s *apptest.Server, first *apptest.Browser, recovery []string) {
	t.Helper()
	second := s.Browser(t, 1280, 900)
	signInIn(t, second)
	checkAxe(t, second)
	second.Type(`main input[name=code]`, recovery[0])
	second.Submit("\r")
	if second.Path() != "/account" {
		t.Fatalf("the recovery code leads to %s: %s", second.Path(), second.Text("main"))
	}
	if n := apptest.Eval[int](second, "document.querySelectorAll('#sessions tbody tr').length"); n != 2 {
		t.Fatalf("%d sessions: %s", n, second.Text("#sessions"))
	}
	second.Follow(`#sessions tbody form button`)
	if n := apptest.Eval[int](second, "document.querySelectorAll('#sessions tbody tr').length"); n != 1 {
		t.Errorf("%d sessions are left: %s", n, second.Text("#sessions"))
	}
	first.Open("/account")
	if first.Path() != "/sign-in?next=%2Faccount" {
		t.Errorf("the ended session goes on, on %s", first.Path())
	}
}

// codeOf is the one-time code of now for a seed as it is shown.
func codeOf(t *testing.T, seed string) string {
	t.Helper()
	code, err := totp.GenerateCode(strings.Join(strings.Fields(seed), ""), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	return code
}

// TestSigningInByKeyboard signs in and out again without a pointer.
// TestProvingOneselfBeforeCodesInABrowser types the password that setting codes up asks for a while after the sign-in.
func TestProvingOneselfBeforeCodesInABrowser(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	id := addPerson(t, s, "basile@example.com", "Basile Second", actor.Administrator)
	b := s.Browser(t, 390, 844)
	signInIn(t, b)
	if _, err := s.App.DB.ExecContext(t.Context(), "UPDATE sessions SET proved_at = ? WHERE person_id = ?", db.Time(time.Now().Add(-time.Hour)), string(id)); err != nil {
		t.Fatal(err)
	}
	b.Open("/account/codes")
	checkAxe(t, b)
	b.Type("#current", "not their password")
	b.Submit("\r")
	if got := b.Text("main"); !strings.Contains(got, "Ce n’est pas le mot de passe actuel.") {
		t.Errorf("nothing is said of a wrong password: %s", got)
	}
	checkAxe(t, b)
	b.Type("#current", goodPassword)
	b.Submit("\r")
	codesIn(t, b)
}

func TestSigningInByKeyboard(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	addPerson(t, s, "odile@example.com", "Odile Ravel")
	b := s.Browser(t, 1280, 900)
	b.Open("/sign-in?next=%2Fjobs")
	tabTo(t, b, `#email`)
	b.Press("odile@example.com")
	b.Press(kb.Tab)
	b.Press("wrong")
	b.Submit("\r")
	if got := b.Text("[role=alert]"); got == "" || apptest.Eval[string](b, "document.querySelector('#email').value") != "odile@example.com" {
		t.Fatalf("a wrong password says %q", got)
	}
	tabTo(t, b, `#password`)
	b.Press(goodPassword)
	b.Press(kb.Tab)
	if got := apptest.Eval[string](b, "getComputedStyle(document.activeElement).outlineStyle + getComputedStyle(document.activeElement).boxShadow"); got == "nonenone" {
		t.Error("the focus cannot be seen")
	}
	b.Submit("\r")
	if b.Path() != "/jobs" {
		t.Fatalf("signed in, one lands on %s", b.Path())
	}
	tabTo(t, b, `details.ec-account summary`)
	b.Press("\r")
	tabTo(t, b, `form[action="/sign-out"] button`)
	b.Submit("\r")
	if b.Path() != "/" || b.Text(`form[action="/sign-out"]`) != "" {
		t.Errorf("signed out, one lands on %s", b.Path())
	}
}

// tabTo presses the tabulator until something has the focus.
func tabTo(t *testing.T, b *apptest.Browser, selector string) {
	t.Helper()
	for range 60 {
		if apptest.Eval[bool](b, `document.activeElement.matches('`+selector+`')`) {
			return
		}
		b.Press(kb.Tab)
	}
	t.Fatalf("the tabulator does not reach %s", selector)
}

// checkAxe checks the accessibility of the page as it stands.
func checkAxe(t *testing.T, b *apptest.Browser) {
	t.Helper()
	for _, v := range b.Axe() {
		for _, n := range v.Nodes {
			t.Errorf("%s: %s (%s): %s at %v", b.Path(), v.ID, v.Help, n.HTML, n.Target)
		}
	}
}

// inEveryDress runs a test in both languages, light and dark.
func inEveryDress(t *testing.T, b *apptest.Browser, test func(t *testing.T, l, theme string)) {
	t.Helper()
	for _, l := range []string{"fr", "en"} {
		for _, theme := range []string{"light", "dark"} {
			t.Run(l+" "+theme, func(t *testing.T) {
				b.In(t, func() {
					b.Open("/") // whose forms carry the proof of the session of now
					send(b, "/theme", "theme: '"+theme+"', back: '/'")
					send(b, "/language", "lang: '"+l+"', back: '/'")
					test(t, l, theme)
				})
			})
		}
	}
}

// fullAccount makes somebody whose account page has every list filled, and returns their id.
func fullAccount(t *testing.T, s *apptest.Server, issuer string) actor.PersonID {
	t.Helper()
	id := addPerson(t, s, "odile@example.com", "Odile Ravel", actor.Recruiter)
	people := s.App.Services.Accounts
	withCodes(t, enter(t, s, "odile@example.com")) // and a session on another browser
	tokenFor(t, s, "odile@example.com", "read", "bands:write")
	if err := people.Link(t.Context(), actor.Actor{Kind: actor.Person, ID: id}, issuer, "o-1"); err != nil {
		t.Fatal(err)
	}
	today := time.Now().UTC()
	recruiter := idOf(t, s.As(t, "recruiter"))
	for _, d := range []accounts.DelegateInput{{From: id, To: recruiter}, {From: recruiter, To: id}} {
		d.Duty, d.StartsOn, d.LastDay = "recruiter", today.Format(time.DateOnly), today.AddDate(0, 0, 9).Format(time.DateOnly)
		if err := people.Delegate(t.Context(), actor.CommandLine(), d); err != nil {
			t.Fatal(err)
		}
	}
	return id
}

// TestPagesOfAccountsAreAccessible checks the pages that only some deed leads to.
func TestPagesOfAccountsAreAccessible(t *testing.T) {
	s, p := serveWithProvider(t, apptest.Demo(t, "sqlite"), true)
	b := s.Browser(t, 1280, 900)
	id := fullAccount(t, s, p.Issuer())
	_, invitation, err := s.App.Services.Accounts.Create(t.Context(), actor.CommandLine(), accounts.NewAccount{Email: "fanny@example.com", Name: "Fanny Neuve", Lang: "fr"})
	if err != nil {
		t.Fatal(err)
	}
	b.Open("/")
	inEveryDress(t, b, func(t *testing.T, _, _ string) {
		b.Open(invitation)
		b.Type(`main input[name=password]`, "court")
		apptest.Eval[bool](b, `(() => { document.querySelector('main form').noValidate = true; return true })()`)
		b.Submit("\r")
		if b.Text("[aria-invalid=true], [role=alert], .invalid-feedback") == "" && apptest.Eval[int](b, "document.querySelectorAll('[aria-invalid=true]').length") == 0 {
			t.Errorf("a short password is not told of: %s", b.Text("main"))
		}
		checkAxe(t, b)
	})
	for _, c := range []struct{ persona, path string }{{"administrator", "/admin/accounts/" + string(id)}, {"hr", "/people/" + string(idOf(t, s.As(t, "employee")))}} {
		become(b, c.persona)
		inEveryDress(t, b, func(t *testing.T, l, theme string) { checkPage(t, b, c.path, l, theme) })
	}
	checkFullAccount(t, s, b)
}

// checkFullAccount signs Odile in and checks the account page, recovery codes and a token made.
func checkFullAccount(t *testing.T, s *apptest.Server, b *apptest.Browser) {
	t.Helper()
	odile, err := s.App.Services.Accounts.FindByEmail(t.Context(), actor.CommandLine(), "odile@example.com")
	if err != nil {
		t.Fatal(err)
	}
	// Her codes are of another browser: they are taken away with everything else, and she sets them up in this one.
	link, err := s.App.Services.Accounts.ResetProofs(t.Context(), actor.CommandLine(), odile.ID, accounts.ResetInput{Codes: true})
	if err != nil {
		t.Fatal(err)
	}
	s.Visitor(t).Post(link, url.Values{"password": {goodPassword}})
	b.Open("/")
	send(b, "/sign-out", "")
	b.Open("/sign-in?next=%2Faccount%2Fcodes")
	b.Type(`#email`, "odile@example.com")
	b.Type(`#password`, goodPassword)
	b.Submit("\r")
	b.Type(`main input[name=code]`, codeOf(t, b.Text("code.ec-secret")))
	b.Submit("\r")
	enterWithRecovery(t, s, apptest.Eval[string](b, "document.querySelector('main li code').textContent"))
	inEveryDress(t, b, func(t *testing.T, l, theme string) {
		checkPage(t, b, "/account", l, theme)
		for _, list := range []string{"#sessions", "#tokens", "#provider", "#delegation"} {
			if apptest.Eval[int](b, `document.querySelectorAll('`+list+` form button').length`) == 0 {
				t.Errorf("%s is empty: %s", list, b.Text(list))
			}
		}
		unfold(b)
		b.Type(`form[action="/account/recovery"] input[name=current]`, goodPassword)
		b.Submit("\r")
		if apptest.Eval[int](b, "document.querySelectorAll('main li code').length") != 10 {
			t.Errorf("no recovery codes: %s", b.Text("main"))
		}
		checkAxe(t, b)
		b.Open("/account")
		unfold(b)
		apptest.Eval[bool](b, `(() => { document.querySelector('form[action="/account/tokens"] input[name=scopes][value=read]').checked = true; return true })()`)
		b.Type(`form[action="/account/tokens"] input[name=name]`, "tableau")
		b.Type(`form[action="/account/tokens"] input[name=current]`, goodPassword)
		b.Submit("\r")
		if apptest.Eval[int](b, `document.querySelectorAll("main input[value^=echelon_]").length`) != 1 {
			t.Errorf("no token: %s", b.Text("main"))
		}
		checkAxe(t, b)
	})
}

// unfold opens what a page keeps folded.
func unfold(b *apptest.Browser) {
	apptest.Eval[bool](b, `(() => { document.querySelectorAll('main details').forEach(d => { d.open = true }); return true })()`)
}

// enterWithRecovery opens a second session of Odile's, for the list of sessions.
func enterWithRecovery(t *testing.T, s *apptest.Server, code string) {
	t.Helper()
	v := enter(t, s, "odile@example.com")
	if a := v.Post("/sign-in/code", url.Values{"code": {code}}); a.Status != http.StatusSeeOther {
		t.Fatalf("the recovery code answers %d", a.Status)
	}
}
