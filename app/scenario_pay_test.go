package app_test

import (
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/testkit"
)

// bandFigures are the flagship's bands in the demo's scheme, in both zones.
var bandFigures = []string{"35000", "42000", "49500", "12600", "56500", "68000", "80500", "21500"}

// groups are the ways in which thousands are set apart: a comma, and spaces of all widths.
var groups = regexp.MustCompile(`([0-9])(?:,|\s|\x{00a0}|\x{202f}|\x{2009})([0-9]{3})\b`)

// figuresIn lists which of the bands' figures a text holds, however they are written.
func figuresIn(text string) []string {
	text = groups.ReplaceAllString(text, "$1$2")
	var found []string
	for _, f := range bandFigures {
		if regexp.MustCompile(`\b` + f + `\b`).MatchString(text) {
			found = append(found, f)
		}
	}
	return found
}

// payReaders are the personas who may read bands.
var payReaders = []string{"hr", "compensation"}

// ownReaders are those who may read other bands than the flagship's: of their own profile, and of their line.
var ownReaders = []string{"manager", "employee"}

// TestPayIsForItsReadersOnly looks for the flagship's bands wherever they could show: on pages, in the API and
// in documents. Those who may read them find them, so that the search is known to work; nobody else does.
func TestPayIsForItsReadersOnly(t *testing.T) {
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		for _, persona := range apptest.Personas {
			t.Run(persona, func(t *testing.T) {
				v, may := s.As(t, persona), slices.Contains(payReaders, persona)
				for _, path := range []string{"/jobs/territory-manager", "/jobs/territory-manager?lang=en", "/jobs/territory-manager/versions/1"} {
					t.Run(path, func(t *testing.T) { checkFigures(t, visible(v.Get(path).Body), may) })
				}
				for _, path := range []string{
					"/", "/jobs", "/jobs/territory-manager/guide", "/jobs/compare?a=territory-manager&b=sales-associate", "/families/sales", "/matrices/sales", "/ladders/sales",
					"/api/v1/jobs", "/api/v1/jobs/territory-manager", "/api/v1/jobs/territory-manager/versions/1", "/api/v1/matrices/sales", "/api/v1/ladders/sales",
				} {
					t.Run(path, func(t *testing.T) { checkFigures(t, visible(v.Get(path).Body), false) })
				}
				for _, path := range []string{"/pay/bands", "/api/v1/pay/bands"} {
					t.Run(path, func(t *testing.T) {
						a := v.Get(path)
						if want := map[bool]int{true: http.StatusOK, false: http.StatusForbidden}[may || slices.Contains(ownReaders, persona)]; a.Status != want {
							t.Errorf("%d, want %d", a.Status, want)
						}
						checkFigures(t, visible(a.Body), may)
					})
				}
			})
		}
	})
}

func checkFigures(t *testing.T, text string, may bool) {
	t.Helper()
	found := figuresIn(text)
	if may && len(found) != len(bandFigures) {
		t.Errorf("only %v of %v are shown to who may see them", found, bandFigures)
	}
	if !may && len(found) > 0 {
		t.Errorf("shows %v to who may not see them", found)
	}
}

// TestPayInDocuments prints with and without pay, as one who may and as one who may not.
func TestPayInDocuments(t *testing.T) {
	testkit.Tool(t, "pdftotext", "sudo apt-get install poppler-utils")
	onEachDatabase(t, func(t *testing.T, s *apptest.Server) {
		for _, c := range []struct {
			name, persona, path string
			status              int
			pay                 bool
		}{
			{"not asked for, by who may not", "employee", "/jobs/territory-manager.pdf", 200, false},
			{"not asked for, by who may", "compensation", "/jobs/territory-manager.pdf?lang=en", 200, false},
			{"asked for, by who may", "compensation", "/jobs/territory-manager.pdf?pay=1", 200, true},
			{"asked for in the API, by who may", "hr", "/api/v1/jobs/territory-manager/pdf?pay=true&lang=en", 200, true},
			{"asked for, by an employee", "employee", "/jobs/territory-manager.pdf?pay=1", 403, false},
			{"asked for in the API, by an employee", "employee", "/api/v1/jobs/territory-manager/pdf?pay=true", 403, false},
			{"asked for, by an administrator", "administrator", "/jobs/territory-manager.pdf?pay=1", 403, false},
			{"asked for the family, by a recruiter", "recruiter", "/families/sales.pdf?pay=1", 403, false},
			{"asked for the ZIP, by a manager", "manager", "/families/sales.zip?pay=1", 403, false},
			{"asked for in the API's ZIP, by a manager", "manager", "/api/v1/families/sales/zip?pay=true", 403, false},
		} {
			t.Run(c.name, func(t *testing.T) {
				a := s.As(t, c.persona).Get(c.path)
				if a.Status != c.status {
					t.Fatalf("%d, want %d", a.Status, c.status)
				}
				text := a.Body
				if c.status == http.StatusOK {
					text = textOf(t, a.Body)
				}
				checkFigures(t, text, c.pay)
			})
		}
	})
}

// textOf reads the text of a PDF.
func textOf(t *testing.T, pdf string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "document.pdf")
	if err := os.WriteFile(file, []byte(pdf), 0o600); err != nil {
		t.Fatal(err)
	}
	out, err := exec.CommandContext(t.Context(), "pdftotext", "-layout", file, "-").Output()
	if err != nil || len(strings.TrimSpace(string(out))) == 0 {
		t.Fatalf("pdftotext: %v, %d bytes", err, len(out))
	}
	return string(out)
}
