package seeds

import (
	"bufio"
	"encoding/csv"
	"os"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/competencies"
)

// readCSV reads one column of a sample file by another.
func readCSV(t *testing.T, name, key, value string) map[string]string {
	t.Helper()
	f, err := os.Open(testkit.Sample(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return byKey(t, name, rows, key, value)
}

// readTabbed reads a file of O*NET, whose cells are never quoted.
func readTabbed(t *testing.T, name, key, value string) map[string]string {
	t.Helper()
	f, err := os.Open(testkit.Sample(t, name))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = f.Close() }()
	var rows [][]string
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		rows = append(rows, strings.Split(lines.Text(), "\t"))
	}
	if err := lines.Err(); err != nil {
		t.Fatal(err)
	}
	return byKey(t, name, rows, key, value)
}

func byKey(t *testing.T, name string, rows [][]string, key, value string) map[string]string {
	t.Helper()
	k, v := -1, -1
	for i, title := range rows[0] {
		if title == key {
			k = i
		}
		if title == value {
			v = i
		}
	}
	if k < 0 || v < 0 || len(rows) < 10 {
		t.Fatalf("%s has %d rows and the columns %v, want %q and %q", name, len(rows), rows[0], key, value)
	}
	out := make(map[string]string, len(rows))
	for _, row := range rows[1:] {
		out[row[k]] = row[v]
	}
	return out
}

// codesOf lists the codes of the shipped content with where they stand.
func codesOf(t *testing.T, profiles bool) map[string][]competencies.Code {
	t.Helper()
	out := map[string][]competencies.Code{}
	if profiles {
		for _, p := range content(t).profiles {
			out[p.item.Slug] = p.item.Codes
		}
		return out
	}
	for _, c := range content(t).competencies {
		out[c.item.Slug] = c.item.Codes
	}
	return out
}

// wantLabel compares a label with the classification's own, unless it says that it is ours.
func wantLabel(t *testing.T, at string, c competencies.Code, l lang.Lang, official string) {
	t.Helper()
	plain := func(s string) string { return strings.Join(strings.Fields(strings.ReplaceAll(s, "’", "'")), " ") }
	label := plain(c.Label.Side(l).Text)
	if official == "" || label != plain(official) && !strings.Contains(label, "(our gloss)") {
		t.Errorf("%s: %s %s%s is %q, not %q", at, c.Scheme, c.Code, c.URI, official, c.Label.Side(l).Text)
	}
}

func TestProfileCodesExist(t *testing.T) {
	rome := readCSV(t, "rome/unix_referentiel_code_rome_v460_utf8.csv", "code_rome", "libelle_rome")
	escoFR := readCSV(t, "esco/occupations_fr.csv", "conceptUri", "preferredLabel")
	escoEN := readCSV(t, "esco/occupations_en.csv", "conceptUri", "preferredLabel")
	groups := readCSV(t, "esco/occupations_fr.csv", "conceptUri", "iscoGroup")
	onet := readTabbed(t, "onet/Occupation Data.txt", "O*NET-SOC Code", "Title")
	seen := map[string]int{}
	for slug, codes := range codesOf(t, true) {
		for _, c := range codes {
			seen[c.Scheme]++
			switch c.Scheme + " " + c.Version {
			case "rome 460":
				wantLabel(t, slug, c, lang.FR, rome[c.Code])
			case "esco 1.0":
				wantLabel(t, slug, c, lang.FR, escoFR[c.URI])
				wantLabel(t, slug, c, lang.EN, escoEN[c.URI])
				if groups[c.URI] != c.Code {
					t.Errorf("%s: %s is in the group %q, not %q", slug, c.URI, groups[c.URI], c.Code)
				}
			case "onet 29.3":
				wantLabel(t, slug, c, lang.EN, onet[c.Code])
			default:
				t.Errorf("%s: a code of %s %s, of which there is no sample", slug, c.Scheme, c.Version)
			}
		}
	}
	for _, scheme := range []string{"rome", "esco", "onet"} {
		if seen[scheme] < 5 {
			t.Errorf("only %d profiles have a code of %s", seen[scheme], scheme)
		}
	}
}

func TestCompetencyCodesExist(t *testing.T) {
	rome := readCSV(t, "rome/unix_referentiel_competence_v460_utf8.csv", "code_ogr", "libelle_competence")
	for code, label := range readCSV(t, "rome/unix_referentiel_savoir_v460_utf8.csv", "code_ogr_savoir", "libelle_savoir") {
		rome[code] = label
	}
	macro := readCSV(t, "rome/unix_referentiel_competence_v460_utf8.csv", "code_macro_comp", "code_ogr")
	escoFR := readCSV(t, "esco/skills_fr.csv", "conceptUri", "preferredLabel")
	escoEN := readCSV(t, "esco/skills_en-us.csv", "conceptUri", "preferredLabel")
	onet := readTabbed(t, "onet/Content Model Reference.txt", "Element ID", "Element Name")
	seen := map[string]int{}
	for slug, codes := range codesOf(t, false) {
		for _, c := range codes {
			seen[c.Scheme]++
			switch c.Scheme + " " + c.Version {
			case "rome 460":
				if rome[c.Code] == "" && macro[c.Code] == "" {
					t.Errorf("%s: ROME has no %s", slug, c.Code)
				} else if rome[c.Code] != "" {
					wantLabel(t, slug, c, lang.FR, rome[c.Code])
				}
			case "esco 1.0":
				wantLabel(t, slug, c, lang.FR, escoFR[c.URI])
				wantLabel(t, slug, c, lang.EN, escoEN[c.URI])
			case "onet 29.3":
				wantLabel(t, slug, c, lang.EN, onet[c.Code])
			default:
				t.Errorf("%s: a code of %s %s, of which there is no sample", slug, c.Scheme, c.Version)
			}
		}
	}
	for _, scheme := range []string{"rome", "esco", "onet"} {
		if seen[scheme] < 10 {
			t.Errorf("only %d competencies have a code of %s", seen[scheme], scheme)
		}
	}
}
