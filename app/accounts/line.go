package accounts

import (
	"context"
	"slices"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/valid"
)

// Person is somebody of the company, as far as accounts need them.
type Person struct {
	ID       actor.PersonID
	Name     string
	Email    string
	Disabled bool // their account is out of use; told in lists
}

// Assignment is what a person does and who manages them, from a day on and up to, not with, another. Days are
// yyyy-mm-dd in the company's time zone; those of one person never overlap.
type Assignment struct {
	ID        string
	Person    actor.PersonID
	Manager   actor.PersonID // "" for none
	Profile   string         // slug of the job profile, "" for none
	StartsOn  string
	EndsOn    string // "" while it lasts
	CreatedAt time.Time
}

// at tells whether the assignment holds on a day.
func (x Assignment) at(day string) bool {
	return x.StartsOn <= day && (x.EndsOn == "" || day < x.EndsOn)
}

type lineStore interface {
	Person(ctx context.Context, id actor.PersonID) (Person, error)
	People(ctx context.Context, q PeopleQuery) ([]Placed, error) // by name
	// CountPeople counts them, whatever part is asked for; with a bound, no further than that.
	CountPeople(ctx context.Context, q PeopleQuery, most int) (int, error)
	Names(ctx context.Context, ids []actor.PersonID) (map[actor.PersonID]string, error)
	AssignmentsOf(ctx context.Context, id actor.PersonID) ([]Assignment, error)     // earliest first
	PutAssignments(ctx context.Context, id actor.PersonID, list []Assignment) error // replaces them
	// Circle is the first day, from one on, on which a person's line comes back to them; "" where it never does.
	Circle(ctx context.Context, id actor.PersonID, from string) (string, error)
	// ManagersOf returns the managers above a person on a day, nearest first.
	ManagersOf(ctx context.Context, id actor.PersonID, day string) ([]actor.PersonID, error)
	// Below returns everybody below the heads on a day, without them.
	Below(ctx context.Context, heads []actor.PersonID, day string) ([]actor.PersonID, error)
	// ProfilesBelow returns the profiles held on a day by those below the heads, each once.
	ProfilesBelow(ctx context.Context, heads []actor.PersonID, day string) ([]string, error)
	HasReports(ctx context.Context, managers []actor.PersonID, day string) (bool, error)

	AddDelegation(ctx context.Context, d Delegation) error
	Delegation(ctx context.Context, id string) (Delegation, error)
	// DelegatedTo lists what holds for somebody on a day, from accounts in use that hold the duty themselves.
	DelegatedTo(ctx context.Context, to actor.PersonID, day string) ([]Delegation, error)
	Delegations(ctx context.Context, of actor.PersonID) ([]Delegation, error) // all from or to somebody, latest first
	// DelegationList lists a part of them.
	DelegationList(ctx context.Context, q DelegationQuery) ([]Delegation, error)
	// RevokeDelegation ends one; false when it was ended already.
	RevokeDelegation(ctx context.Context, id string, at time.Time) (bool, error)
}

// AssignInput puts a person somewhere from a day on.
type AssignInput struct {
	Person   actor.PersonID `json:"person" validate:"required"`
	Manager  actor.PersonID `json:"manager" validate:"omitempty,nefield=Person"`
	Profile  string         `json:"profile" validate:"omitempty,slug"`
	StartsOn string         `json:"starts_on" validate:"required,datetime=2006-01-02"`
}

// Assign gives a person a manager and a profile from a day on; what was to hold from then on is replaced, what held
// before stays. A line that would come back to the person on any day is an Invalid fault.
func (s *Service) Assign(ctx context.Context, a actor.Actor, in AssignInput) error {
	if err := valid.Struct("assignment", &in); err != nil {
		return err
	}
	r, err := s.RelationTo(ctx, a, in.Person)
	if err != nil {
		return err
	}
	if err := access.DecideOn(a, access.DirectoryWrite, r, audit.PersonObject(in.Person)); err != nil {
		return err
	}
	own, err := s.RelationTo(ctx, a.Alone(), in.Person)
	if err != nil {
		return err
	}
	today := s.today(ctx)
	return s.store.Tx(ctx, func(tx Store) error {
		if err := tx.Lock(ctx, lineOfManagement); err != nil { // two may each close a half of one circle
			return err
		}
		if err := s.assign(ctx, tx, in, today); err != nil {
			return err
		}
		details := map[string]string{"manager": string(in.Manager), "profile": in.Profile, "from": in.StartsOn}
		entry := audit.Entry{Action: "directory.assigned", Object: audit.PersonObject(in.Person), Outcome: audit.Done, Details: details}
		return tx.Journal().Append(ctx, access.Acting(a, access.DirectoryWrite, own), entry)
	})
}

func (s *Service) assign(ctx context.Context, tx Store, in AssignInput, today string) error {
	for _, id := range []actor.PersonID{in.Person, in.Manager} {
		if id == "" {
			continue
		}
		if _, err := tx.Person(ctx, id); err != nil {
			return err
		}
	}
	before, err := tx.AssignmentsOf(ctx, in.Person)
	if err != nil {
		return err
	}
	if err := checkStart(before, in.StartsOn, today); err != nil {
		return err
	}
	after := placed(before, Assignment{ID: newID(), Person: in.Person, Manager: in.Manager, Profile: in.Profile, StartsOn: in.StartsOn, CreatedAt: s.now()})
	if err := tx.PutAssignments(ctx, in.Person, after); err != nil {
		return err
	}
	day, err := tx.Circle(ctx, in.Person, in.StartsOn)
	if err == nil && day != "" {
		err = fault.New(fault.Invalid, "invalid", "the line of management comes back to the person on %s", day).At("manager", "circle", day)
	}
	return err
}

