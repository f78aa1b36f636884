// Package pagetest helps the tests of pages: it fills a view to the brim and checks what was rendered. Only
// tests import it.
package pagetest

import (
	"fmt"
	"reflect"
	"time"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/templates/layout"
)

// known are the values a closed set takes in turn.
var known = map[reflect.Type][]any{
	reflect.TypeFor[jobs.Stage]():            {jobs.StageMid, jobs.StageSenior},
	reflect.TypeFor[jobs.Importance]():       {jobs.Essential, jobs.Expected, jobs.Preferred},
	reflect.TypeFor[jobs.VersionState]():     {jobs.Published, jobs.Superseded},
	reflect.TypeFor[jobs.ChangeKind]():       {jobs.Added, jobs.Replaced, jobs.Removed},
	reflect.TypeFor[competencies.Category](): competenciesCategories(),
	reflect.TypeFor[competencies.Trend]():    {competencies.Growing, competencies.Declining},
	reflect.TypeFor[competencies.Origin]():   {competencies.FromSource, competencies.FromEchelon},
	reflect.TypeFor[careers.MoveKind]():      {careers.Up, careers.Lateral, careers.Diagonal},
	reflect.TypeFor[layout.Section]():        {layout.Jobs},
}

func competenciesCategories() []any {
	var out []any
	for _, c := range competencies.Categories() {
		out = append(out, c)
	}
	return out
}

// Fill sets everything in the view that v points to: words to every string and text, two items to every
// list, one entry to every map. Closed sets get values of theirs. The language and theme are left alone.
func Fill(v any, word func(n int) string) {
	f := &filler{word: word}
	f.fill(reflect.ValueOf(v).Elem())
}

// Words gives a different harmless word each time.
func Words(n int) string { return fmt.Sprintf("mot-%d", n) }

// Always gives the same word each time.
func Always(s string) func(int) string { return func(int) string { return s } }

type filler struct {
	word func(int) string
	n    int
}

func (f *filler) next() string {
	f.n++
	return f.word(f.n)
}

func (f *filler) fill(v reflect.Value) {
	switch v.Type() {
	case reflect.TypeFor[lang.Text]():
		w := f.next()
		v.Set(reflect.ValueOf(lang.Text{FR: lang.Side{Text: w, Revision: 1}, EN: lang.Side{Text: w, Revision: 1, From: 1}}))
		return
	case reflect.TypeFor[time.Time]():
		v.Set(reflect.ValueOf(time.Date(2026, 12, 5, 9, 0, 0, 0, time.UTC)))
		return
	case reflect.TypeFor[lang.Lang]():
		return
	}
	if values, ok := known[v.Type()]; ok {
		f.n++
		v.Set(reflect.ValueOf(values[f.n%len(values)]))
		return
	}
	f.fillKind(v)
}

func (f *filler) fillKind(v reflect.Value) {
	switch v.Kind() { //nolint:exhaustive // views hold these kinds; another one is left empty
	case reflect.String:
		v.SetString(f.next())
	case reflect.Int:
		v.SetInt(2)
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		f.fill(v.Elem())
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).Name != "Theme" && v.Field(i).CanSet() {
				f.fill(v.Field(i))
			}
		}
	case reflect.Slice:
		f.fillSlice(v)
	case reflect.Map:
		key, value := reflect.New(v.Type().Key()).Elem(), reflect.New(v.Type().Elem()).Elem()
		f.fill(key)
		f.fill(value)
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(key, value)
	}
}

func (f *filler) fillSlice(v reflect.Value) {
	if v.Type().Elem().Kind() == reflect.Uint8 {
		return // a stored document: no page shows it
	}
	v.Set(reflect.MakeSlice(v.Type(), 2, 2))
	for i := range 2 {
		f.fill(v.Index(i))
	}
}
