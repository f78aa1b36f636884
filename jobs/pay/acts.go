package pay

import (
	"context"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/canon"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lifecycle"
	"github.com/echelon-hr/echelon/app/valid"
)

// Schemes lists all schemes with what became of them, those whose day comes last first; it shows no amounts.
func (s *Service) Schemes(ctx context.Context, a actor.Actor) ([]SchemeRecord, error) {
	if err := access.Decide(a, access.BandsRead, access.None); err != nil {
		return nil, err
	}
	schemes, err := s.store.Schemes(ctx)
	if err != nil {
		return nil, err
	}
	h, today := historyOf(schemes), s.reads.Today(ctx)
	ends := map[SchemeID]string{}
	for _, span := range h.Spans() {
		ends[span.ID] = span.To
	}
	for i, r := range schemes {
		schemes[i].State, schemes[i].To = h.StateOn(r.ID, today), ends[r.ID]
	}
	return schemes, nil
}

// CreateScheme stores a draft of a scheme with its bands; several may lie side by side. Bands out of order or in a
// currency that is not their zone's are an Invalid fault, a slug that is there already is a Conflict.
func (s *Service) CreateScheme(
	ctx context.Context, a actor.Actor, scheme Scheme, bands []Band,
) (canon.Document, error) {
	if err := access.Decide(a, access.BandsWrite, access.None); err != nil {
		return canon.Document{}, err
	}
	return s.addScheme(ctx, a, scheme, bands, deed{Action: "bands.scheme_created", By: access.BandsWrite}, nil)
}

// Activate stores a scheme with its bands that whoever brings it approves themself: the command line and the seeds may,
// and no person.
func (s *Service) Activate(ctx context.Context, a actor.Actor, scheme Scheme, bands []Band) (canon.Document, error) {
	if err := access.Decide(a, access.BandsWrite, access.None); err != nil {
		return canon.Document{}, err
	}
	if err := access.Decide(a, access.BandsApprove, access.Own); err != nil {
		return canon.Document{}, err
	}
	done := deed{Action: "bands.activated", By: access.BandsWrite}
	return s.addScheme(ctx, a, scheme, bands, done, func(tx Store, r *SchemeRecord) error {
		r.SubmittedAt = s.now()
		return s.approve(ctx, tx, a, r)
	})
}

// addScheme checks and stores a scheme as a draft, or as what settle makes of it, and journals what was done.
func (s *Service) addScheme(
	ctx context.Context, a actor.Actor, scheme Scheme, bands []Band, done deed, settle func(Store, *SchemeRecord) error,
) (canon.Document, error) {
	if err := valid.Struct("scheme", &scheme); err != nil {
		return canon.Document{}, err
	}
	doc, err := canon.Marshal(struct {
		Scheme Scheme `json:"scheme"`
		Bands  []Band `json:"bands"`
	}{scheme, bands})
	if err != nil {
		return canon.Document{}, err
	}
	return doc, s.store.Tx(ctx, func(tx Store) error {
		zones, err := tx.Zones(ctx)
		if err != nil {
			return err
		}
		if err := checkBands(bands, zones); err != nil {
			return err
		}
		r := SchemeRecord{Scheme: scheme, State: lifecycle.Draft, Author: a.String(), CreatedAt: s.now()}
		if settle != nil {
			if err := settle(tx, &r); err != nil {
				return err
			}
		}
		if err := tx.AddScheme(ctx, r, bands, doc); err != nil {
			return err
		}
		return note(ctx, tx, a, done, "scheme:"+scheme.Slug, doc.Hash)
	})
}

// Submit asks for a draft to be approved.
func (s *Service) Submit(ctx context.Context, a actor.Actor, slug string) error {
	if err := access.Decide(a, access.BandsWrite, access.None); err != nil {
		return err
	}
	return s.move(ctx, a, slug, Submit, func(_ Store, r *SchemeRecord) error {
		r.SubmittedAt = s.now()
		return nil
	})
}

