package jobsweb

import (
	"context"
	"net/http"
	"reflect"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/go-json-experiment/json/jsontext"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/web"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
)

// summary is a profile in a list.
type summary struct {
	Slug         string         `json:"slug" doc:"Name in addresses; never changes"`
	Title        lang.Text      `json:"title"`
	Placement    jobs.Placement `json:"placement"`
	Version      int            `json:"version" doc:"Number of the version in force"`
	PublishedAt  time.Time      `json:"published_at"`
	Requirements int            `json:"requirements" doc:"How many competencies it requires"`
}

// version is a published version without its text.
type version struct {
	Number       int               `json:"number"`
	State        jobs.VersionState `json:"state" enum:"published,superseded"`
	Hash         string            `json:"hash" doc:"SHA-256 of the canonical document, hexadecimal"`
	Schema       int               `json:"schema" doc:"How the document is written"`
	PublishedAt  time.Time         `json:"published_at"`
	SupersededAt *time.Time        `json:"superseded_at,omitempty"`
}

// job is a profile with one version. Content is the stored document as it is.
type job struct {
	Slug      string         `json:"slug"`
	Archived  bool           `json:"archived"`
	Placement jobs.Placement `json:"placement"`
	Version   version        `json:"version"`
	Variant   string         `json:"variant,omitempty" doc:"The industry whose edition this is"`
	Content   document       `json:"content"`
}

// document is a canonical document passed on as stored, described as the Content it holds.
type document jsontext.Value

// MarshalJSON writes the document as it is.
func (d document) MarshalJSON() ([]byte, error) { return d, nil }

// Schema describes the document to readers of the API.
func (document) Schema(r huma.Registry) *huma.Schema {
	return r.Schema(reflect.TypeFor[jobs.Content](), true, "")
}

type listInput struct {
	Lang       string `query:"lang" enum:"fr,en" doc:"Language of the search text, of the order and of messages"`
	Q          string `query:"q" maxLength:"500" doc:"Words to find; accents and inflections do not matter"`
	Family     string `query:"family" maxLength:"80"`
	Track      string `query:"track" maxLength:"80"`
	Stage      string `query:"stage" enum:"entry,mid,senior,executive"`
	Industry   string `query:"industry" maxLength:"80" doc:"Only profiles with a variant for this industry"`
	Competency string `query:"competency" maxLength:"80" doc:"Only profiles that require this competency"`
	Limit      int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
	After      string `query:"after" maxLength:"2000" doc:"The next marker of the page before"`
}

// jobList is a page of the list of profiles.
type jobList struct {
	Items []summary `json:"items" nullable:"false"`
	Total int       `json:"total" doc:"Of all pages"`
	Next  string    `json:"next,omitempty" doc:"Marker of the next page; absent at the end"`
}

type listOutput struct{ Body jobList }

// SlugInput is the role an address names.
type SlugInput struct {
	Slug string `path:"slug" maxLength:"80"`
}

type jobInput struct {
	SlugInput
	Variant string `query:"variant" maxLength:"80" doc:"Read the edition of this industry"`
}

type versionInput struct {
	SlugInput
	Number int `path:"number" minimum:"1"`
}

type jobOutput struct{ Body *job }

type versionsOutput struct{ Body web.Items[version] }

type familiesOutput struct{ Body web.Items[jobs.Family] }

type kpisOutput struct{ Body web.Items[jobs.KPI] }

type matrixInput struct {
	Family string `path:"family" maxLength:"80"`
	Lang   string `query:"lang" enum:"fr,en" doc:"Language of the order"`
}

// matrixRole is a column of the grid.
type matrixRole struct {
	Slug  string     `json:"slug"`
	Title lang.Text  `json:"title"`
	Stage jobs.Stage `json:"stage" enum:"entry,mid,senior,executive"`
}

// matrixRow is a competency with the level that each role requires, in the order of the roles.
type matrixRow struct {
	Competency string                `json:"competency"`
	Name       lang.Text             `json:"name"`
	Category   competencies.Category `json:"category" enum:"technical,interpersonal,leadership,emerging"`
	Scale      competencies.ScaleRef `json:"scale"`
	Levels     int                   `json:"levels" doc:"How many levels the scale has"`
	Required   []matrixCell          `json:"required" nullable:"false"`
}

// matrixCell is one role's requirement; rank 0 means not required.
type matrixCell struct {
	Rank       int             `json:"rank"`
	Importance jobs.Importance `json:"importance,omitempty" enum:"essential,expected,preferred"`
}

// matrix is the grid of a family.
type matrix struct {
	Family jobs.Family  `json:"family"`
	Roles  []matrixRole `json:"roles" nullable:"false"`
	Rows   []matrixRow  `json:"rows" nullable:"false"`
}

