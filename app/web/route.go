package web

import (
	"context"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Route is one address: what it answers to, who may have it, and how. Paths name parameters as {slug}.
type Route struct {
	Method string
	Path   string
	Policy access.Policy

	page  fiber.Handler
	api   func(*App, Route)
	plain bool
	any   bool          // answers under any host
	body  int           // bytes it takes, 0 for a form's
	wait  time.Duration // for them to come
}

// Page makes a route that writes its answer itself: a page, a file, a redirect.
func Page(method, path string, policy access.Policy, handler fiber.Handler) Route {
	return Route{Method: method, Path: path, Policy: policy, page: handler}
}

// Plain makes a public route whose answer is the same for everybody, such as a file or the state of health:
// nobody asks the database who is there, so that it answers without one too. A handler that asks for something sets
// its own deadline. Machines ask for such addresses all day long: only what goes wrong there is logged at the usual
// level.
func Plain(method, path string, handler fiber.Handler) Route {
	return Route{Method: method, Path: path, Policy: access.Public(), page: handler, plain: true}
}

// AnyHost is the route answering whatever host it is asked under, as what watches over a machine asks by address.
// Nothing that it says may be of use to a page of somebody else.
func (r Route) AnyHost() Route {
	r.any = true
	return r
}

// API makes a route of the described API: the handler takes decoded input and returns the output that the
// published document describes.
func API[I, O any](
	method, path string, policy access.Policy, op huma.Operation, handler func(context.Context, *I) (*O, error),
) Route {
	return Route{Method: method, Path: path, Policy: policy, api: func(a *App, r Route) {
		op.Method, op.Path, op.SkipValidateBody = method, path, true
		if op.OperationID == "" {
			op.OperationID = huma.GenerateOperationID(method, path, (*O)(nil))
		}
		op.Extensions = map[string]any{"x-action": policy.String()}
		op.Errors = append(op.Errors, http.StatusUnauthorized, http.StatusForbidden, http.StatusServiceUnavailable)
		op.Middlewares = huma.Middlewares{a.guardAPI(r)}
		huma.Register(a.API, op, func(ctx context.Context, in *I) (*O, error) {
			out, err := handler(ctx, in)
			if err != nil {
				a.tell(ctx, err)
				return nil, tellRetry(toProblem(ctx, err), err)
			}
			return out, nil
		})
		if method == http.MethodGet {
			describeConditional(a.API.OpenAPI().Paths[path].Get)
		}
	}}
}

func (a *App) register(routes []Route) {
	seen := map[string]bool{}
	for _, r := range routes {
		key := r.Method + " " + r.Path
		switch {
		case r.Policy.String() == "denied":
			panic("route without a policy: " + key)
		case seen[key]:
			panic("two routes for " + key)
		}
		seen[key] = true
		a.largest = max(a.largest, r.body)
		a.anyHost[r.Path] = a.anyHost[r.Path] || r.any
		if r.api != nil {
			r.api(a, r)
			continue
		}
		a.add(r)
	}
	describeRules(a.API.OpenAPI().Components.Schemas)
}

// add registers a page; HEAD follows GET.
func (a *App) add(r Route) {
	handler := a.guardPage(r)
	path := FiberPath(r.Path)
	if r.plain {
		a.plain[path] = true
	}
	if r.Method == http.MethodGet {
		a.Get(path, handler)
		return
	}
	a.Add(r.Method, path, handler)
}

// FiberPath turns {slug} into Fiber's :slug.
func FiberPath(path string) string {
	return strings.NewReplacer("{", ":", "}", "").Replace(path)
}

// shapes are those of what paths name: ids as this site makes them, slugs as it takes them. Something else is read by
// no service, which might know it under two spellings.
var shapes = map[string]*regexp.Regexp{
	"id":     regexp.MustCompile(`^[0-9a-f]+(-[0-9a-f]+)*$`),
	"slug":   regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`),
	"family": regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`),
}

// checkParameters finds nothing under an id or a slug that is none.
func checkParameters(c *fiber.Ctx) error {
	for _, name := range c.Route().Params {
		shape, value := shapes[name], c.Params(name)
		if shape != nil && !shape.MatchString(value) {
			return fault.New(fault.NotFound, "not_found", "no %s: %.80q", name, value)
		}
	}
	return nil
}

// guardPage finds out who asks and applies the route's policy before the handler runs.
func (a *App) guardPage(r Route) fiber.Handler {
	if r.plain {
		return r.page
	}
	return func(c *fiber.Ctx) error {
		defer limit(c, r.wait)()
		who, err := a.identify(c)
		if err != nil {
			return err
		}
		if who, err = r.Policy.Admit(who); err != nil {
			return err
		}
		c.SetUserContext(actor.With(c.UserContext(), who))
		if err := checkParameters(c); err != nil {
			return err
		}
		if err := r.openBody(c); err != nil {
			return err
		}
		if err := checkForm(c); err != nil {
			return err
		}
		return r.page(c)
	}
}
