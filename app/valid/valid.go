// Package valid applies the `validate` tags of inputs and turns what is wrong into a fault with the paths
// the reader knows. Services call it, so that pages, the API, the command line and seeds meet one rule.
package valid

import (
	"errors"
	"reflect"
	"regexp"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-playground/validator/v10"

	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mailbox"
)

var (
	validate = build()
	slug     = regexp.MustCompile(`^[a-z0-9]+(?:-[a-z0-9]+)*$`)
	decimal  = regexp.MustCompile(`^-?[0-9]{1,15}(?:\.[0-9]{1,4})?$`)
)

func build() *validator.Validate {
	v := validator.New(validator.WithRequiredStructEnabled())
	v.RegisterTagNameFunc(func(f reflect.StructField) string {
		name, _, _ := strings.Cut(f.Tag.Get("json"), ",")
		if name == "-" {
			return ""
		}
		return name
	})
	must := func(err error) {
		if err != nil {
			panic(err)
		}
	}
	must(v.RegisterValidation("slug", func(fl validator.FieldLevel) bool {
		return len(fl.Field().String()) <= 80 && slug.MatchString(fl.Field().String())
	}))
	must(v.RegisterValidation("decimal", func(fl validator.FieldLevel) bool { return decimal.MatchString(fl.Field().String()) }))
	must(v.RegisterValidation("bilingual", bilingual))
	must(v.RegisterValidation("line", holds(lang.IsLine)))
	must(v.RegisterValidation("text", holds(lang.IsText)))
	must(v.RegisterValidation("email", func(fl validator.FieldLevel) bool { return mailbox.Is(fl.Field().String()) }))
	return v
}

// holds asks a rule of a string, or of both sides of a bilingual text.
func holds(rule func(string) bool) validator.Func {
	return func(fl validator.FieldLevel) bool {
		if t, ok := fl.Field().Interface().(lang.Text); ok {
			return rule(t.FR.Text) && rule(t.EN.Text)
		}
		return rule(fl.Field().String())
	}
}

// bilingual asks for a text in at least one language, neither longer than the parameter in characters, that reads as it
// is written.
func bilingual(fl validator.FieldLevel) bool {
	t, ok := fl.Field().Interface().(lang.Text)
	if !ok {
		return false
	}
	limit, err := strconv.Atoi(fl.Param())
	if err != nil {
		panic("bilingual needs a limit")
	}
	for _, side := range []string{t.FR.Text, t.EN.Text} {
		if utf8.RuneCountInString(side) > limit || !lang.IsText(side) {
			return false
		}
	}
	return !t.IsZero()
}

// Slug checks the name under which something is stored, as its own rule would within a struct.
func Slug(what, s string) error {
	if len(s) <= 80 && slug.MatchString(s) {
		return nil
	}
	return fault.New(fault.Invalid, "invalid", "%s is not valid", what).At("slug", "slug", "")
}

// Struct checks a value of struct type by its tags. Broken rules come back as one Invalid fault with a
// field for each; anything else wrong is a defect of the caller and Internal.
func Struct[T any](what string, v *T) error {
	err := validate.Struct(v)
	if err == nil {
		return nil
	}
	var broken validator.ValidationErrors
	if !errors.As(err, &broken) {
		return fault.Wrap(fault.Internal, "internal", err, "validate %s", what)
	}
	f := fault.New(fault.Invalid, "invalid", "%s is not valid", what)
	for _, b := range broken {
		_, path, _ := strings.Cut(b.Namespace(), ".")
		f.Fields = append(f.Fields, fault.Field{Path: path, Rule: b.Tag(), Param: b.Param()})
	}
	return f
}
