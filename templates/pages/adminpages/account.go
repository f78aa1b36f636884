package adminpages

import (
	"cmp"
	"slices"

	"github.com/echelon-hr/echelon/app/lang/msg"
	"github.com/echelon-hr/echelon/templates/components"
)

// problem is what is wrong with a field of a form; field "" is the form itself.
func (v AccountView) problem(form, field string) string {
	if v.Form != form {
		return ""
	}
	return v.Problems[field]
}

// heads lists those chosen first: in a long list they would be out of sight.
func (v AccountView) heads() []components.Choice {
	out := slices.Clone(v.Heads)
	slices.SortStableFunc(out, func(a, b components.Choice) int { return cmp.Compare(rank(a), rank(b)) })
	return out
}

func rank(c components.Choice) int {
	if c.Chosen {
		return 0
	}
	return 1
}

// passwordWord says whether the account has a password.
func (v AccountView) passwordWord() string {
	if v.HasPassword {
		return v.T(msg.AdminPasswordSet)
	}
	return v.T(msg.AdminPasswordNone)
}

// problemsOf are those of a form by field.
func (v AccountView) problemsOf(form string) map[string]string {
	if v.Form != form {
		return nil
	}
	return v.Problems
}

// otherProblem is why something else was refused, such as disabling the last administrator.
func (v AccountView) otherProblem() string {
	if v.Form == "details" || v.Form == "rights" {
		return ""
	}
	return v.Problems[""]
}
