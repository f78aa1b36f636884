package accountsdb

import (
	"context"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/accounts"
	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
)

type passwordRow struct {
	bun.BaseModel `bun:"table:passwords"`

	PersonID  string    `bun:"person_id,pk"`
	PHC       string    `bun:"phc"`
	ChangedAt time.Time `bun:"changed_at"`
}

type deviceRow struct {
	bun.BaseModel `bun:"table:code_devices"`

	PersonID    string     `bun:"person_id,pk"`
	Secret      string     `bun:"secret"`
	LastStep    int64      `bun:"last_step"`
	CreatedAt   time.Time  `bun:"created_at"`
	ConfirmedAt *time.Time `bun:"confirmed_at"`
}

type usedRow struct {
	bun.BaseModel `bun:"table:used_steps"`

	PersonID string `bun:"person_id,pk"`
	Step     int64  `bun:"step,pk"`
}

type recoveryRow struct {
	bun.BaseModel `bun:"table:recovery_codes"`

	PersonID  string     `bun:"person_id,pk"`
	CodeHash  string     `bun:"code_hash,pk"`
	CreatedAt time.Time  `bun:"created_at"`
	UsedAt    *time.Time `bun:"used_at"`
}

type linkRow struct {
	bun.BaseModel `bun:"table:links"`

	TokenHash string     `bun:"token_hash,pk"`
	Kind      string     `bun:"kind"`
	PersonID  *string    `bun:"person_id"`
	CreatedAt time.Time  `bun:"created_at"`
	ExpiresAt time.Time  `bun:"expires_at"`
	UsedAt    *time.Time `bun:"used_at"`
}

type identityRow struct {
	bun.BaseModel `bun:"table:identities"`

	Issuer   string    `bun:"issuer,pk"`
	Subject  string    `bun:"subject,pk"`
	PersonID string    `bun:"person_id"`
	LinkedAt time.Time `bun:"linked_at"`
}

type throttleRow struct {
	bun.BaseModel `bun:"table:throttles"`

	ID           string    `bun:"id,pk"`
	Failures     int       `bun:"failures"`
	LastAt       time.Time `bun:"last_at"`
	BlockedUntil time.Time `bun:"blocked_until"`
}

// Password reads the hash of an account's password.
func (s *Store) Password(ctx context.Context, id actor.PersonID) (string, error) {
	var row passwordRow
	err := s.db.NewSelect().Model(&row).Where("person_id = ?", id).Scan(ctx)
	return row.PHC, db.Translate(err, "read password")
}

// PutPassword stores the hash of an account's password.
func (s *Store) PutPassword(ctx context.Context, id actor.PersonID, phc string, at time.Time) error {
	row := passwordRow{PersonID: string(id), PHC: phc, ChangedAt: db.Time(at)}
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (person_id) DO UPDATE").Set("phc = EXCLUDED.phc, changed_at = EXCLUDED.changed_at").Exec(ctx)
	return db.Translate(err, "store password")
}

// DropPassword leaves an account without one.
func (s *Store) DropPassword(ctx context.Context, id actor.PersonID) error {
	_, err := s.db.NewDelete().Model((*passwordRow)(nil)).Where("person_id = ?", id).Exec(ctx)
	return db.Translate(err, "drop password")
}

// CodeDevice reads an account's authenticator.
func (s *Store) CodeDevice(ctx context.Context, id actor.PersonID) (accounts.CodeDevice, error) {
	var r deviceRow
	if err := s.db.NewSelect().Model(&r).Where("person_id = ?", id).Scan(ctx); err != nil {
		return accounts.CodeDevice{}, db.Translate(err, "read authenticator")
	}
	return accounts.CodeDevice{Account: id, Secret: r.Secret, LastStep: r.LastStep, CreatedAt: r.CreatedAt.UTC(), ConfirmedAt: instant(r.ConfirmedAt)}, nil
}

// PutCodeDevice stores an account's authenticator.
func (s *Store) PutCodeDevice(ctx context.Context, d accounts.CodeDevice) error {
	row := deviceRow{PersonID: string(d.Account), Secret: d.Secret, LastStep: d.LastStep, CreatedAt: db.Time(d.CreatedAt), ConfirmedAt: timed(d.ConfirmedAt)}
	_, err := s.db.NewInsert().Model(&row).On("CONFLICT (person_id) DO UPDATE").
		Set("secret = EXCLUDED.secret, last_step = EXCLUDED.last_step, confirmed_at = EXCLUDED.confirmed_at").Exec(ctx)
	return db.Translate(err, "store authenticator")
}

