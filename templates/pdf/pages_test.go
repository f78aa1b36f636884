package pdf

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// laidOut is a document before it is written, for its parts.
func laidOut(t testing.TB, d Document) *composer {
	t.Helper()
	set, err := d.settings()
	if err != nil {
		t.Fatal(err)
	}
	c, err := settle(t.Context(), d, set, Options{})
	if err != nil {
		t.Fatal(err)
	}
	return c
}

// samplePay is a section of pay as long as a company with three zones has it.
func samplePay() *Pay {
	line := PayLine{Zone: lang.NewText("Île-de-France", "Paris region"), Min: "42000", Target: "50000", Max: "62000", Currency: "EUR", Period: "YEAR", Variable: "15000", Mix: "77/23"}
	return &Pay{Effective: "2026-01-01", Lines: []PayLine{line, line, line}}
}

func TestNoLastPageIsNearlyEmpty(t *testing.T) {
	const least = 0.15
	for _, slug := range shipped(t) {
		base := seedDocument(t, slug)
		for _, l := range lang.All() {
			for _, paper := range Papers() {
				for _, edition := range Editions() {
					for _, full := range []bool{false, true} {
						d := base
						d.Langs, d.Paper, d.Edition = []lang.Lang{l}, paper, edition
						if full {
							d.Pay, d.Acknowledgement = samplePay(), true
						}
						p := laidOut(t, d).parts[0]
						name := strings.Join([]string{slug, string(l), string(paper), string(edition)}, " ")
						if p.pages() > 1 && p.fill < least {
							t.Errorf("%s, with pay %v: page %d is filled to %.0f %%", name, full, p.pages(), p.fill*100)
						}
						if edition == Profile && p.pages() > maxProfilePages {
							t.Errorf("%s, with pay %v: %d pages", name, full, p.pages())
						}
					}
				}
			}
		}
	}
}

func TestBinderSettlesEachProfileByItself(t *testing.T) {
	var f FamilyDocument
	for _, slug := range shipped(t) {
		f.Profiles = append(f.Profiles, seedDocument(t, slug))
	}
	for i, p := range laidOut(t, f).parts[1:] {
		if alone := laidOut(t, f.Profiles[i]).parts[0]; p.pages() != alone.pages() || p.fill != alone.fill {
			t.Errorf("%s: %d pages, the last filled to %.2f; alone %d and %.2f", p.title, p.pages(), p.fill, alone.pages(), alone.fill)
		}
	}
}

func TestClosestPaceStaysReadable(t *testing.T) {
	for _, p := range paces {
		if size := p.resize([]span{{style: body}})[0].style.size; size < 8 || leading*p.lines < 1.25 {
			t.Errorf("%+v: text of %.2f points, lines of %.3f", p, size, leading*p.lines)
		}
	}
}

func TestSectionThatGoesOnRepeatsItsHeading(t *testing.T) {
	d := fixture()
	for range 40 {
		d.Profile.Content.Requirements = append(d.Profile.Content.Requirements, jobs.Requirement{Competency: "negotiation", Rank: 2, Importance: jobs.Expected})
	}
	b, _ := rendered(t, d)
	text := read(t, b)
	has(t, text, "Compétences (suite)")
	lacks(t, text, "Formation et expérience (suite)")
}

func TestPayIsWarnedOfOnEveryPage(t *testing.T) {
	const notice = "Contient la rémunération : ne pas diffuser"
	d := fixture()
	f := FamilyDocument{Profiles: []JobDocument{fixture(), d}}
	without, _ := rendered(t, f)
	lacks(t, read(t, without), notice)
	d.Pay = samplePay()
	f.Profiles[1] = d
	for name, doc := range map[string]Document{"role": d, "binder": f} {
		b, r := rendered(t, doc)
		if n := strings.Count(read(t, b), notice); n != r.Pages {
			t.Errorf("%s: %d notices on %d pages", name, n, r.Pages)
		}
	}
}

