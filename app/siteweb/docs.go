package siteweb

import (
	"cmp"
	"slices"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/pages/sitepages"
)

// described is the API's description as it is served, made once: it never changes while the process runs.
type described struct {
	once sync.Once
	text []byte
	err  error
}

func (d *described) bytes(api *huma.OpenAPI) ([]byte, error) {
	d.once.Do(func() { d.text, d.err = api.MarshalJSON() })
	return d.text, d.err
}

func (h *Handlers) openAPI(c *fiber.Ctx) error {
	b, err := h.description.bytes(h.OpenAPI())
	if err != nil {
		return fault.Wrap(fault.Internal, "internal", err, "describe the API")
	}
	c.Set(fiber.HeaderContentType, "application/openapi+json")
	return c.Send(b)
}

func (h *Handlers) docs(c *fiber.Ctx) error {
	v := sitepages.DocsView{Document: "/openapi.json", Operations: operations(h.OpenAPI())}
	var err error
	if v.Shell, err = h.Shell(c, msg.T(web.LangOf(c.UserContext()), msg.SiteDocsTitle), ""); err != nil {
		return err
	}
	return web.Render(c, sitepages.Docs(v))
}

// operations lists the calls of an API in the order of their groups and addresses.
func operations(api *huma.OpenAPI) []sitepages.Operation {
	var out []sitepages.Operation
	for path, item := range api.Paths {
		for method, op := range map[string]*huma.Operation{"GET": item.Get, "POST": item.Post, "PUT": item.Put, "PATCH": item.Patch, "DELETE": item.Delete} {
			if op != nil {
				out = append(out, operation(method, path, op))
			}
		}
	}
	slices.SortFunc(out, func(a, b sitepages.Operation) int {
		return cmp.Or(cmp.Compare(a.Tag, b.Tag), cmp.Compare(a.Path, b.Path), cmp.Compare(a.Method, b.Method))
	})
	return out
}

func operation(method, path string, op *huma.Operation) sitepages.Operation {
	out := sitepages.Operation{ID: op.OperationID, Method: method, Path: path, Summary: op.Summary, Description: op.Description, Tag: strings.Join(op.Tags, ", ")}
	for _, p := range op.Parameters {
		out.Parameters = append(out.Parameters, sitepages.Parameter{Name: p.Name, In: p.In, Type: typeOf(p.Schema), Description: p.Description, Required: p.Required})
	}
	for status, r := range op.Responses {
		line := sitepages.Response{Status: status, Description: r.Description}
		for mediaType := range r.Content {
			line.Type = mediaType
		}
		out.Responses = append(out.Responses, line)
	}
	slices.SortFunc(out.Responses, func(a, b sitepages.Response) int { return cmp.Compare(a.Status, b.Status) })
	return out
}

// typeOf says a parameter's type with its choices or limits.
func typeOf(s *huma.Schema) string {
	if s == nil {
		return ""
	}
	if len(s.Enum) == 0 {
		return s.Type
	}
	var words []string
	for _, e := range s.Enum {
		if w, ok := e.(string); ok {
			words = append(words, w)
		}
	}
	return s.Type + ": " + strings.Join(words, ", ")
}
