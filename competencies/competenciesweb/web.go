// Package competenciesweb is how competencies are reached over HTTP: pages and the API.
package competenciesweb

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/competencypages"
)

// Handlers serves competencies. Jobs answers which roles require one.
type Handlers struct {
	Competencies *competencies.Service
	Jobs         *jobs.Service
	Shell        func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error)
}

// Routes are the pages and the API of competencies.
func Routes(h *Handlers) []web.Route {
	read, get := access.Requires(access.CompetenciesRead), http.MethodGet
	op := func(id, summary string, errors ...int) huma.Operation {
		return huma.Operation{OperationID: id, Summary: summary, Tags: []string{"competencies"}, Errors: errors}
	}
	return []web.Route{
		web.Page(get, "/competencies", read, h.list),
		web.Page(get, "/competencies/{slug}", read, h.page),
		web.API(get, web.APIPrefix+"/competencies", read, op("list-competencies", "List competencies with all their levels"), h.apiList),
		web.API(get, web.APIPrefix+"/competencies/{slug}", read, op("get-competency", "Read a competency and who requires it", http.StatusNotFound), h.apiGet),
		web.API(get, web.APIPrefix+"/scales", read, op("list-scales", "List rating scales"), h.apiScales),
		web.API(get, web.APIPrefix+"/certifications", read, op("list-certifications", "List certifications and licences"), h.apiCertifications),
	}
}

func (h *Handlers) scales(ctx context.Context, a actor.Actor) (map[string]competencies.Scale, error) {
	list, err := h.Competencies.Scales(ctx, a)
	out := map[string]competencies.Scale{}
	for _, s := range list {
		out[s.Slug] = s
	}
	return out, err
}

func (h *Handlers) list(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	all, err := h.Competencies.List(ctx, who, l)
	if err != nil {
		return err
	}
	scales, err := h.scales(ctx, who)
	if err != nil {
		return err
	}
	roles, err := h.Jobs.Uses(ctx, who)
	if err != nil {
		return err
	}
	v := competencypages.ListView{}
	for _, k := range all {
		v.Competencies = append(v.Competencies, competencypages.Row{
			Slug: k.Slug, Name: k.Name, Definition: k.Definition, Category: k.Category, Trend: k.Trend, Scale: scales[k.Scale.Slug], Roles: roles[k.Slug],
		})
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.CompetenciesTitle), layout.Competencies); err != nil {
		return err
	}
	return web.Render(c, competencypages.List(v))
}

// usesAtOnce is how many of the roles that require a competency its page shows; of more, it leads to the list.
const usesAtOnce = 100

func (h *Handlers) page(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	v := competencypages.PageView{}
	var err error
	if v.Competency, err = h.Competencies.Get(ctx, who, c.Params("slug")); err != nil {
		return err
	}
	scales, err := h.scales(ctx, who)
	if err != nil {
		return err
	}
	v.Scale = scales[v.Competency.Scale.Slug]
	uses, err := h.Jobs.Requiring(ctx, who, v.Competency.Slug)
	if err != nil {
		return err
	}
	families, err := h.Jobs.Families(ctx, who)
	if err != nil {
		return err
	}
	tracks := map[string]lang.Text{}
	for _, f := range families {
		for _, t := range f.Tracks {
			tracks[t.Slug] = t.Name
		}
	}
	v.Uses = len(uses)
	for _, u := range uses[:min(len(uses), usesAtOnce)] {
		v.RequiredBy = append(v.RequiredBy, competencypages.RoleUse{
			Slug: u.Profile, Title: u.Title, Track: tracks[u.Track], Stage: u.Stage, Rank: u.Rank, Importance: u.Importance,
		})
	}
	if v.Shell, err = h.Shell(c, v.Competency.Name.String(l), layout.Competencies); err != nil {
		return err
	}
	return web.Render(c, competencypages.Page(v))
}

// competency is a competency as the API tells it.
type competency struct {
	Slug        string    `json:"slug" doc:"Name in addresses; never changes"`
	Version     int       `json:"version"`
	Hash        string    `json:"hash" doc:"SHA-256 of the canonical document, hexadecimal"`
	PublishedAt time.Time `json:"published_at"`
	competencies.Content
	RequiredBy []requiredBy `json:"required_by,omitempty" doc:"Published profiles that require it; in single reads only"`
}

// requiredBy is a role's requirement of a competency.
type requiredBy struct {
	Profile    string          `json:"profile"`
	Title      lang.Text       `json:"title"`
	Rank       int             `json:"rank"`
	Importance jobs.Importance `json:"importance" enum:"essential,expected,preferred"`
}

type listOutput struct{ Body web.Items[competency] }

type listInput struct {
	Lang string `query:"lang" enum:"fr,en" doc:"Language of the order"`
}

type slugInput struct {
	Slug string `path:"slug" maxLength:"80"`
}

type getOutput struct{ Body *competency }

type scalesOutput struct{ Body web.Items[competencies.Scale] }

type certificationsOutput struct {
	Body web.Items[competencies.Certification]
}

func describe(c competencies.Competency) competency {
	return competency{Slug: c.Slug, Version: c.Number, Hash: c.Hash, PublishedAt: c.PublishedAt, Content: c.Content}
}

func (h *Handlers) apiList(ctx context.Context, _ *listInput) (*listOutput, error) {
	all, err := h.Competencies.List(ctx, actor.From(ctx), web.LangOf(ctx))
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items = make([]competency, 0, len(all))
	for _, c := range all {
		out.Body.Items = append(out.Body.Items, describe(c))
	}
	return out, nil
}

func (h *Handlers) apiGet(ctx context.Context, in *slugInput) (*getOutput, error) {
	c, err := h.Competencies.Get(ctx, actor.From(ctx), in.Slug)
	if err != nil {
		return nil, err
	}
	uses, err := h.Jobs.Requiring(ctx, actor.From(ctx), in.Slug)
	if err != nil {
		return nil, err
	}
	out := describe(c)
	for _, u := range uses {
		out.RequiredBy = append(out.RequiredBy, requiredBy{Profile: u.Profile, Title: u.Title, Rank: u.Rank, Importance: u.Importance})
	}
	return &getOutput{Body: &out}, nil
}

func (h *Handlers) apiScales(ctx context.Context, _ *struct{}) (*scalesOutput, error) {
	list, err := h.Competencies.Scales(ctx, actor.From(ctx))
	out := &scalesOutput{}
	out.Body = web.List(list)
	return out, err
}

func (h *Handlers) apiCertifications(ctx context.Context, _ *struct{}) (*certificationsOutput, error) {
	list, err := h.Competencies.Certifications(ctx, actor.From(ctx))
	out := &certificationsOutput{}
	out.Body = web.List(list)
	return out, err
}
