package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/url"
	"os"
	"path/filepath"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/seeds"
	"github.com/echelon-hr/echelon/templates/static"
)

// kinds are the databases the product runs on.
var kinds = []string{"sqlite", "postgresql"}

// bench is one run: a scratch directory, the product over each database, and what must be undone at the end.
type bench struct {
	ctx    context.Context
	reps   int
	out    io.Writer // progress
	dir    string
	reader actor.Actor
	sites  map[string]*app.App
	served map[*app.App]string
	undo   []func() error
	built  *programs
}

func newBench(ctx context.Context, reps int, out io.Writer) (*bench, error) {
	if !static.Built() {
		return nil, errors.New("the front-end files are not built: run `make assets`")
	}
	dir, err := os.MkdirTemp("", "echelon-bench-")
	if err != nil {
		return nil, err
	}
	b := &bench{
		ctx: ctx, reps: reps, out: out, dir: dir, reader: actor.CommandLine(),
		sites: map[string]*app.App{}, served: map[*app.App]string{},
	}
	b.later(func() error { return os.RemoveAll(dir) })
	return b, nil
}

// later keeps what the end of the run undoes, last first.
func (b *bench) later(fn func() error) { b.undo = append(b.undo, fn) }

func (b *bench) close() error {
	var errs []error
	for i := len(b.undo) - 1; i >= 0; i-- {
		errs = append(errs, b.undo[i]())
	}
	return errors.Join(errs...)
}

// site is the product over a database of a kind, with its content and the demo company; each kind is made once.
func (b *bench) site(kind string) (*app.App, error) {
	if a, ok := b.sites[kind]; ok {
		return a, nil
	}
	address := "sqlite:" + filepath.Join(b.dir, "site.db")
	if kind == "postgresql" {
		var err error
		if address, err = b.createPostgres(); err != nil {
			return nil, err
		}
	}
	a, err := b.open(address, true)
	if err != nil {
		return nil, fmt.Errorf("prepare %s: %w", kind, err)
	}
	b.sites[kind] = a
	return a, nil
}

// open prepares the product over a database with its content, with the demo company or not.
func (b *bench) open(address string, demo bool) (*app.App, error) {
	settings, err := app.ReadSettings(func(name string) string {
		return map[string]string{
			"ECHELON_DATABASE_URL": address, "ECHELON_ADDR": "127.0.0.1:0", "ECHELON_BASE_URL": "http://127.0.0.1:8080",
		}[name]
	})
	if err != nil {
		return nil, err
	}
	settings.Demo = demo
	a, err := app.Open(b.ctx, settings, slog.New(slog.DiscardHandler))
	if err != nil {
		return nil, err
	}
	b.later(a.Close)
	if _, err := a.DB.Migrate(b.ctx); err != nil {
		return nil, err
	}
	_, err = a.Seed(b.ctx, seeds.Content, demo)
	return a, err
}

// createPostgres makes an empty database on the server that TEST_POSTGRES_DSN names and returns its address.
func (b *bench) createPostgres() (string, error) {
	server := os.Getenv("TEST_POSTGRES_DSN")
	if server == "" {
		return "", errors.New("PostgreSQL is missing: run `make bench`, or set TEST_POSTGRES_DSN")
	}
	u, err := url.Parse(server)
	if err != nil {
		return "", errors.New("TEST_POSTGRES_DSN is not an address")
	}
	name := fmt.Sprintf("echelon_bench_%d", os.Getpid())
	if err := onServer(b.ctx, server, "CREATE DATABASE "+name); err != nil {
		return "", err
	}
	// The run's own context may have ended by then.
	b.later(func() error {
		return onServer(context.WithoutCancel(b.ctx), server, "DROP DATABASE IF EXISTS "+name+" WITH (FORCE)")
	})
	u.Path = "/" + name
	return u.String(), nil
}

func onServer(ctx context.Context, server, statement string) error {
	d, err := db.Open(ctx, server)
	if err != nil {
		return err
	}
	_, err = d.ExecContext(ctx, statement)
	return errors.Join(err, d.Close())
}

// serve lets the product answer on loopback until the run ends and returns its address; each is served once.
func (b *bench) serve(a *app.App) (string, error) {
	if addr, ok := b.served[a]; ok {
		return addr, nil
	}
	ctx, stop := context.WithCancel(b.ctx)
	at, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- a.Serve(ctx, func(addr string) { at <- addr }) }()
	select {
	case addr := <-at:
		b.served[a] = addr
		b.later(func() error {
			stop()
			return <-done
		})
		return addr, nil
	case err := <-done:
		stop()
		return "", err
	}
}
