package accountsweb

import (
	"context"
	"net/url"
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

func personRow(p accounts.Placed, titles map[string]jobs.Heading) peoplepages.Person {
	return peoplepages.Person{
		Disabled: p.Disabled,
		ID:       string(p.ID), Name: p.Name, Email: mailbox.Shown(p.Email), Profile: p.Profile, Title: titles[p.Profile].Title,
		ManagerID: string(p.Manager.ID), ManagerName: p.Manager.Name,
	}
}

// titlesOf names the profiles that people hold.
func (h *Handlers) titlesOf(ctx context.Context, a actor.Actor, people []accounts.Placed, beside ...string) (map[string]jobs.Heading, error) {
	slugs := beside
	for _, p := range people {
		if p.Profile != "" && !slices.Contains(slugs, p.Profile) {
			slugs = append(slugs, p.Profile)
		}
	}
	return h.Jobs.Titles(ctx, a, slugs)
}

func (h *Handlers) people(c *fiber.Ctx) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	v := peoplepages.ListView{Q: strings.TrimSpace(c.Query("q"))}
	words, err := h.words(ctx, me, v.Q)
	if err != nil {
		return err
	}
	page, err := h.Accounts.Directory(ctx, me, accounts.DirectoryFilter{Words: words, After: c.Query("after")})
	if err != nil {
		return err
	}
	titles, err := h.titlesOf(ctx, me, page.Items)
	if err != nil {
		return err
	}
	v.Total, v.Next = page.Total, nextOf("/people", v.Q, page.Next)
	for _, p := range page.Items {
		v.People = append(v.People, personRow(p, titles))
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.PeopleTitle), layout.People); err != nil {
		return err
	}
	return web.Render(c, peoplepages.List(v))
}

// words are what somebody looks for people by, each with the profiles whose title holds it.
func (h *Handlers) words(ctx context.Context, me actor.Actor, q string) ([]accounts.Word, error) {
	out := accounts.WordsOf(q)
	if len(out) == 0 {
		return nil, nil
	}
	list, err := h.Jobs.Headings(ctx, me, web.LangOf(ctx))
	for i, w := range out {
		for _, x := range list {
			if title, _ := x.Title.In(web.LangOf(ctx)); strings.Contains(lang.Fold(title), lang.Fold(w.Text)) {
				out[i].Profiles = append(out[i].Profiles, x.Slug)
			}
		}
	}
	return out, err
}

// nextOf is the address of a list's next page, "" at its end.
func nextOf(path, q, after string) string {
	if after == "" {
		return ""
	}
	asked := url.Values{"after": {after}}
	if q != "" {
		asked.Set("q", q)
	}
	return path + "?" + asked.Encode()
}

// showPerson shows one person, with the form as it was filled in where it was not taken.
func (h *Handlers) showPerson(c *fiber.Ctx, problem error) error {
	ctx, me, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	sheet, err := h.Accounts.PersonSheet(ctx, me, actor.PersonID(c.Params("id")))
	if err != nil {
		return err
	}
	var managers []actor.PersonID
	slugs := []string{sheet.Profile}
	for _, x := range sheet.History {
		managers, slugs = append(managers, x.Manager), append(slugs, x.Profile)
	}
	titles, err := h.titlesOf(ctx, me, sheet.Reports, slugs...)
	if err != nil {
		return err
	}
	names, err := h.Accounts.Names(ctx, me, managers)
	if err != nil {
		return err
	}
	v := peoplepages.PersonView{
		Person: personRow(sheet.Placed, titles), Self: sheet.ID == me.ID, MayEdit: sheet.MayEdit,
		StartsOn: h.Today(ctx), Profile: sheet.Profile, Notice: noticeOf(c, map[string]msg.Key{"assigned": msg.PeopleNoticeAssigned}),
	}
	manager := string(sheet.Manager.ID)
	if c.Method() == fiber.MethodPost {
		v.StartsOn, manager, v.Profile = web.Field(c, "starts_on"), web.Field(c, "manager"), web.Field(c, "profile")
	}
	if problem != nil {
		v.Problems = problems(l, problem)
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
		if v.Manager, err = h.pick(c, "manager", accounts.Asking{Whom: accounts.Enabled, But: sheet.ID}, manager); err != nil {
			return err
		}
		if v.Profiles, err = h.profileChoices(ctx, me, v.Profile, titles); err != nil {
			return err
		}
	}
	if v.Shell, err = h.Shell(c, sheet.Name, layout.People); err != nil {
		return err
	}
	v.Shell.Path = "/people/" + string(sheet.ID)
	return web.Render(c, peoplepages.Show(v))
}

// profileChoices are the profiles that somebody can hold, and the one they do, though it be archived.
func (h *Handlers) profileChoices(ctx context.Context, me actor.Actor, held string, titles map[string]jobs.Heading) ([]components.Choice, error) {
	list, err := h.Jobs.Headings(ctx, me, web.LangOf(ctx))
	if err != nil {
		return nil, err
	}
	if x, known := titles[held]; known && x.Archived {
		list = append(list, x)
	}
	var out []components.Choice
	for _, x := range list {
		title, _ := x.Title.In(web.LangOf(ctx))
		out = append(out, components.Choice{Value: x.Slug, Label: title})
	}
	return out, nil
}

func (h *Handlers) assign(c *fiber.Ctx) error {
	ctx, id := c.UserContext(), c.Params("id")
	if finding(c) {
		return h.showPerson(c, nil)
	}
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
