package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"slices"
	"strings"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
)

// How long a session lasts: unused, in all, and while it waits for a one-time code.
const (
	IdleLimit     = 2 * time.Hour
	AbsoluteLimit = 24 * time.Hour
	CodeLimit     = 10 * time.Minute
	// touchEvery is how stale the last-seen time may grow before a request writes it again.
	touchEvery = time.Minute
	// freshProof is how long ago a proof may lie for an act that asks for one again.
	freshProof = 15 * time.Minute
)

// Stage is how far a sign-in has come.
type Stage string

// The stages.
const (
	AwaitsCode Stage = "code"
	Full       Stage = "full"
)

// Proof is how somebody showed who they are.
type Proof string

// The proofs.
const (
	ByPersona  Proof = "persona" // the demo's click
	ByPassword Proof = "password"
	ByProvider Proof = "provider" // OpenID Connect
	ByLink     Proof = "link"     // the set-up link of the first run
)

// Session is a sign-in that lasts. Its token is stored nowhere, only the token's hash.
type Session struct {
	TokenHash string
	ID        string // to name it in lists
	Account   actor.PersonID
	Stage     Stage
	Proof     Proof
	Coded     bool   // a one-time code, or the provider's own second factor, was shown
	Agent     string // browser and system in words
	CreatedAt time.Time
	SeenAt    time.Time
	ProvedAt  time.Time // when a proof was last shown
	ExpiresAt time.Time
}

// ended tells whether the session is over. A clock that was set back makes none younger than it is.
func (x Session) ended(now time.Time) bool {
	return !now.Before(x.ExpiresAt) || now.Sub(x.SeenAt) > IdleLimit || x.CreatedAt.Sub(now) > AbsoluteLimit
}

// fresh tells whether a proof was shown in the session lately. A clock that was set back makes none so.
func (x Session) fresh(now time.Time) bool {
	age := now.Sub(x.ProvedAt)
	return -freshProof <= age && age <= freshProof
}

type sessionStore interface {
	AddSession(ctx context.Context, x Session) error
	Session(ctx context.Context, tokenHash string) (Session, error)
	SessionsOf(ctx context.Context, id actor.PersonID) ([]Session, error) // latest first
	Touch(ctx context.Context, tokenHash string, at time.Time) error
	// MarkCoded and MarkUncoded say whether a one-time code was shown in a session of an account.
	MarkCoded(ctx context.Context, id actor.PersonID, session string) error
	MarkUncoded(ctx context.Context, id actor.PersonID, session string) error
	// MarkProved notes that a proof was shown in a session of an account.
	MarkProved(ctx context.Context, id actor.PersonID, session string, at time.Time) error
	// EndSession ends one; false when it was ended already.
	EndSession(ctx context.Context, tokenHash string) (bool, error)
	// EndSessions ends all of an account but the one that is kept, "" for none, and says how many.
	EndSessions(ctx context.Context, id actor.PersonID, keep string) (int, error)
	EndOld(ctx context.Context, at time.Time) error // those that are over by any of their limits
}

// newToken makes 256 random bits in URL-safe text.
func newToken() string {
	b := make([]byte, 32)
	_, _ = rand.Read(b) // never fails: the program ends instead
	return base64.RawURLEncoding.EncodeToString(b)
}

func hash(token string) string {
	sum := sha256.Sum256([]byte(token))
	return hex.EncodeToString(sum[:])
}

// newID names a record that people meet in addresses: as random as a token, and shorter.
func newID() string {
	b := make([]byte, 12)
	_, _ = rand.Read(b)
	return hex.EncodeToString(b)
}

// Opened is a sign-in: the token for the browser and whether a one-time code is still asked for.
type Opened struct {
	Token     string
	Device    string // what the browser is known by from now on, "" while it waits or is a persona's
	NeedsCode bool
	Lang      lang.Lang
}

// open starts a session in a transaction and ends the one the browser had before: one browser, one person.
func (s *Service) open(ctx context.Context, tx Store, account Account, x Session, former string) (Opened, error) {
	now := s.now()
	token := newToken()
	x.TokenHash, x.ID, x.Account, x.CreatedAt, x.SeenAt, x.ProvedAt, x.ExpiresAt = hash(token), newID(), account.ID, now, now, now, now.Add(AbsoluteLimit)
	if x.Stage == AwaitsCode {
		x.ExpiresAt = now.Add(CodeLimit)
	}
	if former != "" {
		if _, err := tx.EndSession(ctx, hash(former)); err != nil {
			return Opened{}, err
		}
	}
	if err := tx.EndOld(ctx, now); err != nil {
		return Opened{}, err
	}
	if err := tx.AddSession(ctx, x); err != nil {
		return Opened{}, err
	}
	out := Opened{Token: token, NeedsCode: x.Stage == AwaitsCode, Lang: account.Lang}
	if x.Stage == AwaitsCode {
		return out, nil
	}
	if x.Proof != ByPersona {
		out.Device = s.newDevice(account.ID, true)
	}
	who := actor.Actor{Kind: actor.Person, ID: account.ID}
	if err := note(ctx, tx, who, "session.opened", "session:"+x.ID, audit.Done, map[string]string{"proof": string(x.Proof)}); err != nil {
		return Opened{}, err
	}
	if !account.TellSignIns {
		return out, nil
	}
	return out, tx.Outbox().Put(ctx, account.letter(mail.SignedIn, map[string]string{"agent": x.Agent, "when": now.Format(time.RFC3339)}))
}

