package main

import (
	"fmt"
	"math"
	"runtime"
	"slices"
	"strconv"
	"time"
)

// row is a line of the table: ours and theirs are medians of the same unit.
type row struct {
	measured string
	against  string
	ours     float64
	theirs   float64
	unit     unit
	limit    limit
	seen     string // what was seen to be possible before the product was written; may be empty
	how      string // one sentence: how the two numbers are measured
	note     string // why the limit is missed, when it is; may be empty
}

// ratio of our number to theirs: below 1 we need less, above 1 more.
func (r row) ratio() float64 {
	if r.limit.faster {
		return r.theirs / r.ours
	}
	return r.ours / r.theirs
}

// met reports whether the limit is kept. A ratio that is no number keeps none.
func (r row) met() bool {
	if r.limit.none {
		return true
	}
	if r.limit.least {
		return r.ratio() >= r.limit.value
	}
	return r.ratio() <= r.limit.value
}

// limit bounds a ratio.
type limit struct {
	value  float64
	none   bool // no limit: the row is there to be seen
	least  bool // at least, else at most
	faster bool // the ratio says how many times faster we are: theirs by ours
	share  bool // written as a fraction: 1/6
}

// noLimit is the limit of a row that is there to be seen.
var noLimit = limit{none: true}

func atMost(v float64) limit  { return limit{value: v} }
func atLeast(v float64) limit { return limit{value: v, least: true} }

// atMostOneIn is the limit 1/n.
func atMostOneIn(n float64) limit { return limit{value: 1 / n, share: true} }

// fasterBy asks for a number of times less time.
func fasterBy(n float64) limit { return limit{value: n, least: true, faster: true} }

func (l limit) String() string {
	if l.none {
		return "–"
	}
	if l.least {
		return "≥ " + l.write(l.value)
	}
	return "≤ " + l.write(l.value)
}

// write writes a ratio the way its limit is written.
func (l limit) write(v float64) string {
	switch {
	case math.IsNaN(v) || math.IsInf(v, 0):
		return "n/a"
	case l.share:
		return "1/" + strconv.FormatFloat(math.Round(10/v)/10, 'f', -1, 64)
	case l.faster:
		return fmt.Sprintf("%.1f×", v)
	default:
		return fmt.Sprintf("%.2f", v)
	}
}

// unit says how a number is written.
type unit string

const (
	milliseconds unit = "ms"
	perSecond    unit = "requests/s"
	megabytes    unit = "MB"
)

func (u unit) write(v float64) string {
	digits := 2
	switch {
	case v >= 1000:
		digits = 0
	case v >= 10:
		digits = 1
	}
	return strconv.FormatFloat(v, 'f', digits, 64) + " " + string(u)
}

// probe takes one repetition of one side and returns its number.
type probe func() (float64, error)

// interleave takes repetitions of every side in turn (A, B, A, B, …), so that what disturbs the machine
// disturbs all alike, and returns each side's median. One round before them is thrown away.
func interleave(reps int, sides ...probe) ([]float64, error) {
	numbers := make([][]float64, len(sides))
	for rep := range reps + 1 {
		for i, side := range sides {
			runtime.GC() // nobody pays for the garbage of the side before
			v, err := side()
			if err != nil {
				return nil, err
			}
			if rep > 0 {
				numbers[i] = append(numbers[i], v)
			}
		}
	}
	medians := make([]float64, len(sides))
	for i := range numbers {
		medians[i] = median(numbers[i])
	}
	return medians, nil
}

// median of numbers in any order; of an even count the mean of the two in the middle.
func median(v []float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	return (s[(len(s)-1)/2] + s[len(s)/2]) / 2
}

// percentile is the smallest number that at least p percent of the numbers do not exceed.
func percentile(v []float64, p float64) float64 {
	if len(v) == 0 {
		return math.NaN()
	}
	s := slices.Sorted(slices.Values(v))
	return s[max(int(math.Ceil(p/100*float64(len(s))))-1, 0)]
}

// repetition is how long one repetition of something short goes on: long enough to hold several collections.
const repetition = 250 * time.Millisecond

// each makes a probe of the milliseconds one call takes, over as many calls as a repetition holds and at least
// three.
func each(fn func() error) probe {
	return func() (float64, error) {
		start, n := time.Now(), 0
		for n < 3 || time.Since(start) < repetition {
			if err := fn(); err != nil {
				return 0, err
			}
			n++
		}
		return inMilliseconds(time.Since(start)) / float64(n), nil
	}
}

func inMilliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
