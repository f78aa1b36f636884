package app_test

import (
	"strings"
	"testing"

	"github.com/chromedp/chromedp/kb"

	"github.com/echelon-hr/echelon/app/apptest"
)

// TestFromHomeToPrintedProfile walks the way a newcomer goes: home, search, profile, language, variant, PDF.
func TestFromHomeToPrintedProfile(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	b := s.Browser(t, 1280, 900)
	b.Open("/")
	b.Follow(`button[name=persona][value=recruiter], form:has(input[name=persona][value=recruiter]) button`)
	b.Type(`main input[name=q]`, "negociation")
	b.Submit("\r")
	if got := b.Text("main"); !strings.Contains(got, "Responsable de territoire") {
		t.Fatalf("the search without accents does not find the profile: %s", got)
	}
	b.Follow(`main a[href^="/jobs/territory-manager"]`)
	if got := b.Text("h1"); !strings.Contains(got, "Responsable de territoire") {
		t.Fatalf("h1 is %q", got)
	}
	b.Follow(`form[action="/language"] button`)
	if got := apptest.Eval[string](b, "document.documentElement.lang") + " " + b.Text("h1"); !strings.HasPrefix(got, "en Territory Manager") {
		t.Fatalf("after the switch: %q", got)
	}
	if b.Path() != "/jobs/territory-manager" {
		t.Fatalf("the switch of language leads to %s", b.Path())
	}
	b.Follow(`a[href*="variant=pharmaceutical"]`)
	if got := b.Text("main"); !strings.Contains(got, "Pharmaceutical") && !strings.Contains(got, "pharmaceutical") {
		t.Fatalf("the variant does not say what it is: %s", got)
	}
	link := apptest.Eval[string](b, `(() => { const f = document.querySelector('form[action$=".pdf"]'); return f.action + '?' + new URLSearchParams(new FormData(f)).toString() })()`)
	head := apptest.Eval[string](b, `fetch(`+"`"+link+"`"+`).then(r => r.arrayBuffer()).then(a => new TextDecoder('latin1').decode(a.slice(0, 5)))`)
	if head != "%PDF-" {
		t.Fatalf("the PDF form leads to %s, which starts with %q", link, head)
	}
	if !strings.Contains(link, "variant=pharmaceutical") {
		t.Errorf("the PDF form forgets the variant: %s", link)
	}
}

// pages are all pages, each as somebody who may see it.
var pages = []struct{ persona, path string }{
	{"", "/"},
	{"", "/sign-in"},
	{"employee", "/"},
	{"employee", "/jobs"},
	{"employee", "/jobs?q=client"},
	{"employee", "/jobs?q=zzzz"},
	{"employee", "/jobs/territory-manager"},
	{"employee", "/jobs/territory-manager?variant=pharmaceutical"},
	{"compensation", "/jobs/chief-sales-officer"},
	{"employee", "/jobs/territory-manager/guide"},
	{"employee", "/jobs/territory-manager/versions"},
	{"employee", "/jobs/territory-manager/versions/1"},
	{"employee", "/jobs/compare"},
	{"employee", "/jobs/compare?a=territory-manager&b=account-manager"},
	{"employee", "/families/sales"},
	{"employee", "/matrices/sales"},
	{"employee", "/competencies"},
	{"employee", "/competencies/negotiation"},
	{"employee", "/competencies/professional-english"},
	{"employee", "/ladders/sales"},
	{"compensation", "/pay/bands"},
	{"employee", "/pay/bands"},
	{"employee", "/docs"},
	{"", "/sign-in/forgot"},
	{"", "/sign-in/code"},
	{"", "/sign-in/password/none"},
	{"", "/setup/none"},
	{"", "/demo/outbox"},
	{"employee", "/account"},
	{"employee", "/account/codes"},
	{"employee", "/people"},
	{"hr", "/admin/journal"},
	{"administrator", "/admin/accounts"},
	{"administrator", "/admin/accounts/new"},
	{"administrator", "/admin/delegations"},
	{"administrator", "/admin/settings"},
	{"administrator", "/admin/outbox"},
	{"administrator", "/admin/journal"},
	{"employee", "/jobs/nobody"},
}

// TestPagesAreAccessible checks every page in both languages, light and dark, and at a narrow width that
// nothing overflows.
func TestPagesAreAccessible(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	b := s.Browser(t, 1280, 900)
	signedIn := "not yet"
	for _, p := range pages {
		if p.persona != signedIn {
			become(b, p.persona)
			signedIn = p.persona
		}
		for _, l := range []string{"fr", "en"} {
			for _, theme := range []string{"light", "dark"} {
				t.Run(strings.Join([]string{p.path, p.persona, l, theme}, " "), func(t *testing.T) {
					b.In(t, func() { checkPage(t, b, p.path, l, theme) })
				})
			}
		}
	}
}

// become signs the browser in as a persona by the page's own requests; "" signs out.
func become(b *apptest.Browser, persona string) {
	b.Open("/")
	send(b, "/sign-out", "")
	if persona != "" {
		b.Open("/")
		send(b, "/demo/sign-in", "persona: '"+persona+"'")
		b.Open("/")
	}
}

// send posts a form without leaving the page, with the proof that the page carries.
func send(b *apptest.Browser, path, fields string) {
	apptest.Eval[int](b, `fetch('`+path+`', {method: 'POST', redirect: 'manual', body: new URLSearchParams({csrf: document.querySelector('[name=csrf]').value, `+fields+`})}).then(r => r.status)`)
}

func checkPage(t *testing.T, b *apptest.Browser, path, l, theme string) {
	t.Helper()
	send(b, "/theme", "theme: '"+theme+"', back: '/'")
	send(b, "/language", "lang: '"+l+"', back: '/'")
	b.Open(path)
	if got := apptest.Eval[string](b, "document.documentElement.lang + ' ' + document.documentElement.dataset.bsTheme"); got != l+" "+theme {
		t.Errorf("page is %q, want %s %s", got, l, theme)
	}
	for _, v := range b.Axe() {
		for _, n := range v.Nodes {
			t.Errorf("%s (%s): %s at %v", v.ID, v.Help, n.HTML, n.Target)
		}
	}
}

// TestNarrowPagesFit looks at every page as on a small phone.
func TestNarrowPagesFit(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	b := s.Browser(t, 320, 700)
	become(b, "compensation")
	for _, p := range pages {
		if p.persona == "" {
			continue
		}
		b.Open(p.path)
		if w := apptest.Eval[int](b, "document.documentElement.scrollWidth"); w > 320 {
			t.Errorf("%s is %d pixels wide on a screen of 320", p.path, w)
		}
	}
}

// TestGridByKeyboard moves through the grid with the arrow keys.
func TestGridByKeyboard(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	b := s.Browser(t, 1280, 900)
	become(b, "employee")
	b.Open("/matrices/sales")
	apptest.Eval[bool](b, `(() => { document.querySelector('table [tabindex="0"]').focus(); return true })()`)
	at := `(() => { const c = document.activeElement.closest('td,th'); return c ? c.parentElement.rowIndex + ',' + c.cellIndex : 'nowhere' })()`
	before := apptest.Eval[string](b, at)
	b.Press(kb.ArrowRight)
	b.Press(kb.ArrowDown)
	if after := apptest.Eval[string](b, at); after == before || after == "nowhere" {
		t.Errorf("the arrow keys do not move: %s, then %s", before, after)
	}
}

// TestPagesWeighLittle visits for the first time, signed in and not, and then reads a profile: what goes over the wire
// keeps its budget, and nothing but the stylesheet stands before the first paint.
func TestPagesWeighLittle(t *testing.T) {
	const firstVisit, profile = 120_000, 60_000
	s := apptest.Start(t, "sqlite")
	for _, persona := range []string{"", "employee"} {
		t.Run("first visit as "+persona, func(t *testing.T) {
			b := s.Browser(t, 1280, 900)
			b.Carry(s.As(t, persona).Cookies())
			weigh(t, b, "/", firstVisit)
			if got := apptest.Eval[string](b, `[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family + f.style).join()`); got != "Open Sansnormal" {
				t.Errorf("the fonts of the page are %q", got)
			}
			if persona != "" {
				weigh(t, b, "/jobs/territory-manager", profile)
			}
		})
	}
}

func weigh(t *testing.T, b *apptest.Browser, path string, most int) {
	t.Helper()
	w := b.Weigh(path)
	t.Logf("%s: %d bytes in %d requests, first paint behind %v", path, w.Bytes, w.Requests, w.Blocking)
	if w.Bytes == 0 || w.Bytes > most {
		t.Errorf("%s takes %d bytes; the budget is %d", path, w.Bytes, most)
	}
	if len(w.Blocking) != 1 || !strings.HasSuffix(w.Blocking[0], ".css") {
		t.Errorf("%s paints after %v", path, w.Blocking)
	}
}
