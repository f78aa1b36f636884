package app

import (
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/competencies/competenciesdb"
	"github.com/echelon-hr/echelon/competencies/competenciesweb"
)

// newCompetencies makes the catalogue of competencies over a database or a transaction.
func (a *App) newCompetencies(handle bun.IDB, now clock.Clock) *competencies.Service {
	return competencies.NewService(competenciesdb.New(handle, a.parts()), now)
}

func (a *App) competencyRoutes(site *siteweb.Handlers) []web.Route {
	return competenciesweb.Routes(&competenciesweb.Handlers{
		Competencies: a.Services.Competencies, Jobs: a.Services.Jobs, Shell: site.Shell,
	})
}
