// Package actor says who is acting: nobody, a person, the operator at the command line, or the system
// itself. It is ground floor and knows no domain.
package actor

import (
	"context"
	"slices"
)

// Kind is the sort of actor.
type Kind string

// The kinds of actor.
const (
	Anonymous Kind = "anonymous"
	Person    Kind = "person"
	Operator  Kind = "operator" // the command line
	System    Kind = "system"   // background work and seeds
)

// PersonID identifies a person wherever a domain must name one without knowing people.
type PersonID string

// Role is a duty a person holds beside being an employee. Roles add up.
type Role string

// The roles. Everybody signed in is an employee without holding a role.
const (
	Recruiter     Role = "recruiter"
	HR            Role = "hr"
	Compensation  Role = "compensation"
	Administrator Role = "administrator"
)

// Roles lists them.
func Roles() []Role { return []Role{Recruiter, HR, Compensation, Administrator} }

// Actor is who asks a service for something.
type Actor struct {
	Kind     Kind
	ID       PersonID // of a person
	Name     string   // shown to the person, never stored in the journal
	Task     string   // of the system: "seed"
	Roles    []Role
	Withheld []Role     // held, but not to be used before one-time codes are set up and were asked for
	Lent     []Role     // of both: those held only by delegation
	Profile  string     // slug of the job profile they hold today, "" for none
	Manages  bool       // somebody reports to them today, or to whom they stand in for
	Behalf   []PersonID // whose duties they hold by delegation today
	Session  string     // id of the session they act in, "" for none
	Token    bool       // they act through an API token
	Scopes   []string   // of the token: at most these of its owner's rights
}

// Has tells whether the actor holds a role that may be used.
func (a Actor) Has(r Role) bool { return a.Kind == Person && slices.Contains(a.Roles, r) }

// Alone is the actor without what others delegated to them.
func (a Actor) Alone() Actor {
	own := func(roles []Role) []Role {
		return slices.DeleteFunc(slices.Clone(roles), func(r Role) bool { return slices.Contains(a.Lent, r) })
	}
	a.Roles, a.Withheld = own(a.Roles), own(a.Withheld)
	a.Lent, a.Behalf = nil, nil
	return a
}

// Nobody is the visitor who is not signed in.
func Nobody() Actor { return Actor{Kind: Anonymous} }

// SystemTask is background work under a name.
func SystemTask(name string) Actor { return Actor{Kind: System, Task: name} }

// CommandLine is the operator.
func CommandLine() Actor { return Actor{Kind: Operator} }

// String names the actor for records: "person:ID", "operator", "system:seed", "anonymous".
func (a Actor) String() string {
	switch a.Kind {
	case Person:
		return "person:" + string(a.ID)
	case System:
		return "system:" + a.Task
	case Operator, Anonymous:
		return string(a.Kind)
	default:
		return "unknown"
	}
}

type contextKey struct{}

// With keeps the actor in a context.
func With(ctx context.Context, a Actor) context.Context {
	return context.WithValue(ctx, contextKey{}, a)
}

// From returns the context's actor, Nobody when there is none.
func From(ctx context.Context) Actor {
	if a, ok := ctx.Value(contextKey{}).(Actor); ok {
		return a
	}
	return Nobody()
}
