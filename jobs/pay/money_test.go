package pay_test

import (
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/jobs/pay"
)

func usd(t testing.TB, s string) pay.Money {
	t.Helper()
	m, err := pay.ParseMoney(s, "USD", pay.Year)
	if err != nil {
		t.Fatal(err)
	}
	return m
}

func TestParseMoney(t *testing.T) {
	tests := []struct {
		in    string
		units int64
	}{
		{"0", 0},
		{"48000", 480_000_000},
		{"12.5", 125_000},
		{"0.0001", 1},
		{"-66780.25", -667_802_500},
		{"007", 70_000},
		{"1.50000", 15_000}, // zeros beyond the fourth decimal say nothing
		{"1000000000000", 10_000_000_000_000_000},
	}
	for _, tt := range tests {
		t.Run(tt.in, func(t *testing.T) {
			got, err := pay.ParseMoney(tt.in, "EUR", pay.Month)
			want := pay.Money{Units: tt.units, Currency: "EUR", Period: pay.Month}
			if err != nil || got != want {
				t.Errorf("got %+v, %v; want %+v", got, err, want)
			}
		})
	}
	for _, in := range []string{
		"", " ", "abc", "12,5", "1 000", ".5", "5.", "1e6", "1E6", "1p3", "0x10", "0b11", "0o7", "1/3", "1_000", "+5", "--5", "Inf", "NaN", "٣",
		"0.00001", "1000000000000.0001", "99999999999999999999", "1e1000000000", strings.Repeat("9", 1<<16),
	} {
		if got, err := pay.ParseMoney(in, "EUR", pay.Month); err == nil || got != (pay.Money{}) {
			t.Errorf("%.30q was read as %+v, %v", in, got, err)
		}
	}
}

func TestDecimalRoundsHalfUpToTheCurrencysDigits(t *testing.T) {
	tests := []struct {
		units    int64
		currency string
		want     string
	}{
		{0, "USD", "0"},
		{480_000_000, "USD", "48000"},
		{125_000, "USD", "12.50"},
		{120_500, "EUR", "12.05"},
		{123_450, "EUR", "12.35"}, // 12.345
		{123_449, "EUR", "12.34"}, // 12.3449
		{-123_450, "EUR", "-12.35"},
		{99_999, "GBP", "10"}, // 9.9999
		{49, "EUR", "0"},
		{-49, "EUR", "0"},
		{50, "EUR", "0.01"},
		{48_000_4999, "JPY", "48000"},
		{48_000_5000, "JPY", "48001"},
		{123_455, "KWD", "12.346"}, // 12.3455
		{125_000, "", "12.50"},
	}
	for _, tt := range tests {
		t.Run(tt.currency+" "+tt.want, func(t *testing.T) {
			if got := (pay.Money{Units: tt.units, Currency: tt.currency}).Decimal(); got != tt.want {
				t.Errorf("%d units are written %q", tt.units, got)
			}
		})
	}
}

// TestNoCentIsLost reads what was written: every amount in cents comes back as it was.
func TestNoCentIsLost(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		cents := rapid.Int64Range(-1e14, 1e14).Draw(t, "cents")
		m := pay.Money{Units: cents * 100, Currency: "USD", Period: pay.Year}
		back, err := pay.ParseMoney(m.Decimal(), m.Currency, m.Period)
		if err != nil || back != m {
			t.Fatalf("%d cents are written %q and read as %+v, %v", cents, m.Decimal(), back, err)
		}
	})
}

// TestWhatIsShownIsWithinHalfACent holds for amounts finer than what is shown.
func TestWhatIsShownIsWithinHalfACent(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := pay.Money{Units: rapid.Int64Range(-1e16, 1e16).Draw(t, "units"), Currency: "USD", Period: pay.Hour}
		back, err := pay.ParseMoney(m.Decimal(), "USD", pay.Hour)
		if err != nil {
			t.Fatal(err)
		}
		if off := back.Units - m.Units; off < -50 || off > 50 {
			t.Fatalf("%d units are shown as %s", m.Units, m.Decimal())
		}
	})
}

func rng(t testing.TB, low, target, high string) pay.Range {
	t.Helper()
	return pay.Range{Min: usd(t, low), Target: usd(t, target), Max: usd(t, high)}
}

func TestMidpointAndSpread(t *testing.T) {
	tests := []struct {
		name, low, high  string
		midpoint, spread *big.Rat
	}{
		{"from 48 000 to 72 000", "48000", "72000", big.NewRat(60_000, 1), big.NewRat(1, 2)},
		{"from 56 000 to 84 000", "56000", "84000", big.NewRat(70_000, 1), big.NewRat(1, 2)},
		{"an odd sum keeps its half", "48000.25", "72000.50", big.NewRat(120_000_75, 200), big.NewRat(24_000_25, 48_000_25)},
		{"one amount", "50000", "50000", big.NewRat(50_000, 1), new(big.Rat)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := rng(t, tt.low, tt.low, tt.high)
			if got := r.Midpoint(); got.Cmp(tt.midpoint) != 0 {
				t.Errorf("midpoint %s, want %s", got, tt.midpoint)
			}
			if got := r.Spread(); got.Cmp(tt.spread) != 0 {
				t.Errorf("spread %s, want %s", got, tt.spread)
			}
		})
	}
	if got := rng(t, "0", "1", "2").Spread(); got != nil {
		t.Errorf("the spread over nothing is %s", got)
	}
}

// TestTheMidpointLiesBetween holds with the largest amounts too.
func TestTheMidpointLiesBetween(t *testing.T) {
	amount := rapid.Int64Range(1, 1e16)
	rapid.Check(t, func(t *rapid.T) {
		a, b := amount.Draw(t, "a"), amount.Draw(t, "b")
		r := pay.Range{Min: pay.Money{Units: min(a, b)}, Max: pay.Money{Units: max(a, b)}}
		mid := r.Midpoint()
		if mid.Cmp(big.NewRat(r.Min.Units, 10_000)) < 0 || mid.Cmp(big.NewRat(r.Max.Units, 10_000)) > 0 {
			t.Fatalf("the midpoint of %d and %d is %s", a, b, mid)
		}
		// min = mid / (1 + s/2), as the handbook of pay has it.
		back := new(big.Rat).Add(big.NewRat(1, 1), new(big.Rat).Mul(r.Spread(), big.NewRat(1, 2)))
		if back.Quo(mid, back).Cmp(big.NewRat(r.Min.Units, 10_000)) != 0 {
			t.Fatalf("the minimum from midpoint %s and spread %s is %s", mid, r.Spread(), back)
		}
	})
}

func TestMix(t *testing.T) {
	tests := []struct{ name, base, variable, want string }{
		{"four to one", "60000", "15000", "80/20"},
		{"equal", "50000", "50000", "50/50"},
		{"rounded half up", "875", "125", "88/12"},
		{"rounded down", "2", "1", "67/33"},
		{"no variable", "60000", "0", ""},
		{"variable alone", "0", "40000", "0/100"},
		{"the largest amounts", "1000000000000", "1000000000000", "50/50"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			b := pay.Band{Base: rng(t, "1", tt.base, "1"), Variable: usd(t, tt.variable)}
			if got := b.Mix(); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}
