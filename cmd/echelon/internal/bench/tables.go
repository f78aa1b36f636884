package main

import (
	"context"
	"errors"
	"io"
	"reflect"
	"slices"
	"time"

	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/jobs"
)

// This file keeps a profile as a program would that gives each list a table of its own.

// words is a bilingual text as two columns.
type words struct {
	FR string `bun:"fr" json:"fr,omitempty"`
	EN string `bun:"en" json:"en,omitempty"`
}

func wordsOf(t lang.Text) words { return words{FR: t.FR.Text, EN: t.EN.Text} }

// written is JSON in a column that nothing is looked up in.
type written string

// MarshalJSONTo writes it as it is.
func (w written) MarshalJSONTo(e *jsontext.Encoder) error { return e.WriteValue(jsontext.Value(w)) }

// line is what every child table has: its place below its parent, and a titled, keyed text.
type line struct {
	ID       int64  `bun:"id,pk" json:"-"`
	ParentID int64  `bun:"parent_id" json:"-"`
	Position int    `bun:"position" json:"-"`
	Key      string `bun:"item_key" json:"key,omitempty"`
	Title    words  `bun:"embed:title_" json:"title,omitzero"`
	Text     words  `bun:"embed:text_" json:"text,omitzero"`
	Origin   string `bun:"origin" json:"origin,omitempty"`
}

type (
	relScope struct {
		bun.BaseModel `bun:"table:bench_scope"`
		line
	}
	relResponsibility struct {
		bun.BaseModel `bun:"table:bench_responsibilities"`
		line
	}
	relActivity struct {
		bun.BaseModel `bun:"table:bench_activities"`
		line
	}
	relArea struct {
		bun.BaseModel `bun:"table:bench_areas"`
		line
		Share            int                  `bun:"share" json:"share"`
		Responsibilities []*relResponsibility `bun:"rel:has-many,join:id=parent_id" json:"responsibilities"`
		Activities       []*relActivity       `bun:"rel:has-many,join:id=parent_id" json:"activities"`
	}
	relImprovement struct {
		bun.BaseModel `bun:"table:bench_improvements"`
		line
	}
	relKPI struct {
		bun.BaseModel `bun:"table:bench_kpis"`
		line
		Target     words             `bun:"embed:target_" json:"target"`
		Period     string            `bun:"period" json:"period"`
		Definition written           `bun:"definition" json:"definition"`
		Example    written           `bun:"example" json:"example"`
		Improve    []*relImprovement `bun:"rel:has-many,join:id=parent_id" json:"improve"`
	}
	relRequirement struct {
		bun.BaseModel `bun:"table:bench_requirements"`
		line
		Version    int    `bun:"version" json:"version"`
		Rank       int    `bun:"required_rank" json:"rank"`
		Importance string `bun:"importance" json:"importance"`
	}
	relCertification struct {
		bun.BaseModel `bun:"table:bench_certifications"`
		line
		Importance string `bun:"importance" json:"importance"`
	}
	relEducation struct {
		bun.BaseModel `bun:"table:bench_education"`
		line
	}
	relExperience struct {
		bun.BaseModel `bun:"table:bench_experience"`
		line
	}
	relTool struct {
		bun.BaseModel `bun:"table:bench_tools"`
		line
		Name string `bun:"name" json:"name"`
	}
	relToolGroup struct {
		bun.BaseModel `bun:"table:bench_tool_groups"`
		line
		Tools []*relTool `bun:"rel:has-many,join:id=parent_id" json:"tools"`
	}
	relBenefit struct {
		bun.BaseModel `bun:"table:bench_benefits"`
		line
		Kind       string `bun:"kind" json:"kind"`
		Equivalent words  `bun:"embed:equivalent_" json:"equivalent,omitzero"`
	}
	relIncentive struct {
		bun.BaseModel `bun:"table:bench_incentives"`
		line
	}
	relMarketNote struct {
		bun.BaseModel `bun:"table:bench_market_notes"`
		line
		Low      string `bun:"low" json:"low,omitempty"`
		High     string `bun:"high" json:"high,omitempty"`
		Amount   string `bun:"amount" json:"amount,omitempty"`
		Currency string `bun:"currency" json:"currency"`
		Period   string `bun:"period" json:"period"`
		Place    words  `bun:"embed:place_" json:"place"`
		Source   words  `bun:"embed:source_" json:"source"`
		Date     string `bun:"date" json:"date,omitempty"`
	}
	relMoment struct {
		bun.BaseModel `bun:"table:bench_day"`
		line
	}
	relStrategy struct {
		bun.BaseModel `bun:"table:bench_strategies"`
		line
	}
	relChallenge struct {
		bun.BaseModel `bun:"table:bench_challenges"`
		line
		Example    words          `bun:"embed:example_" json:"example,omitzero"`
		Strategies []*relStrategy `bun:"rel:has-many,join:id=parent_id" json:"strategies"`
	}
	relStep struct {
		bun.BaseModel `bun:"table:bench_steps"`
		line
	}
	relMethod struct {
		bun.BaseModel `bun:"table:bench_methods"`
		line
		Becoming bool       `bun:"becoming" json:"becoming,omitempty"`
		Steps    []*relStep `bun:"rel:has-many,join:id=parent_id" json:"steps"`
	}
	relStory struct {
		bun.BaseModel `bun:"table:bench_stories"`
		line
		Result words `bun:"embed:result_" json:"result,omitzero"`
	}
	relTrend struct {
		bun.BaseModel `bun:"table:bench_trends"`
		line
		Kind string `bun:"kind" json:"kind"` // trend, emerging skill or prediction
	}
	relVariant struct {
		bun.BaseModel `bun:"table:bench_variants"`
		line
		Overlay written `bun:"overlay" json:"overlay"`
	}
)

