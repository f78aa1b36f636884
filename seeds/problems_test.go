package seeds_test

import (
	"errors"
	"fmt"
	"io/fs"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/seeds"
)

// bad is one thing wrong in one file of the small seeds: old becomes with, and the problem must lie in the line
// that holds at (with, when empty) and name field.
type bad struct {
	name, file, old, with string
	at, field, says       string
}

const (
	selling = "competencies/selling.yaml"
	seller  = "profiles/seller.yaml"
	lead    = "profiles/lead.yaml"
	ladder  = "ladders/sales.yaml"
	scheme  = "demo/scheme.yaml"
	people  = "demo/personas.yaml"
)

var badFiles = []bad{
	{name: "an unknown field", file: selling, old: "trend: stable", with: "colour: red", field: "colour", says: "unknown field"},
	{name: "an unknown field deep down", file: seller, old: "        - {key: third,", with: "        - {kee: third,", field: "content/areas[0]/activities[2]/kee", says: "unknown field"},
	{name: "an unknown field in a list's item", file: people, old: "  email: employee", with: "  mail: employee", field: "[1]/mail", says: "unknown field"},
	{name: "an unknown language", file: ladder, old: `name: {fr: "Filière", en:`, with: `name: {fr: "Filière", de:`, field: "name/de", says: "unknown field"},
	{name: "a word for a number", file: seller, old: "rank: 2", with: "rank: two", field: "content/requirements[0]/rank", says: "int"},
	{name: "a list for a text", file: seller, old: `purpose: {fr: "Vendre.", en: "Sell."}`, with: `purpose: ["Vendre."]`, field: "content/purpose", says: "sequence"},
	{name: "a text for a list", file: selling, old: "codes: []", with: "codes: none", field: "codes", says: "string"},
	{name: "the same field twice", file: selling, old: "trend: stable", with: "origin: echelon", field: "", says: "already defined"},
	{name: "no YAML", file: selling, old: "trend: stable", with: "trend: [stable", says: "must be specified"},
	{name: "a tab for indentation", file: selling, old: "  - rank: 2", with: "\t- rank: 2", says: ""},

	{name: "a file in Latin-1", file: selling, old: "trend: stable", with: "trend: st\xe9ble", at: "trend: st\xe9ble", says: "is not UTF-8 text: it has the byte E9"},
	{name: "a number in octal, or not", file: seller, old: "rank: 2", with: "rank: 02", field: "content/requirements[0]/rank", says: "02 can be read as different numbers"},
	{name: "a number in octal", file: seller, old: "rank: 2", with: "rank: 0o2", field: "content/requirements[0]/rank", says: "different numbers"},
	{name: "a number in hexadecimal", file: seller, old: "rank: 2", with: "rank: 0x2", field: "content/requirements[0]/rank", says: "different numbers"},
	{name: "a number with strokes", file: seller, old: "share: 40", with: "share: 4_0", field: "content/areas[1]/share", says: "4_0 can be read"},
	{name: "a number with a sign", file: seller, old: "rank: 2", with: "rank: +2", field: "content/requirements[0]/rank", says: "different numbers"},
	{name: "a fraction for a whole number", file: seller, old: "rank: 2", with: "rank: 2.5", field: "content/requirements[0]/rank", says: "2.5 is no whole number: put it in quotes"},
	{name: "a text that looks like a number", file: lead, old: "grade: S1", with: "grade: 036", field: "grade", says: "put a text in quotes"},
	{name: "yes for a number", file: seller, old: "rank: 2", with: "rank: yes", field: "content/requirements[0]/rank", says: "int"},
	{name: "a tab without quotes", file: lead, old: "grade: S1", with: "grade: S\t1", field: "grade", says: "holds a tab"},
	{name: "a name that turns round", file: lead, old: "grade: S1", with: `grade: "\u202e1S"`, field: "grade", says: "line"},
	{name: "a title of two lines", file: seller, old: `title: {fr: "Vendeur / Vendeuse"`, with: `title: {fr: "Vendeur\nVendeuse"`, field: "content/title", says: "line"},

	{name: "a slug that is none", file: selling, old: "slug: selling", with: "slug: Selling Things", field: "slug", says: "slug"},
	{name: "a text too long", file: seller, old: `title: {fr: "Vendeur / Vendeuse"`, with: `title: {fr: "` + strings.Repeat("v", 121) + `"`, field: "content/title", says: "bilingual 120"},
	{name: "no text at all", file: seller, old: `title: {fr: "Vendeur / Vendeuse", en: "Seller"}`, with: `title: {fr: "", en: " "}`, field: "content/title", says: "bilingual"},
	{name: "a missing purpose", file: seller, old: `  purpose: {fr: "Vendre.", en: "Sell."}` + "\n", with: "", at: "title: {fr: \"Vendeur", field: "content/purpose", says: "bilingual"},
	{name: "a missing owner", file: seller, old: `owner: {fr: "Direction", en: "Management"}` + "\n", with: "", at: "slug: seller", field: "owner", says: "bilingual"},
	{name: "an unknown stage", file: seller, old: "stage: mid", with: "stage: middle", field: "stage", says: "oneof"},
	{name: "an unknown importance", file: seller, old: "importance: essential", with: "importance: vital", field: "content/requirements[0].importance", says: "oneof"},
	{name: "shares that do not add up", file: seller, old: "share: 40", with: "share: 30", at: "- key: work", field: "content/areas", says: "sum 100"},
	{name: "a share over all", file: seller, old: "share: 40", with: "share: 140", field: "content/areas[1].share", says: "lte 100"},
	{name: "one activity only", file: seller, old: `        - {key: second, text: {fr: "Encore deux", en: "Two more"}}` + "\n", with: "", at: `{key: first, text: {fr: "Encore un"`, field: "content/areas/rest/activities", says: "between 2 4"},
	{name: "the same key twice", file: seller, old: "key: rest", with: "key: work", at: "- key: work\n      title: {fr: \"Travail\"", field: "content/areas", says: "unique"},
	{name: "a level that the scale does not have", file: seller, old: "rank: 2", with: "rank: 3", field: "content/requirements/selling/rank", says: "lte 2"},
	{name: "an example that cannot be computed", file: seller, old: `aim: "100"`, with: `target: "100"`, field: "content/kpis/quota/example/inputs", says: "computable sold / aim"},
	{name: "an example divided by zero", file: seller, old: `aim: "100"`, with: `aim: "0"`, field: "content/kpis/quota/example/inputs", says: "computable"},
	{name: "a variant that removes nothing", file: seller, old: "activities/third", with: "activities/fourth", field: "content/variants/pharma/remove", says: "unknown areas/work/activities/fourth"},
	{name: "a level left out", file: selling, old: "  - rank: 2\n", with: "  - rank: 3\n", at: "- rank: 1", field: "levels", says: "every_level"},
	{name: "levels of a scale out of order", file: "scales.yaml", old: "{rank: 2", with: "{rank: 1", at: `{rank: 1, name: {fr: "Second"`, field: "levels[1].rank", says: "eq 2"},
	{name: "a formula over nothing known", file: "kpis.yaml", old: "sold / aim", with: "sold / target", field: "formula", says: "computable"},
	{name: "months of nothing", file: ladder, old: "typical_months: 24", with: "typical_months: 0", field: "moves[0].typical_months", says: "gte 1"},
	{name: "a date that is none", file: scheme, old: `"2026-01-01"`, with: `"1 January 2026"`, field: "active_from", says: "datetime"},
	{name: "an address that is none", file: people, old: "email: employee@demo.example", with: "email: employee", field: "email", says: "email"},
	{name: "an unknown role", file: people, old: "roles: [hr]", with: "roles: [king]", field: "roles[0]", says: "oneof"},

	{name: "an unknown superior", file: seller, old: "reports_to: lead", with: "reports_to: nobody", field: "reports_to", says: "unknown nobody"},
	{name: "an unknown family", file: seller, old: "family: sales", with: "family: dancing", field: "family", says: "unknown dancing"},
	{name: "an unknown track", file: seller, old: "track: field", with: "track: moon", field: "track", says: "unknown moon"},
	{name: "an unknown scale", file: selling, old: "scale: steps", with: "scale: stairs", field: "scale", says: "unknown stairs"},
	{name: "an unknown competency", file: seller, old: "competency: selling", with: "competency: juggling", at: "- competency: juggling", field: "content/requirements/juggling", says: "unknown juggling"},
	{name: "an unknown competency as evidence", file: "certifications.yaml", old: "evidences: [selling]", with: "evidences: [juggling]", field: "evidences[0]", says: "unknown juggling"},
	{name: "an unknown certification", file: seller, old: "certification: badge", with: "certification: medal", at: "- certification: medal", field: "content/certifications/medal", says: "unknown medal"},
	{name: "an unknown measure", file: seller, old: "- kpi: quota", with: "- kpi: mood", field: "content/kpis/mood", says: "unknown mood"},
	{name: "a rung that is no profile", file: ladder, old: "  - {profile: lead,", with: "  - {profile: chief, stage: mid}\n  - {profile: lead,", at: "{profile: chief", field: "rungs/chief", says: "unknown chief"},
	{name: "a move to no rung", file: ladder, old: "to: lead", with: "to: chief", field: "moves[0].to", says: "unknown chief"},
	{name: "a move to itself", file: ladder, old: "to: lead", with: "to: seller", field: "moves[0].to", says: "nefield"},
	{name: "a ladder of an unknown family", file: ladder, old: "family: sales", with: "family: dancing", field: "family", says: "unknown dancing"},
	{name: "a band of an unknown profile", file: scheme, old: "profile: seller", with: "profile: baker", field: "bands/baker", says: "unknown baker"},
	{name: "a band in an unknown zone", file: scheme, old: "{profile: seller, zone: here", with: "{profile: seller, zone: there", field: "bands[0].zone", says: "unknown there"},
	{name: "a band twice", file: scheme, old: "{profile: lead", with: "{profile: seller", at: `min: "30000.50"`, field: "bands[1].profile", says: "twice seller here"},
	{name: "an amount in words", file: scheme, old: `"25000"`, with: `"25k"`, field: "bands[0].target", says: "not an amount"},
	{name: "an amount with an exponent", file: scheme, old: `"25000"`, with: `"25e3"`, field: "bands[0].target", says: "not an amount"},
	{name: "an amount in hexadecimal", file: scheme, old: `"25000"`, with: `"0b11"`, field: "bands[0].target", says: "not an amount"},
	{name: "an amount too fine", file: scheme, old: `"25000"`, with: `"25000.00001"`, field: "bands[0].target", says: "four decimals"},
	{name: "an amount left out", file: scheme, old: `target: "25000", `, with: "", at: "{profile: seller", field: "bands[0].target", says: "not an amount"},
	{name: "amounts out of order", file: scheme, old: `"25000"`, with: `"15000"`, field: "bands[0].target", says: "between 20000 30000"},
	{name: "a negative variable", file: scheme, old: `variable: "0"`, with: `variable: "-1"`, field: "bands[0].variable", says: "gte 0"},

	{name: "a circle of superiors", file: lead, old: "grade: S1\n", with: "grade: S1\nreports_to: seller\n", at: "reports_to: seller", field: "reports_to", says: "circle"},
	{name: "a profile above itself", file: lead, old: "grade: S1\n", with: "grade: S1\nreports_to: lead\n", at: "reports_to: lead", field: "reports_to", says: "circle"},
	{name: "a competency twice", file: selling, old: "slug: selling", with: "slug: listening", field: "slug", says: `"listening" stands in competencies/listening.yaml:1 already`},
	{name: "a profile twice", file: seller, old: "slug: seller", with: "slug: lead", field: "slug", says: `"lead" stands in profiles/lead.yaml:1 already`},
	{name: "a persona twice", file: people, old: "slug: employee", with: "slug: hr", at: "slug: hr\n  email: employee", field: "slug", says: `"hr" stands in demo/personas.yaml:1 already`},
	{name: "an e-mail address twice", file: people, old: "email: employee@", with: "email: hr@", at: "email: hr@demo.example\n  name: \"Samir", field: "email", says: "already"},
	{name: "two documents in a file", file: selling, old: "codes: []\n", with: "codes: []\n---\nslug: other\n", at: "---", says: "more than one document"},
}

