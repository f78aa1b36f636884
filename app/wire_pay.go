package app

import (
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/jobs/pay"
	"github.com/echelon-hr/echelon/jobs/pay/paydb"
	"github.com/echelon-hr/echelon/jobs/pay/payweb"
)

// newPay makes pay over a database or a transaction; accounts say which profiles somebody holds and has below them.
func (a *App) newPay(handle bun.IDB, now clock.Clock, people *accounts.Service) *pay.Service {
	reads := pay.Reads{Journal: a.journal(handle), Standing: people.Profiles, Today: a.today}
	return pay.NewService(paydb.New(handle, a.parts()), now, reads)
}

func (a *App) payRoutes(site *siteweb.Handlers) []web.Route {
	return payweb.Routes(&payweb.Handlers{Pay: a.Services.Pay, Jobs: a.Services.Jobs, Shell: site.Shell})
}
