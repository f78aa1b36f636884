// Package app wires the product: settings, construction in order, routes, background work, and an orderly stop.
package app

import (
	"cmp"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/netip"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail/smtp"
	"github.com/echelon-hr/echelon/app/oidc"
	"github.com/echelon-hr/echelon/app/secret"
)

// Settings is the configuration, read from ECHELON_* variables.
type Settings struct {
	Addr        string // where to listen
	DatabaseURL string // postgres://… or sqlite:PATH
	BaseURL     string // the site's address as people type it
	DataDir     string // where the default database lives
	LogLevel    slog.Level
	LogFormat   string // text or json
	Metrics     string // where to listen for those who collect metrics, "" for nowhere
	Company     string
	Demo        bool   // from the command line
	Keyless     bool   // from the command line: read without the secret key, and write nothing that needs it
	SecretKey   string // seals what must be readable again; "" for the file secret.key
	MailURL     string // smtp:// or smtps:// with credentials; "" for no mail server
	MailFrom    string
	OIDC        oidc.Settings
	Proxies     []netip.Prefix
}

// Variable is one setting as help and the README show it.
type Variable struct{ Name, Default, Meaning string }

// Variables lists all settings.
func Variables() []Variable {
	return []Variable{
		{"ECHELON_ADDR", "127.0.0.1:8080", "address and port to listen on"},
		{"ECHELON_DATABASE_URL", "sqlite:DATA_DIR/echelon.db", "postgres://user:password@host/name, or sqlite: and the path of a file"},
		{"ECHELON_BASE_URL", "http://ADDR", "the site's address as people type it: scheme, host and port alone; the only host it answers under beside this machine's own; printed in documents; https beyond loopback"},
		{"ECHELON_DATA_DIR", "./data", "where the default database lives"},
		{"ECHELON_LOG", "info", "debug, info, warn or error"},
		{"ECHELON_LOG_FORMAT", "text", "text or json"},
		{"ECHELON_METRICS", "off", "address and port of its own at which /metrics is served, such as 127.0.0.1:9090; or off"},
		{"ECHELON_COMPANY", "", "the company's name on pages and documents, until the settings page says another"},
		{"ECHELON_SECRET_KEY", "the file secret.key beside the database", "32 bytes in base64 that seal one-time codes and letters and sign the journal; the same for all processes on one database"},
		{"ECHELON_MAIL_URL", "", "mail server: smtps://user:password@host or smtp://host:587, with ?starttls=required or none"},
		{"ECHELON_MAIL_FROM", "", "address that letters come from"},
		{"ECHELON_OIDC_ISSUER", "", "address of an OpenID Connect provider people may sign in with; its callback is BASE_URL/sign-in/provider/callback"},
		{"ECHELON_OIDC_CLIENT_ID", "", "this site's name with the provider"},
		{"ECHELON_OIDC_CLIENT_SECRET", "", "its password with the provider"},
		{"ECHELON_OIDC_NAME", "", "what the provider is called on the button"},
		{"ECHELON_TRUSTED_PROXIES", "", "networks of proxies whose X-Forwarded-For is believed, such as 10.0.0.0/8, comma separated"},
	}
}

// ReadSettings reads the settings through getenv. What is set wrongly is named, with what would be right.
func ReadSettings(getenv func(string) string) (Settings, error) {
	env := environment{getenv: getenv}
	get := env.read
	s := Settings{Addr: get("ECHELON_ADDR", "127.0.0.1:8080"), DataDir: get("ECHELON_DATA_DIR", "./data"), Company: get("ECHELON_COMPANY", "")}
	s.DatabaseURL = get("ECHELON_DATABASE_URL", "sqlite:"+filepath.Join(s.DataDir, "echelon.db"))
	s.SecretKey, s.MailURL, s.MailFrom = get("ECHELON_SECRET_KEY", ""), get("ECHELON_MAIL_URL", ""), get("ECHELON_MAIL_FROM", "")
	s.OIDC = oidc.Settings{
		Issuer: get("ECHELON_OIDC_ISSUER", ""), ClientID: get("ECHELON_OIDC_CLIENT_ID", ""),
		ClientSecret: get("ECHELON_OIDC_CLIENT_SECRET", ""), Name: get("ECHELON_OIDC_NAME", ""),
	}
	site, level, proxies := get("ECHELON_BASE_URL", ""), get("ECHELON_LOG", "info"), get("ECHELON_TRUSTED_PROXIES", "")
	s.LogFormat, s.Metrics = get("ECHELON_LOG_FORMAT", "text"), get("ECHELON_METRICS", "off")
	if env.err != nil {
		return s, env.err
	}
	return s, cmp.Or(s.readAddresses(site), s.readLog(level), s.readAccounts(), s.readProxies(proxies))
}

