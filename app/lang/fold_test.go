package lang_test

import (
	"slices"
	"testing"
	"unicode"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/lang"
)

func TestFold(t *testing.T) {
	tests := []struct{ name, in, want string }{
		{"case", "INGÉNIEUR", "ingenieur"},
		{"accents", "négociation", "negociation"},
		{"accents written apart", "ne\u0301gociation", "negociation"},
		{"cedilla", "Façade", "facade"},
		{"small ligature", "œuvre", "oeuvre"},
		{"capital ligature", "ŒUVRES", "oeuvres"},
		{"ae", "Curriculum VITÆ", "curriculum vitae"},
		{"sharp s", "Straße", "strasse"},
		{"typographic apostrophe", "l’ingénieur", "l'ingenieur"},
		{"apostrophe that counts as a letter", "lʼingénieur", "l'ingenieur"},
		{"typesetter's ligature", "ﬁnance", "finance"},
		{"trade mark, whose letters are capitals", "Salesforce™", "salesforcetm"},
		{"nothing", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := lang.Fold(tt.in); got != tt.want {
				t.Errorf("Fold(%q) = %q, want %q", tt.in, got, tt.want)
			}
		})
	}
}

// TestFoldIsIdempotent draws from the alphabets of Europe with accents, ligatures and signs. (Case folding
// of Cherokee swaps back and forth in x/text; nothing here is written in it.)
func TestFoldIsIdempotent(t *testing.T) {
	letters := rapid.StringOf(rapid.RuneFrom(nil, unicode.Latin, unicode.Greek, unicode.Cyrillic, unicode.Common, unicode.Mn))
	rapid.Check(t, func(t *rapid.T) {
		in := letters.Draw(t, "in")
		once := lang.Fold(in)
		if twice := lang.Fold(once); twice != once {
			t.Fatalf("%q folds to %q, then to %q", in, once, twice)
		}
		if i := slices.IndexFunc([]rune(once), func(r rune) bool { return unicode.Is(unicode.Mn, r) }); i >= 0 {
			t.Fatalf("%q folds to %q, which has an accent", in, once)
		}
	})
}

func TestSortKeyPutsNamesInHumanOrder(t *testing.T) {
	names := []string{"Vente", "étude", "Œuvre", "  Éthique", "achat", "Être", "Offre", "l’écoute", "Zone"}
	slices.SortFunc(names, func(a, b string) int {
		if lang.SortKey(a) < lang.SortKey(b) {
			return -1
		}
		return 1
	})
	want := []string{"achat", "  Éthique", "Être", "étude", "l’écoute", "Œuvre", "Offre", "Vente", "Zone"}
	if !slices.Equal(names, want) {
		t.Errorf("got %q, want %q", names, want)
	}
	if got := lang.SortKey("« Chef / Cheffe d’équipe »"); got != "chef cheffe d equipe" {
		t.Errorf("punctuation does not order: got %q", got)
	}
}
