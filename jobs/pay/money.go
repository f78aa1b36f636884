package pay

import (
	"fmt"
	"math/big"
	"regexp"

	"golang.org/x/text/currency"
)

// unitsPerWhole is how money is kept: whole ten-thousandths of the currency unit.
const (
	unitsPerWhole = 10_000
	unitDigits    = 4
)

// maxUnits is a million million: far above any pay, and small enough for sums and products over it to be exact.
const maxUnits = 1_000_000_000_000 * unitsPerWhole

// Money is a gross amount for a period: decimal, never floating. Units counts ten-thousandths of the
// currency unit.
type Money struct {
	Units    int64
	Currency string // ISO 4217
	Period   Period
}

// numeral is a plain decimal; what else big.Rat reads (1/3, 1e9, 0x1f) is no amount.
var numeral = regexp.MustCompile(`^-?[0-9]{1,30}(?:\.[0-9]{1,30})?$`)

// ParseMoney reads a decimal numeral with at most four decimals, such as "48000" or "12.5", up to a million
// million.
func ParseMoney(s, currency string, period Period) (Money, error) {
	if !numeral.MatchString(s) {
		return Money{}, fmt.Errorf("%q is not an amount", s)
	}
	r, _ := new(big.Rat).SetString(s)
	r.Mul(r, big.NewRat(unitsPerWhole, 1))
	if !r.IsInt() || r.Num().CmpAbs(big.NewInt(maxUnits)) > 0 {
		return Money{}, fmt.Errorf("%q has more than four decimals or is too large", s)
	}
	return Money{Units: r.Num().Int64(), Currency: currency, Period: period}, nil
}

// Decimal writes the amount rounded half up to the currency's digits, or as whole units when there is no
// fraction: "48000", "12.50"; yen have none at all.
func (m Money) Decimal() string {
	digits := m.digits()
	sign, u := "", m.Units
	if u < 0 {
		sign, u = "-", -u
	}
	step, perWhole := power(unitDigits-digits), power(digits)
	shown := (u + step/2) / step
	whole, fraction := shown/perWhole, shown%perWhole
	switch {
	case shown == 0:
		return "0"
	case fraction == 0:
		return fmt.Sprintf("%s%d", sign, whole)
	default:
		return fmt.Sprintf("%s%d.%0*d", sign, whole, digits, fraction)
	}
}

// digits is how many decimals the currency is written with.
func (m Money) digits() int {
	unit, err := currency.ParseISO(m.Currency)
	if err != nil {
		return 2
	}
	digits, _ := currency.Standard.Rounding(unit)
	return digits
}

func power(n int) int64 {
	p := int64(1)
	for range n {
		p *= 10
	}
	return p
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