// relProfile is the parent of all.
type relProfile struct {
	bun.BaseModel `bun:"table:bench_profiles,alias:bp"`

	ID          int64     `bun:"id,pk" json:"-"`
	Slug        string    `bun:"slug" json:"slug"`
	Placement   written   `bun:"placement" json:"placement"`
	Number      int       `bun:"number" json:"number"`
	Hash        string    `bun:"hash" json:"hash"`
	PublishedAt time.Time `bun:"published_at" json:"published_at"`
	Title       words     `bun:"embed:title_" json:"title"`
	Marker      words     `bun:"embed:marker_" json:"marker"`
	Purpose     words     `bun:"embed:purpose_" json:"purpose"`
	Targets     words     `bun:"embed:targets_" json:"targets"`
	Integration words     `bun:"embed:integration_" json:"integration"`
	Education   words     `bun:"embed:education_" json:"education_level"`
	Equivalent  words     `bun:"embed:equivalent_" json:"equivalent"`
	Experience  words     `bun:"embed:experience_" json:"experience_text"`
	Employment  written   `bun:"employment" json:"employment"`
	Conditions  written   `bun:"conditions" json:"conditions"`

	Scope          []*relScope         `bun:"rel:has-many,join:id=parent_id" json:"scope"`
	Areas          []*relArea          `bun:"rel:has-many,join:id=parent_id" json:"areas"`
	KPIs           []*relKPI           `bun:"rel:has-many,join:id=parent_id" json:"kpis"`
	Requirements   []*relRequirement   `bun:"rel:has-many,join:id=parent_id" json:"requirements"`
	Certifications []*relCertification `bun:"rel:has-many,join:id=parent_id" json:"certifications"`
	Fields         []*relEducation     `bun:"rel:has-many,join:id=parent_id" json:"education"`
	Kinds          []*relExperience    `bun:"rel:has-many,join:id=parent_id" json:"experience"`
	Tools          []*relToolGroup     `bun:"rel:has-many,join:id=parent_id" json:"tools"`
	Benefits       []*relBenefit       `bun:"rel:has-many,join:id=parent_id" json:"benefits"`
	Incentives     []*relIncentive     `bun:"rel:has-many,join:id=parent_id" json:"incentives"`
	MarketNotes    []*relMarketNote    `bun:"rel:has-many,join:id=parent_id" json:"market_notes"`
	Day            []*relMoment        `bun:"rel:has-many,join:id=parent_id" json:"day"`
	Challenges     []*relChallenge     `bun:"rel:has-many,join:id=parent_id" json:"challenges"`
	Methods        []*relMethod        `bun:"rel:has-many,join:id=parent_id" json:"methods"`
	Stories        []*relStory         `bun:"rel:has-many,join:id=parent_id" json:"stories"`
	Trends         []*relTrend         `bun:"rel:has-many,join:id=parent_id" json:"trends"`
	Variants       []*relVariant       `bun:"rel:has-many,join:id=parent_id" json:"variants"`
}

