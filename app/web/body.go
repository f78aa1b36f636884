package web

import (
	"errors"
	"io"
	"net/http"
	"os"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/fault"
)

// formLimit bounds what a request may send before anybody knows whose it is, and what most routes ever take: the
// largest form, of an account that sees a thousand teams, has some 45 KB.
const formLimit = 64 << 10

// WithBody gives the route a limit of its own for what may be sent to it, and the time that sending may take. The
// handler reads the body as it comes, from BodyStream. Nothing of it is read before the policy has let the sender pass,
// so the proof of a session has to come in the header.
func (r Route) WithBody(limit int, wait time.Duration) Route {
	r.body, r.wait = limit, wait
	return r
}

// receive reads a body of a form's size as it arrives, so that nobody is given memory for what they announce. A larger
// one stays a stream, for a route that takes it.
func (a *App) receive(c *fiber.Ctx) error {
	h := &c.Request().Header
	kind, rest, _ := strings.Cut(string(h.ContentType()), ";") // letters of either case (RFC 9110, 8.3.1)
	if lower := strings.ToLower(strings.TrimSpace(kind)); lower != kind && rest == "" {
		h.SetContentType(lower)
	} else if lower != kind {
		h.SetContentType(lower + ";" + rest)
	}
	n := h.ContentLength()
	switch {
	case !c.Request().IsBodyStream() || n > formLimit && n <= a.largest:
	case n > a.largest:
		refuseRest(c)
		return fiber.ErrRequestEntityTooLarge
	default:
		if err := readBody(c); err != nil {
			refuseRest(c)
			return err
		}
	}
	readWhole(c)
	return c.Next()
}

func readBody(c *fiber.Ctx) error {
	body, err := io.ReadAll(io.LimitReader(c.Request().BodyStream(), formLimit+1))
	switch {
	case errors.Is(err, os.ErrDeadlineExceeded):
		return fiber.ErrRequestTimeout
	case err != nil:
		return malformed("a body that cannot be read: %v", err)
	case len(body) > formLimit:
		return fiber.ErrRequestEntityTooLarge
	}
	c.Request().SetBodyRaw(body)
	return nil
}

// openBody refuses a body that the route does not take, and gives one that it takes its time.
func (r Route) openBody(c *fiber.Ctx) error {
	if r.body == 0 && strings.HasPrefix(string(c.Request().Header.ContentType()), "multipart/") {
		return fiber.ErrUnsupportedMediaType
	}
	if !c.Request().IsBodyStream() {
		return nil
	}
	if c.Request().Header.ContentLength() > r.body {
		return fiber.NewError(http.StatusRequestEntityTooLarge, "more than the route takes")
	}
	nc := c.Context().Conn() //nolint:forbidigo // the connection itself, not the context
	if err := nc.SetReadDeadline(time.Now().Add(r.wait)); err != nil {
		return fault.Wrap(fault.Unavailable, "unavailable", err, "give a body its time")
	}
	return nil
}

// leaveBody closes the connection after the answer where a body was not read: what is left of it is no request.
func leaveBody(c *fiber.Ctx) {
	if c.Request().IsBodyStream() {
		refuseRest(c)
	}
}
