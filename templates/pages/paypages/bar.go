package paypages

import (
	"strconv"
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

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

// groups puts a role's bands together, in the order in which the roles first come.
func (v BandsView) groups() [][]Band {
	var out [][]Band
	place := map[string]int{}
	for _, b := range v.Bands {
		i, ok := place[b.Profile]
		if !ok {
			i = len(out)
			place[b.Profile] = i
			out = append(out, nil)
		}
		out[i] = append(out[i], b)
	}
	return out
}

// scales are the bands with the highest maximum of each currency and period: what the bars are drawn against.
func (v BandsView) scales() []Band {
	var out []Band
	place := map[[2]string]int{}
	for _, b := range v.Bands {
		k := [2]string{b.Currency, b.Period}
		i, ok := place[k]
		switch {
		case !ok:
			place[k] = len(out)
			out = append(out, b)
		case number(b.Max) > number(out[i].Max):
			out[i] = b
		}
	}
	return out
}

func per(l lang.Lang, period string) string { return msg.Of(l, "jobs.per", strings.ToLower(period)) }
