package pdf

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

const seedDir = "../../seeds"

// decodeSeed reads a file of the product's own content.
func decodeSeed(t testing.TB, name string, v any) {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(seedDir, name))
	if err != nil {
		t.Fatal(err)
	}
	if err := yaml.Unmarshal(b, v); err != nil {
		t.Fatalf("%s: %v", name, err)
	}
}

// library is the shipped framework as a document needs it.
type library struct {
	competencies   map[string]competencies.Competency
	scales         map[string]competencies.Scale
	certifications map[string]competencies.Certification
	kpis           map[string]jobs.KPI
	families       map[string]jobs.Family
	ladder         careers.LadderContent
}

func readLibrary(t testing.TB) library {
	t.Helper()
	l := library{
		competencies: map[string]competencies.Competency{}, scales: map[string]competencies.Scale{},
		certifications: map[string]competencies.Certification{}, kpis: map[string]jobs.KPI{}, families: map[string]jobs.Family{},
	}
	var scales []competencies.Scale
	decodeSeed(t, "scales.yaml", &scales)
	for _, s := range scales {
		l.scales[s.Slug] = s
	}
	var certs []competencies.Certification
	decodeSeed(t, "certifications.yaml", &certs)
	for _, c := range certs {
		l.certifications[c.Slug] = c
	}
	var kpis []jobs.KPI
	decodeSeed(t, "kpis.yaml", &kpis)
	for _, k := range kpis {
		l.kpis[k.Slug] = k
	}
	var families []jobs.Family
	decodeSeed(t, "families.yaml", &families)
	for _, f := range families {
		l.families[f.Slug] = f
	}
	decodeSeed(t, "ladders/sales.yaml", &l.ladder)
	l.readCompetencies(t)
	return l
}

func (l library) readCompetencies(t testing.TB) {
	files, _ := filepath.Glob(filepath.Join(seedDir, "competencies", "*.yaml"))
	for _, f := range files {
		var c struct {
			Slug             string
			Category         competencies.Category
			Scale            string
			Name, Definition lang.Text
			Levels           []competencies.Level
		}
		decodeSeed(t, filepath.Join("competencies", filepath.Base(f)), &c)
		v := competencies.Competency{Slug: c.Slug, Number: 1}
		v.Category, v.Name, v.Definition, v.Levels = c.Category, c.Name, c.Definition, c.Levels
		v.Scale = competencies.ScaleRef{Slug: c.Scale, Version: 1}
		l.competencies[c.Slug] = v
	}
}

type profileSeed struct {
	Slug        string
	Family      string
	Track       string
	Stage       jobs.Stage
	Grade       string
	ReportsTo   string `json:"reports_to"`
	Owner       lang.Text
	Codes       []competencies.Code
	OtherTitles jobs.OtherTitles `json:"other_titles"`
	Content     jobs.Content
}

// seedDocument is a document of a shipped profile; the test is skipped when there is none.
func seedDocument(t testing.TB, slug string) JobDocument {
	t.Helper()
	lib := readLibrary(t)
	p := readProfile(t, slug)
	for i, k := range p.Content.KPIs {
		if def, ok := lib.kpis[k.KPI]; ok {
			p.Content.KPIs[i].Definition = &def
		}
	}
	d := JobDocument{
		Company: "Maison Aubier", Link: "https://rh.aubier.example/jobs/" + slug + "/versions/3",
		Family: lib.families[p.Family], Competencies: lib.competencies, Scales: lib.scales, Certifications: lib.certifications,
		Profile: jobs.Profile{
			Slug: p.Slug, Placement: jobs.Placement{
				Family: p.Family, Track: p.Track, Stage: p.Stage, Grade: p.Grade,
				Owner: p.Owner, ReviewDue: "2027-03-01", Codes: p.Codes, OtherTitles: p.OtherTitles,
			},
			Version: jobs.Version{
				Number: 3, State: jobs.Published, Hash: "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
				PublishedAt: time.Date(2026, 3, 1, 8, 0, 0, 0, time.UTC),
			},
			Content: p.Content,
		},
	}
	d.Reading = jobs.Edition{Content: p.Content}
	if p.ReportsTo != "" {
		d.ReportsTo = readProfile(t, p.ReportsTo).Content.Title
	}
	d.Ladder = seedLadder(t, lib.ladder, slug)
	return d
}

func readProfile(t testing.TB, slug string) profileSeed {
	t.Helper()
	var p profileSeed
	decodeSeed(t, "profiles/"+slug+".yaml", &p)
	return p
}

func seedLadder(t testing.TB, l careers.LadderContent, slug string) Ladder {
	var out Ladder
	for _, m := range l.Moves {
		if m.From == slug {
			to := readProfile(t, m.To).Content
			if m.Kind == careers.Up {
				out.Next = append(out.Next, to.Title)
			}
			line := MoveLine{Title: to.Title, Kind: m.Kind, Months: m.TypicalMonths}
			for _, a := range to.Areas[:min(2, len(to.Areas))] {
				line.Adds = append(line.Adds, a.Title)
			}
			out.Moves = append(out.Moves, line)
		}
		if m.To == slug && m.Kind == careers.Up {
			out.Previous = append(out.Previous, readProfile(t, m.From).Content.Title)
		}
	}
	return out
}

// shipped lists the profiles of the product's own content.
func shipped(t testing.TB) []string {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(seedDir, "profiles", "*.yaml"))
	if err != nil || len(files) == 0 {
		t.Fatalf("no profiles are shipped: %v", err)
	}
	for i, f := range files {
		files[i] = strings.TrimSuffix(filepath.Base(f), ".yaml")
	}
	return files
}