// environment reads variables and keeps the first thing wrong with one.
type environment struct {
	getenv func(string) string
	err    error
}

// read reads a variable without the space around it.
func (e *environment) read(name, otherwise string) string {
	v := strings.TrimSpace(e.getenv(name))
	if e.err == nil {
		e.err = checkText(name, v)
	}
	return cmp.Or(v, otherwise)
}

// checkText refuses a setting that is no line of UTF-8 text. Its value, which may be a secret, is not repeated.
func checkText(name, value string) error {
	switch {
	case lang.BrokenAt(value) >= 0:
		return fault.New(fault.Invalid, "settings", "%s is not UTF-8 text: write it in UTF-8", name)
	case !lang.IsLine(value):
		return fault.New(fault.Invalid, "settings", "%s holds a line end or an invisible character: write it anew", name)
	}
	return nil
}

// readAddresses checks where to listen and where the database is, and reads the site's address, "" for the usual one.
func (s *Settings) readAddresses(site string) error {
	if err := checkListen("ECHELON_ADDR", s.Addr); err != nil {
		return err
	}
	if s.Metrics == "off" {
		s.Metrics = ""
	} else if err := checkListen("ECHELON_METRICS", s.Metrics); err != nil {
		return wrong("ECHELON_METRICS", s.Metrics, "off, or an address and a port of its own such as 127.0.0.1:9090")
	}
	if err := db.CheckAddress(s.DatabaseURL); err != nil {
		return err
	}
	if site == "" {
		s.BaseURL = usualSite(s.Addr)
		return nil
	}
	var err error
	s.BaseURL, err = parseSite(site)
	return err
}

func (s *Settings) readLog(level string) error {
	if err := s.LogLevel.UnmarshalText([]byte(level)); err != nil {
		return wrong("ECHELON_LOG", level, "debug, info, warn or error")
	}
	if !slices.Contains([]string{"text", "json"}, s.LogFormat) {
		return wrong("ECHELON_LOG_FORMAT", s.LogFormat, "text or json")
	}
	return nil
}

// readAccounts checks what signing in and mail need. A wrong value is named, never repeated where it may hold a secret.
func (s *Settings) readAccounts() error {
	if s.SecretKey != "" {
		if _, err := secret.Parse(s.SecretKey); err != nil {
			return fault.New(fault.Invalid, "settings", "ECHELON_SECRET_KEY cannot be read: %v", err)
		}
	}
	if (s.MailURL == "") != (s.MailFrom == "") {
		return fault.New(fault.Invalid, "settings", "set ECHELON_MAIL_URL and ECHELON_MAIL_FROM both, or neither")
	}
	if s.MailURL != "" {
		if _, err := smtp.New(s.MailURL, s.MailFrom); err != nil {
			return err
		}
	}
	return s.OIDC.Check()
}

func (s *Settings) readProxies(list string) error {
	for one := range strings.SplitSeq(list, ",") {
		one = strings.TrimSpace(one)
		if one == "" {
			continue
		}
		p, err := netip.ParsePrefix(one)
		if err != nil {
			return wrong("ECHELON_TRUSTED_PROXIES", one, "networks such as 10.0.0.0/8, comma separated")
		}
		s.Proxies = append(s.Proxies, p)
	}
	return nil
}

