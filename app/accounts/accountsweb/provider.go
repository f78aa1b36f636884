package accountsweb

import (
	"encoding/json"
	"html"
	"log/slog"
	"net/url"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mailbox"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/templates/pages/accountpages"
)

// The cookies of a sign-in by provider: the flow until the provider sends the browser back, and the identity it
// showed until somebody who is signed in takes it. Both are sealed and last ten minutes.
const (
	flowCookie    = "oidc"
	pendingCookie = "identity"
	sealedPending = "pending identity"
)

// keepWhilePending keeps a cookie of these; an empty value ends it.
func (h *Handlers) keepWhilePending(c *fiber.Ctx, name, value string) {
	h.cookie(c, name, value, oidc.FlowAge)
}

// linkingFor is, in place of an address to go back to, for whom an identity is to be linked: no form can say so, since
// what forms say there is a path.
func linkingFor(id actor.PersonID) string { return "link:" + string(id) }

func queryEscape(s string) string { return url.QueryEscape(s) }

// toProvider sends the browser to the provider.
func (h *Handlers) toProvider(c *fiber.Ctx) error {
	return h.leave(c, web.LocalPath(web.Field(c, "back")))
}

// toLink sends somebody who is signed in, and has proved once more that it is them, to the provider.
func (h *Handlers) toLink(c *fiber.Ctx) error {
	ctx := c.UserContext()
	me := actor.From(ctx)
	if err := h.Accounts.Confirm(ctx, me, web.Field(c, "current")); err != nil {
		if mended(err) {
			return h.showAccount(again(c, err), accountForm{form: "link", err: err})
		}
		return err
	}
	return h.leave(c, linkingFor(me.ID))
}

// leave begins a flow and leads away by a page of ours: the content policy lets no form lead to another host, and a
// redirect that answers a form counts as the form's.
func (h *Handlers) leave(c *fiber.Ctx, back string) error {
	address, flow, err := h.Provider.Start(c.UserContext(), back)
	if err != nil {
		return err
	}
	h.keepWhilePending(c, flowCookie, flow)
	c.Set("Refresh", "0; url="+address)
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	l := web.LangOf(c.UserContext())
	text := html.EscapeString(msg.T(l, msg.AccountWithProvider, msg.Args{"Provider": h.Button}))
	return c.SendString(`<!DOCTYPE html><html lang="` + string(l) + `"><title>` + text + `</title><p><a href="` + html.EscapeString(address) + `">` + text + `</a></p></html>`)
}

// fromProvider takes what the provider sends the browser back with.
func (h *Handlers) fromProvider(c *fiber.Ctx) error {
	ctx := c.UserContext()
	flow := c.Cookies(h.cookieName(flowCookie))
	h.keepWhilePending(c, flowCookie, "") // whatever comes of it, it was used
	c.Set(fiber.HeaderReferrerPolicy, "no-referrer")
	q := oidc.Query{Code: c.Query("code"), State: c.Query("state"), Error: c.Query("error"), Issuer: c.Query("iss")}
	who, back, err := h.Provider.Finish(ctx, flow, q)
	me := actor.From(ctx)
	linking := me.Kind == actor.Person && (back == linkingFor(me.ID) || err != nil && back == "") // "" of a flow that cannot be read
	if err != nil {
		slog.WarnContext(ctx, "answer of the provider refused", "request", web.RequestID(c), "code", fault.Of(err).Code)
	}
	switch {
	case linking:
		return h.link(c, me, who, err)
	case err != nil:
		return h.providerFailed(c, back, err)
	}
	in := accounts.Provided{Issuer: who.Issuer, Subject: who.Subject, Multi: who.Multi, Agent: agent(c), Former: h.former(c)}
	opened, err := h.Accounts.SignInProvided(ctx, actor.From(ctx), in)
	switch {
	case fault.Of(err).Code == "identity_unlinked":
		return h.offerLink(c, who, back)
	case err != nil && mended(err):
		return h.providerFailed(c, back, err)
	case err != nil:
		return err
	}
	return h.enter(c, opened, web.LocalPath(back))
}

// link ends what toLink began: with an identity, or with what the provider said instead.
func (h *Handlers) link(c *fiber.Ctx, me actor.Actor, who oidc.Identity, err error) error {
	if err == nil {
		err = h.Accounts.Link(c.UserContext(), me, who.Issuer, who.Subject)
	}
	if err != nil && fault.Of(err).Kind != fault.Internal {
		return h.showAccount(again(c, err), accountForm{form: "link", err: err})
	}
	if err != nil {
		return err
	}
	h.nudge()
	return done(c, "/account#provider", "linked")
}

func (h *Handlers) providerFailed(c *fiber.Ctx, back string, err error) error {
	l, f := web.LangOf(c.UserContext()), fault.Of(err)
	if f.Kind == fault.Internal {
		return err
	}
	return h.showSignIn(again(c, err), accountpages.SignInView{Back: web.LocalPath(back), Problem: problems(l, err)[""]})
}

// pendingIdentity is an identity that a provider vouched for and that no account is linked to yet.
type pendingIdentity struct {
	Issuer, Subject, Email string
	Verified               bool
	Until                  time.Time
}

// offerLink keeps the identity and asks for the usual sign-in, which confirms whose it is.
func (h *Handlers) offerLink(c *fiber.Ctx, who oidc.Identity, back string) error {
	b, err := json.Marshal(pendingIdentity{who.Issuer, who.Subject, who.Email, who.EmailVerified, h.Now().Add(oidc.FlowAge)})
	if err != nil {
		return err
	}
	h.keepWhilePending(c, pendingCookie, h.Key.Seal(sealedPending, "", string(b)))
	l := web.LangOf(c.UserContext())
	v := accountpages.SignInView{Email: mailbox.Shown(who.Email), Back: web.LocalPath(back), Problem: msg.T(l, msg.AccountProblemUnlinked)}
	return h.showSignIn(c, v)
}

// pending reads the identity that waits to be linked.
func (h *Handlers) pending(c *fiber.Ctx) (pendingIdentity, bool) {
	var p pendingIdentity
	text, err := h.Key.Open(sealedPending, "", c.Cookies(h.cookieName(pendingCookie)))
	if err != nil || json.Unmarshal([]byte(text), &p) != nil || h.Now().After(p.Until) {
		return pendingIdentity{}, false
	}
	return p, true
}

// linkPending links the waiting identity to the account that has just signed in: only where the provider vouches for
// the very address of that account, so that nobody is linked to an identity somebody else left in the browser.
func (h *Handlers) linkPending(c *fiber.Ctx, token string) (bool, error) {
	p, waits := h.pending(c)
	if !waits {
		return false, nil
	}
	h.keepWhilePending(c, pendingCookie, "")
	ctx := c.UserContext()
	me, err := h.Accounts.Resume(ctx, actor.Nobody(), token)
	if err != nil || me.Kind != actor.Person {
		return false, err
	}
	account, err := h.Accounts.Get(ctx, me, me.ID)
	if err != nil || !p.Verified || accounts.Email(p.Email) != account.Email {
		return false, err
	}
	err = h.Accounts.Link(ctx, me, p.Issuer, p.Subject)
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}
