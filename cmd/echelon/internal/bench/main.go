// Command bench measures the product against plain alternatives and prints one table from one run. It runs by
// hand through `make bench`, which gives it PostgreSQL and the built front-end files; no test asserts its figures.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"slices"
	"strings"
	"syscall"
	"time"
)

// longest is when a run gives up: a machine where it takes longer would measure something else.
const longest = 15 * time.Minute

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	ctx, cancel := context.WithTimeout(ctx, longest)
	err := run(ctx, os.Args[1:], os.Stdout, os.Stderr)
	cancel()
	stop()
	if err != nil {
		_, _ = fmt.Fprintln(os.Stderr, "bench: "+err.Error())
		os.Exit(1)
	}
}

// section measures what shares its preparation.
type section struct {
	name    string
	measure func(*bench) (results, error)
}

// results are the lines of the report's tables.
type results struct {
	rows   []row
	pages  []pageRow
	visits []visit
}

func (r *results) add(more results) {
	r.rows = append(r.rows, more.rows...)
	r.pages = append(r.pages, more.pages...)
	r.visits = append(r.visits, more.visits...)
}

func ofRows(measure func(*bench) ([]row, error)) func(*bench) (results, error) {
	return func(b *bench) (r results, err error) {
		r.rows, err = measure(b)
		return r, err
	}
}

// sections in the order of the table. Those that fill the databases come after those that read a small one.
var sections = []section{
	{"pdf", ofRows((*bench).documents)},
	{"list", ofRows((*bench).list)},
	{"json", ofRows((*bench).relations)},
	{"pages", func(b *bench) (r results, err error) {
		r.pages, err = b.pages()
		return r, err
	}},
	{"visits", func(b *bench) (r results, err error) {
		r.visits, err = b.visits()
		return r, err
	}},
	{"http", ofRows((*bench).requests)},
	{"search", ofRows((*bench).search)},
	{"program", ofRows((*bench).program)},
}

func run(ctx context.Context, args []string, stdout, stderr io.Writer) (err error) {
	flags := flag.NewFlagSet("bench", flag.ContinueOnError)
	flags.SetOutput(stderr)
	out := flags.String("out", "", "write the report to this file too")
	reps := flags.Int("repetitions", 7, "interleaved repetitions of each measurement, at least 5 for a report")
	only := flags.String("only", "", "measure only these sections, separated by commas: "+names())
	if err := flags.Parse(args); err != nil {
		return err
	}
	chosen, err := choose(*only)
	if err != nil {
		return err
	}
	if *out != "" && (*reps < 5 || len(chosen) < len(sections)) {
		return errors.New("a report holds every section, with at least 5 repetitions: leave -only and -repetitions, or -out")
	}
	b, err := newBench(ctx, *reps, stderr)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, b.close()) }()
	var all results
	for _, s := range chosen {
		start := time.Now()
		measured, err := s.measure(b)
		if err != nil {
			return fmt.Errorf("%s: %w", s.name, err)
		}
		all.add(measured)
		_, _ = fmt.Fprintf(stderr, "%-8s measured in %.0f s\n", s.name, time.Since(start).Seconds())
	}
	_, _ = io.WriteString(stdout, tables(all))
	if *out == "" {
		return nil
	}
	about, err := b.machine()
	if err != nil {
		return err
	}
	return os.WriteFile(*out, []byte(report(all, about, *reps)), 0o644) //nolint:gosec // a page of the documentation
}

func names() string {
	var all []string
	for _, s := range sections {
		all = append(all, s.name)
	}
	return strings.Join(all, ",")
}

func choose(only string) ([]section, error) {
	if only == "" {
		return sections, nil
	}
	wanted := strings.Split(only, ",")
	var chosen []section
	for _, s := range sections {
		if slices.Contains(wanted, s.name) {
			chosen = append(chosen, s)
		}
	}
	if len(chosen) != len(wanted) {
		return nil, fmt.Errorf("unknown section in %q: use some of %s", only, names())
	}
	return chosen, nil
}
