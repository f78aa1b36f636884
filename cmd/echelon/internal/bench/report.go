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
		switch {
		case r.limit.none:
			verdict = ""
		case !r.met():
			verdict = "**missed**"
		}
		_, _ = fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %s | %s |\n", r.measured, r.against,
			r.unit.write(r.ours), r.unit.write(r.theirs), r.limit.write(r.ratio()), r.limit, verdict, r.seen)
	}
	return b.String()
}

// pageTable writes what readers wait for as Markdown.
func pageTable(pages []pageRow) string {
	var b strings.Builder
	b.WriteString("| page | database | bytes | compressed | p50 | from memory | ratio | requests/s | from memory | " +
		"ratio | not compressed |\n")
	b.WriteString("|---|---|---:|---:|---:|---:|---:|---:|---:|---:|---:|\n")
	for _, r := range pages {
		_, _ = fmt.Fprintf(&b, "| %s | %s | %s | %s | %s | %s | %.2f | %.0f | %.0f | %.2f | %s, %.0f/s |\n",
			r.name, r.database,
			kilobytes(float64(r.size)), kilobytes(float64(r.sent)),
			milliseconds.write(r.took), milliseconds.write(r.floorTook), r.slower(),
			r.rate, r.floorRate, r.share(), milliseconds.write(r.plain), r.plainRate)
	}
	return b.String()
}

// visitTable writes what a browser loads as Markdown.
func visitTable(visits []visit) string {
	var b strings.Builder
	b.WriteString("| opened | requests | bytes over the wire |\n|---|---:|---:|\n")
	for _, v := range visits {
		_, _ = fmt.Fprintf(&b, "| %s | %d | %s |\n", v.page, v.requests, kilobytes(v.bytes))
	}
	return b.String()
}

func kilobytes(n float64) string { return fmt.Sprintf("%.1f kB", n/1000) }

// tables writes all that was measured.
func tables(r results) string {
	var parts []string
	if len(r.rows) > 0 {
		parts = append(parts, table(r.rows))
	}
	if len(r.pages) > 0 {
		parts = append(parts, pageTable(r.pages))
	}
	if len(r.visits) > 0 {
		parts = append(parts, visitTable(r.visits))
	}
	return strings.Join(parts, "\n")
}

// How the two tables beside the main one are measured.
const (
	howPages = "What a reader waits for who may see no pay: the whole way over loopback, in the language of the " +
		"browser, compressed (br) unless said otherwise. p50 is the median of one connection, requests/s what eight " +
		"connections get; client and server share the process and its cores. \"From memory\" is a handler that looks up " +
		"the same session and renders the same view, or the same document, from values in memory and compresses it alike."
	howVisits = "What Chromium loads over the network, headers included; each first visit begins with an empty cache."
)

// report writes the page that the documentation keeps.
func report(all results, about machine, reps int) string {
	rows := all.rows
	var b strings.Builder
	b.WriteString("# Benchmarks\n\n")
	b.WriteString("Written by `make bench`; not to be edited by hand. All numbers come from one run: they say how two " +
		"ways of doing the same\ncompare on one machine, not how fast another machine is.\n\n")
	for _, line := range about.lines() {
		b.WriteString("- " + line + "\n")
	}
	b.WriteString("\n" + table(rows) + "\n")
	_, _ = fmt.Fprintf(&b, "Each number is the median of %d interleaved repetitions (ours, theirs, ours, theirs, …) "+
		"after one that is thrown away;\n", reps)
	b.WriteString("the ratio is that of the medians, for \"×\" how many times faster ours is. MB are 1 000 000 bytes.\n\n")
	b.WriteString("## Pages over HTTP\n\n" + howPages + "\n\n" + pageTable(all.pages) + "\n")
	b.WriteString("## Weight\n\n" + howVisits + "\n\n" + visitTable(all.visits) + "\n")
	b.WriteString("## How each number is measured\n\n")
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
