package pagetest

import (
	"regexp"
	"strings"
	"testing"
)

var (
	postForm  = regexp.MustCompile(`(?s)<form[^>]*method="post".*?</form>`)
	csrfField = regexp.MustCompile(`<input type="hidden" name="csrf" value="`)
	control   = regexp.MustCompile(`<(?:input|select|textarea)\b[^>]*>`)
	attribute = regexp.MustCompile(` ([a-z-]+)="([^"]*)"`)
	pointer   = regexp.MustCompile(` (?:aria-describedby|aria-labelledby|for)="([^"]*)"`)
	formTag   = regexp.MustCompile(`</?form\b`)
)

// Main returns the page's own content, without the frame around it.
func Main(html string) string {
	_, html, _ = strings.Cut(html, "<main")
	html, _, _ = strings.Cut(html, "</main>")
	return html
}

// CheckForms asserts what holds for every form: one that changes something carries its proof of origin, none stands
// in another, every field has a name for the ear, and whatever points to an element finds it.
func CheckForms(t *testing.T, html string) {
	t.Helper()
	for _, f := range postForm.FindAllString(html, -1) {
		if len(csrfField.FindAllString(f, -1)) != 1 {
			t.Errorf("a form does not say once where it comes from: %.120s", f)
		}
	}
	open := 0
	for _, tag := range formTag.FindAllString(html, -1) {
		if open++; tag == "</form" {
			open -= 2
		}
		if open < 0 || open > 1 {
			t.Fatal("forms stand in each other")
		}
	}
	ids := map[string]bool{}
	for _, m := range idAttr.FindAllStringSubmatch(html, -1) {
		ids[m[1]] = true
	}
	for _, m := range pointer.FindAllStringSubmatch(html, -1) {
		for id := range strings.FieldsSeq(m[1]) {
			if !ids[id] {
				t.Errorf("something points to %q, which is nowhere", id)
			}
		}
	}
	checkNames(t, html)
}

// checkNames looks for a label of every control: its own, one around it, or words in an attribute.
func checkNames(t *testing.T, html string) {
	t.Helper()
	for _, at := range control.FindAllStringIndex(html, -1) {
		tag := html[at[0]:at[1]]
		has := map[string]string{}
		for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
			has[m[1]] = m[2]
		}
		before := html[:at[0]]
		switch {
		case has["type"] == "hidden", strings.Contains(tag, " hidden "), has["aria-label"] != "":
		case has["id"] != "" && strings.Contains(html, `for="`+has["id"]+`"`):
		case strings.LastIndex(before, "<label") > strings.LastIndex(before, "</label>"):
		default:
			t.Errorf("a field has no label: %s", tag)
		}
		if has["aria-invalid"] != "" && !strings.Contains(has["aria-describedby"], "-error") {
			t.Errorf("a field is said to be wrong and not why: %s", tag)
		}
	}
}
