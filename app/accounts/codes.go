package accounts

import (
	"context"
	"crypto/rand"
	"crypto/subtle"
	"encoding/base32"
	"strconv"
	"strings"
	"time"

	"github.com/pquerna/otp"
	"github.com/pquerna/otp/hotp"
	"github.com/pquerna/otp/totp"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/mailbox"
)

// CodeDevice is the authenticator of an account (RFC 6238): the sealed seed and the last time step that was
// accepted, so that no code counts twice.
type CodeDevice struct {
	Account     actor.PersonID
	Secret      string // sealed
	LastStep    int64
	CreatedAt   time.Time
	ConfirmedAt time.Time // zero until a first code was shown
}

// Confirmed tells whether the device is in use.
func (d CodeDevice) Confirmed() bool { return !d.ConfirmedAt.IsZero() }

// proofStore keeps what proves who somebody is.
type proofStore interface {
	Password(ctx context.Context, id actor.PersonID) (phc string, err error)
	PutPassword(ctx context.Context, id actor.PersonID, phc string, at time.Time) error
	DropPassword(ctx context.Context, id actor.PersonID) error

	Proofs(ctx context.Context, ids []actor.PersonID) (map[actor.PersonID]Proofs, error)

	CodeDevice(ctx context.Context, id actor.PersonID) (CodeDevice, error)
	PutCodeDevice(ctx context.Context, d CodeDevice) error
	DropCodes(ctx context.Context, id actor.PersonID) error // device and recovery codes
	// UseStep notes a step as used; false when it was used already, or a later one that is not beyond newest: one that
	// is was noted by a clock that ran ahead.
	UseStep(ctx context.Context, id actor.PersonID, step, newest int64) (bool, error)
	PutRecoveryCodes(ctx context.Context, id actor.PersonID, hashes []string, at time.Time) error // replaces them
	// UseRecoveryCode notes a code as used; false when it is unknown or was used already.
	UseRecoveryCode(ctx context.Context, id actor.PersonID, hash string, at time.Time) (bool, error)
	RecoveryCodesLeft(ctx context.Context, id actor.PersonID) (int, error)

	AddLink(ctx context.Context, l Link) error
	Link(ctx context.Context, tokenHash string) (Link, error)
	// UseLink notes a link as used; false when it was used already.
	UseLink(ctx context.Context, tokenHash string, at time.Time) (bool, error)
	// DropLinks removes unused ones of a kind and says which.
	DropLinks(ctx context.Context, kind LinkKind, id actor.PersonID) (tokenHashes []string, err error)
	DropOldLinks(ctx context.Context, before time.Time) error // that were used, or ended, before then

	AddIdentity(ctx context.Context, i Identity) error // one that belongs to an account already is a Conflict
	Identity(ctx context.Context, issuer, subject string) (Identity, error)
	IdentitiesOf(ctx context.Context, id actor.PersonID) ([]Identity, error)
	DropIdentity(ctx context.Context, id actor.PersonID, issuer string) error // "" for every one

	Throttle(ctx context.Context, id string) (Throttle, error)
	// LockThrottle reads a throttle, a fresh one when there is none, and holds it until the transaction ends.
	LockThrottle(ctx context.Context, id string) (Throttle, error)
	PutThrottle(ctx context.Context, t Throttle) error
	DropThrottle(ctx context.Context, id string) error
	DropThrottles(ctx context.Context, before time.Time) error // whose last failure is older
}

const (
	stepSeconds   = 30
	recoveryCount = 10
	issuerName    = "Echelon"
	sealedFor     = "one-time codes"
)

// Enrolment is what an authenticator needs to be set up.
type Enrolment struct {
	Secret string // in base32, for typing
	URL    string // otpauth://…, for a QR code
}

