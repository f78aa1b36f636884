// Package accountsweb is how accounts are reached over HTTP: signing in, one's own account, the directory, and the
// administration of accounts.
package accountsweb

import (
	"context"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/secret"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
	letters "github.com/echelon-hr/echelon/templates/mail"
	"github.com/echelon-hr/echelon/templates/pages/sitepages"
)

// Handlers serves accounts. Jobs answers what the profiles that people hold are called.
type Handlers struct {
	Accounts *accounts.Service
	Jobs     *jobs.Service
	Shell    func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error)
	Personas func(ctx context.Context) ([]sitepages.Persona, error)
	// Zone is the time zone that pages tell times in.
	Zone func(ctx context.Context) (*time.Location, error)
	// Now tells the time.
	Now clock.Clock
	// Today is the date in that zone.
	Today func(ctx context.Context) string
	// Nudge sends waiting letters at once; nil where none are sent.
	Nudge    func()
	Provider *oidc.Provider // nil for none
	Button   string         // name of the provider
	BaseURL  string         // of the site, without a slash at its end
	Key      secret.Key
	Demo     bool
	Public   bool // served beyond loopback
}

// Routes are the addresses of accounts. Whatever they answer is kept in no cache.
func Routes(h *Handlers) []web.Route {
	return slices.Concat(h.signInRoutes(), h.accountRoutes(), h.peopleRoutes(), h.adminRoutes(), h.apiRoutes())
}

func page(method, path string, policy access.Policy, handler fiber.Handler) web.Route {
	return web.Page(method, path, policy, web.Private(handler))
}

func get(path string, policy access.Policy, handler fiber.Handler) web.Route {
	return page(http.MethodGet, path, policy, handler)
}

func post(path string, policy access.Policy, handler fiber.Handler) web.Route {
	return page(http.MethodPost, path, policy, handler)
}

// problems says what is wrong with a form, by field; what concerns no field stands under "".
func problems(l lang.Lang, err error) map[string]string {
	f := fault.Of(err)
	out := map[string]string{}
	for _, x := range f.Fields {
		name, _, _ := strings.Cut(x.Path, "[")
		out[name] = web.RuleText(l, x)
	}
	switch {
	case f.Kind == fault.Limited:
		out[""] = throttled(l, f)
	case len(out) == 0:
		out[""] = web.ErrorTitle(l, f) + ". " + web.ErrorText(l, f)
	}
	return out
}

// throttled says how long to wait.
func throttled(l lang.Lang, f *fault.Error) string {
	wait := msg.N(l, msg.AccountWaitSeconds, int(math.Ceil(f.RetryAfter.Seconds())))
	if f.RetryAfter > 90*time.Second {
		wait = msg.N(l, msg.AccountWaitMinutes, int(math.Ceil(f.RetryAfter.Minutes())))
	}
	return msg.T(l, msg.AccountProblemThrottled, msg.Args{"Wait": wait})
}

// staleForm is the code of a form that was filled in from what has changed since.
const staleForm = "changed_meanwhile"

// mended tells whether an error is for the form to show: the reader can do something about it there.
func mended(err error) bool {
	f := fault.Of(err)
	if slices.Contains([]string{"csrf", "last_administrator", "account_disabled", "proof_old", "codes_on", "identity_taken", "last_proof", "crowded", staleForm}, f.Code) {
		return true
	}
	return f.Kind == fault.Invalid || f.Kind == fault.Limited
}

// again answers a form that was not taken with the status of what is wrong.
func again(c *fiber.Ctx, err error) *fiber.Ctx {
	f := fault.Of(err)
	if f.Kind == fault.Limited {
		web.RetryAfter(c, f)
	}
	return c.Status(web.StatusOf(f.Kind))
}

// done leads on after a form was taken, and says so there.
func done(c *fiber.Ctx, path, what string) error {
	path, fragment, _ := strings.Cut(path, "#")
	if fragment != "" {
		fragment = "#" + fragment
	}
	return web.Redirect(c, path+"?done="+url.QueryEscape(what)+fragment)
}

func (h *Handlers) nudge() {
	if h.Nudge != nil {
		h.Nudge()
	}
}

// moment tells a time for the reader, "" for none.
func (h *Handlers) moment(ctx context.Context, t time.Time) (string, error) {
	if t.IsZero() {
		return "", nil
	}
	zone, err := h.Zone(ctx)
	if err != nil {
		return "", err
	}
	return letters.Moment(web.LangOf(ctx), t.In(zone)), nil
}