func wrong(name, value, right string) error {
	return fault.New(fault.Invalid, "settings", "%s is %q: it must be %s", name, value, right)
}

// Public reports whether the site is served beyond this machine, or behind a proxy that ends TLS for it.
func (s Settings) Public() bool {
	host, _, err := net.SplitHostPort(s.Addr)
	return err != nil || !loopback(host) || strings.HasPrefix(s.BaseURL, "https://")
}

// Hosts are those that the site is asked under: that of its address, and what it listens on.
func (s Settings) Hosts() []string {
	hosts := []string{s.Addr}
	if u, err := url.Parse(s.BaseURL); err == nil {
		hosts = append(hosts, u.Host)
	}
	return hosts
}

// CheckServe refuses settings that would expose what must not be: the demo beyond loopback, sessions over
// plain HTTP beyond loopback.
func (s Settings) CheckServe() error {
	host, _, err := net.SplitHostPort(s.Addr)
	if err != nil {
		return wrong("ECHELON_ADDR", s.Addr, listenRight)
	}
	if s.Demo && (!loopback(host) || s.Public()) {
		return fault.New(fault.Invalid, "settings", "the demo signs visitors in without a password and listens on this machine only: set ECHELON_ADDR to 127.0.0.1 and a port, and leave ECHELON_BASE_URL unset")
	}
	if !loopback(host) && !strings.HasPrefix(s.BaseURL, "https://") {
		return fault.New(fault.Invalid, "settings", "beyond this machine Echelon is served over https: set ECHELON_BASE_URL to the https address of the proxy in front of it")
	}
	return nil
}

// ClockSlack is how far the clocks of this machine and of the database's may be apart.
const ClockSlack = 5 * time.Second

// Now is the time that the product goes by.
func Now() time.Time { return clock.Real() }

// Warnings say what works and may not be meant.
func (s Settings) Warnings() []string {
	var out []string
	host, _, _ := net.SplitHostPort(s.Addr)
	if loopback(host) && strings.HasPrefix(s.BaseURL, "https://") && len(s.Proxies) == 0 {
		out = append(out, "an https address means a proxy on this machine, which ECHELON_TRUSTED_PROXIES does not name: all visitors seem to come from one address, and share its limits. Set it to 127.0.0.1/32, or to the proxy's network")
	}
	if s.MailURL == "" {
		out = append(out, "no mail server is set: invitations and links for a new password reach nobody unless you pass them on. Set ECHELON_MAIL_URL and ECHELON_MAIL_FROM")
	}
	return out
}

// Files are those of an SQLite database and of the secret key, which are for their owner alone.
func (s Settings) Files() []string {
	var out []string
	if file, ok := strings.CutPrefix(s.DatabaseURL, "sqlite:"); ok {
		out = db.FilesOf(file)
	}
	if s.SecretKey == "" {
		out = append(out, s.keyFile())
	}
	return out
}

// Logger writes structured logs in the format the settings ask for.
func (s Settings) Logger(w io.Writer) *slog.Logger {
	o := &slog.HandlerOptions{Level: s.LogLevel}
	if s.LogFormat == "json" {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// String shows the settings without secrets, for logs.
func (s Settings) String() string {
	where := s.DatabaseURL
	if u, err := url.Parse(where); err == nil && u.Host != "" {
		if u.User != nil {
			u.User = url.User(u.User.Username())
		}
		u.RawQuery = "" // may hold a password too
		where = u.String()
	}
	return fmt.Sprintf("addr=%s database=%s demo=%t", s.Addr, where, s.Demo)
}

// keyDir is where the secret key lies when no setting holds it: beside an SQLite file, else in the data directory.
func (s Settings) keyDir() string {
	if file, ok := strings.CutPrefix(s.DatabaseURL, "sqlite:"); ok {
		return filepath.Dir(file)
	}
	return s.DataDir
}

// keyFile is the file of the secret key, where no setting holds it.
func (s Settings) keyFile() string { return filepath.Join(s.keyDir(), "secret.key") }
