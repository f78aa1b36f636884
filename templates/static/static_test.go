package static_test

import (
	"bytes"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/andybalholm/brotli"

	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/templates/static"
)

// needAssets skips where the assets were not built, and fails where everything must be there.
func needAssets(t *testing.T) {
	t.Helper()
	if !static.Built() {
		testkit.Missing(t, "what the browser gets", "run make assets")
	}
}

// name is the hashed name of a built file.
func name(plain string) string { return strings.TrimPrefix(static.Asset(plain), static.Prefix) }

func read(t *testing.T, plain, coding string) []byte {
	t.Helper()
	b, err := static.File(name(plain), coding)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

func TestAssetsCarryTheirHashAndAreServed(t *testing.T) {
	needAssets(t)
	for _, plain := range []string{"app.css", "app.js", "icons.svg", "mark.svg"} {
		if addr := static.Asset(plain); strings.Count(addr, ".") != 2 {
			t.Errorf("%s has no hash: %s", plain, addr)
		}
		read(t, plain, "")
	}
}

// TestCodingsHoldTheSameFile opens what was compressed ahead of time, and asks for what is no file of its own.
func TestCodingsHoldTheSameFile(t *testing.T) {
	needAssets(t)
	for plain := range budget {
		whole := read(t, plain, "")
		want := []string{"br", "gzip"}
		if strings.HasSuffix(plain, ".woff2") {
			want = nil
		}
		if got := static.Codings(name(plain)); !slices.Equal(got, want) {
			t.Fatalf("%s: built in %v, want %v", plain, got, want)
		}
		for _, coding := range want {
			var r io.Reader = bytes.NewReader(read(t, plain, coding))
			if coding == "br" {
				r = brotli.NewReader(r)
			} else if z, err := gzip.NewReader(r); err != nil {
				t.Fatal(err)
			} else {
				r = z
			}
			if got, err := io.ReadAll(r); err != nil || !bytes.Equal(got, whole) {
				t.Errorf("%s in %s holds another file: %v", plain, coding, err)
			}
		}
		for _, no := range []struct{ name, coding string }{
			{name(plain), "zstd"}, {name(plain) + ".br", ""}, {name(plain) + ".gz", ""}, {plain, ""}, {"../static.go", ""}, {".gitkeep", ""}, {"", ""},
		} {
			if _, err := static.File(no.name, no.coding); !errors.Is(err, fs.ErrNotExist) || no.coding == "" && static.Has(no.name) {
				t.Errorf("%v is served: %v", no, err)
			}
		}
	}
}

// budget is what each file may weigh, in bytes: as it is, and over the wire to a browser of today. It is a little more
// than what it weighs. Whoever must raise a number says why where they do.
var budget = map[string]struct{ raw, wire int }{
	"app.css":                               {90_000, 15_500},
	"app.js":                                {42_000, 13_700},
	"icons.svg":                             {10_000, 1_900},
	"mark.svg":                              {300, 300},
	"open-sans-latin-wght-normal.woff2":     {28_000, 28_000},
	"open-sans-latin-ext-wght-normal.woff2": {20_500, 20_500}, // only where a name needs it
}

// firstVisit is what the files of a first visit may weigh together, over the wire; the page comes on top.
const firstVisit = 60_000

func TestAssetsKeepTheirBudget(t *testing.T) {
	needAssets(t)
	total := 0
	for plain, most := range budget {
		raw, wire := len(read(t, plain, "")), len(read(t, plain, ""))
		if codings := static.Codings(name(plain)); len(codings) > 0 {
			wire = len(read(t, plain, codings[0]))
		}
		t.Logf("%s: %d bytes, %d over the wire", plain, raw, wire)
		if raw > most.raw || wire > most.wire {
			t.Errorf("%s has %d bytes, %d over the wire; its budget is %d and %d", plain, raw, wire, most.raw, most.wire)
		}
		if !strings.Contains(plain, "-ext-") {
			total += wire
		}
	}
	if total > firstVisit {
		t.Errorf("the files of a first visit weigh %d bytes; the budget is %d", total, firstVisit)
	}
}

func TestStyleSheetLoadsNothingFromAnotherHost(t *testing.T) {
	needAssets(t)
	css := string(read(t, "app.css", ""))
	for _, bad := range []string{"url(http", "url(//", `url("http`, "@import"} {
		if strings.Contains(css, bad) {
			t.Errorf("the style sheet has %s", bad)
		}
	}
}

// ruleless are classes of the templates that no rule speaks of: they name a drawing and the line in it that is as drawn.
var ruleless = []string{"ladder", "radar-shown", "rung-meter"}

var (
	ruleName  = regexp.MustCompile(`\.([A-Za-z_][A-Za-z0-9_-]*)`)
	inQuotes  = regexp.MustCompile(`"[^"]*"|'[^']*'|/\*[^*]*\*/|url\([^)]*\)`)
	classText = regexp.MustCompile(`(?:class=|"class", )(?:"([^"]*)"|\{([^}]*)\})`)
	goText    = regexp.MustCompile(`"([^"]*)"`)
)

// styled are the classes that the rules of a stylesheet name.
func styled(css string) map[string]bool {
	found := map[string]bool{}
	for _, m := range ruleName.FindAllStringSubmatch(inQuotes.ReplaceAllString(css, ""), -1) {
		found[m[1]] = true
	}
	return found
}

// TestEveryClassOfTheTemplatesHasItsRules finds a class that the build cut off although a template uses it, or that a
// template misspells.
func TestEveryClassOfTheTemplatesHasItsRules(t *testing.T) {
	needAssets(t)
	rules := styled(string(read(t, "app.css", "")))
	used := map[string]string{}
	eachSource(t, "..", ".templ", func(file, text string) { classesOf(file, text, used) })
	eachSource(t, "..", ".go", func(file, text string) {
		if !strings.HasSuffix(file, "_test.go") && !strings.HasSuffix(file, "_templ.go") {
			classesOf(file, text, used)
		}
	})
	if len(used) < 100 {
		t.Fatalf("only %d classes were found in the templates", len(used))
	}
	for class, file := range used {
		found := rules[class]
		if strings.HasSuffix(class, "-") { // the rest is added at run time
			for rule := range rules {
				found = found || strings.HasPrefix(rule, class)
			}
		}
		if found == slices.Contains(ruleless, class) {
			t.Errorf("%s: class %q has rules: %t; see ruleless", file, class, found)
		}
	}
	for _, class := range ruleless {
		if used[class] == "" {
			t.Errorf("%q is listed as without rules and not used", class)
		}
	}
}

// TestOurOwnRulesAreAllUsed finds rules of ours that no template can meet any more.
func TestOurOwnRulesAreAllUsed(t *testing.T) {
	needAssets(t)
	built := styled(string(read(t, "app.css", "")))
	eachSource(t, "css", ".css", func(file, text string) {
		for class := range styled(text) {
			if !built[class] {
				t.Errorf("%s: nothing uses .%s", file, class)
			}
		}
	})
}

func classesOf(file, text string, into map[string]string) {
	for _, m := range classText.FindAllStringSubmatch(text, -1) {
		names := m[1]
		for _, quoted := range goText.FindAllStringSubmatch(m[2], -1) {
			names += " " + quoted[1]
		}
		for _, class := range strings.Fields(names) {
			if !strings.Contains(class, "%") { // put in by a format: a whole class, said elsewhere
				into[class] = file
			}
		}
	}
}

func eachSource(t *testing.T, dir, ext string, do func(file, text string)) {
	t.Helper()
	err := filepath.WalkDir(dir, func(file string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() || filepath.Ext(file) != ext {
			return err
		}
		b, err := os.ReadFile(file) //nolint:gosec // our own sources
		do(file, string(b))
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestUnknownAssetHasAnAddressThatIsNotServed(t *testing.T) {
	if got := static.Asset("none.css"); got != "/static/none.css" {
		t.Errorf("address is %s", got)
	}
}
