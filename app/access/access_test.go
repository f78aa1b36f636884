package access_test

import (
	"slices"
	"testing"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

func person(roles ...actor.Role) actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: "1", Roles: roles}
}

// actors are one of every kind, with every role alone.
var actors = []struct {
	name  string
	actor actor.Actor
}{
	{"nobody", actor.Nobody()},
	{"employee", person()},
	{"recruiter", person(actor.Recruiter)},
	{"hr", person(actor.HR)},
	{"compensation", person(actor.Compensation)},
	{"administrator", person(actor.Administrator)},
	{"operator", actor.CommandLine()},
	{"system", actor.SystemTask("seed")},
	{"no kind", actor.Actor{Roles: actor.Roles()}},
	{"nobody with roles", actor.Actor{Kind: actor.Anonymous, Roles: actor.Roles()}},
	{"unknown role", person("king")},
}

// allowed says the table of the design a second time, so that a slip in the package's own shows.
var allowed = map[access.Action][]string{
	access.HomeRead:          {"employee", "recruiter", "hr", "compensation", "administrator", "unknown role"},
	access.CompetenciesRead:  {"employee", "recruiter", "hr", "compensation", "administrator", "unknown role", "operator", "system"},
	access.CompetenciesWrite: {"hr", "operator", "system"},
	access.JobsRead:          {"employee", "recruiter", "hr", "compensation", "administrator", "unknown role", "operator", "system"},
	access.JobsWrite:         {"recruiter", "hr", "operator", "system"},
	access.LaddersRead:       {"employee", "recruiter", "hr", "compensation", "administrator", "unknown role", "operator", "system"},
	access.LaddersWrite:      {"hr", "operator", "system"},
	access.BandsRead:         {"hr", "compensation", "operator", "system"},
	access.BandsWrite:        {"compensation", "operator", "system"},
	access.AccountsRead:      {"administrator", "operator", "system"},
	access.AccountsWrite:     {"administrator", "operator", "system"},
}

func TestEveryActionIsDecidedForEveryKindOfActor(t *testing.T) {
	for _, action := range access.Actions() {
		who, known := allowed[action]
		if !known {
			t.Errorf("%s is not said in this test: decide who may", action)
		}
		for _, a := range actors {
			t.Run(string(action)+" as "+a.name, func(t *testing.T) {
				err := access.Decide(a.actor, action, access.None)
				want := slices.Contains(who, a.name)
				if (err == nil) != want || access.May(a.actor, action) != want {
					t.Fatalf("Decide gives %v, May %v; want %v", err, access.May(a.actor, action), want)
				}
				if err == nil {
					return
				}
				kind := fault.Forbidden
				if a.actor.Kind == actor.Anonymous {
					kind = fault.Unauthenticated
				}
				if !fault.Is(err, kind) {
					t.Errorf("got %v, want %s", err, kind)
				}
			})
		}
	}
	if len(allowed) != len(access.Actions()) {
		t.Errorf("this test says %d actions, the package %d", len(allowed), len(access.Actions()))
	}
}

func TestWhatNoRowGrantsIsDenied(t *testing.T) {
	for _, a := range actors {
		for _, action := range []access.Action{"", "jobs.delete", "JOBS.READ"} {
			if err := access.Decide(a.actor, action, access.None); err == nil || access.May(a.actor, action) {
				t.Errorf("%s may %q", a.name, action)
			}
		}
	}
}

func TestRolesAddUp(t *testing.T) {
	for _, action := range access.Actions() {
		alone := slices.ContainsFunc(actor.Roles(), func(r actor.Role) bool { return access.May(person(r), action) })
		if access.May(person(actor.Roles()...), action) != alone {
			t.Errorf("all roles together decide %s otherwise than the best of them", action)
		}
	}
}

func TestPolicies(t *testing.T) {
	tests := []struct {
		name   string
		policy access.Policy
		says   string
		passes []string
	}{
		{"the zero policy denies everybody", access.Policy{}, "denied", nil},
		{"public lets everybody in", access.Public(), "public", names(func(actor.Actor) bool { return true })},
		{"an action lets in who may", access.Requires(access.BandsRead), "bands.read", []string{"hr", "compensation", "operator", "system"}},
		{"an action nobody knows denies everybody", access.Requires("jobs.delete"), "jobs.delete", nil},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got := names(func(a actor.Actor) bool { return tt.policy.Check(a) == nil })
			if diff := cmp.Diff(tt.passes, got); diff != "" {
				t.Error(diff)
			}
			if s := tt.policy.String(); s != tt.says {
				t.Errorf("it is listed as %q", s)
			}
		})
	}
}

func names(passes func(actor.Actor) bool) []string {
	var out []string
	for _, a := range actors {
		if passes(a.actor) {
			out = append(out, a.name)
		}
	}
	return out
}

func TestRolesWithCannotChangeTheTable(t *testing.T) {
	got := access.RolesWith(access.BandsRead)
	if diff := cmp.Diff([]actor.Role{actor.HR, actor.Compensation}, got); diff != "" {
		t.Fatal(diff)
	}
	got[0] = actor.Recruiter
	if access.May(person(actor.Recruiter), access.BandsRead) {
		t.Error("a caller gave a role to the table")
	}
}
