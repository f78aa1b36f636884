package main

import (
	"bytes"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/jobs/jobsweb"
)

// result is what a command line left behind.
type result struct {
	code           int
	stdout, stderr string
}

// command runs one command line in this process against a database.
func command(t *testing.T, database string, args ...string) result {
	t.Helper()
	return commandWith(t, map[string]string{"ECHELON_DATABASE_URL": database, "ECHELON_LOG": "error", "ECHELON_SECRET_KEY": secretKey}, args...)
}

func commandWith(t *testing.T, env map[string]string, args ...string) result {
	t.Helper()
	var stdout, stderr bytes.Buffer
	code := run(t.Context(), args, func(name string) string { return env[name] }, &stdout, &stderr)
	return result{code, stdout.String(), stderr.String()}
}

// fails checks an exit status and that the reason is one line that says certain things.
func (r result) fails(t *testing.T, code int, says ...string) {
	t.Helper()
	if r.code != code {
		t.Errorf("exit status %d, want %d: %s", r.code, code, r.stderr)
	}
	if !strings.HasPrefix(r.stderr, "echelon: ") || strings.Count(r.stderr, "\n") != 1 {
		t.Errorf("not one line: %q", r.stderr)
	}
	for _, want := range says {
		if !strings.Contains(r.stderr, want) {
			t.Errorf("%q does not say %q", r.stderr, want)
		}
	}
	for _, never := range []string{"goroutine", "sql:", "SQLSTATE"} {
		if strings.Contains(r.stderr, never) {
			t.Errorf("%q shows %q", r.stderr, never)
		}
	}
}

// seeded makes a database with the shipped content.
func seeded(t *testing.T) string {
	t.Helper()
	database := testkit.Address(t, "sqlite")
	if r := command(t, database, "seed"); r.code != 0 || !strings.HasPrefix(r.stdout, "Created ") {
		t.Fatalf("%+v", r)
	}
	return database
}

func TestWrongUsage(t *testing.T) {
	database := testkit.Address(t, "sqlite")
	for _, c := range []struct {
		line string
		says string
	}{
		{"fly", "fly"},
		{"serve --fly", "--fly"},
		{"serve now", "no arguments"},
		{"migrate", "up"},
		{"migrate sideways", "status"},
		{"migrate up twice", "no arguments"},
		{"migrate status --jsn", "--jsn"},
		{"seed here", "no arguments"},
		{"doctor who", "no arguments"},
		{"version 2", "no arguments"},
		{"pdf", "family"},
		{"pdf poster sales", "job"},
		{"pdf job", "one slug"},
		{"pdf job a b", "one slug"},
		{"pdf job territory-manager --colour red", "--colour"},
		{"user add a@example.test --name \xc9lise", `argument 5, "\xc9lise", is not UTF-8 text`},
	} {
		t.Run(c.line, func(t *testing.T) {
			command(t, database, strings.Fields(c.line)...).fails(t, exitUsage, c.says, "echelon")
		})
	}
}

func TestHelp(t *testing.T) {
	for _, line := range []string{"", "--help", "serve --help", "migrate --help", "pdf --help", "pdf job --help", "seed --help", "doctor --help"} {
		t.Run(line, func(t *testing.T) {
			if r := command(t, "", strings.Fields(line)...); r.code != 0 || !strings.Contains(r.stdout, "Usage:") || r.stderr != "" {
				t.Errorf("%+v", r)
			}
		})
	}
	help := command(t, "", "serve", "--help").stdout
	for _, v := range app.Variables() {
		if !strings.Contains(help, v.Name) || !strings.Contains(help, v.Meaning) {
			t.Errorf("serve --help does not explain %s", v.Name)
		}
	}
	if r := command(t, "", "version"); r.code != 0 || r.stdout != "echelon "+app.Version+"\n" {
		t.Errorf("%+v", r)
	}
}

