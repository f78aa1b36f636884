package web

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/netip"
	"strings"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
)

// identify finds out who asks: by the bearer token of a program, else by the session of the cookie. It keeps the
// actor in the request's context, and refuses a change that comes with a session's cookie but not from a page of it.
func (a *App) identify(c *fiber.Ctx) (actor.Actor, error) {
	a.withAddress(c)
	if text, ok := bearer(c); ok {
		return a.resume(c, a.cfg.ResumeToken, text)
	}
	token := c.Cookies(a.cookieName())
	if token == "" {
		return actor.Nobody(), nil
	}
	who, err := a.resume(c, a.cfg.Resume, token)
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		return who, err
	}
	if err := checkCSRF(c, token); err != nil { // for an ended session too, whose owner may not know that it ended
		return who, err
	}
	return who, nil // of a session that is over: nobody, a visitor like any other
}

func (a *App) resume(c *fiber.Ctx, from func(context.Context, actor.Actor, string) (actor.Actor, error), token string) (actor.Actor, error) {
	who, err := from(c.UserContext(), actor.Nobody(), token)
	if err != nil {
		return actor.Nobody(), fmt.Errorf("find out who asks: %w", err)
	}
	if who.Kind == actor.Anonymous {
		return who, fault.New(fault.Unauthenticated, "unauthenticated", "neither session nor token")
	}
	c.SetUserContext(actor.With(c.UserContext(), who))
	return who, nil
}

// bearer reads the token of an Authorization header.
func bearer(c *fiber.Ctx) (string, bool) {
	scheme, token, ok := strings.Cut(c.Get(fiber.HeaderAuthorization), " ")
	return strings.TrimSpace(token), ok && strings.EqualFold(scheme, "Bearer")
}

// CSRFField is the form field, and CSRFHeader the header, that carry the proof that a change comes from a page of
// the session itself.
const (
	CSRFField  = "csrf"
	CSRFHeader = "X-CSRF-Token"
)

// CSRFToken is that proof: it is derived from the session's token, which no other site can read.
func CSRFToken(session string) string {
	if session == "" {
		return ""
	}
	h := hmac.New(sha256.New, []byte(session))
	_, _ = h.Write([]byte("csrf"))
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// CSRFOf is the proof for the forms of the page that a request gets.
func CSRFOf(c *fiber.Ctx, public bool) string { return CSRFToken(c.Cookies(SessionCookie(public))) }

// Forged is the refusal of a change that did not come from a page of the session it came with. It is not held against
// whose session it is.
var Forged = &access.Refusal{Action: "request.forged"}

func checkCSRF(c *fiber.Ctx, session string) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return nil
	}
	shown := c.Get(CSRFHeader)
	if shown == "" {
		shown = c.FormValue(CSRFField)
	}
	if subtle.ConstantTimeCompare([]byte(shown), []byte(CSRFToken(session))) != 1 {
		return fault.Wrap(fault.Forbidden, "csrf", Forged, "a form without the proof of its session")
	}
	return nil
}

// tell journals what somebody was refused. A refusal that cannot be journalled is logged: it stays a refusal.
func (a *App) tell(ctx context.Context, err error) {
	var refused *access.Refusal
	if a.cfg.Refused == nil || !errors.As(err, &refused) {
		return
	}
	if err := a.cfg.Refused(ctx, actor.From(ctx), refused); err != nil {
		logError(ctx, fault.Wrap(fault.Internal, "internal", err, "journal a refusal"))
	}
}

// withAddress keeps the network address of a request: the peer's, or, behind a proxy that the settings trust, the
// one that the nearest such proxy saw. What a client writes into the header itself stands before it and is not read.
func (a *App) withAddress(c *fiber.Ctx) {
	peer, err := netip.ParseAddr(c.Context().RemoteIP().String()) //nolint:forbidigo // the address is read here and now
	if err != nil {
		return
	}
	address := peer.Unmap()
	var forwarded []string // some proxies write a line of their own beside what the client wrote
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		forwarded = append(forwarded, strings.Split(string(line), ",")...)
	}
	for i := len(forwarded) - 1; i >= 0 && a.trusted(address); i-- {
		next, err := netip.ParseAddr(strings.TrimSpace(forwarded[i]))
		if err != nil {
			break
		}
		address = next.Unmap()
	}
	c.SetUserContext(audit.WithAddress(c.UserContext(), address.String()))
}

func (a *App) trusted(address netip.Addr) bool {
	for _, p := range a.cfg.Proxies {
		if p.Contains(address) {
			return true
		}
	}
	return false
}
