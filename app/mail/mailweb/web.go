// Package mailweb is how the outbox is reached over HTTP.
package mailweb

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mailbox"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/layout"
	letters "github.com/echelon-hr/echelon/templates/mail"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
)

// Handlers serves the outbox.
type Handlers struct {
	Mail    *mail.Service
	Shell   func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error)
	Compose mail.Compose // the same that the worker sends by
	// Zone is the time zone that the page tells times in; nil for UTC.
	Zone func(context.Context) (*time.Location, error)
	// Nudge wakes the worker after a retry; nil where none runs.
	Nudge func()
	Sends bool // a mail server is set up
	Demo  bool // nothing leaves the machine, and letters can be read
}

// Routes are the addresses of the outbox; those that show what a letter says exist in the demo only.
func Routes(h *Handlers) []web.Route {
	read, write, get := access.Requires(access.SettingsRead), access.Requires(access.SettingsWrite), http.MethodGet
	routes := []web.Route{
		web.Page(get, "/admin/outbox", read, web.Private(h.outbox)),
		web.Page(http.MethodPost, "/admin/outbox/{id}/retry", write, web.Private(h.retry)),
	}
	if h.Demo {
		routes = append(routes, web.Page(get, "/admin/outbox/{id}", read, web.Private(h.letter)), web.Page(get, "/demo/outbox", access.Public(), web.Private(h.demo)))
	}
	return routes
}

func (h *Handlers) outbox(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	f := mail.Filter{State: mail.State(c.Query("state")), After: c.Query("after")}
	page, err := h.Mail.List(ctx, who, f)
	if err != nil {
		return err
	}
	zone, err := h.zone(ctx)
	if err != nil {
		return err
	}
	v := adminpages.OutboxView{
		Sends: h.Sends, Retried: c.Query("done") == "retried", Writes: access.May(who, access.SettingsWrite),
		States: stateLinks(l, f.State), Next: next(f.State, page.Next),
	}
	for _, it := range page.Items {
		v.Rows = append(v.Rows, row(l, zone, it))
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.MailOutboxTitle), layout.Admin); err != nil {
		return err
	}
	return web.Render(c, adminpages.Outbox(v))
}

func (h *Handlers) zone(ctx context.Context) (*time.Location, error) {
	if h.Zone == nil {
		return time.UTC, nil
	}
	return h.Zone(ctx)
}

func row(l lang.Lang, zone *time.Location, it mail.Item) adminpages.MailRow {
	out := adminpages.MailRow{
		ID: string(it.ID), State: msg.T(l, states[it.State]), Failed: it.State == mail.Failed, Over: it.Over, Kind: kindWord(l, it.Letter.Kind), To: mailbox.Shown(it.Letter.To),
		Put: letters.Moment(l, it.PutAt.In(zone)), Attempts: it.Attempts, Problem: problemWords(l, it.Problem),
	}
	if it.Over && it.State == mail.Failed {
		out.Problem += " " + msg.T(l, msg.MailOutboxNewLink)
	}
	if it.State == mail.Queued {
		out.Next = letters.Moment(l, it.NextAt.In(zone))
	}
	return out
}

func address(state mail.State, after string) string {
	q := url.Values{}
	if state != "" {
		q.Set("state", string(state))
	}
	if after != "" {
		q.Set("after", after)
	}
	return strings.TrimSuffix("/admin/outbox?"+q.Encode(), "?")
}

func next(state mail.State, after string) string {
	if after == "" {
		return ""
	}
	return address(state, after)
}

func stateLinks(l lang.Lang, current mail.State) []adminpages.StateLink {
	out := []adminpages.StateLink{{Label: msg.T(l, msg.MailOutboxAll), Href: address("", ""), Current: current == ""}}
	for _, s := range mail.States() {
		out = append(out, adminpages.StateLink{Label: msg.T(l, states[s]), Href: address(s, ""), Current: current == s})
	}
	return out
}

func (h *Handlers) retry(c *fiber.Ctx) error {
	if err := h.Mail.Retry(c.UserContext(), actor.From(c.UserContext()), mail.ID(c.Params("id"))); err != nil {
		return err
	}
	if h.Nudge != nil {
		h.Nudge()
	}
	return web.Redirect(c, "/admin/outbox?done=retried")
}

func (h *Handlers) letter(c *fiber.Ctx) error {
	ctx, l := c.UserContext(), web.LangOf(c.UserContext())
	it, err := h.Mail.Read(ctx, actor.From(ctx), mail.ID(c.Params("id")))
	if err != nil {
		return err
	}
	v := adminpages.LetterView{}
	if v.Letter, err = h.inWords(ctx, l, it); err != nil {
		return err
	}
	if v.Shell, err = h.Shell(c, v.Letter.Subject, layout.Admin); err != nil {
		return err
	}
	return web.Render(c, adminpages.OneLetter(v))
}

func (h *Handlers) demo(c *fiber.Ctx) error {
	ctx, l := c.UserContext(), web.LangOf(c.UserContext())
	latest, err := h.Mail.Latest(ctx, actor.From(ctx))
	if err != nil {
		return err
	}
	v := adminpages.DemoMailView{}
	for _, it := range latest {
		letter, err := h.inWords(ctx, l, it)
		if err != nil {
			return err
		}
		v.Letters = append(v.Letters, letter)
	}
	if v.Shell, err = h.Shell(c, msg.T(l, msg.MailDemoTitle), ""); err != nil {
		return err
	}
	return web.Render(c, adminpages.DemoMail(v))
}

// inWords writes a letter as its reader would see it; of one that is over, only what it was is left.
func (h *Handlers) inWords(ctx context.Context, l lang.Lang, it mail.Item) (adminpages.Letter, error) {
	zone, err := h.zone(ctx)
	if err != nil {
		return adminpages.Letter{}, err
	}
	out := adminpages.Letter{ID: string(it.ID), Subject: kindWord(l, it.Letter.Kind), To: mailbox.Shown(it.Letter.To), Put: letters.Moment(l, it.PutAt.In(zone))}
	if it.Over {
		return out, nil
	}
	if out.Subject, out.Text, _, err = h.Compose(ctx, it.Letter); err != nil {
		return adminpages.Letter{}, err
	}
	if link := it.Letter.Details["link"]; link != "" {
		out.Link, out.Action = here(link), msg.T(l, msg.MailLetterOpen)
	}
	return out, nil
}

// here leads to the page of a link on this site, whatever name the reader reached it by.
func here(link string) string {
	u, err := url.Parse(link)
	if err != nil {
		return "/"
	}
	return web.LocalPath(u.RequestURI())
}
