package msg_test

import (
	"encoding/json"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/audit/auditweb"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/pay"
)

const root = "../../.."

// catalogue reads the message files of a language: by key, the plural forms by name, "other" for a plain text.
func catalogue(t *testing.T, l lang.Lang) map[string]map[string]string {
	t.Helper()
	names, err := filepath.Glob("*." + string(l) + ".json")
	if err != nil || len(names) == 0 {
		t.Fatalf("%d files, %v", len(names), err)
	}
	out := map[string]map[string]string{}
	for _, name := range names {
		b, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		var raw map[string]json.RawMessage
		if err := json.Unmarshal(b, &raw); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		for key, v := range raw {
			if out[key] != nil {
				t.Errorf("%s: %s stands in two files", name, key)
			}
			forms := map[string]string{}
			if text := ""; json.Unmarshal(v, &text) == nil {
				forms["other"] = text
			} else if err := json.Unmarshal(v, &forms); err != nil {
				t.Errorf("%s: %s is neither a text nor plural forms", name, key)
			}
			out[key] = forms
		}
	}
	return out
}

var placeholder = regexp.MustCompile(`\{\{\.\w+\}\}`)

// inMessage lists the placeholders of a message, whatever its form.
func inMessage(forms map[string]string) []string {
	var out []string
	for _, text := range forms {
		out = append(out, placeholder.FindAllString(text, -1)...)
	}
	slices.Sort(out)
	return slices.Compact(out)
}

func TestBothLanguagesSayTheSameThings(t *testing.T) {
	fr, en := catalogue(t, lang.FR), catalogue(t, lang.EN)
	for key := range en {
		if fr[key] == nil {
			t.Errorf("%s is missing in French", key)
		}
	}
	for key, forms := range fr {
		if en[key] == nil {
			t.Errorf("%s is missing in English", key)
			continue
		}
		if a, b := inMessage(forms), inMessage(en[key]); !slices.Equal(a, b) {
			t.Errorf("%s has placeholders %v in French and %v in English", key, a, b)
		}
		if (len(forms) > 1) != (len(en[key]) > 1) {
			t.Errorf("%s has plural forms in one language only", key)
		}
	}
}

func TestPluralsHaveTheFormsOfTheirLanguage(t *testing.T) {
	for l, want := range map[lang.Lang][]string{lang.FR: {"many", "one", "other"}, lang.EN: {"one", "other"}} {
		for key, forms := range catalogue(t, l) {
			if got := slices.Sorted(maps.Keys(forms)); len(forms) > 1 && !slices.Equal(got, want) {
				t.Errorf("%s in %s has the forms %v, want %v", key, l, got, want)
			}
		}
	}
}

func TestNoMessageIsEmptyOrSaysItsKey(t *testing.T) {
	for _, l := range lang.All() {
		for key, forms := range catalogue(t, l) {
			for form, text := range forms {
				if strings.TrimSpace(text) == "" || text == key {
					t.Errorf("%s (%s) in %s says %q", key, form, l, text)
				}
				if strings.TrimSpace(text) != text {
					t.Errorf("%s (%s) in %s has space around it", key, form, l)
				}
			}
			if got := msg.T(l, msg.Key(key)); got == key || got == "" {
				t.Errorf("%s reads %q in %s", key, got, l)
			}
		}
	}
}

func TestAKeyWithoutMessageShowsItself(t *testing.T) {
	if got := msg.T(lang.FR, "no.such.key"); got != "no.such.key" {
		t.Errorf("got %q", got)
	}
	if got := msg.Of(lang.FR, "stage", jobs.Stage("none")); got != "stage.none" {
		t.Errorf("got %q", got)
	}
}

// sameInBoth are the words that French and English really share.
var sameInBoth = []string{
	"API", "Administration", "Budget", "Classification", "Certification", "Code", "Codes", "Conditions", "Document", "Echelon", "Grade", "Importance", "Journal", "Maximum",
	"Minimum", "Promotion", "Senior", "Source", "Stable", "Type", "Version", "Versions", "Zone", "absent",
	"+ {{.Rest}}", "Version {{.N}}", "grade {{.Grade}}", "page {{.Page}} / {{.Total}}", "version {{.Number}}", "{{.N}} minutes",
}

