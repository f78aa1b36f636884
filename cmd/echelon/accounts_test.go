package main

import (
	"encoding/json"
	"errors"
	"io/fs"
	"net/http"
	"net/url"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/testkit"
)

var passwordLink = regexp.MustCompile(`http://\S+/sign-in/password/[A-Za-z0-9_-]{43}`)

// TestUsers makes, lists, resets, disables and enables accounts from the command line, and what is asked wrongly.
func TestUsers(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			database := testkit.Address(t, kind)
			made := command(t, database, "user", "add", "Ada@Example.org", "--name", "Ada Bel", "--role", "administrator")
			first := passwordLink.FindString(made.stdout)
			if made.code != 0 || first == "" {
				t.Fatalf("%d: %s %s", made.code, made.stdout, made.stderr)
			}
			command(t, database, "user", "add", "ben@example.org", "--name", "Ben", "--role", "hr", "--role", "recruiter", "--lang", "en")
			var list []struct {
				Email    string
				Roles    []string
				Disabled bool
			}
			listed := command(t, database, "user", "list", "--json")
			if err := json.Unmarshal([]byte(listed.stdout), &list); err != nil || len(list) != 2 || list[0].Email != "ada@example.org" || len(list[1].Roles) != 2 {
				t.Fatalf("%v: %s", err, listed.stdout)
			}
			again := command(t, database, "user", "reset", "ada@example.org", "--codes")
			if second := passwordLink.FindString(again.stdout); second == "" || second == first {
				t.Errorf("%d: %s %s", again.code, again.stdout, again.stderr)
			}
			command(t, database, "user", "edit", "ben@example.org", "--email", "benoit@example.org", "--name", "Benoît").says(t, "corrected")
			command(t, database, "user", "edit", "benoit@example.org", "--email", "ada@example.org").fails(t, exitUsage, "email", "taken")
			command(t, database, "user", "edit", "benoit@example.org", "--email", "ben@example.org").says(t, "corrected")
			command(t, database, "user", "disable", "ben@example.org").says(t, "disabled: ben@example.org")
			command(t, database, "user", "list").says(t, "(disabled)")
			command(t, database, "token", "add", "ben@example.org").fails(t, exitFailed, "disabled")
			command(t, database, "user", "enable", "ben@example.org").says(t, "enabled")
			command(t, database, "user", "disable", "ada@example.org").fails(t, exitFailed, "no administrator would be left")
			command(t, database, "user", "disable", "nobody@example.org").fails(t, exitFailed, "nobody@example.org", "user list")
			command(t, database, "user", "add", "ada@example.org", "--name", "Other").fails(t, exitUsage, "email", "taken")
			command(t, database, "user", "add", "x@example.org", "--name", "X", "--role", "king").fails(t, exitUsage, "roles", "oneof")
			command(t, database, "user", "add", "x@example.org").fails(t, exitUsage, "name", "required")
			command(t, database, "user", "add").fails(t, exitUsage, "one e-mail address")
			command(t, database, "audit", "verify").says(t, "whole")
		})
	}
}

// TestCommandsInTheWrongFolder: what looks after a database makes none where there is none.
func TestCommandsInTheWrongFolder(t *testing.T) {
	file := filepath.Join(t.TempDir(), "echelon.db")
	for _, args := range [][]string{{"user", "list"}, {"user", "add", "a@example.org", "--name", "A"}, {"user", "reset", "a@example.org"}, {"token", "add", "a@example.org"}, {"audit", "verify"}, {"pdf", "job", "territory-manager", "--out", "-"}} {
		command(t, "sqlite:"+file, args...).fails(t, exitFailed, "there is no database", "ECHELON_DATABASE_URL")
	}
	if _, err := os.Stat(file); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("a database was made: %v", err)
	}
}

// TestTokens makes a token from the command line and uses it over HTTP.
func TestTokens(t *testing.T) {
	database := testkit.Address(t, "sqlite")
	p := serveDemo(t, database)
	for _, c := range []struct {
		name, path string
		args       []string
		status     int
	}{
		{"its owner's right within its scope", "/api/v1/pay/bands", []string{"hr@demo.example", "--scope", "bands:read"}, 200},
		{"another scope", "/api/v1/pay/bands", []string{"hr@demo.example", "--scope", "jobs:read"}, 403},
		{"everything that reads, unless said", "/api/v1/jobs", []string{"employee@demo.example"}, 200},
		{"no more than its owner", "/api/v1/accounts", []string{"employee@demo.example", "--scope", "write"}, 403},
	} {
		t.Run(c.name, func(t *testing.T) {
			made := command(t, database, append([]string{"token", "add"}, c.args...)...)
			token := strings.TrimSpace(made.stdout)
			if made.code != 0 || !strings.HasPrefix(token, "echelon_") {
				t.Fatalf("%d: %s %s", made.code, made.stdout, made.stderr)
			}
			if status := p.asProgram(t, c.path, token); status != c.status {
				t.Errorf("%d, want %d", status, c.status)
			}
			if status := p.asProgram(t, c.path, token+"x"); status != 401 {
				t.Errorf("a token that is none is answered %d", status)
			}
		})
	}
	command(t, database, "token", "add", "hr@demo.example", "--scope", "all").fails(t, exitUsage, "scopes", "all")
	command(t, database, "token", "add", "hr@demo.example", "--days", "367").fails(t, exitUsage, "days", "366")
	command(t, database, "token", "add", "nobody@demo.example").fails(t, exitFailed, "no account")
}

// asProgram requests an address with a token and returns the status.
func (p *process) asProgram(t *testing.T, path, token string) int {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, p.url+path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+token)
	res, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return res.StatusCode
}

// says checks that a command went well and what it printed.
func (r result) says(t *testing.T, words ...string) {
	t.Helper()
	for _, want := range words {
		if r.code != 0 || !strings.Contains(r.stdout, want) {
			t.Errorf("%d: %q does not say %q; %s", r.code, r.stdout, want, r.stderr)
		}
	}
}

// TestFirstRun serves an empty database: the set-up link is printed once for whoever starts it, and logged nowhere.
func TestFirstRun(t *testing.T) {
	database := testkit.Address(t, "sqlite")
	p := serving(t, database, "serve")
	path := p.setUp
	if !p.empty {
		t.Error("nothing says how to get content")
	}
	if path == "" {
		t.Fatal("no link is printed")
	}
	u, err := url.Parse(path)
	if err != nil {
		t.Fatal(err)
	}
	if res, body := p.get(t, u.Path); res.StatusCode != http.StatusOK || !strings.Contains(body, `name="password"`) {
		t.Errorf("the link leads to %d", res.StatusCode)
	}
	if strings.Contains(p.stderr.String(), strings.TrimPrefix(u.Path, "/setup/")) {
		t.Error("the log holds the link")
	}
	form := url.Values{"name": {"Ada Bel"}, "email": {"ada@example.org"}, "password": {"a long enough sentence"}}
	if res, body, err := p.try(t, "POST", u.Path, form); err != nil || res.StatusCode != http.StatusSeeOther || res.Header.Get("Location") != "/account/codes" {
		t.Fatalf("%v: %s", err, body)
	}
	if res, _ := p.get(t, u.Path); res.StatusCode != http.StatusNotFound {
		t.Errorf("the link works twice: %d", res.StatusCode)
	}
	if p.stop(t) != 0 {
		t.Error("it does not end well")
	}
	if again := serving(t, database, "serve"); again.setUp != "" {
		t.Errorf("with an account there, a link is printed: %s", again.setUp)
	}
}
