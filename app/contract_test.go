package app_test

import (
	"encoding/json"
	"fmt"
	"html"
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/pb33f/libopenapi-validator/errors"

	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/web"
)

// contract is the published description with what checks answers against it.
type contract struct {
	server *apptest.Server
	check  validator.Validator
	text   string
	paths  map[string]map[string]operation
	seen   map[string]map[int]bool // operation id → statuses that were checked
}

// operation is what the tests read of a described operation.
type operation struct {
	ID         string         `json:"operationId"`
	Summary    string         `json:"summary"`
	Action     string         `json:"x-action"`
	Responses  map[string]any `json:"responses"`
	Parameters []struct {
		Name, In string
	} `json:"parameters"`
}

func newContract(t *testing.T, s *apptest.Server) *contract {
	t.Helper()
	a := s.As(t, "employee").Get("/openapi.json")
	if a.Status != http.StatusOK {
		t.Fatalf("the description answers %d", a.Status)
	}
	doc, err := libopenapi.NewDocument([]byte(a.Body))
	if err != nil {
		t.Fatal(err)
	}
	v, errs := validator.NewValidator(doc)
	if len(errs) > 0 {
		t.Fatal(errs)
	}
	c := &contract{server: s, check: v, text: a.Body, seen: map[string]map[int]bool{}}
	var described struct {
		OpenAPI string                          `json:"openapi"`
		Paths   map[string]map[string]operation `json:"paths"`
	}
	if err := json.Unmarshal([]byte(a.Body), &described); err != nil {
		t.Fatal(err)
	}
	if !strings.HasPrefix(described.OpenAPI, "3.1") {
		t.Errorf("the description says it is OpenAPI %s", described.OpenAPI)
	}
	c.paths = described.Paths
	return c
}

// TestContract holds the published description and the served API to each other.
func TestContract(t *testing.T) { onEachDatabase(t, testContract) }

func testContract(t *testing.T, s *apptest.Server) {
	c := newContract(t, s)
	t.Run("the description is valid OpenAPI 3.1", c.testDocument)
	t.Run("every route is described and every description routed", c.testRoutes)
	t.Run("no list may be null", func(t *testing.T) {
		if strings.Contains(c.text, `"null"`) {
			t.Error("a schema allows null, which is never written")
		}
	})
	t.Run("the words of closed sets are listed", c.testClosedSets)
	t.Run("docs lists every operation", c.testDocs)
	t.Run("answers", func(t *testing.T) {
		for _, persona := range []string{"employee", "compensation", "administrator"} {
			visitor := s.As(t, persona)
			for _, address := range c.addresses(t) {
				t.Run(persona+" "+address, func(t *testing.T) { c.answer(t, visitor, address) })
			}
		}
	})
	t.Run("errors", c.testErrors)
	t.Run("every documented answer that can be had was had", c.testCoverage)
	t.Run("a wrong answer is noticed", c.testNotices)
}

func (c *contract) testDocument(t *testing.T) {
	if ok, errs := c.check.ValidateDocument(); !ok {
		t.Error(explain(errs))
	}
}

func (c *contract) testRoutes(t *testing.T) {
	described := map[string]bool{}
	for path, item := range c.paths {
		for method, op := range item {
			described[strings.ToUpper(method)+" "+path] = true
			if op.ID == "" || op.Summary == "" {
				t.Errorf("%s %s needs an id and a summary", method, path)
			}
		}
	}
	for _, r := range c.server.App.Web.Routes {
		key := r.Method + " " + r.Path
		if !strings.HasPrefix(r.Path, web.APIPrefix+"/") {
			continue
		}
		if !described[key] {
			t.Errorf("%s is not described", key)
			continue
		}
		delete(described, key)
		if got := c.paths[r.Path][strings.ToLower(r.Method)].Action; got != r.Policy.String() {
			t.Errorf("%s says x-action %q and asks for %q", key, got, r.Policy)
		}
	}
	for key := range described {
		t.Errorf("%s is described and does not exist", key)
	}
}

// testClosedSets reads the enums of schemas: a closed set whose words are not listed tells a program nothing.
func (c *contract) testClosedSets(t *testing.T) {
	var doc struct {
		Components struct {
			Schemas map[string]struct {
				Properties map[string]struct {
					Enum []string `json:"enum"`
				} `json:"properties"`
			} `json:"schemas"`
		} `json:"components"`
	}
	if err := json.Unmarshal([]byte(c.text), &doc); err != nil {
		t.Fatal(err)
	}
	closed := []string{"stage", "importance", "category", "trend", "origin", "period", "state", "scheme"}
	for name, s := range doc.Components.Schemas {
		for property, p := range s.Properties {
			if slices.Contains(closed, property) && len(p.Enum) == 0 && name != "Bands" {
				t.Errorf("%s.%s does not list its words", name, property)
			}
		}
	}
}