// changed is the file as it reads with what is wrong in it.
func (b bad) changed(t *testing.T) map[string]string {
	t.Helper()
	return change(t, b.file, b.old, b.with)
}

// line is where the problem lies, 0 for anywhere in the file.
func (b bad) line(t *testing.T, text string) int {
	t.Helper()
	at := b.at
	if at == "" {
		at = b.with
	}
	i := strings.Index(text, at)
	if i < 0 {
		t.Fatalf("%q does not stand in the file", at)
	}
	return 1 + strings.Count(text[:i], "\n")
}

// problemsIn collects the problems of an error, however they are joined.
func problemsIn(err error) []*seeds.Problem {
	switch e := err.(type) { //nolint:errorlint // it walks the tree itself
	case *seeds.Problem:
		return []*seeds.Problem{e}
	case interface{ Unwrap() []error }:
		var out []*seeds.Problem
		for _, x := range e.Unwrap() {
			out = append(out, problemsIn(x)...)
		}
		return out
	}
	return nil
}

func TestBadFilesNameThePlaceAndLoadNothing(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		for _, b := range badFiles {
			t.Run(b.name, func(t *testing.T) {
				files := b.changed(t)
				_, err := load(t, d, tree(files), today)
				found := problemsIn(err)
				if len(found) == 0 {
					t.Fatalf("error %v, want a problem", err)
				}
				p := found[0]
				if p.File != b.file || p.Field != b.field || !strings.Contains(p.Text, b.says) {
					t.Errorf("%q of %q is %q, want %s %q and to say %q", p.Field, p.File, p.Text, b.file, b.field, b.says)
				}
				want := b.line(t, files[b.file])
				syntax := b.field == "" && b.at == "" // where a parser loses the thread is its own affair
				if syntax && p.Line < 1 || !syntax && p.Line != want {
					t.Errorf("line %d, want %d", p.Line, want)
				}
				if place := fmt.Sprintf("%s:%d", p.File, p.Line); !strings.HasPrefix(err.Error(), place) || strings.Contains(p.Error(), "\n") {
					t.Errorf("%q does not begin with its place, in one line", err)
				}
				wantEmpty(t, d)
			})
		}
		if diff := cmp.Diff(seeds.Report{Created: every}, mustLoad(t, d, tree(nil), today)); diff != "" {
			t.Errorf("the good seeds (-want +got):\n%s", diff)
		}
	})
}

