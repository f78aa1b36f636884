package main

import (
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/templates/static"
)

// doctor looks at everything that serving needs and says of each whether it is well.
func doctor(c *cobra.Command, env *environment) error {
	var problems []error
	check := func(what string, err error) {
		word := "ok"
		if err != nil {
			word = err.Error()
			problems = append(problems, err)
		}
		_, _ = fmt.Fprintf(env.stdout, "%-18s %s\n", what, word)
	}
	s, err := app.ReadSettings(env.getenv)
	if err == nil {
		err = s.CheckServe()
	}
	check("settings", err)
	if err != nil {
		return errors.New("the settings need attention, see above")
	}
	a, err := app.Open(c.Context(), s, s.Logger(env.stderr))
	check("database", err)
	if err == nil {
		status, err := a.DB.Status(c.Context())
		if err == nil {
			err = status.Check()
		}
		check("schema", err)
		check("close", a.Close())
	}
	if !static.Built() {
		check("front-end files", errors.New("missing: run `make assets`, then `make build`"))
	} else {
		check("front-end files", nil)
	}
	if len(problems) > 0 {
		return fmt.Errorf("%d thing(s) need attention, see above", len(problems))
	}
	return nil
}
