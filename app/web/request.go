package web

import (
	"bytes"
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/echelon-hr/echelon/app/lang"
)

// requestInfo is what a request's context carries beside its actor.
type requestInfo struct {
	id   string
	lang lang.Lang
	log  *slog.Logger
}

type requestKey struct{}

func (a *App) newRequestContext(c *fiber.Ctx) context.Context {
	// Not the request's own context: that one is reused for other requests and never ends.
	return context.WithValue(context.Background(), requestKey{}, requestInfo{
		id: newRequestID(), lang: chooseLang(c), log: a.cfg.Log,
	})
}

// logOf is where what happens to a request is logged.
func logOf(ctx context.Context) *slog.Logger {
	if info, ok := ctx.Value(requestKey{}).(requestInfo); ok {
		return info.log
	}
	return slog.Default()
}

func requestIDOf(ctx context.Context) string {
	info, _ := ctx.Value(requestKey{}).(requestInfo)
	return info.id
}

// RequestID returns the id that the answer's header and the log carry.
func RequestID(c *fiber.Ctx) string { return requestIDOf(c.UserContext()) }

// LangOf returns the language of the request behind a context, French outside of one.
func LangOf(ctx context.Context) lang.Lang {
	if info, ok := ctx.Value(requestKey{}).(requestInfo); ok {
		return info.lang
	}
	return lang.FR
}

// langCookie and themeCookie remember a reader's choice for a year.
const (
	langCookie  = "lang"
	themeCookie = "theme"
)

// chooseLang takes what the address asks for, else what was chosen before, else what the browser prefers.
func chooseLang(c *fiber.Ctx) lang.Lang {
	for _, s := range [...]string{c.Query("lang"), c.Cookies(langCookie)} {
		if s == "" {
			continue
		}
		if l, err := lang.Parse(s); err == nil {
			return l
		}
	}
	return preferredLang(c.Get(fiber.HeaderAcceptLanguage))
}

// Theme returns the reader's theme: what they chose, else what the browser says, else light.
func Theme(c *fiber.Ctx) string {
	for _, s := range []string{c.Cookies(themeCookie), c.Get("Sec-CH-Prefers-Color-Scheme")} {
		if s == "light" || s == "dark" {
			return s
		}
	}
	return "light"
}

// cookieName is the session cookie's: over plain HTTP, which is served on loopback only, it has no prefix.
func (a *App) cookieName() string { return SessionCookie(a.cfg.Public) }

// SessionCookie is the name of the session cookie.
func SessionCookie(public bool) string {
	if public {
		return "__Host-sid"
	}
	return "sid"
}

// SetSession gives the browser a session token; "" takes it back.
func SetSession(c *fiber.Ctx, public bool, token string) {
	cookie := fiber.Cookie{
		Name: SessionCookie(public), Value: token, Path: "/", HTTPOnly: true,
		Secure: public, SameSite: fiber.CookieSameSiteLaxMode,
	}
	if token == "" {
		cookie.Expires = time.Unix(1, 0)
	}
	c.Cookie(&cookie)
}

// Remember keeps a reader's choice of language ("lang") or theme ("theme") for a year; nothing is signed in by it.
func Remember(c *fiber.Ctx, public bool, name, value string) {
	c.Cookie(&fiber.Cookie{
		Name: name, Value: value, Path: "/", Expires: time.Now().AddDate(1, 0, 0),
		HTTPOnly: true, Secure: public, SameSite: fiber.CookieSameSiteLaxMode,
	})
}

// LocalPath returns an address on this site to go back to, "/" for anything else.
func LocalPath(s string) string {
	u, err := url.Parse(s)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(s, "/") || strings.HasPrefix(s, "//") ||
		strings.ContainsAny(s, "\\\r\n\t") {
		return "/"
	}
	return u.RequestURI()
}

// pageKey is where an answer's page lies beside it.
type pageKey struct{}

// PageOf is the page that Render wrote for a request, nil for none: whoever measures the way of a request renders the
// same page without that way.
func PageOf(rc *fasthttp.RequestCtx) templ.Component {
	page, _ := rc.UserValue(pageKey{}).(templ.Component)
	return page
}

// Render writes a page. It is made whole before the first byte goes out, so that an error is never half a page.
func Render(c *fiber.Ctx, page templ.Component) error {
	c.Locals(pageKey{}, page)
	var b bytes.Buffer
	if err := page.Render(c.UserContext(), &b); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMETextHTMLCharsetUTF8)
	c.Vary("Cookie", "Accept-Language", "Sec-CH-Prefers-Color-Scheme")
	c.Set("Accept-CH", "Sec-CH-Prefers-Color-Scheme")
	return c.Send(b.Bytes())
}

// Redirect answers a form that did something.
func Redirect(c *fiber.Ctx, to string) error { return c.Redirect(to, http.StatusSeeOther) }

// Download sends a file with a name of its own.
func Download(c *fiber.Ctx, contentType, name string, inline bool, body []byte) error {
	disposition := "attachment"
	if inline {
		disposition = "inline"
	}
	c.Set(fiber.HeaderContentType, contentType)
	c.Set(fiber.HeaderContentDisposition, disposition+`; filename="`+name+`"`)
	return c.Send(body)
}

// WithoutLang drops the language from an address, so that a choice just made is not overruled by it.
func WithoutLang(path string) string {
	u, err := url.Parse(path)
	if err != nil {
		return "/"
	}
	q := u.Query()
	q.Del("lang")
	u.RawQuery = q.Encode()
	return u.RequestURI()
}

// Private keeps an answer out of every cache: it is about a person's account, or carries a secret.
func Private(handler fiber.Handler) fiber.Handler {
	return func(c *fiber.Ctx) error {
		c.Set(fiber.HeaderCacheControl, "no-store")
		return handler(c)
	}
}
