package jobsweb

import (
	"net/http"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/web"
)

// Routes are the pages, documents and API of jobs. Fixed names stand before parameters.
func Routes(p *Pages) []web.Route {
	read := access.Requires(access.JobsRead)
	print := p.Printer
	get := http.MethodGet
	routes := []web.Route{
		web.Page(get, "/jobs", read, p.list),
		web.Page(get, "/jobs/compare", read, p.compare),
		web.Page(get, "/jobs/{slug}.pdf", read, print.servePDF),
		web.Page(get, "/jobs/{slug}", read, p.profile),
		web.Page(get, "/jobs/{slug}/guide", read, p.guide),
		web.Page(get, "/jobs/{slug}/versions", read, p.versions),
		web.Page(get, "/jobs/{slug}/versions/{number}", read, p.version),
		web.Page(get, "/families/{slug}.pdf", read, print.serveFamily),
		web.Page(get, "/families/{slug}.zip", read, print.serveArchive),
		web.Page(get, "/families/{slug}", read, p.family),
		web.Page(get, "/matrices/{family}", read, p.matrix),
	}
	return append(routes, apiRoutes(p.Library, print)...)
}
