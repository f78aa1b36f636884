package paypages

import "strconv"

// bar is the place of a band in a drawing 200 wide, as SVG numbers.
type bar struct {
	X, Width, Target string
}

// bar places a band between zero and the highest maximum of its currency and period.
func (v BandsView) bar(b Band) bar {
	top := 0.0
	for _, o := range v.Bands {
		if o.Currency == b.Currency && o.Period == b.Period {
			top = max(top, number(o.Max))
		}
	}
	if top <= 0 {
		return bar{X: "0", Width: "0", Target: "0"}
	}
	at := func(s string) float64 { return 200 * min(max(number(s), 0), top) / top }
	x := at(b.Min)
	return bar{X: svgNumber(x), Width: svgNumber(max(at(b.Max)-x, 0)), Target: svgNumber(at(b.Target))}
}

// number reads a decimal numeral for drawing only; amounts are never computed this way.
func number(s string) float64 {
	f, err := strconv.ParseFloat(s, 64)
	if err != nil {
		return 0
	}
	return f
}

func svgNumber(f float64) string { return strconv.FormatFloat(f, 'f', 1, 64) }
