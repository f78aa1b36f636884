// Package web is the HTTP house: the Fiber app, the middleware every request passes, the one route type
// with its policy, decoding, and the way an error becomes an answer. It imports no domain; the …web packages
// and app import it.
package web

import (
	"context"
	"log/slog"
	"net"
	"net/netip"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Limits of a request. Fiber's own are unlimited.
const (
	headerLimit    = 16 << 10
	readTimeout    = 10 * time.Second
	writeTimeout   = 60 * time.Second
	idleTimeout    = 60 * time.Second
	requestTimeout = 30 * time.Second
	errorTimeout   = 5 * time.Second // to make the page of an error, whose frame may ask the database
)

// Config is what the house needs from outside.
type Config struct {
	Log *slog.Logger
	// Resume returns who holds a session token; Nobody when it is not valid.
	Resume func(ctx context.Context, a actor.Actor, token string) (actor.Actor, error)
	// ResumeToken returns who an API token acts for; Nobody when it is not valid.
	ResumeToken func(ctx context.Context, a actor.Actor, token string) (actor.Actor, error)
	// Refused journals what somebody was refused; nil for no journal.
	Refused func(ctx context.Context, a actor.Actor, r *access.Refusal) error
	// Proxies are the networks whose word on where a request comes from is believed.
	Proxies []netip.Prefix
	// Hosts are those that the site is asked under, beside this machine's own names.
	Hosts []string
	// RenderError writes the page of an error for a person.
	RenderError func(c *fiber.Ctx, status int, f *fault.Error) error
	// Metrics counts a finished request; nil for none.
	Metrics func(method, route string, status int, took time.Duration)
	Version string
	Public  bool // served beyond loopback: cookies are Secure and carry the __Host- prefix
}

// App is the house with everything registered.
type App struct {
	*fiber.App
	API    huma.API
	Routes []Route
	cfg    Config
	plain  map[string]bool // Fiber's paths of plain routes
	gate   *gate

	notices notices
	hosts   []string        // names that the site is asked under
	anyHost map[string]bool // paths that answer under any
	largest int             // the most that any route takes
}

// New builds the house around the given routes. A route without a policy, or two for the same address, is a
// defect and panics at start.
func New(cfg Config, routes []Route) *App {
	a := &App{
		cfg: cfg, Routes: routes, plain: map[string]bool{},
		hosts: hostnames(cfg.Hosts), anyHost: map[string]bool{}, largest: formLimit,
	}
	a.App = fiber.New(fiber.Config{
		AppName:               "echelon",
		CaseSensitive:         true,
		StrictRouting:         true,
		Immutable:             true, // handlers may keep what they read beyond the request
		UnescapePath:          true,
		BodyLimit:             formLimit,
		StreamRequestBody:     true, // see receive
		ReadBufferSize:        headerLimit,
		ReadTimeout:           readTimeout,
		WriteTimeout:          writeTimeout,
		IdleTimeout:           idleTimeout,
		DisableStartupMessage: true,
		// Who may send files is known before they are read.
		DisablePreParseMultipartForm: true,
		ErrorHandler:                 a.answerError,
	})
	counts := func(from netip.Addr) bool { return !from.IsLoopback() && !a.trusted(from) }
	a.gate = newGate(cfg.Log, connectionsFor(openFiles()), counts)
	a.Server().ConnState = watch
	a.Use(a.observe, a.protect, a.door, a.receive, a.sameOrigin, conditional)
	a.answerUnknownMethods()
	a.API = newAPI(a)
	a.register(routes)
	return a
}

// Listener serves on a listener until Shutdown.
func (a *App) Listener(l net.Listener) error {
	return a.App.Listener(&gatedListener{Listener: l, gate: a.gate, done: make(chan struct{})})
}

// Shutdown stops listening, closes what is idle and lets what is in flight finish, for at most the given time.
func (a *App) Shutdown(wait time.Duration) error {
	a.gate.close()
	return a.ShutdownWithTimeout(wait)
}
