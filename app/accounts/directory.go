package accounts

import (
	"cmp"
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Placed is a person with where they stand today.
type Placed struct {
	Person
	Profile  string // slug, "" for none
	Manager  Person // zero for none
	Position Position
}

// Position is where a list of people goes on: the sort values of the last row.
type Position struct {
	Sort string `json:"k"`
	ID   string `json:"i"`
}

// Word is one word that people are looked for by.
type Word struct {
	Text     string   // a part of their name or address
	Profiles []string // slugs of the job profiles that the word names: who holds one is found too
}

// PeopleQuery chooses people as they stand on a day. Empty fields do not restrict.
type PeopleQuery struct {
	Day      string
	IDs      []actor.PersonID
	Managers []actor.PersonID // those who report to one of these
	Words    []Word           // those whom each of them finds
	Enabled  bool             // those whose account nobody took out of use
	Usable   bool             // those who have an account in use
	Personas bool             // with Usable: personas are in use too
	But      actor.PersonID
	Or       []actor.PersonID // whoever they are, beside those that the other fields choose
	After    Position         // zero: from the start
	Limit    int              // 0 for all there are
}

// Limits of a page of people or accounts.
const (
	DefaultLimit = 100
	MaxLimit     = 200
)

// DirectoryFilter is what a reader asks of the directory.
type DirectoryFilter struct {
	Words []Word
	Limit int    // 0 for DefaultLimit
	After string // cursor of the page before, "" from the start
}

// DirectoryPage is a part of the directory, by name.
type DirectoryPage struct {
	Items []Placed
	Total int    // of all pages
	Next  string // cursor of the next page, "" at the end
}

// Directory lists people with their profile and manager today, by name. A cursor that is not one of this list is a
// Malformed fault, a limit outside 1…MaxLimit an Invalid one.
func (s *Service) Directory(ctx context.Context, a actor.Actor, f DirectoryFilter) (DirectoryPage, error) {
	if err := access.Decide(a, access.DirectoryRead, access.None); err != nil {
		return DirectoryPage{}, err
	}
	words := make([]string, 0, len(f.Words))
	for _, w := range f.Words {
		words = append(words, w.Text)
	}
	limit, after, err := pageOf("directory", words, f.Limit, f.After)
	if err != nil {
		return DirectoryPage{}, err
	}
	q := PeopleQuery{Day: s.today(ctx), Words: f.Words, After: after, Limit: limit + 1}
	list, err := s.store.People(ctx, q)
	if err != nil {
		return DirectoryPage{}, err
	}
	page := DirectoryPage{Items: list}
	if len(list) > limit {
		page.Items = list[:limit]
		page.Next = cursor.Encode(question{"directory", words}, page.Items[limit-1].Position)
	}
	page.Total, err = s.store.CountPeople(ctx, q, 0)
	return page, err
}

// question is what chooses and orders the rows of a list of people.
type question struct {
	List  string
	Words []string
}

// pageOf reads how long a page of people is and where it begins.
func pageOf(list string, words []string, limit int, after string) (int, Position, error) {
	if limit == 0 {
		limit = DefaultLimit
	}
	if limit < 1 || limit > MaxLimit {
		return 0, Position{}, fault.New(fault.Invalid, "limit", "limit must be 1 to %d", MaxLimit).At("limit", "between", fmt.Sprintf("1 %d", MaxLimit))
	}
	p, err := cursor.Decode[Position](question{list, words}, after)
	if err == nil && after != "" && (p.ID == "" || strings.ContainsRune(p.Sort+p.ID, 0)) {
		err = cursor.Foreign()
	}
	return limit, p, err
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
	if err := access.Decide(a, access.DirectoryRead, access.None); err != nil {
		return Sheet{}, err
	}
	today := s.today(ctx)
	list, err := s.store.People(ctx, PeopleQuery{Day: today, IDs: []actor.PersonID{id}})
	if err == nil && len(list) == 0 {
		err = fault.New(fault.NotFound, "not_found", "person %q", id)
	}
	if err != nil {
		return Sheet{}, err
	}
	out := Sheet{Placed: list[0]}
	if out.Reports, err = s.store.People(ctx, PeopleQuery{Day: today, Managers: []actor.PersonID{id}}); err != nil {
		return Sheet{}, err
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
	if err := access.Decide(a, access.DirectoryRead, access.None); err != nil {
		return nil, err
	}
	lines, _, err := s.standing(ctx, a)
	if err != nil {
		return nil, err
	}
	return s.store.People(ctx, PeopleQuery{Day: s.today(ctx), Managers: lines, But: a.ID})
}

// Whom says among whom a form lets somebody choose.
type Whom string

// The kinds of choice.
const (
	Everybody Whom = "everybody"
	Enabled   Whom = "enabled" // but those whose account is out of use
	Usable    Whom = "usable"  // with an account in use
)

// Listed is up to how many people a form lists to choose from; of more, it offers those that are looked for, at most
// Offered.
const (
	Listed  = 200
	Offered = 50
)

// Asking is what a form asks to offer people.
type Asking struct {
	Whom   Whom
	But    actor.PersonID
	Chosen []actor.PersonID // offered in any case
	Text   string           // who is looked for where there are too many to list
}

// Offer is the people that a form offers, by name.
type Offer struct {
	People []Placed
	Search bool // there are too many to list: what is offered is who was looked for
	Part   bool // more people match than are offered
}

// Choices offers people to choose from: all of them where they are few, else those whose name or address holds every
// word that is looked for.
func (s *Service) Choices(ctx context.Context, a actor.Actor, in Asking) (Offer, error) {
	if err := mayName(a); err != nil {
		return Offer{}, err
	}
	q := PeopleQuery{Day: s.today(ctx), Enabled: in.Whom == Enabled, Usable: in.Whom == Usable, Personas: s.demo, But: in.But}
	n, err := s.store.CountPeople(ctx, q, Listed+1)
	if err != nil {
		return Offer{}, err
	}
	if n > Listed {
		q.Words = WordsOf(in.Text)
		return s.lookedFor(ctx, q, in.Chosen)
	}
	q.Or = in.Chosen
	people, err := s.store.People(ctx, q)
	return Offer{People: people}, err
}

// lookedFor offers whom the words of a query find and whoever is chosen, whose place is never taken by those found: a
// form that no longer offered them would clear the choice when it is sent.
func (s *Service) lookedFor(ctx context.Context, q PeopleQuery, chosen []actor.PersonID) (Offer, error) {
	out := Offer{Search: true}
	if len(q.Words) > 0 {
		q.Limit = Offered + 1
		found, err := s.store.People(ctx, q)
		if err != nil {
			return Offer{}, err
		}
		out.People, out.Part = found[:min(len(found), Offered)], len(found) > Offered
	}
	if len(chosen) == 0 {
		return out, nil
	}
	kept, err := s.store.People(ctx, PeopleQuery{Day: q.Day, IDs: chosen})
	if err != nil {
		return Offer{}, err
	}
	out.People = slices.DeleteFunc(out.People, func(p Placed) bool { return slices.Contains(chosen, p.ID) })
	out.People = append(out.People, kept...)
	slices.SortFunc(out.People, func(a, b Placed) int {
		return cmp.Or(cmp.Compare(a.Position.Sort, b.Position.Sort), cmp.Compare(a.Position.ID, b.Position.ID))
	})
	return out, nil
}

// mostWords is by how many words people are looked for; further ones are not read.
const mostWords = 8

// WordsOf cuts what somebody typed into the words that people are looked for by.
func WordsOf(text string) []Word {
	var out []Word
	for _, w := range strings.Fields(text) {
		if len(out) < mostWords {
			out = append(out, Word{Text: w})
		}
	}
	return out
}
