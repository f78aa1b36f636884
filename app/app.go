package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/careers/careersdb"
	"github.com/echelon-hr/echelon/careers/careersweb"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/competencies/competenciesdb"
	"github.com/echelon-hr/echelon/competencies/competenciesweb"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/jobsdb"
	"github.com/echelon-hr/echelon/jobs/jobsweb"
	"github.com/echelon-hr/echelon/jobs/pay"
	"github.com/echelon-hr/echelon/jobs/pay/paydb"
	"github.com/echelon-hr/echelon/jobs/pay/payweb"
	"github.com/echelon-hr/echelon/seeds"
	"github.com/echelon-hr/echelon/seeds/seedsdb"
)

// Version is set when the binary is built.
var Version = "dev"

// stopWait is how long a stop lets requests finish.
const stopWait = 10 * time.Second

// demoCompany is the invented company whose people, bands and documents the demo shows.
const demoCompany = "Altiva"

// App is the whole program as a value.
type App struct {
	Settings Settings
	DB       *db.DB
	Services seeds.Services
	Web      *web.App
	Printer  *jobsweb.Printer
	log      *slog.Logger
}

// Open opens the database and builds everything over it. The schema is not touched: see Prepare.
func Open(ctx context.Context, s Settings, log *slog.Logger) (*App, error) {
	if err := makeDataDir(s); err != nil {
		return nil, err
	}
	database, err := db.Open(ctx, s.DatabaseURL)
	if err != nil {
		return nil, err
	}
	if s.Company == "" && s.Demo {
		s.Company = demoCompany
	}
	a := &App{Settings: s, DB: database, log: log}
	a.Services = a.services(database.DB, clock.Real)
	a.build()
	return a, nil
}

// PrintAsServed gives the command line's documents the company that the site would print: the demo's when the
// database holds it and no other is set.
func (a *App) PrintAsServed(ctx context.Context) {
	if a.Printer.Company == "" && accountsdb.New(a.DB.DB).HasPersonas(ctx) {
		a.Printer.Company = demoCompany
	}
}

// makeDataDir makes the directory of the default database; one that somebody named must exist.
func makeDataDir(s Settings) error {
	if s.DatabaseURL != "sqlite:"+filepath.Join(s.DataDir, "echelon.db") {
		return nil
	}
	if err := os.MkdirAll(s.DataDir, 0o750); err != nil {
		return fault.Wrap(fault.Invalid, "settings", err, "the data directory %s cannot be made: set ECHELON_DATA_DIR to another", s.DataDir)
	}
	return nil
}

// services builds the services over a database or a transaction.
func (a *App) services(handle bun.IDB, now clock.Clock) seeds.Services {
	catalogue := competencies.NewService(competenciesdb.New(handle), now)
	return seeds.Services{
		Competencies: catalogue,
		Jobs:         jobs.NewService(jobsdb.New(handle), catalogue, now),
		Careers:      careers.NewService(careersdb.New(handle), now),
		Pay:          pay.NewService(paydb.New(handle), now),
		Accounts:     accounts.NewService(accountsdb.New(handle), now, a.Settings.Demo),
		Ledger:       seedsdb.New(handle),
		Now:          now,
	}
}

func (a *App) build() {
	s := a.Services
	lib := &jobsweb.Library{Jobs: s.Jobs, Competencies: s.Competencies, Careers: s.Careers, Pay: s.Pay}
	a.Printer = &jobsweb.Printer{Library: lib, Company: a.Settings.Company, BaseURL: a.Settings.BaseURL}
	site := &siteweb.Handlers{
		Accounts: s.Accounts, Jobs: s.Jobs, Competencies: s.Competencies, Careers: s.Careers, Ready: a.Ready,
		Company: a.Settings.Company, Version: Version, Demo: a.Settings.Demo, Public: a.Settings.Public(),
		OpenAPI: func() *huma.OpenAPI { return a.Web.API.OpenAPI() },
	}
	cfg := web.Config{Log: a.log, Resume: s.Accounts.Resume, RenderError: site.Error, Version: Version, Public: a.Settings.Public()}
	if a.Settings.Metrics {
		site.Registry = prometheus.NewRegistry()
		cfg.Metrics = measure(site.Registry)
	}
	var routes []web.Route
	routes = append(routes, siteweb.Routes(site)...)
	routes = append(routes, competenciesweb.Routes(&competenciesweb.Handlers{Competencies: s.Competencies, Jobs: s.Jobs, Shell: site.Shell})...)
	routes = append(routes, jobsweb.Routes(&jobsweb.Pages{Library: lib, Shell: site.Shell, Company: a.Settings.Company, BaseURL: a.Settings.BaseURL})...)
	routes = append(routes, careersweb.Routes(&careersweb.Handlers{Careers: s.Careers, Jobs: s.Jobs, Shell: site.Shell})...)
	routes = append(routes, payweb.Routes(&payweb.Handlers{Pay: s.Pay, Jobs: s.Jobs, Shell: site.Shell})...)
	a.Web = web.New(cfg, routes)
}

// Prepare makes the database ready to serve: an embedded one is migrated, a PostgreSQL whose schema is behind
// or ahead is refused with what to run.
func (a *App) Prepare(ctx context.Context) error {
	if a.DB.Embedded() {
		done, err := a.DB.Migrate(ctx)
		if err != nil {
			return err
		}
		if len(done) > 0 {
			a.log.Info("schema migrated", "steps", len(done))
		}
		return nil
	}
	status, err := a.DB.Status(ctx)
	if err != nil {
		return err
	}
	return status.Check()
}

// Ready tells whether requests can be served now.
func (a *App) Ready(ctx context.Context) error {
	status, err := a.DB.Status(ctx)
	if err != nil {
		return err
	}
	return status.Check()
}

// Seed loads the shipped content, the demo company too when asked, in one transaction.
func (a *App) Seed(ctx context.Context, tree fs.FS, demo bool) (seeds.Report, error) {
	released, err := seeds.Released(tree, clock.Real())
	if err != nil {
		return seeds.Report{}, err
	}
	return seeds.Load(ctx, tree, demo, func(ctx context.Context, fn func(seeds.Services) error) error {
		return db.InTx(ctx, a.DB.DB, func(tx bun.IDB) error { return fn(a.services(tx, clock.Fixed(released))) })
	})
}

// Serve listens until the context ends, then lets what is in flight finish. ready is told the address once
// it listens.
func (a *App) Serve(ctx context.Context, ready func(addr string)) error {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", a.Settings.Addr)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fault.New(fault.Unavailable, "port", "%s is in use by another program: stop it, or set ECHELON_ADDR to another port", a.Settings.Addr)
	}
	if err != nil {
		return fault.Wrap(fault.Unavailable, "port", err, "cannot listen on %s", a.Settings.Addr)
	}
	ready("http://" + strings.Replace(listener.Addr().String(), "[::]", "localhost", 1))
	failed := make(chan error, 1)
	go func() { failed <- a.Web.Listener(listener) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	a.log.Info("stopping", "wait", stopWait)
	if err := a.Web.Shutdown(stopWait); err != nil {
		return fmt.Errorf("stop: %w", err)
	}
	// A stop that comes before the server has taken the listener does not close it.
	_ = listener.Close()
	return <-failed
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }
