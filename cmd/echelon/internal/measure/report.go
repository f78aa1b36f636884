package main

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"
	"text/tabwriter"
)

// What we aim at. The source of each number is docs/architecture.md.
const (
	aimOver100       = 1.5 // percent of the lines of code
	aimOver120       = 0.5
	aimFunctions     = 25 // lines, for nine of ten functions
	aimFiles         = 280
	aimTests         = 1.0 // lines of test for each line of code
	aimDocumented    = 100.0
	aimMethods       = 30
	aimWiring        = 250
	aimParameters    = 3
	aimPackage       = 15 // files of code
	worstFilesListed = 10
)

// row is one measure beside its aim.
type row struct {
	what, now, aim string
	met            bool
}

// print writes the tables that a person reads.
func (t *tree) print(out io.Writer) error {
	var text strings.Builder
	text.WriteString("\tfiles\tlines\tover 100\tover 120\n")
	for _, k := range kinds {
		s := t.sizes[k]
		fmt.Fprintf(
			&text, "%s\t%d\t%d\t%.2f %%\t%.2f %%\n", k, s.files, s.lines,
			percent(s.over100, s.lines), percent(s.over120, s.lines),
		)
	}
	text.WriteString("\nof the code\tnow\taim\tmet\n")
	for _, r := range t.rows() {
		fmt.Fprintf(&text, "%s\t%s\t%s\t%s\n", r.what, r.now, r.aim, yesOrNo(r.met))
	}
	text.WriteString("\nmost lines over 120\t\n")
	for _, name := range largest(t.longLines, worstFilesListed) {
		fmt.Fprintf(&text, "%s\t%d\n", name, t.longLines[name])
	}
	w := tabwriter.NewWriter(out, 0, 0, 2, ' ', 0)
	if _, err := io.WriteString(w, text.String()); err != nil {
		return err
	}
	return w.Flush()
}

func (t *tree) rows() []row {
	s := t.sizes[code]
	large, crowded := above(t.services, aimMethods), above(t.packages, aimPackage)
	return []row{
		share("lines over 100 characters", percent(s.over100, s.lines), aimOver100),
		share("lines over 120 characters", percent(s.over120, s.lines), aimOver120),
		spread("function lines, p50/p90/max", t.functions, aimFunctions),
		spread("file lines, p50/p90/max", t.files, aimFiles),
		spread("parameters, p50/p90/max", t.parameters, aimParameters),
		t.ofTests(),
		t.ofComments(),
		none(fmt.Sprintf("services of more than %d methods", aimMethods), large),
		{"lines of app/app.go", fmt.Sprint(t.wiring), fmt.Sprint(aimWiring), t.wiring <= aimWiring},
		none(fmt.Sprintf("packages of more than %d files", aimPackage), crowded),
	}
}

// share is a row whose aim is a percentage that is not exceeded.
func share(what string, now, aim float64) row {
	return row{what, fmt.Sprintf("%.2f %%", now), fmt.Sprintf("%.1f %%", aim), now <= aim}
}

// none is a row whose aim is that there are none, and which names those there are.
func none(what string, names []string) row {
	return row{what, fmt.Sprintf("%d%s", len(names), list(names)), "none", len(names) == 0}
}

func (t *tree) ofTests() row {
	written := t.sizes[code].lines
	ratio := float64(t.sizes[tests].lines) / float64(max(1, written))
	withTempl := float64(t.sizes[tests].lines) / float64(max(1, written+t.sizes[templates].lines))
	now := fmt.Sprintf("%.2f (%.2f)", ratio, withTempl)
	return row{"test : code (with templ as code)", now, fmt.Sprintf("%.1f", aimTests), ratio >= aimTests}
}

func (t *tree) ofComments() row {
	documented := percent(t.exported-len(t.undocumented), t.exported)
	now := fmt.Sprintf("%.1f %% of %d%s", documented, t.exported, list(t.undocumented))
	return row{"exported and documented", now, fmt.Sprintf("%.0f %%", aimDocumented), documented >= aimDocumented}
}

// spread is a row whose aim is for nine of ten.
func spread(what string, values []int, aim int) row {
	values = slices.Sorted(slices.Values(values))
	p90 := quantile(values, 0.9)
	now := fmt.Sprintf("%d / %d / %d", quantile(values, 0.5), p90, quantile(values, 1))
	return row{what, now, fmt.Sprintf("p90 %d", aim), p90 <= aim}
}

// quantile is the smallest of the sorted values that a share of them does not exceed, 0 of none.
func quantile(sorted []int, share float64) int {
	if len(sorted) == 0 {
		return 0
	}
	below := int(share*float64(len(sorted)) + 0.999999)
	return sorted[max(0, below-1)]
}

func percent(part, whole int) float64 { return 100 * float64(part) / float64(max(1, whole)) }

// above lists what counts more than a limit, with its count.
func above(counts map[string]int, limit int) []string {
	var out []string
	for _, name := range largest(counts, len(counts)) {
		if counts[name] > limit {
			out = append(out, fmt.Sprintf("%s %d", name, counts[name]))
		}
	}
	return out
}

// largest are the names with the highest counts, the highest first.
func largest(counts map[string]int, most int) []string {
	names := slices.SortedFunc(maps.Keys(counts), func(a, b string) int {
		return cmp.Or(cmp.Compare(counts[b], counts[a]), cmp.Compare(a, b))
	})
	return names[:min(most, len(names))]
}

// list shows a few names behind a number.
func list(names []string) string {
	switch {
	case len(names) == 0:
		return ""
	case len(names) > 5:
		names = append(names[:5:5], "…")
	}
	return ": " + strings.Join(names, ", ")
}

func yesOrNo(met bool) string {
	if met {
		return "yes"
	}
	return "no"
}
