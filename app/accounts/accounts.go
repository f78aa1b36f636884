// Package accounts knows who can sign in and who has. Until accounts with passwords arrive it holds the
// demo's personas and their sessions; a session is an opaque random token, stored hashed.
package accounts

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/clock"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/valid"
)

// How long a session lasts: unused, and in all.
const (
	IdleLimit     = 8 * time.Hour
	AbsoluteLimit = 7 * 24 * time.Hour
	// touchEvery is how stale the last-seen time may grow before a request writes it again.
	touchEvery = time.Minute
)

// Account is somebody who can sign in.
type Account struct {
	ID      actor.PersonID `json:"-"`
	Email   string         `json:"email" validate:"required,email,max=200"`
	Name    string         `json:"name" validate:"required,max=120"`
	Persona string         `json:"slug" validate:"required,slug"` // the demo persona it is
	About   lang.Text      `json:"text" validate:"bilingual=300"` // what this persona comes to do
	Roles   []actor.Role   `json:"roles" validate:"max=4,unique,dive,oneof=recruiter hr compensation administrator"`
}

// Actor is the account acting.
func (a Account) Actor() actor.Actor {
	return actor.Actor{Kind: actor.Person, ID: a.ID, Name: a.Name, Roles: a.Roles}
}

// Session is a sign-in that lasts.
type Session struct {
	TokenHash string
	Account   actor.PersonID
	CreatedAt time.Time
	SeenAt    time.Time
	ExpiresAt time.Time
}

// Store keeps accounts and sessions. What it does not know is a NotFound fault.
type Store interface {
	ByPersona(ctx context.Context, persona string) (Account, error)
	List(ctx context.Context) ([]Account, error) // by creation
	PutAccount(ctx context.Context, a Account, at time.Time) error
	AddSession(ctx context.Context, s Session) error
	// Session returns a session with its account unless the account is disabled.
	Session(ctx context.Context, tokenHash string) (Session, Account, error)
	Touch(ctx context.Context, tokenHash string, at time.Time) error
	EndSession(ctx context.Context, tokenHash string) error
	EndExpired(ctx context.Context, at time.Time) error
}

// Service is the use cases of accounts.
type Service struct {
	store Store
	now   clock.Clock
	demo  bool
}

// NewService makes the service. Only with demo may a persona be signed in without a proof.
func NewService(store Store, now clock.Clock, demo bool) *Service {
	return &Service{store: store, now: now, demo: demo}
}

// Personas lists the demo's accounts, none without demo.
func (s *Service) Personas(ctx context.Context, _ actor.Actor) ([]Account, error) {
	if !s.demo {
		return nil, nil
	}
	return s.store.List(ctx)
}

// All lists every account in use.
func (s *Service) All(ctx context.Context, a actor.Actor) ([]Account, error) {
	if err := access.Decide(a, access.AccountsRead, access.None); err != nil {
		return nil, err
	}
	return s.store.List(ctx)
}

// SignInPersona opens a session for a demo persona and returns its token, which is stored nowhere. Without
// demo, and for an unknown persona, it is a NotFound fault.
func (s *Service) SignInPersona(ctx context.Context, _ actor.Actor, persona string) (string, error) {
	if !s.demo {
		return "", fault.New(fault.NotFound, "not_found", "personas exist in the demo only")
	}
	account, err := s.store.ByPersona(ctx, persona)
	if err != nil {
		return "", err
	}
	now := s.now()
	if err := s.store.EndExpired(ctx, now); err != nil {
		return "", err
	}
	token := newToken()
	return token, s.store.AddSession(ctx, Session{
		TokenHash: hash(token), Account: account.ID, CreatedAt: now, SeenAt: now, ExpiresAt: now.Add(AbsoluteLimit),
	})
}

// Resume returns who holds a session token: Nobody when it is unknown, ended or expired.
func (s *Service) Resume(ctx context.Context, _ actor.Actor, token string) (actor.Actor, error) {
	if token == "" {
		return actor.Nobody(), nil
	}
	session, account, err := s.store.Session(ctx, hash(token))
	if fault.Is(err, fault.NotFound) {
		return actor.Nobody(), nil
	}
	if err != nil {
		return actor.Nobody(), err
	}
	if account.Persona != "" && !s.demo {
		return actor.Nobody(), nil // a persona exists in the demo only, even with a session from it
	}
	now := s.now()
	if now.After(session.ExpiresAt) || now.Sub(session.SeenAt) > IdleLimit {
		return actor.Nobody(), s.store.EndSession(ctx, session.TokenHash)
	}
	if now.Sub(session.SeenAt) > touchEvery {
		if err := s.store.Touch(ctx, session.TokenHash, now); err != nil {
			return actor.Nobody(), err
		}
	}
	return account.Actor(), nil
}

// SignOut ends the session of a token; one that is not known is no error.
func (s *Service) SignOut(ctx context.Context, _ actor.Actor, token string) error {
	if token == "" {
		return nil
	}
	return s.store.EndSession(ctx, hash(token))
}

// Put stores an account, replacing the one of its persona or e-mail address.
func (s *Service) Put(ctx context.Context, a actor.Actor, account Account) error {
	if err := access.Decide(a, access.AccountsWrite, access.None); err != nil {
		return err
	}
	if err := valid.Struct("account", &account); err != nil {
		return err
	}
	return s.store.PutAccount(ctx, account, s.now())
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
