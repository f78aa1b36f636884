package textsearch_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/textsearch"
)

// finds answers as both databases do: each word of the query has one of its terms among the text's.
func finds(l lang.Lang, query, text string) bool {
	terms := textsearch.Terms(l, text)
	for _, word := range textsearch.Query(l, query) {
		if !slices.ContainsFunc(word, func(term string) bool { return slices.Contains(terms, term) }) {
			return false
		}
	}
	return true
}

func TestSameWordsFindEachOther(t *testing.T) {
	tests := []struct {
		lang  lang.Lang
		words []string
	}{
		{lang.FR, []string{"ingénieur", "ingénieurs", "ingenieur", "INGÉNIEUR", "Ingenieurs", "inge\u0301nieur", "l’ingénieur", "l'ingénieurs", "d’ingénieur", "'l'ingénieur'", "lʼingénieur", "« ingénieur »"}},
		{lang.FR, []string{"œuvre", "oeuvre", "ŒUVRES", "Œuvres", "l’œuvre", "oeuvres"}},
		{lang.FR, []string{"négociation", "negociation", "NÉGOCIATIONS", "la négociation"}},
		{lang.FR, []string{"employé", "employés", "employée", "employées", "EMPLOYÉES"}},
		{lang.FR, []string{"aujourd’hui", "aujourd'hui", "AUJOURD’HUI"}},
		{lang.FR, []string{"qu’objectif", "objectif", "objectifs", "jusqu’objectif"}},
		{lang.FR, []string{"l'équipe", "l’équipe", "l´équipe", "l`équipe", "l′équipe", "l‘équipe", "lʼéquipe", "l＇équipe", "équipe"}},
		{lang.FR, []string{"clientèle", "clien\u00adtèle", "clien\u200btèle", "clien\u2060tèle", "clientèle\ufeff", "clien\u200dtèle", "\u202aclientèle\u202c"}},
		{lang.FR, []string{
			"chargé", "chargée", "chargé·e", "chargé(e)", "chargé.e", "chargé-e", "chargé/e", "chargé⋅e", "chargé•e", "CHARGÉ·E", "charge·e", "chargé‑e", "Chargé/Chargée",
			"chargés", "chargé·e·s", "chargé·es", "chargé(e)s", "chargé(es)", "chargé.e.s", "chargé-e-s", "chargé / chargée", "un·e chargé·e", "chargé(s)",
		}},
		{lang.EN, []string{"email", "e-mail", "E‑mail", "emails", "e-mails"}},
		{lang.FR, []string{"courriel", "courriels", "courriel(s)"}},
		{lang.FR, []string{"10000", "10 000", "10\u00a0000", "10\u202f000", "10,000", "10.000", "10 000 €"}},
		{lang.EN, []string{"1000000", "1,000,000", "1 000 000", "1'000'000"}},
		{lang.EN, []string{"manager", "managers", "MANAGER", "manager’s", "manager's", "managers’"}},
		{lang.EN, []string{"negotiation", "negotiations", "Negotiation"}},
		{lang.EN, []string{"résumé", "resume", "RÉSUMÉS"}},
	}
	for _, tt := range tests {
		for _, query := range tt.words {
			for _, text := range tt.words {
				if !finds(tt.lang, query, text) {
					t.Errorf("%q does not find %q: %v among %v", query, text, textsearch.Query(tt.lang, query), textsearch.Terms(tt.lang, text))
				}
			}
		}
	}
}

// A form for both sexes is found by either word, and finds both.
func TestAFormForBothFindsAndIsFoundByEither(t *testing.T) {
	for form, words := range map[string][]string{
		"directeur·rice": {"directeur", "directrice"}, "directeur/trice": {"directeur", "directrice"}, "technicien·ne": {"technicien", "technicienne"},
		"acheteur·euse": {"acheteur", "acheteuse"}, "vendeur(euse)s": {"vendeur", "vendeuses"}, "conseiller·ère": {"conseiller", "conseillère"}, "commercial·e": {"commercial", "commerciale"},
		"chef·fe": {"chef", "cheffe"}, "créatif.ve": {"créatif", "créative"}, "professionnel-le": {"professionnel", "professionnelle"}, "acheteur / acheteuse": {"acheteur", "acheteuse"},
		"vice-président·e": {"vice-président", "vice-présidente", "vice présidente"},
	} {
		for _, w := range words {
			if !finds(lang.FR, form, w) || !finds(lang.FR, w, form) {
				t.Errorf("%q and %q: %v among %v, %v among %v", form, w, textsearch.Query(lang.FR, form), textsearch.Terms(lang.FR, w), textsearch.Query(lang.FR, w), textsearch.Terms(lang.FR, form))
			}
		}
	}
}

// A compound is found by its parts and as one word, and finds both ways to write it.
func TestACompoundIsItsPartsAndTheWhole(t *testing.T) {
	for _, c := range []struct{ query, text string }{
		{"e-mail", "email"},
		{"email", "e-mail"},
		{"vice-président", "vice président"},
		{"vice président", "vice-président"},
		{"viceprésident", "vice-président"},
		{"mail", "e-mail"},
		{"après-vente", "service après vente"},
		{"10 000", "10000 clients"},
		{"000", "10 000"},
		{"200", "100 200 300"},
	} {
		if !finds(lang.FR, c.query, c.text) {
			t.Errorf("%q does not find %q: %v among %v", c.query, c.text, textsearch.Query(lang.FR, c.query), textsearch.Terms(lang.FR, c.text))
		}
	}
}

