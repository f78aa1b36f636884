package pay

import (
	"slices"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/lifecycle"
)

// Submitted is the state of a scheme that waits for somebody to approve it.
const Submitted lifecycle.State = "submitted"

// The acts on a scheme.
const (
	Submit   lifecycle.Act = "submit"
	Refuse   lifecycle.Act = "refuse"
	Approve  lifecycle.Act = "approve"
	Withdraw lifecycle.Act = "withdraw"
)

// Life is the life of schemes: several may be open side by side; one that is approved no longer changes, comes in force
// on its day, and can be withdrawn until then.
var Life = lifecycle.Kind{Steps: []lifecycle.Step{
	{From: lifecycle.Draft, Act: Submit, To: Submitted},
	{From: Submitted, Act: Refuse, To: lifecycle.Draft},
	{From: Submitted, Act: Approve, To: lifecycle.Approved},
	{From: lifecycle.Draft, Act: Withdraw, To: lifecycle.Withdrawn},
	{From: Submitted, Act: Withdraw, To: lifecycle.Withdrawn},
	{From: lifecycle.Approved, Act: Withdraw, To: lifecycle.Withdrawn},
}}

// Scheme is a set of bands in force together. Once approved it never changes.
type Scheme struct {
	ID         SchemeID  `json:"-"`
	Slug       string    `json:"slug" validate:"required,slug"`
	Name       lang.Text `json:"name" validate:"bilingual=120,line"`
	Text       lang.Text `json:"text" validate:"bilingual=600"` // how the figures came about, and whether they are real
	ActiveFrom string    `json:"active_from" validate:"datetime=2006-01-02"`
	Demo       bool      `json:"demo"` // figures of the demo company
}

// ActiveScheme is the scheme in force on a day with its bands, by profile and zone.
type ActiveScheme struct {
	Scheme
	Hash      string // SHA-256 of the canonical document of scheme and bands
	CreatedAt time.Time
	Bands     []Band
}

// SchemeRecord is a scheme without its bands, with what became of it. Whoever acted is named by actor.Actor.String; times
// are zero, names and texts empty where nobody has.
type SchemeRecord struct {
	Scheme
	Hash        string          // SHA-256 of the canonical document of scheme and bands
	State       lifecycle.State // from Service, on today's date; from Store, as acts left it
	To          string          // from Service: the date on which another is in force in its place, "" where none is known
	Author      string
	CreatedAt   time.Time
	SubmittedAt time.Time
	Refused     Refused // the last time that it was
	Approval    int64   // which approval of all schemes it was, 0 for none
	Approver    string
	ApprovedAt  time.Time
	WithdrawnAt time.Time
}

// Refused says when a scheme was refused, by whom and why.
type Refused struct {
	At     time.Time
	By     string
	Reason string
}

// Refusal is what somebody who refuses a scheme says about it.
type Refusal struct {
	Reason string `json:"reason" validate:"required,max=600,text"`
}

// relationTo tells what somebody who decides about the scheme has to do with it: it is their own when they made it, and
// when they may decide at all only because they stand in for whoever made it.
func (r SchemeRecord) relationTo(a actor.Actor) access.Relation {
	isAuthor := func(id actor.PersonID) bool { return r.Author == actor.Actor{Kind: actor.Person, ID: id}.String() }
	if a.String() == r.Author || slices.ContainsFunc(a.Behalf, isAuthor) && !access.May(a.Alone(), access.BandsApprove) {
		return access.Own
	}
	return access.None
}

// historyOf is the life of all schemes, which follow each other.
func historyOf(schemes []SchemeRecord) lifecycle.History[SchemeID] {
	out := make(lifecycle.History[SchemeID], 0, len(schemes))
	for _, r := range schemes {
		out = append(out, lifecycle.Version[SchemeID]{
			ID: r.ID, State: r.State, From: r.ActiveFrom, Order: r.Approval, SettledAt: r.ApprovedAt, WithdrawnAt: r.WithdrawnAt,
		})
	}
	return out
}
