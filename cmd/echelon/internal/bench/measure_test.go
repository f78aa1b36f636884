package main

import (
	"errors"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestMedian(t *testing.T) {
	tests := []struct {
		name string
		in   []float64
		want float64
	}{
		{"of an odd count is the one in the middle", []float64{9, 1, 2}, 2},
		{"of an even count is the mean of two", []float64{4, 1, 3, 2}, 2.5},
		{"of one is itself", []float64{7}, 7},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			if got := median(tt.in); got != tt.want {
				t.Errorf("got %v, want %v", got, tt.want)
			}
		})
	}
	if !math.IsNaN(median(nil)) {
		t.Error("nothing has a median")
	}
}

func TestPercentile(t *testing.T) {
	var hundred []float64
	for i := range 100 {
		hundred = append(hundred, float64(100-i))
	}
	for p, want := range map[float64]float64{99: 99, 100: 100, 50: 50, 0: 1} {
		if got := percentile(hundred, p); got != want {
			t.Errorf("percentile %v: got %v, want %v", p, got, want)
		}
	}
}

func TestRowsAreHeldToTheirLimits(t *testing.T) {
	tests := []struct {
		name         string
		limit        limit
		ours, theirs float64
		ratio, bound string
		met          bool
	}{
		{"a sixth of the time is enough", atMostOneIn(6), 1, 6, "1/6", "≤ 1/6", true},
		{"a fifth is not", atMostOneIn(6), 1.2, 6, "1/5", "≤ 1/6", false},
		{"more requests are better", atLeast(0.65), 70, 100, "0.70", "≥ 0.65", true},
		{"too few requests", atLeast(0.65), 64, 100, "0.64", "≥ 0.65", false},
		{"twice as fast is asked for", fasterBy(2), 1, 2.5, "2.5×", "≥ 2.0×", true},
		{"not quite twice as fast", fasterBy(2), 1, 1.9, "1.9×", "≥ 2.0×", false},
		{"within a factor", atMost(1.7), 17, 10, "1.70", "≤ 1.70", true},
		{"beyond a factor", atMost(1.7), 18, 10, "1.80", "≤ 1.70", false},
		{"nothing to compare with", atLeast(0.65), math.NaN(), 10, "n/a", "≥ 0.65", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			r := row{limit: tt.limit, ours: tt.ours, theirs: tt.theirs}
			got := []any{tt.limit.write(r.ratio()), tt.limit.String(), r.met()}
			if diff := cmp.Diff([]any{tt.ratio, tt.bound, tt.met}, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSidesTakeTurns(t *testing.T) {
	var order strings.Builder
	side := func(name string, numbers ...float64) probe {
		return func() (float64, error) {
			order.WriteString(name)
			v := numbers[0]
			numbers = numbers[1:]
			return v, nil
		}
	}
	m, err := interleave(3, side("A", 100, 3, 1, 2), side("B", 100, 6, 4, 5))
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]float64{2, 5}, m); diff != "" {
		t.Errorf("the first round is thrown away: %s", diff)
	}
	if got := order.String(); got != "ABABABAB" {
		t.Errorf("the sides came as %s", got)
	}
	broken := errors.New("broken")
	if _, err := interleave(3, func() (float64, error) { return 0, broken }); !errors.Is(err, broken) {
		t.Errorf("an error ends the measurement, got %v", err)
	}
}

func TestReport(t *testing.T) {
	rows := []row{
		{measured: "this", against: "that", ours: 1, theirs: 8, unit: milliseconds, limit: atMostOneIn(6), seen: "1/7.9", how: "by watching.", note: "unsaid."},
		{measured: "size", against: "small", ours: 1234.4, theirs: 10, unit: megabytes, limit: atMost(3), how: "by weighing.", note: "it is heavy."},
		{measured: "binary", against: "small", ours: 30, theirs: 10, unit: megabytes, limit: noLimit, how: "by looking.", note: "untold."},
	}
	pages := []pageRow{{
		name: "home", database: "SQLite", size: 34_567, sent: 6_789, took: 3, floorTook: 2, plain: 2.5, rate: 250, floorRate: 1000, plainRate: 300,
	}}
	all := results{rows: rows, pages: pages, visits: []visit{{"home, first visit", 6, 98_765}}}
	page := report(all, machine{cpu: "Some Processor", cores: 2, memory: 25, system: "linux/amd64", golang: "Go 1.26", sqlite: "3.50", postgresql: "15.1", chromium: "Chromium 1"}, 7)
	for _, want := range []string{
		"| this | that | 1.00 ms | 8.00 ms | 1/8 | ≤ 1/6 | met | 1/7.9 |", "| size | small | 1234 MB | 10.0 MB | 123.44 | ≤ 3.00 | **missed** |  |",
		"| binary | small | 30.0 MB | 10.0 MB | 3.00 | – |  |  |",
		"| home | SQLite | 34.6 kB | 6.8 kB | 3.00 ms | 2.00 ms | 1.50 | 250 | 1000 | 0.25 | 2.50 ms, 300/s |",
		"| home, first visit | 6 | 98.8 kB |",
		"Some Processor, 2 cores; memory: 25 GB", "Go 1.26, SQLite 3.50", "median of 7", "- **this**: by watching.", "- **size**: it is heavy.",
	} {
		if !strings.Contains(page, want) {
			t.Errorf("%q is missing in\n%s", want, page)
		}
	}
	if strings.Contains(page, "unsaid") || strings.Contains(page, "untold") {
		t.Error("a limit that is met is explained")
	}
}

func TestSectionsAreChosenByName(t *testing.T) {
	chosen, err := choose("http,pdf")
	if err != nil || len(chosen) != 2 || chosen[0].name != "pdf" {
		t.Errorf("got %d sections, %v; want two in the order of the table", len(chosen), err)
	}
	if _, err := choose("pdf,nothing"); err == nil || !strings.Contains(err.Error(), "pdf,list") {
		t.Errorf("an unknown section is refused with the known ones, got %v", err)
	}
}

func TestAReportHoldsEverything(t *testing.T) {
	for _, args := range [][]string{{"-out", "x.md", "-only", "pdf"}, {"-out", "x.md", "-repetitions", "3"}} {
		if err := run(t.Context(), args, &strings.Builder{}, &strings.Builder{}); err == nil {
			t.Errorf("%v was accepted", args)
		}
	}
}
