package seeds

import (
	"cmp"
	"fmt"
	"io/fs"
	"math/big"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/goccy/go-yaml"
	gocmp "github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/charmap"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// shipped reads the shipped content once.
var shipped = sync.OnceValues(func() (*set, error) { return read(Content, true) })

func content(t *testing.T) *set {
	t.Helper()
	s, err := shipped()
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func profileOf(t *testing.T, slug string) profileFile {
	t.Helper()
	for _, p := range content(t).profiles {
		if p.item.Slug == slug {
			return p.item
		}
	}
	t.Fatalf("no profile %s", slug)
	return profileFile{}
}

// passage is a bilingual text with the file it stands in and its path there.
type passage struct {
	at   string
	text lang.Text
}

// passages walks every bilingual text of the shipped content.
func passages(t *testing.T) []passage {
	t.Helper()
	var out []passage
	s := reflect.ValueOf(content(t)).Elem()
	for i := range s.NumField() {
		for j := range s.Field(i).Len() {
			// The fields of sourced are unexported: the item is read through a copy of its own type.
			e := s.Field(i).Index(j)
			out = collect(out, e.FieldByName("file").Elem().FieldByName("name").String()+"#"+e.FieldByName("prefix").String(), e.FieldByName("item"))
		}
	}
	return out
}

func collect(out []passage, at string, v reflect.Value) []passage {
	switch {
	case v.Type() == reflect.TypeFor[lang.Text]():
		t := lang.NewText(v.FieldByName("FR").FieldByName("Text").String(), v.FieldByName("EN").FieldByName("Text").String())
		if !t.IsZero() {
			out = append(out, passage{at, t})
		}
	case v.Kind() == reflect.Pointer:
		if !v.IsNil() {
			out = collect(out, at, v.Elem())
		}
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			out = collect(out, fmt.Sprintf("%s[%d]", at, i), v.Index(i))
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			f := v.Type().Field(i)
			name, _, _ := strings.Cut(cmp.Or(f.Tag.Get("json"), f.Tag.Get("yaml")), ",")
			out = collect(out, at+"/"+name, v.Field(i))
		}
	}
	return out
}

func TestPassagesAreWalked(t *testing.T) {
	all := passages(t)
	if len(all) < 2500 {
		t.Errorf("%d passages: the walk does not reach everything", len(all))
	}
	if !slices.ContainsFunc(all, func(p passage) bool {
		return p.at == "profiles/territory-manager.yaml#/content/areas[0]/title" && p.text.EN.Text == "Sales and revenue"
	}) {
		t.Error("the first area of the flagship is not among them")
	}
}

func TestProfilesAreTheThirteenOfTheFamily(t *testing.T) {
	type row struct {
		Title, Marker string
		Stage         jobs.Stage
	}
	want := map[string]row{
		"sales-representative":            {"Attaché commercial / Attachée commerciale", "F/H", jobs.StageEntry},
		"sales-associate":                 {"Conseiller / Conseillère de vente", "F/H", jobs.StageEntry},
		"customer-service-representative": {"Chargé / Chargée de clientèle", "F/H", jobs.StageEntry},
		"territory-manager":               {"Responsable de territoire", "F/H", jobs.StageMid},
		"territory-sales-manager":         {"Chef / Cheffe des ventes de territoire", "F/H", jobs.StageMid},
		"account-manager":                 {"Responsable de comptes", "F/H", jobs.StageMid},
		"sales-supervisor":                {"Chef / Cheffe d’équipe commerciale", "F/H", jobs.StageMid},
		"regional-sales-director":         {"Directeur régional / Directrice régionale des ventes", "F/H", jobs.StageSenior},
		"vp-sales":                        {"Vice-président / Vice-présidente des ventes", "F/H", jobs.StageExecutive},
		"chief-sales-officer":             {"Directeur commercial / Directrice commerciale", "F/H", jobs.StageExecutive},
		"product-specialist":              {"Spécialiste produit", "F/H", jobs.StageMid},
		"sales-trainer":                   {"Formateur / Formatrice à la vente", "F/H", jobs.StageMid},
		"market-research-analyst":         {"Chargé / Chargée d’études de marché", "F/H", jobs.StageMid},
	}
	got := map[string]row{}
	for _, p := range content(t).profiles {
		got[p.item.Slug] = row{p.item.Content.Title.FR.Text, p.item.Content.Marker.FR.Text, p.item.Stage}
		specialist := slices.Contains([]string{"product-specialist", "sales-trainer", "market-research-analyst"}, p.item.Slug)
		if specialist != (p.item.Track == "specialist") {
			t.Errorf("%s is on the track %s", p.item.Slug, p.item.Track)
		}
		if base := strings.TrimSuffix(strings.TrimPrefix(p.file.name, "profiles/"), ".yaml"); base != p.item.Slug {
			t.Errorf("%s stands in %s", p.item.Slug, p.file.name)
		}
		if len(p.item.OtherTitles.FR) == 0 || len(p.item.OtherTitles.EN) == 0 {
			t.Errorf("%s has no other titles", p.item.Slug)
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	titles := strings.ToLower(strings.Join(append(profileOf(t, "territory-manager").OtherTitles.FR, profileOf(t, "territory-manager").OtherTitles.EN...), "\n"))
	for _, other := range []string{"responsable de secteur", "chef de secteur", "délégué commercial", "area sales manager"} {
		if !strings.Contains(titles, other) {
			t.Errorf("the flagship is not found as %q", other)
		}
	}
}

// count is how many of something the content holds, and how many it must.
type count struct {
	what      string
	got, want int
}

func TestFlagshipIsWhole(t *testing.T) {
	c := profileOf(t, "territory-manager").Content
	responsibilities, activities, improvements, strategies, examples, named := 0, 0, 0, 0, 0, 0
	var shares []int
	for _, a := range c.Areas {
		shares = append(shares, a.Share)
		responsibilities += len(a.Responsibilities)
		activities += len(a.Activities)
		if a.ShareOrigin != competencies.FromEchelon {
			t.Errorf("the share of %s is not labelled ours", a.Key)
		}
	}
	for _, k := range c.KPIs {
		improvements += len(k.Improve)
	}
	for _, x := range c.Challenges {
		strategies += len(x.Strategies)
		if len(x.Strategies) != 3 {
			t.Errorf("challenge %s has %d strategies, want 3", x.Key, len(x.Strategies))
		}
		if !x.Example.IsZero() {
			examples++
		}
	}
	for _, g := range c.Tools {
		named += len(g.Tools)
	}
	benefits, perks, equivalents := 0, 0, 0
	for _, b := range c.Benefits {
		if b.Kind == "perk" {
			perks++
		} else {
			benefits++
		}
		if !b.Equivalent.IsZero() {
			equivalents++
		}
	}
	full := 0
	for _, v := range c.Variants {
		o := v.Overlay
		if len(o.Areas) > 0 && len(o.Requirements) >= 4 && len(o.Challenges) >= 3 && len(o.Day) >= 3 {
			full++
		}
	}
	steps := map[string]int{}
	for _, g := range c.Becoming {
		steps[g.Key] = len(g.Steps)
	}
	for _, x := range []count{
		{"areas", len(c.Areas), 5},
		{"responsibilities", responsibilities, 7},
		{"activities", activities, 16},
		{"moments of the day", len(c.Day), 5},
		{"KPIs", len(c.KPIs), 5},
		{"ways to improve them", improvements, 11},
		{"tool groups", len(c.Tools), 4},
		{"tools", named, 12},
		{"challenges", len(c.Challenges), 4},
		{"strategies", strategies, 12},
		{"challenges with an example", examples, 4},
		{"degree fields", len(c.Education.Fields), 4},
		{"further degrees", len(c.Education.Further), 1},
		{"kinds of experience", len(c.Experience.Kinds), 4},
		{"industries for it", len(c.Experience.Industries), 4},
		{"benefits", benefits, 4},
		{"perks", perks, 5},
		{"French equivalents", equivalents, 9},
		{"kinds of bonus and commission", len(c.Incentives), 3},
		{"variants", len(c.Variants), 6},
		{"variants in full", full, 3},
		{"stories", len(c.Stories), 3},
		{"emerging skills", len(c.EmergingSkills), 3},
		{"predictions", len(c.Predictions), 4},
		{"forms of learning", steps["learning"], 4},
		{"foundations", steps["foundations"], 4},
	} {
		if x.got != x.want {
			t.Errorf("%d %s, want %d", x.got, x.what, x.want)
		}
	}
	if diff := gocmp.Diff([]int{40, 25, 10, 10, 15}, shares); diff != "" {
		t.Errorf("shares of time (-want +got):\n%s", diff)
	}
	if c.Targets.IsZero() || c.Integration.IsZero() {
		t.Error("how targets are set, or how tools work together, is not said")
	}
}

func TestFlagshipSaysWhatTheSourceSays(t *testing.T) {
	p := profileOf(t, "territory-manager")
	whole := map[lang.Lang]string{}
	for l := range 2 {
		by := lang.All()[l]
		var b strings.Builder
		for _, text := range p.Content.Texts() {
			b.WriteString(text.Side(by).Text + "\n")
		}
		for _, g := range p.Content.Tools {
			for _, tool := range g.Tools {
				b.WriteString(tool.Name + "\n")
			}
		}
		whole[by] = b.String()
	}
	for _, fact := range []string{
		"SPIN", "SWOT", "Eisenhower", "Pomodoro", "USP", "GIS|SIG", "LinkedIn", "Sales Management Association", "American Marketing Association", "MBA",
		"National Association of Sales Professionals", "401(k)", "75,000|75 000", "7,500|7 500", "119.9%|119,9 %", "41-4012",
		"Salesforce", "HubSpot", "Zoho CRM", "Tableau", "Power BI", "Google Analytics", "Slack", "Microsoft Teams", "Zoom", "Trello", "Asana", "Monday.com",
	} {
		for _, l := range lang.All() {
			if !says(strings.ReplaceAll(whole[l], "\u00a0", " "), fact) {
				t.Errorf("%s: the flagship does not say %q", l, fact)
			}
		}
	}
	for _, key := range []string{"consultative-selling", "solution-selling", "relationship-selling", "sales-funnel", "swot", "spin", "time-blocking", "negotiation-preparation"} {
		if !slices.ContainsFunc(p.Content.Methods, func(g jobs.Guided) bool { return g.Key == key }) {
			t.Errorf("the method %s is missing", key)
		}
	}
	for _, key := range []string{"csp", "cpsp", "pmp"} {
		if !slices.ContainsFunc(p.Content.Certifications, func(u jobs.CertificationUse) bool { return u.Certification == key && u.Importance == "preferred" }) {
			t.Errorf("the certification %s is missing", key)
		}
	}
	for _, slug := range []string{"pharmaceutical", "fmcg", "technology", "automotive", "construction", "consumer-electronics"} {
		if !slices.ContainsFunc(p.Content.Variants, func(v jobs.Variant) bool { return v.Slug == slug }) {
			t.Errorf("the variant %s is missing", slug)
		}
	}
	results := ""
	for _, s := range p.Content.Stories {
		results += s.Result.EN.Text + " " + s.Text.EN.Text + "\n"
	}
	for _, figure := range []string{"30%", "25%", "retention|retained|kept", "referral"} {
		if !says(results, figure) {
			t.Errorf("no story tells of %q", figure)
		}
	}
	trends := ""
	for _, e := range append(slices.Clone(p.Content.Trends), p.Content.EmergingSkills...) {
		trends += strings.ToLower(e.Title.EN.Text + " " + e.Text.EN.Text + "\n")
	}
	for _, word := range []string{"crm", "automat", "e-commerce|online", "sustainab", "data", "adapt", "digital"} {
		if !says(trends, word) {
			t.Errorf("no trend or emerging skill tells of %q", word)
		}
	}
}

func TestCertificationsHaveTheirOfficialNames(t *testing.T) {
	want := map[string]string{
		"CSP": "Certified Sales Professional", "CPSP": "Certified Professional Sales Person", "PMP": "Project Management Professional",
	}
	for _, s := range content(t).certifications {
		c := s.item
		if name, ours := want[c.Abbreviation]; ours && (c.Name != name || c.ValidityMonths != 0 || !c.Renewal.IsZero()) {
			t.Errorf("%+v, want the name %q and what the source does not say not stated", c, name)
		}
		delete(want, c.Abbreviation)
	}
	if len(want) > 0 {
		t.Errorf("missing: %v", want)
	}
}

// pay facts: the guide's own and undated, beside the survey's dated one.
func TestMarketNotesAreTheSources(t *testing.T) {
	type note struct{ Low, High, Amount, Date string }
	want := map[string]note{
		"guide-range":        {Low: "60000", High: "100000"},
		"guide-median":       {Amount: "75000"},
		"guide-large-metros": {Low: "100000"},
		"guide-small-markets": {
			Low: "50000",
		},
		"wage-survey": {Amount: "66780", Date: "2024-05"},
	}
	got := map[string]note{}
	for _, n := range profileOf(t, "territory-manager").Content.MarketNotes {
		got[n.Key] = note{n.Low, n.High, n.Amount, n.Date}
		if n.Currency != "USD" || n.Period != "YEAR" || n.Place.IsZero() {
			t.Errorf("%s: %s a %s in %q", n.Key, n.Currency, n.Period, n.Place.EN.Text)
		}
		if guide := strings.HasPrefix(n.Key, "guide-"); guide != strings.Contains(n.Source.EN.Text, "source guide") || guide != strings.Contains(strings.ToLower(n.Source.FR.Text), "guide source") {
			t.Errorf("%s is not labelled as the guide's own: %q", n.Key, n.Source.EN.Text)
		}
		if n.Key == "wage-survey" && !strings.Contains(n.Source.EN.Text, "41-4012") {
			t.Errorf("the survey does not name its occupation: %q", n.Source.EN.Text)
		}
	}
	if diff := gocmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The result of every worked example is the one its sentences tell.
func TestWorkedExamplesGiveWhatTheySay(t *testing.T) {
	kpis := map[string]jobs.KPI{}
	for _, k := range content(t).kpis {
		kpis[k.item.Slug] = k.item
	}
	flagship := map[string]string{}
	for _, p := range content(t).profiles {
		for _, u := range p.item.Content.KPIs {
			if u.Example == nil {
				continue
			}
			r, err := kpis[u.KPI].Eval(u.Example.Inputs)
			if err != nil {
				t.Errorf("%s %s: %v", p.item.Slug, u.KPI, err)
				continue
			}
			percent := jobs.Percent(r)
			if p.item.Slug == "territory-manager" {
				flagship[u.KPI] = percent
			}
			if fr := strings.NewReplacer(".", ",", "%", "\u00a0%").Replace(figures(r)); !says(u.Example.Text.FR.Text, fr) {
				t.Errorf("%s %s is %s: %q", p.item.Slug, u.KPI, percent, u.Example.Text.FR.Text)
			}
			if !says(u.Example.Text.EN.Text, figures(r)) {
				t.Errorf("%s %s is %s: %q", p.item.Slug, u.KPI, percent, u.Example.Text.EN.Text)
			}
		}
	}
	want := map[string]string{
		"quota-attainment": "110", "customer-acquisition-rate": "20", "customer-retention-rate": "90", "market-penetration": "30", "revenue-growth": "20",
	}
	if diff := gocmp.Diff(want, flagship); diff != "" {
		t.Errorf("the flagship's (-want +got):\n%s", diff)
	}
}

// figures are the ways to write a ratio in percent: exactly, or rounded to fewer decimals.
func figures(r *big.Rat) string {
	percent := new(big.Rat).Mul(r, big.NewRat(100, 1))
	return jobs.Percent(r) + "%|" + percent.FloatString(1) + "%|" + percent.FloatString(0) + "%"
}

// says reports whether a text holds one of several wordings.
func says(text, wordings string) bool {
	return slices.ContainsFunc(strings.Split(wordings, "|"), func(w string) bool { return strings.Contains(text, w) })
}

func TestEveryOtherProfileHasAtLeast(t *testing.T) {
	for _, s := range content(t).profiles {
		p, c := s.item, s.item.Content
		t.Run(p.Slug, func(t *testing.T) {
			tools, thorough := 0, 0
			for _, g := range c.Tools {
				tools += len(g.Tools)
			}
			for _, x := range c.Challenges {
				if len(x.Strategies) >= 2 {
					thorough++
				}
			}
			for _, x := range []count{
				{"areas", len(c.Areas), 5},
				{"moments of the day", len(c.Day), 4},
				{"KPIs", len(c.KPIs), 3},
				{"tools", tools, 4},
				{"challenges with two strategies", thorough, 2},
				{"benefits", len(c.Benefits), 1},
				{"parts of the scope", len(c.Scope), 1},
				{"requirements", len(c.Requirements), 5},
				{"ways to become one", len(c.Becoming), 1},
			} {
				if x.got < x.want {
					t.Errorf("%d %s, want at least %d", x.got, x.what, x.want)
				}
			}
			if c.Purpose.IsZero() || c.Education.Level.IsZero() || c.Education.Equivalent.IsZero() || c.Experience.Text.IsZero() {
				t.Error("purpose, education with its equivalent, or experience is missing")
			}
			if p.Origin == "" {
				t.Error("whose content this is is not said")
			}
			for _, k := range c.KPIs {
				if k.Example == nil {
					t.Errorf("%s has no worked example", k.KPI)
				}
			}
		})
	}
}

// weighing counts the requirements that count in readiness.
func weighing(c jobs.Content) int {
	n := 0
	for _, r := range c.Requirements {
		if r.Importance != jobs.Preferred {
			n++
		}
	}
	return n
}

func TestRequirementsStayFew(t *testing.T) {
	for _, s := range content(t).profiles {
		if n := weighing(s.item.Content); n < 5 || n > 8 {
			t.Errorf("%s has %d essential and expected requirements, want 5 to 8", s.item.Slug, n)
		}
		for _, v := range s.item.Content.Variants {
			e, err := jobs.EditionOf(s.item.Content, v.Slug)
			if err != nil {
				t.Error(err)
			}
			if n := weighing(e.Content); n > 10 {
				t.Errorf("%s in %s has %d essential and expected requirements, want at most 10", s.item.Slug, v.Slug, n)
			}
		}
	}
}

// A variant changes something, names nothing that is not there, and leaves the areas a whole.
func TestVariantsApplyCleanly(t *testing.T) {
	for _, s := range content(t).profiles {
		for _, v := range s.item.Content.Variants {
			e, err := jobs.EditionOf(s.item.Content, v.Slug)
			if err != nil {
				t.Errorf("%s %s: %v", s.item.Slug, v.Slug, err)
				continue
			}
			if len(e.Changes) == 0 {
				t.Errorf("%s %s changes nothing", s.item.Slug, v.Slug)
			}
			for _, path := range v.Remove {
				if e.Changes[path] != jobs.Removed {
					t.Errorf("%s %s does not remove %s", s.item.Slug, v.Slug, path)
				}
			}
			total := 0
			for _, a := range e.Content.Areas {
				total += a.Share
				if n := len(a.Activities); n < 2 || n > 4 || a.Title.IsZero() {
					t.Errorf("%s %s: area %s has %d activities and the title %q", s.item.Slug, v.Slug, a.Key, n, a.Title.EN.Text)
				}
			}
			if total != 100 {
				t.Errorf("%s %s: shares add up to %d", s.item.Slug, v.Slug, total)
			}
		}
	}
}

func TestCompetenciesAreDescribedAtEveryLevel(t *testing.T) {
	list := content(t).competencies
	if n := len(list); n < 18 || n > 24 {
		t.Errorf("%d competencies, want 18 to 24", n)
	}
	scales := map[string]competencies.Scale{}
	for _, s := range content(t).scales {
		scales[s.item.Slug] = s.item
	}
	categories := map[competencies.Category]int{}
	for _, s := range list {
		c := s.item
		categories[c.Category]++
		if len(c.Levels) != scales[c.Scale].Top() || len(c.Levels) == 0 {
			t.Errorf("%s describes %d levels of the scale %s", c.Slug, len(c.Levels), c.Scale)
		}
		if c.Questions.Situational.IsZero() || c.Questions.Behavioural.IsZero() || c.Definition.IsZero() || len(c.Codes) == 0 {
			t.Errorf("%s lacks a question, its definition or its codes", c.Slug)
		}
		for i, l := range c.Levels {
			if l.Rank != i+1 || l.Summary.IsZero() || len(l.Signals) != 2 || len(l.Examples) != 1 {
				t.Errorf("%s level %d: rank %d, %d signals, %d examples", c.Slug, i+1, l.Rank, len(l.Signals), len(l.Examples))
			}
		}
	}
	for _, c := range competencies.Categories() {
		if categories[c] == 0 {
			t.Errorf("no competency is %s", c)
		}
	}
	for _, slug := range []string{"mastery", "language", "held"} {
		if want := map[string]int{"mastery": 5, "language": 6, "held": 1}[slug]; scales[slug].Top() != want {
			t.Errorf("the scale %s has %d levels, want %d", slug, scales[slug].Top(), want)
		}
	}
}

func TestNoLevelRepeatsATextOfAnother(t *testing.T) {
	for _, l := range lang.All() {
		first := map[string]string{}
		for _, p := range passages(t) {
			if !strings.HasPrefix(p.at, "competencies/") || !strings.Contains(p.at, "/levels[") {
				continue
			}
			text := lang.SortKey(p.text.Side(l).Text)
			if at, used := first[text]; used {
				t.Errorf("%s: %s says the same as %s: %q", l, p.at, at, p.text.Side(l).Text)
			}
			first[text] = p.at
		}
		if len(first) < 18*5*4 {
			t.Errorf("%s: only %d texts of levels", l, len(first))
		}
	}
}

func TestLevelsRiseAlongEveryMoveUp(t *testing.T) {
	ranks := map[string]map[string]int{}
	for _, p := range content(t).profiles {
		ranks[p.item.Slug] = map[string]int{}
		for _, r := range p.item.Content.Requirements {
			ranks[p.item.Slug][r.Competency] = r.Rank
		}
	}
	for _, m := range content(t).ladders[0].item.Moves {
		if m.Kind != "up" {
			continue
		}
		higher := 0
		for competency, to := range ranks[m.To] {
			from := ranks[m.From][competency]
			if to < from {
				t.Errorf("from %s up to %s, %s falls from %d to %d", m.From, m.To, competency, from, to)
			}
			if to > from {
				higher++
			}
		}
		if higher < 2 {
			t.Errorf("from %s up to %s, only %d levels rise", m.From, m.To, higher)
		}
	}
}

func TestMovesAreTheEighteen(t *testing.T) {
	want := []string{
		"sales-representative up 24 territory-manager", "sales-associate up 12 sales-representative", "customer-service-representative up 12 sales-representative",
		"customer-service-representative up 24 account-manager", "territory-manager up 24 territory-sales-manager", "territory-manager lateral 12 account-manager",
		"territory-manager lateral 12 product-specialist", "territory-manager lateral 12 sales-trainer", "territory-manager lateral 12 market-research-analyst",
		"product-specialist lateral 12 territory-manager", "sales-trainer lateral 12 territory-manager", "market-research-analyst lateral 12 territory-manager",
		"sales-representative up 24 sales-supervisor", "sales-supervisor up 18 territory-sales-manager", "territory-sales-manager up 36 regional-sales-director",
		"account-manager diagonal 36 regional-sales-director", "regional-sales-director up 48 vp-sales", "vp-sales up 48 chief-sales-officer",
	}
	var got []string
	ladder := content(t).ladders[0].item
	for _, m := range ladder.Moves {
		got = append(got, fmt.Sprintf("%s %s %d %s", m.From, m.Kind, m.TypicalMonths, m.To))
		if m.Origin != "echelon" {
			t.Errorf("%s to %s is not labelled ours", m.From, m.To)
		}
	}
	slices.Sort(want)
	slices.Sort(got)
	if diff := gocmp.Diff(want, got); diff != "" || ladder.Slug != "sales" {
		t.Errorf("ladder %s (-want +got):\n%s", ladder.Slug, diff)
	}
	for _, r := range ladder.Rungs {
		if p := profileOf(t, r.Profile); p.Stage != r.Stage {
			t.Errorf("%s stands at %s on the ladder and is %s", r.Profile, r.Stage, p.Stage)
		}
	}
	if len(ladder.Rungs) != len(content(t).profiles) {
		t.Errorf("%d rungs for %d profiles", len(ladder.Rungs), len(content(t).profiles))
	}
}

// sameInBoth are the texts that are rightly the same in both languages: names and international terms.
var sameInBoth = []string{}

func TestNoFrenchTextEqualsItsEnglishTwin(t *testing.T) {
	used := map[string]bool{}
	for _, p := range passages(t) {
		fr, en := p.text.FR.Text, p.text.EN.Text
		if strings.HasSuffix(p.at, "/marker") && en == "" {
			continue // F/H is a French matter
		}
		if fr == "" || en == "" {
			t.Errorf("%s has no text in one language: %q, %q", p.at, fr, en)
		}
		if !strings.EqualFold(fr, en) {
			continue
		}
		used[fr] = true
		if !slices.Contains(sameInBoth, fr) {
			t.Errorf("%s is %q in both languages", p.at, fr)
		}
	}
	for _, s := range sameInBoth {
		if !used[s] {
			t.Errorf("%q is allowed to be the same in both languages, but is not there", s)
		}
	}
}

func TestFrenchSaysNothingItMustNot(t *testing.T) {
	forbidden := map[string]*regexp.Regexp{
		"a point médian":              regexp.MustCompile(`\p{L}[·•‧]\p{L}`),
		"a calque of sales associate": regexp.MustCompile(`(?i)associée?s? aux ventes`),
		"the statutory bilan":         regexp.MustCompile(`(?i)bilans? de compétences`),
		"the statutory interview":     regexp.MustCompile(`(?i)entretiens? (annuels? )?professionnels?`),
		"échelon for a rung":          regexp.MustCompile(`(?i)\béchelons?\b`),
		"a gender in brackets":        regexp.MustCompile(`\p{L}\((e|ne|trice|se)s?\)`),
	}
	for _, p := range passages(t) {
		for what, pattern := range forbidden {
			if m := pattern.FindString(p.text.FR.Text); m != "" {
				t.Errorf("%s holds %s: %q", p.at, what, m)
			}
		}
	}
	for _, p := range content(t).profiles {
		for _, title := range p.item.OtherTitles.FR {
			for what, pattern := range forbidden {
				if pattern.MatchString(title) {
					t.Errorf("the title %q holds %s", title, what)
				}
			}
		}
	}
}

// The documents' fast fonts hold Windows-1252: a character outside it costs each PDF the slow path.
func TestEverythingEncodesInWindows1252(t *testing.T) {
	check := func(at, text string) {
		if _, err := charmap.Windows1252.NewEncoder().String(text); err != nil {
			t.Errorf("%s: %v in %q", at, err, text)
		}
	}
	for _, p := range passages(t) {
		check(p.at, p.text.FR.Text)
		check(p.at, p.text.EN.Text)
	}
	err := fs.WalkDir(Content, ".", func(name string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(Content, name)
		check(name, string(b))
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// checklist is the form of checklist.yaml.
type checklist struct {
	Sections []struct {
		Key   string    `yaml:"key"`
		Title lang.Text `yaml:"title"`
		Facts []struct {
			Fact string `yaml:"fact"`
			At   string `yaml:"at"`
		} `yaml:"facts"`
	} `yaml:"sections"`
}

func TestChecklistOfTheSourceIsMet(t *testing.T) {
	b, err := fs.ReadFile(Content, "checklist.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var list checklist
	if err := yaml.UnmarshalWithOptions(b, &list, yaml.Strict()); err != nil {
		t.Fatal(err)
	}
	if len(list.Sections) != 12 {
		t.Errorf("%d sections, want 12", len(list.Sections))
	}
	facts, told := 0, map[string]bool{}
	for _, s := range list.Sections {
		if len(s.Facts) < 10 {
			t.Errorf("section %s has %d facts", s.Key, len(s.Facts))
		}
		for _, f := range s.Facts {
			facts++
			if told[f.Fact+f.At] {
				t.Errorf("%q counts twice", f.Fact)
			}
			told[f.Fact+f.At] = true
			if err := resolve(f.At); err != nil {
				t.Errorf("%s: %q is not at %s: %v", s.Key, f.Fact, f.At, err)
			}
		}
	}
	if facts < 300 {
		t.Errorf("%d facts, want at least 300", facts)
	}
	t.Logf("%d facts in %d sections", facts, len(list.Sections))
}

func TestChecklistPathsThatLeadNowhereAreSeen(t *testing.T) {
	for _, at := range []string{
		"profiles/territory-manager#purposes", "profiles/territory-manager#areas/nothing", "profiles/nobody#purpose", "certifications#abc",
		"profiles/territory-manager", "profiles/territory-manager#market_notes/guide-range/date", "competencies/negotiation#levels/9", "",
	} {
		if resolve(at) == nil {
			t.Errorf("%q leads somewhere", at)
		}
	}
}

// parsed keeps each file as plain values once it was read.
var parsed sync.Map

func plain(name string) (any, error) {
	if v, ok := parsed.Load(name); ok {
		return v, nil
	}
	b, err := fs.ReadFile(Content, name)
	if err != nil {
		return nil, err
	}
	var value any
	err = yaml.Unmarshal(b, &value)
	parsed.Store(name, value)
	return value, err
}

// resolve follows a path of the checklist to something that says something.
func resolve(at string) error {
	name, path, ok := strings.Cut(at, "#")
	if !ok || path == "" {
		return fmt.Errorf("%q is no path", at)
	}
	value, err := plain(name + ".yaml")
	if err != nil {
		return err
	}
	if strings.HasPrefix(name, "profiles/") {
		value = step(value, "content")
	}
	for s := range strings.SplitSeq(path, "/") {
		if value = step(value, s); value == nil {
			return fmt.Errorf("nothing is called %q", s)
		}
	}
	if text := fmt.Sprint(value); text == "" || text == "[]" || text == "map[]" {
		return fmt.Errorf("%s is empty", path)
	}
	return nil
}

// step goes from a value to the part of it with a name: a member of a mapping, or the item of a list that is
// known by it.
func step(value any, name string) any {
	switch v := value.(type) {
	case map[string]any:
		return v[name]
	case []any:
		for _, item := range v {
			m, _ := item.(map[string]any)
			for _, key := range []string{"key", "slug", "competency", "kpi", "certification", "name", "profile", "rank"} {
				if id, ok := m[key]; ok && fmt.Sprint(id) == name {
					return item
				}
			}
		}
	}
	return nil
}
