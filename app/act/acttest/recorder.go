// Package acttest is for tests of what acts leave behind: effects in memory for stores that are fakes, those of the real
// databases, and a journal at which a process dies.
package acttest

import (
	"context"

	"github.com/echelon-hr/echelon/app/act"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/mail"
)

// Recorder keeps in memory what acts leave behind. The fake store of a domain embeds it. It refuses what the journal
// itself refuses, and is no transaction: what was recorded before an act failed stays.
type Recorder struct {
	Entries []audit.Entry // with who did it, as the journal has it
	Letters []mail.Letter
	Fails   error // what the journal answers, when set, instead of taking an entry
}

var _ act.Effects = (*Recorder)(nil)

// Journal implements act.Effects.
func (r *Recorder) Journal() audit.Journal { return journal{r} }

// Outbox implements act.Effects.
func (r *Recorder) Outbox() mail.Outbox { return outbox{r} }

type journal struct{ *Recorder }

func (j journal) Append(_ context.Context, a actor.Actor, e audit.Entry) error {
	if j.Fails != nil {
		return j.Fails
	}
	e.Actor, e.Behalf = a.String(), audit.BehalfOf(a)
	if err := e.Check(); err != nil {
		return err
	}
	j.Entries = append(j.Entries, e)
	return nil
}

type outbox struct{ *Recorder }

func (o outbox) Put(_ context.Context, l mail.Letter) error {
	o.Letters = append(o.Letters, l)
	return nil
}

func (o outbox) Withdraw(context.Context, ...string) error { return nil }