// Resume returns who holds a session token: Nobody when it is unknown, ended, expired, waits for its code, or its
// account is not in use.
func (s *Service) Resume(ctx context.Context, _ actor.Actor, token string) (actor.Actor, error) {
	x, account, err := s.session(ctx, token)
	if fault.Is(err, fault.NotFound) || err == nil && x.Stage != Full {
		return actor.Nobody(), nil
	}
	if err != nil {
		return actor.Nobody(), err
	}
	if now := s.now(); now.Sub(x.SeenAt) > touchEvery || now.Before(x.SeenAt) {
		if err := s.store.Touch(ctx, x.TokenHash, now); err != nil {
			return actor.Nobody(), err
		}
	}
	who, err := s.act(ctx, account, x.Coded || x.Proof == ByPersona)
	who.Session = x.ID
	return who, err
}

// session reads a session that is not over, of an account in use.
func (s *Service) session(ctx context.Context, token string) (Session, Account, error) {
	none := fault.New(fault.NotFound, "not_found", "session")
	if token == "" {
		return Session{}, Account{}, none
	}
	x, err := s.store.Session(ctx, hash(token))
	if err != nil {
		return Session{}, Account{}, err
	}
	if x.ended(s.now()) {
		if _, err := s.store.EndSession(ctx, x.TokenHash); err != nil {
			return Session{}, Account{}, err
		}
		return Session{}, Account{}, none
	}
	account, err := s.store.Account(ctx, x.Account)
	if err != nil {
		return Session{}, Account{}, err
	}
	return x, account, s.usable(account)
}

// act is the account acting today: its roles, those delegated to it, and whether anybody reports to it. Roles that
// need a one-time code are withheld until one was shown.
func (s *Service) act(ctx context.Context, account Account, shown bool) (actor.Actor, error) {
	who := actor.Actor{Kind: actor.Person, ID: account.ID, Name: account.Name}
	held := slices.Clone(account.Roles)
	delegated, err := s.store.DelegatedTo(ctx, account.ID, s.today(ctx))
	if err != nil {
		return actor.Nobody(), err
	}
	lines := []actor.PersonID{account.ID}
	for _, d := range delegated {
		if !slices.Contains(who.Behalf, d.From) {
			who.Behalf = append(who.Behalf, d.From)
		}
		if d.Duty == DutyLine {
			lines = append(lines, d.From)
		} else if r := actor.Role(d.Duty); !slices.Contains(held, r) {
			held, who.Lent = append(held, r), append(who.Lent, r)
		}
	}
	for _, r := range held {
		if !shown && slices.Contains(coded, r) {
			who.Withheld = append(who.Withheld, r)
		} else {
			who.Roles = append(who.Roles, r)
		}
	}
	if who.Profile, err = s.profileOf(ctx, account.ID); err != nil {
		return actor.Nobody(), err
	}
	who.Manages, err = s.store.HasReports(ctx, lines, s.today(ctx))
	return who, err
}

// SignOut ends the session of a token; one that is not known is no error.
func (s *Service) SignOut(ctx context.Context, a actor.Actor, token string) error {
	if token == "" {
		return nil
	}
	return s.store.Tx(ctx, func(tx Store) error {
		x, err := tx.Session(ctx, hash(token))
		if fault.Is(err, fault.NotFound) {
			return nil
		}
		if err != nil {
			return err
		}
		if ended, err := tx.EndSession(ctx, x.TokenHash); err != nil || !ended {
			return err
		}
		return note(ctx, tx, a, "session.closed", "session:"+x.ID, audit.Done, nil)
	})
}

// Sessions lists the actor's own sessions that are not over, latest first.
func (s *Service) Sessions(ctx context.Context, a actor.Actor) ([]Session, error) {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return nil, err
	}
	all, err := s.store.SessionsOf(ctx, a.ID)
	return slices.DeleteFunc(all, func(x Session) bool { return x.Stage != Full || x.ended(s.now()) }), err
}

// RevokeSession ends one of the actor's own sessions. Anybody else's is a NotFound fault that the journal knows of.
func (s *Service) RevokeSession(ctx context.Context, a actor.Actor, id string) error {
	return s.store.Tx(ctx, func(tx Store) error {
		if err := hold(ctx, tx, a); err != nil {
			return err
		}
		all, err := tx.SessionsOf(ctx, a.ID)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(all, func(x Session) bool { return x.ID == id })
		if err := s.own(a, i >= 0, "session:"+id); err != nil {
			return err
		}
		if _, err := tx.EndSession(ctx, all[i].TokenHash); err != nil {
			return err
		}
		return note(ctx, tx, a, "session.revoked", "session:"+id, audit.Done, nil)
	})
}

// RevokeOtherSessions ends all of the actor's own sessions but the one they act in.
func (s *Service) RevokeOtherSessions(ctx context.Context, a actor.Actor) error {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return err
	}
	return s.store.Tx(ctx, func(tx Store) error {
		if err := hold(ctx, tx, a); err != nil {
			return err
		}
		if _, err := tx.EndSessions(ctx, a.ID, a.Session); err != nil {
			return err
		}
		return note(ctx, tx, a, "session.revoked", audit.PersonObject(a.ID), audit.Done, map[string]string{"which": "others"})
	})
}

// hold holds the actor's own account, where they have one: what is theirs alone is changed by one act at a time.
func hold(ctx context.Context, tx Store, a actor.Actor) error {
	_, err := tx.LockAccount(ctx, a.ID)
	if fault.Is(err, fault.NotFound) {
		return nil
	}
	return err
}

// own decides on something of the actor's own; what is not theirs is hidden.
func (s *Service) own(a actor.Actor, theirs bool, object string) error {
	r := access.None
	if theirs {
		r = access.Own
	}
	return access.Hide(access.DecideOn(a, access.AccountOwn, r, strings.ToValidUTF8(object, "")))
}
