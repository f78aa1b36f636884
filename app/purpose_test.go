package app_test

import (
	"context"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/seeds"
)

// served serves a database for a moment and returns why it is refused, nil when it listened.
func served(t *testing.T, address string, demo bool) error {
	t.Helper()
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	return apptest.Build(t, address, demo).Serve(ctx, func(string) { stop() })
}

// TestTheDemoIsNeverACompany: what anybody could make in the demo is never served to people, and a company's accounts
// never in the demo, whatever became of the personas meanwhile.
func TestTheDemoIsNeverACompany(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			demo := apptest.Demo(t, kind)
			refusedAs(t, served(t, demo, false), "--demo", "ECHELON_DATA_DIR")
			addAdministrator(t, demo, "eve@example.org")
			if err := served(t, demo, true); err != nil {
				t.Errorf("the demo with an account made in it: %v", err)
			}
			if _, err := testkit.Open(t, demo).ExecContext(t.Context(), "UPDATE accounts SET persona = ''"); err != nil {
				t.Fatal(err)
			}
			refusedAs(t, served(t, demo, false), "--demo", "ECHELON_DATA_DIR")

			company := testkit.Address(t, kind)
			addAdministrator(t, company, "eve@example.org")
			if err := served(t, company, false); err != nil {
				t.Errorf("a company: %v", err)
			}
			refusedAs(t, served(t, company, true), "accounts of a company", "ECHELON_DATA_DIR")
			_, err := apptest.Build(t, company, true).Seed(t.Context(), seeds.Content, true)
			refusedAs(t, err, "accounts of a company", "ECHELON_DATA_DIR")

			unmarked := apptest.Demo(t, kind) // as an earlier version left it
			if _, err := testkit.Open(t, unmarked).ExecContext(t.Context(), "DELETE FROM settings WHERE id = 'demo'"); err != nil {
				t.Fatal(err)
			}
			refusedAs(t, served(t, unmarked, false), "--demo")
			addAdministrator(t, unmarked, "eve@example.org")
			refusedAs(t, served(t, unmarked, true), "accounts of a company")
		})
	}
}

func refusedAs(t *testing.T, err error, words ...string) {
	t.Helper()
	if !fault.Is(err, fault.Invalid) {
		t.Errorf("not refused: %v", err)
		return
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("%q does not say %q", err, w)
		}
	}
}

func addAdministrator(t *testing.T, address, email string) {
	t.Helper()
	in := accounts.NewAccount{Email: email, Name: "Eve Makes", Lang: lang.EN, Roles: []actor.Role{actor.Administrator}}
	if _, _, err := apptest.Build(t, address, false).Services.Accounts.Create(t.Context(), actor.CommandLine(), in); err != nil {
		t.Fatal(err)
	}
}

// TestAnEmptiedDatabaseIsNoFirstRun: where there were accounts, whoever comes first does not become administrator.
func TestAnEmptiedDatabaseIsNoFirstRun(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			address := testkit.Address(t, kind)
			for range 2 { // started twice before anybody used the link
				if path, err := apptest.Build(t, address, false).FirstRun(t.Context()); err != nil || path == "" {
					t.Fatalf("a new database: %q, %v", path, err)
				}
			}
			addAdministrator(t, address, "eve@example.org")
			if path, err := apptest.Build(t, address, false).FirstRun(t.Context()); err != nil || path != "" {
				t.Errorf("with an account: %q, %v", path, err)
			}
			d := testkit.Open(t, address)
			for _, table := range []string{"mails", "links", "account_roles", "accounts"} {
				if _, err := d.ExecContext(t.Context(), "DELETE FROM ?", bun.Ident(table)); err != nil {
					t.Fatal(err)
				}
			}
			path, err := apptest.Build(t, address, false).FirstRun(t.Context())
			refusedAs(t, err, "backup", "echelon user add")
			if path != "" {
				t.Errorf("a link all the same: %s", path)
			}
			addAdministrator(t, address, "new@example.org") // the operator's word
			if _, err := apptest.Build(t, address, false).FirstRun(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
}

// prepared opens a data directory as commands do.
func prepared(t *testing.T, dir string, log *slog.Logger) *app.App {
	t.Helper()
	s, err := app.ReadSettings(from(map[string]string{"ECHELON_DATA_DIR": dir, "ECHELON_ADDR": "127.0.0.1:0"}))
	if err != nil {
		t.Fatal(err)
	}
	a, err := app.Open(t.Context(), s, log)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = a.Close() })
	return a
}

// TestADatabaseBesideAnOldKeyIsNoFirstRun: the file of the database is gone, its key is there.
func TestADatabaseBesideAnOldKeyIsNoFirstRun(t *testing.T) {
	quiet := slog.New(slog.DiscardHandler)
	dir := filepath.Join(t.TempDir(), "data")
	_ = prepared(t, dir, quiet).Close() // looked at before it is served, as `migrate status` does
	for range 2 {
		a := prepared(t, dir, quiet)
		if err := a.Prepare(t.Context()); err != nil {
			t.Fatal(err)
		}
		if path, err := a.FirstRun(t.Context()); err != nil || path == "" {
			t.Errorf("the first run: %q, %v", path, err)
		}
		_ = a.Close()
	}
	if err := os.Remove(filepath.Join(dir, "echelon.db")); err != nil {
		t.Fatal(err)
	}
	for range 2 {
		a := prepared(t, dir, quiet)
		if _, err := a.Migrate(t.Context()); err != nil {
			t.Fatal(err)
		}
		_, err := a.FirstRun(t.Context())
		refusedAs(t, err, "secret.key is older", "echelon user add")
		_ = a.Close()
	}
}

// TestWhatIsOursIsPrivate: the database, what lies beside it and the key are for their owner alone, in a directory
// that was there and may be read by everybody too; what an earlier version left open is closed, and said.
func TestWhatIsOursIsPrivate(t *testing.T) {
	dir := t.TempDir()
	if err := os.Chmod(dir, 0o755); err != nil { //nolint:gosec // as it was
		t.Fatal(err)
	}
	a := prepared(t, filepath.Join(dir, "data"), slog.New(slog.DiscardHandler))
	if err := a.Prepare(t.Context()); err != nil {
		t.Fatal(err)
	}
	checkPrivate(t, filepath.Join(dir, "data"), "echelon.db", "echelon.db-wal", "echelon.db-shm", "secret.key")
	_ = a.Close()
	data := filepath.Join(dir, "data")
	if err := os.WriteFile(filepath.Join(data, "echelon.db.before-x"), nil, 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"echelon.db", "secret.key", "echelon.db.before-x"} {
		if err := os.Chmod(filepath.Join(data, name), 0o644); err != nil { //nolint:gosec // as earlier versions left it
			t.Fatal(err)
		}
	}
	var said strings.Builder
	prepared(t, data, slog.New(slog.NewTextHandler(&said, nil)))
	checkPrivate(t, data, "echelon.db", "secret.key", "echelon.db.before-x")
	for _, name := range []string{"echelon.db", "secret.key", "echelon.db.before-x"} {
		if !strings.Contains(said.String(), name) {
			t.Errorf("nothing is said of %s: %s", name, said.String())
		}
	}
}

func checkPrivate(t *testing.T, dir string, names ...string) {
	t.Helper()
	if info, err := os.Stat(dir); err != nil || info.Mode().Perm() != 0o700 {
		t.Errorf("%s: %v, %v", dir, info.Mode(), err)
	}
	for _, name := range names {
		if info, err := os.Stat(filepath.Join(dir, name)); err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("%s: %v", name, err)
		}
	}
}
