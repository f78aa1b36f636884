package app

import (
	"context"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mail/maildb"
	"github.com/echelon-hr/echelon/app/mail/mailweb"
	"github.com/echelon-hr/echelon/app/mail/smtp"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
	letters "github.com/echelon-hr/echelon/templates/mail"
)

// letters keeps what is to be sent, over a database or a transaction.
func (a *App) letters(handle bun.IDB) *maildb.Store { return maildb.New(handle, clock.Real, a.key) }

// compose writes a letter as this company's.
func (a *App) compose(ctx context.Context, l mail.Letter) (string, string, string, error) {
	company, err := a.Company(ctx)
	if err != nil {
		return "", "", "", err
	}
	return letters.Compose(l, company, a.Settings.BaseURL)
}

// buildMail makes the service of the outbox, and the worker that empties it where mail is sent.
func (a *App) buildMail() error {
	a.mail = mail.NewService(a.letters(a.DB.DB).WithJournal(a.journal), clock.Real, a.Settings.Demo)
	if a.Settings.MailURL == "" || a.Settings.Demo {
		return nil
	}
	sender, err := smtp.New(a.Settings.MailURL, a.Settings.MailFrom)
	if err != nil {
		return err
	}
	a.worker = mail.NewWorker(a.letters(a.DB.DB), sender, a.compose, clock.Real, a.log)
	return nil
}

// nudge wakes the worker, where there is one.
func (a *App) nudge() {
	if a.worker != nil {
		a.worker.Nudge()
	}
}

// tryMail puts a test letter to whoever asks.
func (a *App) tryMail(ctx context.Context, who actor.Actor) error {
	account, err := a.Services.Accounts.Get(ctx, who, who.ID)
	if err != nil {
		return err
	}
	defer a.nudge()
	return a.mail.Try(ctx, who, account.Email, account.Name, account.Lang)
}

// nudger is how handlers wake the worker, nil where there is none.
func (a *App) nudger() func() {
	if a.worker == nil {
		return nil
	}
	return a.worker.Nudge
}

func (a *App) mailRoutes(site *siteweb.Handlers) []web.Route {
	return mailweb.Routes(&mailweb.Handlers{
		Mail: a.mail, Shell: site.Shell, Compose: a.compose, Zone: a.zone, Nudge: a.nudger(),
		Sends: a.worker != nil, Demo: a.Settings.Demo,
	})
}
