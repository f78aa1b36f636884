package jobs_test

import (
	"errors"
	"fmt"
	"math/big"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/echelon-hr/echelon/jobs"
)

func TestKPIsOfTheTable(t *testing.T) {
	tests := []struct {
		name    string
		formula string
		inputs  map[string]string
		want    string
	}{
		{"quota attainment: 550 000 on 500 000", "actual / quota", map[string]string{"actual": "550000", "quota": "500000"}, "110"},
		{"acquisition: 100 → 120, none lost", "new / start", map[string]string{"new": "20", "start": "100"}, "20"},
		{"acquisition: 20 new and 10 lost", "new / start", map[string]string{"new": "20", "start": "100", "lost": "10"}, "20"},
		{"retention: 90 kept of 100", "(end - new) / start", map[string]string{"end": "90", "new": "0", "start": "100"}, "90"},
		{"retention: 100, 20 new, 110 at the end", "(end - new) / start", map[string]string{"end": "110", "new": "20", "start": "100"}, "90"},
		{"penetration: 300 of 1 000", "customers / addressable", map[string]string{"customers": "300", "addressable": "1000"}, "30"},
		{"growth: 1.0 M → 1.2 M", "(now - before) / before", map[string]string{"now": "1200000", "before": "1000000"}, "20"},
		{"growth the other way", "(now - before) / before", map[string]string{"now": "800000", "before": "1000000"}, "-20"},
		{"forecast accuracy, too high", "1 - abs(actual - forecast) / forecast", map[string]string{"actual": "110", "forecast": "100"}, "90"},
		{"forecast accuracy, too low", "1 - abs(actual - forecast) / forecast", map[string]string{"actual": "90", "forecast": "100"}, "90"},
		{"decimal inputs are exact", "a + b - 0.3", map[string]string{"a": "0.1", "b": "0.2"}, "0"},
		{"multiplication first, brackets before", "a + b * (c - 1)", map[string]string{"a": "1", "b": "2", "c": "3.5"}, "600"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := jobs.KPI{Slug: "k", Formula: tt.formula}.Eval(tt.inputs)
			if err != nil {
				t.Fatal(err)
			}
			if s := jobs.Percent(got); s != tt.want {
				t.Errorf("%s %%, want %s %%", s, tt.want)
			}
		})
	}
}

func TestAFigureThatCannotBeComputedIsNotZero(t *testing.T) {
	tests := []struct {
		name    string
		formula string
		inputs  map[string]string
	}{
		{"zero denominator", "a / b", map[string]string{"a": "1", "b": "0"}},
		{"zero by zero", "a / b", map[string]string{"a": "0", "b": "0.000"}},
		{"denominator that comes to zero", "a / (b - a)", map[string]string{"a": "1", "b": "1"}},
		{"missing input", "a / b", map[string]string{"a": "1"}},
		{"nothing known", "a / b", nil},
		{"deep inside", "1 - abs(a / b) * 2", map[string]string{"a": "1", "b": "0"}},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := jobs.KPI{Slug: "k", Formula: tt.formula}.Eval(tt.inputs)
			if got != nil || !errors.Is(err, jobs.ErrNotAvailable) {
				t.Errorf("got %v, %v; want not available", got, err)
			}
		})
	}
}

func TestAFormulaHoldsOnlyArithmetic(t *testing.T) {
	for _, formula := range []string{
		"", "a +", "a b", "a % b", "a << 2", "a && b", "a == b", "-a", "!a", "a.b", "a[0]", "f(a)", "abs()", "abs(a, b)", "abs", "os.Exit(1)",
		"func() {}()", `"1"`, "'1'", "2i", "0x10", "1e999999999", "1_000", "[]int{1}", "a; b", "(a", "a ÷ b", "*a", "&a", "a.(int)",
	} {
		t.Run(formula, func(t *testing.T) {
			got, err := jobs.KPI{Slug: "k", Formula: formula}.Eval(map[string]string{"a": "1", "b": "2"})
			if err == nil || formula != "abs" && errors.Is(err, jobs.ErrNotAvailable) {
				t.Errorf("computed %v, %v", got, err)
			}
		})
	}
	for _, input := range []string{"", "x", "1/3", "1e999999999", "0x10", "1,5", " 1", "Inf", strings.Repeat("1", 1<<16)} {
		if got, err := (jobs.KPI{Slug: "k", Formula: "a"}).Eval(map[string]string{"a": input}); err == nil {
			t.Errorf("input %.20q was read as %v", input, got)
		}
	}
}

