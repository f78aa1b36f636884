// Package auditweb is how the journal is reached over HTTP: its page, the same as a file, and the API.
package auditweb

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/layout"
)

// Handlers serves the journal. Names says what people are called: an id that is not in its answer is of nobody known.
type Handlers struct {
	Audit *audit.Service
	Shell func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error)
	Names func(ctx context.Context, ids []actor.PersonID) (map[actor.PersonID]string, error)
}

// The addresses of the page and of its file.
const (
	pagePath = "/admin/journal"
	csvPath  = "/admin/journal.csv"
)

// Routes are the page, the file and the API of the journal.
func Routes(h *Handlers) []web.Route {
	read, get := access.Requires(access.JournalRead), http.MethodGet
	op := huma.Operation{
		OperationID: "list-journal", Summary: "Read the journal, the newest entry first", Tags: []string{"journal"},
		Errors: []int{http.StatusBadRequest},
	}
	return []web.Route{
		web.Page(get, pagePath, read, web.Private(h.page)),
		web.Page(get, csvPath, read, web.Private(h.csv)),
		web.API(get, web.APIPrefix+"/journal", read, op, h.list),
	}
}

// filterOf reads the filter of a page's address.
func filterOf(c *fiber.Ctx) audit.Filter {
	return audit.Filter{
		Action: c.Query("action"), Actor: c.Query("actor"), Object: c.Query("object"), Outcome: audit.Outcome(c.Query("outcome")),
		From: c.Query("from"), To: c.Query("to"),
	}
}
