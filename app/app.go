package app

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"net"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/accounts/accountsdb"
	"github.com/echelon-hr/echelon/app/accounts/accountsweb"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditdb"
	"github.com/echelon-hr/echelon/app/audit/auditweb"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mail/maildb"
	"github.com/echelon-hr/echelon/app/mail/mailweb"
	"github.com/echelon-hr/echelon/app/mail/smtp"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/secret"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/app/settings/settingsdb"
	"github.com/echelon-hr/echelon/app/settings/settingsweb"
	"github.com/echelon-hr/echelon/app/siteweb"
	"github.com/echelon-hr/echelon/app/textsearch"
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
	letters "github.com/echelon-hr/echelon/templates/mail"
	"github.com/echelon-hr/echelon/templates/pdf"
)

// Version is set when the binary is built.
var Version = "dev"

// stopWait is how long a stop lets requests finish.
const stopWait = 10 * time.Second

// DemoCompany is the invented company whose people, bands and documents the demo shows.
const DemoCompany = "Altiva"

// App is the whole program as a value.
type App struct {
	Settings Settings
	DB       *db.DB
	Services seeds.Services
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
	a.company = settings.NewService(settingsdb.New(database.DB, a.journal), clock.Real, settings.Settings{Company: s.Company, TimeZone: "Europe/Paris", Lang: lang.FR})
	a.Services = a.services(database.DB, clock.Real)
	if err := a.buildMail(); err != nil {
		return nil, errors.Join(err, database.Close())
	}
	a.build()
	return a, nil
}

func (a *App) journal(handle bun.IDB) audit.Journal { return auditdb.New(handle, clock.Real, a.key) }

func (a *App) letters(handle bun.IDB) *maildb.Store { return maildb.New(handle, clock.Real, a.key) }

func (a *App) outbox(handle bun.IDB) mail.Outbox { return a.letters(handle) }

// Company is the company's name now: what the settings page says, else the setting; for the command line the
// demo's where the database holds it.
func (a *App) Company(ctx context.Context) (string, error) {
	s, err := a.company.Current(ctx, actor.SystemTask("company"))
	if err != nil {
		return "", err
	}
	if s.Company != "" {
		return s.Company, nil
	}
	if demo, err := accountsdb.New(a.DB.DB, accountsdb.Parts{}).HasPersonas(ctx); err != nil || !demo {
		return "", err
	}
	return DemoCompany, nil
}

// compose writes a letter as this company's.
func (a *App) compose(ctx context.Context, l mail.Letter) (string, string, string, error) {
	company, err := a.Company(ctx)
	if err != nil {
		return "", "", "", err
	}
	return letters.Compose(l, company, a.Settings.BaseURL)
}

func (a *App) buildMail() error {
	a.mail = mail.NewService(a.letters(a.DB.DB).WithJournal(a.journal), clock.Real, a.Settings.Demo)
	if a.Settings.MailURL == "" || a.Settings.Demo {
		return nil
	}
	sender, err := smtp.New(a.Settings.MailURL, a.Settings.MailFrom)
	if err != nil {
		return err
	}
	a.worker = mail.NewWorker(a.letters(a.DB.DB), sender, a.compose, clock.Real, a.log)
	return nil
}

