package accounts

import (
	"cmp"
	"context"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/mail"
)

// Identity is an account's name with a sign-in provider: issuer and subject together, never the e-mail address,
// which can change hands.
type Identity struct {
	Issuer   string
	Subject  string
	Account  actor.PersonID
	LinkedAt time.Time
}

// Provided is what a provider said of somebody.
type Provided struct {
	Issuer, Subject string
	Multi           bool // the provider asked for a second factor
	Agent           string
	Former          string // the session token the browser brought
}

// SignInProvided opens a session for somebody a provider vouches for. An identity that no account is linked to is a
// NotFound fault with the code "identity_unlinked": it is linked by somebody who is signed in, and by nothing else.
func (s *Service) SignInProvided(ctx context.Context, a actor.Actor, p Provided) (Opened, error) {
	id, err := linkedTo(ctx, s.store, p)
	if err != nil {
		return Opened{}, err
	}
	var out Opened
	var account Account
	err = s.store.Tx(ctx, func(tx Store) error {
		if account, err = tx.LockAccount(ctx, id); err != nil {
			return err
		}
		if now, err := linkedTo(ctx, tx, p); err != nil || now != id { // again: it may have been taken away meanwhile
			return cmp.Or(err, errUnlinked())
		}
		if s.usable(account) != nil {
			return errWrong()
		}
		out, err = s.enter(ctx, tx, account, Session{Proof: ByProvider, Coded: p.Multi, Agent: p.Agent}, p.Former)
		return err
	})
	if fault.Of(err).Code == "signin_wrong" {
		return Opened{}, s.refuse(ctx, a, account, try{}, "session.refused", err)
	}
	return out, err
}

// errUnlinked is the answer to an identity that no account is linked to.
func errUnlinked() error {
	return fault.New(fault.NotFound, "identity_unlinked", "no account is linked to this identity")
}

// linkedTo reads whose account an identity is linked to.
func linkedTo(ctx context.Context, st Store, p Provided) (actor.PersonID, error) {
	i, err := st.Identity(ctx, p.Issuer, p.Subject)
	if fault.Is(err, fault.NotFound) {
		err = errUnlinked()
	}
	return i.Account, err
}

// Confirm asks for a proof that the actor is there, before they go to a provider to show an identity to link.
func (s *Service) Confirm(ctx context.Context, a actor.Actor, password string) error {
	_, err := s.confirm(ctx, a, password)
	return err
}

// Link links the actor's own account to an identity that they have just shown to a provider. Whoever calls has asked for
// a proof before: by Confirm, or by the sign-in that has just been.
func (s *Service) Link(ctx context.Context, a actor.Actor, issuer, subject string) error {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return err
	}
	account, err := s.store.Account(ctx, a.ID)
	if err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx Store) error {
		if err := s.present(ctx, tx, a); err != nil {
			return err
		}
		err := tx.AddIdentity(ctx, Identity{Issuer: issuer, Subject: subject, Account: a.ID, LinkedAt: s.now()})
		if fault.Is(err, fault.Conflict) {
			return fault.Wrap(fault.Conflict, "identity_taken", err, "the identity is linked already")
		}
		if err != nil {
			return err
		}
		if err := tx.Outbox().Put(ctx, account.letter(mail.IdentityLinked, map[string]string{"issuer": issuer})); err != nil {
			return err
		}
		return note(ctx, tx, a, "identity.linked", audit.PersonObject(a.ID), audit.Done, nil)
	})
}

// Identities lists the actor's own.
func (s *Service) Identities(ctx context.Context, a actor.Actor) ([]Identity, error) {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return nil, err
	}
	return s.store.IdentitiesOf(ctx, a.ID)
}

// Unlink takes the actor's identity with a provider away, given a proof. Where it is the only way to sign in, that is a
// Conflict fault.
func (s *Service) Unlink(ctx context.Context, a actor.Actor, issuer, password string) error {
	p, err := s.confirm(ctx, a, password)
	if err != nil {
		return err
	}
	return s.whileProven(ctx, a, p, func(tx Store) error {
		if err := tx.DropIdentity(ctx, a.ID, issuer); err != nil {
			return err
		}
		if left, err := proofsOf(ctx, tx, a.ID); err != nil || !left.Password && left.Providers == 0 {
			return cmp.Or(err, error(fault.New(fault.Conflict, "last_proof", "no way to sign in would be left")))
		}
		return note(ctx, tx, a, "identity.unlinked", audit.PersonObject(a.ID), audit.Done, nil)
	})
}