func TestPrinting(t *testing.T) {
	database := seeded(t)
	t.Chdir(t.TempDir())
	t.Run("to standard output", func(t *testing.T) {
		r := command(t, database, "pdf", "job", "territory-manager", "--lang", "fr", "--out", "-")
		if r.code != 0 || !strings.HasPrefix(r.stdout, "%PDF-") || !strings.HasSuffix(strings.TrimSpace(r.stdout), "%%EOF") || r.stderr != "" {
			t.Errorf("%d, %.20q, %q", r.code, r.stdout, r.stderr)
		}
		if again := command(t, database, "pdf", "job", "territory-manager", "--lang", "fr", "--out", "-"); again.stdout != r.stdout {
			t.Error("printed again it is other bytes")
		}
	})
	for _, c := range []struct{ line, file, begins string }{
		{"pdf job territory-manager", "territory-manager.fr.pdf", "%PDF-"},
		{"pdf job territory-manager --lang fr,en --paper letter --edition guide", "territory-manager.guide.fr-en.letter.pdf", "%PDF-"},
		{"pdf job territory-manager --lang en --variant pharmaceutical --sign", "territory-manager.pharmaceutical.en.pdf", "%PDF-"},
		{"pdf job territory-manager --out named.pdf", "named.pdf", "%PDF-"},
		{"pdf family sales --lang en", "sales.en.pdf", "%PDF-"},
		{"pdf archive sales", "sales.fr.zip", "PK"},
	} {
		t.Run(c.line, func(t *testing.T) {
			r := command(t, database, strings.Fields(c.line)...)
			b, err := os.ReadFile(c.file)
			if err != nil || r.code != 0 || !strings.HasPrefix(string(b), c.begins) || !strings.HasPrefix(r.stdout, c.file) {
				t.Errorf("%v, %+v, %.10q", err, r, b)
			}
		})
	}
	for _, c := range []struct {
		line string
		code int
		says []string
	}{
		{"pdf job none", exitFailed, []string{`"none"`}},
		{"pdf family none", exitFailed, []string{`"none"`}},
		{"pdf archive none", exitFailed, []string{`"none"`}},
		{"pdf job territory-manager --variant none", exitFailed, []string{`no variant "none"`}},
		{"pdf job territory-manager --lang de", exitUsage, []string{"fr, en, fr,en"}},
		{"pdf job territory-manager --paper a5", exitUsage, []string{"a4, letter"}},
		{"pdf job territory-manager --edition novel", exitUsage, []string{"profile, guide"}},
		{"pdf job territory-manager --out none/x.pdf", exitFailed, []string{"none/x.pdf", "no such file or directory"}},
	} {
		t.Run(c.line, func(t *testing.T) {
			r := command(t, database, strings.Fields(c.line)...)
			r.fails(t, c.code, c.says...)
			if r.stdout != "" {
				t.Errorf("and yet writes %q", r.stdout)
			}
		})
	}
}

// fullDisk is a file whose disk has no room left after a few bytes.
type fullDisk struct{ *os.File }

func (f fullDisk) Write(b []byte) (int, error) {
	n, err := f.File.Write(b[:min(100, len(b))])
	return n, errors.Join(err, syscall.ENOSPC)
}

