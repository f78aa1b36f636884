package web

import (
	"context"
	"errors"
	"math"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// answerError is the one place where an error becomes an HTTP answer: a problem document for programs, a
// page for people, and for a person who is not signed in the way to sign in.
func (a *App) answerError(c *fiber.Ctx, err error) error {
	if requestIDOf(c.UserContext()) == "" { // the server itself gave up reading
		if unheard(c) {
			return c.SendStatus(http.StatusRequestTimeout)
		}
		refuseRest(c)
		return a.answerUnseen(c, err)
	}
	status, f := classify(err)
	// The deadline may have passed by now, and rendering asks the context first.
	ctx, cancel := context.WithTimeout(context.WithoutCancel(c.UserContext()), errorTimeout)
	defer cancel()
	c.SetUserContext(ctx)
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		logError(ctx, f)
	}
	if actor.From(ctx).Kind == actor.Anonymous &&
		(status == http.StatusNotFound || status == http.StatusMethodNotAllowed || f.Code == "cross_site") {
		_, _ = a.identify(c) // no guard has found out who asks: the journal and the page's frame want to know
		ctx = c.UserContext()
	}
	a.tell(ctx, err)
	if f.Kind == fault.Limited {
		RetryAfter(c, f)
	}
	// Whatever the handler had promised of its answer, this is another one.
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Response().Header.Del(fiber.HeaderETag)
	if wantsProblem(c) {
		p := toProblem(ctx, f)
		p.Status = status
		return writeProblem(c, p)
	}
	if f.Kind == fault.Unauthenticated {
		return c.Redirect(a.signInAddress(c), http.StatusSeeOther)
	}
	if err := a.cfg.RenderError(c.Status(status), status, f); err != nil {
		return c.Status(status).SendString(ErrorTitle(LangOf(ctx), f))
	}
	return nil
}

// signInAddress is where somebody signs in, with the way back: to what they asked for, or, from a form, whose change is
// lost, to the page that the form stood on.
func (a *App) signInAddress(c *fiber.Ctx) string {
	if c.Method() == fiber.MethodGet || c.Method() == fiber.MethodHead {
		return "/sign-in?next=" + url.QueryEscape(c.OriginalURL())
	}
	back := "/"
	if u, err := url.Parse(c.Get(fiber.HeaderReferer)); err == nil && a.isOwn(c, c.Get(fiber.HeaderReferer)) {
		back = LocalPath(u.RequestURI())
	}
	return "/sign-in?done=lost&next=" + url.QueryEscape(back)
}

// answerUnseen answers a request that failed before any middleware saw it: too large, or not HTTP. It gets
// what the middleware gives every answer.
func (a *App) answerUnseen(c *fiber.Ctx, err error) error {
	start := time.Now()
	ctx := a.newRequestContext(c)
	c.SetUserContext(ctx)
	c.Set("X-Request-Id", requestIDOf(ctx))
	a.setProtection(c)
	err = a.answerError(c, err)
	a.record(c, unrouted, time.Since(start))
	return err
}

// unrouted stands for the route of a request that never came to one: its own address may be anything, a secret too.
const unrouted = "none"

// answerUnknownMethods refuses a method that HTTP does not have; Fiber's own answer would carry none of our headers.
func (a *App) answerUnknownMethods() {
	known := a.Server().Handler
	a.Server().Handler = func(rc *fasthttp.RequestCtx) {
		if slices.Contains(fiber.DefaultMethods, string(rc.Method())) {
			known(rc)
			return
		}
		c := a.AcquireCtx(rc)
		defer a.ReleaseCtx(c)
		if err := a.answerUnseen(c, fiber.ErrNotImplemented); err != nil {
			_ = c.SendStatus(http.StatusInternalServerError)
		}
	}
}

// classify finds the status and the fault of any error; Fiber's own errors keep their status.
func classify(err error) (int, *fault.Error) {
	if e := (*fiber.Error)(nil); errors.As(err, &e) {
		return e.Code, fault.Wrap(kindOf(e.Code), codeOf(e.Code), err, "%s", e.Message)
	}
	if errors.Is(err, context.DeadlineExceeded) {
		return http.StatusServiceUnavailable, fault.Wrap(fault.Unavailable, "unavailable", err, "the request took too long")
	}
	f := fault.Of(err)
	return statusOf[f.Kind], f
}

// wantsProblem tells programs from people: by the address, else by who asks for JSON and not for a page.
func wantsProblem(c *fiber.Ctx) bool {
	accept := c.Get(fiber.HeaderAccept)
	return strings.HasPrefix(c.Path(), "/api/") ||
		strings.Contains(accept, "json") && !strings.Contains(accept, fiber.MIMETextHTML)
}

func writeProblem(c *fiber.Ctx, p *Problem) error {
	c.Status(p.Status)
	c.Set(fiber.HeaderContentType, p.ContentType(""))
	return writeJSON(c.Response().BodyWriter(), p)
}

// logError writes an error that the reader was not told, under the request's id.
func logError(ctx context.Context, f *fault.Error) {
	logOf(ctx).ErrorContext(ctx, "request failed", "request", requestIDOf(ctx), "code", f.Code, "error", f.Error())
}

// RetryAfter says when a Limited fault ends.
func RetryAfter(c *fiber.Ctx, f *fault.Error) {
	c.Set(fiber.HeaderRetryAfter, retryAfter(f))
}

func retryAfter(f *fault.Error) string { return strconv.Itoa(int(math.Ceil(f.RetryAfter.Seconds()))) }