func (c *contract) testDocs(t *testing.T) {
	for _, l := range []string{"fr", "en"} {
		page := c.server.As(t, "employee").Get("/docs?lang=" + l)
		for path, item := range c.paths {
			for method, op := range item {
				for _, want := range []string{"<code>" + path + "</code>", html.EscapeString(op.Summary), strings.ToUpper(method)} {
					if !strings.Contains(page.Body, want) {
						t.Errorf("/docs in %s does not show %q of %s %s", l, want, method, path)
					}
				}
			}
		}
	}
}

// addresses fills every described GET with everything there is.
func (c *contract) addresses(t *testing.T) []string {
	t.Helper()
	var jobs, variants, competencies []string
	reader := c.server.As(t, "employee")
	for _, j := range items(t, reader.Get("/api/v1/jobs?limit=200")) {
		jobs = append(jobs, j.Slug)
		var full struct {
			Content struct{ Variants []struct{ Slug string } }
		}
		decode(t, reader.Get("/api/v1/jobs/"+j.Slug), &full)
		for _, v := range full.Content.Variants {
			variants = append(variants, j.Slug+"?variant="+v.Slug)
		}
	}
	for _, k := range items(t, reader.Get("/api/v1/competencies")) {
		competencies = append(competencies, k.Slug)
	}
	if len(jobs) < 13 || len(competencies) < 18 || len(variants) < 6 {
		t.Fatalf("too little to read: %d jobs, %d variants, %d competencies", len(jobs), len(variants), len(competencies))
	}
	var out []string
	for path := range c.paths {
		switch path {
		case "/api/v1/jobs/{slug}":
			for _, j := range append(jobs, variants...) {
				out = append(out, strings.Replace(path, "{slug}", j, 1))
			}
		case "/api/v1/people/{id}":
			for _, one := range c.people(t, reader) {
				out = append(out, strings.Replace(path, "{id}", one, 1))
			}
		case "/api/v1/competencies/{slug}":
			for _, k := range competencies {
				out = append(out, strings.Replace(path, "{slug}", k, 1))
			}
		default:
			out = append(out, addresses.Replace(path))
		}
	}
	slices.Sort(out)
	return append(out, "/api/v1/jobs?limit=3", "/api/v1/jobs?q=n%C3%A9gociation&lang=fr", "/api/v1/jobs?q=nothinglikeit", "/api/v1/jobs?stage=mid&track=field&competency=negotiation",
		"/api/v1/people?limit=2&q=a")
}

// people are the ids of the directory.
func (c *contract) people(t *testing.T, reader *apptest.Visitor) []string {
	t.Helper()
	var list struct{ Items []struct{ ID string } }
	decode(t, reader.Get("/api/v1/people"), &list)
	var ids []string
	for _, p := range list.Items {
		ids = append(ids, p.ID)
	}
	if len(ids) < 6 {
		t.Fatalf("only %d people", len(ids))
	}
	return ids
}

type item struct{ Slug string }

func items(t *testing.T, a apptest.Answer) []item {
	t.Helper()
	var list struct{ Items []item }
	decode(t, a, &list)
	return list.Items
}

func decode(t *testing.T, a apptest.Answer, v any) {
	t.Helper()
	if err := json.Unmarshal([]byte(a.Body), v); err != nil || a.Status != http.StatusOK {
		t.Fatalf("%d %v: %.200s", a.Status, err, a.Body)
	}
}

// answer checks what an address answers against the description, and that it is not sent twice.
func (c *contract) answer(t *testing.T, visitor *apptest.Visitor, address string) {
	t.Helper()
	a := visitor.Get(address)
	c.conforms(t, address, a)
	if a.Status != http.StatusOK {
		if a.Status != http.StatusForbidden {
			t.Errorf("answers %d: %.300s", a.Status, a.Body)
		}
		return
	}
	tag := a.Header.Get("ETag")
	if tag == "" {
		t.Error("has no ETag")
	}
	again := visitor.Do(http.MethodGet, address, nil, http.Header{"If-None-Match": {`"other", W/` + tag}})
	c.conforms(t, address, again)
	if again.Status != http.StatusNotModified || again.Body != "" || again.Header.Get("ETag") != tag {
		t.Errorf("a reader who has it gets %d with %d bytes and ETag %s, not 304 with %s", again.Status, len(again.Body), again.Header.Get("ETag"), tag)
	}
}

