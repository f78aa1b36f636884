// Package access decides who may do what. It is the one ground-floor package that names business actions:
// the table below is the whole truth, docs/permissions.md is generated from it, routes carry an action as a
// column and services ask Decide. What no row grants is denied.
package access

import (
	"slices"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Action is something that can be allowed.
type Action string

// The actions.
const (
	CompetenciesRead  Action = "competencies.read"
	CompetenciesWrite Action = "competencies.write"
	JobsRead          Action = "jobs.read"
	JobsWrite         Action = "jobs.write"
	LaddersRead       Action = "ladders.read"
	LaddersWrite      Action = "ladders.write"
	BandsRead         Action = "bands.read"
	BandsWrite        Action = "bands.write"
	AccountsRead      Action = "accounts.read"
	AccountsWrite     Action = "accounts.write"
	HomeRead          Action = "home.read"
)

// Relation is what an actor has to do with the object itself, apart from roles: a direct report, the own
// record. The domain that owns the object computes it.
type Relation string

// None is no relation to the object.
const None Relation = ""

// rule says who may take an action. Employee means everybody signed in.
type rule struct {
	employee bool
	roles    []actor.Role
	operator bool
	system   bool
}

var table = map[Action]rule{
	HomeRead:          {employee: true},
	CompetenciesRead:  {employee: true, operator: true, system: true},
	CompetenciesWrite: {roles: []actor.Role{actor.HR}, operator: true, system: true},
	JobsRead:          {employee: true, operator: true, system: true},
	JobsWrite:         {roles: []actor.Role{actor.Recruiter, actor.HR}, operator: true, system: true},
	LaddersRead:       {employee: true, operator: true, system: true},
	LaddersWrite:      {roles: []actor.Role{actor.HR}, operator: true, system: true},
	BandsRead:         {roles: []actor.Role{actor.HR, actor.Compensation}, operator: true, system: true},
	BandsWrite:        {roles: []actor.Role{actor.Compensation}, operator: true, system: true},
	AccountsRead:      {roles: []actor.Role{actor.Administrator}, operator: true, system: true},
	AccountsWrite:     {roles: []actor.Role{actor.Administrator}, operator: true, system: true},
}

// Actions lists every action in a fixed order.
func Actions() []Action {
	out := make([]Action, 0, len(table))
	for a := range table {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

// Decide returns nil when the actor may take the action on an object they have this relation to; else an
// Unauthenticated fault for nobody and a Forbidden one for somebody.
func Decide(a actor.Actor, action Action, _ Relation) error {
	if allowed(a, table[action]) {
		return nil
	}
	if a.Kind == actor.Anonymous {
		return fault.New(fault.Unauthenticated, "unauthenticated", "%s needs a signed-in person", action)
	}
	return fault.New(fault.Forbidden, "forbidden", "%s may not %s", a, action)
}

// May reports whether Decide would allow the action; for showing or hiding the way to it.
func May(a actor.Actor, action Action) bool { return allowed(a, table[action]) }

func allowed(a actor.Actor, r rule) bool {
	switch a.Kind {
	case actor.System:
		return r.system
	case actor.Operator:
		return r.operator
	case actor.Person:
		return r.employee || slices.ContainsFunc(r.roles, func(role actor.Role) bool { return slices.Contains(a.Roles, role) })
	case actor.Anonymous:
		return false
	default:
		return false
	}
}

// Policy is what a route asks of whoever requests it: nothing (Public), or an action.
type Policy struct {
	Action Action
	Open   bool
}

// Public is the policy of an address that answers anybody.
func Public() Policy { return Policy{Open: true} }

// Requires is the policy of an address that needs an action.
func Requires(a Action) Policy { return Policy{Action: a} }

// Check applies the policy. The zero policy denies everybody.
func (p Policy) Check(a actor.Actor) error {
	if p.Open {
		return nil
	}
	return Decide(a, p.Action, None)
}

// String names the policy in lists of routes.
func (p Policy) String() string {
	switch {
	case p.Open:
		return "public"
	case p.Action == "":
		return "denied"
	default:
		return string(p.Action)
	}
}

// RolesWith lists the roles that may take an action on an object they have no relation to.
func RolesWith(action Action) []actor.Role { return slices.Clone(table[action].roles) }
