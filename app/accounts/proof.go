package accounts

import (
	"context"
	"slices"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// Proofs says how an account can sign in.
type Proofs struct {
	Password  bool
	Codes     bool
	Recovery  int // codes left
	Providers int
}

// ProofsOf reads how an account can sign in: one's own, or anybody's by who may.
func (s *Service) ProofsOf(ctx context.Context, a actor.Actor, id actor.PersonID) (Proofs, error) {
	if _, err := s.Get(ctx, a, id); err != nil {
		return Proofs{}, err
	}
	return proofsOf(ctx, s.store, id)
}

func proofsOf(ctx context.Context, store Store, id actor.PersonID) (Proofs, error) {
	of, err := store.Proofs(ctx, []actor.PersonID{id})
	return of[id], err
}

// ProofsOfSome reads how some accounts can sign in.
func (s *Service) ProofsOfSome(ctx context.Context, a actor.Actor, ids []actor.PersonID) (map[actor.PersonID]Proofs, error) {
	if err := access.Decide(a, access.AccountsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.Proofs(ctx, ids)
}

// proof is what somebody showed before an act on how they sign in: the hash of the password they know, "" where the
// account has none.
type proof struct {
	account Account
	phc     string
}

// confirm asks for a proof once more before an act that changes how somebody signs in: the password where there is
// one, else that the sign-in is fresh. A password that is right makes the session fresh; wrong ones are counted against
// the session alone, so that who found one open keeps nobody from signing in.
func (s *Service) confirm(ctx context.Context, a actor.Actor, password string) (proof, error) {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return proof{}, err
	}
	account, err := s.store.Account(ctx, a.ID)
	if err != nil {
		return proof{}, err
	}
	phc, err := s.store.Password(ctx, a.ID)
	if fault.Is(err, fault.NotFound) {
		return proof{account: account}, s.fresh(ctx, s.store, a)
	}
	if err != nil {
		return proof{}, err
	}
	place, err := s.hasher.reserve()
	if err != nil {
		return proof{}, err
	}
	defer place.leave()
	t, err := s.begin(ctx, s.ownGuard(triesSession, string(a.ID)+"\n"+a.Session))
	if err != nil {
		return proof{}, err
	}
	right, _, err := place.check(ctx, password, phc)
	if err != nil {
		return proof{}, s.abandon(ctx, t, err)
	}
	if !right {
		wrong := fault.New(fault.Invalid, "invalid", "wrong password").At("current", "password_wrong", "")
		return proof{}, s.refuse(ctx, a, account, t, "session.refused", wrong)
	}
	p := proof{account, phc}
	return p, s.whileProven(ctx, a, p, func(tx Store) error {
		if err := s.settle(ctx, tx, t); err != nil {
			return err
		}
		return tx.MarkProved(ctx, a.ID, a.Session, s.now())
	})
}

// fresh refuses when the session's last proof lies too long ago.
func (s *Service) fresh(ctx context.Context, st Store, a actor.Actor) error {
	all, err := st.SessionsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	for _, x := range all {
		if x.ID == a.Session && (x.Proof == ByPersona || x.fresh(s.now())) {
			return nil
		}
	}
	return fault.New(fault.Conflict, "proof_old", "the sign-in lies too long ago")
}

// whileProven does in one transaction what a proof was asked for, if nothing was taken away since: what an
// administrator resets or disables in the meantime must not come back by an act that was under way.
func (s *Service) whileProven(ctx context.Context, a actor.Actor, p proof, act func(tx Store) error) error {
	return s.store.Tx(ctx, func(tx Store) error {
		if err := s.present(ctx, tx, a); err != nil {
			return err
		}
		phc, err := tx.Password(ctx, a.ID)
		if err != nil && !fault.Is(err, fault.NotFound) {
			return err
		}
		if phc != p.phc {
			return fault.New(fault.Unauthenticated, "unauthenticated", "the password was replaced meanwhile")
		}
		return act(tx)
	})
}

// present holds the actor's own account, and refuses somebody whose account was disabled, or whose session was ended,
// since their request began.
func (s *Service) present(ctx context.Context, tx Store, a actor.Actor) error {
	account, err := tx.LockAccount(ctx, a.ID)
	if err != nil {
		return err
	}
	all, err := tx.SessionsOf(ctx, a.ID)
	if err != nil {
		return err
	}
	if s.usable(account) != nil || a.Session != "" && !slices.ContainsFunc(all, func(x Session) bool { return x.ID == a.Session }) {
		return fault.New(fault.Unauthenticated, "unauthenticated", "the session ended meanwhile")
	}
	return nil
}