// DropCodes removes authenticator and recovery codes.
func (s *Store) DropCodes(ctx context.Context, id actor.PersonID) error {
	if _, err := s.db.NewDelete().Model((*recoveryRow)(nil)).Where("person_id = ?", id).Exec(ctx); err != nil {
		return db.Translate(err, "remove recovery codes")
	}
	if _, err := s.db.NewDelete().Model((*usedRow)(nil)).Where("person_id = ?", id).Exec(ctx); err != nil {
		return db.Translate(err, "forget used codes")
	}
	_, err := s.db.NewDelete().Model((*deviceRow)(nil)).Where("person_id = ?", id).Exec(ctx)
	return db.Translate(err, "remove authenticator")
}

// keptSteps is for how many steps back used ones are remembered one by one: a day of them. Older codes are refused for
// their age, whatever a clock does.
const keptSteps = 2880

// UseStep notes a step as used unless it was, or a later one up to newest. Beyond newest lies what a clock that ran ahead
// left: it refuses nothing that comes before, and is refused itself when its time comes, step by step.
func (s *Store) UseStep(ctx context.Context, id actor.PersonID, step, newest int64) (bool, error) {
	res, err := s.db.NewUpdate().Model((*deviceRow)(nil)).Set("last_step = ?", step).
		Where("person_id = ? AND (last_step < ? OR last_step > ?)", id, step, newest).Exec(ctx)
	if later, err := took(db.Changed(res, err, "use a code")); err != nil || !later {
		return false, err
	}
	res, err = s.db.NewInsert().Model(&usedRow{PersonID: string(id), Step: step}).On("CONFLICT (person_id, step) DO NOTHING").Exec(ctx)
	if fresh, err := took(db.Changed(res, err, "note a used code")); err != nil || !fresh {
		return false, err
	}
	_, err = s.db.NewDelete().Model((*usedRow)(nil)).Where("person_id = ? AND step < ?", id, step-keptSteps).Exec(ctx)
	return err == nil, db.Translate(err, "forget old codes")
}

// took turns "nothing changed" into false.
func took(err error) (bool, error) {
	if fault.Is(err, fault.Conflict) {
		return false, nil
	}
	return err == nil, err
}

// PutRecoveryCodes replaces the recovery codes of an account.
func (s *Store) PutRecoveryCodes(ctx context.Context, id actor.PersonID, hashes []string, at time.Time) error {
	if _, err := s.db.NewDelete().Model((*recoveryRow)(nil)).Where("person_id = ?", id).Exec(ctx); err != nil {
		return db.Translate(err, "clear recovery codes")
	}
	for _, h := range hashes {
		if _, err := s.db.NewInsert().Model(&recoveryRow{PersonID: string(id), CodeHash: h, CreatedAt: db.Time(at)}).Exec(ctx); err != nil {
			return db.Translate(err, "store recovery code")
		}
	}
	return nil
}

// UseRecoveryCode notes a code as used unless it was.
func (s *Store) UseRecoveryCode(ctx context.Context, id actor.PersonID, hash string, at time.Time) (bool, error) {
	res, err := s.db.NewUpdate().Model((*recoveryRow)(nil)).Set("used_at = ?", db.Time(at)).
		Where("person_id = ? AND code_hash = ? AND used_at IS NULL", id, hash).Exec(ctx)
	return took(db.Changed(res, err, "use a recovery code"))
}

// RecoveryCodesLeft counts the unused ones.
func (s *Store) RecoveryCodesLeft(ctx context.Context, id actor.PersonID) (int, error) {
	n, err := s.db.NewSelect().Model((*recoveryRow)(nil)).Where("person_id = ? AND used_at IS NULL", id).Count(ctx)
	return int(n), db.Translate(err, "count recovery codes")
}

type proofsRow struct {
	PersonID  string `bun:"person_id"`
	Passwords int    `bun:"passwords"`
	Devices   int    `bun:"devices"`
	Recovery  int    `bun:"recovery"`
	Providers int    `bun:"providers"`
}