func TestFrenchIsNotEnglish(t *testing.T) {
	fr, en := catalogue(t, lang.FR), catalogue(t, lang.EN)
	used := map[string]bool{}
	for key, forms := range fr {
		text := forms["other"]
		if text != en[key]["other"] {
			continue
		}
		used[text] = true
		if !slices.Contains(sameInBoth, text) {
			t.Errorf("%s says %q in both languages", key, text)
		}
	}
	for _, text := range sameInBoth {
		if !used[text] {
			t.Errorf("%q is allowed to be the same and is nowhere: take it off the list", text)
		}
	}
}

func texts[V ~string](values ...V) []string {
	var out []string
	for _, v := range values {
		out = append(out, string(v))
	}
	return out
}

// closed are the sets whose messages are found by value, with every value they have.
// scopes are those of tokens, as keys can hold them.
func scopes() []string {
	var out []string
	for _, scope := range access.Scopes() {
		out = append(out, strings.ReplaceAll(scope, ":", "_"))
	}
	return out
}

func closed(s sources) map[string][]string {
	periods := texts(pay.Hour, pay.Day, pay.Week, pay.Month, pay.Year)
	lower := strings.Split(strings.ToLower(strings.Join(periods, " ")), " ")
	importances := texts(jobs.Essential, jobs.Expected, jobs.Preferred)
	return map[string][]string{
		"stage":                texts(jobs.Stages()...),
		"importance":           importances,
		"jobs.importance_help": importances,
		"category":             texts(competencies.Categories()...),
		"trend":                texts(competencies.Stable, competencies.Growing, competencies.Declining),
		"state":                texts(jobs.Draft, jobs.InReview, jobs.Approved, jobs.Published, jobs.Superseded),
		"move":                 texts(careers.Up, careers.Lateral, careers.Diagonal),
		"period":               oneof(s, "Period", "json:\"period\""),
		"jobs.per":             lower,
		"pdf.per":              periods,
		"certification":        oneof(s, "Importance", "json:\"importance\" validate:\"oneof=required"),
		"jobs.benefit_kind":    oneof(s, "Kind", "json:\"kind\" validate:\"oneof=benefit"),
		"origin":               texts(competencies.FromSource, competencies.FromEchelon),
		"role":                 texts(actor.Roles()...),
		"persona":              personas(),
		"rule":                 append(slices.Sorted(maps.Keys(s.rules)), "other", "password_short", "password_long", "password_common", "password_personal"),
		"journal.action":       auditweb.Actions(),
		"journal.area":         auditweb.Areas(),
		"journal.outcomes":     texts(audit.Outcomes()...),
		"account.scope":        scopes(),
		"account.duty":         texts(accounts.Duties()...),
		"account.delegation":   {"in_force", "planned", "over", "revoked"},
		"account.proof":        texts(accounts.ByPersona, accounts.ByPassword, accounts.ByProvider, accounts.ByLink),
		"admin.role":           texts(actor.Roles()...),
	}
}

// oneof reads the values that the first field of that name and tag in package jobs may have.
func oneof(s sources, field, tag string) []string {
	for _, t := range s.tags["jobs/content.go"] {
		if t.field == field && strings.Contains(t.tag, tag) {
			_, list, _ := strings.Cut(t.tag, "oneof=")
			list, _, _ = strings.Cut(list, `"`)
			return strings.Fields(list)
		}
	}
	return nil
}

func personas() []string {
	b, err := os.ReadFile(filepath.Join(root, "seeds/demo/personas.yaml"))
	if err != nil {
		return nil
	}
	var out []string
	for _, m := range regexp.MustCompile(`(?m)^- slug: (\S+)`).FindAllStringSubmatch(string(b), -1) {
		out = append(out, m[1])
	}
	return out
}

