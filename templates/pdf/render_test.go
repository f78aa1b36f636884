package pdf

import (
	"bytes"
	"context"
	"fmt"
	"os/exec"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/jobs"
)

func TestEveryPaperLanguageAndEdition(t *testing.T) {
	for _, paper := range Papers() {
		for _, langs := range [][]lang.Lang{{lang.FR}, {lang.EN}, lang.All()} {
			for _, edition := range Editions() {
				t.Run(fmt.Sprint(paper, langs, edition), func(t *testing.T) {
					d := fixture()
					d.Paper, d.Langs, d.Edition = paper, langs, edition
					d.Draft, d.Acknowledgement = edition == Guide, paper == A4
					b, r := rendered(t, d)
					if r.Fallback {
						t.Error("needed the extended font")
					}
					if again, _ := rendered(t, d); !bytes.Equal(b, again) {
						t.Error("a second render gave other bytes")
					}
					sound(t, b)
				})
			}
		}
	}
}

func TestProfileSaysWhatItMust(t *testing.T) {
	d := fixture()
	d.Acknowledgement = true
	b, _ := rendered(t, d)
	text := read(t, b)
	has(t, text, "Société Générique & Fils", "Chef / Cheffe de secteur F/H", "Version 3, en vigueur depuis le 1er mars 2026",
		"Français boss été", "3 personnes", "60 % du temps", "1 jour par semaine", "Responsable de zone", "ROME D1402 · Français trade été",
		"Français purpose été", "Français own line été", "Répartition indicative du temps", "Français visits été", "40 %",
		"Français attainment été", "par trimestre", "unknown-kpi", "Français negotiation été", "Indispensable", "3 sur 5", "1 sur 1",
		"Certified Sales Professional (CSP)", "unknown-cert", "Exigée", "À partir de 2 ans", "Salesforce, HubSpot", "Français health été",
		"Promotion, après 2 ans en général", "Français adds 2 été", "Prise de connaissance", "version 3 du 1er mars 2026", "9f86d081",
		"page 1 / ", "https://hr.example/jobs/area-manager/versions/3", "Prochaine révision 1er mars 2027")
	lacks(t, text, "9f86d0818", "41-4012.00", "adds 3", "pdf.", "morning", "60 000", "English", "(EN)", "definition of", "Brouillon", "Rémunération")
}

func TestGuideSaysTheRest(t *testing.T) {
	d := fixture()
	d.Edition, d.Langs = Guide, []lang.Lang{lang.EN}
	b, _ := rendered(t, d)
	text := read(t, b)
	has(t, text, "Role guide", "English morning", "English challenge", "English strategy", "|English actual – 0| ÷ English quota", "550,000", "110%",
		"English improve", "English story text", "English trend", "English emerging", "English prediction", "English becoming", "English method text",
		"1. English step", "English integration", "English incentive", "$60,000 – $100,000 a year", "from $75,000 a year", "May 2024", "undated",
		"English in France", "English definition of negotiation", "English signal", "English targets")
	lacks(t, text, "pdf.", "Français")
}

func TestBothLanguagesInOneFile(t *testing.T) {
	d := fixture()
	d.Langs = lang.All()
	b, r := rendered(t, d)
	text := read(t, b)
	has(t, text, "Fiche de poste", "Job profile", "Chef / Cheffe de secteur", "Area manager", fmt.Sprintf("page %d / %[1]d", r.Pages))
	if fr, en := strings.Index(text, "Fiche de poste"), strings.Index(text, "Job profile"); fr > en {
		t.Error("English stands first")
	}
}

func TestMissingTranslationIsMarked(t *testing.T) {
	d := fixture()
	d.Profile.Content.Purpose = lang.NewText("", "Only here in English")
	b, _ := rendered(t, d)
	has(t, read(t, b), "Only here in English (EN)")
	d.Profile.Content.Purpose, d.Langs = lang.NewText("Seulement en français", ""), []lang.Lang{lang.EN}
	b, _ = rendered(t, d)
	has(t, read(t, b), "Seulement en français (FR)")
}

func TestVariantIsMarkedInPlace(t *testing.T) {
	d := fixture()
	d.Profile.Content.Variants = []jobs.Variant{{
		Slug: "pharma", Name: lang.NewText("Pharmacie", "Pharma"), Summary: both("what changes"),
		Overlay: jobs.Overlay{Purpose: both("other purpose"), Areas: []jobs.Area{{Key: "sales", Activities: []jobs.Point{{Key: "new", Text: both("new activity")}}}}},
		Remove:  []string{"scope/customers"},
	}}
	var err error
	if d.Reading, err = jobs.EditionOf(d.Profile.Content, "pharma"); err != nil {
		t.Fatal(err)
	}
	b, _ := rendered(t, d)
	sound(t, b)
	text := read(t, b)
	has(t, text, "Variante : Pharmacie", "Français other purpose été modifié", "Français new activity été ajouté", "1 élément de la version de base ne s’applique pas ici.")
	lacks(t, text, "Français customers")
}

