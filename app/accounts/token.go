package accounts

import (
	"context"
	"slices"
	"time"

	"github.com/echelon-hr/echelon/app/access"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
	"github.com/echelon-hr/echelon/app/mail"
	"github.com/echelon-hr/echelon/app/valid"
)

// tokenPrefix tells tools that look for leaked secrets, and people, what a token is.
const tokenPrefix = "echelon_"

// tokenShown is how much of a token is kept to recognise it by.
const tokenShown = len(tokenPrefix) + 6

// Token is the right of a program to act for an account, within scopes, for a time. It is shown once and stored
// nowhere, only its hash.
type Token struct {
	ID        string
	Account   actor.PersonID
	Name      string
	Prefix    string // its first characters
	Hash      string
	Scopes    []string
	CreatedAt time.Time
	ExpiresAt time.Time
	LastUsed  time.Time // zero: never
	RevokedAt time.Time // zero: not
}

// Ended tells whether the token works no more.
func (t Token) Ended(now time.Time) bool { return !t.RevokedAt.IsZero() || !now.Before(t.ExpiresAt) }

type tokenStore interface {
	AddToken(ctx context.Context, t Token) error
	TokenByHash(ctx context.Context, hash string) (Token, error)
	TokensOf(ctx context.Context, id actor.PersonID) ([]Token, error) // latest first
	TouchToken(ctx context.Context, id string, at time.Time) error
	RevokeToken(ctx context.Context, id string, at time.Time) error
	RevokeTokens(ctx context.Context, id actor.PersonID, at time.Time) error
}

// TokenInput is a token to make.
type TokenInput struct {
	Name   string   `json:"name" validate:"required,max=80,line"`
	Scopes []string `json:"scopes" validate:"min=1,max=30,unique,dive,line"`
	Days   int      `json:"days" validate:"gte=1,lte=366"`
}

func (in *TokenInput) check() error {
	in.Name = lang.Normalize(lang.EN, in.Name)
	if err := valid.Struct("token", in); err != nil {
		return err
	}
	for _, scope := range in.Scopes {
		if !slices.Contains(access.Scopes(), scope) {
			return fault.New(fault.Invalid, "invalid", "unknown scope %q: use %v", scope, access.Scopes()).At("scopes", "unknown", scope)
		}
	}
	return nil
}

// CreateToken makes a token for the actor's own account, given a proof, and returns its text, this once.
func (s *Service) CreateToken(ctx context.Context, a actor.Actor, in TokenInput, password string) (string, error) {
	if err := in.check(); err != nil {
		return "", err
	}
	p, err := s.confirm(ctx, a, password)
	if err != nil {
		return "", err
	}
	text := ""
	err = s.whileProven(ctx, a, p, func(tx Store) error {
		text, err = s.addToken(ctx, tx, a, p.account, in)
		return err
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// CreateTokenFor makes a token for somebody's account; the operator does.
func (s *Service) CreateTokenFor(ctx context.Context, a actor.Actor, email string, in TokenInput) (string, error) {
	if a.Kind != actor.Operator {
		return "", access.Decide(a, "", access.None)
	}
	if err := in.check(); err != nil {
		return "", err
	}
	text := ""
	err := s.store.Tx(ctx, func(tx Store) error {
		account, err := lockByEmail(ctx, tx, Email(email))
		if err != nil {
			return err
		}
		if account.Disabled() {
			return fault.New(fault.Conflict, "account_disabled", "the account %s is disabled", account.Email)
		}
		text, err = s.addToken(ctx, tx, a, account, in)
		return err
	})
	if err != nil {
		return "", err
	}
	return text, nil
}

// addToken makes a token in a transaction and returns its text.
func (s *Service) addToken(ctx context.Context, tx Store, a actor.Actor, account Account, in TokenInput) (string, error) {
	text := tokenPrefix + newToken()
	t := Token{
		ID: newID(), Account: account.ID, Name: in.Name, Prefix: text[:tokenShown], Hash: hash(text), Scopes: in.Scopes,
		CreatedAt: s.now(), ExpiresAt: s.now().AddDate(0, 0, in.Days),
	}
	if err := tx.AddToken(ctx, t); err != nil {
		return "", err
	}
	if err := tx.Outbox().Put(ctx, account.letter(mail.TokenMade, map[string]string{"name": in.Name})); err != nil {
		return "", err
	}
	return text, note(ctx, tx, a, "token.created", "token:"+t.ID, audit.Done, map[string]string{"account": string(account.ID)})
}

// Tokens lists the actor's own tokens that still work, latest first.
func (s *Service) Tokens(ctx context.Context, a actor.Actor) ([]Token, error) {
	if err := access.Decide(a, access.AccountOwn, access.Own); err != nil {
		return nil, err
	}
	all, err := s.store.TokensOf(ctx, a.ID)
	return slices.DeleteFunc(all, func(t Token) bool { return t.Ended(s.now()) }), err
}

// RevokeToken ends one of the actor's own tokens. Anybody else's is a NotFound fault that the journal knows of.
func (s *Service) RevokeToken(ctx context.Context, a actor.Actor, id string) error {
	return s.store.Tx(ctx, func(tx Store) error {
		if err := hold(ctx, tx, a); err != nil {
			return err
		}
		all, err := tx.TokensOf(ctx, a.ID)
		if err != nil {
			return err
		}
		theirs := slices.ContainsFunc(all, func(t Token) bool { return t.ID == id && !t.Ended(s.now()) })
		if err := s.own(a, theirs, "token:"+id); err != nil {
			return err
		}
		if err := tx.RevokeToken(ctx, id, s.now()); err != nil {
			return err
		}
		return note(ctx, tx, a, "token.revoked", "token:"+id, audit.Done, nil)
	})
}

// ResumeToken returns who a token acts for, with its scopes: Nobody when it is unknown, expired, revoked, or its
// account is not in use.
func (s *Service) ResumeToken(ctx context.Context, _ actor.Actor, text string) (actor.Actor, error) {
	t, err := s.store.TokenByHash(ctx, hash(text))
	if fault.Is(err, fault.NotFound) || err == nil && t.Ended(s.now()) {
		return actor.Nobody(), nil
	}
	if err != nil {
		return actor.Nobody(), err
	}
	account, err := s.store.Account(ctx, t.Account)
	if err != nil {
		return actor.Nobody(), err
	}
	if s.usable(account) != nil {
		return actor.Nobody(), nil
	}
	if s.now().Sub(t.LastUsed) > touchEvery {
		if err := s.store.TouchToken(ctx, t.ID, s.now()); err != nil {
			return actor.Nobody(), err
		}
	}
	device, err := s.store.CodeDevice(ctx, account.ID)
	if err != nil && !fault.Is(err, fault.NotFound) {
		return actor.Nobody(), err
	}
	who, err := s.act(ctx, account, account.Persona != "" || device.Confirmed())
	who.Token, who.Scopes = true, t.Scopes
	return who, err
}