// Proofs counts how accounts can sign in.
func (s *Store) Proofs(ctx context.Context, ids []actor.PersonID) (map[actor.PersonID]accounts.Proofs, error) {
	q := s.db.NewSelect().TableExpr("accounts AS a").Column("a.person_id").
		ColumnExpr("(SELECT count(*) FROM passwords AS x WHERE x.person_id = a.person_id) AS passwords").
		ColumnExpr("(SELECT count(*) FROM code_devices AS x WHERE x.person_id = a.person_id AND x.confirmed_at IS NOT NULL) AS devices").
		ColumnExpr("(SELECT count(*) FROM recovery_codes AS x WHERE x.person_id = a.person_id AND x.used_at IS NULL) AS recovery").
		ColumnExpr("(SELECT count(*) FROM identities AS x WHERE x.person_id = a.person_id) AS providers").
		Where("a.person_id IN (?)", bun.List(known(ids)))
	var rows []proofsRow
	if err := q.Scan(ctx, &rows); err != nil {
		return nil, db.Translate(err, "proofs of accounts")
	}
	out := make(map[actor.PersonID]accounts.Proofs, len(rows))
	for _, r := range rows {
		out[actor.PersonID(r.PersonID)] = accounts.Proofs{Password: r.Passwords > 0, Codes: r.Devices > 0, Recovery: r.Recovery, Providers: r.Providers}
	}
	return out, nil
}

// AddLink stores a link.
func (s *Store) AddLink(ctx context.Context, l accounts.Link) error {
	row := linkRow{
		TokenHash: l.TokenHash, Kind: string(l.Kind), PersonID: named(l.Account),
		CreatedAt: db.Time(l.CreatedAt), ExpiresAt: db.Time(l.ExpiresAt), UsedAt: timed(l.UsedAt),
	}
	_, err := s.db.NewInsert().Model(&row).Exec(ctx)
	return db.Translate(err, "store link")
}

// Link reads a link.
func (s *Store) Link(ctx context.Context, tokenHash string) (accounts.Link, error) {
	var r linkRow
	if err := s.db.NewSelect().Model(&r).Where("token_hash = ?", tokenHash).Scan(ctx); err != nil {
		return accounts.Link{}, db.Translate(err, "read link")
	}
	return accounts.Link{
		TokenHash: r.TokenHash, Kind: accounts.LinkKind(r.Kind), Account: name[actor.PersonID](r.PersonID),
		CreatedAt: r.CreatedAt.UTC(), ExpiresAt: r.ExpiresAt.UTC(), UsedAt: instant(r.UsedAt),
	}, nil
}

// UseLink notes a link as used unless it was.
func (s *Store) UseLink(ctx context.Context, tokenHash string, at time.Time) (bool, error) {
	res, err := s.db.NewUpdate().Model((*linkRow)(nil)).Set("used_at = ?", db.Time(at)).Where("token_hash = ? AND used_at IS NULL", tokenHash).Exec(ctx)
	return took(db.Changed(res, err, "use a link"))
}

// DropLinks removes an account's unused links of a kind, with "" those of setting up, and says which.
func (s *Store) DropLinks(ctx context.Context, kind accounts.LinkKind, id actor.PersonID) ([]string, error) {
	q := s.db.NewDelete().Model((*linkRow)(nil)).Where("kind = ? AND used_at IS NULL", string(kind))
	if id != "" {
		q = q.Where("person_id = ?", id)
	}
	var hashes []string
	err := q.Returning("token_hash").Scan(ctx, &hashes)
	return hashes, db.Translate(err, "remove links")
}

// DropOldLinks removes links that were used, or ended, before an instant, but those that somebody else is at.
func (s *Store) DropOldLinks(ctx context.Context, before time.Time) error {
	at := db.Time(before)
	old := s.db.NewSelect().Model((*linkRow)(nil)).Column("token_hash").Where("used_at < ? OR expires_at < ?", at, at)
	_, err := s.db.NewDelete().Model((*linkRow)(nil)).Where("token_hash IN (?)", db.SkipLocked(s.db, old)).Exec(ctx)
	return db.Translate(err, "remove old links")
}

