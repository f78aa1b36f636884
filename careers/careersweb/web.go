// Package careersweb is how ladders are reached over HTTP: pages and the API.
package careersweb

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
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/careerpages"
)

// Handlers serves ladders. Jobs answers what the rungs are called.
type Handlers struct {
	Careers *careers.Service
	Jobs    *jobs.Service
	Shell   func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error)
}

// Routes are the pages and the API of ladders.
func Routes(h *Handlers) []web.Route {
	read, get := access.Requires(access.LaddersRead), http.MethodGet
	op := func(id, summary string, errors ...int) huma.Operation {
		return huma.Operation{OperationID: id, Summary: summary, Tags: []string{"careers"}, Errors: errors}
	}
	return []web.Route{
		web.Page(get, "/ladders", read, h.list),
		web.Page(get, "/ladders/{slug}", read, h.page),
		web.API(get, web.APIPrefix+"/ladders", read, op("list-ladders", "List career ladders"), h.apiList),
		web.API(get, web.APIPrefix+"/ladders/{slug}", read, op("get-ladder", "Read a ladder with its rungs and moves", http.StatusNotFound), h.apiGet),
	}
}

// list leads to the ladders; where there is one alone, it leads straight there.
func (h *Handlers) list(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	refs, err := h.Careers.Refs(ctx, who)
	if err != nil {
		return err
	}
	if len(refs) == 1 {
		return web.Redirect(c, "/ladders/"+refs[0].Slug)
	}
	ladders, err := h.Careers.Ladders(ctx, who)
	if err != nil {
		return err
	}
	families, err := h.Jobs.Families(ctx, who)
	if err != nil {
		return err
	}
	names := map[string]lang.Text{}
	for _, f := range families {
		names[f.Slug] = f.Name
	}
	v := careerpages.LaddersView{}
	for _, x := range ladders {
		v.Ladders = append(v.Ladders, careerpages.LadderRow{Slug: x.Slug, Name: x.Name, Family: x.Family, FamilyName: names[x.Family], Rungs: len(x.Rungs)})
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.CareersLadders), layout.Ladders); err != nil {
		return err
	}
	return web.Render(c, careerpages.Ladders(v))
}

func (h *Handlers) page(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	v := careerpages.LadderView{Roles: map[string]careerpages.Role{}}
	var err error
	if v.Ladder, err = h.Careers.Ladder(ctx, who, c.Params("slug")); err != nil {
		return err
	}
	if v.Family, err = h.Jobs.Family(ctx, who, v.Ladder.Family); err != nil {
		return err
	}
	slugs := make([]string, 0, len(v.Ladder.Rungs))
	for _, r := range v.Ladder.Rungs {
		slugs = append(slugs, r.Profile)
	}
	titles, err := h.Jobs.Titles(ctx, who, slugs)
	if err != nil {
		return err
	}
	for slug, t := range titles {
		v.Roles[slug] = careerpages.Role{Title: t.Title, Track: t.Placement.Track, Grade: t.Placement.Grade}
	}
	if v.Shell, err = h.Shell(c, v.Ladder.Name.String(l), layout.Ladders); err != nil {
		return err
	}
	return web.Render(c, careerpages.Ladder(v))
}

// ladder is a ladder as the API tells it.
type ladder struct {
	Slug        string    `json:"slug"`
	Version     int       `json:"version"`
	Hash        string    `json:"hash" doc:"SHA-256 of the canonical document, hexadecimal"`
	PublishedAt time.Time `json:"published_at"`
	careers.LadderContent
}

type listOutput struct{ Body web.Items[ladder] }

type slugInput struct {
	Slug string `path:"slug" maxLength:"80"`
}

type getOutput struct{ Body *ladder }

func describe(l careers.Ladder) ladder {
	return ladder{Slug: l.Slug, Version: l.Number, Hash: l.Hash, PublishedAt: l.PublishedAt, LadderContent: l.LadderContent}
}

func (h *Handlers) apiList(ctx context.Context, _ *struct{}) (*listOutput, error) {
	list, err := h.Careers.Ladders(ctx, actor.From(ctx))
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items = make([]ladder, 0, len(list))
	for _, l := range list {
		out.Body.Items = append(out.Body.Items, describe(l))
	}
	return out, nil
}

func (h *Handlers) apiGet(ctx context.Context, in *slugInput) (*getOutput, error) {
	l, err := h.Careers.Ladder(ctx, actor.From(ctx), in.Slug)
	if err != nil {
		return nil, err
	}
	out := describe(l)
	return &getOutput{Body: &out}, nil
}
