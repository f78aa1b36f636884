package components

import (
	"maps"
	"strconv"
	"strings"

	"github.com/a-h/templ"
)

// Field is one question of a form: its label, what helps to answer it, and what is wrong with the answer.
type Field struct {
	ID, Name, Label string
	Value           string // as typed
	Type            string // of the input, "" for text
	Hint, Problem   string // in words, "" for none
	Autocomplete    string
	Required        bool
	Max             int              // characters, 0 for no limit
	More            templ.Attributes // what few fields need, such as readonly
}

func (f Field) kind() string {
	if f.Type == "" {
		return "text"
	}
	return f.Type
}

// describedBy names what is said about the field beside its label: the problem first.
func (f Field) describedBy() string {
	var ids []string
	if f.Problem != "" {
		ids = append(ids, f.ID+"-error")
	}
	if f.Hint != "" {
		ids = append(ids, f.ID+"-hint")
	}
	return strings.Join(ids, " ")
}

// attributes are those that only some fields have.
func (f Field) attributes() templ.Attributes {
	out := templ.Attributes{"required": f.Required}
	if by := f.describedBy(); by != "" {
		out["aria-describedby"] = by
	}
	if f.Problem != "" {
		out["aria-invalid"] = "true"
	}
	if f.Name != "" {
		out["name"] = f.Name
	}
	if f.Autocomplete != "" {
		out["autocomplete"] = f.Autocomplete
	}
	if f.Max > 0 {
		out["maxlength"] = strconv.Itoa(f.Max)
	}
	maps.Copy(out, f.More)
	return out
}

// Choice is one of several: an option of a select, or a box.
type Choice struct {
	Value, Label string
	Chosen       bool // a box; the option of a select is told by the select
}