// AddIdentity links an identity; one that is linked already is a Conflict.
func (s *Store) AddIdentity(ctx context.Context, i accounts.Identity) error {
	row := identityRow{Issuer: i.Issuer, Subject: i.Subject, PersonID: string(i.Account), LinkedAt: db.Time(i.LinkedAt)}
	res, err := s.db.NewInsert().Model(&row).On("CONFLICT (issuer, subject) DO NOTHING").Exec(ctx)
	return db.Changed(res, err, "link identity")
}

// Identity reads one.
func (s *Store) Identity(ctx context.Context, issuer, subject string) (accounts.Identity, error) {
	if err := db.Findable("identity", issuer, subject); err != nil {
		return accounts.Identity{}, err
	}
	var r identityRow
	err := s.db.NewSelect().Model(&r).Where("issuer = ? AND subject = ?", issuer, subject).Scan(ctx)
	return identity(r), db.Translate(err, "read identity")
}

func identity(r identityRow) accounts.Identity {
	return accounts.Identity{Issuer: r.Issuer, Subject: r.Subject, Account: actor.PersonID(r.PersonID), LinkedAt: r.LinkedAt.UTC()}
}

// IdentitiesOf lists an account's.
func (s *Store) IdentitiesOf(ctx context.Context, id actor.PersonID) ([]accounts.Identity, error) {
	var rows []identityRow
	q := s.db.NewSelect().Model(&rows).Where("person_id = ?", id).Order("linked_at", "issuer")
	if err := db.Whole(ctx, q, &rows, maxList, "read identities"); err != nil {
		return nil, err
	}
	var out []accounts.Identity
	for _, r := range rows {
		out = append(out, identity(r))
	}
	return out, nil
}

// DropIdentity removes an account's identities with a provider, "" for every provider.
func (s *Store) DropIdentity(ctx context.Context, id actor.PersonID, issuer string) error {
	q := s.db.NewDelete().Model((*identityRow)(nil)).Where("person_id = ?", id)
	if issuer != "" {
		q = q.Where("issuer = ?", issuer)
	}
	_, err := q.Exec(ctx)
	return db.Translate(err, "unlink identity")
}

// Throttle reads one.
func (s *Store) Throttle(ctx context.Context, id string) (accounts.Throttle, error) {
	var r throttleRow
	err := s.db.NewSelect().Model(&r).Where("id = ?", id).Scan(ctx)
	return throttle(r), db.Translate(err, "read throttle")
}

func throttle(r throttleRow) accounts.Throttle {
	return accounts.Throttle{ID: r.ID, Failures: r.Failures, LastAt: r.LastAt.UTC(), BlockedUntil: r.BlockedUntil.UTC()}
}

// LockThrottle makes the row when there is none, and holds it. One statement does both: between two, somebody else
// could forget the row.
func (s *Store) LockThrottle(ctx context.Context, id string) (accounts.Throttle, error) {
	r := throttleRow{ID: id, LastAt: time.Unix(0, 0).UTC(), BlockedUntil: time.Unix(0, 0).UTC()}
	_, err := s.db.NewInsert().Model(&r).On("CONFLICT (id) DO UPDATE").Set("id = EXCLUDED.id").Returning("*").Exec(ctx)
	return throttle(r), db.Translate(err, "lock throttle")
}

// PutThrottle stores one that LockThrottle read.
func (s *Store) PutThrottle(ctx context.Context, t accounts.Throttle) error {
	row := throttleRow{ID: t.ID, Failures: t.Failures, LastAt: db.Time(t.LastAt), BlockedUntil: db.Time(t.BlockedUntil)}
	_, err := s.db.NewUpdate().Model(&row).WherePK().Exec(ctx)
	return db.Translate(err, "store throttle")
}

// DropThrottle forgets one.
func (s *Store) DropThrottle(ctx context.Context, id string) error {
	_, err := s.db.NewDelete().Model((*throttleRow)(nil)).Where("id = ?", id).Exec(ctx)
	return db.Translate(err, "forget throttle")
}

// DropThrottles forgets those whose last failure is older, but those that somebody else is at.
func (s *Store) DropThrottles(ctx context.Context, before time.Time) error {
	old := s.db.NewSelect().Model((*throttleRow)(nil)).Column("id").Where("last_at < ?", db.Time(before))
	_, err := s.db.NewDelete().Model((*throttleRow)(nil)).Where("id IN (?)", db.SkipLocked(s.db, old)).Exec(ctx)
	return db.Translate(err, "forget old throttles")
}