type matrixOutput struct{ Body matrix }

// OrderInput is what is asked of a document.
type OrderInput struct {
	Lang    string `query:"lang" pattern:"^(fr|en|fr,en|en,fr)$" doc:"One language, or fr,en for both in one file"`
	Paper   string `query:"paper" enum:"a4,letter" default:"a4"`
	Edition string `query:"edition" enum:"profile,guide" default:"profile"`
	Sign    bool   `query:"sign" doc:"With a block for signatures"`
	Pay     bool   `query:"pay" doc:"With the pay section, for those who may see bands"`
}

type pdfInput struct {
	SlugInput
	OrderInput
	Variant string `query:"variant" maxLength:"80"`
}

type familyPDFInput struct {
	SlugInput
	OrderInput
}

type fileOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	Body               []byte
}

// streamOutput is a file that is made while it is sent.
type streamOutput struct {
	ContentType        string `header:"Content-Type"`
	ContentDisposition string `header:"Content-Disposition"`
	ETag               string `header:"ETag"`
	Body               func(huma.Context)
}

// api serves jobs to programs.
type api struct {
	lib   *Library
	print *Printer
}

func apiRoutes(lib *Library, print *Printer) []web.Route {
	a := api{lib: lib, print: print}
	read, get := access.Requires(access.JobsRead), http.MethodGet
	tag := func(id, summary string, errors ...int) huma.Operation {
		return huma.Operation{OperationID: id, Summary: summary, Tags: []string{"jobs"}, Errors: errors}
	}
	notFound, busy := http.StatusNotFound, http.StatusTooManyRequests
	return []web.Route{
		web.API(get, web.APIPrefix+"/jobs", read, tag("list-jobs", "Find job profiles", http.StatusBadRequest), a.list),
		web.API(get, web.APIPrefix+"/jobs/{slug}", read, tag("get-job", "Read a job profile in force", notFound), a.get),
		web.API(get, web.APIPrefix+"/jobs/{slug}/versions", read, tag("list-job-versions", "List what was ever published of a profile", notFound), a.versions),
		web.API(get, web.APIPrefix+"/jobs/{slug}/versions/{number}", read, tag("get-job-version", "Read a profile as one version said", notFound), a.version),
		web.API(get, web.APIPrefix+"/jobs/{slug}/pdf", read, binary(tag("print-job", "Print a job profile or role guide", notFound, busy), "application/pdf"), a.pdf),
		web.API(get, web.APIPrefix+"/families", read, tag("list-families", "List job families"), a.families),
		web.API(get, web.APIPrefix+"/families/{slug}/pdf", read, binary(tag("print-family", "Print all roles of a family in one file", notFound, busy), "application/pdf"), a.familyPDF),
		web.API(get, web.APIPrefix+"/families/{slug}/zip", read, binary(tag("archive-family", "Print all roles of a family as a ZIP of files", notFound, busy), "application/zip"), a.familyZIP),
		web.API(get, web.APIPrefix+"/matrices/{family}", read, tag("get-matrix", "Read a family's roles × competencies", notFound), a.matrix),
		web.API(get, web.APIPrefix+"/kpis", read, tag("list-kpis", "List measures with their formulas"), a.kpis),
	}
}

// binary describes an answer that is a file.
func binary(op huma.Operation, mediaType string) huma.Operation {
	op.Responses = map[string]*huma.Response{"200": {
		Description: "The file",
		Content:     map[string]*huma.MediaType{mediaType: {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}},
	}}
	return op
}

func (a api) list(ctx context.Context, in *listInput) (*listOutput, error) {
	page, err := a.lib.Jobs.List(ctx, actor.From(ctx), jobs.Filter{
		Lang: web.LangOf(ctx), Text: in.Q, Family: in.Family, Track: in.Track, Stage: jobs.Stage(in.Stage),
		Industry: in.Industry, Competency: in.Competency, Limit: in.Limit, After: in.After,
	})
	if err != nil {
		return nil, err
	}
	out := &listOutput{}
	out.Body.Items = make([]summary, 0, len(page.Items))
	for _, s := range page.Items {
		out.Body.Items = append(out.Body.Items, summary{
			Slug: s.Slug, Title: s.Title, Placement: s.Placement, Version: s.Number, PublishedAt: s.PublishedAt, Requirements: s.Requirements,
		})
	}
	out.Body.Total, out.Body.Next = page.Total, page.Next
	return out, nil
}

func describe(v jobs.Version) version {
	out := version{Number: v.Number, State: v.State, Hash: v.Hash, Schema: v.Schema, PublishedAt: v.PublishedAt}
	if !v.SupersededAt.IsZero() {
		out.SupersededAt = &v.SupersededAt
	}
	return out
}