// TestFullDisk prints to a disk without room: nothing half written is left, and what was there before stays.
func TestFullDisk(t *testing.T) {
	full := func(dir, pattern string) (tempFile, error) {
		f, err := os.CreateTemp(dir, pattern)
		return fullDisk{f}, err
	}
	file := jobsweb.File{Name: "role.pdf", Body: bytes.Repeat([]byte("x"), 100_000)}
	for _, before := range []string{"", "the document of yesterday"} {
		t.Run("before: "+before, func(t *testing.T) {
			t.Chdir(t.TempDir())
			if before != "" {
				if err := os.WriteFile("role.pdf", []byte(before), 0o600); err != nil {
					t.Fatal(err)
				}
			}
			var stdout bytes.Buffer
			err := (&environment{stdout: &stdout, createTemp: full}).save(file, "")
			if err == nil || !strings.Contains(err.Error(), "cannot write role.pdf") || !errors.Is(err, syscall.ENOSPC) || stdout.Len() > 0 {
				t.Errorf("%v, says %q", err, stdout.String())
			}
			var want []string
			if before != "" {
				want = []string{"role.pdf"}
				if b, err := os.ReadFile("role.pdf"); err != nil || string(b) != before {
					t.Errorf("%v: what was there became %q", err, b)
				}
			}
			if diff := cmp.Diff(want, names(t, ".")); diff != "" {
				t.Errorf("left behind: %s", diff)
			}
		})
	}
	t.Run("a device keeps its name", func(t *testing.T) {
		if _, err := os.Stat("/dev/full"); err != nil {
			testkit.Missing(t, "/dev/full", "run the tests on Linux")
		}
		command(t, seeded(t), "pdf", "job", "territory-manager", "--out", "/dev/full").fails(t, exitFailed, "cannot write /dev/full", "no space left on device")
		if info, err := os.Stat("/dev/full"); err != nil || info.Mode().IsRegular() {
			t.Errorf("%v: /dev/full was replaced by a file", err)
		}
	})
	t.Run("with room it is there whole", func(t *testing.T) {
		t.Chdir(t.TempDir())
		var stdout bytes.Buffer
		if err := (&environment{stdout: &stdout, createTemp: createTemp}).save(file, ""); err != nil {
			t.Fatal(err)
		}
		b, err := os.ReadFile("role.pdf")
		if err != nil || !bytes.Equal(b, file.Body) {
			t.Errorf("%v, %d bytes", err, len(b))
		}
		if diff := cmp.Diff([]string{"role.pdf"}, names(t, ".")); diff != "" {
			t.Errorf("left behind: %s", diff)
		}
	})
}

func names(t *testing.T, dir string) []string {
	t.Helper()
	entries, err := os.ReadDir(dir)
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, e := range entries {
		out = append(out, e.Name())
	}
	return out
}

// TestSeedTwice loads the content twice on each database: the second time there is nothing to do.
func TestSeedTwice(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			database := testkit.Address(t, kind)
			var first, second struct{ Created, Updated, Unchanged, Kept []string }
			for _, into := range []any{&first, &second} {
				r := command(t, database, "seed", "--demo", "--json")
				if err := json.Unmarshal([]byte(r.stdout), into); err != nil || r.code != 0 {
					t.Fatalf("%v: %+v", err, r)
				}
			}
			if len(first.Created) < 60 || len(first.Unchanged) > 0 {
				t.Errorf("the first time %d are created and %d unchanged", len(first.Created), len(first.Unchanged))
			}
			if len(second.Created)+len(second.Updated)+len(second.Kept) > 0 || len(second.Unchanged) != len(first.Created) {
				t.Errorf("the second time %+v", second)
			}
			if r := command(t, database, "seed", "--demo"); !strings.HasPrefix(r.stdout, "Nothing to do") {
				t.Errorf("says %q", r.stdout)
			}
		})
	}
}

func TestSeedFromElsewhere(t *testing.T) {
	database := testkit.Address(t, "sqlite")
	r := command(t, database, "seed", "--from", filepath.Join(t.TempDir(), "none"))
	if r.code != exitFailed || !strings.Contains(r.stderr, "families.yaml") {
		t.Errorf("%+v", r)
	}
	if after := command(t, database, "seed", "--json"); !strings.Contains(after.stdout, `"Unchanged":null`) && !strings.Contains(after.stdout, `"unchanged":null`) && !strings.Contains(after.stdout, `[]`) {
		t.Errorf("something was loaded by the failed attempt: %.200s", after.stdout)
	}
}

// schemaStatus is what `migrate status --json` prints.
type schemaStatus struct {
	Database                  string
	Applied, Pending, Unknown []string
	Current                   bool
}