// BeginCodes makes a seed for the actor's authenticator, or returns the one that waits for its first code. Codes
// that are in use must be removed first. The sign-in must be fresh, or made so by Confirm, else it is a Conflict with the
// code "proof_old": who finds a session open must not shut its owner out by codes of their own.
func (s *Service) BeginCodes(ctx context.Context, a actor.Actor) (Enrolment, error) {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return Enrolment{}, err
	}
	account, err := s.store.Account(ctx, a.ID)
	if err != nil {
		return Enrolment{}, err
	}
	var seed string
	err = s.store.Tx(ctx, func(tx Store) error {
		if err := s.freshlyPresent(ctx, tx, a); err != nil {
			return err
		}
		seed, err = s.pendingSeed(ctx, tx, a.ID)
		return err
	})
	if err != nil {
		return Enrolment{}, err
	}
	raw, err := base32.StdEncoding.WithPadding(base32.NoPadding).DecodeString(seed)
	if err != nil {
		return Enrolment{}, fault.Wrap(fault.Internal, "internal", err, "read the seed of codes")
	}
	key, err := totp.Generate(totp.GenerateOpts{Issuer: issuerName, AccountName: mailbox.Shown(account.Email), Secret: raw})
	if err != nil {
		return Enrolment{}, fault.Wrap(fault.Internal, "internal", err, "describe the seed of codes")
	}
	return Enrolment{Secret: seed, URL: key.URL()}, nil
}

func (s *Service) pendingSeed(ctx context.Context, tx Store, id actor.PersonID) (string, error) {
	d, err := tx.CodeDevice(ctx, id)
	switch {
	case err == nil && d.Confirmed():
		return "", fault.New(fault.Conflict, "codes_on", "codes are set up already")
	case err == nil:
		return s.seed(d)
	case !fault.Is(err, fault.NotFound):
		return "", err
	}
	raw := make([]byte, 20) // RFC 4226 recommends 160 bits
	_, _ = rand.Read(raw)
	seed := base32.StdEncoding.WithPadding(base32.NoPadding).EncodeToString(raw)
	return seed, tx.PutCodeDevice(ctx, CodeDevice{Account: id, Secret: s.key.Seal(sealedFor, string(id), seed), CreatedAt: s.now()})
}

// seed opens what the database keeps sealed.
func (s *Service) seed(d CodeDevice) (string, error) {
	seed, err := s.key.Open(sealedFor, string(d.Account), d.Secret)
	if err != nil {
		return "", fault.Wrap(fault.Unavailable, "secret_key", err, "the one-time codes of %s were set up with another ECHELON_SECRET_KEY", d.Account)
	}
	return seed, nil
}

// freshlyPresent refuses whose session is gone, and whose last proof lies too long ago.
func (s *Service) freshlyPresent(ctx context.Context, tx Store, a actor.Actor) error {
	if err := s.present(ctx, tx, a); err != nil {
		return err
	}
	return s.fresh(ctx, tx, a)
}

// ConfirmCodes puts the actor's codes in use, given a first one, and returns ten recovery codes that are shown this
// once. The sign-in must be fresh as for BeginCodes. The session counts as coded from now on; the others end.
func (s *Service) ConfirmCodes(ctx context.Context, a actor.Actor, code string) ([]string, error) {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return nil, err
	}
	account, err := s.store.Account(ctx, a.ID)
	if err != nil {
		return nil, err
	}
	t, err := s.begin(ctx, s.ownGuard(triesCode, string(a.ID)+"\n"+a.Session))
	if err != nil {
		return nil, err
	}
	var codes []string
	err = s.store.Tx(ctx, func(tx Store) error {
		if err := s.freshlyPresent(ctx, tx, a); err != nil {
			return err
		}
		if err := s.putInUse(ctx, tx, a.ID, code); err != nil {
			return err
		}
		if err := s.settle(ctx, tx, t); err != nil {
			return err
		}
		if codes, err = s.newRecoveryCodes(ctx, tx, a.ID); err != nil {
			return err
		}
		if err := tx.MarkCoded(ctx, a.ID, a.Session); err != nil {
			return err
		}
		if _, err := tx.EndSessions(ctx, a.ID, a.Session); err != nil {
			return err
		}
		if err := tx.Outbox().Put(ctx, account.letter(mail.CodesOn, nil)); err != nil {
			return err
		}
		return note(ctx, tx, a, "codes.enabled", audit.PersonObject(a.ID), audit.Done, nil)
	})
	if err != nil {
		return nil, s.unshown(ctx, a, account, t, err)
	}
	return codes, nil
}

