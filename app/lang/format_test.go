package lang_test

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/app/lang"
)

// spaced writes an expectation readably: _ stands for a no-break space.
func spaced(s string) string { return strings.ReplaceAll(s, "_", "\u00a0") }

func TestDecimal(t *testing.T) {
	tests := []struct{ in, fr, en string }{
		{"0", "0", "0"},
		{"7", "7", "7"},
		{"999", "999", "999"},
		{"1000", "1_000", "1,000"},
		{"75000", "75_000", "75,000"},
		{"66780", "66_780", "66,780"},
		{"1234567.89", "1_234_567,89", "1,234,567.89"},
		{"-1234.5", "-1_234,5", "-1,234.5"},
		{"-999", "-999", "-999"},
		{"0.25", "0,25", "0.25"},
		{"12.", "12", "12"},
		{"100000000000000000000", "100_000_000_000_000_000_000", "100,000,000,000,000,000,000"},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			if got := lang.Decimal(lang.FR, tt.in); got != spaced(tt.fr) {
				t.Errorf("French %q, want %q", got, spaced(tt.fr))
			}
			if got := lang.Decimal(lang.EN, tt.in); got != tt.en {
				t.Errorf("English %q, want %q", got, tt.en)
			}
		})
	}
	for _, s := range []string{"", "-", ".5", "n/a", "1e6", "1,5", "12 000", "--1", "1.2.3", "٣"} {
		if got := lang.Decimal(lang.FR, s); got != s {
			t.Errorf("what is not a numeral must stay: %q became %q", s, got)
		}
	}
}

// TestNumberLosesNoDigit reads a written number back, in both languages.
func TestNumberLosesNoDigit(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.Int().Draw(t, "n")
		for l, group := range map[lang.Lang]string{lang.FR: "\u00a0", lang.EN: ","} {
			written := lang.Number(l, n)
			if back, err := strconv.Atoi(strings.ReplaceAll(written, group, "")); err != nil || back != n {
				t.Fatalf("%d is written %q in %s", n, written, l)
			}
			for i, part := range strings.Split(strings.TrimPrefix(written, "-"), group) {
				if len(part) > 3 || i > 0 && len(part) != 3 {
					t.Fatalf("%d is written %q in %s", n, written, l)
				}
			}
		}
	})
}

func TestPercentAndMoney(t *testing.T) {
	tests := []struct {
		name   string
		write  func(lang.Lang) string
		fr, en string
	}{
		{"twenty percent", func(l lang.Lang) string { return lang.Percent(l, "20") }, "20_%", "20%"},
		{"a fraction of a percent", func(l lang.Lang) string { return lang.Percent(l, "33.33") }, "33,33_%", "33.33%"},
		{"a large percentage", func(l lang.Lang) string { return lang.Percent(l, "1200") }, "1_200_%", "1,200%"},
		{"dollars", func(l lang.Lang) string { return lang.Money(l, "75000", "USD") }, "75_000_$", "$75,000"},
		{"euros and cents", func(l lang.Lang) string { return lang.Money(l, "12.50", "EUR") }, "12,50_€", "€12.50"},
		{"pounds", func(l lang.Lang) string { return lang.Money(l, "999", "GBP") }, "999_£", "£999"},
		{"a currency without a sign of its own", func(l lang.Lang) string { return lang.Money(l, "80000", "CHF") }, "80_000_CHF", "CHF_80,000"},
		{"less than nothing", func(l lang.Lang) string { return lang.Money(l, "-1200", "USD") }, "-1_200_$", "-$1,200"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := tt.write(lang.FR); got != spaced(tt.fr) {
				t.Errorf("French %q, want %q", got, spaced(tt.fr))
			}
			if got := tt.write(lang.EN); got != spaced(tt.en) {
				t.Errorf("English %q, want %q", got, spaced(tt.en))
			}
		})
	}
}

func TestDate(t *testing.T) {
	tests := []struct {
		day    string
		fr, en string
	}{
		{"2026-12-05", "5_déc._2026", "5_Dec_2026"},
		{"2026-12-01", "1er_déc._2026", "1_Dec_2026"},
		{"2026-12-31", "31_déc._2026", "31_Dec_2026"},
		{"2024-02-29", "29_févr._2024", "29_Feb_2024"},
		{"2026-05-11", "11_mai_2026", "11_May_2026"},
		{"2026-08-21", "21_août_2026", "21_Aug_2026"},
	}
	for _, tt := range tests {
		t.Run(tt.day, func(t *testing.T) {
			d, err := time.Parse(time.DateOnly, tt.day)
			if err != nil {
				t.Fatal(err)
			}
			if got := lang.Date(lang.FR, d); got != spaced(tt.fr) {
				t.Errorf("French %q, want %q", got, spaced(tt.fr))
			}
			if got := lang.Date(lang.EN, d); got != spaced(tt.en) {
				t.Errorf("English %q, want %q", got, spaced(tt.en))
			}
		})
	}
}

func TestMonth(t *testing.T) {
	tests := []struct{ in, fr, en string }{
		{"2024-05", "mai_2024", "May_2024"},
		{"2026-02", "février_2026", "February_2026"},
		{"2026-13", "2026-13", "2026-13"},
		{"May 2024", "May 2024", "May 2024"},
		{"", "", ""},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			if got := lang.Month(lang.FR, tt.in); got != spaced(tt.fr) {
				t.Errorf("French %q, want %q", got, spaced(tt.fr))
			}
			if got := lang.Month(lang.EN, tt.in); got != spaced(tt.en) {
				t.Errorf("English %q, want %q", got, spaced(tt.en))
			}
		})
	}
}

func TestDuration(t *testing.T) {
	tests := []struct {
		months int
		fr, en string
	}{
		{0, "0_mois", "0_months"},
		{1, "1_mois", "1_month"},
		{2, "2_mois", "2_months"},
		{12, "12_mois", "12_months"},
		{18, "18_mois", "18_months"},
		{24, "2_ans", "2_years"},
		{30, "30_mois", "30_months"},
		{36, "3_ans", "3_years"},
		{48, "4_ans", "4_years"},
	}
	for _, tt := range tests {
		t.Run(strconv.Itoa(tt.months), func(t *testing.T) {
			if got := lang.Duration(lang.FR, tt.months); got != spaced(tt.fr) {
				t.Errorf("French %q, want %q", got, spaced(tt.fr))
			}
			if got := lang.Duration(lang.EN, tt.months); got != spaced(tt.en) {
				t.Errorf("English %q, want %q", got, spaced(tt.en))
			}
		})
	}
}

func TestTheLastDayIsTheOneBefore(t *testing.T) {
	for day, want := range map[string]string{"2026-03-01": "28 Feb 2026", "2027-01-01": "31 Dec 2026", "": "", "soon": "soon"} {
		if got := strings.ReplaceAll(lang.LastDay(lang.EN, day), "\u00a0", " "); got != want {
			t.Errorf("%q: %q, want %q", day, got, want)
		}
	}
}
