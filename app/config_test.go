package app_test

import (
	"bytes"
	"encoding/json"
	"log/slog"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/fault"
)

// from makes a getenv of a few variables.
func from(env map[string]string) func(string) string {
	return func(name string) string { return env[name] }
}

func TestReadSettings(t *testing.T) {
	usual := app.Settings{
		Addr: "127.0.0.1:8080", DatabaseURL: "sqlite:data/echelon.db", BaseURL: "http://127.0.0.1:8080", DataDir: "./data",
		LogFormat: "text",
	}
	with := func(change func(*app.Settings)) app.Settings {
		s := usual
		change(&s)
		return s
	}
	for _, c := range []struct {
		name string
		env  map[string]string
		want app.Settings
	}{
		{"nothing set", nil, usual},
		{"set and empty", map[string]string{"ECHELON_ADDR": " ", "ECHELON_LOG": ""}, usual},
		{"another port", map[string]string{"ECHELON_ADDR": "127.0.0.1:9000"}, with(func(s *app.Settings) { s.Addr, s.BaseURL = "127.0.0.1:9000", "http://127.0.0.1:9000" })},
		{"a data directory", map[string]string{"ECHELON_DATA_DIR": "/srv/e"}, with(func(s *app.Settings) { s.DataDir, s.DatabaseURL = "/srv/e", "sqlite:/srv/e/echelon.db" })},
		{"a database wins over the data directory", map[string]string{"ECHELON_DATA_DIR": "/srv/e", "ECHELON_DATABASE_URL": "postgres://h/e"}, with(func(s *app.Settings) { s.DataDir, s.DatabaseURL = "/srv/e", "postgres://h/e" })},
		{"on all addresses", map[string]string{"ECHELON_ADDR": ":8080"}, with(func(s *app.Settings) { s.Addr, s.BaseURL = ":8080", "http://localhost:8080" })},
		{"on all addresses by number", map[string]string{"ECHELON_ADDR": "[::]:8080"}, with(func(s *app.Settings) { s.Addr, s.BaseURL = "[::]:8080", "http://localhost:8080" })},
		{"metrics at their own address", map[string]string{"ECHELON_ADDR": "0.0.0.0:80", "ECHELON_BASE_URL": "https://e.example/", "ECHELON_METRICS": "127.0.0.1:9090"}, with(func(s *app.Settings) {
			s.Addr, s.BaseURL, s.Metrics = "0.0.0.0:80", "https://e.example", "127.0.0.1:9090"
		})},
		{"metrics off", map[string]string{"ECHELON_METRICS": "off"}, usual},
		{"space and a line feed around", map[string]string{"ECHELON_BASE_URL": " https://e.example\n"}, with(func(s *app.Settings) { s.BaseURL = "https://e.example" })},
		{"logs for programs", map[string]string{"ECHELON_LOG": "debug", "ECHELON_LOG_FORMAT": "json"}, with(func(s *app.Settings) { s.LogLevel, s.LogFormat = slog.LevelDebug, "json" })},
		{"a company", map[string]string{"ECHELON_COMPANY": " Léa & Co "}, with(func(s *app.Settings) { s.Company = "Léa & Co" })},
	} {
		t.Run(c.name, func(t *testing.T) {
			got, err := app.ReadSettings(from(c.env))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(c.want, got); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestSettingsAreText(t *testing.T) {
	for value, want := range map[string]string{
		"L\xe9a & Co": "ECHELON_COMPANY is not UTF-8 text: write it in UTF-8", "L\u200b\u00e9a": "ECHELON_COMPANY holds a line end or an invisible character: write it anew",
		"\u202eaeL": "ECHELON_COMPANY holds a line end or an invisible character: write it anew", "a\nb": "ECHELON_COMPANY holds a line end or an invisible character: write it anew",
	} {
		if _, err := app.ReadSettings(from(map[string]string{"ECHELON_COMPANY": value})); err == nil || err.Error() != want {
			t.Errorf("%q: %v", value, err)
		}
	}
}

// TestWrongSettings: what is set wrongly is named, with the value and what would be right.
func TestWrongSettings(t *testing.T) {
	for _, c := range []struct{ variable, value, says string }{
		{"ECHELON_ADDR", "8080", "127.0.0.1:8080"},
		{"ECHELON_ADDR", "127.0.0.1", "an address and a port"},
		{"ECHELON_ADDR", "127.0.0.1:", "an address and a port"},
		{"ECHELON_ADDR", "::1:8080", "an address and a port"},
		{"ECHELON_BASE_URL", "echelon.example", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "ftp://echelon.example", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://", "https://echelon.example.com"},
		{"ECHELON_LOG", "loud", "debug, info, warn or error"},
		{"ECHELON_LOG_FORMAT", "xml", "text or json"},
		{"ECHELON_METRICS", "on", "127.0.0.1:9090"},
		{"ECHELON_METRICS", "9090", "127.0.0.1:9090"},
		{"ECHELON_ADDR", "127.0.0.1:http", "an address and a port"},
		{"ECHELON_ADDR", "127.0.0.1:65536", "an address and a port"},
		{"ECHELON_ADDR", "http://127.0.0.1:8080", "an address and a port"},
		{"ECHELON_ADDR", "127.0.0.1:8080/x", "an address and a port"},
		{"ECHELON_ADDR", "a b:8080", "an address and a port"},
		{"ECHELON_BASE_URL", "https://intranet.example/echelon", "without a path"},
		{"ECHELON_BASE_URL", "https://intranet.example//", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://intranet.example?x=1", "without ? and #"},
		{"ECHELON_BASE_URL", "https://intranet.example?", "without ? and #"},
		{"ECHELON_BASE_URL", "https://intranet.example/#a", "without ? and #"},
		{"ECHELON_BASE_URL", "https://intranet.example#", "without ? and #"},
		{"ECHELON_BASE_URL", "http://intranet.example", "plain http is for this machine only"},
		{"ECHELON_BASE_URL", "http://10.0.0.5:8080", "plain http is for this machine only"},
		{"ECHELON_BASE_URL", "http://localhost.example", "plain http is for this machine only"},
		{"ECHELON_BASE_URL", "https://intranet.example,other.example", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://intranet.example other.example", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://intranet.example:", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://intranet.example:0", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://intranet.example:70000", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://intranet..example", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://10.0.0.500", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https://[fe80::1%25eth0]", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https:intranet.example", "https://echelon.example.com"},
		{"ECHELON_BASE_URL", "https:///intranet.example", "https://echelon.example.com"},
	} {
		t.Run(c.variable+"="+c.value, func(t *testing.T) {
			_, err := app.ReadSettings(from(map[string]string{c.variable: c.value}))
			if !fault.Is(err, fault.Invalid) {
				t.Fatalf("got %v", err)
			}
			for _, want := range []string{c.variable, c.value, c.says} {
				if !strings.Contains(err.Error(), want) {
					t.Errorf("%q does not say %q", err, want)
				}
			}
			if strings.Contains(err.Error(), "\n") {
				t.Errorf("%q is not one line", err)
			}
		})
	}
}

// TestTheSiteHasOneAddress: however it is typed, it is printed in one form, which browsers send too.
func TestTheSiteHasOneAddress(t *testing.T) {
	for typed, want := range map[string]string{
		"https://e.example/":           "https://e.example",
		"HTTPS://E.Example:8443":       "https://e.example:8443",
		"https://exämple.test":         "https://xn--exmple-cua.test",
		"https://10.0.0.5":             "https://10.0.0.5",
		"https://[2001:DB8::1]":        "https://[2001:db8::1]",
		"https://[2001:db8::1]:8443/":  "https://[2001:db8::1]:8443",
		"http://LOCALHOST:8080":        "http://localhost:8080",
		"http://127.8.8.8:8080":        "http://127.8.8.8:8080",
		"http://[::1]:8080":            "http://[::1]:8080",
		"https://intranet":             "https://intranet",
		"https://echelon.3com.example": "https://echelon.3com.example",
	} {
		s, err := app.ReadSettings(from(map[string]string{"ECHELON_BASE_URL": typed}))
		if err != nil || s.BaseURL != want {
			t.Errorf("%s: %q, %v; want %q", typed, s.BaseURL, err, want)
		}
	}
}

// TestWhatIsNoTextIsRefused: bytes and signs that nobody typed are refused in every variable, and not repeated.
func TestWhatIsNoTextIsRefused(t *testing.T) {
	for _, v := range app.Variables() {
		for _, value := range []string{"secr\xe9t", "secr\x00t", "secr\r\nBcc: t", "secr\x1bt", "secr\u0085t"} {
			_, err := app.ReadSettings(from(map[string]string{v.Name: value}))
			if !fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), v.Name) || strings.Contains(err.Error(), "secr") {
				t.Errorf("%s: %v", v.Name, err)
			}
		}
	}
}

// TestARefusedAddressKeepsItsPassword: an address that cannot be used is refused without being repeated where it may
// hold a password.
func TestARefusedAddressKeepsItsPassword(t *testing.T) {
	for _, c := range []map[string]string{
		{"ECHELON_BASE_URL": "https://u:hunter2@e.example"},
		{"ECHELON_BASE_URL": "https://hunter2@e.example"},
		{"ECHELON_BASE_URL": "https://u:hunter2%@e.example"},
		{"ECHELON_BASE_URL": "u:hunter2@e.example"},
		{"ECHELON_OIDC_ISSUER": "https://u:hunter2@e.example", "ECHELON_OIDC_CLIENT_ID": "a", "ECHELON_OIDC_CLIENT_SECRET": "b"},
		{"ECHELON_OIDC_ISSUER": "https://u:hunter2%@e.example", "ECHELON_OIDC_CLIENT_ID": "a", "ECHELON_OIDC_CLIENT_SECRET": "b"},
		{"ECHELON_MAIL_URL": "smtps://u:hunter2@m.example/x", "ECHELON_MAIL_FROM": "e@e.example"},
		{"ECHELON_MAIL_URL": "smtps://u:hunter2%@m.example", "ECHELON_MAIL_FROM": "e@e.example"},
		{"ECHELON_MAIL_URL": "smtps://u:hunter2@m,n.example", "ECHELON_MAIL_FROM": "e@e.example"},
		{"ECHELON_MAIL_URL": "smtps://u:hunter2@m.example#", "ECHELON_MAIL_FROM": "e@e.example"},
		{"ECHELON_DATABASE_URL": "postgres://u:hunter2%@h/e"},
		{"ECHELON_DATABASE_URL": "postgres://u:hunter2@h:port/e"},
		{"ECHELON_DATABASE_URL": "mysql://u:hunter2@h/e"},
		{"ECHELON_DATABASE_URL": "sqlite:"},
		{"ECHELON_DATABASE_URL": "sqlite::memory:"},
		{"ECHELON_SECRET_KEY": "hunter2"},
	} {
		_, err := app.ReadSettings(from(c))
		if !fault.Is(err, fault.Invalid) || strings.Contains(err.Error(), "hunter2") {
			t.Errorf("%v: %v", c, err)
		}
	}
}

// TestCheckServe: what may be served where.
func TestCheckServe(t *testing.T) {
	for _, c := range []struct {
		name, addr, base string
		demo             bool
		refused          string // a word of why, "" when served
		public           bool
	}{
		{name: "on this machine", addr: "127.0.0.1:8080"},
		{name: "on this machine by name", addr: "localhost:8080"},
		{name: "on this machine by IPv6", addr: "[::1]:8080"},
		{name: "on another address of this machine", addr: "127.8.8.8:8080"},
		{name: "behind a proxy on this machine", addr: "127.0.0.1:8080", base: "https://e.example", public: true},
		{name: "everywhere behind a proxy", addr: ":8080", base: "https://e.example", public: true},
		{name: "everywhere in plain text", addr: ":8080", refused: "https", public: true},
		{name: "everywhere in plain text by IPv4", addr: "0.0.0.0:8080", refused: "https", public: true},
		{name: "everywhere in plain text by IPv6", addr: "[::]:8080", refused: "https", public: true},
		{name: "on the company's network in plain text", addr: "10.0.0.5:8080", refused: "https", public: true},
		{name: "by a name that is not this machine's", addr: "echelon.example:8080", refused: "https", public: true},
		{name: "by a name that only looks like this machine's", addr: "localhost.example:8080", refused: "https", public: true},
		{name: "the demo on this machine", addr: "127.0.0.1:8080", demo: true},
		{name: "the demo by name", addr: "localhost:8080", demo: true},
		{name: "the demo by IPv6", addr: "[::1]:8080", demo: true},
		{name: "the demo everywhere", addr: ":8080", demo: true, refused: "demo", public: true},
		{name: "the demo everywhere by IPv4", addr: "0.0.0.0:8080", demo: true, refused: "demo", public: true},
		{name: "the demo on the company's network", addr: "192.168.1.4:8080", demo: true, refused: "demo", public: true},
		{name: "the demo behind a proxy", addr: "127.0.0.1:8080", base: "https://e.example", demo: true, refused: "demo", public: true},
		{name: "the demo everywhere behind a proxy", addr: ":8080", base: "https://e.example", demo: true, refused: "demo", public: true},
	} {
		t.Run(c.name, func(t *testing.T) {
			s, err := app.ReadSettings(from(map[string]string{"ECHELON_ADDR": c.addr, "ECHELON_BASE_URL": c.base}))
			if err != nil {
				t.Fatal(err)
			}
			s.Demo = c.demo
			if s.Public() != c.public {
				t.Errorf("public is %t", s.Public())
			}
			err = s.CheckServe()
			switch {
			case c.refused == "" && err != nil:
				t.Errorf("refused: %v", err)
			case c.refused != "" && (!fault.Is(err, fault.Invalid) || !strings.Contains(err.Error(), c.refused) || !strings.Contains(err.Error(), "ECHELON_")):
				t.Errorf("got %v, want a refusal that says %q and what to set", err, c.refused)
			}
		})
	}
}

// TestSettingsKeepTheirSecrets: a password is never in a log.
func TestSettingsKeepTheirSecrets(t *testing.T) {
	for _, address := range []string{"postgres://hr:hunter2@h/e?sslmode=disable", "postgresql://hr:hunter2@h:5432/e", "postgres://h/e?user=hr&password=hunter2"} {
		s, err := app.ReadSettings(from(map[string]string{"ECHELON_DATABASE_URL": address}))
		if err != nil {
			t.Fatal(err)
		}
		if text := s.String(); strings.Contains(text, "hunter2") || !strings.Contains(text, "postgres") {
			t.Errorf("%s", text)
		}
	}
}

func TestLogger(t *testing.T) {
	var b bytes.Buffer
	app.Settings{LogFormat: "json", LogLevel: slog.LevelWarn}.Logger(&b).Info("quiet")
	app.Settings{LogFormat: "json", LogLevel: slog.LevelWarn}.Logger(&b).Warn("loud", "n", 1)
	var line map[string]any
	if err := json.Unmarshal(b.Bytes(), &line); err != nil || line["msg"] != "loud" {
		t.Errorf("%v: %s", err, b.String())
	}
}

// TestVariablesAreTheOnesRead compares the list that help and README show with what is really read.
func TestVariablesAreTheOnesRead(t *testing.T) {
	read := map[string]bool{}
	if _, err := app.ReadSettings(func(name string) string {
		read[name] = true
		return ""
	}); err != nil {
		t.Fatal(err)
	}
	readme, err := os.ReadFile("../README.md")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range app.Variables() {
		if !read[v.Name] {
			t.Errorf("%s is listed and never read", v.Name)
		}
		delete(read, v.Name)
		if !strings.Contains(string(readme), v.Name) {
			t.Errorf("%s is not in the README", v.Name)
		}
	}
	for name := range read {
		t.Errorf("%s is read and not listed", name)
	}
}
