package seeds_test

import (
	"maps"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/seeds"
)

// moved is the small seeds' file under another name, as a tree wants it.
func moved(from, to string) map[string]string { return map[string]string{from: "", to: small[from]} }

// TestFilesAreReadHoweverTheyAreSaved: what editors and systems do to a file changes nothing of what it says.
func TestFilesAreReadHoweverTheyAreSaved(t *testing.T) {
	testkit.EachDatabase(t, func(t *testing.T, d *db.DB) {
		mustLoad(t, d, tree(nil), today)
		same := seeds.Report{Unchanged: every}
		for name, files := range map[string]map[string]string{
			"a byte order mark":             {selling: "\ufeff" + small[selling]},
			"a directive":                   {selling: "%YAML 1.2\n---\n" + small[selling]},
			"the line ends of Windows":      {selling: strings.ReplaceAll(small[selling], "\n", "\r\n")},
			"a document that ends":          {selling: small[selling] + "...\n"},
			"the short ending":              moved(selling, "competencies/selling.yml"),
			"an ending in capitals":         moved(seller, "profiles/seller.YAML"),
			"a list with the short ending":  moved("scales.yaml", "scales.yml"),
			"a list in capitals":            moved("kpis.yaml", "KPIs.YAML"),
			"a list of the demo":            moved(people, "demo/personas.yml"),
			"what macOS leaves":             {"profiles/._seller.yaml": "\x00\x05\x16\x07junk", "profiles/.DS_Store": "\x00", "._scales.yaml": "\x00"},
			"what editors leave":            {"profiles/.seller.yaml.swp": "x", ".git/config.yaml": "x"},
			"a word beside that is no YAML": {"README.md": "# Ours", "notes/later.yaml": "x"},
		} {
			t.Run(name, func(t *testing.T) {
				if diff := cmp.Diff(same, mustLoad(t, d, tree(files), today)); diff != "" {
					t.Errorf("(-want +got):\n%s", diff)
				}
			})
		}
	})
}

func TestATabWithinQuotesIsKept(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	const text = `{fr: "110 sur 100 : 110 %.", en: "110 of 100: 110%."}`
	for _, with := range []string{`{fr: "110\tsur 100 : 110 %.", en: "110 of 100: 110%."}`, "{fr: \"110\tsur 100 : 110 %.\", en: \"110 of 100: 110%.\"}"} {
		mustLoad(t, d, tree(change(t, seller, text, with)), today)
		var n int
		if err := d.QueryRowContext(t.Context(), `SELECT count(*) FROM profile_versions WHERE document LIKE '%110\tsur 100%'`).Scan(&n); err != nil || n == 0 {
			t.Errorf("%q: %d documents have the tab, %v", with, n, err)
		}
	}
}

// What is passed over is named: somebody put it there to be read.
func TestFilesThatAreNotReadAreNamed(t *testing.T) {
	d := testkit.Open(t, testkit.Address(t, "sqlite"))
	files := map[string]string{
		"profiles/sales/extra.yaml": small[seller], "profiles/seller.yaml.bak": "x", "profiles/notes.txt": "x", "scales.yml": small["scales.yaml"], "zones.yaml": "x", "demo/more.yaml": "x",
	}
	want := seeds.Report{Created: every, NotRead: []string{
		"scales.yml", "zones.yaml", "profiles/notes.txt", "profiles/sales/extra.yaml", "profiles/seller.yaml.bak", "demo/more.yaml",
	}}
	if diff := cmp.Diff(want, mustLoad(t, d, tree(maps.Clone(files)), today)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
