package main

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/templates/static"
)

// examination is what the doctor has found so far.
type examination struct {
	env      *environment
	problems int
}

// check says of one thing that it is well, or what is wrong with it.
func (x *examination) check(what string, err error) {
	word := "ok"
	if err != nil {
		word = oneLine(db.Advice(err))
		x.problems++
	}
	x.say(what, word)
}

// warn says what works and may not be meant.
func (x *examination) warn(what, word string) { x.say(what, "warning: "+word) }

func (x *examination) say(what, word string) {
	_, _ = fmt.Fprintf(x.env.stdout, "%-18s %s\n", what, word)
}

// doctor looks at everything that serving needs and says of each whether it is well.
func doctor(c *cobra.Command, env *environment) error {
	x := &examination{env: env}
	s, err := app.ReadSettings(env.getenv)
	if err == nil {
		err = s.CheckServe()
	}
	x.check("settings", err)
	if err != nil {
		return errors.New("the settings need attention, see above")
	}
	for _, w := range s.Warnings() {
		x.warn("settings", w)
	}
	for _, name := range s.Files() { // before opening takes care of them
		if err := db.Exposed(name); err != nil {
			x.warn("file rights", fault.Of(err).Detail)
		}
	}
	a, err := app.Open(c.Context(), s, s.Logger(env.stderr))
	x.check("database", err)
	if err == nil {
		x.database(c.Context(), a)
		x.check("close", a.Close())
	}
	if !static.Built() {
		x.check("front-end files", errors.New("missing: run `make assets`, then `make build`"))
	} else {
		x.check("front-end files", nil)
	}
	if x.problems > 0 {
		return fmt.Errorf("%d thing(s) need attention, see above", x.problems)
	}
	return nil
}

// database looks at what the database holds. It leaves out what cannot be looked at without a schema.
func (x *examination) database(ctx context.Context, a *app.App) {
	what, err := a.DB.CheckWhole(ctx)
	x.check("damage", err)
	if err == nil {
		x.say("", "("+what+")")
	}
	apart, err := a.DB.ClockApart(ctx, app.Now)
	if err == nil && apart.Abs() > app.ClockSlack {
		err = fmt.Errorf(
			"the clock of the database's machine is %s ahead of this one's: set both by the network",
			apart.Round(app.ClockSlack/10),
		)
	}
	x.check("clock", err)
	status, err := a.DB.Status(ctx)
	if err == nil {
		err = status.Check()
	}
	x.check("schema", err)
	if err != nil {
		return
	}
	x.check("writing", a.CheckWrite(ctx))
	x.check("purpose", a.CheckPurpose(ctx))
	x.check("accounts", a.CheckEmptied(ctx))
}
