package app_test

import (
	"encoding/json"
	"errors"
	"io"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/echelon-hr/echelon"

// floors lists the packages from the top of the house to its ground. A package imports only lower floors;
// entries that end in * match by suffix of the last element or by prefix of the path.
var floors = []struct {
	name  string
	holds func(pkg string) bool
}{
	{"cmd", under("cmd")},
	{"apptest", exactly("app/apptest")},
	{"app", exactly("app")},
	{"web", func(p string) bool { return strings.HasSuffix(p, "web") && p != "app/web" }},
	{"seeds", exactly("seeds")},
	{"templates", under("templates")},
	{"acttest", exactly("app/act/acttest")},
	{"db", func(p string) bool { return strings.HasSuffix(p, "db") && p != "app/db" && p != "app/act/actdb" }},
	{"actdb", exactly("app/act/actdb")},
	{"careers", exactly("careers")},
	{"pay", exactly("jobs/pay")},
	{"jobs", exactly("jobs")},
	{"competencies", exactly("competencies")},
	{"accounts", exactly("app/accounts")},
	{"ground", under("app")},
}

// withinFloor are the arrows that are allowed on one floor: templates and the ground floor are built of parts.
var withinFloor = []string{"templates", "ground", "cmd"}

func exactly(pkg string) func(string) bool { return func(p string) bool { return p == pkg } }

func under(dir string) func(string) bool {
	return func(p string) bool { return p == dir || strings.HasPrefix(p, dir+"/") }
}

func floorOf(pkg string) int {
	return slices.IndexFunc(floors, func(f struct {
		name  string
		holds func(string) bool
	},
	) bool {
		return f.holds(pkg)
	})
}

type goPackage struct {
	ImportPath string
	Imports    []string
}

func packages(t *testing.T) []goPackage {
	t.Helper()
	out, err := exec.CommandContext(t.Context(), "go", "list", "-json=ImportPath,Imports", module+"/...").Output()
	if err != nil {
		t.Fatal(err)
	}
	var list []goPackage
	for d := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p goPackage
		if err := d.Decode(&p); errors.Is(err, io.EOF) {
			return list
		} else if err != nil {
			t.Fatal(err)
		}
		list = append(list, p)
	}
}

// TestImportsGoDown reads the import graph and fails on any arrow that runs back up the house.
func TestImportsGoDown(t *testing.T) {
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		if floorOf(from) < 0 {
			t.Errorf("%s stands on no floor: decide where it belongs", from)
			continue
		}
		for _, imported := range p.Imports {
			to, ours := strings.CutPrefix(imported, module+"/")
			if ours {
				checkArrow(t, from, to)
			}
		}
	}
}

func checkArrow(t *testing.T, from, to string) {
	t.Helper()
	a, b := floorOf(from), floorOf(to)
	switch {
	case b < 0 || a > b:
		t.Errorf("%s (floor %s) imports %s above it", from, floors[a].name, to)
	case a == b && !slices.Contains(withinFloor, floors[a].name):
		t.Errorf("%s imports %s on the same floor %s", from, to, floors[a].name)
	}
}

// forTests tells whether a package is a test kit, which fills databases and counts what is asked of them.
func forTests(p string) bool { return p == "app/apptest" || p == "app/testkit" }

// TestWhoMayImportWhat holds the few rules that floors do not say.
func TestWhoMayImportWhat(t *testing.T) {
	rules := []struct {
		what    string
		allowed func(pkg string) bool
	}{
		{"github.com/gofiber/fiber", func(p string) bool {
			return strings.HasSuffix(p, "web") || under("app")(p) && !under("app/accounts")(p) || under("cmd")(p)
		}},
		{"github.com/jung-kurt/gofpdf", under("templates/pdf")},
		{"github.com/uptrace/bun", func(p string) bool {
			return strings.HasSuffix(p, "db") || p == "app" || p == "app/act/acttest" || forTests(p) || under("cmd/echelon/internal")(p)
		}},
		{"database/sql", func(p string) bool {
			return strings.HasSuffix(p, "db") || under("cmd/echelon/internal/bench")(p) || p == "cmd/echelon/internal/bench/minimal"
		}},
		{module + "/app/apptest", func(string) bool { return false }},
		{module + "/app/act/acttest", func(string) bool { return false }},
		{module + "/app/testkit", func(p string) bool { return p == "app/apptest" || p == "app/act/acttest" }},
	}
	for _, p := range packages(t) {
		from := strings.TrimPrefix(p.ImportPath, module+"/")
		for _, r := range rules {
			for _, imported := range p.Imports {
				if strings.HasPrefix(imported, r.what) && !r.allowed(from) {
					t.Errorf("%s imports %s", from, imported)
				}
			}
		}
	}
	for _, domain := range []string{"competencies", "jobs", "jobs/pay", "careers", "app/accounts"} {
		for _, p := range packages(t) {
			if p.ImportPath == module+"/"+domain && slices.Contains(p.Imports, "net/http") {
				t.Errorf("%s imports net/http: a domain knows no transport", domain)
			}
		}
	}
}
