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
	"github.com/echelon-hr/echelon/app/mailbox"
)

type personRow struct {
	bun.BaseModel `bun:"table:people,alias:p"`

	ID        string    `bun:"id,pk"`
	Name      string    `bun:"name"`
	Sort      string    `bun:"sort"`
	Email     string    `bun:"email"`
	CreatedAt time.Time `bun:"created_at"`
	UpdatedAt time.Time `bun:"updated_at"`
}

type accountRow struct {
	bun.BaseModel `bun:"table:accounts,alias:a"`

	PersonID     string     `bun:"person_id,pk"`
	Persona      string     `bun:"persona"`
	About        lang.Text  `bun:"about,type:text"`
	Lang         string     `bun:"lang"`
	TellSignIns  int        `bun:"tell_sign_ins"`
	WholeCompany int        `bun:"whole_company"`
	DisabledAt   *time.Time `bun:"disabled_at"`
	CreatedAt    time.Time  `bun:"created_at"`
}

// fullRow is an account with its person.
type fullRow struct {
	accountRow `bun:",extend"`

	Name  string `bun:"name,scanonly"`
	Email string `bun:"email,scanonly"`
	Sort  string `bun:"sort,scanonly"`
}

type roleRow struct {
	bun.BaseModel `bun:"table:account_roles"`

	PersonID string `bun:"person_id,pk"`
	Role     string `bun:"role,pk"`
}

type perimeterRow struct {
	bun.BaseModel `bun:"table:perimeters"`

	PersonID string `bun:"person_id,pk"`
	HeadID   string `bun:"head_id,pk"`
}

// Account reads one account, in use or not.
func (s *Store) Account(ctx context.Context, id actor.PersonID) (accounts.Account, error) {
	return s.one(ctx, "account", string(id), "a.person_id = ?")
}

// LockAccount reads one account as it is now and holds it.
func (s *Store) LockAccount(ctx context.Context, id actor.PersonID) (accounts.Account, error) {
	if err := db.Findable("account", string(id)); err != nil {
		return accounts.Account{}, err
	}
	return first("account")(s.accounts(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return db.ForUpdate(s.db, q.Where("a.person_id = ?", id))
	}))
}

// ByEmail reads the account of an address in its one form, the first that was made where there are several of before.
func (s *Store) ByEmail(ctx context.Context, email string) (accounts.Account, error) {
	if err := db.Findable("account of an address", email); err != nil {
		return accounts.Account{}, err
	}
	return s.only(ctx, "account of an address", "p.email IN (?)", bun.List(forms(email)))
}

// forms are the ways in which an address may be stored: before there was one form, hosts were kept as they were typed.
func forms(email string) []string { return []string{email, mailbox.Shown(email)} }

// ByPersona reads the account of a persona.
func (s *Store) ByPersona(ctx context.Context, persona string) (accounts.Account, error) {
	if persona == "" {
		return accounts.Account{}, fault.New(fault.NotFound, "not_found", "persona without a name")
	}
	return s.one(ctx, "persona", persona, "a.persona = ?")
}

func (s *Store) one(ctx context.Context, what, key, where string) (accounts.Account, error) {
	if err := db.Findable(what, key); err != nil {
		return accounts.Account{}, err
	}
	return s.only(ctx, what, where, key)
}

func (s *Store) only(ctx context.Context, what, where string, key any) (accounts.Account, error) {
	return first(what)(s.accounts(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where(where, key) }))
}

// first is the first account of a list, which is NotFound when there is none.
func first(what string) func([]accounts.Account, error) (accounts.Account, error) {
	return func(list []accounts.Account, err error) (accounts.Account, error) {
		if err == nil && len(list) == 0 {
			err = fault.New(fault.NotFound, "not_found", "%s", what)
		}
		if err != nil {
			return accounts.Account{}, err
		}
		return list[0], nil
	}
}

// AccountsOf reads some accounts, by creation.
func (s *Store) AccountsOf(ctx context.Context, ids []actor.PersonID) ([]accounts.Account, error) {
	return s.accounts(ctx, func(q *bun.SelectQuery) *bun.SelectQuery { return q.Where("a.person_id IN (?)", bun.List(known(ids))) })
}

// Personas reads those of the demo that are in use, by creation.
func (s *Store) Personas(ctx context.Context) ([]accounts.Account, error) {
	return s.accounts(ctx, func(q *bun.SelectQuery) *bun.SelectQuery {
		return q.Where("a.persona <> '' AND a.disabled_at IS NULL")
	})
}