// kinds are all kinds of fault: each has a sentence of its own, so that a code without one falls back on it.
var kinds = texts(fault.Malformed, fault.Invalid, fault.Unauthenticated, fault.Forbidden, fault.NotFound, fault.Conflict, fault.TooLarge, fault.Limited, fault.Unavailable, fault.Internal)

// sources is what the program's own files say about messages.
type sources struct {
	keys     map[string]bool // names of constants of package msg
	literals map[string]bool // whole string literals
	rules    map[string]bool // broken rules that services report
	tags     map[string][]structTag
}

type structTag struct{ field, tag string }

var (
	constant = regexp.MustCompile(`\bmsg\.([A-Z]\w*)`)
	broken   = regexp.MustCompile(`(?:Rule: *|broken\(.*?, |\.At\([^,\n]*, )"([a-z_]+)"`)
	ruleTag  = regexp.MustCompile(`validate:"([^"]*)"`)
)

func readSources(t *testing.T) sources {
	t.Helper()
	s := sources{keys: map[string]bool{}, literals: map[string]bool{}, rules: map[string]bool{}, tags: map[string][]structTag{}}
	err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		rel, err := filepath.Rel(root, path)
		rel = filepath.ToSlash(rel)
		switch {
		case d.IsDir() && (d.Name() == "node_modules" || strings.HasPrefix(d.Name(), ".") && rel != "."):
			return fs.SkipDir
		case d.IsDir() || strings.HasSuffix(rel, "_test.go") || strings.HasSuffix(rel, "_templ.go") || rel == "app/lang/msg/keys_gen.go":
			return err
		case filepath.Ext(rel) == ".templ" || filepath.Ext(rel) == ".go":
			return s.read(path, rel)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func (s sources) read(path, rel string) error {
	src, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	for _, m := range constant.FindAllSubmatch(src, -1) {
		s.keys[string(m[1])] = true
	}
	if filepath.Ext(rel) != ".go" {
		return nil
	}
	for _, m := range broken.FindAllSubmatch(src, -1) {
		s.rules[string(m[1])] = true
	}
	f, err := parser.ParseFile(token.NewFileSet(), rel, src, parser.SkipObjectResolution)
	if err != nil {
		return err
	}
	ast.Inspect(f, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.Field:
			if n.Tag != nil && len(n.Names) > 0 {
				s.tag(rel, n.Names[0].Name, n.Tag.Value)
			}
		case *ast.BasicLit:
			if text, err := strconv.Unquote(n.Value); err == nil && n.Kind == token.STRING {
				s.literals[text] = true
			}
		}
		return true
	})
	return nil
}

func (s sources) tag(rel, field, tag string) {
	s.tags[rel] = append(s.tags[rel], structTag{field, tag})
	if m := ruleTag.FindStringSubmatch(tag); m != nil {
		for rule := range strings.SplitSeq(m[1], ",") {
			name, _, _ := strings.Cut(rule, "=")
			if name != "dive" && name != "omitempty" {
				s.rules[name] = true
			}
		}
	}
}

// TestEveryValueOfAClosedSetHasItsMessage walks the sets that pages and documents name by value.
func TestEveryValueOfAClosedSetHasItsMessage(t *testing.T) {
	fr := catalogue(t, lang.FR)
	for set, values := range closed(readSources(t)) {
		if len(values) == 0 {
			t.Errorf("the set %s is empty: its source has moved", set)
		}
		for _, v := range values {
			if fr[keyOf(set, v)] == nil {
				t.Errorf("%s has no message", keyOf(set, v))
			}
		}
	}
	for _, kind := range kinds {
		for _, part := range []string{"title", "text"} {
			if fr["error."+kind+"."+part] == nil {
				t.Errorf("error.%s.%s has no message", kind, part)
			}
		}
	}
}

// keyOf joins as the callers do: documents name periods with an underscore.
func keyOf(set, value string) string {
	if set == "pdf.per" {
		return set + "_" + value
	}
	return set + "." + value
}

