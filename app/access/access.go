// Package access decides who may do what. It is the one ground-floor package that names business actions:
// its table is the whole truth, docs/permissions.md is generated from it, routes carry an action as a
// column and services ask Decide. What no row grants is denied.
package access

import (
	"errors"
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Actions lists every action in a fixed order.
func Actions() []Action {
	out := make([]Action, 0, len(table))
	for a := range table {
		out = append(out, a)
	}
	slices.Sort(out)
	return out
}

// Later tells that no capability asks for the action yet: its row is decided all the same.
func Later(a Action) bool { return table[a].later }

// Refusal is what somebody may not do. It travels as the cause of a fault, so that the journal can tell of it even
// where the reader is only told that nothing was found.
type Refusal struct {
	Action Action
	Object string // of the journal; may be empty
}

// Error implements error.
func (r *Refusal) Error() string { return "refused " + string(r.Action) + " " + r.Object }

// Decide returns nil when the actor may take the action on an object they have these relations to; else an
// Unauthenticated fault for nobody and a Forbidden one, caused by a Refusal, for somebody.
func Decide(a actor.Actor, action Action, r Relation) error { return DecideOn(a, action, r, "") }

// DecideOn is Decide for an object that the journal of refusals names.
func DecideOn(a actor.Actor, action Action, r Relation, object string) error {
	rule := table[action]
	if allowed(a, action, rule, r) {
		return nil
	}
	if a.Kind == actor.Anonymous {
		return fault.New(fault.Unauthenticated, "unauthenticated", "%s needs a signed-in person", action)
	}
	code := "forbidden"
	full := a
	full.Roles, full.Withheld = append(slices.Clone(a.Roles), a.Withheld...), nil
	if len(a.Withheld) > 0 && allowed(full, action, rule, r) {
		code = "codes_needed"
	}
	return fault.Wrap(fault.Forbidden, code, &Refusal{Action: action, Object: object}, "%s may not %s", a, action)
}

// Acting is who did what the journal tells of: the actor alone where their own rights, with the relation they have of
// their own, were enough, and else with those they stand in for.
func Acting(a actor.Actor, action Action, own Relation) actor.Actor {
	if alone := a.Alone(); Decide(alone, action, own) == nil {
		return alone
	}
	return a
}

// Hide turns a refusal into what an unknown object gives, for objects whose very existence is nobody else's
// business. The refusal stays the cause.
func Hide(err error) error {
	if refused := (*Refusal)(nil); errors.As(err, &refused) {
		return fault.Wrap(fault.NotFound, "not_found", err, "hidden")
	}
	return err
}

// May reports whether Decide would allow the action without any relation; for showing or hiding the way to it.
func May(a actor.Actor, action Action) bool { return allowed(a, action, table[action], None) }

// MayBe reports whether the action could be allowed on some object: the route of an action that a relation can
// grant lets everybody signed in pass, and the service asks again for the object.
func MayBe(a actor.Actor, action Action) bool {
	rule := table[action]
	return allowed(a, action, rule, rule.relations|InPerimeter)
}

func allowed(a actor.Actor, action Action, rule rule, r Relation) bool {
	switch a.Kind {
	case actor.System:
		return rule.system
	case actor.Operator:
		return rule.operator
	case actor.Person:
		return inScope(a, action, rule) && (rule.everyone || rule.managers && a.Manages || r&rule.relations != 0 || byRole(a, rule, r))
	case actor.Anonymous:
		return false
	default:
		return false
	}
}

// byRole tells whether a role grants it: never on what is about the actor themself, and for HR partners within
// their perimeter where the row says so.
func byRole(a actor.Actor, rule rule, r Relation) bool {
	if rule.personal && r&Own != 0 {
		return false
	}
	return slices.ContainsFunc(rule.roles, func(role actor.Role) bool {
		return slices.Contains(a.Roles, role) && (role != actor.HR || !rule.perimeter || r&InPerimeter != 0)
	})
}

// The scopes of tokens: everything that reads, everything, or the same of one area.
const (
	ScopeRead  = "read"
	ScopeWrite = "write"
)

// Scopes lists the scopes a token may have.
func Scopes() []string {
	out := []string{ScopeRead, ScopeWrite}
	for _, a := range Actions() {
		if rule := table[a]; !rule.session && !rule.later {
			area, verb := a.parts()
			if s := area + ":" + scopeOf(verb); !slices.Contains(out, s) {
				out = append(out, s)
			}
		}
	}
	return out
}

func (a Action) parts() (area, verb string) {
	area, verb, _ = strings.Cut(string(a), ".")
	return area, verb
}

// scopeOf is the scope that a verb needs: whatever does not read, writes.
func scopeOf(verb string) string {
	if verb == ScopeRead {
		return ScopeRead
	}
	return ScopeWrite
}

// inScope tells whether a token reaches the action; without a token everything is in reach.
func inScope(a actor.Actor, action Action, rule rule) bool {
	if !a.Token {
		return true
	}
	if rule.session {
		return false
	}
	area, verb := action.parts()
	return slices.ContainsFunc(a.Scopes, func(s string) bool {
		of, scope, narrow := strings.Cut(s, ":")
		if !narrow {
			of, scope = area, s
		}
		return of == area && (scope == ScopeWrite || scope == scopeOf(verb))
	})
}

// Policy is what a route asks of whoever requests it: nothing (Public), or an action.
type Policy struct {
	Action Action
	Open   bool
}

// Public is the policy of an address that answers anybody.
func Public() Policy { return Policy{Open: true} }

// Requires is the policy of an address that needs an action. Where a relation can grant the action, the service
// decides again for the object.
func Requires(a Action) Policy { return Policy{Action: a} }

// Check applies the policy. The zero policy denies everybody.
func (p Policy) Check(a actor.Actor) error {
	if p.Open || MayBe(a, p.Action) {
		return nil
	}
	return Decide(a, p.Action, None)
}

// catalogue is what answers about anything else show of roles: their names, what they take and where they lead. It is
// nobody's secret; pay and people are no part of it.
var catalogue = []Action{CompetenciesRead, JobsRead, LaddersRead}

// Admit applies the policy and returns who asks as the handler needs them: what a token may ask for, it is answered
// whole, with what the answer shows of the catalogue, though other addresses stay out of its scopes.
func (p Policy) Admit(a actor.Actor) (actor.Actor, error) {
	if err := p.Check(a); err != nil {
		return a, err
	}
	action := p.Action
	if p.Open {
		action = HomeRead
	}
	if !a.Token || !MayBe(a, action) {
		return a, nil
	}
	a.Scopes = slices.Clone(a.Scopes)
	for _, shown := range catalogue {
		area, _ := shown.parts()
		a.Scopes = append(a.Scopes, area+":"+ScopeRead)
	}
	return a, nil
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

// Grant says a row of the table for the permission document.
type Grant struct {
	Everyone, Managers, Perimeter, Personal, Session, Operator, System, Later bool
	Roles                                                                     []actor.Role
	Relations                                                                 []string
}

// GrantOf returns the row of an action.
func GrantOf(a Action) Grant {
	r := table[a]
	return Grant{
		Everyone: r.everyone, Managers: r.managers, Perimeter: r.perimeter, Personal: r.personal, Session: r.session,
		Operator: r.operator, System: r.system, Later: r.later, Roles: slices.Clone(r.roles), Relations: r.relations.Names(),
	}
}
