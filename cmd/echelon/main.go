// Command echelon is the whole product: it serves the site, keeps the database, loads content and prints
// documents. Exit status 0 is done, 1 failed, 2 wrong usage.
package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/signal"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/lang"
)

// Exit statuses.
const (
	exitFailed = 1
	exitUsage  = 2
)

func main() {
	// A reader of the log or of the output that goes away is no reason to end: the write fails, and that is all.
	signal.Ignore(syscall.SIGPIPE)
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	code := run(ctx, os.Args[1:], os.Getenv, os.Stdout, os.Stderr)
	stop()
	os.Exit(code)
}

// usageError is a command line that cannot be meant.
type usageError struct{ error }

// run executes one command line and returns its exit status. Errors go to stderr in one line.
func run(ctx context.Context, args []string, getenv func(string) string, stdout, stderr io.Writer) int {
	for i, arg := range args {
		if lang.BrokenAt(arg) >= 0 {
			_, _ = fmt.Fprintf(stderr, "echelon: argument %d, %q, is not UTF-8 text: set the terminal to UTF-8\n", i+1, arg)
			return exitUsage
		}
	}
	root := newRoot(&environment{getenv: getenv, stdout: stdout, stderr: stderr, createTemp: createTemp})
	root.SetArgs(args)
	root.SetOut(stdout)
	root.SetErr(stderr)
	err := root.ExecuteContext(ctx)
	if err == nil {
		return 0
	}
	if p := (*fs.PathError)(nil); errors.As(err, &p) && errors.Is(p, syscall.EPIPE) { // `echelon user list | head`
		return exitFailed
	}
	_, _ = fmt.Fprintln(stderr, "echelon: "+oneLine(db.Advice(err)))
	if u := (usageError{}); errors.As(err, &u) || strings.HasPrefix(err.Error(), "unknown command") {
		return exitUsage
	}
	return exitFailed
}

// oneLine keeps an error to a line, unless it lists several problems.
func oneLine(err error) string {
	return strings.ReplaceAll(strings.TrimSpace(err.Error()), "\n\t", " ")
}

// environment is what commands need of the world.
type environment struct {
	getenv         func(string) string
	stdout, stderr io.Writer
	createTemp     func(dir, pattern string) (tempFile, error) // makes the file a document is written to
	keyless        bool                                        // the program is opened without the secret key
}

func newRoot(env *environment) *cobra.Command {
	root := &cobra.Command{
		Use: "echelon", Short: "What every role is, what it takes, what it pays and where it leads",
		SilenceErrors: true, SilenceUsage: true,
	}
	root.CompletionOptions.DisableDefaultCmd = true
	root.SetFlagErrorFunc(func(c *cobra.Command, err error) error {
		return usageError{fmt.Errorf("%w; see `%s --help`", err, c.CommandPath())}
	})
	root.AddCommand(
		serveCommand(env), migrateCommand(env), seedCommand(env), pdfCommand(env), userCommand(env),
		tokenCommand(env), auditCommand(env), doctorCommand(env), versionCommand(env),
	)
	return root
}

// exactly asks for a number of arguments.
func exactly(n int, what string) cobra.PositionalArgs {
	return func(c *cobra.Command, args []string) error {
		if len(args) != n {
			return usageError{fmt.Errorf("%s takes %s; see `%s --help`", c.CommandPath(), what, c.CommandPath())}
		}
		return nil
	}
}

// choice makes a command that only holds others: alone, or with a word it does not know, it is wrong usage.
func choice(c *cobra.Command, commands ...*cobra.Command) *cobra.Command {
	c.AddCommand(commands...)
	c.Args = cobra.ArbitraryArgs
	c.RunE = func(c *cobra.Command, args []string) error {
		var names []string
		for _, one := range c.Commands() {
			names = append(names, one.Name())
		}
		return usageError{
			fmt.Errorf("%s takes one of: %s; see `%s --help`", c.CommandPath(), strings.Join(names, ", "), c.CommandPath()),
		}
	}
	return c
}

// open builds the program over the configured database.
func (e *environment) open(ctx context.Context, demo bool) (*app.App, error) {
	s, err := app.ReadSettings(e.getenv)
	if err != nil {
		return nil, err
	}
	s.Demo, s.Keyless = demo, e.keyless
	return app.Open(ctx, s, s.Logger(e.stderr))
}

// with opens the program, checks that its schema is current, and closes it after fn.
func (e *environment) with(ctx context.Context, demo bool, fn func(*app.App) error) error {
	a, err := e.open(ctx, demo)
	if err != nil {
		return err
	}
	if err := a.Prepare(ctx); err != nil {
		return errors.Join(err, a.Close())
	}
	return errors.Join(fn(a), a.Close())
}

// existing is with, for a command that looks after what is there already. It makes no database where there is none:
// whoever calls it there is in the wrong folder.
func (e *environment) existing(ctx context.Context, fn func(*app.App) error) error {
	s, err := app.ReadSettings(e.getenv)
	if err != nil {
		return err
	}
	if file, ok := strings.CutPrefix(s.DatabaseURL, "sqlite:"); ok {
		_, err := os.Stat(file)
		_, noFolder := os.Stat(filepath.Dir(file)) // of which opening speaks, except of data, which serve makes
		if errors.Is(err, fs.ErrNotExist) && (noFolder == nil || filepath.Dir(file) == "data") {
			return fmt.Errorf("there is no database %s: go to the folder that `echelon serve` was started in, or set "+
				"ECHELON_DATABASE_URL as it was set there", file)
		}
	}
	return e.with(ctx, false, fn)
}

func versionCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "version", Short: "Print the version", Args: exactly(0, "no arguments"),
		RunE: func(*cobra.Command, []string) error {
			_, err := fmt.Fprintln(env.stdout, "echelon "+app.Version)
			return err
		},
	}
}
