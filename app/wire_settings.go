package app

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mail/smtp"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/app/settings/settingsdb"
	"github.com/echelon-hr/echelon/app/settings/settingsweb"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
)

// newSettings makes the settings over a database, with those that are in force until somebody sets others.
func (a *App) newSettings(handle bun.IDB) *settings.Service {
	return settings.NewService(settingsdb.New(handle, a.parts()), clock.Real, settings.Settings{
		Company: a.Settings.Company, TimeZone: "Europe/Paris", Lang: lang.FR,
	})
}

// Company is the company's name now: what the settings page says, else the setting; for the command line the
// demo's where the database holds it.
func (a *App) Company(ctx context.Context) (string, error) {
	s, err := a.company.Current(ctx, actor.SystemTask("company"))
	if err != nil {
		return "", err
	}
	if s.Company != "" {
		return s.Company, nil
	}
	if demo, err := accountsdb.New(a.DB.DB, actdb.Parts{}).HasPersonas(ctx); err != nil || !demo {
		return "", err
	}
	return DemoCompany, nil
}

// today is the date in the company's time zone. Where the settings cannot be read nothing else can either; the date
// in UTC then serves nobody anything.
func (a *App) today(ctx context.Context) string {
	day, err := a.company.Today(ctx, actor.SystemTask("calendar"))
	if err != nil {
		return clock.Real().Format(time.DateOnly)
	}
	return day
}

// zone is the company's time zone.
func (a *App) zone(ctx context.Context) (*time.Location, error) {
	return a.company.Zone(ctx, actor.SystemTask("calendar"))
}

// facts tell of the installation on the settings page, without secrets.
func (a *App) facts(l lang.Lang) []settingsweb.Fact {
	none := msg.T(l, msg.SettingsFactNone)
	server, provider := none, none
	if a.Settings.MailURL != "" {
		server = smtp.Place(a.Settings.MailURL)
	}
	if a.Settings.OIDC.Enabled() {
		provider = a.Settings.OIDC.Issuer
	}
	database := map[string]string{"sqlite": "SQLite", "postgresql": "PostgreSQL"}[a.DB.Name()]
	return []settingsweb.Fact{
		{Label: msg.T(l, msg.SettingsFactVersion), Value: Version},
		{Label: msg.T(l, msg.SettingsFactDatabase), Value: database},
		{Label: msg.T(l, msg.SettingsFactAddress), Value: a.Settings.BaseURL},
		{Label: msg.T(l, msg.SettingsFactMail), Value: server},
		{Label: msg.T(l, msg.SettingsFactProvider), Value: provider},
	}
}

func (a *App) settingsRoutes(site *siteweb.Handlers) []web.Route {
	return settingsweb.Routes(&settingsweb.Handlers{
		Settings: a.company, Shell: site.Shell, Facts: a.facts, Try: a.tryMail,
	})
}
