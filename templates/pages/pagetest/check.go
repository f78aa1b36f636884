package pagetest

import (
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/app/lang"
)

// Poison is what no field may bring into a page unescaped.
const Poison = `"'><script>alert(1)</script><img src=x onerror=alert(1)>`

// Page renders a page for a view; V is the view's type.
type Page[V any] struct {
	Name string
	Make func(V) templ.Component
	Set  func(*V, lang.Lang) // puts the language, and what the page needs to be whole
}

// Run renders the page filled, empty and poisoned, in both languages, and checks each.
func Run[V any](t *testing.T, p Page[V]) {
	t.Helper()
	for _, l := range lang.All() {
		t.Run(p.Name+" "+string(l), func(t *testing.T) {
			render := func(word func(int) string) string {
				var v V
				if word != nil {
					Fill(&v, word)
				}
				p.Set(&v, l)
				return Render(t, p.Make(v))
			}
			t.Run("with everything", func(t *testing.T) { Check(t, render(Words), l) })
			t.Run("with nothing", func(t *testing.T) { Check(t, render(nil), l) })
			t.Run("escapes every field", func(t *testing.T) { CheckEscaped(t, render(Always(Poison))) })
			t.Run("refuses script addresses", func(t *testing.T) {
				if html := render(Always("javascript:alert(1)")); strings.Contains(html, `href="javascript:`) ||
					strings.Contains(html, `action="javascript:`) {
					t.Error("a script address came through")
				}
			})
		})
	}
}

// Render gives the HTML of a component.
func Render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

var (
	idAttr    = regexp.MustCompile(` id="([^"]*)"`)
	forbidden = regexp.MustCompile(`(?i)\s(style|on[a-z]+|hx-on[^=]*)=`)
	inline    = regexp.MustCompile(`<script(?:[^>]*)>`)
	bareKey   = regexp.MustCompile(
		`>\s*(site|jobs|competencies|careers|pay|stage|importance|category|move|origin|state|trend)\.[a-z_.]+`,
	)
	foreignSrc = regexp.MustCompile(`(?:src|action|formaction)="(?:https?:)?//`)
)

// Check asserts what holds for every page: its language, one h1, no id twice, nothing the content security
// policy would refuse, nothing from another host, and no message key instead of its words.
func Check(t *testing.T, html string, l lang.Lang) {
	t.Helper()
	if !strings.Contains(html, `<html lang="`+string(l)+`"`) {
		t.Errorf("the page does not say that it is in %s", l)
	}
	if n := strings.Count(html, "<h1"); n != 1 {
		t.Errorf("%d h1 elements", n)
	}
	seen := map[string]bool{}
	for _, m := range idAttr.FindAllStringSubmatch(html, -1) {
		if seen[m[1]] {
			t.Errorf("id %q stands twice", m[1])
		}
		seen[m[1]] = true
	}
	checkPolicy(t, html)
	if m := bareKey.FindString(html); m != "" {
		t.Errorf("a message key is shown: %s", m)
	}
}

func checkPolicy(t *testing.T, html string) {
	t.Helper()
	if m := forbidden.FindString(html); m != "" {
		t.Errorf("the content security policy refuses%s", m)
	}
	for _, m := range inline.FindAllString(html, -1) {
		if !strings.Contains(m, "src=") {
			t.Errorf("inline script %s", m)
		}
	}
	if m := foreignSrc.FindString(html); m != "" {
		t.Errorf("something loads from another host: %s", m)
	}
}

// CheckEscaped asserts that the poison is nowhere in the page as markup.
func CheckEscaped(t *testing.T, html string) {
	t.Helper()
	for _, bad := range []string{"<script>alert", "<img src=x"} {
		if i := strings.Index(html, bad); i >= 0 {
			t.Errorf("%s came through: …%s", bad, html[max(0, i-120):i+40])
		}
	}
	if !strings.Contains(html, "&lt;script&gt;alert(1)") {
		t.Error("the poison did not reach the page: the test proves nothing")
	}
}
