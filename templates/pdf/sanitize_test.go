package pdf

import (
	"context"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

func TestClean(t *testing.T) {
	for _, c := range []struct{ name, in, want string }{
		{"plain", "Vendre et servir", "Vendre et servir"},
		{"high punctuation", "Quoi ? Oui : 20 % ; « non » !", "Quoi\u00a0? Oui\u00a0: 20\u00a0%\u00a0; «\u00a0non\u00a0»\u00a0!"},
		{"narrow space", "1\u202f500", "1\u00a0500"},
		{"no-break hyphen", "vingt\u2011deux", "vingt-deux"},
		{"minus", "\u22125", "–5"},
		{"control characters", "a\x00b\x07c\x7f", "abc"},
		{"soft hyphen", "an\u00adti", "anti"},
		{"byte order mark", "\ufeffa", "a"},
		{"emoji", "a\U0001F680", "a\ufffd"},
		{"not covered", "日", "\ufffd"},
		{"invalid bytes", "a\xffb", "a\ufffdb"},
		{"doublet", "Chef / Cheffe", "Chef\u00a0/ Cheffe"},
		{"spaces", "a  b\tc", "a b c"},
		{"line feeds", "a\nb", "a\nb"},
		{"composed", "e\u0301", "é"},
	} {
		if got := clean(lang.FR, c.in); got != c.want {
			t.Errorf("%s: %q, want %q", c.name, got, c.want)
		}
	}
	if got := clean(lang.EN, "What ? 10:30"); got != "What ? 10:30" {
		t.Errorf("English was set as French: %q", got)
	}
}

func TestCleanLeavesOnlyWhatCanBeSet(t *testing.T) {
	var all strings.Builder
	for r := rune(0); r <= 0x10ffff; r += 7 {
		all.WriteRune(r)
	}
	for _, r := range clean(lang.FR, all.String()) {
		if _, ok := encodeRune(r); !ok && coverage()[r] == 0 {
			t.Fatalf("%U is in no font", r)
		}
	}
}

func TestWrapKeepsTextAndWidth(t *testing.T) {
	ty := &typesetter{fonts: fonts()}
	words := "Négocier avec les acheteurs : prix, délais et garanties – arc-en-ciel/porte-à-faux " + strings.Repeat("x", 80)
	for w := 4.0; w < 120; w += 3.7 {
		var got strings.Builder
		for _, l := range ty.wrap([]span{{words, body, lang.FR}, {" suite", bodyB, lang.FR}}, w) {
			if l.w > w+0.02 {
				t.Errorf("width %.1f: a line of %.2f", w, l.w)
			}
			for _, r := range l.runs {
				got.WriteString(r.text)
			}
		}
		enc, _ := encode(clean(lang.FR, words) + " suite")
		if strip(got.String()) != strip(enc) {
			t.Errorf("width %.1f: text changed", w)
		}
	}
}

func strip(s string) string { return strings.ReplaceAll(s, " ", "") }

func TestWrapNothing(t *testing.T) {
	ty := &typesetter{fonts: fonts()}
	if ls := ty.wrap([]span{{"", body, lang.FR}, {"\x00", body, lang.FR}}, 10); len(ls) != 0 {
		t.Errorf("%d lines of nothing", len(ls))
	}
}

func TestFastFontsHoldAllOfWindows1252(t *testing.T) {
	for f := range extended {
		missing := 0
		for b := ' '; b <= 0xff; b++ {
			if fonts().widths[f][b] == 600 { // the width of the replacement, and of very few letters
				missing++
			}
		}
		if missing > 8 { // five codes stand for nothing
			t.Errorf("%s lacks %d characters", f.family(), missing)
		}
	}
}

func FuzzSanitize(f *testing.F) {
	for _, s := range []string{"", "Négociation", "🚀", "日本", "\xff\xfe", "a\x00b", "«\u202fnon\u202f»", "e\u0301", strings.Repeat("x", 500), "→ ✓", "\ufffe\uffff", "(\\)"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		got := clean(lang.FR, s)
		if !utf8.ValidString(got) || clean(lang.FR, got) != got {
			t.Errorf("%q gave %q, which is not clean", s, got)
		}
		text := lang.Text{FR: lang.Side{Text: s}}
		d := JobDocument{Company: s, Link: s, ReportsTo: text, Profile: jobs.Profile{Slug: s, Content: jobs.Content{
			Title: text, Purpose: text,
			Areas: []jobs.Area{{Key: s, Title: text, Activities: []jobs.Point{{Key: "a", Text: text}}}}, Tools: []jobs.ToolGroup{{Key: "t", Tools: []jobs.Tool{{Name: s}}}},
		}}}
		if _, err := Render(context.Background(), d); err != nil {
			t.Errorf("%q: %v", s, err)
		}
	})
}
