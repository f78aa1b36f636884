package jobs

import (
	"iter"
	"reflect"
	"strings"

	"github.com/echelon-hr/echelon/app/lang"
)

var textType = reflect.TypeFor[lang.Text]()

// Texts walks every bilingual text of a content with its path by keys, such as "areas/sales/title": for
// searching, for finding missing translations, for checks. Empty texts are left out.
func (c Content) Texts() iter.Seq2[string, lang.Text] {
	return func(yield func(string, lang.Text) bool) { walkTexts(reflect.ValueOf(c), "", yield) }
}

func walkTexts(v reflect.Value, path string, yield func(string, lang.Text) bool) bool {
	switch {
	case v.Type() == textType:
		t := v.Interface().(lang.Text)
		return t.IsZero() || yield(path, t)
	case v.Kind() == reflect.Pointer:
		return v.IsNil() || walkTexts(v.Elem(), path, yield)
	case v.Kind() == reflect.Slice:
		for i := range v.Len() {
			if !walkTexts(v.Index(i), join(path, itemKey(v.Index(i))), yield) {
				return false
			}
		}
	case v.Kind() == reflect.Struct:
		for i := range v.NumField() {
			name, _, _ := strings.Cut(v.Type().Field(i).Tag.Get("json"), ",")
			if !walkTexts(v.Field(i), join(path, name), yield) {
				return false
			}
		}
	}
	return true
}

// itemKey names a list's item by the field that identifies it.
func itemKey(v reflect.Value) string {
	for _, name := range []string{"Key", "Competency", "KPI", "Certification", "Slug", "Name"} {
		if v.Kind() != reflect.Struct {
			return ""
		}
		if f := v.FieldByName(name); f.IsValid() && f.Kind() == reflect.String {
			return f.String()
		}
	}
	return ""
}

func join(path, name string) string {
	if path == "" || name == "" {
		return path + name
	}
	return path + "/" + name
}
