package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"time"

	"github.com/a-h/templ"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/jobs/jobsweb"
	"github.com/echelon-hr/echelon/templates/pdf"
)

// busy is how many readers ask for a page at the same time, and reading how long one repetition goes on.
const (
	busy    = 8
	reading = 300 * time.Millisecond
)

// visitor is the persona that asks for pages: one that may see no pay, as most people.
const visitor = "recruiter"

// pageRow is a line of the table of pages. Times are milliseconds at one connection, rates requests a second at
// eight; what is not said to be plain is compressed.
type pageRow struct {
	name, database         string
	size, sent             int // bytes of the answer, and compressed
	took, floorTook, plain float64
	rate, floorRate        float64
	plainRate              float64
}

// slower is how many times the floor's time a request takes, and share how much of the floor's rate is reached.
func (r pageRow) slower() float64 { return r.took / r.floorTook }
func (r pageRow) share() float64  { return r.rate / r.floorRate }

// addresses are the pages that are measured, by the name they have in the table; {person} is somebody of the directory.
var addresses = []struct{ name, path string }{
	{"profile page", "/jobs/" + flagship},
	{"home", "/"},
	{"list", "/jobs"},
	{"search", "/jobs?q=client"},
	{"grid", "/matrices/sales"},
	{"person page", "/people/{person}"},
	{"PDF", "/jobs/" + flagship + ".pdf?lang=fr"},
}

// pages measures what a reader waits for, over HTTP and on both databases.
func (b *bench) pages() ([]pageRow, error) {
	var rows []pageRow
	for _, kind := range kinds {
		site, err := b.site(kind)
		if err != nil {
			return nil, err
		}
		measured, err := b.pagesOn(site, kind)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kind, err)
		}
		rows = append(rows, measured...)
	}
	return rows, nil
}

func (b *bench) pagesOn(site *app.App, kind string) ([]pageRow, error) {
	opened, err := site.Services.Accounts.SignInPersona(b.ctx, actor.Nobody(), visitor, "", "")
	if err != nil {
		return nil, err
	}
	people, err := site.Services.Accounts.Directory(b.ctx, b.reader, accounts.DirectoryFilter{})
	if err != nil {
		return nil, err
	}
	doc, err := site.Printer.Document(b.ctx, b.reader, flagship, lang.FR, jobsweb.Order{})
	if err != nil {
		return nil, err
	}
	floor := &floor{site: site, writes: map[string]func(io.Writer) error{}}
	asked := map[string]string{}
	for _, a := range addresses {
		path := strings.Replace(a.path, "{person}", string(people.Items[len(people.Items)-1].ID), 1)
		asked[a.name] = path
		if a.name == "PDF" {
			floor.writes[path] = func(w io.Writer) error { return writeDocument(b.ctx, w, doc) }
			continue
		}
		page, err := pageBehind(b.ctx, site, path, opened.Token)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.name, err)
		}
		floor.writes[path] = func(w io.Writer) error { return page.Render(b.ctx, w) }
	}
	base, err := b.serve(site)
	if err != nil {
		return nil, err
	}
	under, err := b.serveFloor(floor)
	if err != nil {
		return nil, err
	}
	var rows []pageRow
	for _, a := range addresses {
		r, err := b.page(base, under, asked[a.name], opened.Token)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", a.name, err)
		}
		r.name, r.database = a.name, databaseNames[kind]
		rows = append(rows, r)
	}
	return rows, nil
}

// databaseNames are the databases as people call them.
var databaseNames = map[string]string{"sqlite": "SQLite", "postgresql": "PostgreSQL"}

// page measures one address beside the same bytes from memory.
func (b *bench) page(base, under, path, token string) (pageRow, error) {
	full := reader{url: base + path, token: token}
	small := reader{url: base + path, token: token, encoding: "br"}
	least := reader{url: under + path, token: token, encoding: "br"}
	r := pageRow{}
	var err error
	if r.size, err = full.size(); err != nil {
		return r, err
	}
	if r.sent, err = small.size(); err != nil {
		return r, err
	}
	m, err := interleave(b.reps, small.alone, least.alone, full.alone, small.together, least.together, full.together)
	if err != nil {
		return r, err
	}
	r.took, r.floorTook, r.plain, r.rate, r.floorRate, r.plainRate = m[0], m[1], m[2], m[3], m[4], m[5]
	return r, nil
}

