package components_test

import (
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/templates/components"
)

func render(t *testing.T, c templ.Component) string {
	t.Helper()
	var b strings.Builder
	if err := c.Render(t.Context(), &b); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func scale(names ...string) competencies.Scale {
	s := competencies.Scale{}
	for i, n := range names {
		s.Levels = append(s.Levels, competencies.ScaleLevel{Rank: i + 1, Name: lang.NewText(n, n)})
	}
	return s
}

func TestTextSaysItsLanguage(t *testing.T) {
	both := lang.NewText("Négocier", "Negotiate")
	if html := render(t, components.Text(both, lang.EN)); strings.TrimSpace(html) != "Negotiate" {
		t.Errorf("a translated text carries marks: %s", html)
	}
	if html := render(t, components.Text(lang.NewText("Négocier", ""), lang.EN)); !strings.Contains(html, `<span lang="fr">Négocier</span>`) {
		t.Errorf("a fallback does not say its language: %s", html)
	}
	if html := render(t, components.Text(lang.Text{}, lang.EN)); strings.TrimSpace(html) != "" {
		t.Errorf("an empty text shows %s", html)
	}
	both.FR.Revision = 2
	if html := render(t, components.Text(both, lang.EN)); !strings.Contains(html, "out of date") {
		t.Errorf("a stale translation is not marked: %s", html)
	}
}

func TestRungMeterHasAsManyStepsAsTheScale(t *testing.T) {
	for _, s := range []competencies.Scale{scale("Held"), scale("Novice", "Expert"), scale("A1", "A2", "B1", "B2", "C1", "C2"), {}} {
		html := render(t, components.RungMeter(components.Meter{Scale: s, Required: 1}, lang.EN))
		if n := strings.Count(html, "<rect"); n != s.Top() {
			t.Errorf("%d steps for %d levels", n, s.Top())
		}
		if s.Top() > 0 && strings.Count(html, "rung-required") != 1 {
			t.Errorf("not one required step: %s", html)
		}
	}
}

func TestRungMeterSaysItsLevel(t *testing.T) {
	m := components.Meter{Scale: scale("Novice", "Competent", "Expert"), Required: 2}
	if got := m.Words(lang.EN); got != "2 of 3 · competent" {
		t.Errorf("words are %q", got)
	}
	m = components.Meter{Scale: scale("A1", "A2"), Required: 2}
	if got := m.Words(lang.FR); got != "2 sur 2 · A2" {
		t.Errorf("a level's code was changed: %q", got)
	}
}

func TestMissingStepsAreHatched(t *testing.T) {
	shown := 1
	html := render(t, components.RungMeter(components.Meter{Scale: scale("a", "b", "c"), Required: 3, Shown: &shown}, lang.EN))
	if strings.Count(html, `<path class="rung-missing"`) != 2 || strings.Count(html, "rung-shown") != 1 {
		t.Errorf("the missing steps are not hatched: %s", html)
	}
}
