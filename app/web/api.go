package web

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"path"
	"reflect"
	"strings"
	"sync"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	jsonv2 "github.com/go-json-experiment/json"
	"github.com/go-json-experiment/json/jsontext"
	"github.com/gofiber/fiber/v2"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lang/msg"
)

// APIPrefix is where the API lives; errors below it are problem documents.
const APIPrefix = "/api/v1"

// Problem is an error as the API tells it (RFC 9457).
type Problem struct {
	Type      string         `json:"type" doc:"Always about:blank: the code says which problem it is" example:"about:blank"`
	Title     string         `json:"title" doc:"What happened, in the language asked for"`
	Status    int            `json:"status" doc:"The HTTP status" example:"404"`
	Detail    string         `json:"detail,omitempty" doc:"What to do"`
	Code      string         `json:"code" doc:"Stable name of the problem" example:"not_found"`
	RequestID string         `json:"request_id,omitempty" doc:"Quote it when you ask for help"`
	Errors    []ProblemField `json:"errors,omitempty" nullable:"false" doc:"The fields at fault"`
}

// ProblemField is one field at fault.
type ProblemField struct {
	Path    string `json:"path" doc:"Where in the input"`
	Rule    string `json:"rule" doc:"The rule it breaks"`
	Param   string `json:"param,omitempty" doc:"The rule's limit"`
	Message string `json:"message" doc:"The rule in words"`
}

// Error implements error.
func (p *Problem) Error() string { return p.Code + ": " + p.Title }

// GetStatus tells huma the status.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType tells huma the media type.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

// statusOf is the one table from kinds of fault to HTTP.
var statusOf = map[fault.Kind]int{
	fault.Malformed:       http.StatusBadRequest,
	fault.Invalid:         http.StatusUnprocessableEntity,
	fault.Unauthenticated: http.StatusUnauthorized,
	fault.Forbidden:       http.StatusForbidden,
	fault.NotFound:        http.StatusNotFound,
	fault.Conflict:        http.StatusConflict,
	fault.TooLarge:        http.StatusRequestEntityTooLarge,
	fault.Limited:         http.StatusTooManyRequests,
	fault.Unavailable:     http.StatusServiceUnavailable,
	fault.Internal:        http.StatusInternalServerError,
}

// StatusOf is the HTTP status of a kind of fault.
func StatusOf(k fault.Kind) int { return statusOf[k] }

// toProblem is the one way an error of a handler becomes an answer of the API. An internal error keeps its
// text to itself.
func toProblem(ctx context.Context, err error) *Problem {
	if p := (*Problem)(nil); errors.As(err, &p) {
		return p
	}
	f := fault.Of(err)
	l := LangOf(ctx)
	p := &Problem{
		Type: "about:blank", Status: statusOf[f.Kind], Code: f.Code, RequestID: requestIDOf(ctx),
		Title: ErrorTitle(l, f), Detail: ErrorText(l, f),
	}
	for _, field := range f.Fields {
		p.Errors = append(p.Errors, ProblemField{
			Path: field.Path, Rule: field.Rule, Param: field.Param, Message: RuleText(l, field),
		})
	}
	if f.Kind == fault.Internal || f.Kind == fault.Unavailable {
		logError(ctx, f)
	}
	return p
}

// tellRetry adds to a problem when to try again, where the fault says it.
func tellRetry(p *Problem, err error) error {
	f := fault.Of(err)
	if f.Kind != fault.Limited {
		return p
	}
	return huma.ErrorWithHeaders(p, http.Header{fiber.HeaderRetryAfter: {retryAfter(f)}})
}

// ErrorTitle says what happened in a few words: the sentence of the code, else of the kind.
func ErrorTitle(l lang.Lang, f *fault.Error) string { return sentence(l, f, "title") }

// ErrorText says what the reader can do.
func ErrorText(l lang.Lang, f *fault.Error) string { return sentence(l, f, "text") }

func sentence(l lang.Lang, f *fault.Error, part string) string {
	key := msg.Key("error." + f.Code + "." + part)
	if s := msg.T(l, key); s != string(key) {
		return s
	}
	return msg.T(l, msg.Key("error."+string(f.Kind)+"."+part))
}

// RuleText says a broken rule in words.
func RuleText(l lang.Lang, f fault.Field) string {
	key := msg.Key("rule." + f.Rule)
	if s := msg.T(l, key, msg.Args{"Param": f.Param}); s != string(key) {
		return s
	}
	return msg.T(l, msg.RuleOther, msg.Args{"Rule": strings.TrimSpace(f.Rule + " " + f.Param)})
}

// The words for a body that cannot be read at all. They are all that huma passes on of the error.
const (
	notJSON = "syntax"
	notUTF8 = "no UTF-8"
)

// strictJSON reads request bodies: unknown, repeated and mistyped members are refused with their place.
func strictJSON(b []byte, v any) error {
	if at := lang.BrokenAt(string(b)); at >= 0 {
		return fmt.Errorf("%s at byte %d", notUTF8, at)
	}
	err := jsonv2.Unmarshal(b, v, jsonv2.RejectUnknownMembers(true))
	if se := (*jsonv2.SemanticError)(nil); errors.As(err, &se) {
		return fmt.Errorf("type at %s", se.JSONPointer)
	}
	if sy := (*jsontext.SyntacticError)(nil); errors.As(err, &sy) {
		return fmt.Errorf("%s at byte %d, in %q", notJSON, sy.ByteOffset, sy.JSONPointer)
	}
	return err
}