// TestEveryMessageIsSaidSomewhere finds what nobody reads any more.
func TestEveryMessageIsSaidSomewhere(t *testing.T) {
	s := readSources(t)
	said := map[string]bool{}
	for key := range s.keys {
		said[key] = true
	}
	for set, values := range closed(s) {
		for _, v := range values {
			said[keyOf(set, v)] = true
		}
	}
	for name, key := range constants(t) {
		if said[name] || said[key] || isError(s, key) {
			continue
		}
		t.Errorf("%s (msg.%s) is said nowhere", key, name)
	}
}

// isError reports whether a key is a sentence of a fault that the program makes: of a kind, or of a code.
func isError(s sources, key string) bool {
	rest, ok := strings.CutPrefix(key, "error.")
	code := strings.TrimSuffix(strings.TrimSuffix(rest, ".title"), ".text")
	return ok && code != rest && s.literals[code]
}

// constants maps the names of keys_gen.go to the keys, and holds the file to the French messages.
func constants(t *testing.T) map[string]string {
	t.Helper()
	b, err := os.ReadFile("keys_gen.go")
	if err != nil {
		t.Fatal(err)
	}
	out, keys := map[string]string{}, map[string]bool{}
	for _, m := range regexp.MustCompile(`(?m)^\t(\w+) +Key = "([^"]+)"$`).FindAllStringSubmatch(string(b), -1) {
		out[m[1]], keys[m[2]] = m[2], true
	}
	fr := catalogue(t, lang.FR)
	for key := range fr {
		if !keys[key] {
			t.Errorf("%s has no constant: run go generate ./app/lang/msg", key)
		}
	}
	for key := range keys {
		if fr[key] == nil {
			t.Errorf("%s has a constant and no message: run go generate ./app/lang/msg", key)
		}
	}
	return out
}

// Words that French law gives another meaning, and a spelling that French pages do not use. They are looked
// for in the folded text, so that capitals and accents hide none.
var (
	statutory   = regexp.MustCompile(`bilans? de competences?|entretiens? professionnels?`)
	pointMedian = regexp.MustCompile(`\pL[·‧•・]\pL`)
)

func checkFrench(t *testing.T, where, text string) {
	t.Helper()
	if found := statutory.FindString(strings.Join(strings.Fields(lang.Fold(text)), " ")); found != "" {
		t.Errorf("%s says %q, which is a statutory term", where, found)
	}
	if found := pointMedian.FindString(text); found != "" {
		t.Errorf("%s writes %q: use a doublet or an epicene word", where, found)
	}
}

func TestFrenchMessagesKeepToTheWords(t *testing.T) {
	for key, forms := range catalogue(t, lang.FR) {
		for _, text := range forms {
			checkFrench(t, key, text)
		}
	}
}

func TestSeedsKeepToTheWords(t *testing.T) {
	files := 0
	err := filepath.WalkDir(filepath.Join(root, "seeds"), func(path string, _ fs.DirEntry, err error) error {
		if err != nil || filepath.Ext(path) != ".yaml" {
			return err
		}
		files++
		b, err := os.ReadFile(path)
		checkFrench(t, path, string(b))
		return err
	})
	if err != nil || files < 30 {
		t.Errorf("read %d files, %v", files, err)
	}
}

func TestTheForbiddenWordsAreFound(t *testing.T) {
	for text, found := range map[string]bool{
		"Le Bilan de compétences": true, "des ENTRETIENS\u00a0PROFESSIONNELS": true, "un entretien\n  professionnel": true,
		"point compétences": false, "un entretien d’embauche professionnel": false,
	} {
		if got := statutory.MatchString(strings.Join(strings.Fields(lang.Fold(text)), " ")); got != found {
			t.Errorf("%q: %v", text, got)
		}
	}
	for text, found := range map[string]bool{"salarié·e·s": true, "vendeur‧euse": true, "Lyon · Paris": false, "5 · 6": false} {
		if got := pointMedian.MatchString(text); got != found {
			t.Errorf("%q: %v", text, got)
		}
	}
}
