package web

import (
	"context"
	"encoding/binary"
	"encoding/hex"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"runtime/debug"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/cespare/xxhash/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/fault"
)

// observe gives every request an id and a line in the log, and turns a panic into an error. It is the
// outermost middleware and calls the error handler itself, so that it sees the real status.
func (a *App) observe(c *fiber.Ctx) error {
	start := time.Now()
	ctx := a.newRequestContext(c)
	c.SetUserContext(ctx)
	c.Set("X-Request-Id", requestIDOf(ctx))
	if err := catchPanic(c); err != nil {
		if err := c.App().ErrorHandler(c, err); err != nil {
			_ = c.SendStatus(http.StatusInternalServerError)
		}
	}
	if c.Response().StatusCode() == http.StatusServiceUnavailable { // whoever said so: a page, the API, readiness
		c.Set(fiber.HeaderRetryAfter, "5")
	}
	leaveBody(c)
	Compress(c)
	a.record(c, c.Route().Path, time.Since(start))
	return nil
}

// limit sets the deadline of what is done for a request, which is later by the time that its body may take. The
// function that it returns releases the deadline when all is done.
func limit(c *fiber.Ctx, more time.Duration) context.CancelFunc {
	ctx, cancel := context.WithTimeout(c.UserContext(), requestTimeout+more)
	c.SetUserContext(ctx)
	return cancel
}

// catchPanic runs the rest of the chain and reports a panic as an internal fault with its stack.
func catchPanic(c *fiber.Ctx) (err error) {
	defer func() {
		if r := recover(); r != nil {
			err = fault.New(fault.Internal, "internal", "panic: %v\n%s", r, debug.Stack())
		}
	}()
	return c.Next()
}

func (a *App) record(c *fiber.Ctx, route string, took time.Duration) {
	status := c.Response().StatusCode()
	if a.cfg.Metrics != nil {
		a.cfg.Metrics(knownMethod(c.Method()), route, status, took)
	}
	level := slog.LevelInfo
	if a.plain[route] && status < http.StatusInternalServerError { // probes and files would drown the rest
		level = slog.LevelDebug
	}
	if !a.cfg.Log.Enabled(c.UserContext(), level) {
		return
	}
	a.cfg.Log.LogAttrs(c.UserContext(), level, "request",
		slog.String("request", requestIDOf(c.UserContext())), slog.String("method", c.Method()), slog.String("route", route),
		slog.Int("status", status), slog.Int64("ms", took.Milliseconds()), slog.Int("bytes", bodySize(c)))
}

// bodySize is how long an answer is, -1 for a stream without an announced length: to count that one would read it
// whole.
func bodySize(c *fiber.Ctx) int {
	if c.Response().IsBodyStream() {
		return c.Response().Header.ContentLength()
	}
	return len(c.Response().Body())
}

// knownMethod keeps what a client invents out of the metrics' labels.
func knownMethod(method string) string {
	if slices.Contains(fiber.DefaultMethods, method) {
		return method
	}
	return "other"
}

// newRequestID names a request in the log and to the reader; nothing is granted by knowing one.
func newRequestID() string {
	var b [8]byte
	binary.NativeEndian.PutUint64(b[:], rand.Uint64()) //nolint:gosec // no secret
	return hex.EncodeToString(b[:])
}

// contentSecurity allows nothing but our own files: no inline script or style, no other host, no framing.
// Images may be data: for the icons inside the stylesheet.
const contentSecurity = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; font-src " +
	"'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'"

// protect sets the headers that every answer carries.
func (a *App) protect(c *fiber.Ctx) error {
	a.setProtection(c)
	return c.Next()
}

func (a *App) setProtection(c *fiber.Ctx) {
	h := &c.Response().Header
	for _, p := range protection {
		h.SetCanonical(p.name, p.value)
	}
	if a.cfg.Public {
		h.Set("Strict-Transport-Security", "max-age=31536000")
	}
}

// protection holds the headers in the form in which they go out.
var protection = []struct{ name, value []byte }{
	{[]byte("Content-Security-Policy"), []byte(contentSecurity)},
	{[]byte("X-Content-Type-Options"), []byte("nosniff")},
	{[]byte("Referrer-Policy"), []byte("same-origin")},
	{[]byte("Cross-Origin-Opener-Policy"), []byte("same-origin")},
	{[]byte("Cross-Origin-Resource-Policy"), []byte("same-origin")},
	{[]byte("Permissions-Policy"), []byte("camera=(), geolocation=(), microphone=(), payment=()")},
}

// sameOrigin refuses a request that changes something and comes from another site: by Sec-Fetch-Site, which
// every current browser sends, else by Origin. A program sends neither.
func (a *App) sameOrigin(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return c.Next()
	case "":
		origin := c.Get(fiber.HeaderOrigin)
		if origin == "" {
			return c.Next()
		}
		if a.isOwn(c, origin) {
			return c.Next()
		}
	}
	return fault.Wrap(fault.Forbidden, "cross_site", Forged, "cross-site %s refused", c.Method())
}

// conditional answers 304 to a reader that has the same bytes already. Pages of people are never kept by
// shared caches.
func conditional(c *fiber.Ctx) error {
	if c.Method() != fiber.MethodGet && c.Method() != fiber.MethodHead {
		return c.Next()
	}
	err := c.Next()
	if len(c.Response().Header.Peek(fiber.HeaderCacheControl)) == 0 {
		c.Set(fiber.HeaderCacheControl, "private, no-cache")
	}
	if err != nil || c.Response().StatusCode() != http.StatusOK {
		return err
	}
	tag := string(c.Response().Header.Peek(fiber.HeaderETag))
	if !c.Response().IsBodyStream() { // which has a tag by what it is made of: reading it would keep it whole in memory
		body := c.Response().Body()
		if len(body) == 0 || tag != "" {
			return nil
		}
		tag = entityTag(body, negotiate(c))
		c.Set(fiber.HeaderETag, tag)
	}
	if tag == "" || !NamesTag(c.Get(fiber.HeaderIfNoneMatch), tag) {
		return nil
	}
	c.Response().ResetBody()
	c.Response().Header.Del(fiber.HeaderContentType)
	c.Status(http.StatusNotModified)
	return nil
}

// entityTag names bytes and the coding they will be sent in; two answers with the same tag are the same answer.
func entityTag(body []byte, coding string) string {
	tag := `"` + strconv.Itoa(len(body)) + "-" + strconv.FormatUint(xxhash.Sum64(body), 36)
	if coding != "" {
		tag += "-" + coding
	}
	return tag + `"`
}

// NamesTag reports whether an If-None-Match names a tag; a weak form of it, as proxies that compress make, does.
func NamesTag(header, tag string) bool {
	for one := range strings.SplitSeq(header, ",") {
		if one = strings.TrimSpace(one); one == "*" || strings.TrimPrefix(one, "W/") == tag {
			return true
		}
	}
	return false
}
