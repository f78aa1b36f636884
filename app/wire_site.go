package app

import (
	"github.com/danielgtaylor/huma/v2"

	"github.com/echelon-hr/echelon/app/siteweb"
)

// newSite makes what stands around every page, and the pages of no wing.
func (a *App) newSite() *siteweb.Handlers {
	s := a.Services
	return &siteweb.Handlers{
		Accounts: s.Accounts, Jobs: s.Jobs, Competencies: s.Competencies, Careers: s.Careers, Ready: a.Ready,
		Company: a.Company, Version: Version, Demo: a.Settings.Demo, Public: a.Settings.Public(),
		OpenAPI: func() *huma.OpenAPI { return a.Web.API.OpenAPI() },
	}
}
