// Package siteweb is the part of the site that belongs to no domain: home, signing in and out, language and
// theme, health, the API's description and static files.
package siteweb

import (
	"cmp"
	"context"
	"mime"
	"net/http"
	"path"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/sitepages"
	"github.com/echelon-hr/echelon/templates/static"
)

// Handlers serves the site.
type Handlers struct {
	Accounts     *accounts.Service
	Jobs         *jobs.Service
	Competencies *competencies.Service
	Careers      *careers.Service
	// Ready tells whether the database answers with the schema of this version.
	Ready func(context.Context) error
	// Company is the company's name now, "" for none.
	Company func(context.Context) (string, error)
	Version string
	Demo    bool
	Public  bool // served beyond loopback
	// OpenAPI returns the API's description; it exists once the routes are registered.
	OpenAPI func() *huma.OpenAPI

	description described
}

// Routes are the addresses of the site.
func Routes(h *Handlers) []web.Route {
	get, post, public := http.MethodGet, http.MethodPost, access.Public()
	return []web.Route{
		web.Page(get, "/", public, h.home),
		web.Page(post, "/language", public, h.language),
		web.Page(post, "/theme", public, h.theme),
		web.Plain(get, "/healthz", h.health).AnyHost(),
		web.Plain(get, "/readyz", h.ready).AnyHost(),
		web.Plain(get, "/static/{name}", h.static),
		web.Plain(get, "/robots.txt", h.robots),
		web.Page(get, "/docs", access.Requires(access.HomeRead), h.docs),
		web.Page(get, "/openapi.json", access.Requires(access.HomeRead), h.openAPI),
	}
}

// Shell makes the frame of a page for the reader of a request.
func (h *Handlers) Shell(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error) {
	ctx := c.UserContext()
	who, l := actor.From(ctx), web.LangOf(ctx)
	s := layout.Shell{
		Lang: l, Theme: web.Theme(c), Title: title, Path: c.OriginalURL(), Section: section, Demo: h.Demo,
		Can: layout.Can{
			Jobs: access.May(who, access.JobsRead), Competencies: access.May(who, access.CompetenciesRead),
			Ladders: access.May(who, access.LaddersRead), Pay: access.May(who, access.BandsRead) || who.Profile != "" || who.Manages,
			People: access.May(who, access.DirectoryRead), Accounts: access.May(who, access.AccountsRead), Delegations: access.May(who, access.AccountsRead),
			Settings: access.May(who, access.SettingsRead), Journal: access.May(who, access.JournalRead),
		},
		CSRF: web.CSRFOf(c, h.Public),
	}
	var err error
	if s.Company, err = h.Company(ctx); err != nil {
		return s, err
	}
	if who.Kind != actor.Person {
		return s, nil
	}
	s.User = &layout.User{Name: who.Name, Role: standing(l, who), Withheld: len(who.Withheld) > 0}
	return s, nil
}

// standing is what somebody is in the company, by their own roles.
func standing(l lang.Lang, a actor.Actor) string {
	a = a.Alone()
	if len(a.Roles) == 0 {
		return msg.T(l, msg.PersonaEmployee)
	}
	return strings.Join(msg.All(l, "role", a.Roles), ", ")
}

func (h *Handlers) home(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	v := sitepages.HomeView{}
	var err error
	if v.Shell, err = h.Shell(c, "", ""); err != nil {
		return err
	}
	if v.User == nil {
		v.Personas, err = h.Personas(ctx)
		if err != nil {
			return err
		}
		return web.Render(c, sitepages.Home(v))
	}
	all, err := h.Competencies.List(ctx, who, l)
	if err != nil {
		return err
	}
	v.Competencies, v.Self, v.Profile = len(all), string(who.ID), who.Profile
	if v.Can.People {
		team, err := h.Accounts.Team(ctx, who)
		if err != nil {
			return err
		}
		v.Team = len(team)
	}
	if err := h.families(ctx, who, l, &v); err != nil {
		return err
	}
	return web.Render(c, sitepages.Home(v))
}

// mostDrawn is how many roles the start page draws one by one; of more it says how many each family has.
const mostDrawn = 60

func (h *Handlers) families(ctx context.Context, who actor.Actor, l lang.Lang, v *sitepages.HomeView) error {
	families, err := h.Jobs.Families(ctx, who)
	if err != nil {
		return err
	}
	ladders, err := h.Careers.Refs(ctx, who)
	if err != nil {
		return err
	}
	ladderOf := map[string]string{}
	for _, r := range ladders {
		ladderOf[r.Family] = cmp.Or(ladderOf[r.Family], r.Slug)
	}
	sizes, err := h.Jobs.Sizes(ctx, who)
	if err != nil {
		return err
	}
	roles, drawn, err := h.roles(ctx, who, l, sizes)
	if err != nil {
		return err
	}
	v.Ladders = len(ladders) > 0
	for _, f := range families {
		v.Families = append(v.Families, sitepages.FamilyRow{
			Family: f, Ladder: ladderOf[f.Slug], Size: sizes[f.Slug], Drawn: drawn, Roles: roles[f.Slug],
		})
	}
	return nil
}

