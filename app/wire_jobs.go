package app

import (
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/jobsdb"
	"github.com/echelon-hr/echelon/jobs/jobsweb"
	"github.com/echelon-hr/echelon/templates/pdf"
)

// newJobs makes the jobs over a database or a transaction, in which they ask the competencies too.
func (a *App) newJobs(handle bun.IDB, now clock.Clock) *jobs.Service {
	catalogue := func(handle bun.IDB) jobs.Catalogue { return a.newCompetencies(handle, now) }
	return jobs.NewService(jobsdb.New(handle, a.parts(), catalogue), now)
}

// newPrinter makes the documents that jobs are printed as.
func (a *App) newPrinter() *jobsweb.Printer {
	s := a.Services
	return &jobsweb.Printer{
		Library: &jobsweb.Library{Jobs: s.Jobs, Competencies: s.Competencies, Careers: s.Careers, Pay: s.Pay},
		Company: a.Company, BaseURL: a.Settings.BaseURL, Press: jobsweb.NewPress(pdf.Render),
	}
}

func (a *App) jobRoutes(site *siteweb.Handlers) []web.Route {
	return jobsweb.Routes(&jobsweb.Pages{Library: a.Printer.Library, Shell: site.Shell, Printer: a.Printer})
}