func statusOf(t *testing.T, database string) schemaStatus {
	t.Helper()
	r := command(t, database, "migrate", "status", "--json")
	var s schemaStatus
	if err := json.Unmarshal([]byte(r.stdout), &s); err != nil || r.code != 0 {
		t.Fatalf("%v: %+v", err, r)
	}
	return s
}

// TestMigrate follows a database from empty to current, and to one that a newer version made.
func TestMigrate(t *testing.T) {
	for kind, empty := range map[string]func(t *testing.T) string{
		"sqlite":     func(t *testing.T) string { return "sqlite:" + filepath.Join(t.TempDir(), "e.db") },
		"postgresql": func(t *testing.T) string { return testkit.EmptyPostgres(t) },
	} {
		t.Run(kind, func(t *testing.T) {
			database := empty(t)
			if s := statusOf(t, database); s.Database != kind || len(s.Applied) != 0 || len(s.Pending) == 0 || s.Current {
				t.Errorf("empty: %+v", s)
			}
			if kind == "postgresql" {
				command(t, database, "seed").fails(t, exitFailed, "echelon migrate up")
				r := command(t, database, "doctor")
				if r.code != exitFailed || !strings.Contains(r.stdout, "echelon migrate up") {
					t.Errorf("the doctor says %+v", r)
				}
			}
			if r := command(t, database, "migrate", "up"); r.code != 0 || !strings.HasPrefix(r.stdout, "Applied ") {
				t.Errorf("up: %+v", r)
			}
			if r := command(t, database, "migrate", "up"); r.code != 0 || !strings.Contains(r.stdout, "nothing to do") {
				t.Errorf("up again: %+v", r)
			}
			s := statusOf(t, database)
			if len(s.Applied) == 0 || len(s.Pending)+len(s.Unknown) != 0 || !s.Current {
				t.Errorf("current: %+v", s)
			}
			makeNewer(t, database)
			if s := statusOf(t, database); len(s.Unknown) != 1 || s.Current {
				t.Errorf("newer: %+v", s)
			}
			for _, line := range []string{"migrate up", "seed", "pdf job territory-manager", "serve"} {
				command(t, database, strings.Fields(line)...).fails(t, exitFailed, "newer version of echelon", "29990101000000")
			}
			if r := command(t, database, "doctor"); r.code != exitFailed || !strings.Contains(r.stdout, "newer version") {
				t.Errorf("the doctor says %+v", r)
			}
		})
	}
}

// makeNewer leaves the trace of a version that has not been written yet.
func makeNewer(t *testing.T, database string) {
	t.Helper()
	d := testkit.Open(t, database)
	if _, err := d.ExecContext(t.Context(), "INSERT INTO bun_migrations (name, group_id, migrated_at) VALUES ('29990101000000', 99, '2999-01-01 00:00:00')"); err != nil {
		t.Fatal(err)
	}
}

