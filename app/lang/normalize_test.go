package lang_test

import (
	"strings"
	"testing"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/lang"
)

func TestNormalize(t *testing.T) {
	const nb = "\u00a0"
	tests := []struct {
		name string
		lang lang.Lang
		in   string
		want string
	}{
		{"trims", lang.EN, "  a price \n", "a price"},
		{"composes accents", lang.EN, "ne\u0301gociation", "négociation"},
		{"leaves control characters to be refused", lang.EN, "a\u0000b\u0007c", "a\u0000b\u0007c"},
		{"trims what nobody sees", lang.EN, "\ufeff\u200b a\u00adb \u200e\u2060\u0000", "a\u00adb"},
		{"keeps the variation of an emoji", lang.EN, " \u2764\ufe0f ", "\u2764\ufe0f"},
		{"keeps line feeds and tabs", lang.EN, "one\n\ntwo\tthree", "one\n\ntwo\tthree"},
		{"reads the line ends of Windows", lang.EN, "one\r\ntwo", "one\ntwo"},
		{"leaves broken bytes to be refused", lang.EN, "a\xff\xfeb\ufffd", "a\xff\xfeb\ufffd"},
		{"makes apostrophes typographic", lang.FR, "l'objectif d'aujourd'hui", "l’objectif d’aujourd’hui"},
		{"makes apostrophes typographic in English too", lang.EN, "the manager's plan", "the manager’s plan"},
		{"makes an apostrophe after a digit typographic", lang.EN, "the 1990's", "the 1990’s"},
		{"leaves an opening quote alone", lang.EN, "say 'yes'", "say 'yes’"},
		{"binds French punctuation", lang.FR, "Quoi ? Oui ! Ainsi : un ; deux", "Quoi" + nb + "? Oui" + nb + "! Ainsi" + nb + ": un" + nb + "; deux"},
		{"binds percent and currency signs", lang.FR, "20 % de 75 000 € ou 60 000 $", "20" + nb + "% de 75" + nb + "000" + nb + "€ ou 60" + nb + "000" + nb + "$"},
		{"binds millions, hours and degrees", lang.FR, "1 200 000 à 8 h 30, bac + 3 en 2026", "1" + nb + "200" + nb + "000 à 8" + nb + "h" + nb + "30, bac" + nb + "+" + nb + "3 en 2026"},
		{"binds guillemets inside", lang.FR, "dire « oui » puis", "dire «" + nb + "oui" + nb + "» puis"},
		{"adds no space that was not written", lang.FR, "12:30 et a/b?", "12:30 et a/b?"},
		{"widens the narrow no-break space", lang.FR, "75\u202f000 €", "75" + nb + "000" + nb + "€"},
		{"leaves English spaces alone", lang.EN, "What ? « yes » 20 %", "What ? « yes » 20 %"},
		{"gives nothing for nothing", lang.FR, "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := lang.Normalize(tt.lang, tt.in); got != tt.want {
				t.Errorf("Normalize(%s, %q) = %q, want %q", tt.lang, tt.in, got, tt.want)
			}
		})
	}
}

// awkward draws texts out of the characters that normalisation touches, where random ones seldom meet.
func awkward() *rapid.Generator[string] {
	parts := []string{
		" ", "  ", "\n", "\t", "\r", "\u00a0", "\u202f", "\ufeff", "\u0000", "\u0085", "\ufffd", "\xff", "'", "’", "a", "e", "é", "œ", "7",
		"\u0301", "\u0327", "\u0338", "«", "»", ":", ";", "!", "?", "%", "€", "$", ">", "\u1100", "\u1161", "\u11a8", "\u037e",
		"1", "000", "8 h", "30", "bac", "Bac", "+",
	}
	return rapid.Custom(func(t *rapid.T) string {
		if rapid.Bool().Draw(t, "any") {
			return string(rapid.SliceOfN(rapid.Byte(), 0, 40).Draw(t, "bytes"))
		}
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, 12).Draw(t, "parts"), "")
	})
}

func TestNormalizeIsIdempotentAndClean(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		l := rapid.SampledFrom(lang.All()).Draw(t, "lang")
		in := awkward().Draw(t, "in")
		once := lang.Normalize(l, in)
		if twice := lang.Normalize(l, once); twice != once {
			t.Fatalf("%q gives %q, then %q", in, once, twice)
		}
		if !utf8.ValidString(in) {
			if once != in {
				t.Fatalf("%q, which is broken, gives %q", in, once)
			}
			return
		}
		if !norm.NFC.IsNormalString(once) {
			t.Fatalf("%q gives %q: not in NFC", in, once)
		}
		if once != lang.Trim(once) {
			t.Fatalf("%q gives %q: not trimmed", in, once)
		}
	})
}
