package jobsweb

import (
	"net/url"
	"slices"
	"strconv"

	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/jobpages"
)

// Shell makes the frame of a page for the reader of a request.
type Shell func(c *fiber.Ctx, title string, section layout.Section) (layout.Shell, error)

// Pages serves the pages and documents of jobs.
type Pages struct {
	Library *Library
	Shell   Shell
	Printer *Printer
}

func (p *Pages) list(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	f := jobpages.Filter{Q: shortened(c.Query("q")), Stage: c.Query("stage"), Industry: c.Query("industry"), Competency: c.Query("competency"), Track: c.Query("track")}
	stage, err := parseStage(f.Stage)
	if err != nil {
		return err
	}
	page, err := p.Library.Jobs.List(ctx, who, jobs.Filter{
		Lang: l, Text: f.Q, Track: f.Track, Stage: stage, Industry: f.Industry, Competency: f.Competency, After: c.Query("after"),
	})
	if err != nil {
		return err
	}
	v := jobpages.ListView{Filter: f, Total: page.Total}
	title := msg.T(l, msg.JobsListTitle)
	if q := jobpages.ShortQuery(f.Q); q != "" {
		title = msg.T(l, msg.JobsTitleSearch, msg.Args{"Q": q, "List": title})
	}
	if v.Shell, err = p.Shell(c, title, layout.Jobs); err != nil {
		return err
	}
	v.Query = f.Q
	if err := p.options(c, &v); err != nil {
		return err
	}
	v.Rows = rows(page.Items, l)
	if f.Q == "" {
		inReadingOrder(v.Rows, v.Families)
	}
	if page.Next != "" {
		q := url.Values{"q": {f.Q}, "stage": {f.Stage}, "industry": {f.Industry}, "competency": {f.Competency}, "track": {f.Track}, "after": {page.Next}}
		for k := range q {
			if q.Get(k) == "" {
				q.Del(k)
			}
		}
		v.Next = "/jobs?" + q.Encode()
	}
	return web.Render(c, jobpages.List(v))
}

// maxQuery is as much of a search as is read and shown, in characters.
const maxQuery = 200

func shortened(q string) string {
	if r := []rune(q); len(r) > maxQuery {
		return string(r[:maxQuery])
	}
	return q
}

func parseStage(s string) (jobs.Stage, error) {
	if s == "" {
		return "", nil
	}
	stage, err := jobs.ParseStage(s)
	if err != nil {
		return "", fault.Wrap(fault.Invalid, "filter", err, "stage").At("stage", "oneof", "entry mid senior executive")
	}
	return stage, nil
}

// options fills the choices of the list's filters.
func (p *Pages) options(c *fiber.Ctx, v *jobpages.ListView) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	var err error
	if v.Families, err = p.Library.Jobs.Families(ctx, who); err != nil {
		return err
	}
	for _, f := range v.Families {
		for _, t := range f.Tracks {
			v.Tracks = append(v.Tracks, components.Option{Value: t.Slug, Label: t.Name})
		}
	}
	industries, err := p.Library.Jobs.Industries(ctx, who)
	if err != nil {
		return err
	}
	for _, i := range industries {
		v.Industries = append(v.Industries, components.Option{Value: i.Slug, Label: i.Name})
	}
	list, err := p.Library.Competencies.List(ctx, who, l)
	if err != nil {
		return err
	}
	for _, k := range list {
		v.Competencies = append(v.Competencies, components.Option{Value: k.Slug, Label: k.Name})
	}
	return nil
}

func rows(items []jobs.Summary, l lang.Lang) []jobpages.Row {
	out := make([]jobpages.Row, 0, len(items))
	for _, s := range items {
		out = append(out, jobpages.Row{
			Slug: s.Slug, Title: s.Title, OtherTitles: s.Placement.OtherTitles.In(l), Family: s.Placement.Family,
			Track: s.Placement.Track, Stage: s.Placement.Stage, Grade: s.Placement.Grade, Requirements: s.Requirements,
		})
	}
	return out
}

// inReadingOrder groups a page of the list by family and track, keeping the order within.
func inReadingOrder(rows []jobpages.Row, families []jobs.Family) {
	place := map[string]int{}
	for i, f := range families {
		for j, t := range f.Tracks {
			place[f.Slug+"/"+t.Slug] = i*100 + j
		}
	}
	slices.SortStableFunc(rows, func(a, b jobpages.Row) int {
		return place[a.Family+"/"+a.Track] - place[b.Family+"/"+b.Track]
	})
}

func (p *Pages) profile(c *fiber.Ctx) error { return p.show(c, 0) }