// putInUse confirms the authenticator of an account by its first code.
func (s *Service) putInUse(ctx context.Context, tx Store, id actor.PersonID, code string) error {
	d, err := tx.CodeDevice(ctx, id)
	if err != nil {
		return err
	}
	if d.Confirmed() {
		return fault.New(fault.Conflict, "codes_on", "codes are set up already")
	}
	if err := s.useCode(ctx, tx, d, code); err != nil {
		return err
	}
	if d, err = tx.CodeDevice(ctx, id); err != nil { // with the step that the code used up
		return err
	}
	d.ConfirmedAt = s.now()
	return tx.PutCodeDevice(ctx, d)
}

// unshown ends the try of a code that opened nothing: it was wrong, or something else failed.
func (s *Service) unshown(ctx context.Context, a actor.Actor, account Account, t try, err error) error {
	if fault.Of(err).Code == "code_wrong" {
		return s.refuse(ctx, a, account, t, "session.code_refused", err)
	}
	return s.abandon(ctx, t, err)
}

func errCode() error {
	return fault.New(fault.Invalid, "code_wrong", "wrong one-time code").At("code", "code_wrong", "")
}

// useCode accepts a code of this step or its neighbours, once.
func (s *Service) useCode(ctx context.Context, tx Store, d CodeDevice, code string) error {
	seed, err := s.seed(d)
	if err != nil {
		return err
	}
	code = digits(code)
	now := s.now().Unix() / stepSeconds
	for step := now - 1; step <= now+1; step++ {
		want, err := s.codeAt(seed, step)
		if err != nil {
			return fault.Wrap(fault.Internal, "internal", err, "compute a code")
		}
		if subtle.ConstantTimeCompare([]byte(want), []byte(code)) != 1 {
			continue
		}
		if fresh, err := tx.UseStep(ctx, d.Account, step, now+1); err != nil || fresh {
			return err
		}
	}
	return errCode()
}

// codeAt is what an authenticator shows in a step.
func codeAt(seed string, step int64) (string, error) {
	return hotp.GenerateCodeCustom(seed, uint64(step), hotp.ValidateOpts{Digits: otp.DigitsSix, Algorithm: otp.AlgorithmSHA1}) //nolint:gosec // times are positive
}

// digits drops the spaces that people type within a code.
func digits(s string) string {
	return strings.Map(func(r rune) rune {
		if r < '0' || r > '9' {
			return -1
		}
		return r
	}, s)
}

// newRecoveryCodes replaces the recovery codes of an account.
func (s *Service) newRecoveryCodes(ctx context.Context, tx Store, id actor.PersonID) ([]string, error) {
	codes, hashes := make([]string, recoveryCount), make([]string, recoveryCount)
	for i := range codes {
		raw := make([]byte, 10)
		_, _ = rand.Read(raw)
		text := strings.ToLower(base32.StdEncoding.EncodeToString(raw))
		codes[i] = text[:4] + "-" + text[4:8] + "-" + text[8:12] + "-" + text[12:]
		hashes[i] = hash(recoveryText(codes[i]))
	}
	return codes, tx.PutRecoveryCodes(ctx, id, hashes, s.now())
}

// recoveryText is a recovery code as it is hashed, however it was typed.
func recoveryText(s string) string {
	return strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' || r == '\u00a0' {
			return -1
		}
		return r
	}, strings.ToLower(s))
}