var relatedTables = []any{
	(*relProfile)(nil), (*relScope)(nil), (*relArea)(nil), (*relResponsibility)(nil),
	(*relActivity)(nil), (*relKPI)(nil), (*relImprovement)(nil),
	(*relRequirement)(nil), (*relCertification)(nil), (*relEducation)(nil),
	(*relExperience)(nil), (*relToolGroup)(nil), (*relTool)(nil),
	(*relBenefit)(nil), (*relIncentive)(nil), (*relMarketNote)(nil),
	(*relMoment)(nil), (*relChallenge)(nil), (*relStrategy)(nil),
	(*relMethod)(nil), (*relStep)(nil), (*relStory)(nil), (*relTrend)(nil), (*relVariant)(nil),
}

var relatedNames = []string{
	"Scope", "Areas", "Areas.Responsibilities", "Areas.Activities", "KPIs",
	"KPIs.Improve", "Requirements", "Certifications", "Fields", "Kinds",
	"Tools", "Tools.Tools", "Benefits", "Incentives", "MarketNotes", "Day",
	"Challenges", "Challenges.Strategies", "Methods", "Methods.Steps",
	"Stories", "Trends", "Variants",
}

func writeRelated(ctx context.Context, w io.Writer, db *bun.DB) error {
	var p relProfile
	q := db.NewSelect().Model(&p).Where("bp.slug = ?", flagship)
	for _, name := range relatedNames {
		q = q.Relation(name, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Order("position") })
	}
	if err := q.Scan(ctx); err != nil {
		return err
	}
	if len(p.Areas) == 0 || len(p.Areas[0].Activities) == 0 || len(p.Challenges) == 0 ||
		len(p.Challenges[0].Strategies) == 0 {
		return errors.New("the relations came back empty")
	}
	return jsonv2.MarshalWrite(w, &p, jsonv2.Deterministic(true))
}

// filler takes a profile apart into rows and gives them their numbers.
type filler struct {
	rows []any
	last int64
	err  error
}

func (f *filler) line(parent int64, position int, key string, title, text lang.Text) line {
	f.last++
	return line{ID: f.last, ParentID: parent, Position: position, Key: key, Title: wordsOf(title), Text: wordsOf(text)}
}

func (f *filler) entry(parent int64, position int, e jobs.Entry) line {
	l := f.line(parent, position, e.Key, e.Title, e.Text)
	l.Origin = string(e.Origin)
	return l
}

func (f *filler) point(parent int64, position int, p jobs.Point) line {
	l := f.line(parent, position, p.Key, lang.Text{}, p.Text)
	l.Origin = string(p.Origin)
	return l
}

func (f *filler) add(row any) { f.rows = append(f.rows, row) }

// write keeps a value as JSON in a column.
func (f *filler) write(v any) written {
	b, err := jsonv2.Marshal(v, jsonv2.Deterministic(true))
	f.err = errors.Join(f.err, err)
	return written(b)
}

// fillTables makes the tables, indexed by parent, and takes the profile apart into them.
func fillTables(ctx context.Context, db *bun.DB, p jobs.Profile) error {
	for _, model := range relatedTables {
		if _, err := db.NewCreateTable().Model(model).Exec(ctx); err != nil {
			return err
		}
		if _, ok := model.(*relProfile); ok {
			continue
		}
		table := db.Table(reflect.TypeOf(model).Elem()).Name
		if _, err := db.ExecContext(ctx, "CREATE INDEX "+table+"_parent ON "+table+" (parent_id, position)"); err != nil {
			return err
		}
	}
	f := &filler{}
	f.profile(p)
	f.role(p.Content)
	f.background(p.Content)
	f.guide(p.Content)
	if f.err != nil {
		return f.err
	}
	for _, r := range f.rows {
		if _, err := db.NewInsert().Model(r).Exec(ctx); err != nil {
			return err
		}
	}
	return nil
}

// top is the number of the one profile.
const top = 1

func (f *filler) profile(p jobs.Profile) {
	c := p.Content
	f.last = top
	f.add(&relProfile{
		ID: top, Slug: p.Slug, Placement: f.write(p.Placement), Number: p.Version.Number,
		Hash: p.Version.Hash, PublishedAt: p.Version.PublishedAt,
		Title: wordsOf(c.Title), Marker: wordsOf(c.Marker), Purpose: wordsOf(c.Purpose),
		Targets: wordsOf(c.Targets), Integration: wordsOf(c.Integration),
		Education: wordsOf(c.Education.Level), Equivalent: wordsOf(c.Education.Equivalent),
		Experience: wordsOf(c.Experience.Text),
		Employment: f.write(c.Employment), Conditions: f.write(c.Conditions),
	})
}

