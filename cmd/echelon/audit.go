package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"time"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
)

func auditCommand(env *environment) *cobra.Command {
	return choice(
		&cobra.Command{Use: "audit", Short: "Verify, export or cut the journal"},
		auditVerifyCommand(env), auditExportCommand(env), auditCutCommand(env),
	)
}

func auditVerifyCommand(env *environment) *cobra.Command {
	var head string
	var asJSON bool
	c := &cobra.Command{
		Use: "verify", Short: "Check that no entry of the journal was changed, removed or moved",
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			noted, err := parseHead(head)
			if err != nil {
				return err
			}
			return env.existing(c.Context(), func(a *app.App) error {
				report, err := a.Services.Audit.Verify(c.Context(), actor.CommandLine(), noted)
				if err != nil {
					return err
				}
				return env.printVerified(report, noted, asJSON)
			})
		},
	}
	c.Flags().StringVar(&head, "head", "", "a head noted down before, SEQ:HASH, which must still be in the journal")
	c.Flags().BoolVar(&env.keyless, "without-key", false, "check the chain of a copy whose secret key is not at hand")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// parseHead reads the flag, and returns the zero head when it was not given.
func parseHead(s string) (audit.Head, error) {
	if s == "" {
		return audit.Head{}, nil
	}
	head, err := audit.ParseHead(s)
	if err != nil {
		return head, usageError{fmt.Errorf("--head: %w", err)}
	}
	return head, nil
}

// printVerified says what was found; a broken journal is an error, so that the exit status says it too.
func (e *environment) printVerified(r audit.Report, noted audit.Head, asJSON bool) error {
	if asJSON {
		if err := json.NewEncoder(e.stdout).Encode(r); err != nil {
			return err
		}
	}
	if !r.Whole() {
		return fmt.Errorf("the journal is broken at entry %d: %s", r.Broken.Seq, r.Broken.Why)
	}
	if asJSON {
		return nil
	}
	if r.Seal != nil {
		_, _ = fmt.Fprintf(e.stdout, "It begins after entry %d: those before were cut on %s by %s, into the file whose "+
			"SHA-256 is\n%s\n",
			r.Seal.Entry, r.Seal.At.Format(time.DateOnly), r.Seal.Actor, r.Seal.Export)
	}
	if r.Signature == audit.Unchecked {
		_, _ = fmt.Fprintln(
			e.stdout, "Without the secret key it could not be checked whether entries were cut off its beginning or its end.",
		)
	}
	if r.Head.IsZero() {
		_, err := fmt.Fprintln(e.stdout, "The journal is empty.")
		return err
	}
	if !noted.IsZero() {
		_, _ = fmt.Fprintf(e.stdout, "Entry %d is as it was noted down.\n", noted.Entry)
	}
	_, err := fmt.Fprintf(
		e.stdout, "The journal is whole: %d entries. Note its head down elsewhere, for --head next time:\n%s\n",
		r.Entries, r.Head,
	)
	return err
}

func auditExportCommand(env *environment) *cobra.Command {
	var f audit.Filter
	var out string
	c := &cobra.Command{
		Use: "export", Short: "Write the journal as one JSON object a line, the oldest entry first",
		Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			if out == "" {
				return usageError{errors.New("audit export needs --out FILE, or --out - for standard output")}
			}
			return env.existing(c.Context(), func(a *app.App) error {
				n := 0
				err := env.stream(out, func(w io.Writer) error {
					lines := json.NewEncoder(w)
					return a.Services.Audit.Export(c.Context(), actor.CommandLine(), f, func(e audit.Entry) error {
						n++
						return lines.Encode(e)
					})
				})
				if bad := fault.Of(err); err != nil && bad.Kind == fault.Invalid {
					return usageError{err}
				}
				if err == nil && out != "-" {
					_, err = fmt.Fprintf(env.stdout, "%s (%d entries)\n", out, n)
				}
				return err
			})
		},
	}
	c.Flags().StringVar(&f.From, "from", "", "first day, yyyy-mm-dd in UTC")
	c.Flags().StringVar(&f.To, "to", "", "last day, yyyy-mm-dd in UTC")
	c.Flags().StringVar(&out, "out", "", "file to write, - for standard output")
	return c
}