// EnterCode completes a sign-in that waits for a one-time code or a recovery code; the token changes. Whatever is
// wrong is an Invalid fault; a sign-in that does not wait is NotFound.
func (s *Service) EnterCode(ctx context.Context, a actor.Actor, token, code, agent string) (Opened, error) {
	x, account, err := s.session(ctx, token)
	if err != nil {
		return Opened{}, err
	}
	if x.Stage != AwaitsCode {
		return Opened{}, fault.New(fault.NotFound, "not_found", "no sign-in waits for a code")
	}
	t, err := s.begin(ctx, s.codeGuards(ctx, account.ID))
	if err != nil {
		return Opened{}, err
	}
	var out Opened
	err = s.store.Tx(ctx, func(tx Store) error {
		if _, err := tx.LockAccount(ctx, account.ID); err != nil {
			return err
		}
		if _, err := tx.Session(ctx, x.TokenHash); err != nil { // ended meanwhile, by a new password for instance
			return err
		}
		if err := s.useAnyCode(ctx, tx, account, code); err != nil {
			return err
		}
		opens := Session{Stage: Full, Proof: x.Proof, Coded: true, Agent: agent}
		if out, err = s.open(ctx, tx, account, opens, token); err != nil {
			return err
		}
		return s.settle(ctx, tx, t)
	})
	if err != nil {
		return Opened{}, s.unshown(ctx, a, account, t, err)
	}
	return out, nil
}

// useAnyCode accepts a one-time code, or a recovery code, once.
func (s *Service) useAnyCode(ctx context.Context, tx Store, account Account, code string) error {
	d, err := tx.CodeDevice(ctx, account.ID)
	if err != nil {
		return err
	}
	if len(recoveryText(code)) <= 8 {
		return s.useCode(ctx, tx, d, code)
	}
	used, err := tx.UseRecoveryCode(ctx, account.ID, hash(recoveryText(code)), s.now())
	if err != nil {
		return err
	}
	if !used {
		return errCode()
	}
	left, err := tx.RecoveryCodesLeft(ctx, account.ID)
	if err != nil {
		return err
	}
	count := strconv.Itoa(left)
	if err := tx.Outbox().Put(ctx, account.letter(mail.RecoveryUsed, map[string]string{"left": count})); err != nil {
		return err
	}
	who := actor.Actor{Kind: actor.Person, ID: account.ID}
	return note(ctx, tx, who, "codes.recovery_used", audit.PersonObject(account.ID), audit.Done, map[string]string{"left": count})
}

// RemoveCodes takes the actor's codes out of use, given a proof; roles that need them are withheld from then on.
func (s *Service) RemoveCodes(ctx context.Context, a actor.Actor, password string) error {
	p, err := s.confirm(ctx, a, password)
	if err != nil {
		return err
	}
	return s.whileProven(ctx, a, p, func(tx Store) error { return s.dropCodes(ctx, tx, a, p.account, a.Session) })
}

// dropCodes removes the codes of an account in a transaction and ends its sessions but the one that is kept.
func (s *Service) dropCodes(ctx context.Context, tx Store, a actor.Actor, account Account, keep string) error {
	if err := tx.DropCodes(ctx, account.ID); err != nil {
		return err
	}
	if _, err := tx.EndSessions(ctx, account.ID, keep); err != nil {
		return err
	}
	if keep != "" {
		if err := tx.MarkUncoded(ctx, account.ID, keep); err != nil {
			return err
		}
	}
	if err := tx.Outbox().Put(ctx, account.letter(mail.CodesOff, nil)); err != nil {
		return err
	}
	return note(ctx, tx, a, "codes.disabled", audit.PersonObject(account.ID), audit.Done, nil)
}

// RenewRecoveryCodes replaces the actor's recovery codes, given a proof.
func (s *Service) RenewRecoveryCodes(ctx context.Context, a actor.Actor, password string) ([]string, error) {
	p, err := s.confirm(ctx, a, password)
	if err != nil {
		return nil, err
	}
	var codes []string
	err = s.whileProven(ctx, a, p, func(tx Store) error {
		d, err := tx.CodeDevice(ctx, a.ID)
		if err != nil {
			return err
		}
		if !d.Confirmed() {
			return fault.New(fault.NotFound, "not_found", "codes are not set up")
		}
		if codes, err = s.newRecoveryCodes(ctx, tx, a.ID); err != nil {
			return err
		}
		return note(ctx, tx, a, "codes.enabled", audit.PersonObject(a.ID), audit.Done, map[string]string{"which": "recovery"})
	})
	return codes, err
}