func TestFilesThatAreNotThere(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		for _, name := range []string{"scales.yaml", "certifications.yaml", "families.yaml", "kpis.yaml", "demo/zones.yaml", scheme, people} {
			for what, text := range map[string]string{"missing": "", "empty": " ", "nothing but a comment": "# later\n"} {
				t.Run(name+" "+what, func(t *testing.T) {
					_, err := load(t, d, tree(map[string]string{name: text}), today)
					p := (*seeds.Problem)(nil)
					if !errors.As(err, &p) || p.File != name {
						t.Fatalf("error %v, want a problem of %s", err, name)
					}
					if missing := what == "missing"; missing != (p.Text == "cannot be read") || missing != errors.Is(err, fs.ErrNotExist) || !missing && p.Line != 1 {
						t.Errorf("line %d: %s", p.Line, p.Text)
					}
				})
			}
		}
		t.Run("a competency that others need", func(t *testing.T) {
			_, err := load(t, d, tree(map[string]string{selling: ""}), today)
			if err == nil || !strings.HasPrefix(err.Error(), "certifications.yaml:4 evidences[0]") {
				t.Error(err)
			}
		})
		t.Run("an empty competency", func(t *testing.T) {
			_, err := load(t, d, tree(map[string]string{selling: "{}"}), today)
			if err == nil || !strings.HasPrefix(err.Error(), selling+":1 ") {
				t.Error(err)
			}
		})
		t.Run("a file that is a list where one item is due", func(t *testing.T) {
			_, err := load(t, d, tree(map[string]string{selling: "- slug: selling\n"}), today)
			if err == nil || !strings.HasPrefix(err.Error(), selling+":1: sequence") {
				t.Error(err)
			}
		})
		wantEmpty(t, d)
	})
}

