package access_test

import (
	"errors"
	"slices"
	"strings"
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
	{"manager", actor.Actor{Kind: actor.Person, ID: "1", Manages: true}},
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

// everyone is everybody signed in.
var everyone = []string{"employee", "manager", "recruiter", "hr", "compensation", "administrator", "unknown role"}

func and(a []string, more ...string) []string { return append(slices.Clone(a), more...) }

// granted is a row of the design's table, said a second time so that a slip in the package's own shows: who may take
// the action on an object they have no relation to, and which relations give it to anybody signed in. An HR partner
// of a personal row stands under "perimeter".
type granted struct {
	always    []string
	relations access.Relation
	perimeter bool // hr, in the perimeter only
}

var allowed = map[access.Action]granted{
	access.HomeRead:         {always: everyone},
	access.CompetenciesRead: {always: and(everyone, "operator", "system")},
	access.JobsRead:         {always: and(everyone, "operator", "system")},
	access.LaddersRead:      {always: and(everyone, "operator", "system")},

	access.DirectoryRead:  {always: and(everyone, "operator", "system")},
	access.DirectoryWrite: {always: []string{"operator", "system"}, perimeter: true},

	access.DraftsRead:   {always: []string{"recruiter", "hr", "compensation", "administrator"}, relations: access.NamedReviewer | access.Line | access.DirectReport},
	access.DraftsWrite:  {always: []string{"recruiter", "hr"}, relations: access.Line | access.DirectReport},
	access.DraftsReview: {relations: access.NamedReviewer},
	access.JobsWrite:    {always: []string{"recruiter", "hr", "operator", "system"}},

	access.RequisitionsRead:    {always: []string{"recruiter", "hr", "compensation", "administrator"}, relations: access.Line | access.DirectReport},
	access.RequisitionsRequest: {always: []string{"recruiter", "hr"}, relations: access.Line | access.DirectReport},
	access.PostingsWrite:       {always: []string{"recruiter", "hr"}},

	access.CompetenciesWrite:   {always: []string{"hr", "operator", "system"}},
	access.CompetenciesComment: {always: []string{"manager", "recruiter", "hr"}},
	access.LaddersWrite:        {always: []string{"hr", "operator", "system"}},

	access.CheckinsRate:   {relations: access.Own},
	access.CheckinsAssess: {relations: access.DirectReport | access.Assessor},
	access.CheckinsRead:   {relations: access.Own | access.Line | access.DirectReport | access.Assessor, perimeter: true},
	access.FactsRead:      {relations: access.Own | access.Line | access.DirectReport, perimeter: true},

	access.CertificatesRead:   {relations: access.Own | access.Line | access.DirectReport, perimeter: true},
	access.CertificatesWrite:  {relations: access.Own},
	access.CertificatesVerify: {perimeter: true},

	access.PlansRead:  {relations: access.Own | access.DirectReport, perimeter: true},
	access.PlansWrite: {relations: access.Own | access.DirectReport},

	access.MentorshipWrite: {relations: access.Pair},
	access.MentorshipNotes: {relations: access.Pair},
	access.MentorshipHours: {relations: access.DirectReport},
	access.MentorshipState: {relations: access.Pair, perimeter: true},

	access.GoalsRead:       {relations: access.Own | access.DirectReport},
	access.GoalsWrite:      {relations: access.DirectReport},
	access.GoalsAggregates: {always: []string{"hr"}},

	access.MobilityRead:    {relations: access.Own | access.Line | access.DirectReport, perimeter: true},
	access.MobilityPropose: {relations: access.Line | access.DirectReport},
	access.MobilityWrite:   {perimeter: true},
	access.MobilityPay:     {always: []string{"compensation"}},

	access.BandsRead:     {always: []string{"hr", "compensation", "operator", "system"}, relations: access.Own | access.OneMoveAway | access.Line | access.DirectReport | access.OwnPosting},
	access.BandsWrite:    {always: []string{"compensation", "operator", "system"}},
	access.BandsApprove:  {always: []string{"hr", "compensation", "operator", "system"}},
	access.PayFactsRead:  {always: []string{"compensation"}, relations: access.Own | access.DirectReport, perimeter: true},
	access.PayFactsWrite: {always: []string{"compensation"}},

	access.IncentivesRead: {always: []string{"hr", "compensation"}, relations: access.Own | access.Line | access.DirectReport},
	access.SurveysRead:    {always: []string{"hr", "compensation"}},
	access.SurveysWrite:   {always: []string{"compensation"}},

	access.InterviewsRead:        {relations: access.Own | access.DirectReport, perimeter: true},
	access.InterviewsAcknowledge: {relations: access.Own},
	access.InterviewsWrite:       {relations: access.DirectReport, perimeter: true},

	access.AccountOwn:       {relations: access.Own},
	access.DelegationsWrite: {always: []string{"administrator", "operator"}, relations: access.Own},
	access.AccountsRead:     {always: []string{"administrator", "operator", "system"}},
	access.AccountsWrite:    {always: []string{"administrator", "operator", "system"}},
	access.SettingsRead:     {always: []string{"administrator", "operator", "system"}},
	access.SettingsWrite:    {always: []string{"administrator", "operator", "system"}},
	access.JournalRead:      {always: []string{"hr", "administrator", "operator", "system"}},
}

// aboutPeople are the rows where nobody uses a role on what is about themself.
var aboutPeople = []access.Action{
	access.DirectoryWrite, access.CheckinsRead, access.FactsRead, access.CertificatesRead, access.CertificatesVerify, access.PlansRead, access.MobilityWrite,
	access.MobilityPay, access.BandsApprove, access.PayFactsRead, access.PayFactsWrite, access.InterviewsRead, access.InterviewsWrite, access.AccountsWrite, access.MobilityRead, access.MentorshipState,
}

// relations are all of them, one by one.
var relations = []access.Relation{
	access.Own, access.DirectReport, access.Line, access.Assessor, access.Pair, access.NamedReviewer, access.OwnPosting, access.OneMoveAway, access.InPerimeter,
}

func TestEveryActionIsDecidedForEveryKindOfActor(t *testing.T) {
	for _, action := range access.Actions() {
		row, known := allowed[action]
		if !known {
			t.Errorf("%s is not said in this test: decide who may", action)
		}
		for _, a := range actors {
			t.Run(string(action)+" as "+a.name, func(t *testing.T) {
				want := slices.Contains(row.always, a.name)
				check(t, a.actor, action, access.None, want)
				if access.May(a.actor, action) != want {
					t.Errorf("May says %t", !want)
				}
				for _, r := range relations {
					person := a.actor.Kind == actor.Person
					got := want || person && row.relations&r != 0 || a.name == "hr" && row.perimeter && r == access.InPerimeter
					if r == access.Own && slices.Contains(aboutPeople, action) && person {
						got = row.relations&access.Own != 0
					}
					check(t, a.actor, action, r, got)
				}
			})
		}
	}
	if len(allowed) != len(access.Actions()) {
		t.Errorf("this test says %d actions, the package %d", len(allowed), len(access.Actions()))
	}
}

// check asks Decide, and for what is refused that the refusal says so in the right way.
func check(t *testing.T, a actor.Actor, action access.Action, r access.Relation, want bool) {
	t.Helper()
	err := access.DecideOn(a, action, r, "person:1")
	if (err == nil) != want {
		t.Errorf("with the relation %v: %v, want it allowed: %t", r.Names(), err, want)
	}
	if err == nil {
		return
	}
	kind, refusal := fault.Forbidden, (*access.Refusal)(nil)
	if a.Kind == actor.Anonymous {
		kind = fault.Unauthenticated
	} else if !errors.As(err, &refusal) || refusal.Action != action || refusal.Object != "person:1" {
		t.Errorf("the refusal says %+v", refusal)
	}
	if !fault.Is(err, kind) {
		t.Errorf("got %v, want %s", err, kind)
	}
}

// TestNobodyUsesARoleOnThemself: with every role there is, what is about oneself stays as it is for an employee.
func TestNobodyUsesARoleOnThemself(t *testing.T) {
	all, none := person(actor.Roles()...), person()
	for _, action := range aboutPeople {
		r := access.Own | access.InPerimeter
		if (access.Decide(all, action, r) == nil) != (access.Decide(none, action, r) == nil) {
			t.Errorf("a role decides %s on oneself", action)
		}
	}
}

func TestTokensReachTheirScopesOnly(t *testing.T) {
	owner := person(actor.Roles()...)
	owner.Manages = true
	with := func(scopes ...string) actor.Actor {
		a := owner
		a.Token, a.Scopes = true, scopes
		return a
	}
	every := access.Relation(1<<9 - 1)
	for _, action := range access.Actions() {
		area, verb, _ := strings.Cut(string(action), ".")
		owns := access.Decide(owner, action, every&^access.Own) == nil
		session := access.GrantOf(action).Session
		for _, c := range []struct {
			name  string
			token actor.Actor
			want  bool
		}{
			{"no scope", with(), false},
			{"read", with("read"), owns && verb == "read"},
			{"write", with("write"), owns},
			{"read of the area", with(area + ":read"), owns && verb == "read"},
			{"write of the area", with(area + ":write"), owns},
			{"write of another area", with("none:write"), false},
			{"something unknown", with("all", "*", area, area+":*"), false},
		} {
			if got := access.Decide(c.token, action, every&^access.Own) == nil; got != (c.want && !session) {
				t.Errorf("a token with %s may %s: %t", c.name, action, got)
			}
		}
		stranger := person()
		stranger.Token, stranger.Scopes = true, []string{"write"}
		if access.May(stranger, action) && !access.May(person(), action) {
			t.Errorf("a token may %s, its owner may not", action)
		}
	}
}

func TestRolesWaitForCodes(t *testing.T) {
	a := person()
	a.Withheld = []actor.Role{actor.Administrator}
	err := access.Decide(a, access.AccountsRead, access.None)
	if !fault.Is(err, fault.Forbidden) || fault.Of(err).Code != "codes_needed" {
		t.Errorf("a role that is withheld is refused with %v", err)
	}
	if f := fault.Of(access.Decide(a, access.BandsRead, access.None)); f.Code != "forbidden" {
		t.Errorf("what the role would not give either is refused with %s", f.Code)
	}
}

func TestHiddenRefusalsLookLikeNothing(t *testing.T) {
	err := access.Hide(access.DecideOn(person(), access.AccountsRead, access.None, "person:2"))
	refusal := (*access.Refusal)(nil)
	if !fault.Is(err, fault.NotFound) || fault.Of(err).Code != "not_found" || !errors.As(err, &refusal) || refusal.Object != "person:2" {
		t.Errorf("%v", err)
	}
	if access.Hide(nil) != nil {
		t.Error("nothing was refused, and something is hidden")
	}
	if other := fault.New(fault.Conflict, "x", "x"); !errors.Is(access.Hide(other), other) {
		t.Error("what is no refusal changed")
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
		{"an action lets in who may", access.Requires(access.BandsWrite), "bands.write", []string{"compensation", "operator", "system"}},
		{"an action that a relation can give lets in everybody signed in", access.Requires(access.BandsRead), "bands.read", []string{"employee", "manager", "recruiter", "hr", "compensation", "administrator", "operator", "system", "unknown role"}},
		{"nobody but an HR partner can have a perimeter", access.Requires(access.DirectoryWrite), "directory.write", []string{"hr", "operator", "system"}},
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
