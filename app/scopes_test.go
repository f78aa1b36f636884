package app_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/web"
)

// TestEachScopeReachesItsRoutes asks every address that reads with a token of every single scope, of somebody with
// every role: what the scope names is answered whole, whatever else the answer shows, and nothing else is answered.
func TestEachScopeReachesItsRoutes(t *testing.T) {
	s := apptest.Start(t, "sqlite")
	everything := []actor.Role{actor.Recruiter, actor.HR, actor.Compensation, actor.Administrator}
	addPerson(t, s, "omni@example.com", "Olga Omni", everything...)
	withCodes(t, enter(t, s, "omni@example.com"))
	v := s.Visitor(t)
	for _, scope := range access.Scopes() {
		in := accounts.TokenInput{Name: "matrix", Scopes: []string{scope}, Days: 1}
		token, err := s.App.Services.Accounts.CreateTokenFor(t.Context(), actor.CommandLine(), "omni@example.com", in)
		if err != nil {
			t.Fatal(err)
		}
		reader := actor.Actor{Kind: actor.Person, ID: "omni", Roles: everything, Token: true, Scopes: []string{scope}}
		for _, r := range s.App.Web.Routes {
			if r.Method != http.MethodGet || strings.Contains(r.Path, "sign-in") {
				continue
			}
			t.Run(fmt.Sprintf("%s %s", scope, r.Path), func(t *testing.T) {
				checkScope(t, bearer(v, addresses.Replace(r.Path), token), reader, r)
			})
		}
		withPay := bearer(v, "/jobs/territory-manager.pdf?pay=1", token)
		if may := access.MayBe(reader, access.BandsRead) && access.MayBe(reader, access.JobsRead); may != (withPay.Status == http.StatusOK) {
			t.Errorf("%s: a document with pay answers %d", scope, withPay.Status)
		}
	}
}

func checkScope(t *testing.T, a apptest.Answer, reader actor.Actor, r web.Route) {
	t.Helper()
	reached := r.Policy.Open || access.MayBe(reader, r.Policy.Action)
	if r.Path == "/" {
		reached = access.MayBe(reader, access.HomeRead)
	}
	refused := slices.Contains([]int{http.StatusForbidden, http.StatusUnauthorized}, a.Status)
	if reached == refused || a.Status >= http.StatusInternalServerError {
		t.Errorf("within its scope %t, answers %d: %.200s", reached, a.Status, a.Body)
	}
	if !access.MayBe(reader, access.BandsRead) && strings.Contains(a.Body, "38000") {
		t.Error("pay is shown")
	}
}
