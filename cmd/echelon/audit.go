package main

import (
	"bufio"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

func auditCommand(env *environment) *cobra.Command {
	return choice(&cobra.Command{Use: "audit", Short: "Verify or export the journal"}, auditVerifyCommand(env), auditExportCommand(env))
}

func auditVerifyCommand(env *environment) *cobra.Command {
	var head string
	var asJSON bool
	c := &cobra.Command{
		Use: "verify", Short: "Check that no entry of the journal was changed, removed or moved", Args: exactly(0, "no arguments"),
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
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	return c
}

// parseHead reads the flag, the zero head when it is not given.
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
	if r.Head.IsZero() {
		_, err := fmt.Fprintln(e.stdout, "The journal is empty.")
		return err
	}
	if !noted.IsZero() {
		_, _ = fmt.Fprintf(e.stdout, "Entry %d is as it was noted down.\n", noted.Entry)
	}
	_, err := fmt.Fprintf(e.stdout, "The journal is whole: %d entries. Note its head down elsewhere, for --head next time:\n%s\n", r.Entries, r.Head)
	return err
}

func auditExportCommand(env *environment) *cobra.Command {
	var f audit.Filter
	var out string
	c := &cobra.Command{
		Use: "export", Short: "Write the journal as one JSON object a line, the oldest entry first", Args: exactly(0, "no arguments"),
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
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", out, errors.Join(err, os.Remove(tmp.Name())))
	}
	return nil
}

func through(out string, write func(io.Writer) error) error {
	f, err := os.OpenFile(out, os.O_WRONLY, 0)
	if err != nil {
		return fmt.Errorf("cannot write %s: %w", out, err)
	}
	w := bufio.NewWriter(f)
	return errors.Join(write(w), w.Flush(), f.Close())
}
