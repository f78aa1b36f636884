package adminpages_test

import (
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
)

func TestSettingsFormTellsWhatIsWrongWhereItIs(t *testing.T) {
	v := adminpages.SettingsView{Shell: layout.Shell{Lang: lang.EN, CSRF: "t0ken"}, Company: "Altiva", TimeZone: "Mars/Base", Language: "en", TimeZoneError: "This time zone is unknown.", Writes: true}
	html := pagetest.Render(t, adminpages.Settings(v))
	for _, want := range []string{`value="Altiva"`, `value="Mars/Base"`, `value="en" selected`, `aria-describedby="time_zone-error time_zone-hint" aria-invalid="true"`, `id="time_zone-error" role="alert"`, `action="/admin/settings/test-mail"`} {
		has(t, html, want, true)
	}
	if n := strings.Count(html, `name="csrf" value="t0ken"`); n < 2 {
		t.Errorf("%d forms carry the token", n)
	}
	v.Writes = false
	html = pagetest.Render(t, adminpages.Settings(v))
	has(t, html, `action="/admin/settings/test-mail"`, false)
	has(t, html, "readonly", true)
	has(t, html, "disabled", true)
}