func TestPayIsPrintedOnlyWhenGiven(t *testing.T) {
	d := fixture()
	d.Pay = &Pay{Effective: "2026-01-01", Lines: []PayLine{{Zone: both("zone"), Min: "42000", Target: "50000", Max: "62000", Currency: "EUR", Period: "YEAR", Variable: "15000", Mix: "77/23"}}}
	b, _ := rendered(t, d)
	has(t, read(t, b), "Contient des données de rémunération : ne pas transmettre.", "Contient la rémunération : ne pas diffuser", "42 000 € – 62 000 € par an", "50 000 €", "15 000 €", "77/23", "1er janv. 2026", "Français health été")
}

func TestDraftSaysSoOnEveryPage(t *testing.T) {
	d := fixture()
	d.Draft = true
	d.Profile.Version = jobs.Version{Number: 4, State: jobs.Draft}
	b, r := rendered(t, d)
	sound(t, b)
	if n := strings.Count(read(t, b), "Version 4, pas encore publiée"); n != 1 {
		t.Errorf("says %d times that it is not published", n)
	}
	if r.Pages < 2 {
		t.Errorf("%d pages", r.Pages)
	}
	if other, _ := rendered(t, d); !bytes.Equal(b, other) {
		t.Error("a draft without date gave other bytes")
	}
}

func TestHostileTexts(t *testing.T) {
	long := strings.Repeat("anticonstitutionnellement", 200)
	titles := map[string]string{
		"emoji": "Chef 🚀👩‍💻 d’équipe", "cjk": "日本の営業", "arabic": "مدير", "hebrew": "מנהל", "polish": "Łódź", "greek": "Ελληνικά",
		"cyrillic": "Київ", "arrows": "A → B ≥ C ✓ □", "combining": "e\u0301te\u0301", "long word": long, "zero width": "a\u200bb\u200dc",
		"parentheses": `(a\b)`, "private": "\ue000\uffff", "lines": "a\n\nb\n",
	}
	for name, title := range titles {
		t.Run(name, func(t *testing.T) {
			d := fixture()
			d.Profile.Content.Title = lang.Text{FR: lang.Side{Text: title}}
			d.Profile.Content.Purpose, d.Company = d.Profile.Content.Title, title
			d.Profile.Content.Areas[0].Activities[0].Text = d.Profile.Content.Title
			d.Ladder.Next = []lang.Text{d.Profile.Content.Title}
			b, _ := rendered(t, d)
			sound(t, b)
			if again, _ := rendered(t, d); !bytes.Equal(b, again) {
				t.Error("a second render gave other bytes")
			}
		})
	}
}

func TestFallbackSetsWhatTheFastFontsLack(t *testing.T) {
	d := fixture()
	d.Profile.Content.Purpose = lang.NewText("Łódź, Ελληνικά, Київ → ≥ ✓ □ et 日本", "x")
	b, r := rendered(t, d)
	if !r.Fallback {
		t.Error("did not say that it needed the extended font")
	}
	has(t, read(t, b), "Łódź", "Ελληνικά", "Київ", "→", "≥", "✓", "□")
}

func TestEmptyContent(t *testing.T) {
	for _, edition := range Editions() {
		b, r := rendered(t, JobDocument{Edition: edition, Profile: jobs.Profile{Slug: "nothing-yet"}, Acknowledgement: true})
		sound(t, b)
		has(t, read(t, b), "nothing-yet")
		if r.Pages != 1 {
			t.Errorf("%d pages", r.Pages)
		}
	}
}

func TestManyRowsStayWhole(t *testing.T) {
	d := fixture()
	c := &d.Profile.Content
	for i := range 60 {
		c.Requirements = append(c.Requirements, jobs.Requirement{Competency: "negotiation", Rank: 1 + i%5, Importance: jobs.Expected})
		c.Areas = append(c.Areas, jobs.Area{Key: "k" + itoa(i), Title: both("area " + itoa(i)), Activities: []jobs.Point{{Key: "a", Text: both("does " + itoa(i))}}})
	}
	b, r := rendered(t, d)
	sound(t, b)
	if r.Pages < 5 {
		t.Errorf("%d pages", r.Pages)
	}
	text := read(t, b)
	for i := range 60 {
		has(t, text, fmt.Sprintf("Français does %d été", i))
	}
}

func TestRowHigherThanAPageGoesOn(t *testing.T) {
	d := fixture()
	long := strings.Repeat("Une phrase assez longue pour remplir la page. ", 300)
	d.Profile.Content.Areas[0].Activities[0].Text = lang.Text{FR: lang.Side{Text: long + "Fin."}}
	d.Profile.Content.Purpose = lang.Text{FR: lang.Side{Text: long}}
	b, r := rendered(t, d)
	sound(t, b)
	has(t, read(t, b), "Fin.")
	if r.Pages < 5 {
		t.Errorf("%d pages", r.Pages)
	}
}

