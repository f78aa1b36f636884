package lang_test

import (
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/lang"
)

func TestParse(t *testing.T) {
	for _, l := range lang.All() {
		if got, err := lang.Parse(string(l)); err != nil || got != l {
			t.Errorf("Parse(%q) = %q, %v", l, got, err)
		}
	}
	for _, s := range []string{"", "FR", "de", "fr-FR", " fr", "fr,en"} {
		if got, err := lang.Parse(s); err == nil || got != "" {
			t.Errorf("Parse(%q) = %q, %v; want an error", s, got, err)
		}
	}
}

func TestOtherIsTheOtherLanguage(t *testing.T) {
	if lang.FR.Other() != lang.EN || lang.EN.Other() != lang.FR {
		t.Errorf("FR.Other() = %q, EN.Other() = %q", lang.FR.Other(), lang.EN.Other())
	}
}

func side(text string, revision, from int, reviewed string) lang.Side {
	return lang.Side{Text: text, Revision: revision, From: from, Reviewed: reviewed}
}

func TestStateOfATranslation(t *testing.T) {
	tests := []struct {
		name   string
		text   lang.Text
		fr, en lang.State
	}{
		{"nothing written", lang.Text{}, lang.Missing, lang.Missing},
		{"French only", lang.Text{FR: side("prix", 1, 0, "")}, lang.Translated, lang.Missing},
		{"English only", lang.Text{EN: side("price", 1, 0, "")}, lang.Missing, lang.Translated},
		{"both new", lang.NewText("prix", "price"), lang.Translated, lang.Translated},
		{"French edited since", lang.Text{FR: side("tarif", 2, 0, ""), EN: side("price", 1, 1, "")}, lang.Translated, lang.Stale},
		{"translation brought up to date", lang.Text{FR: side("tarif", 2, 0, ""), EN: side("rate", 2, 2, "")}, lang.Translated, lang.Translated},
		{"English edited since, French came from it", lang.Text{FR: side("prix", 1, 1, ""), EN: side("rate", 2, 0, "")}, lang.Stale, lang.Translated},
		{"read by somebody", lang.Text{FR: side("prix", 1, 0, ""), EN: side("price", 1, 1, "person:1")}, lang.Translated, lang.Reviewed},
		{"read, then the other side moved on", lang.Text{FR: side("tarif", 2, 0, ""), EN: side("price", 1, 1, "person:1")}, lang.Translated, lang.Stale},
		{"the first side read", lang.Text{FR: side("prix", 3, 0, "person:1"), EN: side("price", 1, 3, "")}, lang.Reviewed, lang.Translated},
		{"a mark of review without a text", lang.Text{FR: side("prix", 1, 0, ""), EN: side("", 0, 0, "person:1")}, lang.Translated, lang.Missing},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.text.State(lang.FR); got != tt.fr {
				t.Errorf("French is %s, want %s", got, tt.fr)
			}
			if got := tt.text.State(lang.EN); got != tt.en {
				t.Errorf("English is %s, want %s", got, tt.en)
			}
		})
	}
}

func TestAMissingSideFallsBackVisibly(t *testing.T) {
	tests := []struct {
		name  string
		text  lang.Text
		asked lang.Lang
		want  string
		in    lang.Lang
	}{
		{"both there, French asked", lang.NewText("prix", "price"), lang.FR, "prix", lang.FR},
		{"both there, English asked", lang.NewText("prix", "price"), lang.EN, "price", lang.EN},
		{"English missing", lang.NewText("prix", ""), lang.EN, "prix", lang.FR},
		{"French missing", lang.NewText("", "price"), lang.FR, "price", lang.EN},
		{"both missing", lang.Text{}, lang.EN, "", lang.EN},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, in := tt.text.In(tt.asked)
			if got != tt.want || in != tt.in {
				t.Errorf("In(%s) = %q in %s, want %q in %s", tt.asked, got, in, tt.want, tt.in)
			}
			if s := tt.text.String(tt.asked); s != tt.want {
				t.Errorf("String(%s) = %q, want %q", tt.asked, s, tt.want)
			}
		})
	}
}

func TestNewTextCountsRevisionsOfWhatIsThere(t *testing.T) {
	tests := []struct {
		name, fr, en string
		want         lang.Text
	}{
		{"both: English came from French", " prix ", "price", lang.Text{FR: side("prix", 1, 0, ""), EN: side("price", 1, 1, "")}},
		{"French only", "prix", "", lang.Text{FR: side("prix", 1, 0, "")}},
		{"English only is nobody's translation", "", "price", lang.Text{EN: side("price", 1, 0, "")}},
		{"blank is missing", " \t\n", "\u00a0", lang.Text{}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := lang.NewText(tt.fr, tt.en)
			if diff := cmp.Diff(tt.want, got); diff != "" {
				t.Error(diff)
			}
			if got.IsZero() != (tt.want == lang.Text{}) {
				t.Errorf("IsZero() = %v", got.IsZero())
			}
		})
	}
}

func TestTextIsReadFromThePlainFormOfSeeds(t *testing.T) {
	var got struct {
		Name lang.Text `yaml:"name"`
	}
	if err := yaml.Unmarshal([]byte("name: {fr: \"l'ingénieur : oui\", en: engineer}"), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(lang.NewText("l’ingénieur\u00a0: oui", "engineer"), got.Name); diff != "" {
		t.Error(diff)
	}
	if err := yaml.Unmarshal([]byte("name: [fr, en]"), &got); err == nil {
		t.Error("a list was read as a text")
	}
}

// TestAFreshTextIsNeverStale holds whatever the two sides say.
func TestAFreshTextIsNeverStale(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := lang.NewText(rapid.String().Draw(t, "fr"), rapid.String().Draw(t, "en"))
		for _, l := range lang.All() {
			s := text.State(l)
			if missing := text.Side(l).Text == ""; missing != (s == lang.Missing) || !missing && s != lang.Translated {
				t.Fatalf("%s of %+v is %s", l, text, s)
			}
		}
		if shown, in := text.In(lang.FR); !text.IsZero() && (shown == "" || text.Side(in).Text != shown) {
			t.Fatalf("In gives %q in %s of %+v", shown, in, text)
		}
	})
}