// nudge wakes the worker, where there is one.
func (a *App) nudge() {
	if a.worker != nil {
		a.worker.Nudge()
	}
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

// services builds the services over a database or a transaction.
func (a *App) services(handle bun.IDB, now clock.Clock) seeds.Services {
	catalogue := competencies.NewService(competenciesdb.New(handle), now)
	people := accounts.NewService(accounts.Parts{
		Store: accountsdb.New(handle, accountsdb.Parts{Journal: a.journal, Outbox: a.outbox}), Now: now, Key: a.key, Demo: a.Settings.Demo, Today: a.today,
	})
	return seeds.Services{
		Competencies: catalogue,
		Jobs:         jobs.NewService(jobsdb.New(handle), catalogue, now),
		Careers:      careers.NewService(careersdb.New(handle), now),
		Pay:          pay.NewService(paydb.New(handle), now, pay.Reads{Journal: a.journal(handle), Standing: people.Profiles}),
		Accounts:     people,
		Audit:        audit.NewService(auditdb.New(handle, clock.Real, a.key), people.Visible),
		Journal:      a.journal(handle),
		Ledger:       seedsdb.New(handle),
		Now:          now,
	}
}

// today is the date in the company's time zone. Where the settings cannot be read nothing else can either; the date
// in UTC then serves nobody anything.
func (a *App) today(ctx context.Context) string {
	day, err := a.company.Today(ctx, actor.SystemTask("calendar"))
	if err != nil {
		return clock.Real().Format(time.DateOnly)
	}
	return day
}

// zone is the company's time zone.
func (a *App) zone(ctx context.Context) (*time.Location, error) {
	return a.company.Zone(ctx, actor.SystemTask("calendar"))
}

func (a *App) build() {
	s := a.Services
	lib := &jobsweb.Library{Jobs: s.Jobs, Competencies: s.Competencies, Careers: s.Careers, Pay: s.Pay}
	a.Printer = &jobsweb.Printer{Library: lib, Company: a.Company, BaseURL: a.Settings.BaseURL, Press: jobsweb.NewPress(pdf.Render)}
	site := &siteweb.Handlers{
		Accounts: s.Accounts, Jobs: s.Jobs, Competencies: s.Competencies, Careers: s.Careers, Ready: a.Ready,
		Company: a.Company, Version: Version, Demo: a.Settings.Demo, Public: a.Settings.Public(),
		OpenAPI: func() *huma.OpenAPI { return a.Web.API.OpenAPI() },
	}
	cfg := web.Config{
		Log: a.log, Resume: s.Accounts.Resume, ResumeToken: s.Accounts.ResumeToken, Refused: a.refused, RenderError: site.Error,
		Version: Version, Public: a.Settings.Public(), Proxies: a.Settings.Proxies, Hosts: a.Settings.Hosts(),
	}
	if a.Settings.Metrics != "" {
		a.registry = prometheus.NewRegistry()
		cfg.Metrics = measure(a.registry)
	}
	var routes []web.Route
	routes = append(routes, siteweb.Routes(site)...)
	routes = append(routes, competenciesweb.Routes(&competenciesweb.Handlers{Competencies: s.Competencies, Jobs: s.Jobs, Shell: site.Shell})...)
	routes = append(routes, jobsweb.Routes(&jobsweb.Pages{Library: lib, Shell: site.Shell, Printer: a.Printer})...)
	routes = append(routes, careersweb.Routes(&careersweb.Handlers{Careers: s.Careers, Jobs: s.Jobs, Shell: site.Shell})...)
	routes = append(routes, payweb.Routes(&payweb.Handlers{Pay: s.Pay, Jobs: s.Jobs, Shell: site.Shell})...)
	routes = append(routes, a.accountRoutes(site)...)
	a.Web = web.New(cfg, routes)
}

// accountRoutes are those of accounts, mail, settings and the journal.
func (a *App) accountRoutes(site *siteweb.Handlers) []web.Route {
	var nudge func()
	if a.worker != nil {
		nudge = a.worker.Nudge
	}
	h := &accountsweb.Handlers{
		Accounts: a.Services.Accounts, Jobs: a.Services.Jobs, Shell: site.Shell, Personas: site.Personas, Zone: a.zone, Now: clock.Real, Today: a.today,
		Nudge: nudge, Button: a.Settings.OIDC.Name, BaseURL: a.Settings.BaseURL, Key: a.key, Demo: a.Settings.Demo, Public: a.Settings.Public(),
	}
	if a.Settings.OIDC.Enabled() {
		h.Provider = oidc.New(a.Settings.OIDC, a.Settings.BaseURL+"/sign-in/provider/callback", a.key, clock.Real, nil)
	}
	return slices.Concat(
		accountsweb.Routes(h),
		mailweb.Routes(&mailweb.Handlers{Mail: a.mail, Shell: site.Shell, Compose: a.compose, Zone: a.zone, Nudge: nudge, Sends: a.worker != nil, Demo: a.Settings.Demo}),
		settingsweb.Routes(&settingsweb.Handlers{Settings: a.company, Shell: site.Shell, Facts: a.facts, Try: a.tryMail}),
		auditweb.Routes(&auditweb.Handlers{Audit: a.Services.Audit, Shell: site.Shell, Names: a.names}),
	)
}

// names says what people are called, for the journal, which holds ids alone.
func (a *App) names(ctx context.Context, ids []actor.PersonID) (map[actor.PersonID]string, error) {
	return a.Services.Accounts.Names(ctx, actor.From(ctx), ids)
}

// tryMail puts a test letter to whoever asks.
func (a *App) tryMail(ctx context.Context, who actor.Actor) error {
	account, err := a.Services.Accounts.Get(ctx, who, who.ID)
	if err != nil {
		return err
	}
	defer a.nudge()
	return a.mail.Try(ctx, who, account.Email, account.Name, account.Lang)
}

// refusals are where refusals are journalled, or counted.
func (a *App) refusals() audit.Refusals { return auditdb.New(a.DB.DB, clock.Real, a.key) }

// refused journals what somebody was refused. An object may come from an address that anybody can type.
func (a *App) refused(ctx context.Context, who actor.Actor, r *access.Refusal) error {
	if who.Kind == actor.Anonymous {
		return nil
	}
	entry := audit.Entry{Action: "access.refused", Object: audit.Clean(r.Object), Outcome: audit.Refused, Details: map[string]string{"action": string(r.Action)}}
	if r == web.Forged {
		entry = audit.Entry{Action: "access.forged", Outcome: audit.Refused}
	}
	return a.refusals().Refuse(ctx, who.Alone(), entry)
}

// facts tell of the installation on the settings page, without secrets.
func (a *App) facts(l lang.Lang) []settingsweb.Fact {
	none := msg.T(l, msg.SettingsFactNone)
	server, provider := none, none
	if a.Settings.MailURL != "" {
		server = smtp.Place(a.Settings.MailURL)
	}
	if a.Settings.OIDC.Enabled() {
		provider = a.Settings.OIDC.Issuer
	}
	database := map[string]string{"sqlite": "SQLite", "postgresql": "PostgreSQL"}[a.DB.Name()]
	return []settingsweb.Fact{
		{Label: msg.T(l, msg.SettingsFactVersion), Value: Version},
		{Label: msg.T(l, msg.SettingsFactDatabase), Value: database},
		{Label: msg.T(l, msg.SettingsFactAddress), Value: a.Settings.BaseURL},
		{Label: msg.T(l, msg.SettingsFactMail), Value: server},
		{Label: msg.T(l, msg.SettingsFactProvider), Value: provider},
	}
}

// Prepare makes the database ready to serve: an embedded one is migrated, a PostgreSQL whose schema is behind
// or ahead is refused with what to run.
func (a *App) Prepare(ctx context.Context) error {
	if err := a.prepareSchema(ctx); err != nil {
		return err
	}
	if err := a.checkKey(ctx, false); err != nil {
		return err
	}
	return a.prepareSearch(ctx)
}

// searchName is where the database keeps the version of the terms that its search index is made of.
const searchName = "search_terms"

// prepareSearch makes the search index anew where its terms were made in another way than queries' are now.
func (a *App) prepareSearch(ctx context.Context) error {
	store := settingsdb.New(a.DB.DB, a.journal)
	all, err := store.All(ctx)
	if err != nil || all[searchName] == strconv.Itoa(textsearch.Version) {
		return err
	}
	n, err := a.Services.Jobs.Reindex(ctx, actor.SystemTask("search"))
	if err != nil {
		return err
	}
	if n > 0 {
		a.log.Info("search index made anew", "profiles", n)
	}
	return store.Put(ctx, searchName, strconv.Itoa(textsearch.Version), clock.Real())
}

func (a *App) prepareSchema(ctx context.Context) error {
	if a.DB.Embedded() {
		done, err := a.Migrate(ctx)
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

// Migrate brings the schema up to this version's and returns the steps it took. A new file remembers the key that lies
// beside it, and whether that is older.
func (a *App) Migrate(ctx context.Context) ([]string, error) {
	status, err := a.DB.Status(ctx)
	if err != nil {
		return nil, err
	}
	done, err := a.DB.Migrate(ctx)
	if err != nil || !a.DB.Embedded() || len(status.Applied) > 0 {
		return done, err
	}
	return done, a.checkKey(ctx, a.older)
}

// Seed loads the shipped content, the demo company too when asked, in one transaction.
func (a *App) Seed(ctx context.Context, tree fs.FS, demo bool) (seeds.Report, error) {
	released, err := seeds.Released(tree, clock.Real())
	if err != nil {
		return seeds.Report{}, err
	}
	return seeds.Load(ctx, tree, demo, func(ctx context.Context, fn func(seeds.Services) error) error {
		return db.InTx(ctx, a.DB.DB, func(tx bun.IDB) error {
			if demo {
				if err := a.markDemo(ctx, tx); err != nil {
					return err
				}
			}
			return fn(a.services(tx, clock.Fixed(released)))
		})
	})
}

// listen listens on the address that a setting names.
func listen(ctx context.Context, setting, address string) (net.Listener, error) {
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", address)
	if errors.Is(err, syscall.EADDRINUSE) {
		return nil, fault.New(fault.Unavailable, "port", "%s is in use by another program: stop it, or set %s to another port", address, setting)
	}
	if err != nil {
		return nil, fault.Wrap(fault.Unavailable, "port", err, "cannot listen on %s, which %s names", address, setting)
	}
	return listener, nil
}

// Serve listens until the context ends, then lets what is in flight finish. ready is told the address once
// it listens. A database of the demo is served in it only, and a company's never.
func (a *App) Serve(ctx context.Context, ready func(addr string)) error {
	if err := a.CheckPurpose(ctx); err != nil {
		return err
	}
	listener, err := listen(ctx, "ECHELON_ADDR", a.Settings.Addr)
	if err != nil {
		return err
	}
	stopMetrics, err := a.serveMetrics(ctx)
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	defer stopMetrics()
	ready("http://" + strings.Replace(listener.Addr().String(), "[::]", "localhost", 1))
	defer a.deliver()()
	defer a.inBackground(a.keepHouse)()
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

// deliver sends letters until the function it returns is called, which waits for the one in hand.
func (a *App) deliver() (stop func()) {
	if a.worker == nil {
		return func() {}
	}
	return a.inBackground(a.worker.Run)
}

// inBackground runs something until the function it returns is called, which waits for its end.
func (a *App) inBackground(run func(context.Context)) (stop func()) {
	ctx, cancel := context.WithCancel(context.Background())
	ended := make(chan struct{})
	go func() {
		defer close(ended)
		run(ctx)
	}()
	return func() {
		cancel()
		<-ended
	}
}

// keepEvery is how long what is over may lie about.
const keepEvery = time.Minute

// keepHouse does, over and over, what no request waits for: it writes into the journal how many refusals were counted,
// and takes out of the outbox what is over.
func (a *App) keepHouse(ctx context.Context) {
	tick := time.NewTicker(keepEvery)
	defer tick.Stop()
	for {
		if err := errors.Join(a.refusals().Settle(ctx), a.letters(a.DB.DB).Sweep(ctx)); err != nil && ctx.Err() == nil {
			a.log.ErrorContext(ctx, "what is over was not put away", "error", err)
		}
		select {
		case <-ctx.Done():
			return
		case <-tick.C:
		}
	}
}

// Close closes the database.
func (a *App) Close() error { return a.DB.Close() }
