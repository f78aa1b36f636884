package app_test

import (
	"testing"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

// found is how many of the shipped profiles a search finds.
func found(t *testing.T, a *app.App, l lang.Lang, text string) int {
	t.Helper()
	page, err := a.Services.Jobs.List(t.Context(), actor.CommandLine(), jobs.Filter{Lang: l, Text: text})
	if err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	return page.Total
}

// TestSearchFindsWhateverWayItIsTyped holds the shipped content to the ways in which people type.
func TestSearchFindsWhateverWayItIsTyped(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			a := apptest.Build(t, apptest.Demo(t, kind), true)
			for _, c := range []struct {
				lang  lang.Lang
				as    string // what is known to be found
				typed []string
			}{
				{lang.FR, "l'équipe", []string{"l’équipe", "l´équipe", "l`équipe", "l′équipe", "l‘équipe", "lʼéquipe", "l＇équipe"}},
				{lang.FR, "chargé de clientèle", []string{
					"chargé·e de clientèle", "chargé(e) de clientèle", "chargé.e de clientèle", "chargé-e de clientèle", "chargé/e de clientèle", "chargé⋅e de clientèle",
					"chargé·e·s de clientèle", "chargé(e)s de clientèle", "chargé/chargée de clientèle",
				}},
				{lang.FR, "clientèle", []string{"clien\u00adtèle", "clien\u200btèle", "\u2060clientèle\ufeff", "clien\u034ftèle"}},
				{lang.EN, "e-mail", []string{"email", "E-Mail", "e‑mail"}},
				{lang.FR, "10 000", []string{"10000", "10\u00a0000", "10\u202f000", "10.000", "10,000"}},
				{lang.EN, "10,000", []string{"10000", "10 000"}},
			} {
				want := found(t, a, c.lang, c.as)
				if want == 0 {
					t.Errorf("%s %q finds nothing", c.lang, c.as)
				}
				for _, typed := range c.typed {
					if got := found(t, a, c.lang, typed); got != want {
						t.Errorf("%s %q finds %d, %q finds %d", c.lang, typed, got, c.as, want)
					}
				}
			}
			for text, want := range map[string]int{"l'équipe": 13, "chargé de clientèle": 10, "10000": 4} {
				if got := found(t, a, lang.FR, text); got != want {
					t.Errorf("%q finds %d, want %d", text, got, want)
				}
			}
		})
	}
}

// TestAnIndexMadeInAnotherWayIsMadeAnew: the next start after an upgrade finds what the queries of now look for.
func TestAnIndexMadeInAnotherWayIsMadeAnew(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			a := apptest.Build(t, apptest.Demo(t, kind), true)
			want := found(t, a, lang.EN, "email")
			spoil := func(settings string) {
				t.Helper()
				for _, s := range []string{"UPDATE profile_terms SET term = 'other' || profile_id || term", settings} {
					if _, err := a.DB.ExecContext(t.Context(), s); err != nil {
						t.Fatal(err)
					}
				}
				if err := a.Prepare(t.Context()); err != nil {
					t.Fatal(err)
				}
			}
			for _, settings := range []string{"DELETE FROM settings WHERE id = 'search_terms'", "UPDATE settings SET value = '1' WHERE id = 'search_terms'"} {
				if spoil(settings); want == 0 || found(t, a, lang.EN, "email") != want {
					t.Errorf("%s: %d found, want %d", settings, found(t, a, lang.EN, "email"), want)
				}
			}
			if spoil("SELECT 1"); found(t, a, lang.EN, "email") != 0 {
				t.Error("an index of now is made anew at every start")
			}
		})
	}
}
