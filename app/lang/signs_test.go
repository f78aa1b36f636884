package lang_test

import (
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
)

func TestBrokenBytesAreFoundWhereTheyStand(t *testing.T) {
	for s, want := range map[string]int{"": -1, "Élise": -1, "\ufffd": -1, "D\xe9veloppement": 1, "é\xff": 2, "\xed\xa0\x80": 0, "a\xc3": 1} {
		if got := lang.BrokenAt(s); got != want {
			t.Errorf("%q is broken at %d, want %d", s, got, want)
		}
	}
}

func TestALineReadsAsItIsWritten(t *testing.T) {
	for s, want := range map[string]bool{
		"": true, "Élise Prévost": true, "Awa Diop, née N’Diaye": true, `Anne "Nan" O'Neil`: true, `C:\Users`: true, "a\u00a0b": true, "山田 太郎": true, "محمد": true, "Ω≈ç": true,
		"क्\u200dष": true, "می\u200cخواهم": true, "👩\u200d💻 Dev": true, "❤\ufe0f": true, "葛\U000e0100飾": true, "👋🏽": true,
		"a\nb": false, "a\rb": false, "a\tb": false, "a\x00b": false, "a\u0085b": false, "a\u2028b": false, "a\u2029b": false, "\x7f": false,
		"\u200b": false, "a\u00adb": false, "a\ufeffb": false, "a\u2060b": false, "a\u034fb": false, "\u3164": false, "\u115f": false, "\uffa0": false, "\u2800": false, "\u180e": false,
		"\u202eliveD": false, "a\u202ab": false, "a\u2066b\u2069": false, "a\u200eb": false, "a\u200fb": false, "a\u061cb": false,
		"a\U000e0061b": false, "a\ufe0fb": false, "a\u200db": false, "a\u200cb": false, "\u200d💻": false, "👩\u200d": false,
		"a\xe9b": false, "a\ufffdb": false, "a\ue000b": false, "a\uffffb": false,
	} {
		if got := lang.IsLine(s); got != want {
			t.Errorf("%q is a line: %t", s, got)
		}
	}
}

func TestATextOfSeveralLinesKeepsItsDirection(t *testing.T) {
	for s, want := range map[string]bool{
		"": true, "one\n\n\ttwo": true, "co\u00adopération": true, "a\u200bb": true, "a\u200eb": true,
		"a\rb": false, "a\x00b": false, "a\u0085b": false, "a\u202eb": false, "a\u2067b": false, "a\u2028b": false, "a\ufffdb": false, "a\xe9b": false,
	} {
		if got := lang.IsText(s); got != want {
			t.Errorf("%q is a text: %t", s, got)
		}
	}
}