func (p *Pages) version(c *fiber.Ctx) error {
	n, err := strconv.Atoi(c.Params("number"))
	if err != nil || n < 1 {
		return fault.New(fault.NotFound, "not_found", "version %q", c.Params("number"))
	}
	return p.show(c, n)
}

func (p *Pages) show(c *fiber.Ctx, number int) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	d, err := p.Library.dossier(ctx, who, c.Params("slug"), c.Query("variant"), number)
	if err != nil {
		return err
	}
	v := jobpages.ProfileView{Ladder: d.ladder, Reading: d.reading(l)}
	title := d.name(l)
	if number > 0 {
		title += " · " + msg.T(l, msg.JobsVersionIs, msg.Args{"N": number})
	}
	if v.Shell, err = p.Shell(c, title, layout.Jobs); err != nil {
		return err
	}
	for _, s := range d.next {
		v.Next = append(v.Next, s.move(s.To, d.scales))
	}
	for _, s := range d.previous {
		v.Previous = append(v.Previous, s.move(s.From, d.scales))
	}
	bands, scheme, zones, err := p.Library.bands(ctx, who, d.profile.Slug)
	if err != nil {
		return err
	}
	for _, b := range bands {
		v.Pay = append(v.Pay, jobpages.PayLine{
			Zone: zones[b.Zone].Name, Currency: b.Base.Min.Currency, Period: string(b.Base.Min.Period),
			Min: b.Base.Min.Decimal(), Target: b.Base.Target.Decimal(), Max: b.Base.Max.Decimal(), Variable: variable(b.Variable.Decimal()),
		})
	}
	if len(bands) > 0 {
		v.PayFrom = lang.Day(l, scheme.ActiveFrom)
	}
	return web.Render(c, jobpages.Profile(v))
}

func variable(s string) string {
	if s == "0" {
		return ""
	}
	return s
}

// name is what the document is called in a title: the role, and the variant it is read in.
func (d dossier) name(l lang.Lang) string {
	title := d.edition.Content.Title.String(l)
	if v := d.edition.Variant; v != nil {
		title += " · " + v.Name.String(l)
	}
	return title
}

func (d dossier) reading(l lang.Lang) jobpages.Reading {
	r := jobpages.Reading{
		Profile: d.profile, Edition: d.edition, Family: d.family, Competencies: d.competencies, Scales: d.scales,
		Certifications: d.certifications, Results: map[string]string{},
	}
	if !d.superior.IsZero() {
		r.ReportsTo = &jobpages.RoleLink{Slug: d.profile.ReportsTo, Title: d.superior}
	}
	for _, u := range d.edition.Content.KPIs {
		if u.Definition == nil || u.Example == nil {
			continue
		}
		if result, err := u.Definition.Eval(u.Example.Inputs); err == nil {
			r.Results[u.KPI] = lang.Percent(l, jobs.Percent(result))
		}
	}
	return r
}

func (s step) move(other string, scales map[string]competencies.Scale) jobpages.Move {
	m := jobpages.Move{
		Role: jobpages.RoleLink{Slug: other, Title: s.title}, Stage: s.stage, Kind: s.Kind, Months: s.TypicalMonths,
		Conditions: s.Conditions, Origin: competencies.Origin(s.Origin),
	}
	for _, g := range s.adds {
		m.Adds = append(m.Adds, jobpages.Step{
			Competency: jobpages.RoleLink{Slug: g.competency.Slug, Title: g.competency.Name},
			Scale:      scales[g.competency.Scale.Slug], From: g.from, To: g.to,
		})
	}
	return m
}

func (p *Pages) guide(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	d, err := p.Library.dossier(ctx, who, c.Params("slug"), c.Query("variant"), 0)
	if err != nil {
		return err
	}
	v := jobpages.GuideView{Reading: d.reading(l)}
	if v.Shell, err = p.Shell(c, msg.T(l, msg.JobsTitleGuide, msg.Args{"Role": d.name(l)}), layout.Jobs); err != nil {
		return err
	}
	return web.Render(c, jobpages.Guide(v))
}

func (p *Pages) versions(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	profile, err := p.Library.Jobs.Get(ctx, who, c.Params("slug"))
	if err != nil {
		return err
	}
	v := jobpages.VersionsView{Profile: profile}
	if v.Versions, err = p.Library.Jobs.Versions(ctx, who, profile.Slug); err != nil {
		return err
	}
	if v.Shell, err = p.Shell(c, msg.T(l, msg.JobsTitleVersions, msg.Args{"Role": profile.Content.Title.String(l)}), layout.Jobs); err != nil {
		return err
	}
	return web.Render(c, jobpages.Versions(v))
}