func TestPercentRoundsHalfUp(t *testing.T) {
	tests := []struct {
		num, den int64
		want     string
	}{
		{0, 1, "0"},
		{11, 10, "110"},
		{1, 3, "33.33"},
		{2, 3, "66.67"},
		{1, 8, "12.5"},
		{1, 16, "6.25"},
		{1, 32, "3.13"},            // 3.125
		{100005, 1000000, "10"},    // 10.0005
		{100050, 1000000, "10.01"}, // 10.005
		{1, 20000, "0.01"},         // 0.005
		{1, 20001, "0"},
		{-1, 20001, "0"},
		{-1, 32, "-3.13"},
		{-1, 5, "-20"},
		{1005, 10, "10050"},
	}
	for _, tt := range tests {
		t.Run(fmt.Sprintf("%d/%d", tt.num, tt.den), func(t *testing.T) {
			if got := jobs.Percent(big.NewRat(tt.num, tt.den)); got != tt.want {
				t.Errorf("got %q, want %q", got, tt.want)
			}
		})
	}
}

// TestPercentIsTheNearestHundredth checks the written figure against the ratio itself.
func TestPercentIsTheNearestHundredth(t *testing.T) {
	half := big.NewRat(1, 200)
	rapid.Check(t, func(t *rapid.T) {
		r := big.NewRat(rapid.Int64().Draw(t, "numerator"), rapid.Int64Range(1, 1<<62).Draw(t, "denominator"))
		s := jobs.Percent(r)
		shown, ok := new(big.Rat).SetString(s)
		if !ok || strings.HasSuffix(s, ".") || strings.Contains(s, ".") && strings.HasSuffix(s, "0") {
			t.Fatalf("%s is written %q", r, s)
		}
		off := shown.Sub(shown, new(big.Rat).Mul(r, big.NewRat(100, 1)))
		if off.Abs(off).Cmp(half) > 0 {
			t.Fatalf("%s is written %q", r, s)
		}
	})
}

// TestEvalAgreesWithArithmetic computes a formula of five inputs a second time by hand.
func TestEvalAgreesWithArithmetic(t *testing.T) {
	k := jobs.KPI{Slug: "k", Formula: "(a - b) * c / (d + abs(e))"}
	numeral := rapid.Custom(func(t *rapid.T) *big.Rat {
		return big.NewRat(rapid.Int64Range(-1e12, 1e12).Draw(t, "units"), 10_000)
	})
	rapid.Check(t, func(t *rapid.T) {
		v, inputs := map[string]*big.Rat{}, map[string]string{}
		for _, name := range []string{"a", "b", "c", "d", "e"} {
			v[name] = numeral.Draw(t, name)
			inputs[name] = v[name].FloatString(4)
		}
		got, err := k.Eval(inputs)
		below := new(big.Rat).Add(v["d"], new(big.Rat).Abs(v["e"]))
		if below.Sign() == 0 {
			if !errors.Is(err, jobs.ErrNotAvailable) {
				t.Fatalf("over zero: %v, %v", got, err)
			}
			return
		}
		want := new(big.Rat).Sub(v["a"], v["b"])
		want.Mul(want, v["c"]).Quo(want, below)
		if err != nil || got.Cmp(want) != 0 {
			t.Fatalf("got %v, %v; want %v", got, err, want)
		}
	})
}