// firstDay and yearsAhead bound the days of assignments: what lies beyond is a slip of the keyboard.
const (
	firstDay   = "1950-01-01"
	yearsAhead = 2
)

// checkStart refuses a day that would take back what has been, before the assignment of today.
func checkStart(list []Assignment, day, today string) error {
	refused := fault.New(fault.Invalid, "invalid", "an assignment from %s", day)
	now, err := time.Parse(time.DateOnly, today)
	if err != nil {
		return err
	}
	if last := now.AddDate(yearsAhead, 0, 0).Format(time.DateOnly); day < firstDay || day > last {
		return refused.At("starts_on", "between", firstDay+", "+last)
	}
	for _, x := range list {
		if x.StartsOn <= today && (x.EndsOn == "" || x.EndsOn > today) && day < x.StartsOn {
			return refused.At("starts_on", "recorded", x.StartsOn)
		}
	}
	return nil
}

// placed is a person's assignments with one more from its first day on: the one that held then ends that day, those
// that were to begin later are gone.
func placed(list []Assignment, next Assignment) []Assignment {
	var out []Assignment
	for _, x := range list {
		if x.StartsOn >= next.StartsOn {
			continue
		}
		if x.EndsOn == "" || x.EndsOn > next.StartsOn {
			x.EndsOn = next.StartsOn
		}
		out = append(out, x)
	}
	return append(out, next)
}

// RelationTo tells what the actor has to do with a person today: own, direct report, line, perimeter. Lines and
// perimeters of those they stand in for count as theirs.
func (s *Service) RelationTo(ctx context.Context, a actor.Actor, id actor.PersonID) (access.Relation, error) {
	if a.Kind != actor.Person {
		return access.None, nil
	}
	r := access.None
	if a.ID == id {
		r |= access.Own
	}
	above, err := s.store.ManagersOf(ctx, id, s.today(ctx))
	if err != nil {
		return access.None, err
	}
	lines, perimeters, err := s.standing(ctx, a)
	if err != nil {
		return access.None, err
	}
	for i, m := range above {
		if slices.Contains(lines, m) && a.ID != id { // who stands in for their own manager does not report to themself
			r |= access.Line
			if i == 0 {
				r |= access.DirectReport
			}
		}
	}
	if inPerimeter(perimeters, append(above, id)) {
		r |= access.InPerimeter
	}
	return r, nil
}

// standing is whose lines the actor manages today and which perimeters they serve: their own and those delegated.
func (s *Service) standing(ctx context.Context, a actor.Actor) (lines []actor.PersonID, perimeters []Perimeter, err error) {
	lines = []actor.PersonID{a.ID}
	serving := []actor.PersonID{a.ID}
	var delegated []Delegation
	if len(a.Behalf) > 0 {
		if delegated, err = s.store.DelegatedTo(ctx, a.ID, s.today(ctx)); err != nil {
			return nil, nil, err
		}
	}
	for _, d := range delegated {
		switch d.Duty {
		case DutyLine:
			lines = append(lines, d.From)
		case DutyHR:
			serving = append(serving, d.From)
		case DutyRecruiter, DutyCompensation:
		}
	}
	if !a.Has(actor.HR) {
		return lines, nil, nil
	}
	list, err := s.store.AccountsOf(ctx, serving)
	if err != nil {
		return nil, nil, err
	}
	for _, account := range list {
		if slices.Contains(account.Roles, actor.HR) {
			perimeters = append(perimeters, account.Perimeter)
		}
	}
	return lines, perimeters, nil
}

func inPerimeter(perimeters []Perimeter, people []actor.PersonID) bool {
	return slices.ContainsFunc(perimeters, func(p Perimeter) bool {
		return p.Whole || slices.ContainsFunc(p.Heads, func(h actor.PersonID) bool { return slices.Contains(people, h) })
	})
}

// Visible tells whose entries of the journal an actor may read: everybody's, or those of a perimeter.
func (s *Service) Visible(ctx context.Context, a actor.Actor) (all bool, people []actor.PersonID, err error) {
	if a.Kind != actor.Person || a.Has(actor.Administrator) {
		return a.Kind == actor.Operator || a.Kind == actor.System || a.Has(actor.Administrator), nil, nil
	}
	_, perimeters, err := s.standing(ctx, a)
	if err != nil {
		return false, nil, err
	}
	var heads []actor.PersonID
	for _, p := range perimeters {
		if p.Whole {
			return true, nil, nil
		}
		heads = append(heads, p.Heads...)
	}
	if len(heads) == 0 {
		return false, nil, nil
	}
	below, err := s.store.Below(ctx, heads, s.today(ctx))
	return false, append(heads, below...), err
}

// Profiles returns the job profiles that the actor holds and those held below them today, for what a band is theirs
// to see.
func (s *Service) Profiles(ctx context.Context, a actor.Actor) (own, line []string, err error) {
	if a.Kind != actor.Person {
		return nil, nil, nil
	}
	held, err := s.profileOf(ctx, a.ID)
	if err != nil {
		return nil, nil, err
	}
	if held != "" {
		own = []string{held}
	}
	lines, _, err := s.standing(ctx, a)
	if err != nil {
		return nil, nil, err
	}
	line, err = s.store.ProfilesBelow(ctx, lines, s.today(ctx))
	return own, line, err
}

// profileOf is the job profile somebody holds today, "" for none.
func (s *Service) profileOf(ctx context.Context, id actor.PersonID) (string, error) {
	list, err := s.store.AssignmentsOf(ctx, id)
	for _, x := range list {
		if x.at(s.today(ctx)) {
			return x.Profile, err
		}
	}
	return "", err
}
