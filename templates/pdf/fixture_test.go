package pdf

import (
	"bytes"
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// both makes a text that says its words in both languages, with accents.
func both(s string) lang.Text { return lang.NewText("Français "+s+" été", "English "+s) }

func entry(key string) jobs.Entry {
	return jobs.Entry{Key: key, Title: both(key), Text: both("text of " + key)}
}

func scale(slug string, levels int) competencies.Scale {
	s := competencies.Scale{Slug: slug, Version: 1, Name: both(slug)}
	for i := range levels {
		s.Levels = append(s.Levels, competencies.ScaleLevel{Rank: i + 1, Name: both("level" + itoa(i+1))})
	}
	return s
}

func competency(slug, scale string, top int) competencies.Competency {
	c := competencies.Competency{Slug: slug, Number: 1}
	c.Name, c.Definition = both(slug), both("definition of "+slug)
	c.Scale = competencies.ScaleRef{Slug: scale, Version: 1}
	for i := range top {
		c.Levels = append(c.Levels, competencies.Level{Rank: i + 1, Summary: both("summary"), Signals: []lang.Text{both("signal")}})
	}
	return c
}

// fixture is a small but complete document: every section has something to say.
func fixture() JobDocument {
	kpi := jobs.KPI{
		Slug: "attainment", Name: both("attainment"), Meaning: both("meaning"), Unit: "percent", Formula: "abs(actual - 0) / quota",
		Inputs: []jobs.KPIInput{{Name: "actual", Label: both("actual")}, {Name: "quota", Label: both("quota")}},
	}
	c := jobs.Content{
		Title: lang.NewText("Chef / Cheffe de secteur", "Area manager"), Marker: lang.NewText("F/H", ""), Purpose: both("purpose"),
		Scope: []jobs.Point{{Key: "customers", Text: both("customers")}, {Key: "own-line", Text: both("own line")}}, Leads: 3,
		Areas: []jobs.Area{
			{
				Key: "sales", Title: both("area"), Share: 60, ShareOrigin: competencies.FromEchelon,
				Responsibilities: []jobs.Point{{Key: "r", Text: both("responsibility")}}, Activities: []jobs.Point{{Key: "visits", Text: both("visits")}},
			},
			{Key: "other", Title: both("other area"), Share: 40, Activities: []jobs.Point{{Key: "a", Text: both("activity")}}},
		},
		Targets: both("targets"),
		KPIs: []jobs.KPIUse{
			{
				KPI: "attainment", Definition: &kpi, Target: both("target"), Period: "quarter",
				Example: &jobs.KPIExample{Inputs: map[string]string{"actual": "550000", "quota": "500000"}, Text: both("example")}, Improve: []jobs.Entry{entry("improve")},
			},
			{KPI: "unknown-kpi", Target: both("target 2"), Period: "year"},
		},
		Certifications: []jobs.CertificationUse{{Certification: "csp", Importance: "preferred", Note: both("note")}, {Certification: "unknown-cert", Importance: "required"}},
		Education:      jobs.Education{Level: both("level"), Fields: []jobs.Entry{entry("field")}, Further: []jobs.Entry{entry("further")}, Equivalent: both("equivalent")},
		Experience:     jobs.Experience{MinimumMonths: new(24), Text: both("experience"), Kinds: []jobs.Entry{entry("kind")}, Industries: []jobs.Entry{entry("industry")}},
		Tools:          []jobs.ToolGroup{{Key: "crm", Title: both("group"), Tools: []jobs.Tool{{Name: "Salesforce"}, {Name: "HubSpot"}}}},
		Integration:    both("integration"),
		Employment:     jobs.Employment{Contract: both("contract"), WorkingTime: both("time"), Status: both("status"), CollectiveAgreement: both("agreement"), Classification: both("class")},
		Conditions:     jobs.Conditions{TravelPercent: new(60), RemoteDays: new(1), Vehicle: both("vehicle"), Hours: both("hours"), Safety: both("safety")},
		Benefits:       []jobs.Benefit{{Key: "health", Kind: "benefit", Title: both("health"), Text: both("health text"), Equivalent: both("in France")}},
		Incentives:     []jobs.Entry{entry("incentive")},
		MarketNotes: []jobs.MarketNote{
			{Key: "m", Label: both("market"), Low: "60000", High: "100000", Currency: "USD", Period: "YEAR", Place: both("place"), Source: both("source"), Date: "2024-05"},
			{Key: "n", Label: both("market 2"), Low: "75000", Currency: "USD", Period: "YEAR"},
		},
		Day: []jobs.Entry{entry("morning")}, Challenges: []jobs.Challenge{{Key: "c", Title: both("challenge"), Text: both("challenge text"), Strategies: []jobs.Entry{entry("strategy")}, Example: both("example")}},
		Methods: []jobs.Guided{{Key: "spin", Title: both("method"), Text: both("method text"), Steps: []jobs.Step{{Key: "s", Text: both("step")}, {Key: "t", Title: both("titled"), Text: both("step 2")}}}},
		Stories: []jobs.Story{{Key: "s", Title: both("story"), Text: both("story text"), Result: both("result")}},
		Trends:  []jobs.Entry{entry("trend")}, EmergingSkills: []jobs.Entry{entry("emerging")}, Predictions: []jobs.Entry{{Key: "p", Title: both("prediction")}},
		Becoming: []jobs.Guided{{Key: "path", Title: both("becoming")}},
	}
	d := JobDocument{
		Company: "Société Générique & Fils", Link: "https://hr.example/jobs/area-manager/versions/3", Paper: A4, Edition: Profile,
		Competencies: map[string]competencies.Competency{}, Scales: map[string]competencies.Scale{"mastery": scale("mastery", 5), "held": scale("held", 1)},
		Certifications: map[string]competencies.Certification{"csp": {Slug: "csp", Name: "Certified Sales Professional", Abbreviation: "CSP"}},
		Family:         jobs.Family{Slug: "sales", Name: both("family"), Text: both("about"), Tracks: []jobs.Track{{Slug: "field", Name: both("track")}}},
		ReportsTo:      both("boss"),
		Ladder: Ladder{
			Previous: []lang.Text{both("previous")}, Next: []lang.Text{both("next"), both("next 2"), both("next 3")},
			Moves: []MoveLine{
				{Title: both("move"), Kind: careers.Up, Months: 24, Adds: []lang.Text{both("adds 1"), both("adds 2"), both("adds 3")}},
				{Title: both("sideways"), Kind: careers.Lateral},
				{Title: both("across"), Kind: careers.Diagonal, Months: 1},
			},
		},
	}
	for i, slug := range []string{"negotiation", "listening", "planning", "analysis", "crm", "licence"} {
		name, top := "mastery", 5
		if slug == "licence" {
			name, top = "held", 1
		}
		d.Competencies[slug] = competency(slug, name, top)
		importance := []jobs.Importance{jobs.Essential, jobs.Expected, jobs.Preferred}[i%3]
		c.Requirements = append(c.Requirements, jobs.Requirement{Competency: slug, Rank: min(3, top), Importance: importance, Note: both("note")})
	}
	d.Profile = jobs.Profile{
		Slug: "area-manager", Content: c,
		Placement: jobs.Placement{
			Family: "sales", Track: "field", Stage: jobs.StageMid, Owner: both("owner"), ReviewDue: "2027-03-01",
			OtherTitles: jobs.OtherTitles{FR: []string{"Responsable de zone"}, EN: []string{"Zone manager"}},
			Codes:       []competencies.Code{{Scheme: "rome", Version: "460", Code: "D1402", Label: both("trade")}, {Scheme: "onet", Version: "29", Code: "41-4012.00"}},
		},
		Version: jobs.Version{Number: 3, State: jobs.Published, Hash: "9f86d081884c7d65", PublishedAt: time.Date(2026, 3, 1, 23, 30, 0, 0, time.FixedZone("CET", 3600))},
	}
	return d
}

// rendered makes a document or ends the test.
func rendered(t testing.TB, d Document) ([]byte, Report) {
	t.Helper()
	b, r, err := RenderReport(context.Background(), d, Options{})
	if err != nil {
		t.Fatalf("render: %v", err)
	}
	return b, r
}

func saved(t testing.TB, b []byte) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "doc.pdf")
	if err := os.WriteFile(path, b, 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

// sound fails when the structure of the file is not.
func sound(t testing.TB, b []byte) {
	t.Helper()
	if out, err := exec.Command(testkit.Tool(t, "qpdf", "sudo apt-get install qpdf"), "--check", saved(t, b)).CombinedOutput(); err != nil {
		t.Fatalf("qpdf: %v\n%s", err, out)
	}
}

// read gives the text of a document with ordinary spaces.
func read(t testing.TB, b []byte) string {
	t.Helper()
	cmd := exec.Command(testkit.Tool(t, "pdftotext", "sudo apt-get install poppler-utils"), "-layout", saved(t, b), "-")
	var stderr bytes.Buffer
	cmd.Stderr = &stderr
	out, err := cmd.Output()
	if err != nil {
		t.Fatalf("pdftotext: %v\n%s", err, stderr.String())
	}
	return strings.Join(strings.Fields(strings.ReplaceAll(string(out), "\u00a0", " ")), " ")
}

// has fails for each passage a text lacks.
func has(t testing.TB, text string, passages ...string) {
	t.Helper()
	for _, p := range passages {
		if !strings.Contains(text, p) {
			t.Errorf("text lacks %q", p)
		}
	}
}

// lacks fails for each passage a text has.
func lacks(t testing.TB, text string, passages ...string) {
	t.Helper()
	for _, p := range passages {
		if strings.Contains(text, p) {
			t.Errorf("text has %q", p)
		}
	}
}