func TestOtherWordsAreNotFound(t *testing.T) {
	tests := []struct {
		lang        lang.Lang
		query, text string
	}{
		{lang.FR, "négociation", "prospection et vente"},
		{lang.FR, "vente négociation", "vente directe"},
		{lang.FR, "conseil", "conserver"},
		{lang.EN, "forecast", "foresight"},
		{lang.EN, "e-mail", "mail"},
		{lang.EN, "e-mail", "e-commerce"},
		{lang.FR, "homme/femme", "homme"},
		{lang.FR, "10 000", "10 ans"},
		{lang.FR, "2026", "2 ans"},
		{lang.EN, "sales director", "sales manager"},
	}
	for _, tt := range tests {
		if finds(tt.lang, tt.query, tt.text) {
			t.Errorf("%q finds %q", tt.query, tt.text)
		}
	}
}

func TestQueryNeedsOneTermOfEachTellingWord(t *testing.T) {
	tests := []struct {
		name  string
		lang  lang.Lang
		query string
		want  [][]string
	}{
		{"nothing", lang.FR, "", nil},
		{"only signs", lang.FR, " ?! — ", nil},
		{"one word without accents has one stem", lang.FR, "vente", [][]string{{"vent"}}},
		{"little words fall out", lang.FR, "le chef de la vente", [][]string{{"chef"}, {"vent"}}},
		{"accented little words too", lang.FR, "à la vente", [][]string{{"vent"}}},
		{"little words alone are looked for", lang.EN, "to the", [][]string{{"to"}, {"the"}}},
		{"little words of the other language stay", lang.EN, "la vente", [][]string{{"la"}, {"vent"}}},
		{"numbers count", lang.EN, "B2B 2026", [][]string{{"b2b"}, {"2", "2026"}, {"026", "2026"}}},
		{"signs separate", lang.EN, "sales/marketing,crm", [][]string{{"sale"}, {"market"}, {"crm"}}},
		{"operators of databases are no operators", lang.EN, `crm* OR "x" -y & z | !q`, [][]string{{"crm"}, {"x"}, {"y"}, {"z"}, {"q"}}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if diff := cmp.Diff(tt.want, textsearch.Query(tt.lang, tt.query), cmp.Comparer(sameQuery)); diff != "" {
				t.Error(diff)
			}
		})
	}
}

// sameQuery takes nil and empty for the same.
func sameQuery(a, b [][]string) bool { return slices.EqualFunc(a, b, slices.Equal) }

func TestQueryIsBounded(t *testing.T) {
	if n := len(textsearch.Query(lang.EN, strings.Repeat("price list ", 1000))); n != 8 {
		t.Errorf("%d words of a long query are looked for, want 8", n)
	}
	if n := len(textsearch.Query(lang.FR, strings.Repeat("é", 1<<20))); n != 0 {
		t.Errorf("a word of a megabyte gives %d words", n)
	}
	if terms := textsearch.Terms(lang.FR, strings.Repeat("x", 65)+" prix"); !slices.Equal(terms, []string{"prix"}) {
		t.Errorf("a word nobody types is indexed: %v", terms)
	}
}

func TestTermsAreEachOnce(t *testing.T) {
	got := textsearch.Terms(lang.FR, "Vente, ventes, VENTE ; la négociation. Négociations !")
	want := []string{"la", "negoci", "vent"}
	if !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

// word draws a word as French and English write them, with accents, capitals and ligatures.
func word() *rapid.Generator[string] {
	return rapid.StringOfN(rapid.RuneFrom([]rune("abcdefghijklmnopqrstuvwxyzàâäçéèêëîïôöùûüÿœæABCDEFGHIJKLMNOPQRSTUVWXYZÀÂÇÉÈÊËÎÏÔÙÛÜŸŒÆ")), 1, 20, -1)
}

// TestAQueryWithoutAccentsFindsTheWord is what readers rely on, whatever the stemmer does with the letters.
func TestAQueryWithoutAccentsFindsTheWord(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(lang.All()).Draw(t, "lang")
		w := word().Draw(t, "word")
		for _, query := range []string{w, lang.Fold(w), strings.ToUpper(w), strings.ToLower(w), strings.ToUpper(lang.Fold(w))} {
			if !finds(l, query, w) {
				t.Fatalf("%q does not find %q: %v among %v", query, w, textsearch.Query(l, query), textsearch.Terms(l, w))
			}
			if !finds(l, w, query) {
				t.Fatalf("%q does not find %q: %v among %v", w, query, textsearch.Query(l, w), textsearch.Terms(l, query))
			}
		}
	})
}

// TestATextIsFoundByItsOwnWords takes any characters at all: none may break the cutting of words.
func TestATextIsFoundByItsOwnWords(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(lang.All()).Draw(t, "lang")
		text := rapid.StringN(0, 150, -1).Draw(t, "text")
		if !finds(l, text, text) {
			t.Fatalf("%q does not find itself: %v among %v", text, textsearch.Query(l, text), textsearch.Terms(l, text))
		}
		for _, term := range textsearch.Terms(l, text) {
			if term == "" {
				t.Fatalf("%q has an empty term", text)
			}
		}
	})
}

func TestPhraseIsTheSameForTheSameName(t *testing.T) {
	want := textsearch.Phrase(lang.FR, "Chargé d’études de marché")
	for _, name := range []string{"chargé d'études de marché", "CHARGE D'ETUDES DE MARCHE", "« Chargés d’étude de marché »"} {
		if got := textsearch.Phrase(lang.FR, name); got != want {
			t.Errorf("%q has the phrase %q, want %q", name, got, want)
		}
	}
	for _, text := range []string{"", " ?! ", strings.Repeat("marché ", 100)} {
		if got := textsearch.Phrase(lang.FR, text); got != "" {
			t.Errorf("%.20q has the phrase %q", text, got)
		}
	}
	if textsearch.Phrase(lang.FR, "études") == textsearch.Terms(lang.FR, "études")[0] {
		t.Error("a name of one word is not told from the word")
	}
}
