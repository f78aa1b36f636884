package valid_test

import (
	"io/fs"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/app/valid"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// check validates a value of an input type twice: as it is born, and with one zero item in every list and
// behind every pointer, so that every tag is met; a mistyped one panics at its first use.
func check[T any](what string) func() []error {
	return func() []error {
		var empty, filled T
		fill(reflect.ValueOf(&filled).Elem())
		return []error{valid.Struct(what, &empty), valid.Struct(what, &filled)}
	}
}

func fill(v reflect.Value) {
	switch v.Kind() {
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fill(v.Elem())
	case reflect.Slice:
		v.Set(reflect.MakeSlice(v.Type(), 1, 1))
		fill(v.Index(0))
	case reflect.Map:
		v.Set(reflect.MakeMap(v.Type()))
		v.SetMapIndex(reflect.Zero(v.Type().Key()), reflect.Zero(v.Type().Elem()))
	case reflect.Struct:
		for i := range v.NumField() {
			if v.Type().Field(i).IsExported() {
				fill(v.Field(i))
			}
		}
	default: // a plain value: its zero is what is wanted
	}
}

// inputs are the types that services take, by the name they give them.
var inputs = map[string]func() []error{
	"content": check[jobs.Content]("content"), "placement": check[jobs.Placement]("placement"), "family": check[jobs.Family]("family"), "kpi": check[jobs.KPI]("kpi"),
	"scale": check[competencies.Scale]("scale"), "competency": check[competencies.Content]("competency"), "certification": check[competencies.Certification]("certification"),
	"ladder": check[careers.LadderContent]("ladder"), "zone": check[pay.Zone]("zone"), "scheme": check[pay.Scheme]("scheme"), "refusal": check[pay.Refusal]("refusal"), "account": check[accounts.Account]("account"),
	"assignment": check[accounts.AssignInput]("assignment"), "delegation": check[accounts.DelegateInput]("delegation"), "token": check[accounts.TokenInput]("token"),
	"preferences": check[accounts.Preferences]("preferences"), "settings": check[settings.Input]("settings"),
	// An account without rights is one like any other: only what fills them can be wrong.
	"rights": func() []error { return check[accounts.Rights]("rights")()[1:] },
}

func TestEveryInputTypeIsRefusedEmpty(t *testing.T) {
	for name, check := range inputs {
		t.Run(name, func(t *testing.T) {
			for _, err := range check() {
				if !fault.Is(err, fault.Invalid) {
					t.Fatalf("got %v, want an Invalid fault", err)
				}
				for _, f := range fault.Of(err).Fields {
					// A path is made of the names that documents use: no Go name starts one.
					if f.Path == "" || f.Rule == "" || strings.ToLower(f.Path) != f.Path {
						t.Errorf("field %+v", f)
					}
				}
			}
		})
	}
}

// TestNoInputTypeIsForgotten reads the services' sources for what they validate.
func TestNoInputTypeIsForgotten(t *testing.T) {
	call := regexp.MustCompile(`valid\.Struct\("(\w+)"`)
	found := 0
	err := filepath.WalkDir("../..", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if d.IsDir() && (d.Name() == "node_modules" || d.Name() == ".git") {
			return fs.SkipDir
		}
		if filepath.Ext(path) != ".go" || strings.HasSuffix(path, "_test.go") {
			return nil
		}
		src, err := os.ReadFile(path)
		for _, m := range call.FindAllSubmatch(src, -1) {
			found++
			if inputs[string(m[1])] == nil {
				t.Errorf("%s validates a %s, which this test does not", path, m[1])
			}
		}
		return err
	})
	if err != nil || found < len(inputs) {
		t.Errorf("found %d calls, %v", found, err)
	}
}

type form struct {
	Slug    string    `json:"slug,omitempty" validate:"slug"`
	Amount  string    `json:"amount" validate:"decimal"`
	Text    lang.Text `json:"text" validate:"bilingual=5"`
	Note    lang.Text `json:"note,omitzero" validate:"omitempty,bilingual=5"`
	Rows    []row     `json:"rows" validate:"max=2,dive"`
	Inner   row       `json:"inner"`
	Untold  string    `validate:"max=3"`
	Ignored string    `json:"-"`
}

type row struct {
	Share int               `json:"share" validate:"lte=100"`
	Cells []cell            `json:"cells" validate:"dive"`
	By    map[string]string `json:"by" validate:"dive,decimal"`
}

type cell struct {
	Key string `json:"key" validate:"required"`
}