func (p *Pages) compare(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	all, err := p.Library.Jobs.Headings(ctx, who, l)
	if err != nil {
		return err
	}
	v := jobpages.CompareView{}
	for _, s := range all {
		v.Choices = append(v.Choices, jobpages.RoleLink{Slug: s.Slug, Title: s.Title})
	}
	if v.A, err = p.side(c, c.Query("a")); err != nil {
		return err
	}
	if v.B, err = p.side(c, c.Query("b")); err != nil {
		return err
	}
	title := msg.T(l, msg.JobsCompareTitle)
	if v.A != nil && v.B != nil && v.A.Profile.Slug != v.B.Profile.Slug {
		title = msg.T(l, msg.JobsTitleCompare, msg.Args{
			"Title": title, "A": v.A.Edition.Content.Title.String(l), "B": v.B.Edition.Content.Title.String(l),
		})
	}
	if v.Shell, err = p.Shell(c, title, layout.Jobs); err != nil {
		return err
	}
	return web.Render(c, jobpages.Compare(v))
}

// side is one side of a comparison, nil until it is chosen.
func (p *Pages) side(c *fiber.Ctx, slug string) (*jobpages.Reading, error) {
	if slug == "" {
		return nil, nil //nolint:nilnil // not chosen yet is a state of the page
	}
	d, err := p.Library.dossier(c.UserContext(), actor.From(c.UserContext()), slug, "", 0)
	if err != nil {
		return nil, err
	}
	r := d.reading(web.LangOf(c.UserContext()))
	return &r, nil
}

// rolesAtOnce and columnsAtOnce are how many roles a page of a family shows in its list and in its grid; the next page
// shows more.
const (
	rolesAtOnce   = 100
	columnsAtOnce = 40
)

// nextOf is the address of a list's next page, "" at its end.
func nextOf(path string, page jobs.Page) string {
	if page.Next == "" {
		return ""
	}
	return path + "?" + url.Values{"after": {page.Next}}.Encode()
}

func (p *Pages) family(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	family, err := p.Library.Jobs.Family(ctx, who, c.Params("slug"))
	if err != nil {
		return err
	}
	page, err := p.Library.Jobs.List(ctx, who, jobs.Filter{Lang: l, Family: family.Slug, Limit: rolesAtOnce, After: c.Query("after")})
	if err != nil {
		return err
	}
	v := jobpages.FamilyView{Family: family, Rows: rows(page.Items, l), Total: page.Total, Next: nextOf("/families/"+family.Slug, page)}
	inReadingOrder(v.Rows, []jobs.Family{family})
	ladder, err := p.Library.Careers.LadderOf(ctx, who, family.Slug)
	if err != nil {
		return err
	}
	v.Ladder = ladder.Slug
	if v.Shell, err = p.Shell(c, family.Name.String(l), layout.Jobs); err != nil {
		return err
	}
	return web.Render(c, jobpages.Family(v))
}

func (p *Pages) matrix(c *fiber.Ctx) error {
	ctx, who, l := c.UserContext(), actor.From(c.UserContext()), web.LangOf(c.UserContext())
	family, err := p.Library.Jobs.Family(ctx, who, c.Params("family"))
	if err != nil {
		return err
	}
	page, err := p.Library.Jobs.List(ctx, who, jobs.Filter{Lang: l, Family: family.Slug, Limit: columnsAtOnce, After: c.Query("after")})
	if err != nil {
		return err
	}
	slugs := make([]string, 0, len(page.Items))
	for _, s := range page.Items {
		slugs = append(slugs, s.Slug)
	}
	uses, err := p.Library.Jobs.RequiredBy(ctx, who, slugs)
	if err != nil {
		return err
	}
	g, err := p.Library.gridOf(ctx, who, family, uses, l)
	if err != nil {
		return err
	}
	v := jobpages.MatrixView{Family: family, Total: page.Total, Next: nextOf("/matrices/"+family.Slug, page)}
	for _, r := range g.roles {
		v.Roles = append(v.Roles, jobpages.MatrixRole{RoleLink: jobpages.RoleLink{Slug: r.slug, Title: r.title}, Stage: r.stage})
	}
	for _, row := range g.rows {
		line := jobpages.MatrixRow{Slug: row.competency.Slug, Name: row.competency.Name, Category: row.competency.Category, Scale: row.scale}
		for _, cell := range row.cells {
			line.Cells = append(line.Cells, jobpages.MatrixCell{Rank: cell.Rank, Importance: cell.Importance})
		}
		v.Rows = append(v.Rows, line)
	}
	if v.Shell, err = p.Shell(c, msg.T(l, msg.JobsTitleGrid, msg.Args{"Family": g.family.Name.String(l)}), layout.Competencies); err != nil {
		return err
	}
	return web.Render(c, jobpages.Matrix(v))
}
