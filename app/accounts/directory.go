package accounts

import (
	"context"
	"slices"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Placed is a person with where they stand today.
type Placed struct {
	Person
	Profile string // slug, "" for none
	Manager Person // zero for none
}

// Directory lists everybody with their profile and manager today, by name.
func (s *Service) Directory(ctx context.Context, a actor.Actor) ([]Placed, error) {
	if err := access.Decide(a, access.DirectoryRead, access.None); err != nil {
		return nil, err
	}
	people, err := s.store.People(ctx)
	if err != nil {
		return nil, err
	}
	held, err := s.store.AssignmentsAt(ctx, s.today(ctx))
	if err != nil {
		return nil, err
	}
	byID, at := map[actor.PersonID]Person{}, map[actor.PersonID]Assignment{}
	for _, p := range people {
		byID[p.ID] = p
	}
	for _, x := range held {
		at[x.Person] = x
	}
	out := make([]Placed, 0, len(people))
	for _, p := range people {
		out = append(out, Placed{Person: p, Profile: at[p.ID].Profile, Manager: byID[at[p.ID].Manager]})
	}
	return out, nil
}

// Sheet is what one person's page holds: History is there for those who may change it, and for the person.
type Sheet struct {
	Placed
	Reports []Placed
	History []Assignment
	MayEdit bool
}

// PersonSheet reads one person; one that is unknown is NotFound.
func (s *Service) PersonSheet(ctx context.Context, a actor.Actor, id actor.PersonID) (Sheet, error) {
	all, err := s.Directory(ctx, a)
	if err != nil {
		return Sheet{}, err
	}
	i := slices.IndexFunc(all, func(p Placed) bool { return p.ID == id })
	if i < 0 {
		return Sheet{}, fault.New(fault.NotFound, "not_found", "person %q", id)
	}
	out := Sheet{Placed: all[i]}
	for _, p := range all {
		if p.Manager.ID == id {
			out.Reports = append(out.Reports, p)
		}
	}
	r, err := s.RelationTo(ctx, a, id)
	if err != nil {
		return Sheet{}, err
	}
	out.MayEdit = access.Decide(a, access.DirectoryWrite, r) == nil
	if out.MayEdit || r&access.Own != 0 {
		out.History, err = s.store.AssignmentsOf(ctx, id)
	}
	return out, err
}

// mayName refuses names to whoever reads neither the directory nor what tells of people by their ids.
func mayName(a actor.Actor) error {
	if access.May(a, access.AccountsRead) || access.May(a, access.JournalRead) {
		return nil
	}
	return access.Decide(a, access.DirectoryRead, access.None)
}

// Names returns what people are called, for pages that hold their ids. Who is not known is not in it.
func (s *Service) Names(ctx context.Context, a actor.Actor, ids []actor.PersonID) (map[actor.PersonID]string, error) {
	if err := mayName(a); err != nil {
		return nil, err
	}
	return s.store.Names(ctx, ids)
}

// Team lists who reports to the actor today, or to those they stand in for, who may be the actor's own manager.
func (s *Service) Team(ctx context.Context, a actor.Actor) ([]Placed, error) {
	if !a.Manages {
		return nil, access.Decide(a, access.DirectoryRead, access.None)
	}
	all, err := s.Directory(ctx, a)
	if err != nil {
		return nil, err
	}
	lines, _, err := s.standing(ctx, a)
	return slices.DeleteFunc(all, func(p Placed) bool { return p.ID == a.ID || !slices.Contains(lines, p.Manager.ID) }), err
}

// Colleagues lists those with an account in use, by name and without the actor: to whom something can be delegated.
func (s *Service) Colleagues(ctx context.Context, a actor.Actor) ([]Person, error) {
	if err := mayName(a); err != nil {
		return nil, err
	}
	people, err := s.store.People(ctx)
	if err != nil {
		return nil, err
	}
	list, err := s.store.Accounts(ctx)
	if err != nil {
		return nil, err
	}
	usable := map[actor.PersonID]bool{}
	for _, x := range list {
		usable[x.ID] = s.usable(x) == nil
	}
	return slices.DeleteFunc(people, func(p Person) bool { return !usable[p.ID] || p.ID == a.ID }), nil
}
