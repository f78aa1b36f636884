package main

import (
	"encoding/json"
	"fmt"
	"io/fs"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/seeds"
)

func migrateCommand(env *environment) *cobra.Command {
	var asJSON bool
	status := &cobra.Command{
		Use: "status", Short: "Show which steps are applied and pending", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return migrateStatus(c, env, asJSON) },
	}
	status.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	up := &cobra.Command{
		Use: "up", Short: "Apply the pending steps", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return migrateUp(c, env) },
	}
	return choice(&cobra.Command{
		Use: "migrate", Short: "Bring the database schema up to this version, or show where it stands",
	}, status, up)
}

func migrateUp(c *cobra.Command, env *environment) error {
	a, err := env.open(c.Context(), false)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	done, err := a.Migrate(c.Context())
	if err != nil {
		return err
	}
	if len(done) == 0 {
		_, err = fmt.Fprintln(env.stdout, "The schema is up to date: nothing to do.")
		return err
	}
	_, err = fmt.Fprintf(env.stdout, "Applied %d step(s): %s\n", len(done), strings.Join(done, ", "))
	return err
}

func migrateStatus(c *cobra.Command, env *environment, asJSON bool) error {
	a, err := env.open(c.Context(), false)
	if err != nil {
		return err
	}
	defer func() { _ = a.Close() }()
	s, err := a.DB.Status(c.Context())
	if err != nil {
		return err
	}
	if asJSON {
		return json.NewEncoder(env.stdout).Encode(map[string]any{
			"database": a.DB.Name(), "applied": s.Applied, "pending": s.Pending, "unknown": s.Unknown, "current": s.Current(),
		})
	}
	_, err = fmt.Fprintf(
		env.stdout, "%s: %d applied, %d pending, %d unknown\n", a.DB.Name(), len(s.Applied), len(s.Pending), len(s.Unknown),
	)
	return err
}

func seedCommand(env *environment) *cobra.Command {
	var demo, asJSON bool
	var dir string
	c := &cobra.Command{
		Use: "seed", Short: "Load the shipped content; loading again changes nothing", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error {
			return env.with(c.Context(), demo, func(a *app.App) error {
				var tree fs.FS = seeds.Content
				if dir != "" {
					tree = os.DirFS(dir)
				}
				report, err := a.Seed(c.Context(), tree, demo)
				if err != nil {
					return err
				}
				return printReport(env, report, asJSON)
			})
		},
	}
	c.Flags().BoolVar(&demo, "demo", false, "load the demo company too")
	c.Flags().BoolVar(&asJSON, "json", false, "print JSON")
	c.Flags().StringVar(&dir, "from", "", "a directory of seed files to load instead of the shipped ones")
	return c
}

func printReport(env *environment, r seeds.Report, asJSON bool) error {
	if asJSON {
		return json.NewEncoder(env.stdout).Encode(r)
	}
	if !r.Changed() {
		_, _ = fmt.Fprintf(env.stdout, "Nothing to do: %d records are as shipped.\n", len(r.Unchanged))
	} else {
		_, _ = fmt.Fprintf(
			env.stdout, "Created %d, updated %d, unchanged %d.\n", len(r.Created), len(r.Updated), len(r.Unchanged),
		)
	}
	for _, name := range r.NotRead {
		_, _ = fmt.Fprintf(env.stdout, "Not read: %s\n", name)
	}
	for _, k := range r.Kept {
		_, _ = fmt.Fprintf(env.stdout, "Left alone, changed by people since: %s\n", k)
	}
	return nil
}

func doctorCommand(env *environment) *cobra.Command {
	return &cobra.Command{
		Use: "doctor", Short: "Check settings, database, schema and front-end files", Args: exactly(0, "no arguments"),
		RunE: func(c *cobra.Command, _ []string) error { return doctor(c, env) },
	}
}