func TestFamilyBinder(t *testing.T) {
	f := FamilyDocument{Company: "Société", Link: "https://hr.example/families/sales", Langs: lang.All(), Family: fixture().Family}
	for i := range 3 {
		d := fixture()
		d.Profile.Content.Title = both("role " + itoa(i))
		d.Profile.Slug = "role-" + itoa(i)
		f.Profiles = append(f.Profiles, d)
	}
	b, r := rendered(t, f)
	sound(t, b)
	text := read(t, b)
	has(t, text, "Classeur des postes", "Family binder", "3 postes", "3 roles", "Sommaire", "Contents", "Français role 0 été Confirmé 2", "Français role 1 été Confirmé 4",
		fmt.Sprintf("page %d / %[1]d", r.Pages))
	if again, _ := rendered(t, f); !bytes.Equal(b, again) {
		t.Error("a second render gave other bytes")
	}
}

func TestEmptyFamily(t *testing.T) {
	b, _ := rendered(t, FamilyDocument{})
	sound(t, b)
}

func TestUnknownSettingsAreInvalid(t *testing.T) {
	for name, d := range map[string]Document{
		"paper": JobDocument{Paper: "a5"}, "edition": JobDocument{Edition: "poster"},
		"language": JobDocument{Langs: []lang.Lang{"de"}}, "family": FamilyDocument{Paper: "a5"},
	} {
		if _, err := Render(context.Background(), d); !fault.Is(err, fault.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestNobodyWaitsAnyMore(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := Render(ctx, fixture()); !fault.Is(err, fault.Unavailable) {
		t.Error(err)
	}
}

func TestParse(t *testing.T) {
	for _, p := range Papers() {
		if got, err := ParsePaper(strings.ToUpper(string(p))); err != nil || got != p {
			t.Error(got, err)
		}
	}
	for _, e := range Editions() {
		if got, err := ParseEdition(string(e)); err != nil || got != e {
			t.Error(got, err)
		}
	}
	if _, err := ParsePaper("a5"); err == nil {
		t.Error("a5 is a paper")
	}
	if _, err := ParseEdition(""); err == nil {
		t.Error("nothing is an edition")
	}
}

func TestFlagshipFitsThreePagesInTheFastFonts(t *testing.T) {
	d := seedDocument(t, "territory-manager")
	b, r := rendered(t, d)
	if r.Fallback {
		t.Error("the flagship needed the extended font")
	}
	if r.Pages > 3 {
		t.Errorf("%d pages", r.Pages)
	}
	sound(t, b)
	has(t, read(t, b), "Responsable de territoire")
}

func TestPropertiesLanguageAndOutline(t *testing.T) {
	d := fixture()
	d.Langs = lang.All()
	b, _ := rendered(t, d)
	if !bytes.Contains(b, []byte("/Lang (fr)")) {
		t.Error("the catalogue names no language")
	}
	out, err := exec.Command(testkit.Tool(t, "pdfinfo", "sudo apt-get install poppler-utils"), "-isodates", saved(t, b)).CombinedOutput()
	if err != nil {
		t.Fatalf("pdfinfo: %v\n%s", err, out)
	}
	for _, want := range []string{"Chef / Cheffe de secteur", "Fiche de poste", "Société Générique & Fils", "Echelon", "area-manager, sales, field, mid", "2026-03-01T22:30:00"} {
		if !strings.Contains(strings.ReplaceAll(string(out), "\u00a0", " "), want) {
			t.Errorf("properties lack %q:\n%s", want, out)
		}
	}
	if n := bytes.Count(b, []byte("/Parent ")); n < 20 {
		t.Errorf("%d entries in outline and page tree", n)
	}
}

func TestRendersSideBySide(t *testing.T) {
	want, _ := rendered(t, fixture())
	for i := range 8 {
		t.Run(itoa(i), func(t *testing.T) {
			t.Parallel()
			for range 3 {
				if b, _ := rendered(t, fixture()); !bytes.Equal(b, want) {
					t.Error("another render gave other bytes")
				}
			}
		})
	}
}

func TestShippedProfilesFitThreePages(t *testing.T) {
	for _, slug := range shipped(t) {
		for _, l := range lang.All() {
			d := seedDocument(t, slug)
			d.Langs = []lang.Lang{l}
			if _, r := rendered(t, d); r.Pages > 3 || r.Fallback {
				t.Errorf("%s in %s: %+v", slug, l, r)
			}
		}
	}
}

func TestEveryPayPeriodHasAWord(t *testing.T) {
	for _, p := range []string{"HOUR", "DAY", "WEEK", "MONTH", "YEAR"} {
		for _, l := range lang.All() {
			if k := msg.Key("pdf.per_" + p); msg.T(l, k) == string(k) {
				t.Errorf("%s has no word in %s", p, l)
			}
		}
	}
}

func TestFinishRefusesWhatItDoesNotKnow(t *testing.T) {
	for _, raw := range []string{"", "startxref\n", "startxref\nx\n", "abc startxref\n1\n%%EOF", "startxref\n999\n"} {
		if _, err := finish([]byte(raw), lang.FR); err == nil {
			t.Errorf("%q was finished", raw)
		}
	}
}