func writeJSON(w io.Writer, v any) error {
	return jsonv2.MarshalWrite(w, v, jsonv2.Deterministic(true))
}

// settleHuma sets what huma keeps in package variables; ours serve every API of the process alike.
var settleHuma = sync.OnceFunc(func() {
	huma.DefaultArrayNullable = false // an empty list is written [], never null
	huma.NewErrorWithContext = humaError
	huma.NewError = func(status int, message string, errs ...error) huma.StatusError {
		if status == 0 { // huma asks what an error looks like
			return &Problem{}
		}
		return humaError(nil, status, message, errs...)
	}
})

func newAPI(a *App) huma.API {
	settleHuma()
	cfg := huma.DefaultConfig("Echelon", a.cfg.Version)
	cfg.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	cfg.Info.Description = "What every role is, what it takes and where it leads."
	cfg.CreateHooks = nil                                          // no $schema members
	cfg.DocsPath, cfg.OpenAPIPath, cfg.SchemasPath = "", "", ""    // our own pages serve these
	json := huma.Format{Marshal: writeJSON, Unmarshal: strictJSON} // one reading and writing of JSON
	cfg.Formats = map[string]huma.Format{"application/json": json, "json": json}
	cfg.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: a.cookieName(), Description: "The cookie that signing in sets"},
		"token": {
			Type: "http", Scheme: "bearer", Description: "An API token, made under My account or by `echelon token add`",
		},
	}
	cfg.Security = []map[string][]string{{"session": {}}, {"token": {}}}
	return humafiber.NewWithGroup(a.App, headRouter{a.App}, cfg)
}

// Items is the body of a list that comes whole.
type Items[T any] struct {
	Items []T `json:"items" nullable:"false"`
}

// List makes the body of a list; nil becomes an empty one.
func List[T any](items []T) Items[T] {
	if items == nil {
		items = []T{}
	}
	return Items[T]{Items: items}
}

// schemaName names a type in the description: a domain's own types carry the domain's name, since two
// domains may use the same word.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	pkg := path.Base(t.PkgPath())
	if t.Name() == "" || strings.HasSuffix(pkg, "web") || pkg == "." || strings.Contains(t.Name(), "[") {
		return name
	}
	return strings.ToUpper(pkg[:1]) + pkg[1:] + name
}

// headRouter registers GETs so that HEAD is answered too.
type headRouter struct{ fiber.Router }

// Add implements fiber.Router.
func (r headRouter) Add(method, path string, handlers ...fiber.Handler) fiber.Router {
	if method == http.MethodGet {
		return r.Get(path, handlers...)
	}
	return r.Router.Add(method, path, handlers...)
}

// humaError turns what huma finds wrong with a request into our problem: bad parameters are Invalid, a body
// that cannot be read Malformed.
func humaError(c huma.Context, status int, message string, errs ...error) huma.StatusError {
	ctx := context.Background()
	if c != nil {
		ctx = c.Context()
	}
	for _, err := range errs {
		if p := (*Problem)(nil); errors.As(err, &p) {
			return p
		}
	}
	f := fault.New(kindOf(status), codeOf(status), "%s", message)
	for _, err := range errs {
		var d huma.ErrorDetailer
		if errors.As(err, &d) {
			detail := d.ErrorDetail()
			f.Fields = append(f.Fields, fault.Field{Path: detail.Location, Rule: "parameter", Param: detail.Message})
			switch {
			case strings.HasPrefix(detail.Message, notJSON):
				f.Kind, f.Code = fault.Malformed, "malformed"
			case strings.HasPrefix(detail.Message, notUTF8):
				f.Kind, f.Code = fault.Malformed, "encoding"
			}
		}
	}
	return toProblem(ctx, f)
}

// guardAPI finds out who asks and applies the route's policy before anything is decoded.
func (a *App) guardAPI(r Route) func(huma.Context, func(huma.Context)) {
	return func(hc huma.Context, next func(huma.Context)) {
		c := humafiber.Unwrap(hc)
		defer limit(c, r.wait)()
		who, err := a.identify(c)
		if err == nil {
			who, err = r.Policy.Admit(who)
		}
		if err == nil {
			err = checkParameters(c)
		}
		if err == nil {
			err = r.openBody(c)
		}
		ctx := actor.With(c.UserContext(), who)
		if err != nil {
			a.tell(ctx, err)
			p := toProblem(ctx, err)
			_ = huma.WriteErr(a.API, hc, p.Status, p.Title, p)
			return
		}
		if body := c.Request(); !body.IsBodyStream() { // huma reads nothing else where bodies may be streams
			b := body.Body()
			body.SetBodyStream(bytes.NewReader(b), len(b))
		}
		next(huma.WithContext(hc, ctx))
	}
}

func kindOf(status int) fault.Kind {
	for kind, s := range statusOf {
		if s == status {
			return kind
		}
	}
	if status >= 400 && status < 500 || status == http.StatusNotImplemented {
		return fault.Malformed
	}
	return fault.Internal
}

func codeOf(status int) string {
	switch status {
	case http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return "method_not_allowed"
	case http.StatusRequestHeaderFieldsTooLarge:
		return "header_too_large"
	case http.StatusUnsupportedMediaType:
		return "media_type"
	case http.StatusMisdirectedRequest:
		return "misdirected"
	default:
		return string(kindOf(status))
	}
}
