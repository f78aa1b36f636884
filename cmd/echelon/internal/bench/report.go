package main

import (
	"fmt"
	"strings"
)

// table writes the rows as Markdown.
func table(rows []row) string {
	var b strings.Builder
	b.WriteString("| measured | against, in the same run | ours | theirs | ratio | limit | | seen possible |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---|---|\n")
	for _, r := range rows {
		verdict := "met"
		if !r.met() {
			verdict = "**missed**"
		}
		_, _ = fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", r.measured, r.against,
			r.unit.write(r.ours), r.unit.write(r.theirs), r.limit.write(r.ratio()), r.limit, verdict, r.seen)
	}
	return b.String()
}

// report writes the page that the documentation keeps.
func report(rows []row, about machine, reps int) string {
	var b strings.Builder
	b.WriteString("# Benchmarks\n\n")
	b.WriteString("Written by `make bench`; not to be edited by hand. All numbers come from one run: they say how two ways of doing the same\n")
	b.WriteString("compare on one machine, not how fast another machine is.\n\n")
	for _, line := range about.lines() {
		b.WriteString("- " + line + "\n")
	}
	b.WriteString("\n" + table(rows) + "\n")
	_, _ = fmt.Fprintf(&b, "Each number is the median of %d interleaved repetitions (ours, theirs, ours, theirs, …) after one that is thrown away;\n", reps)
	b.WriteString("the ratio is that of the medians, for \"×\" how many times faster ours is. MB are 1 000 000 bytes.\n\n## How each number is measured\n\n")
	for _, r := range rows {
		b.WriteString("- **" + r.measured + "**: " + r.how + "\n")
	}
	for i, r := range notes(rows) {
		if i == 0 {
			b.WriteString("\n## Why a limit is missed\n\n")
		}
		b.WriteString("- **" + r.measured + "**: " + r.note + "\n")
	}
	return b.String()
}

// notes are the rows that miss their limit and say why.
func notes(rows []row) []row {
	var out []row
	for _, r := range rows {
		if r.note != "" && !r.met() {
			out = append(out, r)
		}
	}
	return out
}
