package atsize_test

import (
	"io"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/echelon-hr/echelon/app"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/apptest"
	"github.com/echelon-hr/echelon/app/testkit"
	"github.com/echelon-hr/echelon/app/web"
)

// counted are the pages whose statements are counted, each as every persona. {employee} and {manager} are people.
var counted = []string{
	"/", "/jobs", "/jobs?q=n%C3%A9gociation", "/jobs?track=field&stage=mid", "/jobs/territory-manager", "/jobs/territory-manager/guide",
	"/jobs/territory-manager/versions", "/jobs/territory-manager/versions/1", "/jobs/compare", "/jobs/compare?a=territory-manager&b=sales-associate",
	"/families/sales", "/matrices/sales", "/ladders", "/ladders/sales", "/competencies", "/competencies/negotiation", "/pay/bands",
	"/people", "/people?q=a", "/people/{employee}", "/people/{manager}", "/account", "/docs",
	"/admin/accounts", "/admin/accounts?q=a", "/admin/accounts/new", "/admin/accounts/{employee}", "/admin/delegations", "/admin/settings",
	"/admin/outbox", "/admin/journal",
	"/api/v1/me", "/api/v1/jobs", "/api/v1/jobs/territory-manager", "/api/v1/people", "/api/v1/people/{employee}", "/api/v1/accounts", "/api/v1/ladders",
}

// weight is what a page took: its status, its statements and its bytes, and the time of the middle one of some requests.
type weight struct {
	status, statements, bytes int
	took                      time.Duration
}

// TestAPageTakesAsManyStatementsForManyAsForFew holds each page to the statements it takes in the demo, in a company of
// 10 000 people with 1 000 profiles. With -v it prints what each page took.
func TestAPageTakesAsManyStatementsForManyAsForFew(t *testing.T) {
	for _, kind := range []string{"sqlite", "postgresql"} {
		t.Run(kind, func(t *testing.T) {
			few, many := statementsOf(t, apptest.Demo(t, kind)), statementsOf(t, apptest.Crowd(t, kind))
			for _, persona := range apptest.Personas {
				for _, path := range counted {
					a, b := few[persona+" "+path], many[persona+" "+path]
					if b.statements > a.statements && b.status == a.status {
						t.Errorf("%s as %s: %d statements among few, %d among many", path, persona, a.statements, b.statements)
					}
					if b.status >= 500 || b.status == 200 && b.statements == 0 {
						t.Errorf("%s as %s: status %d after %d statements", path, persona, b.status, b.statements)
					}
					if b.status != a.status && path != "/ladders" { // one ladder is led to, several are listed
						t.Errorf("%s as %s: status %d among few, %d among many", path, persona, a.status, b.status)
					}
					t.Logf("%-50s %-14s %d  %3d %3d statements  %7d %7d bytes  %9s %9s",
						path, persona, b.status, a.statements, b.statements, a.bytes, b.bytes, a.took.Round(10*time.Microsecond), b.took.Round(10*time.Microsecond))
				}
			}
		})
	}
}

// statementsOf asks for every page as every persona.
func statementsOf(t *testing.T, address string) map[string]weight {
	t.Helper()
	a := apptest.Build(t, address, true)
	count := &testkit.Statements{Except: `FROM "settings"`} // read anew each second, by whichever request comes then
	a.DB.AddQueryHook(count)                                //nolint:staticcheck // all services hold this handle: a copy of it would count nothing
	times := 3
	if testing.Verbose() {
		times = 7
	}
	out := map[string]weight{}
	for _, persona := range apptest.Personas {
		opened, err := a.Services.Accounts.SignInPersona(t.Context(), actor.Nobody(), persona, "", "")
		if err != nil {
			t.Fatal(err)
		}
		for _, path := range counted {
			out[persona+" "+path] = ask(t, a, count, opened.Token, named(t, a, path), times)
		}
	}
	return out
}

// named puts the ids of people in the place of their names in an address.
func named(t *testing.T, a *app.App, path string) string {
	t.Helper()
	before, rest, found := strings.Cut(path, "{")
	if !found {
		return path
	}
	persona, after, _ := strings.Cut(rest, "}")
	x, err := a.Services.Accounts.FindByPersona(t.Context(), actor.CommandLine(), persona)
	if err != nil {
		t.Fatal(err)
	}
	return before + string(x.ID) + after
}

// ask requests a page once, and then as often as is wanted. The fewest statements of these count: once in a while a
// request also notes that a session is in use.
func ask(t *testing.T, a *app.App, count *testkit.Statements, token, path string, times int) weight {
	t.Helper()
	w := weight{}
	w.status, _ = request(t, a, token, path)
	var took []time.Duration
	for range times {
		count.Restart()
		began := time.Now()
		_, w.bytes = request(t, a, token, path)
		took = append(took, time.Since(began))
		if n := count.Restart(); w.statements == 0 || n < w.statements {
			w.statements = n
		}
	}
	slices.Sort(took)
	w.took = took[len(took)/2]
	return w
}

func request(t *testing.T, a *app.App, token, path string) (status, size int) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, path, nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Host = "127.0.0.1"
	req.AddCookie(&http.Cookie{Name: web.SessionCookie(false), Value: token})
	res, err := a.Web.Test(req, -1)
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = res.Body.Close() }()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	return res.StatusCode, len(body)
}