// AccountList lists accounts by name.
func (s *Store) AccountList(ctx context.Context, q accounts.AccountQuery) ([]accounts.Listing, error) {
	var rows []fullRow
	sel := lookedFor(s.full().Column("p.sort"), q.Words)
	if err := listed(ctx, sel, &rows, q.After, q.Limit, "list accounts"); err != nil {
		return nil, err
	}
	list, err := s.withRights(ctx, rows)
	if err != nil {
		return nil, err
	}
	out := make([]accounts.Listing, 0, len(list))
	for i, a := range list {
		out = append(out, accounts.Listing{Account: a, Position: accounts.Position{Sort: rows[i].Sort, ID: rows[i].PersonID}})
	}
	return out, nil
}

// CountAccounts counts those that AccountList lists, on all pages.
func (s *Store) CountAccounts(ctx context.Context, q accounts.AccountQuery) (int, error) {
	n, err := lookedFor(s.full(), q.Words).Count(ctx)
	return int(n), db.Translate(err, "count accounts")
}

func (s *Store) full() *bun.SelectQuery {
	return s.db.NewSelect().TableExpr("accounts AS a").Join("JOIN people AS p ON p.id = a.person_id").
		Column("a.person_id", "a.persona", "a.about", "a.lang", "a.tell_sign_ins", "a.whole_company", "a.disabled_at", "a.created_at", "p.name", "p.email")
}

func (s *Store) accounts(ctx context.Context, narrow func(*bun.SelectQuery) *bun.SelectQuery) ([]accounts.Account, error) {
	var rows []fullRow
	if err := db.Whole(ctx, narrow(s.full()).Order("a.created_at", "a.person_id"), &rows, maxList, "read accounts"); err != nil {
		return nil, err
	}
	return s.withRights(ctx, rows)
}

// withRights completes accounts with their roles and perimeters.
func (s *Store) withRights(ctx context.Context, rows []fullRow) ([]accounts.Account, error) {
	if len(rows) == 0 {
		return nil, nil
	}
	ids := make([]string, 0, len(rows))
	for _, r := range rows {
		ids = append(ids, r.PersonID)
	}
	roles, heads, err := s.rights(ctx, ids)
	if err != nil {
		return nil, err
	}
	out := make([]accounts.Account, 0, len(rows))
	for _, r := range rows {
		out = append(out, accounts.Account{
			ID: actor.PersonID(r.PersonID), Email: accounts.Email(r.Email), Name: r.Name, Persona: r.Persona, About: r.About, Lang: lang.Lang(r.Lang),
			TellSignIns: r.TellSignIns == 1, Roles: roles[r.PersonID], DisabledAt: instant(r.DisabledAt), CreatedAt: r.CreatedAt.UTC(),
			Perimeter: accounts.Perimeter{Whole: r.WholeCompany == 1, Heads: heads[r.PersonID]},
		})
	}
	return out, nil
}

// rights reads roles and perimeters of several accounts.
func (s *Store) rights(ctx context.Context, ids []string) (map[string][]actor.Role, map[string][]actor.PersonID, error) {
	var roles []roleRow
	if err := s.db.NewSelect().Model(&roles).Where("person_id IN (?)", bun.List(ids)).Order("role").Scan(ctx); err != nil {
		return nil, nil, db.Translate(err, "read roles")
	}
	var perimeters []perimeterRow
	if err := s.db.NewSelect().Model(&perimeters).Where("person_id IN (?)", bun.List(ids)).Order("head_id").Scan(ctx); err != nil {
		return nil, nil, db.Translate(err, "read perimeters")
	}
	held, heads := map[string][]actor.Role{}, map[string][]actor.PersonID{}
	for _, r := range roles {
		held[r.PersonID] = append(held[r.PersonID], actor.Role(r.Role))
	}
	for _, p := range perimeters {
		heads[p.PersonID] = append(heads[p.PersonID], actor.PersonID(p.HeadID))
	}
	return held, heads, nil
}

// AddAccount stores a new account with its person.
func (s *Store) AddAccount(ctx context.Context, a accounts.Account) error {
	return db.InTx(ctx, s.db, func(tx bun.IDB) error {
		if err := vacant(ctx, tx, a); err != nil {
			return err
		}
		at := db.Time(a.CreatedAt)
		person := personRow{ID: string(a.ID), Name: a.Name, Sort: lang.Fold(a.Name), Email: a.Email, CreatedAt: at, UpdatedAt: at}
		res, err := tx.NewInsert().Model(&person).On("CONFLICT (email) DO NOTHING").Exec(ctx)
		if err := db.Changed(res, err, "store person"); err != nil {
			return err
		}
		row := rowOf(a)
		if _, err := tx.NewInsert().Model(&row).Exec(ctx); err != nil {
			return db.Translate(err, "store account")
		}
		return putRights(ctx, tx, a)
	})
}

