package accountsdb

import (
	"context"
	"strings"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
)

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`

	TokenHash string    `bun:"token_hash,pk"`
	ID        string    `bun:"id"`
	PersonID  string    `bun:"person_id"`
	Stage     string    `bun:"stage"`
	Proof     string    `bun:"proof"`
	Coded     int       `bun:"coded"`
	Agent     string    `bun:"agent"`
	CreatedAt time.Time `bun:"created_at"`
	SeenAt    time.Time `bun:"seen_at"`
	ProvedAt  time.Time `bun:"proved_at"`
	ExpiresAt time.Time `bun:"expires_at"`
}

type tokenRow struct {
	bun.BaseModel `bun:"table:api_tokens"`

	ID         string     `bun:"id,pk"`
	PersonID   string     `bun:"person_id"`
	Name       string     `bun:"name"`
	Prefix     string     `bun:"prefix"`
	TokenHash  string     `bun:"token_hash"`
	Scopes     string     `bun:"scopes"`
	CreatedAt  time.Time  `bun:"created_at"`
	ExpiresAt  time.Time  `bun:"expires_at"`
	LastUsedAt *time.Time `bun:"last_used_at"`
	RevokedAt  *time.Time `bun:"revoked_at"`
}

// AddSession stores a session.
func (s *Store) AddSession(ctx context.Context, x accounts.Session) error {
	row := sessionRow{
		TokenHash: x.TokenHash, ID: x.ID, PersonID: string(x.Account), Stage: string(x.Stage), Proof: string(x.Proof), Coded: flag(x.Coded), Agent: x.Agent,
		CreatedAt: db.Time(x.CreatedAt), SeenAt: db.Time(x.SeenAt), ProvedAt: db.Time(x.ProvedAt), ExpiresAt: db.Time(x.ExpiresAt),
	}
	_, err := s.db.NewInsert().Model(&row).Exec(ctx)
	return db.Translate(err, "store session")
}

// Session reads a session by its token's hash.
func (s *Store) Session(ctx context.Context, tokenHash string) (accounts.Session, error) {
	var row sessionRow
	if err := s.db.NewSelect().Model(&row).Where("token_hash = ?", tokenHash).Scan(ctx); err != nil {
		return accounts.Session{}, db.Translate(err, "read session")
	}
	return session(row), nil
}

func session(r sessionRow) accounts.Session {
	return accounts.Session{
		TokenHash: r.TokenHash, ID: r.ID, Account: actor.PersonID(r.PersonID), Stage: accounts.Stage(r.Stage), Proof: accounts.Proof(r.Proof), Coded: r.Coded == 1,
		Agent: r.Agent, CreatedAt: r.CreatedAt.UTC(), SeenAt: r.SeenAt.UTC(), ProvedAt: r.ProvedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(),
	}
}

// SessionsOf lists an account's sessions, latest first.
func (s *Store) SessionsOf(ctx context.Context, id actor.PersonID) ([]accounts.Session, error) {
	var rows []sessionRow
	q := s.db.NewSelect().Model(&rows).Where("person_id = ?", id).Order("created_at DESC", "id")
	if err := db.Whole(ctx, q, &rows, maxList, "read sessions"); err != nil {
		return nil, err
	}
	out := make([]accounts.Session, 0, len(rows))
	for _, r := range rows {
		out = append(out, session(r))
	}
	return out, nil
}

// Touch notes that a session was used.
func (s *Store) Touch(ctx context.Context, tokenHash string, at time.Time) error {
	_, err := s.db.NewUpdate().Model((*sessionRow)(nil)).Set("seen_at = ?", db.Time(at)).Where("token_hash = ?", tokenHash).Exec(ctx)
	return db.Translate(err, "touch session")
}

// MarkCoded notes that a one-time code was shown in a session.
func (s *Store) MarkCoded(ctx context.Context, id actor.PersonID, session string) error {
	return s.mark(ctx, id, session, 1)
}

// MarkUncoded notes that none counts in it any more.
func (s *Store) MarkUncoded(ctx context.Context, id actor.PersonID, session string) error {
	return s.mark(ctx, id, session, 0)
}

func (s *Store) mark(ctx context.Context, id actor.PersonID, session string, coded int) error {
	_, err := s.db.NewUpdate().Model((*sessionRow)(nil)).Set("coded = ?", coded).Where("person_id = ? AND id = ?", id, session).Exec(ctx)
	return db.Translate(err, "mark session")
}

// MarkProved notes that a proof was shown in a session.
func (s *Store) MarkProved(ctx context.Context, id actor.PersonID, session string, at time.Time) error {
	_, err := s.db.NewUpdate().Model((*sessionRow)(nil)).Set("proved_at = ?", db.Time(at)).Where("person_id = ? AND id = ?", id, session).Exec(ctx)
	return db.Translate(err, "mark session as proved")
}

// EndSession removes a session unless it was removed.
func (s *Store) EndSession(ctx context.Context, tokenHash string) (bool, error) {
	res, err := s.db.NewDelete().Model((*sessionRow)(nil)).Where("token_hash = ?", tokenHash).Exec(ctx)
	return took(db.Changed(res, err, "end session"))
}

// EndSessions removes an account's sessions but the one that is kept.
func (s *Store) EndSessions(ctx context.Context, id actor.PersonID, keep string) (int, error) {
	res, err := s.db.NewDelete().Model((*sessionRow)(nil)).Where("person_id = ? AND id <> ?", id, keep).Exec(ctx)
	if err != nil {
		return 0, db.Translate(err, "end sessions")
	}
	n, err := res.RowsAffected()
	return int(n), db.Translate(err, "end sessions")
}

// EndOld removes the sessions that are over: expired, unused for too long, or begun by a clock that ran ahead. It
// passes over those that somebody else is ending.
func (s *Store) EndOld(ctx context.Context, at time.Time) error {
	unused, ahead := db.Time(at.Add(-accounts.IdleLimit)), db.Time(at.Add(accounts.AbsoluteLimit))
	over := s.db.NewSelect().Model((*sessionRow)(nil)).Column("token_hash").
		Where("expires_at <= ? OR seen_at < ? OR created_at > ?", db.Time(at), unused, ahead)
	_, err := s.db.NewDelete().Model((*sessionRow)(nil)).Where("token_hash IN (?)", db.SkipLocked(s.db, over)).Exec(ctx)
	return db.Translate(err, "end old sessions")
}

// AddToken stores a token.
func (s *Store) AddToken(ctx context.Context, t accounts.Token) error {
	row := tokenRow{
		ID: t.ID, PersonID: string(t.Account), Name: t.Name, Prefix: t.Prefix, TokenHash: t.Hash, Scopes: strings.Join(t.Scopes, " "),
		CreatedAt: db.Time(t.CreatedAt), ExpiresAt: db.Time(t.ExpiresAt), LastUsedAt: timed(t.LastUsed), RevokedAt: timed(t.RevokedAt),
	}
	_, err := s.db.NewInsert().Model(&row).Exec(ctx)
	return db.Translate(err, "store token")
}

// TokenByHash reads a token.
func (s *Store) TokenByHash(ctx context.Context, hash string) (accounts.Token, error) {
	var row tokenRow
	if err := s.db.NewSelect().Model(&row).Where("token_hash = ?", hash).Scan(ctx); err != nil {
		return accounts.Token{}, db.Translate(err, "read token")
	}
	return token(row), nil
}

func token(r tokenRow) accounts.Token {
	return accounts.Token{
		ID: r.ID, Account: actor.PersonID(r.PersonID), Name: r.Name, Prefix: r.Prefix, Hash: r.TokenHash, Scopes: strings.Fields(r.Scopes),
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(), LastUsed: instant(r.LastUsedAt), RevokedAt: instant(r.RevokedAt),
	}
}

// TokensOf lists an account's tokens, latest first.
func (s *Store) TokensOf(ctx context.Context, id actor.PersonID) ([]accounts.Token, error) {
	var rows []tokenRow
	q := s.db.NewSelect().Model(&rows).Where("person_id = ?", id).Order("created_at DESC", "id")
	if err := db.Whole(ctx, q, &rows, maxList, "read tokens"); err != nil {
		return nil, err
	}
	out := make([]accounts.Token, 0, len(rows))
	for _, r := range rows {
		out = append(out, token(r))
	}
	return out, nil
}

// TouchToken notes that a token was used.
func (s *Store) TouchToken(ctx context.Context, id string, at time.Time) error {
	_, err := s.db.NewUpdate().Model((*tokenRow)(nil)).Set("last_used_at = ?", db.Time(at)).Where("id = ?", id).Exec(ctx)
	return db.Translate(err, "touch token")
}

// RevokeToken ends one.
func (s *Store) RevokeToken(ctx context.Context, id string, at time.Time) error {
	_, err := s.db.NewUpdate().Model((*tokenRow)(nil)).Set("revoked_at = ?", db.Time(at)).Where("id = ?", id).Exec(ctx)
	return db.Translate(err, "revoke token")
}

// RevokeTokens ends all of an account.
func (s *Store) RevokeTokens(ctx context.Context, id actor.PersonID, at time.Time) error {
	_, err := s.db.NewUpdate().Model((*tokenRow)(nil)).Set("revoked_at = ?", db.Time(at)).Where("person_id = ? AND revoked_at IS NULL", id).Exec(ctx)
	return db.Translate(err, "revoke tokens")
}
