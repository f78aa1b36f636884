// Package accountsdb keeps accounts and sessions in the database. Only app wires it.
package accountsdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/lang"
)

// maxList bounds every list read whole.
const maxList = 2000

// Store implements accounts.Store over a database or a transaction.
type Store struct{ db bun.IDB }

// New makes a store over a handle.
func New(handle bun.IDB) *Store { return &Store{db: handle} }

var _ accounts.Store = (*Store)(nil)

type accountRow struct {
	bun.BaseModel `bun:"table:accounts,alias:a"`

	ID         string     `bun:"id,pk"`
	Email      string     `bun:"email"`
	Name       string     `bun:"name"`
	Persona    string     `bun:"persona"`
	About      lang.Text  `bun:"about,type:text"`
	DisabledAt *time.Time `bun:"disabled_at"`
	CreatedAt  time.Time  `bun:"created_at"`
}

type roleRow struct {
	bun.BaseModel `bun:"table:account_roles"`

	AccountID string `bun:"account_id,pk"`
	Role      string `bun:"role,pk"`
}

type sessionRow struct {
	bun.BaseModel `bun:"table:sessions"`

	TokenHash string    `bun:"token_hash,pk"`
	AccountID string    `bun:"account_id"`
	CreatedAt time.Time `bun:"created_at"`
	SeenAt    time.Time `bun:"seen_at"`
	ExpiresAt time.Time `bun:"expires_at"`
}

// ByPersona returns the account of a persona.
func (s *Store) ByPersona(ctx context.Context, persona string) (accounts.Account, error) {
	if err := db.Findable("persona", persona); err != nil {
		return accounts.Account{}, err
	}
	list, err := s.accounts(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("a.persona = ?", persona) })
	return one(list, err, "persona "+persona)
}

// List lists the accounts in use by creation.
func (s *Store) List(ctx context.Context) ([]accounts.Account, error) {
	return s.accounts(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q })
}

func one(list []accounts.Account, err error, what string) (accounts.Account, error) {
	if err != nil {
		return accounts.Account{}, err
	}
	if len(list) == 0 {
		return accounts.Account{}, fault.New(fault.NotFound, "not_found", "%s", what)
	}
	return list[0], nil
}

func (s *Store) accounts(ctx context.Context, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]accounts.Account, error) {
	var rows []accountRow
	if err := narrow(s.db.NewSelect().Model(&rows).Where("a.disabled_at IS NULL")).Order("a.created_at", "a.id").Limit(maxList).Scan(ctx); err != nil {
		return nil, db.Translate(err, "read accounts")
	}
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.ID)
	}
	var roles []roleRow
	if err := s.db.NewSelect().Model(&roles).Where("account_id IN (?)", bun.List(ids)).Order("role").Scan(ctx); err != nil {
		return nil, db.Translate(err, "read roles")
	}
	held := map[string][]actor.Role{}
	for _, r := range roles {
		held[r.AccountID] = append(held[r.AccountID], actor.Role(r.Role))
	}
	out := make([]accounts.Account, 0, len(rows))
	for _, r := range rows {
		out = append(out, accounts.Account{ID: actor.PersonID(r.ID), Email: r.Email, Name: r.Name, Persona: r.Persona, About: r.About, Roles: held[r.ID]})
	}
	return out, nil
}

// HasPersonas tells whether the database holds the demo company; one without a schema does not.
func (s *Store) HasPersonas(ctx context.Context) bool {
	found, err := s.db.NewSelect().Table("accounts").Where("persona <> ''").Exists(ctx)
	return err == nil && found
}

// PutAccount stores an account, replacing the one of its persona or e-mail address, with exactly its roles.
func (s *Store) PutAccount(ctx context.Context, a accounts.Account, at time.Time) error {
	return db.InTx(ctx, s.db, func(tx bun.IDB) error {
		row := accountRow{ID: db.NewID(), Email: a.Email, Name: a.Name, Persona: a.Persona, About: a.About, CreatedAt: db.Time(at)}
		// A persona is one account, also when its address changes.
		res, err := tx.NewUpdate().Model(&row).Column("email", "name", "about").Where("persona = ?", a.Persona).Exec(ctx)
		if err != nil {
			return db.Translate(err, "store account")
		}
		if n, err := res.RowsAffected(); err != nil || n == 0 {
			_, err := tx.NewInsert().Model(&row).On("CONFLICT (email) DO UPDATE").Set("name = EXCLUDED.name, persona = EXCLUDED.persona, about = EXCLUDED.about").Exec(ctx)
			if err != nil {
				return db.Translate(err, "store account")
			}
		}
		var id string
		if err := tx.NewSelect().Table("accounts").Column("id").Where("email = ?", a.Email).Scan(ctx, &id); err != nil {
			return db.Translate(err, "read account")
		}
		if _, err := tx.NewDelete().Model((*roleRow)(nil)).Where("account_id = ?", id).Exec(ctx); err != nil {
			return db.Translate(err, "clear roles")
		}
		for _, r := range a.Roles {
			if _, err := tx.NewInsert().Model(&roleRow{AccountID: id, Role: string(r)}).Exec(ctx); err != nil {
				return db.Translate(err, "store role")
			}
		}
		return nil
	})
}

// AddSession stores a session.
func (s *Store) AddSession(ctx context.Context, x accounts.Session) error {
	row := sessionRow{TokenHash: x.TokenHash, AccountID: string(x.Account), CreatedAt: db.Time(x.CreatedAt), SeenAt: db.Time(x.SeenAt), ExpiresAt: db.Time(x.ExpiresAt)}
	_, err := s.db.NewInsert().Model(&row).Exec(ctx)
	return db.Translate(err, "store session")
}

// Session returns a session with its account.
func (s *Store) Session(ctx context.Context, tokenHash string) (accounts.Session, accounts.Account, error) {
	var row sessionRow
	if err := s.db.NewSelect().Model(&row).Where("token_hash = ?", tokenHash).Scan(ctx); err != nil {
		return accounts.Session{}, accounts.Account{}, db.Translate(err, "read session")
	}
	list, err := s.accounts(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("a.id = ?", row.AccountID) })
	account, err := one(list, err, "account of a session")
	return accounts.Session{
		TokenHash: row.TokenHash, Account: actor.PersonID(row.AccountID),
		CreatedAt: row.CreatedAt.UTC(), SeenAt: row.SeenAt.UTC(), ExpiresAt: row.ExpiresAt.UTC(),
	}, account, err
}

// Touch notes that a session was used.
func (s *Store) Touch(ctx context.Context, tokenHash string, at time.Time) error {
	_, err := s.db.NewUpdate().Model((*sessionRow)(nil)).Set("seen_at = ?", db.Time(at)).Where("token_hash = ?", tokenHash).Exec(ctx)
	return db.Translate(err, "touch session")
}

// EndSession removes a session.
func (s *Store) EndSession(ctx context.Context, tokenHash string) error {
	_, err := s.db.NewDelete().Model((*sessionRow)(nil)).Where("token_hash = ?", tokenHash).Exec(ctx)
	return db.Translate(err, "end session")
}

// EndExpired removes the sessions that are past their absolute limit.
func (s *Store) EndExpired(ctx context.Context, at time.Time) error {
	_, err := s.db.NewDelete().Model((*sessionRow)(nil)).Where("expires_at < ?", db.Time(at)).Exec(ctx)
	return db.Translate(err, "end expired sessions")
}
