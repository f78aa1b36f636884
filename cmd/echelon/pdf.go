package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs/jobsweb"
)

func pdfCommand(env *environment) *cobra.Command {
	return choice(
		&cobra.Command{Use: "pdf", Short: "Print documents"},
		printing(env, "job SLUG", "Print a job profile or role guide", func(p *jobsweb.Printer) printer { return p.Profile }),
		printing(env, "family SLUG", "Print all roles of a family in one file", func(p *jobsweb.Printer) printer {
			return p.Family
		}),
		printing(env, "archive SLUG", "Print all roles of a family as a ZIP of files", func(p *jobsweb.Printer) printer {
			return p.ArchiveFile
		}),
	)
}

// printer is one of the Printer's methods.
type printer = func(
	ctx context.Context, a actor.Actor, slug string, reader lang.Lang, o jobsweb.Order,
) (jobsweb.File, error)

func printing(env *environment, use, short string, choose func(*jobsweb.Printer) printer) *cobra.Command {
	var o jobsweb.Order
	var out string
	c := &cobra.Command{
		Use: use, Short: short, Args: exactly(1, "one slug"),
		RunE: func(c *cobra.Command, args []string) error {
			return env.existing(c.Context(), func(a *app.App) error {
				file, err := choose(a.Printer)(c.Context(), actor.CommandLine(), args[0], lang.FR, o)
				if err != nil {
					return inWords(err, args[0], o)
				}
				return env.save(file, out)
			})
		},
	}
	f := c.Flags()
	f.StringVar(&o.Langs, "lang", "fr", "fr, en, or fr,en for both in one file")
	f.StringVar(&o.Paper, "paper", "a4", "a4 or letter")
	f.StringVar(&o.Edition, "edition", "profile", "profile or guide")
	f.StringVar(&o.Variant, "variant", "", "the industry to print it for")
	f.BoolVar(&o.Sign, "sign", false, "with a block for signatures")
	f.StringVar(&out, "out", "", "file to write, - for standard output; by default a name that says what is in it")
	return c
}

// inWords says what was wrong with what was asked, in terms of the command line.
func inWords(err error, slug string, o jobsweb.Order) error {
	f := fault.Of(err)
	switch {
	case f.Kind == fault.Invalid:
		return usageError{errors.New(f.Detail)}
	case f.Code == "variant.unknown":
		return fmt.Errorf("%s has no variant %q", slug, o.Variant)
	case f.Kind == fault.NotFound:
		return fmt.Errorf("there is nothing called %q to print", slug)
	}
	return err
}

// save writes a document whole or not at all: a full disk leaves no half file under the name.
func (e *environment) save(f jobsweb.File, out string) error {
	if out == "-" {
		_, err := e.stdout.Write(f.Body)
		return err
	}
	if out == "" {
		out = f.Name
	}
	write := e.replace
	if info, err := os.Stat(out); err == nil && !info.Mode().IsRegular() {
		write = writeThrough // a pipe or a device keeps its name
	}
	if err := write(out, f.Body); err != nil {
		return fmt.Errorf("cannot write %s: %w", out, err)
	}
	_, err := fmt.Fprintf(e.stdout, "%s (%d bytes)\n", out, len(f.Body))
	return err
}

// replace writes another file beside the one of that name, and gives it the name once all of it is on the disk.
func (e *environment) replace(name string, body []byte) error {
	tmp, err := e.createTemp(filepath.Dir(name), ".echelon-*")
	if err != nil {
		return err
	}
	_, err = tmp.Write(body)
	err = errors.Join(err, tmp.Sync(), tmp.Close(), os.Chmod(tmp.Name(), 0o644))
	if err == nil {
		err = os.Rename(tmp.Name(), name)
	}
	if err != nil {
		_ = os.Remove(tmp.Name())
	}
	return err
}

// tempFile is a file that gets its name later.
type tempFile interface {
	io.WriteCloser
	Name() string
	Sync() error
}

// createTemp makes a file on the real disk.
func createTemp(dir, pattern string) (tempFile, error) { return os.CreateTemp(dir, pattern) }

func writeThrough(name string, body []byte) error {
	f, err := os.OpenFile(name, os.O_WRONLY, 0)
	if err != nil {
		return err
	}
	_, err = f.Write(body)
	return errors.Join(err, f.Close())
}