// One run names every problem of the files that were read, so that nobody mends them one at a time.
func TestSeveralProblemsAreNamedAtOnce(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	files := change(t, seller, "share: 40", "share: 30")
	files[lead] = strings.Replace(strings.Replace(small[lead], "competency: selling", "competency: juggling", 1), "- kpi: quota", "- kpi: mood", 1)
	_, err := load(t, d, tree(files), today)
	var got []string
	for _, p := range problemsIn(err) {
		got = append(got, p.File+" "+p.Field)
	}
	want := []string{lead + " content/requirements/juggling", lead + " content/kpis/mood", seller + " content/areas", seller + " content/variants/pharma/areas"}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// A bad file over content that is loaded changes nothing of it.
func TestBadFileLeavesWhatIsLoadedAlone(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustLoad(t, d, tree(nil), today)
		before := testkit.Dump(t, d)
		files := seedChanges(t)
		files[scheme] = strings.Replace(small[scheme], "profile: seller", "profile: baker", 1)
		files[people] = strings.Replace(small[people], "roles: [hr]", "roles: [king]", 1)
		if _, err := load(t, d, tree(files), today); err == nil {
			t.Error("loaded")
		}
		if diff := cmp.Diff(before, testkit.Dump(t, d)); diff != "" {
			t.Errorf("rows changed:\n%s", diff)
		}
	})
}

// A scale's version is for ever: other levels under the same number are a mistake of the file.
func TestChangedScaleNeedsAVersion(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustLoad(t, d, tree(nil), today)
		_, err := load(t, d, tree(change(t, "scales.yaml", "Premier", "Tout premier")), today)
		if found := problemsIn(err); len(found) != 1 || found[0].Line != 2 || found[0].Field != "version" || found[0].File != "scales.yaml" {
			t.Error(err)
		}
	})
}
