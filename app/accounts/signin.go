package accounts

import (
	"context"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/fault"
)

// SignInInput is what somebody shows to sign in.
type SignInInput struct {
	Email    string
	Password string
	Agent    string // browser and system in words
	Former   string // the session token the browser brought; it ends
}

// errWrong is the one answer to a wrong address, a wrong password, a disabled account and one without a password.
func errWrong() error { return fault.New(fault.Invalid, "signin_wrong", "wrong address or password") }

// SignIn opens a session for an address and a password: at once, or waiting for a one-time code. Whatever is wrong
// gives one and the same Invalid fault after the same work. A try is counted before it is looked at: what comes beyond
// the limit is Limited without any work, though it were right.
func (s *Service) SignIn(ctx context.Context, a actor.Actor, in SignInInput) (Opened, error) {
	place, err := s.hasher.reserve()
	if err != nil {
		return Opened{}, err
	}
	defer place.leave()
	email := Email(in.Email)
	account, phc, err := s.credentials(ctx, email)
	if err != nil {
		return Opened{}, err
	}
	t, err := s.begin(ctx, s.passwordGuards(ctx, email, account.ID))
	if err != nil {
		return Opened{}, err
	}
	right, outdated, err := place.check(ctx, in.Password, phc)
	if err != nil {
		return Opened{}, s.abandon(ctx, t, err)
	}
	if !right || s.usable(account) != nil {
		return Opened{}, s.refuse(ctx, a, account, t, "session.refused", errWrong())
	}
	renewed := phc
	if outdated {
		if renewed, err = place.hash(ctx, in.Password); err != nil {
			return Opened{}, s.abandon(ctx, t, err)
		}
	}
	var out Opened
	err = s.store.Tx(ctx, func(tx Store) error {
		if err := s.unchanged(ctx, tx, account.ID, phc); err != nil {
			return err
		}
		if outdated {
			if err := tx.PutPassword(ctx, account.ID, renewed, s.now()); err != nil {
				return err
			}
		}
		if out, err = s.enter(ctx, tx, account, Session{Proof: ByPassword, Agent: in.Agent}, in.Former); err != nil {
			return err
		}
		return s.settle(ctx, tx, t)
	})
	if err != nil {
		return Opened{}, s.abandon(ctx, t, err)
	}
	return out, nil
}

// unchanged refuses a sign-in whose password was replaced, or whose account was disabled, while it was compared: the
// sessions that ended with it must not be joined by a late one.
func (s *Service) unchanged(ctx context.Context, tx Store, id actor.PersonID, phc string) error {
	account, err := tx.LockAccount(ctx, id)
	if err != nil {
		return err
	}
	now, err := tx.Password(ctx, id)
	if err != nil && !fault.Is(err, fault.NotFound) { // gone is replaced, too
		return err
	}
	if now != phc || s.usable(account) != nil {
		return errWrong()
	}
	return nil
}

// enter opens a session that waits for a code where the account has set codes up and none was shown yet.
func (s *Service) enter(ctx context.Context, tx Store, account Account, x Session, former string) (Opened, error) {
	x.Stage = Full
	device, err := tx.CodeDevice(ctx, account.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return Opened{}, err
	}
	if device.Confirmed() && !x.Coded {
		x.Stage = AwaitsCode
	}
	return s.open(ctx, tx, account, x, former)
}

// credentials reads an account with its password's hash; both are zero for who does not exist.
func (s *Service) credentials(ctx context.Context, email string) (Account, string, error) {
	account, err := s.store.ByEmail(ctx, email)
	if fault.Is(err, fault.NotFound) {
		return Account{DisabledAt: s.now()}, "", nil
	}
	if err != nil {
		return Account{}, "", err
	}
	phc, err := s.store.Password(ctx, account.ID)
	if fault.Is(err, fault.NotFound) {
		return account, "", nil
	}
	return account, phc, err
}

// SignInPersona opens a session for a demo persona. Without demo, and for an unknown persona, it is a NotFound fault.
func (s *Service) SignInPersona(ctx context.Context, _ actor.Actor, persona, agent, former string) (Opened, error) {
	if !s.demo {
		return Opened{}, fault.New(fault.NotFound, "not_found", "personas exist in the demo only")
	}
	var out Opened
	err := s.store.Tx(ctx, func(tx Store) error {
		account, err := tx.ByPersona(ctx, persona)
		if err == nil {
			account, err = tx.LockAccount(ctx, account.ID)
		}
		if err != nil {
			return err
		}
		if err := s.usable(account); err != nil {
			return err
		}
		out, err = s.open(ctx, tx, account, Session{Stage: Full, Proof: ByPersona, Agent: agent}, former)
		return err
	})
	return out, err
}

// Personas lists the demo's accounts in use, none without demo.
func (s *Service) Personas(ctx context.Context, _ actor.Actor) ([]Account, error) {
	if !s.demo {
		return nil, nil
	}
	return s.store.Personas(ctx)
}

// SetPassword changes the actor's own password, given the current one, and ends their other sessions and their tokens.
func (s *Service) SetPassword(ctx context.Context, a actor.Actor, current, password string) error {
	p, err := s.confirm(ctx, a, current)
	if err != nil {
		return err
	}
	if err := checkPassword(password, p.account); err != nil {
		return err
	}
	if p.phc != "" && password == current {
		return fault.New(fault.Invalid, "invalid", "the password is the one in use").At("password", "password_same", "")
	}
	place, err := s.hasher.reserve()
	if err != nil {
		return err
	}
	defer place.leave()
	phc, err := place.hash(ctx, password)
	if err != nil {
		return err
	}
	return s.whileProven(ctx, a, p, func(tx Store) error { return s.changePassword(ctx, tx, a, p.account, phc) })
}
