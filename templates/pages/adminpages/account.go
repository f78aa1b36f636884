package adminpages

import (
	"github.com/echelon-hr/echelon/app/lang"
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
	var chosen, others []components.Choice
	for _, c := range v.Heads.People {
		if c.Chosen = v.Heads.Ticked(c.Value); c.Chosen {
			chosen = append(chosen, c)
		} else {
			others = append(others, c)
		}
	}
	return append(chosen, others...)
}

// count says how many accounts there are, and how many of them the page shows when that differs.
func (v AccountsView) count() string {
	total := v.N(msg.AdminAccountsCount, v.Total)
	if len(v.Accounts) == v.Total {
		return total
	}
	return v.T(msg.PeopleCountOf, msg.Args{"Shown": lang.Number(v.Lang, len(v.Accounts)), "Total": total})
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