// roles are those of each family where they are few enough to be drawn.
func (h *Handlers) roles(ctx context.Context, who actor.Actor, l lang.Lang, sizes map[string]int) (map[string][]sitepages.Role, bool, error) {
	total := 0
	for _, n := range sizes {
		total += n
	}
	if total > mostDrawn {
		return nil, false, nil
	}
	list, err := h.Jobs.Headings(ctx, who, l)
	out := map[string][]sitepages.Role{}
	for _, x := range list {
		p := x.Placement
		out[p.Family] = append(out[p.Family], sitepages.Role{Slug: x.Slug, Title: x.Title, Track: p.Track, Stage: p.Stage})
	}
	return out, true, err
}

// Personas are the demo's people to choose from, none without demo.
func (h *Handlers) Personas(ctx context.Context) ([]sitepages.Persona, error) {
	list, err := h.Accounts.Personas(ctx, actor.Nobody())
	if err != nil {
		return nil, err
	}
	var out []sitepages.Persona
	for _, a := range list {
		key := msg.Key("persona." + a.Persona)
		out = append(out, sitepages.Persona{
			Slug: a.Persona, Name: a.Name, Text: a.About,
			Role: lang.NewText(msg.T(lang.FR, key), msg.T(lang.EN, key)),
		})
	}
	return out, nil
}

func (h *Handlers) language(c *fiber.Ctx) error {
	l, err := lang.Parse(web.Field(c, "lang"))
	if err != nil {
		return fault.Wrap(fault.Invalid, "language", err, "language")
	}
	web.Remember(c, h.Public, "lang", string(l))
	return web.Redirect(c, web.WithoutLang(web.LocalPath(web.Field(c, "back"))))
}

func (h *Handlers) theme(c *fiber.Ctx) error {
	theme := web.Field(c, "theme")
	if theme != "light" && theme != "dark" {
		return fault.New(fault.Invalid, "invalid", "unknown theme")
	}
	web.Remember(c, h.Public, "theme", theme)
	return web.Redirect(c, web.LocalPath(web.Field(c, "back")))
}

// health says that the process answers, whatever its database does.
func (h *Handlers) health(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	return c.SendString(`{"status":"ok","version":"` + h.Version + `"}`)
}

// readyTimeout is how long the database may take to say that it is there.
const readyTimeout = 5 * time.Second

// ready says whether requests can be served: the database answers and has this version's schema.
func (h *Handlers) ready(c *fiber.Ctx) error {
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	ctx, cancel := context.WithTimeout(c.UserContext(), readyTimeout)
	defer cancel()
	if err := h.Ready(ctx); err != nil {
		return c.Status(http.StatusServiceUnavailable).SendString(`{"status":"unavailable","code":"` + fault.Of(err).Code + `"}`)
	}
	return c.SendString(`{"status":"ready"}`)
}

// static serves a built file, in the coding that the reader likes best of those it was built in. Names carry the hash
// of the content, so a copy is good for ever.
func (h *Handlers) static(c *fiber.Ctx) error {
	name := c.Params("name")
	if !static.Has(name) {
		return fault.New(fault.NotFound, "not_found", "static file %s", name)
	}
	codings, tag := static.Codings(name), `"`+name+`"`
	coding := web.AcceptedCoding(c.Get(fiber.HeaderAcceptEncoding), codings...)
	if coding != "" {
		tag = `"` + name + "." + coding + `"`
	}
	if len(codings) > 0 {
		web.VaryByCoding(c)
	}
	c.Set(fiber.HeaderCacheControl, "public, max-age=31536000, immutable")
	c.Set(fiber.HeaderETag, tag)
	if web.NamesTag(c.Get(fiber.HeaderIfNoneMatch), tag) {
		c.Status(http.StatusNotModified)
		return nil
	}
	b, err := static.File(name, coding)
	if err != nil {
		return err
	}
	if coding != "" {
		c.Set(fiber.HeaderContentEncoding, coding)
	}
	c.Set(fiber.HeaderContentType, typeOfFile(name))
	return c.Send(b)
}

// typeOfFile is the media type of a built file; the machine's own table may not know fonts.
func typeOfFile(name string) string {
	if ext := path.Ext(name); ext != ".woff2" {
		return mime.TypeByExtension(ext)
	}
	return "font/woff2"
}

// robots keeps search engines out: nothing public is for them yet.
func (h *Handlers) robots(c *fiber.Ctx) error { return c.SendString("User-agent: *\nDisallow: /\n") }

// Error shows what went wrong to a person, with the way on.
func (h *Handlers) Error(c *fiber.Ctx, status int, f *fault.Error) error {
	l := web.LangOf(c.UserContext())
	shell, err := h.Shell(c, web.ErrorTitle(l, f), "")
	if err != nil { // the database may be the very thing that failed
		shell = layout.Shell{Lang: l, Theme: web.Theme(c), Title: web.ErrorTitle(l, f), Path: "/", CSRF: web.CSRFOf(c, h.Public)}
	}
	if c.Method() != fiber.MethodGet {
		shell.Path = "/"
	}
	if len(shell.Path) > 2000 { // an address that was too long is not carried on
		shell.Path = "/"
	}
	advice := web.ErrorText(l, f)
	if f.Kind == fault.Malformed { // there is no form to say it beside its field
		for _, field := range f.Fields {
			advice += " " + msg.T(l, msg.ErrorField, msg.Args{"Field": field.Path, "Text": web.RuleText(l, field)})
		}
	}
	return web.Render(c, sitepages.Error(sitepages.ErrorView{
		Shell: shell, Status: status, RequestID: web.RequestID(c), Headline: web.ErrorTitle(l, f), Advice: advice,
	}))
}