func rowOf(a accounts.Account) accountRow {
	return accountRow{
		PersonID: string(a.ID), Persona: a.Persona, About: a.About, Lang: string(a.Lang), TellSignIns: flag(a.TellSignIns),
		WholeCompany: flag(a.Perimeter.Whole), DisabledAt: timed(a.DisabledAt), CreatedAt: db.Time(a.CreatedAt),
	}
}

// PutAccount stores what may change of an account, with exactly its roles and perimeter.
func (s *Store) PutAccount(ctx context.Context, a accounts.Account) error {
	return db.InTx(ctx, s.db, func(tx bun.IDB) error {
		columns := []string{"name", "sort"}
		same, err := tx.NewSelect().Table("people").Where("id = ? AND email IN (?)", a.ID, bun.List(forms(a.Email))).Exists(ctx)
		if err != nil {
			return db.Translate(err, "look for the address")
		}
		if !same { // one of before stays as it is stored: another account may hold its other form
			if err := vacant(ctx, tx, a); err != nil {
				return err
			}
			columns = append(columns, "email")
		}
		person := personRow{ID: string(a.ID), Name: a.Name, Sort: lang.Fold(a.Name), Email: a.Email}
		res, err := tx.NewUpdate().Model(&person).Column(columns...).WherePK().Exec(ctx)
		if err := db.Changed(res, err, "store person"); err != nil {
			return err
		}
		row := rowOf(a)
		res, err = tx.NewUpdate().Model(&row).Column("about", "lang", "tell_sign_ins", "whole_company", "disabled_at").WherePK().Exec(ctx)
		if err := db.Changed(res, err, "store account"); err != nil {
			return err
		}
		return putRights(ctx, tx, a)
	})
}

// vacant refuses an address that somebody else has, in whatever form it is stored.
func vacant(ctx context.Context, tx bun.IDB, a accounts.Account) error {
	taken, err := tx.NewSelect().Table("people").Where("email IN (?) AND id <> ?", bun.List(forms(a.Email)), a.ID).Exists(ctx)
	if err != nil {
		return db.Translate(err, "look for the address")
	}
	if taken {
		return fault.New(fault.Conflict, "conflict", "the address is taken")
	}
	return nil
}

func putRights(ctx context.Context, tx bun.IDB, a accounts.Account) error {
	if _, err := tx.NewDelete().Model((*roleRow)(nil)).Where("person_id = ?", a.ID).Exec(ctx); err != nil {
		return db.Translate(err, "clear roles")
	}
	if _, err := tx.NewDelete().Model((*perimeterRow)(nil)).Where("person_id = ?", a.ID).Exec(ctx); err != nil {
		return db.Translate(err, "clear perimeter")
	}
	for _, r := range a.Roles {
		if _, err := tx.NewInsert().Model(&roleRow{PersonID: string(a.ID), Role: string(r)}).Exec(ctx); err != nil {
			return db.Translate(err, "store role")
		}
	}
	for _, h := range a.Perimeter.Heads {
		if _, err := tx.NewInsert().Model(&perimeterRow{PersonID: string(a.ID), HeadID: string(h)}).Exec(ctx); err != nil {
			return db.Translate(err, "store perimeter")
		}
	}
	return nil
}

// Administrators counts the accounts in use that hold the role.
func (s *Store) Administrators(ctx context.Context) (int, error) {
	n, err := s.db.NewSelect().TableExpr("account_roles AS r").Join("JOIN accounts AS a ON a.person_id = r.person_id").
		Where("r.role = ? AND a.disabled_at IS NULL", string(actor.Administrator)).Count(ctx)
	return int(n), db.Translate(err, "count administrators")
}

// HasAccounts tells whether there is any account beside personas.
func (s *Store) HasAccounts(ctx context.Context) (bool, error) {
	found, err := s.db.NewSelect().Table("accounts").Where("persona = ''").Exists(ctx)
	return found, db.Translate(err, "look for accounts")
}

// HasPersonas tells whether the database holds the demo company.
func (s *Store) HasPersonas(ctx context.Context) (bool, error) {
	found, err := s.db.NewSelect().Table("accounts").Where("persona <> ''").Exists(ctx)
	return found, db.Translate(err, "look for personas")
}