// Approve lets a submitted scheme come in force on its day, which may be past; from then on it supersedes the scheme in
// force before it. Of two with the same day the one approved later does. Nobody approves a scheme that they made.
func (s *Service) Approve(ctx context.Context, a actor.Actor, slug string) error {
	if err := access.Decide(a, access.BandsApprove, access.None); err != nil {
		return err
	}
	return s.move(ctx, a, slug, Approve, func(tx Store, r *SchemeRecord) error {
		if err := decideOn(a, *r); err != nil {
			return err
		}
		return s.approve(ctx, tx, a, r)
	})
}

// approve is what approving writes down.
func (s *Service) approve(ctx context.Context, tx Store, a actor.Actor, r *SchemeRecord) (err error) {
	r.State, r.Approver, r.ApprovedAt = lifecycle.Approved, a.String(), s.now()
	r.Approval, err = tx.CountApproval(ctx)
	return err
}

// Refuse sends a submitted scheme back to be a draft, with the reason. Nobody decides about a scheme that they made:
// who no longer wants theirs withdraws it.
func (s *Service) Refuse(ctx context.Context, a actor.Actor, slug string, why Refusal) error {
	if err := access.Decide(a, access.BandsApprove, access.None); err != nil {
		return err
	}
	if err := valid.Struct("refusal", &why); err != nil {
		return err
	}
	return s.move(ctx, a, slug, Refuse, func(_ Store, r *SchemeRecord) error {
		r.Refused = Refused{At: s.now(), By: a.String(), Reason: why.Reason}
		return decideOn(a, *r)
	})
}

// Withdraw takes a scheme back before its day. What it would have superseded then stays in force.
func (s *Service) Withdraw(ctx context.Context, a actor.Actor, slug string) error {
	if err := access.Decide(a, access.BandsWrite, access.None); err != nil {
		return err
	}
	return s.move(ctx, a, slug, Withdraw, func(_ Store, r *SchemeRecord) error {
		r.WithdrawnAt = s.now()
		return nil
	})
}

// deed is what the journal calls an act on a scheme, and the right that it is done by.
type deed struct {
	Action string
	By     access.Action
}

var deeds = map[lifecycle.Act]deed{
	Submit:   {Action: "bands.scheme_submitted", By: access.BandsWrite},
	Withdraw: {Action: "bands.scheme_withdrawn", By: access.BandsWrite},
	Approve:  {Action: "bands.scheme_approved", By: access.BandsApprove},
	Refuse:   {Action: "bands.scheme_refused", By: access.BandsApprove},
}

// move holds a scheme, asks its life where an act leads from where the scheme stands today, stores what the act writes
// down and journals it.
func (s *Service) move(
	ctx context.Context, a actor.Actor, slug string, act lifecycle.Act, write func(Store, *SchemeRecord) error,
) error {
	today := s.reads.Today(ctx)
	return s.store.Tx(ctx, func(tx Store) error {
		r, err := tx.LockScheme(ctx, slug)
		if err != nil {
			return err
		}
		schemes, err := tx.Schemes(ctx)
		if err != nil {
			return err
		}
		from := r.State
		if r.State, err = Life.Next(historyOf(schemes).StateOn(r.ID, today), act); err != nil {
			return err
		}
		if err := write(tx, &r); err != nil {
			return err
		}
		if err := tx.MoveScheme(ctx, from, r); err != nil {
			return err
		}
		return note(ctx, tx, a, deeds[act], "scheme:"+slug, r.Hash)
	})
}

// decideOn refuses a decision about a scheme to whoever made it, among those who may decide.
func decideOn(a actor.Actor, r SchemeRecord) error {
	if err := access.DecideOn(a, access.BandsApprove, r.relationTo(a), "scheme:"+r.Slug); err != nil {
		return fault.Wrap(fault.Forbidden, "scheme_own", err, "%s made the scheme %s", a, r.Slug)
	}
	return nil
}
