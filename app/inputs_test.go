package app_test

import (
	"context"
	"reflect"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/settings"
	"github.com/echelon-hr/echelon/careers"
	"github.com/echelon-hr/echelon/competencies"
	"github.com/echelon-hr/echelon/jobs"
	"github.com/echelon-hr/echelon/jobs/pay"
)

// services are everything that takes input.
var services = []any{
	(*accounts.Service)(nil), (*audit.Service)(nil), (*careers.Service)(nil), (*competencies.Service)(nil), (*jobs.Service)(nil),
	(*mail.Service)(nil), (*pay.Service)(nil), (*settings.Service)(nil),
}

// asked are inputs of which nothing is stored: what they say is looked for, or compared.
var asked = map[reflect.Type]bool{
	reflect.TypeFor[actor.Actor](): true, reflect.TypeFor[jobs.Filter](): true, reflect.TypeFor[audit.Filter](): true, reflect.TypeFor[mail.Filter](): true,
	reflect.TypeFor[accounts.DirectoryFilter](): true, reflect.TypeFor[accounts.AccountFilter](): true, reflect.TypeFor[accounts.Asking](): true,
	reflect.TypeFor[accounts.SignInInput](): true, reflect.TypeFor[accounts.ResetInput](): true,
	reflect.TypeFor[accounts.Provided](): true, // whose texts the provider's answer was checked for
	reflect.TypeFor[audit.Head]():        true, reflect.TypeFor[audit.Cut](): true,
}

// closed are the rules that say which characters a text may hold; ids are looked up among those there are.
var closed = map[string]bool{
	"line": true, "text": true, "bilingual": true, "slug": true, "email": true, "oneof": true, "decimal": true, "datetime": true, "timezone": true,
	"iso4217": true, "iso3166_1_alpha2": true,
}

// TestEveryTextOfEveryInputHasARule walks the inputs of all services: a text without a rule for its characters would be
// stored with line ends, invisible signs and signs that turn what follows.
func TestEveryTextOfEveryInputHasARule(t *testing.T) {
	seen := map[reflect.Type]bool{}
	for _, s := range services {
		service := reflect.TypeOf(s)
		for i := range service.NumMethod() {
			method := service.Method(i)
			for n := 1; n < method.Type.NumIn(); n++ {
				if in := method.Type.In(n); in.Kind() == reflect.Struct && in != reflect.TypeFor[context.Context]() {
					walkInput(t, in, seen)
				}
			}
		}
	}
	for _, want := range []reflect.Type{reflect.TypeFor[accounts.NewAccount](), reflect.TypeFor[jobs.Area](), reflect.TypeFor[pay.Zone](), reflect.TypeFor[competencies.Code]()} {
		if !seen[want] {
			t.Errorf("%s was not met", want)
		}
	}
}

func walkInput(t *testing.T, in reflect.Type, seen map[reflect.Type]bool) {
	t.Helper()
	if seen[in] || asked[in] || !strings.HasPrefix(in.PkgPath(), module) {
		return
	}
	seen[in] = true
	for _, f := range reflect.VisibleFields(in) {
		if !f.IsExported() || f.Tag.Get("json") == "-" && f.Tag.Get("validate") == "" {
			continue // made by the program, not typed by anybody
		}
		inner, rules := f.Type, strings.Split(f.Tag.Get("validate"), ",")
		for inner.Kind() == reflect.Slice || inner.Kind() == reflect.Pointer || inner.Kind() == reflect.Map {
			inner = inner.Elem()
		}
		switch {
		case inner == reflect.TypeFor[lang.Text](), inner.Kind() == reflect.String:
			checkRules(t, in, f, inner, rules)
		case inner.Kind() == reflect.Struct:
			walkInput(t, inner, seen)
		}
	}
}

func checkRules(t *testing.T, in reflect.Type, f reflect.StructField, inner reflect.Type, rules []string) {
	t.Helper()
	dived := f.Type.Kind() != reflect.Slice && f.Type.Kind() != reflect.Map
	for _, rule := range rules {
		name, _, _ := strings.Cut(rule, "=")
		dived = dived || name == "dive"
		if dived && closed[name] {
			return
		}
	}
	if inner != reflect.TypeFor[actor.PersonID]() {
		t.Errorf("%s.%s (%s) has no rule for its characters: %q", in, f.Name, f.Type, f.Tag.Get("validate"))
	}
}