// TestDatabasesThatCannotBeOpened: each is named with what to do.
func TestDatabasesThatCannotBeOpened(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "notes.txt")
	if err := os.WriteFile(file, bytes.Repeat([]byte("this is no database. "), 500), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		name string
		env  map[string]string
		says []string
	}{
		{"a directory that is missing", map[string]string{"ECHELON_DATABASE_URL": "sqlite:" + dir + "/none/e.db"}, []string{dir + "/none", "create it", "ECHELON_DATABASE_URL"}},
		{"a data directory that cannot be made", map[string]string{"ECHELON_DATA_DIR": file + "/data"}, []string{file + "/data", "ECHELON_DATA_DIR"}},
		{"a file that is no database", map[string]string{"ECHELON_DATABASE_URL": "sqlite:" + file}, []string{"database"}},
		{"a directory in place of a file", map[string]string{"ECHELON_DATABASE_URL": "sqlite:" + dir}, []string{"database"}},
		{"an address of no kind we know", map[string]string{"ECHELON_DATABASE_URL": "mysql://h/e"}, []string{"postgres://", "sqlite:"}},
		{"an address that cannot be read", map[string]string{"ECHELON_DATABASE_URL": "postgres://hr:hunter2@h:port/e"}, []string{"PostgreSQL address"}},
		{"a PostgreSQL that is not there", map[string]string{"ECHELON_DATABASE_URL": "postgres://hr:hunter2@127.0.0.1:1/e"}, []string{"cannot reach the database", "ECHELON_DATABASE_URL"}},
		{"a setting that is wrong", map[string]string{"ECHELON_LOG": "loud"}, []string{"ECHELON_LOG", "loud"}},
	} {
		t.Run(c.name, func(t *testing.T) {
			for _, line := range []string{"migrate status", "serve", "pdf job territory-manager --out -"} {
				r := commandWith(t, c.env, strings.Fields(line)...)
				r.fails(t, exitFailed, c.says...)
				if strings.Contains(r.stderr, "hunter2") {
					t.Errorf("shows a password: %s", r.stderr)
				}
			}
			if r := commandWith(t, c.env, "doctor"); r.code != exitFailed {
				t.Errorf("the doctor is content: %+v", r)
			}
		})
	}
	if b, err := os.ReadFile(file); err != nil || !strings.HasPrefix(string(b), "this is no database") {
		t.Errorf("%v: the file that is no database was written to", err)
	}
}

func TestDoctor(t *testing.T) {
	r := command(t, testkit.Address(t, "sqlite"), "doctor")
	if r.code != 0 || r.stderr != "" {
		t.Errorf("%+v", r)
	}
	for _, what := range []string{"settings", "database", "schema", "front-end files"} {
		if !strings.Contains(r.stdout, what) {
			t.Errorf("nothing is said of %s: %s", what, r.stdout)
		}
	}
	if !strings.Contains(r.stdout, "no mail server") || strings.Contains(r.stdout, "ECHELON_TRUSTED_PROXIES") {
		t.Errorf("%s", r.stdout)
	}
	database := testkit.Address(t, "sqlite")
	if err := os.Chmod(strings.TrimPrefix(database, "sqlite:"), 0o644); err != nil { //nolint:gosec // as earlier versions left it
		t.Fatal(err)
	}
	proxied := commandWith(t, map[string]string{"ECHELON_BASE_URL": "https://e.example", "ECHELON_DATABASE_URL": database, "ECHELON_LOG": "error"}, "doctor")
	if proxied.code != 0 || !strings.Contains(proxied.stdout, "ECHELON_TRUSTED_PROXIES") || !strings.Contains(proxied.stdout, "chmod 600") {
		t.Errorf("%+v", proxied)
	}
	if demo := testkit.Address(t, "sqlite"); command(t, demo, "seed", "--demo").code == 0 {
		if r := command(t, demo, "doctor"); r.code != exitFailed || !strings.Contains(r.stdout, "--demo") {
			t.Errorf("%+v", r)
		}
	}
	exposed := commandWith(t, map[string]string{"ECHELON_ADDR": "0.0.0.0:8080", "ECHELON_DATABASE_URL": testkit.Address(t, "sqlite")}, "doctor")
	if exposed.code != exitFailed || !strings.Contains(exposed.stdout, "https") {
		t.Errorf("%+v", exposed)
	}
}

func TestServeRefusesToExpose(t *testing.T) {
	database := testkit.Address(t, "sqlite")
	for _, c := range []struct {
		line, addr, base string
		says             string
	}{
		{"serve --demo", "0.0.0.0:0", "https://e.example", "demo"},
		{"serve --demo", "127.0.0.1:0", "https://e.example", "demo"},
		{"serve", "0.0.0.0:0", "", "https"},
	} {
		commandWith(t, map[string]string{"ECHELON_ADDR": c.addr, "ECHELON_BASE_URL": c.base, "ECHELON_DATABASE_URL": database}, strings.Fields(c.line)...).
			fails(t, exitFailed, c.says, "ECHELON_")
	}
}