func TestTargetThatSaysItsPeriod(t *testing.T) {
	for _, c := range []struct {
		target string
		lang   lang.Lang
		period string
		says   bool
	}{
		{"10 % par an, dont un tiers chez de nouveaux clients", lang.FR, "year", true},
		{"Deux points gagnés sur l'année", lang.FR, "year", true},
		{"Former un ancien", lang.FR, "year", false},
		{"Au moins 5 % de nouveaux clients", lang.FR, "month", false},
		{"Tenir l’objectif trimestriel", lang.FR, "quarter", true},
		{"Tenir l’objectif trimestriel", lang.FR, "year", false},
		{"Sign at least a quarter of opportunities", lang.EN, "quarter", false},
		{"At least 5% new customers each quarter", lang.EN, "quarter", true},
		{"Twice a decade", lang.EN, "decade", false},
	} {
		r := &role{composer: &composer{lang: c.lang}}
		if got := r.says(lang.NewText(c.target, c.target), c.period); got != c.says {
			t.Errorf("%q says its %s: %v", c.target, c.period, got)
		}
	}
}

func TestCertificationInTheReadersLanguageFirst(t *testing.T) {
	d := fixture()
	d.Certifications["csp"] = competencies.Certification{Name: "Certified Sales Professional", NameLang: lang.EN, Abbreviation: "CSP", Gloss: lang.NewText("Titre de vente.", "Sales title.")}
	d.Certifications["b"] = competencies.Certification{Name: "Permis de conduire, catégorie B", NameLang: lang.FR, Abbreviation: "B", Gloss: lang.NewText("Permis.", "Driving licence.")}
	d.Profile.Content.Certifications = []jobs.CertificationUse{{Certification: "csp"}, {Certification: "b"}}
	b, _ := rendered(t, d)
	fr := read(t, b)
	has(t, fr, "Titre de vente", "Certified Sales Professional (CSP)", "Permis de conduire, catégorie B Permis.")
	lacks(t, fr, "(B)")
	if strings.Index(fr, "Titre de vente") > strings.Index(fr, "Certified Sales") {
		t.Error("the official name stands first for a reader of the other language")
	}
	d.Langs = []lang.Lang{lang.EN}
	b, _ = rendered(t, d)
	en := read(t, b)
	if strings.Index(en, "Driving licence") > strings.Index(en, "Permis de conduire") {
		t.Error("the official name stands first for a reader of the other language")
	}
}

func TestNothingIsSaidInWords(t *testing.T) {
	d := fixture()
	d.Profile.Content.Conditions.TravelPercent, d.Profile.Content.Conditions.RemoteDays = new(0), new(0)
	b, _ := rendered(t, d)
	text := read(t, b)
	has(t, text, "Aucun déplacement", "Télétravail Aucun")
	lacks(t, text, "0 % du temps", "0 jour")
}

func TestEqualRequirementsHaveNoRadar(t *testing.T) {
	d := fixture()
	d.Profile.Content.Requirements = d.Profile.Content.Requirements[:5]
	b, _ := rendered(t, d)
	lacks(t, read(t, b), "Profil requis")
	d.Profile.Content.Requirements[0].Rank = 4
	b, _ = rendered(t, d)
	has(t, read(t, b), "Profil requis")
}

func TestTitleTellsTheEdition(t *testing.T) {
	for edition, want := range map[Edition]string{Profile: "Fiche de poste : Chef", Guide: "Guide du poste : Chef"} {
		d := fixture()
		d.Edition = edition
		b, _ := rendered(t, d)
		out, err := exec.Command(testkit.Tool(t, "pdfinfo", "sudo apt-get install poppler-utils"), saved(t, b)).CombinedOutput()
		if err != nil {
			t.Fatalf("pdfinfo: %v\n%s", err, out)
		}
		has(t, strings.ReplaceAll(string(out), "\u00a0", " "), want)
	}
}

func TestLongNamesOfCodesAreShortened(t *testing.T) {
	if got, want := shorten("directeur ventes et relations clientèle/directrice ventes", 45), "directeur ventes et relations clientèle…"; got != want {
		t.Errorf("%q", got)
	}
	if got := shorten("court", 5); got != "court" {
		t.Errorf("%q", got)
	}
}

func TestNoRowOfATableStandsAlone(t *testing.T) {
	for n, want := range map[int][]bool{
		0: {}, 1: {false}, 2: {true, false}, 3: {true, true, false}, 5: {true, false, false, true, false},
	} {
		rows := make([]piece, n)
		pairs(rows)
		for i, p := range rows {
			if p.keep != want[i] {
				t.Errorf("row %d of %d is kept with the next: %v", i, n, p.keep)
			}
		}
	}
}
