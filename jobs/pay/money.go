package pay

import (
	"fmt"
	"math/big"
	"strings"
)

// unitsPerWhole is how money is kept: whole ten-thousandths of the currency unit.
const unitsPerWhole = 10_000

// Money is a gross amount for a period: decimal, never floating. Units counts ten-thousandths of the
// currency unit.
type Money struct {
	Units    int64
	Currency string // ISO 4217
	Period   Period
}

// ParseMoney reads a decimal numeral with at most four decimals, such as "48000" or "12.5".
func ParseMoney(s, currency string, period Period) (Money, error) {
	r, ok := new(big.Rat).SetString(s)
	if !ok || strings.ContainsAny(s, "eE/_xX") {
		return Money{}, fmt.Errorf("%q is not an amount", s)
	}
	r.Mul(r, big.NewRat(unitsPerWhole, 1))
	if !r.IsInt() || !r.Num().IsInt64() {
		return Money{}, fmt.Errorf("%q has more than four decimals or is too large", s)
	}
	return Money{Units: r.Num().Int64(), Currency: currency, Period: period}, nil
}

// Decimal writes the amount rounded half up to whole units or, when it has cents, to two decimals: "48000", "12.50".
func (m Money) Decimal() string {
	sign, u := "", m.Units
	if u < 0 {
		sign, u = "-", -u
	}
	cents := (u + 50) / 100
	if cents%100 == 0 {
		return fmt.Sprintf("%s%d", sign, cents/100)
	}
	return fmt.Sprintf("%s%d.%02d", sign, cents/100, cents%100)
}

// IsZero reports an amount of nothing.
func (m Money) IsZero() bool { return m.Units == 0 }

// Midpoint is half way between the range's ends, exactly.
func (r Range) Midpoint() *big.Rat { return big.NewRat(r.Min.Units+r.Max.Units, 2*unitsPerWhole) }

// Spread is (max − min) / min, exactly; nil when min is zero.
func (r Range) Spread() *big.Rat {
	if r.Min.Units == 0 {
		return nil
	}
	return big.NewRat(r.Max.Units-r.Min.Units, r.Min.Units)
}

// Mix is base and variable at target in percent of their sum, such as "80/20"; "" without a variable.
func (b Band) Mix() string {
	total := b.Base.Target.Units + b.Variable.Units
	if b.Variable.IsZero() || total == 0 {
		return ""
	}
	base := (200*b.Base.Target.Units/total + 1) / 2
	return fmt.Sprintf("%d/%d", base, 100-base)
}
