// Package settingsweb is how the settings are reached over HTTP.
package settingsweb

import (
	"context"
	"net/http"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
)

// Fact is something about the installation that is shown beside the settings.
type Fact struct{ Label, Value string }

// Handlers serves the settings.
type Handlers struct {
	Settings *settings.Service
	Shell    func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error)
	// Facts tells of the installation, in the reader's language and without secrets; nil for nothing.
	Facts func(l lang.Lang) []Fact
	// Try puts a test letter to the address of whoever asks.
	Try func(ctx context.Context, a actor.Actor) error
}

// Routes are the addresses of the settings.
func Routes(h *Handlers) []web.Route {
	read, write := access.Requires(access.SettingsRead), access.Requires(access.SettingsWrite)
	return []web.Route{
		web.Page(http.MethodGet, "/admin/settings", read, web.Private(h.show)),
		web.Page(http.MethodPost, "/admin/settings", write, web.Private(h.change)),
		web.Page(http.MethodPost, "/admin/settings/test-mail", write, web.Private(h.try)),
	}
}

func (h *Handlers) show(c *fiber.Ctx) error {
	now, err := h.Settings.Read(c.UserContext(), actor.From(c.UserContext()))
	if err != nil {
		return err
	}
	return h.render(c, adminpages.SettingsView{
		Company: now.Company, TimeZone: now.TimeZone, Language: string(now.Lang), Saved: c.Query("done") == "saved", Tried: c.Query("done") == "tried",
	})
}

func (h *Handlers) render(c *fiber.Ctx, v adminpages.SettingsView) error {
	ctx, l := c.UserContext(), web.LangOf(c.UserContext())
	var err error
	if v.Shell, err = h.Shell(c, msg.T(l, msg.SettingsTitle), layout.Admin); err != nil {
		return err
	}
	v.Writes = access.May(actor.From(ctx), access.SettingsWrite)
	if h.Facts != nil {
		for _, f := range h.Facts(l) {
			v.Facts = append(v.Facts, adminpages.Fact(f))
		}
	}
	return web.Render(c, adminpages.Settings(v))
}

func (h *Handlers) change(c *fiber.Ctx) error {
	// Not "lang": that is what any address may ask its page to be written in.
	in := settings.Input{Company: web.Field(c, "company"), TimeZone: web.Field(c, "time_zone"), Lang: lang.Lang(web.Field(c, "default_lang"))}
	_, err := h.Settings.Change(c.UserContext(), actor.From(c.UserContext()), in)
	if fault.Is(err, fault.Invalid) {
		return h.again(c, in, fault.Of(err))
	}
	if err != nil {
		return err
	}
	return web.Redirect(c, "/admin/settings?done=saved")
}

// again shows the form as it was filled in, with what is wrong.
func (h *Handlers) again(c *fiber.Ctx, in settings.Input, f *fault.Error) error {
	l := web.LangOf(c.UserContext())
	v := adminpages.SettingsView{Company: in.Company, TimeZone: in.TimeZone, Language: string(in.Lang), Problem: web.ErrorText(l, f)}
	for _, field := range f.Fields {
		switch said := web.RuleText(l, field); field.Path {
		case "company":
			v.CompanyError = said
		case "time_zone":
			v.TimeZoneError = said
		case "lang":
			v.LanguageError = said
		}
	}
	return h.render(c.Status(http.StatusUnprocessableEntity), v)
}

func (h *Handlers) try(c *fiber.Ctx) error {
	if err := h.Try(c.UserContext(), actor.From(c.UserContext())); err != nil {
		return err
	}
	return web.Redirect(c, "/admin/settings?done=tried")
}
