package accounts

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/cursor"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/valid"
)

// Duty is what can be delegated: the line somebody manages, or a role. An administrator's is not: there should be two.
type Duty string

// The duties.
const (
	DutyLine         Duty = "line"
	DutyRecruiter    Duty = "recruiter"
	DutyHR           Duty = "hr"
	DutyCompensation Duty = "compensation"
)

// Duties lists them.
func Duties() []Duty { return []Duty{DutyLine, DutyRecruiter, DutyHR, DutyCompensation} }

// Delegation lets somebody stand in for somebody else from a day on and up to, not with, another. It gives what its
// giver holds on the day, and no more; what is delegated to the giver is not passed on.
type Delegation struct {
	ID        string
	From, To  actor.PersonID
	Duty      Duty
	StartsOn  string
	EndsOn    string
	CreatedAt time.Time
	RevokedAt time.Time // zero: not
}

// State is where a delegation stands on a day.
func (d Delegation) State(day string) string {
	switch {
	case !d.RevokedAt.IsZero():
		return "revoked"
	case day < d.StartsOn:
		return "planned"
	case day >= d.EndsOn:
		return "over"
	default:
		return "in_force"
	}
}

// longest is how long a delegation may last: it is for holidays and leaves, not for good.
const longest = 366

// DelegateInput is a delegation to make. LastDay is the last one on which it holds.
type DelegateInput struct {
	From     actor.PersonID `json:"from" validate:"required"`
	To       actor.PersonID `json:"to" validate:"required,nefield=From"`
	Duty     Duty           `json:"duty" validate:"required,oneof=line recruiter hr compensation"`
	StartsOn string         `json:"starts_on" validate:"required,datetime=2006-01-02"`
	LastDay  string         `json:"last_day" validate:"required,datetime=2006-01-02"`
}

func (in DelegateInput) endsOn() (string, error) {
	first, err := time.Parse(time.DateOnly, in.StartsOn)
	if err != nil {
		return "", err
	}
	last, err := time.Parse(time.DateOnly, in.LastDay)
	if err != nil {
		return "", err
	}
	if days := int(last.Sub(first).Hours()/24) + 1; days < 1 || days > longest {
		return "", fault.New(fault.Invalid, "invalid", "a delegation of %d days", days).At("last_day", "period", "366")
	}
	return last.AddDate(0, 0, 1).Format(time.DateOnly), nil
}

// Delegate makes a delegation: of a duty of the actor's own, or of anybody's by an administrator, who thereby gives
// nothing that the giver does not hold.
func (s *Service) Delegate(ctx context.Context, a actor.Actor, in DelegateInput) error {
	if err := valid.Struct("delegation", &in); err != nil {
		return err
	}
	if err := s.mayDelegate(a, in.From, ""); err != nil {
		return err
	}
	if a.Kind == actor.Person && a.ID == in.To { // an administrator gives themself no more than by changing roles
		return fault.Wrap(fault.Forbidden, "forbidden", &access.Refusal{Action: access.DelegationsWrite}, "nobody changes their own rights")
	}
	ends, err := in.endsOn()
	if err != nil {
		return err
	}
	d := Delegation{ID: newID(), From: in.From, To: in.To, Duty: in.Duty, StartsOn: in.StartsOn, EndsOn: ends, CreatedAt: s.now()}
	today := s.today(ctx)
	return s.store.Tx(ctx, func(tx Store) error {
		from, to, err := lockBoth(ctx, tx, in.From, in.To)
		if err != nil {
			return err
		}
		if err := s.checkDuty(ctx, tx, from, to, in, today); err != nil {
			return err
		}
		if err := checkLoad(ctx, tx, d); err != nil {
			return err
		}
		if err := tx.AddDelegation(ctx, d); err != nil {
			return err
		}
		details := map[string]string{"from": from.Name, "to": to.Name, "duty": string(d.Duty), "start": in.StartsOn, "end": in.LastDay}
		if err := tx.Outbox().Put(ctx, to.letter(mail.Delegated, details)); err != nil {
			return err
		}
		if a.ID != d.From { // somebody did it for them
			if err := tx.Outbox().Put(ctx, from.letter(mail.DelegatedFor, details)); err != nil {
				return err
			}
		}
		return note(ctx, tx, a, "delegations.created", "delegation:"+d.ID, audit.Done,
			map[string]string{"giver": string(d.From), "stand_in": string(d.To), "duty": string(d.Duty), "starts_on": d.StartsOn, "ends_on": d.EndsOn})
	})
}

// lockBoth reads two accounts and holds them, in the order in which everybody does.
func lockBoth(ctx context.Context, tx Store, x, y actor.PersonID) (of, and Account, err error) {
	if y < x {
		and, of, err = lockBoth(ctx, tx, y, x)
		return of, and, err
	}
	if of, err = tx.LockAccount(ctx, x); err != nil {
		return of, and, err
	}
	and, err = tx.LockAccount(ctx, y)
	return of, and, err
}

// checkDuty refuses what the giver does not hold and who cannot take it.
func (s *Service) checkDuty(ctx context.Context, tx Store, from, to Account, in DelegateInput, today string) error {
	holds := slices.Contains(from.Roles, actor.Role(in.Duty))
	if in.Duty == DutyLine {
		var err error
		if holds, err = tx.HasReports(ctx, []actor.PersonID{from.ID}, max(in.StartsOn, today)); err != nil {
			return err
		}
	}
	refused := fault.New(fault.Invalid, "invalid", "the delegation cannot be")
	switch {
	case s.usable(from) != nil || !holds:
		return refused.At("duty", "not_held", "")
	case s.usable(to) != nil:
		return refused.At("to", "disabled", "")
	case in.LastDay < today:
		return refused.At("last_day", "past", "")
	default:
		return nil
	}
}

