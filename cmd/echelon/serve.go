package main

import (
	"errors"
	"fmt"
	"log/slog"
	"runtime/debug"
	"strings"
	"text/tabwriter"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/seeds"
	"github.com/echelon-hr/echelon/templates/static"
)

func serveCommand(env *environment) *cobra.Command {
	var demo bool
	c := &cobra.Command{
		Use: "serve", Short: "Serve the site",
		Long: "Serve the site until stopped.\n\nSettings:\n" + settingsTable(), Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return serve(c, env, demo) },
	}
	c.Flags().BoolVar(
		&demo, "demo", false, "load the demo company and let visitors sign in as a persona; on this machine only",
	)
	return c
}

func settingsTable() string {
	var b strings.Builder
	w := tabwriter.NewWriter(&b, 0, 4, 2, ' ', 0)
	for _, v := range app.Variables() {
		_, _ = fmt.Fprintf(w, "  %s\t%s\t%s\n", v.Name, v.Default, v.Meaning)
	}
	_ = w.Flush()
	return b.String()
}

func serve(c *cobra.Command, env *environment, demo bool) error {
	ctx := c.Context()
	s, err := app.ReadSettings(env.getenv)
	if err != nil {
		return err
	}
	s.Demo = demo
	if err := s.CheckServe(); err != nil {
		return err
	}
	if !static.Built() {
		return fmt.Errorf("this binary was built without its front-end files: run `make assets`, then `make build`")
	}
	log := s.Logger(env.stderr)
	slog.SetDefault(log)
	boundMemory(env.getenv)
	return env.with(ctx, demo, func(a *app.App) error {
		if demo {
			if _, err := a.Seed(ctx, seeds.Content, true); err != nil {
				return err
			}
		}
		log.Info("starting", "version", app.Version, "settings", s.String())
		if err := a.CheckPurpose(ctx); err != nil { // before a link is made in it
			return err
		}
		path, emptied := a.FirstRun(ctx)
		if emptied != nil && !errors.Is(emptied, app.ErrEmptied) {
			return emptied
		}
		return a.Serve(ctx, func(addr string) {
			if emptied != nil {
				_, _ = fmt.Fprintf(env.stdout, "%s.\n", fault.Of(emptied).Detail)
			}
			if path != "" { // to whoever starts it alone, never to the log
				_, _ = fmt.Fprintf(
					env.stdout, "There is no account yet. Make the first one, within 24 hours: %s\n", siteAddress(s, addr)+path,
				)
			}
			if families, err := a.Services.Jobs.Families(ctx, actor.CommandLine()); err == nil && len(families) == 0 {
				_, _ = fmt.Fprintln(env.stdout, "There is no content yet. `echelon seed`, in this folder, loads the shipped job "+
					"profiles, competencies and ladder.")
			}
			_, _ = fmt.Fprintf(env.stdout, "Echelon is ready: %s\n", addr)
		})
	})
}

// memoryLimit is the memory in bytes towards which the collector works harder: a rush of visitors would else leave
// garbage to several times what it needs. What is in use lies far below it; the few documents that are made at once
// fit.
const memoryLimit = 192 << 20

// boundMemory sets that limit, unless whoever runs the program has set another one.
func boundMemory(getenv func(string) string) {
	if getenv("GOMEMLIMIT") == "" {
		debug.SetMemoryLimit(memoryLimit)
	}
}

// siteAddress is the site's address as people type it: the setting, or where it listens when a free port was chosen.
func siteAddress(s app.Settings, addr string) string {
	if strings.HasSuffix(s.Addr, ":0") {
		return addr
	}
	return s.BaseURL
}