// conforms validates an answer and notes it as seen.
func (c *contract) conforms(t *testing.T, address string, a apptest.Answer) {
	t.Helper()
	if ok, errs := c.valid(t, address, a); !ok {
		t.Errorf("%d does not conform: %s", a.Status, explain(errs))
	}
	id := c.operationAt(address).ID
	if c.seen[id] == nil {
		c.seen[id] = map[int]bool{}
	}
	c.seen[id][a.Status] = true
}

func (c *contract) valid(t *testing.T, address string, a apptest.Answer) (bool, []*errors.ValidationError) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, c.server.URL+address, nil)
	if err != nil {
		t.Fatal(err)
	}
	// The library reads no files: their content is the business of other tests.
	if media := a.Header.Get("Content-Type"); media == "application/pdf" || media == "application/zip" {
		if _, ok := c.operationAt(address).Responses["200"]; !ok || !strings.Contains(c.text, `"`+media+`"`) {
			t.Errorf("a file of type %s is not described", media)
		}
		return true, nil
	}
	return c.check.ValidateHttpResponse(req, &http.Response{
		StatusCode: a.Status, Header: a.Header, Body: io.NopCloser(strings.NewReader(a.Body)), Request: req,
	})
}

// operationAt finds the operation behind a real address.
func (c *contract) operationAt(address string) operation {
	path, _, _ := strings.Cut(address, "?")
	parts := strings.Split(path, "/")
	best, fixed := operation{}, -1
	for template, item := range c.paths {
		names := strings.Split(template, "/")
		if len(names) != len(parts) {
			continue
		}
		n := 0
		for i := range names {
			if names[i] == parts[i] {
				n++
			} else if !strings.HasPrefix(names[i], "{") {
				n = -len(names)
			}
		}
		if n > fixed {
			best, fixed = item["get"], n
		}
	}
	return best
}

// testErrors asks wrongly in every way and checks that the problem is as described.
func (c *contract) testErrors(t *testing.T) {
	administrator := c.server.As(t, "administrator")
	employee, nobody, tooLong := c.server.As(t, "employee"), c.server.Visitor(t), strings.Repeat("a", 81)
	for _, e := range []struct {
		address string
		status  int
		code    string
		who     *apptest.Visitor
	}{
		{"/api/v1/jobs/none", 404, "not_found", employee},
		{"/api/v1/jobs/territory-manager?variant=none", 404, "variant.unknown", employee},
		{"/api/v1/jobs/none/versions", 404, "not_found", employee},
		{"/api/v1/jobs/territory-manager/versions/99", 404, "not_found", employee},
		{"/api/v1/jobs/territory-manager/versions/0", 422, "invalid", employee},
		{"/api/v1/jobs/territory-manager/versions/first", 422, "invalid", employee},
		{"/api/v1/jobs/none/pdf", 404, "not_found", employee},
		{"/api/v1/jobs/territory-manager/pdf?lang=de", 422, "invalid", employee},
		{"/api/v1/jobs/territory-manager/pdf?paper=a5", 422, "invalid", employee},
		{"/api/v1/jobs/territory-manager/pdf?edition=novel", 422, "invalid", employee},
		{"/api/v1/jobs/territory-manager/pdf?pay=true", 403, "forbidden", employee},
		{"/api/v1/families/none/pdf", 404, "not_found", employee},
		{"/api/v1/families/sales/pdf?lang=fr,fr", 422, "invalid", employee},
		{"/api/v1/families/none/zip", 404, "not_found", employee},
		{"/api/v1/families/sales/zip?paper=a5", 422, "invalid", employee},
		{"/api/v1/matrices/none", 404, "not_found", employee},
		{"/api/v1/matrices/sales?lang=de", 422, "invalid", employee},
		{"/api/v1/competencies/none", 404, "not_found", employee},
		{"/api/v1/competencies?lang=de", 422, "invalid", employee},
		{"/api/v1/ladders/none", 404, "not_found", employee},
		{"/api/v1/pay/bands", 403, "forbidden", c.server.As(t, "recruiter")},
		{"/api/v1/jobs?after=%00%ff", 400, "malformed", employee},
		{"/api/v1/jobs?after=~~~", 400, "cursor", employee},
		{"/api/v1/jobs?after=bm90IGEgY3Vyc29y", 400, "cursor", employee},
		{"/api/v1/jobs?limit=1000000", 422, "invalid", employee},
		{"/api/v1/jobs?limit=0", 422, "invalid", employee},
		{"/api/v1/jobs?limit=-1", 422, "invalid", employee},
		{"/api/v1/jobs?limit=many", 422, "invalid", employee},
		{"/api/v1/jobs?stage=top", 422, "invalid", employee},
		{"/api/v1/jobs/" + tooLong, 422, "invalid", employee},
		{"/api/v1/jobs/" + tooLong + "/versions", 422, "invalid", employee},
		{"/api/v1/competencies/" + tooLong, 422, "invalid", employee},
		{"/api/v1/ladders/" + tooLong, 422, "invalid", employee},
		{"/api/v1/jobs?q=" + strings.Repeat("a", 501), 422, "invalid", employee},
		{"/api/v1/people/none", 404, "not_found", employee},
		{"/api/v1/people/" + tooLong, 422, "invalid", employee},
		{"/api/v1/people?after=bm90IGEgY3Vyc29y", 400, "cursor", employee},
		{"/api/v1/people?limit=0", 422, "invalid", employee},
		{"/api/v1/accounts?after=bm90IGEgY3Vyc29y", 400, "cursor", administrator},
		{"/api/v1/accounts?limit=201", 422, "invalid", administrator},
		{"/api/v1/journal?after=bm90IGEgY3Vyc29y", 400, "cursor", administrator},
		{"/api/v1/journal?limit=0", 422, "invalid", administrator},
		{"/api/v1/journal?outcome=maybe", 422, "invalid", administrator},
	} {
		name, _, _ := strings.Cut(fmt.Sprintf("%.60s", e.address), "\n")
		t.Run(name, func(t *testing.T) {
			c.problem(t, e.who, e.address, e.status, e.code)
		})
	}
	for path := range c.paths {
		t.Run("nobody "+path, func(t *testing.T) {
			c.problem(t, nobody, addresses.Replace(path), http.StatusUnauthorized, "unauthenticated")
		})
	}
}

