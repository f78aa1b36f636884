package auditdb

import (
	"context"
	"crypto/hmac"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/actor"
	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
	"github.com/echelon-hr/echelon/app/secret"
)

// What the secret key signs: where the chain ends, and where one that was cut begins.
const (
	headPurpose = "journal head"
	sealPurpose = "journal seal"
)

type sealRow struct {
	bun.BaseModel `bun:"table:journal_seal"`

	ID      int64     `bun:"id,pk"`
	Entry   int64     `bun:"entry"`
	Hash    string    `bun:"hash"`
	Entries int64     `bun:"entries"`
	At      time.Time `bun:"at"`
	Actor   string    `bun:"actor"`
	Export  string    `bun:"export"`
	MAC     string    `bun:"mac"`
}

func (r sealRow) seal() audit.Seal {
	return audit.Seal{Entry: r.Entry, Hash: r.Hash, Entries: r.Entries, At: r.At.UTC(), Actor: r.Actor, Export: r.Export}
}

// sign signs a text, with nothing over the zero key.
func (s *Store) sign(purpose, text string) string {
	if s.key == (secret.Key{}) {
		return ""
	}
	return hex.EncodeToString(s.key.MAC(purpose, text))
}

// signature compares a signature with the one that a text should have.
func (s *Store) signature(purpose, text, mac string) audit.Signature {
	switch want := s.sign(purpose, text); {
	case want == "":
		return audit.Unchecked
	case hmac.Equal([]byte(want), []byte(mac)):
		return audit.Signed
	default:
		return audit.Unsigned
	}
}

// follow is the signature of the head that follows another one. A head that was not signed is followed by none that
// is: the next entry would else make good what somebody cut off before it.
func (s *Store) follow(before headRow, head audit.Head) string {
	if s.signature(headPurpose, before.head().String(), before.MAC) != audit.Signed {
		return before.MAC
	}
	return s.sign(headPurpose, head.String())
}

// Sign signs the head as it is. It is for the moment in which a database meets its key for the first time, and no
// other.
func (s *Store) Sign(ctx context.Context) error {
	return db.InTx(ctx, s.db, func(tx bun.IDB) error {
		head, err := s.over(tx).lockHead(ctx)
		if err != nil {
			return err
		}
		res, err := tx.NewUpdate().Model((*headRow)(nil)).Set("mac = ?", s.sign(headPurpose, head.head().String())).Where("id = 1").Exec(ctx)
		return db.Changed(res, err, "sign the head of the journal")
	})
}

// Seal implements audit.Store.
func (s *Store) Seal(ctx context.Context) (audit.Seal, audit.Signature, error) {
	var row sealRow
	err := db.Translate(s.db.NewSelect().Model(&row).Where("id = 1").Scan(ctx), "read the seal of the journal")
	if fault.Is(err, fault.NotFound) {
		return audit.Seal{}, audit.Signed, nil
	}
	if err != nil {
		return audit.Seal{}, "", err
	}
	text, err := row.seal().Text()
	return row.seal(), s.signature(sealPurpose, text, row.MAC), err
}

// Cut implements audit.Store. Acts go on while it works: they append at the other end.
func (s *Store) Cut(ctx context.Context, a actor.Actor, former, seal audit.Seal) (audit.Seal, error) {
	seal.At, seal.Actor = db.Time(s.now()), a.String()
	text, err := seal.Text()
	if err != nil {
		return audit.Seal{}, err
	}
	err = db.InTx(ctx, s.db, func(tx bun.IDB) error {
		st := s.over(tx)
		if err := db.Lock(ctx, tx, "the beginning of the journal"); err != nil { // for one who cuts at a time
			return err
		}
		if err := st.unchanged(ctx, former, seal); err != nil {
			return err
		}
		row := sealRow{
			ID: 1, Entry: seal.Entry, Hash: seal.Hash, Entries: seal.Entries, At: seal.At, Actor: seal.Actor, Export: seal.Export,
			MAC: s.sign(sealPurpose, text),
		}
		_, err := tx.NewInsert().Model(&row).On("CONFLICT (id) DO UPDATE").
			Set("entry = EXCLUDED.entry, hash = EXCLUDED.hash, entries = EXCLUDED.entries, at = EXCLUDED.at").
			Set("actor = EXCLUDED.actor, export = EXCLUDED.export, mac = EXCLUDED.mac").Exec(ctx)
		if err != nil {
			return db.Translate(err, "put the seal of the journal")
		}
		if _, err = tx.NewDelete().Model((*entryRow)(nil)).Where("id <= ?", seal.Entry).Exec(ctx); err != nil {
			return db.Translate(err, "cut the journal")
		}
		return st.Append(ctx, a, seal.CutEntry())
	})
	return seal, err
}

// unchanged is a Conflict when the entries that a seal stands for are not those that follow the former one any more.
func (s *Store) unchanged(ctx context.Context, former, seal audit.Seal) error {
	now, _, err := s.Seal(ctx)
	if err != nil {
		return err
	}
	n, err := s.db.NewSelect().Model((*entryRow)(nil)).Where("id <= ?", seal.Entry).Count(ctx)
	if err != nil {
		return db.Translate(err, "count entries of the journal")
	}
	last, err := s.db.NewSelect().Model((*entryRow)(nil)).Where("id = ? AND hash = ?", seal.Entry, seal.Hash).Exists(ctx)
	if err != nil {
		return db.Translate(err, "read the last entry to cut")
	}
	if now != former || n != seal.Entries || !last {
		return fault.New(fault.Conflict, "journal_cut", "the journal was cut by somebody else meanwhile")
	}
	return nil
}
