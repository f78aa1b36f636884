package web

import (
	"reflect"
	"strconv"
	"strings"

	"github.com/danielgtaylor/huma/v2"
)

const schemaPrefix = "#/components/schemas/"

// describeConditional documents what the house does with every GET of the API: it names the answer, and
// answers 304 to who has it.
func describeConditional(op *huma.Operation) {
	etag := map[string]*huma.Header{
		"ETag": {Description: "Name of exactly this answer", Schema: &huma.Schema{Type: huma.TypeString}},
	}
	ok := op.Responses["200"]
	delete(ok.Headers, "Content-Type") // said by the content
	if ok.Headers == nil {
		ok.Headers = map[string]*huma.Header{}
	}
	ok.Headers["ETag"] = etag["ETag"]
	op.Responses["304"] = &huma.Response{Description: "Not modified: you have it already", Headers: etag}
	op.Parameters = append(op.Parameters, &huma.Param{
		Name: "If-None-Match", In: "header", Description: "The ETag of what you have",
		Schema: &huma.Schema{Type: huma.TypeString},
	})
}

// describeRules writes the `validate` tags of every described type into its schema, so that the document
// promises what the services keep. A rule it does not know is a defect and panics at start.
func describeRules(registry huma.Registry) {
	for name, schema := range registry.Map() {
		if t := registry.TypeFromRef(schemaPrefix + name); t != nil && t.Kind() == reflect.Struct {
			describeStruct(schema, t)
		}
	}
}

func describeStruct(schema *huma.Schema, t reflect.Type) {
	for _, f := range reflect.VisibleFields(t) {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		rules := f.Tag.Get("validate")
		if p := schema.Properties[name]; p != nil && name != "" && rules != "" {
			describeField(p, f.Type, strings.Split(rules, ","))
		}
	}
}

func describeField(s *huma.Schema, t reflect.Type, rules []string) {
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	for i, rule := range rules {
		if rule == "dive" {
			if s.Items != nil {
				describeField(s.Items, t.Elem(), rules[i+1:])
			}
			return
		}
		name, param, _ := strings.Cut(rule, "=")
		if s.Ref == "" { // a named type carries rules of its own; what this place adds is not said
			describeRule(s, t, name, param)
		} else if !knownRules[name] {
			panic("no description of rule " + rule)
		}
	}
}

// knownRules are those that say nothing a schema could: relations between fields, and rules on the texts
// inside a bilingual one.
var knownRules = map[string]bool{
	"omitempty": true, "unique": true, "line": true, "text": true, "nefield": true, "bilingual": true, "required": true,
}

// patterns are the rules that are a form of text.
var patterns = map[string]string{
	"slug": "^[a-z0-9]+(?:-[a-z0-9]+)*$", "decimal": `^-?[0-9]{1,15}(?:\.[0-9]{1,4})?$`,
	"iso4217": "^[A-Z]{3}$", "iso3166_1_alpha2": "^[A-Z]{2}$",
	"datetime=2006-01": "^[0-9]{4}-[0-9]{2}$", "datetime=2006-01-02": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
}

// formats are the rules that JSON Schema has a name for.
var formats = map[string]string{"http_url": "uri", "email": "email", "datetime=2006-01-02": "date"}

func describeRule(s *huma.Schema, t reflect.Type, name, param string) {
	rule := name
	if name == "datetime" {
		rule += "=" + param
	}
	pattern, hasPattern := patterns[rule]
	format, hasFormat := formats[rule]
	switch {
	case hasPattern || hasFormat:
		s.Pattern, s.Format = pattern, format
	case name == "oneof":
		s.Enum = nil
		for _, word := range strings.Fields(param) {
			s.Enum = append(s.Enum, word)
		}
	case name == "required" && t.Kind() == reflect.String:
		s.MinLength = new(1)
	case name == "min" || name == "gte":
		describeBound(t, param, &s.Minimum, &s.MinItems, &s.MinLength)
	case name == "max" || name == "lte":
		describeBound(t, param, &s.Maximum, &s.MaxItems, &s.MaxLength)
	case !knownRules[name]:
		panic("no description of rule " + name)
	}
}

// describeBound sets the limit that fits the type: of a number, of a list, or of the characters of a text.
func describeBound(t reflect.Type, param string, number **float64, items, characters **int) {
	n, err := strconv.Atoi(param)
	if err != nil {
		panic("limit " + param + " is not a number")
	}
	switch t.Kind() {
	case reflect.Slice:
		*items = &n
	case reflect.String:
		*characters = &n
	case reflect.Map: // no described map has a limit that readers need
	default:
		*number = new(float64(n))
	}
}