func (c *contract) problem(t *testing.T, who *apptest.Visitor, address string, status int, code string) {
	t.Helper()
	a := who.Get(address)
	c.conforms(t, address, a)
	var p web.Problem
	if err := json.Unmarshal([]byte(a.Body), &p); err != nil {
		t.Fatalf("%d is no problem document: %.200s", a.Status, a.Body)
	}
	if a.Status != status || p.Status != status || p.Code != code || a.Header.Get("Content-Type") != "application/problem+json" {
		t.Errorf("got %d, problem %d %s as %s; want %d %s", a.Status, p.Status, p.Code, a.Header.Get("Content-Type"), status, code)
	}
	if p.RequestID == "" || p.RequestID != a.Header.Get("X-Request-Id") {
		t.Errorf("the problem names request %q, the header %q", p.RequestID, a.Header.Get("X-Request-Id"))
	}
	if status == http.StatusUnprocessableEntity && len(p.Errors) == 0 {
		t.Error("names no field at fault")
	}
}

// testCoverage fails when an operation was not walked: each was answered, was asked by nobody, and gave 304.
func (c *contract) testCoverage(t *testing.T) {
	for path, item := range c.paths {
		for _, op := range item {
			for _, status := range []int{http.StatusOK, http.StatusNotModified, http.StatusUnauthorized} {
				if !c.seen[op.ID][status] {
					t.Errorf("%s: no %d was checked", path, status)
				}
			}
			for status := range op.Responses {
				if slices.Contains([]string{"500", "503", "403", "429"}, status) || status == "404" && op.ID == "list-bands" {
					continue // need a failing database, an action that not everybody has, documents in the making, a company without bands
				}
				found := false
				for had := range c.seen[op.ID] {
					found = found || fmt.Sprint(had) == status
				}
				if !found {
					t.Errorf("%s: %s is documented and was never had", path, status)
				}
			}
		}
	}
}

// testNotices makes sure that the library really looks: broken answers of ours must not pass.
func (c *contract) testNotices(t *testing.T) {
	a := c.server.As(t, "employee").Get("/api/v1/scales")
	for name, body := range map[string]string{
		"a missing member":  strings.Replace(a.Body, `"version"`, `"revision"`, 1),
		"null for a list":   `{"items":null}`,
		"a text for a list": `{"items":"none"}`,
	} {
		if ok, _ := c.valid(t, "/api/v1/scales", apptest.Answer{Status: 200, Header: a.Header, Body: body}); ok {
			t.Errorf("%s passes for valid", name)
		}
	}
	a = c.server.As(t, "employee").Get("/api/v1/jobs/none")
	if ok, _ := c.valid(t, "/api/v1/jobs/none", apptest.Answer{Status: 404, Header: a.Header, Body: `{"title":"no code"}`}); ok {
		t.Error("a problem without its code passes for valid")
	}
}

func explain(errs []*errors.ValidationError) string {
	var b strings.Builder
	for _, e := range errs {
		fmt.Fprintf(&b, "%s: %s\n", e.Message, e.Reason)
		for _, s := range e.SchemaValidationErrors {
			fmt.Fprintf(&b, "  %s at %s\n", s.Reason, s.FieldPath)
		}
	}
	return b.String()
}
