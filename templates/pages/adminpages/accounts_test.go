package adminpages_test

import (
	"regexp"
	"strings"
	"testing"

	"github.com/a-h/templ"

	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/templates/components"
	"github.com/echelon-hr/echelon/templates/layout"
	"github.com/echelon-hr/echelon/templates/pages/accountpages"
	"github.com/echelon-hr/echelon/templates/pages/adminpages"
	"github.com/echelon-hr/echelon/templates/pages/pagetest"
)

// accountForms holds a page of accounts to what every page and every form keeps.
func accountForms[V any](t *testing.T, name string, page func(V) templ.Component, set func(*V, lang.Lang)) {
	t.Helper()
	pagetest.Run(t, pagetest.Page[V]{Name: name, Make: page, Set: set})
	for _, l := range lang.All() {
		var v V
		pagetest.Fill(&v, pagetest.Words)
		set(&v, l)
		html := pagetest.Render(t, page(v))
		pagetest.CheckForms(t, html)
		if m := regexp.MustCompile(`\b(?:admin|account)\.[a-z_.]+`).FindString(html); m != "" {
			t.Errorf("a message key is shown: %s", m)
		}
	}
}

func TestAccountPages(t *testing.T) {
	problems := map[string]string{"": "no", "name": "no", "email": "no", "lang": "no", "roles": "no", "heads": "no", "from": "no", "to": "no", "duty": "no", "last_day": "no"}
	accountForms(t, "accounts", adminpages.Accounts, func(v *adminpages.AccountsView, l lang.Lang) { v.Shell.Lang = l })
	accountForms(t, "new account", adminpages.NewAccount, func(v *adminpages.NewAccountView, l lang.Lang) { v.Shell.Lang, v.Problems = l, problems })
	accountForms(t, "delegations", adminpages.Delegations, func(v *adminpages.DelegationsView, l lang.Lang) { v.Shell.Lang, v.Problems = l, problems })
	for _, form := range []string{"", "details", "rights"} {
		for _, own := range []bool{false, true} {
			accountForms(t, "account "+form, adminpages.ShowAccount, func(v *adminpages.AccountView, l lang.Lang) {
				v.Shell.Lang, v.Form, v.Problems, v.Self, v.Disabled = l, form, problems, own, own
			})
		}
	}
}

func accountView() adminpages.AccountView {
	return adminpages.AccountView{
		Shell: layout.Shell{Lang: lang.EN, CSRF: "proof"}, ID: "7", Name: "Camille", Email: "camille@example.com", Language: "fr", HasCodes: true,
		Roles: []adminpages.Role{{Value: "hr", Label: "HR partner", NeedsCodes: true, Chosen: true}, {Value: "recruiter", Label: "Recruiter"}},
		Heads: components.Pick{People: []components.Choice{{Value: "1", Label: "Awa"}, {Value: "2", Label: "Tomás"}}, Chosen: []string{"2"}},
	}
}

func accountSays(t *testing.T, html string, want, never []string) {
	t.Helper()
	for _, w := range want {
		if !strings.Contains(html, w) {
			t.Errorf("%q is missing", w)
		}
	}
	for _, n := range never {
		if strings.Contains(html, n) {
			t.Errorf("%q is there", n)
		}
	}
}

func TestAnAccountOffersWhatCanBeDoneToIt(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, adminpages.ShowAccount(accountView())))
	accountSays(t, html, []string{
		`action="/admin/accounts/7" method="post"`, `action="/admin/accounts/7/rights" method="post"`, `action="/admin/accounts/7/reset" method="post"`,
		`action="/admin/accounts/7/disable" method="post"`, `value="hr" checked`, `value="recruiter">`, `name="codes" value="1"`, `value="fr" lang="fr" selected`,
	}, []string{"/enable", `name="whole" value="1" checked`})
	if strings.Index(html, "Tomás") > strings.Index(html, "Awa") {
		t.Error("the people chosen do not come first")
	}
	v := accountView()
	v.Disabled = true
	accountSays(t, pagetest.Main(pagetest.Render(t, adminpages.ShowAccount(v))), []string{`action="/admin/accounts/7/enable" method="post"`}, []string{"/7/disable", "/7/reset"})
}

func TestNobodyIsOfferedTheirOwnRights(t *testing.T) {
	v := accountView()
	v.Self = true
	accountSays(t, pagetest.Main(pagetest.Render(t, adminpages.ShowAccount(v))), []string{"Nobody changes their own rights", `href="/account"`}, []string{"<form", "<button"})
}

func TestAProblemStandsInItsForm(t *testing.T) {
	v := accountView()
	v.Form, v.Problems = "rights", map[string]string{"": "whole form", "email": "of another form"}
	html := pagetest.Main(pagetest.Render(t, adminpages.ShowAccount(v)))
	if _, after, _ := strings.Cut(html, `action="/admin/accounts/7/rights"`); !strings.Contains(after, "whole form") || strings.Count(html, "whole form") != 1 {
		t.Error("the problem of the rights is not said once, with them")
	}
	accountSays(t, html, nil, []string{"of another form"})
	v.Form = ""
	html = pagetest.Main(pagetest.Render(t, adminpages.ShowAccount(v)))
	if before, _, _ := strings.Cut(html, "<form"); !strings.Contains(before, "whole form") {
		t.Error("what was refused apart from the forms is not said at the top")
	}
}

func TestTheListSaysWhoStillNeedsCodes(t *testing.T) {
	html := pagetest.Main(pagetest.Render(t, adminpages.Accounts(adminpages.AccountsView{Shell: layout.Shell{Lang: lang.EN}, Total: 3, Accounts: []adminpages.Account{
		{ID: "1", Name: "Awa", Roles: []string{"HR partner", "Administrator"}, Codes: true, NeedsCodes: true}, {ID: "2", Name: "Noé", NeedsCodes: true}, {ID: "3", Name: "Tomás", Disabled: true},
	}})))
	accountSays(t, html, []string{`href="/admin/accounts/1"`, `href="/admin/accounts/new"`, "HR partner", "Administrator", "no particular role", "Disabled", "3 accounts"}, nil)
	if strings.Count(html, "Needed, not set up") != 1 || strings.Count(html, "Turned on") != 1 {
		t.Error("whose codes are set up is not said right")
	}
}

func TestDelegationsEndOnlyWhileTheyLast(t *testing.T) {
	v := adminpages.DelegationsView{
		Shell: layout.Shell{Lang: lang.EN}, Duty: "hr", StartsOn: "2026-12-01",
		From: components.Pick{People: []components.Choice{{Value: "1", Label: "Awa"}, {Value: "2", Label: "Noé"}}, Chosen: []string{"1"}}, Duties: []components.Choice{{Value: "hr", Label: "HR partner"}},
		Delegations: []accountpages.Delegation{{ID: "d1", From: "Awa", To: "Noé", Revocable: true}, {ID: "d2", From: "Awa", To: "Tomás"}},
	}
	accountSays(t, pagetest.Main(pagetest.Render(t, adminpages.Delegations(v))), []string{
		`action="/admin/delegations/d1/revoke" method="post"`, `action="/admin/delegations" method="post"`, `value="1" selected`, `value="hr" selected`, `value="2026-12-01"`,
	}, []string{"/d2/revoke", `value="2" selected`})
}