// role takes what the role does and is measured by.
func (f *filler) role(c jobs.Content) {
	for i, p := range c.Scope {
		f.add(&relScope{line: f.point(top, i, p)})
	}
	for i, a := range c.Areas {
		area := &relArea{line: f.line(top, i, a.Key, a.Title, lang.Text{}), Share: a.Share}
		f.add(area)
		for i, p := range a.Responsibilities {
			f.add(&relResponsibility{line: f.point(area.ID, i, p)})
		}
		for i, p := range a.Activities {
			f.add(&relActivity{line: f.point(area.ID, i, p)})
		}
	}
	for i, u := range c.KPIs {
		k := &relKPI{
			line: f.line(top, i, u.KPI, lang.Text{}, lang.Text{}), Target: wordsOf(u.Target), Period: u.Period,
			Definition: f.write(u.Definition), Example: f.write(u.Example),
		}
		f.add(k)
		for i, e := range u.Improve {
			f.add(&relImprovement{line: f.entry(k.ID, i, e)})
		}
	}
	for i, v := range c.Variants {
		f.add(&relVariant{line: f.line(top, i, v.Slug, v.Name, v.Summary), Overlay: f.write(v.Overlay)})
	}
}

// background takes what the role asks and gives.
func (f *filler) background(c jobs.Content) {
	for i, r := range c.Requirements {
		f.add(&relRequirement{
			line:    f.line(top, i, r.Competency, lang.Text{}, r.Note),
			Version: r.Version, Rank: r.Rank, Importance: string(r.Importance),
		})
	}
	for i, u := range c.Certifications {
		f.add(&relCertification{line: f.line(top, i, u.Certification, lang.Text{}, u.Note), Importance: u.Importance})
	}
	for i, e := range slices.Concat(c.Education.Fields, c.Education.Further) {
		f.add(&relEducation{line: f.entry(top, i, e)})
	}
	for i, e := range slices.Concat(c.Experience.Kinds, c.Experience.Industries) {
		f.add(&relExperience{line: f.entry(top, i, e)})
	}
	for i, g := range c.Tools {
		group := &relToolGroup{line: f.line(top, i, g.Key, g.Title, lang.Text{})}
		f.add(group)
		for i, t := range g.Tools {
			f.add(&relTool{line: f.line(group.ID, i, "", lang.Text{}, t.Purpose), Name: t.Name})
		}
	}
	for i, x := range c.Benefits {
		f.add(&relBenefit{line: f.line(top, i, x.Key, x.Title, x.Text), Kind: x.Kind, Equivalent: wordsOf(x.Equivalent)})
	}
	for i, e := range c.Incentives {
		f.add(&relIncentive{line: f.entry(top, i, e)})
	}
	for i, n := range c.MarketNotes {
		f.add(&relMarketNote{
			line: f.line(top, i, n.Key, n.Label, n.Text), Low: n.Low, High: n.High,
			Amount: n.Amount, Currency: n.Currency, Period: n.Period,
			Place: wordsOf(n.Place), Source: wordsOf(n.Source), Date: n.Date,
		})
	}
}

// guide takes what the role guide tells.
func (f *filler) guide(c jobs.Content) {
	for i, e := range c.Day {
		f.add(&relMoment{line: f.entry(top, i, e)})
	}
	for i, x := range c.Challenges {
		challenge := &relChallenge{line: f.line(top, i, x.Key, x.Title, x.Text), Example: wordsOf(x.Example)}
		f.add(challenge)
		for i, e := range x.Strategies {
			f.add(&relStrategy{line: f.entry(challenge.ID, i, e)})
		}
	}
	for i, g := range slices.Concat(c.Methods, c.Becoming) {
		method := &relMethod{line: f.line(top, i, g.Key, g.Title, g.Text), Becoming: i >= len(c.Methods)}
		f.add(method)
		for i, s := range g.Steps {
			f.add(&relStep{line: f.line(method.ID, i, s.Key, s.Title, s.Text)})
		}
	}
	for i, s := range c.Stories {
		f.add(&relStory{line: f.line(top, i, s.Key, s.Title, s.Text), Result: wordsOf(s.Result)})
	}
	entries := map[string][]jobs.Entry{"trend": c.Trends, "skill": c.EmergingSkills, "prediction": c.Predictions}
	for kind, list := range entries {
		for i, e := range list {
			f.add(&relTrend{line: f.entry(top, i, e), Kind: kind})
		}
	}
}