func good() form {
	return form{Slug: "a", Amount: "1", Text: lang.NewText("un", ""), Rows: []row{{Cells: []cell{{Key: "k"}}}}}
}

func fields(t *testing.T, f form) []fault.Field {
	t.Helper()
	err := valid.Struct("form", &f)
	if err == nil {
		return nil
	}
	if !fault.Is(err, fault.Invalid) {
		t.Fatalf("got %v, want an Invalid fault", err)
	}
	return fault.Of(err).Fields
}

func TestPathsAreThoseOfTheDocument(t *testing.T) {
	f := good()
	f.Rows = []row{{Share: 100}, {Share: 101, Cells: []cell{{Key: "k"}, {}}, By: map[string]string{"x": "much"}}}
	f.Inner.Share = 200
	f.Untold = "long"
	want := []fault.Field{
		{Path: "rows[1].share", Rule: "lte", Param: "100"},
		{Path: "rows[1].cells[1].key", Rule: "required"},
		{Path: "rows[1].by[x]", Rule: "decimal"},
		{Path: "inner.share", Rule: "lte", Param: "100"},
		{Path: "Untold", Rule: "max", Param: "3"},
	}
	if diff := cmp.Diff(want, fields(t, f)); diff != "" {
		t.Error(diff)
	}
	if got := fields(t, good()); got != nil {
		t.Errorf("a good form has %v", got)
	}
}

func TestSlugRule(t *testing.T) {
	tests := map[string]bool{
		"a": true, "territory-manager": true, "b2b": true, "2": true, strings.Repeat("a", 80): true,
		"": false, "A": false, "a_b": false, "-a": false, "a-": false, "a--b": false, "a b": false, "é": false, "a/b": false, "a\n": false, "a.b": false,
		strings.Repeat("a", 81): false,
	}
	for s, ok := range tests {
		f := good()
		f.Slug = s
		if got := fields(t, f); (got == nil) != ok {
			t.Errorf("%q in a struct: %v", s, got)
		}
		if err := valid.Slug("profile", s); (err == nil) != ok {
			t.Errorf("%q alone: %v", s, err)
		}
	}
	err := valid.Slug("profile", "A")
	if diff := cmp.Diff([]fault.Field{{Path: "slug", Rule: "slug"}}, fault.Of(err).Fields); diff != "" || !fault.Is(err, fault.Invalid) {
		t.Errorf("%v %s", err, diff)
	}
}

func TestDecimalRule(t *testing.T) {
	tests := map[string]bool{
		"0": true, "-1": true, "66780": true, "12.5": true, "0.0001": true, "123456789012345.1234": true,
		"": false, ".5": false, "5.": false, "1,5": false, "1 000": false, "1e6": false, "+1": false, "0x1": false, "0.00001": false,
		"1234567890123456": false, "1\n": false, "٣": false, "NaN": false,
	}
	for s, ok := range tests {
		f := good()
		f.Amount = s
		if got := fields(t, f); (got == nil) != ok {
			t.Errorf("%q: %v", s, got)
		}
	}
}

func TestBilingualRule(t *testing.T) {
	tests := []struct {
		name   string
		fr, en string
		ok     bool
	}{
		{"both", "un", "one", true},
		{"French alone", "un", "", true},
		{"English alone", "", "one", true},
		{"none", "", "", false},
		{"blank is none", " ", "\t", false},
		{"as long as may be, in characters", "ééééé", "œœœœœ", true},
		{"French too long", "éééééé", "one", false},
		{"English too long", "un", "sixsix", false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			f := good()
			f.Text = lang.NewText(tt.fr, tt.en)
			if got := fields(t, f); (got == nil) != tt.ok {
				t.Errorf("required: %v", got)
			}
			f = good()
			f.Note = lang.NewText(tt.fr, tt.en)
			if got := fields(t, f); (got == nil) != (tt.ok || f.Note.IsZero()) {
				t.Errorf("may be absent: %v", got)
			}
		})
	}
}

func TestNoStructIsADefectOfTheCaller(t *testing.T) {
	n := 1
	if err := valid.Struct("number", &n); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
	if err := valid.Struct[form]("form", nil); !fault.Is(err, fault.Internal) {
		t.Errorf("got %v", err)
	}
}

func TestAMistypedRulePanics(t *testing.T) {
	type typo struct {
		Name string `json:"name" validate:"requird"`
	}
	defer func() {
		if recover() == nil {
			t.Error("nothing would show a mistyped tag")
		}
	}()
	_ = valid.Struct("typo", &typo{})
}
