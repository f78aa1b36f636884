package accountsweb

import (
	"context"
	"slices"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mailbox"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/peoplepages"
)

func (h *Handlers) peopleRoutes() []web.Route {
	read := access.Requires(access.DirectoryRead)
	return []web.Route{
		get("/people", read, h.people),
		get("/people/{id}", read, func(c *fiber.Ctx) error { return h.showPerson(c, nil) }),
		post("/people/{id}", access.Requires(access.DirectoryWrite), h.assign),
	}
}

// titles are what the profiles that people hold are called.
func (h *Handlers) titles(ctx context.Context, a actor.Actor) (map[string]jobs.Summary, []jobs.Summary, error) {
	list, err := h.Jobs.List(ctx, a, jobs.Filter{Lang: web.LangOf(ctx), Limit: jobs.MaxLimit})
	out := map[string]jobs.Summary{}
	for _, s := range list.Items {
		out[s.Slug] = s
	}
	return out, list.Items, err
}

func personRow(p accounts.Placed, titles map[string]jobs.Summary) peoplepages.Person {
	return peoplepages.Person{
		Disabled: p.Disabled,
		ID:       string(p.ID), Name: p.Name, Email: mailbox.Shown(p.Email), Profile: p.Profile, Title: titles[p.Profile].Title,
		ManagerID: string(p.Manager.ID), ManagerName: p.Manager.Name,
	}
}

func (h *Handlers) people(c *fiber.Ctx) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	all, err := h.Accounts.Directory(ctx, me)
	if err != nil {
		return err
	}
	titles, _, err := h.titles(ctx, me)
	if err != nil {
		return err
	}
	v := peoplepages.ListView{Q: strings.TrimSpace(c.Query("q")), Total: len(all)}
	for _, p := range all {
		if row := personRow(p, titles); found(v.Q, row, l) {
			v.People = append(v.People, row)
		}
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.PeopleTitle), layout.People); err != nil {
		return err
	}
	return web.Render(c, peoplepages.List(v))
}

// found tells whether every word that was typed stands in what the list shows of a person.
func found(q string, p peoplepages.Person, l lang.Lang) bool {
	title, _ := p.Title.In(l)
	text := lang.Fold(p.Name + " " + mailbox.Shown(p.Email) + " " + title)
	return !slices.ContainsFunc(strings.Fields(lang.Fold(q)), func(word string) bool { return !strings.Contains(text, word) })
}

// showPerson shows one person, with the form as it was filled in where it was not taken.
func (h *Handlers) showPerson(c *fiber.Ctx, problem error) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	sheet, err := h.Accounts.PersonSheet(ctx, me, actor.PersonID(c.Params("id")))
	if err != nil {
		return err
	}
	titles, profiles, err := h.titles(ctx, me)
	if err != nil {
		return err
	}
	var managers []actor.PersonID
	for _, x := range sheet.History {
		managers = append(managers, x.Manager)
	}
	names, err := h.Accounts.Names(ctx, me, managers)
	if err != nil {
		return err
	}
	v := peoplepages.PersonView{
		Person: personRow(sheet.Placed, titles), Self: sheet.ID == me.ID, MayEdit: sheet.MayEdit,
		StartsOn: h.Today(ctx), Manager: string(sheet.Manager.ID), Profile: sheet.Profile, Notice: noticeOf(c, map[string]msg.Key{"assigned": msg.PeopleNoticeAssigned}),
	}
	if problem != nil {
		v.Problems, v.StartsOn, v.Manager, v.Profile = problems(l, problem), web.Field(c, "starts_on"), web.Field(c, "manager"), web.Field(c, "profile")
	}
	for _, p := range sheet.Reports {
		v.Reports = append(v.Reports, peoplepages.Person{ID: string(p.ID), Name: p.Name, Email: mailbox.Shown(p.Email), Profile: p.Profile, Title: titles[p.Profile].Title})
	}
	for _, x := range slices.Backward(sheet.History) {
		line := peoplepages.Assignment{Starts: lang.Day(l, x.StartsOn), Profile: x.Profile, Title: titles[x.Profile].Title, ManagerID: string(x.Manager), ManagerName: names[x.Manager]}
		if x.EndsOn != "" {
			line.Ends = lang.LastDay(l, x.EndsOn)
		}
		v.History = append(v.History, line)
	}
	if v.MayEdit {
		if err := h.fillChoices(ctx, me, sheet.ID, profiles, &v); err != nil {
			return err
		}
	}
	if v.Shell, err = h.Shell(c, sheet.Name, layout.People); err != nil {
		return err
	}
	v.Shell.Path = "/people/" + string(sheet.ID)
	return web.Render(c, peoplepages.Show(v))
}

func (h *Handlers) fillChoices(ctx context.Context, me actor.Actor, but actor.PersonID, profiles []jobs.Summary, v *peoplepages.PersonView) error {
	all, err := h.Accounts.Directory(ctx, me)
	if err != nil {
		return err
	}
	for _, p := range all {
		if p.ID != but && (!p.Disabled || string(p.ID) == v.Manager) {
			v.People = append(v.People, components.Choice{Value: string(p.ID), Label: p.Name})
		}
	}
	for _, s := range profiles {
		title, _ := s.Title.In(web.LangOf(ctx))
		v.Profiles = append(v.Profiles, components.Choice{Value: s.Slug, Label: title})
	}
	return nil
}

func (h *Handlers) assign(c *fiber.Ctx) error {
	ctx, id := c.UserContext(), c.Params("id")
	in := accounts.AssignInput{Person: actor.PersonID(id), Manager: actor.PersonID(web.Field(c, "manager")), Profile: web.Field(c, "profile"), StartsOn: web.Field(c, "starts_on")}
	err := h.Accounts.Assign(ctx, actor.From(ctx), in)
	if err != nil && mended(err) {
		return h.showPerson(again(c, err), err)
	}
	if err != nil {
		return err
	}
	return done(c, "/people/"+id, "assigned")
}
