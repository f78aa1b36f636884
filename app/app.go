package app

import (
	"context"
	"errors"
	"log/slog"
	"path/filepath"
	"slices"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/act/actdb"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/secret"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/jobsweb"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// Version is set when the binary is built.
var Version = "dev"

// DemoCompany is the invented company whose people, bands and documents the demo shows.
const DemoCompany = "Altiva"

// App is the whole program as a value.
type App struct {
	Settings Settings
	DB       *db.DB
	Services Services
	Web      *web.App
	Printer  *jobsweb.Printer

	log      *slog.Logger
	key      secret.Key
	probe    *probe
	older    bool // the file of the key is older than the database
	company  *settings.Service
	mail     *mail.Service
	worker   *mail.Worker         // nil where no mail is sent
	registry *prometheus.Registry // nil where no metrics are served
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
	key, older, err := readKey(s) // after the database, whose directory it may share
	if err != nil {
		return nil, errors.Join(err, database.Close())
	}
	tighten(s.Files(), log)
	if s.Company == "" && s.Demo {
		s.Company = DemoCompany
	}
	a := &App{Settings: s, DB: database, log: log, key: key, older: older}
	a.probe = &probe{write: a.CheckWrite, now: clock.Real}
	a.company = a.newSettings(database.DB)
	a.Services = a.services(database.DB, clock.Real)
	if err := a.buildMail(); err != nil {
		return nil, errors.Join(err, database.Close())
	}
	a.build()
	return a, nil
}

// makeDataDir makes the directory of the default database; one that somebody named must exist.
func makeDataDir(s Settings) error {
	if s.DatabaseURL != "sqlite:"+filepath.Join(s.DataDir, "echelon.db") {
		return nil
	}
	if err := db.MakeDirectory(s.DataDir); err != nil {
		return fault.Wrap(fault.Invalid, "settings", err, "the data directory %s cannot be made: set ECHELON_DATA_DIR to another", s.DataDir)
	}
	return nil
}

// Services are the use cases of the program, over its database or over one transaction.
type Services struct {
	Competencies *competencies.Service
	Jobs         *jobs.Service
	Careers      *careers.Service
	Pay          *pay.Service
	Accounts     *accounts.Service
	Audit        *audit.Service
	Journal      audit.Journal
}

// services builds the services over a database or a transaction.
func (a *App) services(handle bun.IDB, now clock.Clock) Services {
	people := a.newAccounts(handle, now)
	return Services{
		Competencies: a.newCompetencies(handle, now),
		Jobs:         a.newJobs(handle, now),
		Careers:      a.newCareers(handle, now),
		Pay:          a.newPay(handle, now, people),
		Accounts:     people,
		Audit:        a.newAudit(handle, people),
		Journal:      a.journal(handle),
	}
}

// parts make what acts leave behind: an entry in the journal, and letters.
func (a *App) parts() actdb.Parts {
	return actdb.Parts{Journal: a.journal, Outbox: func(handle bun.IDB) mail.Outbox { return a.letters(handle) }}
}

// build makes the site over the services.
func (a *App) build() {
	site := a.newSite()
	a.Printer = a.newPrinter()
	cfg := web.Config{
		Log: a.log, Resume: a.Services.Accounts.Resume, ResumeToken: a.Services.Accounts.ResumeToken,
		Refused: a.refused, RenderError: site.Error, Version: Version,
		Public: a.Settings.Public(), Proxies: a.Settings.Proxies, Hosts: a.Settings.Hosts(),
	}
	if a.Settings.Metrics != "" {
		a.registry = prometheus.NewRegistry()
		cfg.Metrics = measure(a.registry)
	}
	a.Web = web.New(cfg, slices.Concat(
		siteweb.Routes(site), a.competencyRoutes(site), a.jobRoutes(site), a.careerRoutes(site), a.payRoutes(site),
		a.accountRoutes(site), a.mailRoutes(site), a.settingsRoutes(site), a.journalRoutes(site),
	))
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }
