package layout_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/layout"
)

func render(t *testing.T, s layout.Shell) string {
	t.Helper()
	var b strings.Builder
	if err := layout.Page(s).Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestNavigationShowsOnlyWhatTheReaderMayOpen(t *testing.T) {
	html := render(t, layout.Shell{Lang: lang.EN, Can: layout.Can{Jobs: true, Pay: false, Ladders: true}, Section: layout.Ladders, User: &layout.User{Name: "Awa", Role: "HR"}})
	for _, want := range []string{`href="/jobs"`, `href="/ladders" aria-current="page"`, `action="/sign-out"`, "Awa"} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing", want)
		}
	}
	for _, bad := range []string{`href="/pay/bands"`, `href="/competencies"`, `href="/sign-in"`} {
		if strings.Contains(html, bad) {
			t.Errorf("%s is shown", bad)
		}
	}
}

func TestSignedOutReaderIsLedToSignIn(t *testing.T) {
	html := render(t, layout.Shell{Lang: lang.FR})
	if !strings.Contains(html, `href="/sign-in"`) || strings.Contains(html, "<nav") || strings.Contains(html, `role="search"`) {
		t.Error("a visitor sees more, or less, than the way to sign in")
	}
}

func TestSwitchesComeBackToThisPage(t *testing.T) {
	html := render(t, layout.Shell{Lang: lang.FR, Theme: "dark", Path: "/jobs?q=a&stage=mid"})
	for _, want := range []string{
		`<html lang="fr" data-bs-theme="dark">`, `name="lang" value="en" lang="en"`, `name="theme" value="light"`,
		`name="back" value="/jobs?q=a&amp;stage=mid"`, `href="#main"`,
	} {
		if !strings.Contains(html, want) {
			t.Errorf("%s is missing", want)
		}
	}
	if html := render(t, layout.Shell{Lang: lang.EN}); strings.Contains(html, "data-bs-theme") {
		t.Error("without a choice the theme is not left to the system")
	}
}
