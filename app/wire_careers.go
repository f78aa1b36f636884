package app

import (
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/careers/careersdb"
	"github.com/echelon-hr/echelon/careers/careersweb"
)

// newCareers makes the ladders over a database or a transaction.
func (a *App) newCareers(handle bun.IDB, now clock.Clock) *careers.Service {
	return careers.NewService(careersdb.New(handle, a.parts()), now)
}

func (a *App) careerRoutes(site *siteweb.Handlers) []web.Route {
	return careersweb.Routes(&careersweb.Handlers{Careers: a.Services.Careers, Jobs: a.Services.Jobs, Shell: site.Shell})
}
