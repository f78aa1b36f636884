package app

import (
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/accounts/accountsweb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
)

// newAccounts makes the accounts over a database or a transaction.
func (a *App) newAccounts(handle bun.IDB, now clock.Clock) *accounts.Service {
	return accounts.NewService(accounts.Parts{
		Store: accountsdb.New(handle, a.parts()), Now: now, Key: a.key, Demo: a.Settings.Demo, Today: a.today,
	})
}

func (a *App) accountRoutes(site *siteweb.Handlers) []web.Route {
	h := &accountsweb.Handlers{
		Accounts: a.Services.Accounts, Jobs: a.Services.Jobs, Shell: site.Shell, Personas: site.Personas,
		Zone: a.zone, Now: clock.Real, Today: a.today, Nudge: a.nudger(), Button: a.Settings.OIDC.Name,
		BaseURL: a.Settings.BaseURL, Key: a.key, Demo: a.Settings.Demo, Public: a.Settings.Public(),
	}
	if a.Settings.OIDC.Enabled() {
		callback := a.Settings.BaseURL + "/sign-in/provider/callback"
		h.Provider = oidc.New(a.Settings.OIDC, callback, a.key, clock.Real, nil)
	}
	return accountsweb.Routes(h)
}