// pageBehind asks the product for a page and returns the component that wrote it.
func pageBehind(ctx context.Context, site *app.App, path, token string) (page templ.Component, err error) {
	server := site.Web.Server()
	usual := server.Handler
	defer func() { server.Handler = usual }()
	server.Handler = func(rc *fasthttp.RequestCtx) {
		usual(rc)
		page = web.PageOf(rc)
	}
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, path, nil)
	if err != nil {
		return nil, err
	}
	req.Host = "127.0.0.1"
	req.AddCookie(&http.Cookie{Name: web.SessionCookie(false), Value: token})
	res, err := site.Web.Test(req, -1)
	if err != nil {
		return nil, err
	}
	if err := res.Body.Close(); err != nil {
		return nil, err
	}
	if page == nil || res.StatusCode != http.StatusOK {
		return nil, fmt.Errorf("%s answered %d and no page", path, res.StatusCode)
	}
	return page, nil
}

// floor is the least that could answer for the product: it looks up the same session and writes the same page from
// memory.
type floor struct {
	site   *app.App
	writes map[string]func(io.Writer) error
}

func (f *floor) answer(c *fiber.Ctx) error {
	who, err := f.site.Services.Accounts.Resume(c.UserContext(), actor.Nobody(), c.Cookies(web.SessionCookie(false)))
	if err != nil || who.Kind == actor.Anonymous {
		return errors.Join(err, fiber.ErrUnauthorized)
	}
	write, ok := f.writes[c.OriginalURL()]
	if !ok {
		return fiber.ErrNotFound
	}
	var out bytes.Buffer
	if err := write(&out); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, http.DetectContentType(out.Bytes()))
	c.Response().SetBodyRaw(out.Bytes())
	web.Compress(c)
	return nil
}

// serveFloor lets the floor answer on loopback until the run ends, compressing as the product does.
func (b *bench) serveFloor(f *floor) (string, error) {
	addr, err := b.freeAddress()
	if err != nil {
		return "", err
	}
	least := fiber.New(fiber.Config{DisableStartupMessage: true})
	least.Get("/*", f.answer)
	done := make(chan error, 1)
	go func() { done <- least.Listen(addr) }()
	b.later(func() error { return errors.Join(least.Shutdown(), <-done) })
	return "http://" + addr, nil
}

func writeDocument(ctx context.Context, w io.Writer, doc pdf.JobDocument) error {
	content, err := pdf.Render(ctx, doc)
	if err != nil {
		return err
	}
	_, err = w.Write(content)
	return err
}

// reader asks for one address as somebody who is signed in.
type reader struct{ url, token, encoding string }

func (r reader) ask(client *fasthttp.HostClient, req *fasthttp.Request, res *fasthttp.Response) error {
	req.SetRequestURI(r.url)
	req.Header.SetCookie(web.SessionCookie(false), r.token)
	req.Header.Set(fasthttp.HeaderAcceptEncoding, r.encoding)
	if err := client.Do(req, res); err != nil {
		return err
	}
	if res.StatusCode() != fasthttp.StatusOK {
		return fmt.Errorf("%s answered %d", r.url, res.StatusCode())
	}
	return nil
}

// size is how many bytes the body of an answer has on the wire.
func (r reader) size() (int, error) {
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	err := r.ask(r.client(), req, res)
	return len(res.Body()), err
}

func (r reader) client() *fasthttp.HostClient { return lightClient(r.url, busy) }

// alone is a probe of the median time of an answer, in milliseconds, at one connection.
func (r reader) alone() (float64, error) {
	client := r.client()
	defer client.CloseIdleConnections()
	req, res := fasthttp.AcquireRequest(), fasthttp.AcquireResponse()
	defer fasthttp.ReleaseRequest(req)
	defer fasthttp.ReleaseResponse(res)
	var took []float64
	for begin := time.Now(); time.Since(begin) < reading || len(took) < 3; {
		start := time.Now()
		if err := r.ask(client, req, res); err != nil {
			return 0, err
		}
		took = append(took, inMilliseconds(time.Since(start)))
	}
	return median(took), nil
}

// together is a probe of the answers a second that several connections get.
func (r reader) together() (float64, error) {
	return rate(busy, reading, r.ask, r.url)
}