func auditCutCommand(env *environment) *cobra.Command {
	var cut audit.Cut
	var out string
	c := &cobra.Command{
		Use: "cut", Short: "Move the oldest entries of the journal into a file, and leave a signed seal in their place",
		Args: exactly(0, "no arguments"),
		Long: "Writes the entries of days before a date into a new file, one JSON object a line, and removes them from\n" +
			"the journal once the file is safe on the disk. The seal that stays says which they were, when and by whom they\n" +
			"were cut, and the SHA-256 of the file; `audit verify` goes on from it. Entries stay for twelve months, unless\n" +
			"--force says otherwise.",
		RunE: func(c *cobra.Command, _ []string) error {
			if cut.Before == "" || out == "" || out == "-" {
				return usageError{errors.New("audit cut needs --before DATE and --out FILE, a file that is not there yet")}
			}
			cut.Now = clock.Real()
			return env.existing(c.Context(), func(a *app.App) error { return env.cut(c.Context(), a, cut, out) })
		},
	}
	c.Flags().StringVar(&cut.Before, "before", "", "the first day that stays, yyyy-mm-dd in UTC")
	c.Flags().StringVar(&out, "out", "", "file to write, which must not be there yet")
	c.Flags().BoolVar(&cut.Force, "force", false, "cut entries of the last twelve months too")
	return c
}

// cut moves entries into a file. One that is there is not written over: it may hold what was cut before.
func (e *environment) cut(ctx context.Context, a *app.App, cut audit.Cut, out string) error {
	if _, err := os.Lstat(out); !errors.Is(err, fs.ErrNotExist) {
		return usageError{fmt.Errorf("%s is there already, or cannot be looked at: name a new file", out)}
	}
	save := func(write func(io.Writer) error) error { return e.stream(out, write) }
	seal, err := a.Services.Audit.Cut(ctx, actor.CommandLine(), cut, save)
	switch bad := fault.Of(err); {
	case err == nil:
	case bad.Code == "journal_young":
		return usageError{fmt.Errorf("%w; --force cuts younger ones too", err)}
	case bad.Kind == fault.Invalid:
		return usageError{err}
	default:
		return err
	}
	_, err = fmt.Fprintf(e.stdout, "%s (%d entries, up to entry %d; SHA-256 %s)\nKeep this file: the journal now begins "+
		"after these entries.\n",
		out, seal.Entries, seal.Entry, seal.Export)
	return err
}

// stream writes what comes piece by piece to standard output, or to a file that takes its name once all is on the
// disk.
func (e *environment) stream(out string, write func(io.Writer) error) error {
	if out == "-" {
		w := bufio.NewWriter(e.stdout)
		return errors.Join(write(w), w.Flush())
	}
	if info, err := os.Stat(out); err == nil && !info.Mode().IsRegular() {
		return through(out, write) // a pipe or a device keeps its name
	}
	tmp, err := e.createTemp(filepath.Dir(out), ".echelon-*")
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", out, err)
	}
	w := bufio.NewWriter(tmp)
	if err := write(w); err != nil {
		return errors.Join(err, tmp.Close(), os.Remove(tmp.Name()))
	}
	err = errors.Join(w.Flush(), tmp.Sync(), tmp.Close())
	if err == nil {
		err = os.Rename(tmp.Name(), out)
	}
	if err == nil {
		err = syncFolder(filepath.Dir(out))
	}
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", out, errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}

// syncFolder waits until the names of the files in a folder are on the disk.
func syncFolder(name string) error {
	f, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func through(out string, write func(io.Writer) error) error {
	f, err := os.OpenFile(out, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", out, err)
	}
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Close())
}
