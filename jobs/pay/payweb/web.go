// Package payweb is how pay is reached over HTTP: the bands page and the API.
package payweb

import (
	"cmp"
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/pay"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/paypages"
)

// Handlers serves pay. Jobs answers what the roles are called.
type Handlers struct {
	Pay   *pay.Service
	Jobs  *jobs.Service
	Shell func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error)
}

// Routes are the page and the API of bands.
func Routes(h *Handlers) []web.Route {
	read, get := access.Requires(access.BandsRead), http.MethodGet
	op := huma.Operation{OperationID: "list-bands", Summary: "List the pay bands in force", Tags: []string{"pay"}, Errors: []int{http.StatusNotFound}}
	return []web.Route{
		web.Page(get, "/pay/bands", read, h.bands),
		web.API(get, web.APIPrefix+"/pay/bands", read, op, h.apiBands),
	}
}

func (h *Handlers) bands(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	scheme, err := h.Pay.Active(ctx, who)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return err
	}
	zones, err := h.zones(ctx, who)
	if err != nil {
		return err
	}
	slugs := make([]string, 0, len(scheme.Bands))
	for _, b := range scheme.Bands {
		slugs = append(slugs, b.Profile)
	}
	roles, err := h.Jobs.Titles(ctx, who, slugs)
	if err != nil {
		return err
	}
	v := paypages.BandsView{Scheme: scheme.Name, ActiveFrom: lang.Day(l, scheme.ActiveFrom), Readers: Readers(l)}
	for _, b := range scheme.Bands {
		role := roles[b.Profile]
		v.Bands = append(v.Bands, paypages.Band{
			Profile: b.Profile, Title: role.Title, Stage: role.Placement.Stage, Zone: zones[b.Zone].Name,
			Currency: b.Base.Min.Currency, Period: string(b.Base.Min.Period),
			Min: b.Base.Min.Decimal(), Target: b.Base.Target.Decimal(), Max: b.Base.Max.Decimal(), Variable: variable(b.Variable.Decimal()),
		})
	}
	slices.SortStableFunc(v.Bands, func(a, b paypages.Band) int { // in ladder order, a role's zones together
		return cmp.Or(cmp.Compare(roles[a.Profile].Placement.Place(), roles[b.Profile].Placement.Place()), cmp.Compare(a.Profile, b.Profile))
	})
	if v.Shell, err = h.Shell(c, msg.T(l, msg.PayTitle), layout.Pay); err != nil {
		return err
	}
	return web.Render(c, paypages.Bands(v))
}

// Readers says who can read bands, in words, from the table that decides it.
func Readers(l lang.Lang) []string {
	var out []string
	for _, r := range access.RolesWith(access.BandsRead) {
		out = append(out, msg.Of(l, "role", r))
	}
	return out
}

// variable is what is paid beside the base at target, "" for nothing.
func variable(amount string) string {
	if amount == "0" {
		return ""
	}
	return amount
}

func (h *Handlers) zones(ctx context.Context, a actor.Actor) (map[string]pay.Zone, error) {
	list, err := h.Pay.Zones(ctx, a)
	out := map[string]pay.Zone{}
	for _, z := range list {
		out[z.Slug] = z
	}
	return out, err
}

// band is a band as the API tells it: gross, full time, amounts as decimal strings.
type band struct {
	Profile  string     `json:"profile"`
	Zone     string     `json:"zone"`
	Currency string     `json:"currency"`
	Period   pay.Period `json:"period" enum:"HOUR,DAY,WEEK,MONTH,YEAR"`
	Min      string     `json:"min"`
	Target   string     `json:"target"`
	Max      string     `json:"max"`
	Variable string     `json:"variable" doc:"At 100 % of target; 0 for none"`
}

// bands is the scheme in force.
type bands struct {
	Scheme pay.Scheme `json:"scheme"`
	Zones  []pay.Zone `json:"zones" nullable:"false"`
	Items  []band     `json:"items" nullable:"false"`
}

type bandsOutput struct{ Body bands }

func (h *Handlers) apiBands(ctx context.Context, _ *struct{}) (*bandsOutput, error) {
	scheme, err := h.Pay.Active(ctx, actor.From(ctx))
	if err != nil {
		return nil, err
	}
	out := &bandsOutput{}
	out.Body.Scheme, out.Body.Items = scheme.Scheme, []band{}
	if out.Body.Zones, err = h.Pay.Zones(ctx, actor.From(ctx)); err != nil {
		return nil, err
	}
	for _, b := range scheme.Bands {
		out.Body.Items = append(out.Body.Items, band{
			Profile: b.Profile, Zone: b.Zone, Currency: b.Base.Min.Currency, Period: b.Base.Min.Period,
			Min: b.Base.Min.Decimal(), Target: b.Base.Target.Decimal(), Max: b.Base.Max.Decimal(), Variable: b.Variable.Decimal(),
		})
	}
	return out, nil
}