// mostGivers is for how many people one person stands in at a time: each is named in every entry of the journal.
const mostGivers = 50

// checkLoad refuses a stand-in who has that duty already, or enough people to stand in for on some day of the new
// delegation.
func checkLoad(ctx context.Context, tx Store, d Delegation) error {
	list, err := tx.Delegations(ctx, d.To)
	if err != nil {
		return err
	}
	list = slices.DeleteFunc(list, func(x Delegation) bool { return x.To != d.To || !x.RevokedAt.IsZero() })
	if slices.ContainsFunc(list, func(x Delegation) bool {
		return x.From == d.From && x.Duty == d.Duty && x.StartsOn < d.EndsOn && d.StartsOn < x.EndsOn
	}) {
		return fault.New(fault.Invalid, "invalid", "the delegation is there already").At("to", "delegated", "")
	}
	days := []string{d.StartsOn} // the load only grows where a delegation starts
	for _, x := range list {
		if d.StartsOn < x.StartsOn && x.StartsOn < d.EndsOn {
			days = append(days, x.StartsOn)
		}
	}
	for _, day := range days {
		givers := map[actor.PersonID]bool{d.From: true}
		for _, x := range list {
			if x.StartsOn <= day && day < x.EndsOn {
				givers[x.From] = true
			}
		}
		if len(givers) > mostGivers {
			return fault.New(fault.Invalid, "invalid", "a stand-in for %d people on %s", len(givers), day).At("to", "stands_in", strconv.Itoa(mostGivers))
		}
	}
	return nil
}

func (s *Service) mayDelegate(a actor.Actor, from actor.PersonID, object string) error {
	r := access.None
	if a.Kind == actor.Person && a.ID == from {
		r = access.Own
	}
	return access.DecideOn(a, access.DelegationsWrite, r, object)
}

// DelegationQuery chooses delegations.
type DelegationQuery struct {
	Of    actor.PersonID // from or to them, "" for everybody's
	After DelegationPlace
	Limit int
}

// DelegationPlace is where a list of delegations goes on: when the last one was made, and its id.
type DelegationPlace struct {
	At time.Time `json:"t,omitzero"`
	ID string    `json:"i"`
}

// DelegationPage is a part of a list of delegations, latest first.
type DelegationPage struct {
	Items []Delegation
	Next  string // cursor of the next page, "" at the end
}

// Delegations lists the delegations from and to the actor, latest first.
func (s *Service) Delegations(ctx context.Context, a actor.Actor, after string) (DelegationPage, error) {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return DelegationPage{}, err
	}
	return s.delegations(ctx, a.ID, after)
}

// AllDelegations lists everybody's, latest first.
func (s *Service) AllDelegations(ctx context.Context, a actor.Actor, after string) (DelegationPage, error) {
	if err := access.Decide(a, access.AccountsRead, access.None); err != nil {
		return DelegationPage{}, err
	}
	return s.delegations(ctx, "", after)
}

func (s *Service) delegations(ctx context.Context, of actor.PersonID, after string) (DelegationPage, error) {
	asked := question{"delegations", []string{string(of)}}
	place, err := cursor.Decode[DelegationPlace](asked, after)
	if err == nil && after != "" && (place.ID == "" || strings.ContainsRune(place.ID, 0)) {
		err = cursor.Foreign()
	}
	if err != nil {
		return DelegationPage{}, err
	}
	list, err := s.store.DelegationList(ctx, DelegationQuery{Of: of, After: place, Limit: DefaultLimit + 1})
	if err != nil || len(list) <= DefaultLimit {
		return DelegationPage{Items: list}, err
	}
	last := list[DefaultLimit-1]
	return DelegationPage{Items: list[:DefaultLimit], Next: cursor.Encode(asked, DelegationPlace{At: last.CreatedAt, ID: last.ID})}, nil
}

// RevokeDelegation ends a delegation at once: its giver's own, or anybody's by an administrator. One that is not
// theirs is a NotFound fault that the journal knows of.
func (s *Service) RevokeDelegation(ctx context.Context, a actor.Actor, id string) error {
	return s.store.Tx(ctx, func(tx Store) error {
		d, err := tx.Delegation(ctx, id)
		if err != nil {
			return err
		}
		if err := access.Hide(s.mayDelegate(a, d.From, "delegation:"+id)); err != nil {
			return err
		}
		if revoked, err := tx.RevokeDelegation(ctx, id, s.now()); err != nil || !revoked {
			return err
		}
		return note(ctx, tx, a, "delegations.revoked", "delegation:"+id, audit.Done, map[string]string{"giver": string(d.From), "stand_in": string(d.To)})
	})
}

// DutiesOf lists what the actor's own account holds today and can delegate.
func (s *Service) DutiesOf(ctx context.Context, a actor.Actor, account Account) ([]Duty, error) {
	if err := s.own(a, a.ID == account.ID, audit.PersonObject(account.ID)); err != nil {
		return nil, err
	}
	manages, err := s.store.HasReports(ctx, []actor.PersonID{account.ID}, s.today(ctx))
	if err != nil {
		return nil, err
	}
	return slices.DeleteFunc(Duties(), func(d Duty) bool {
		if d == DutyLine {
			return !manages
		}
		return !slices.Contains(account.Roles, actor.Role(d))
	}), nil
}