func (a api) get(ctx context.Context, in *jobInput) (*jobOutput, error) {
	p, err := a.lib.Jobs.Raw(ctx, actor.From(ctx), in.Slug)
	if err != nil {
		return nil, err
	}
	out := &job{Slug: p.Slug, Archived: p.Archived, Placement: p.Placement, Version: describe(p.Version), Content: p.Version.Document}
	if in.Variant == "" {
		return &jobOutput{Body: out}, nil
	}
	out.Variant = in.Variant
	out.Content, err = a.edition(ctx, in.Slug, in.Variant)
	return &jobOutput{Body: out}, err
}

// edition writes a profile as it reads in a variant.
func (a api) edition(ctx context.Context, slug, variant string) (document, error) {
	d, err := a.lib.Jobs.Edition(ctx, actor.From(ctx), slug, variant)
	return document(d.Text), err
}

func (a api) versions(ctx context.Context, in *SlugInput) (*versionsOutput, error) {
	list, err := a.lib.Jobs.Versions(ctx, actor.From(ctx), in.Slug)
	if err != nil {
		return nil, err
	}
	out := &versionsOutput{}
	out.Body.Items = make([]version, 0, len(list))
	for _, v := range list {
		out.Body.Items = append(out.Body.Items, describe(v))
	}
	return out, nil
}

func (a api) version(ctx context.Context, in *versionInput) (*jobOutput, error) {
	p, err := a.lib.Jobs.GetVersion(ctx, actor.From(ctx), in.Slug, in.Number)
	if err != nil {
		return nil, err
	}
	return &jobOutput{Body: &job{Slug: p.Slug, Archived: p.Archived, Placement: p.Placement, Version: describe(p.Version), Content: p.Version.Document}}, nil
}

func (a api) families(ctx context.Context, _ *struct{}) (*familiesOutput, error) {
	list, err := a.lib.Jobs.Families(ctx, actor.From(ctx))
	out := &familiesOutput{}
	out.Body = web.List(list)
	return out, err
}

func (a api) kpis(ctx context.Context, _ *struct{}) (*kpisOutput, error) {
	list, err := a.lib.Jobs.KPIs(ctx, actor.From(ctx))
	out := &kpisOutput{}
	out.Body = web.List(list)
	return out, err
}

func (a api) matrix(ctx context.Context, in *matrixInput) (*matrixOutput, error) {
	g, err := a.lib.grid(ctx, actor.From(ctx), in.Family, web.LangOf(ctx))
	if err != nil {
		return nil, err
	}
	out := &matrixOutput{}
	out.Body.Family, out.Body.Roles, out.Body.Rows = g.family, []matrixRole{}, []matrixRow{}
	for _, r := range g.roles {
		out.Body.Roles = append(out.Body.Roles, matrixRole{Slug: r.slug, Title: r.title, Stage: r.stage})
	}
	for _, row := range g.rows {
		line := matrixRow{Competency: row.competency.Slug, Name: row.competency.Name, Category: row.competency.Category, Scale: row.competency.Scale, Levels: row.scale.Top(), Required: []matrixCell{}}
		for _, cell := range row.cells {
			line.Required = append(line.Required, matrixCell{Rank: cell.Rank, Importance: cell.Importance})
		}
		out.Body.Rows = append(out.Body.Rows, line)
	}
	return out, nil
}

func (o OrderInput) order(variant string) Order {
	return Order{Langs: o.Lang, Paper: o.Paper, Edition: o.Edition, Variant: variant, Pay: o.Pay, Sign: o.Sign}
}

func (a api) pdf(ctx context.Context, in *pdfInput) (*fileOutput, error) {
	return asOutput(a.print.Profile(ctx, actor.From(ctx), in.Slug, web.LangOf(ctx), in.order(in.Variant)))
}

func (a api) familyPDF(ctx context.Context, in *familyPDFInput) (*fileOutput, error) {
	return asOutput(a.print.Family(ctx, actor.From(ctx), in.Slug, web.LangOf(ctx), in.order("")))
}

func (a api) familyZIP(ctx context.Context, in *familyPDFInput) (*streamOutput, error) {
	z, err := a.print.Archive(ctx, actor.From(ctx), in.Slug, web.LangOf(ctx), in.order(""))
	if err != nil {
		return nil, err
	}
	return &streamOutput{ContentType: zipType, ContentDisposition: `attachment; filename="` + z.Name + `"`, ETag: z.Tag, Body: web.StreamBody(web.Streamed(ctx, z.Write, z.Close))}, nil
}

func asOutput(f File, err error) (*fileOutput, error) {
	if err != nil {
		return nil, err
	}
	return &fileOutput{ContentType: f.ContentType, ContentDisposition: `attachment; filename="` + f.Name + `"`, Body: f.Body}, nil
}
