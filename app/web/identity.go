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
	"slices"
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
	who, token, err := a.resumeSession(c)
	if token == "" {
		return actor.Nobody(), nil
	}
	if err != nil && !fault.Is(err, fault.Unauthenticated) {
		return who, err
	}
	if err := checkCSRF(c, token); err != nil { // for an ended session too, whose owner may not know that it ended
		return who, err
	}
	return who, nil // of a session that is over: nobody, a visitor like any other
}

// sessionsTried bounds how many sessions a request may come with: each is looked up.
const sessionsTried = 3

// resumeSession finds the session that is valid among those a request comes with: another server on the same machine
// sets a cookie of the same name. That one stands first from then on.
func (a *App) resumeSession(c *fiber.Ctx) (who actor.Actor, token string, err error) {
	var tokens []string
	for name, value := range c.Request().Header.Cookies() {
		if string(name) == a.cookieName() && len(value) > 0 && len(tokens) < sessionsTried {
			tokens = append(tokens, string(value))
		}
	}
	for _, token = range slices.Backward(tokens) { // the first is left, where none is valid
		if who, err = a.resume(c, a.cfg.Resume, token); err == nil {
			c.Request().Header.SetCookie(a.cookieName(), token)
		}
		if !fault.Is(err, fault.Unauthenticated) {
			return who, token, err
		}
	}
	return who, token, err
}

// finder finds out who holds a token, asked for by somebody.
type finder = func(ctx context.Context, by actor.Actor, token string) (actor.Actor, error)

// resume finds out who holds a token and refuses one that nobody holds.
func (a *App) resume(c *fiber.Ctx, from finder, token string) (actor.Actor, error) {
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
	return base64.RawURLEncoding.EncodeToString(derive(session, "csrf"))
}

// CSRFOf is the proof for the forms of the page that a request gets, under a mask: see maskedCSRF.
func CSRFOf(c *fiber.Ctx, public bool) string {
	return maskedCSRF(c.Cookies(SessionCookie(public)), c.OriginalURL())
}

// maskedCSRF is the proof of a session as the page at an address shows it: a mask, and the proof under it. A page
// repeats some of its address, and by the size of a compressed page somebody who makes others ask for addresses
// could find out, guess by guess, what else stands in it. Each address has a mask of its own, so that no guess
// learns from another, and always the same, so that a page that has not changed keeps its ETag.
func maskedCSRF(session, address string) string {
	if session == "" {
		return ""
	}
	mask, proof := derive(session, "mask of "+address), derive(session, "csrf")
	subtle.XORBytes(proof, proof, mask)
	return base64.RawURLEncoding.EncodeToString(append(mask, proof...))
}

// derive makes bytes for a purpose. Only somebody who knows the session's token can make the same.
func derive(session, purpose string) []byte {
	h := hmac.New(sha256.New, []byte(session))
	_, _ = h.Write([]byte(purpose))
	return h.Sum(nil)
}

// Forged is the refusal of a change that did not come from a page of the session it came with. It is not held against
// whose session it is.
var Forged = &access.Refusal{Action: "request.forged"}

func checkCSRF(c *fiber.Ctx, session string) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return nil
	}
	shown := c.Get(CSRFHeader)
	if shown == "" && !c.Request().IsBodyStream() { // files are not read before their sender is known
		shown = Field(c, CSRFField)
	}
	if !provesCSRF(session, shown) {
		return fault.Wrap(fault.Forbidden, "csrf", Forged, "a form without the proof of its session")
	}
	return nil
}

// provesCSRF reports whether a text is the proof of a session, either under a mask, whichever it is, or without one, as
// CSRFToken returns it.
func provesCSRF(session, shown string) bool {
	got, err := base64.RawURLEncoding.Strict().DecodeString(shown)
	if err != nil {
		return false
	}
	if len(got) == 2*sha256.Size {
		mask, masked := got[:sha256.Size], got[sha256.Size:]
		subtle.XORBytes(masked, masked, mask)
		got = masked
	}
	return subtle.ConstantTimeCompare(got, derive(session, "csrf")) == 1
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
// one that the nearest such proxy saw. What a client writes into the header itself stands before it and is not
// believed.
func (a *App) withAddress(c *fiber.Ctx) {
	peer, err := netip.ParseAddr(c.Context().RemoteIP().String()) //nolint:forbidigo // the address is read here and now
	if err != nil {
		return
	}
	address, forwarded := peer.Unmap(), hops(c)
	shared := len(forwarded) > 0 && !a.trusted(address) && (address.IsLoopback() || address.IsPrivate())
	if shared {
		a.noticeUndeclared(address)
	}
	for _, next := range slices.Backward(forwarded) {
		if !a.trusted(address) {
			break
		}
		if !next.IsValid() {
			a.noticeUnread(address)
			shared = true
			break
		}
		address = next
	}
	ctx := audit.WithAddress(c.UserContext(), address.String())
	if shared { // a proxy's own address: everybody comes from it
		ctx = audit.WithSharedAddress(ctx)
	}
	c.SetUserContext(ctx)
}

func (a *App) trusted(address netip.Addr) bool {
	for _, p := range a.cfg.Proxies {
		if p.Contains(address) {
			return true
		}
	}
	return false
}
