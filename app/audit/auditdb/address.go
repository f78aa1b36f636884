package auditdb

import (
	"context"
	"crypto/hmac"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"time"

	"github.com/uptrace/bun"

	"github.com/echelon-hr/echelon/app/db"
	"github.com/echelon-hr/echelon/app/fault"
)

// addressLength is how many hexadecimal characters of a keyed hash an entry carries: enough to tell addresses of a
// month apart.
const addressLength = 16

// monthForm names the month of a key.
const monthForm = "2006-01"

type keyRow struct {
	bun.BaseModel `bun:"table:journal_keys"`

	Month  string `bun:"month,pk"`
	Secret string `bun:"secret"`
}

// keyedAddress hides a network address behind the key of the month: entries of one address in one month are alike,
// and once the key is gone nobody can try out which address it was. No address gives "".
func keyedAddress(ctx context.Context, tx bun.IDB, at time.Time, address string) (string, error) {
	if address == "" {
		return "", nil
	}
	key, err := keyOf(ctx, tx, at)
	if err != nil {
		return "", err
	}
	mac := hmac.New(sha256.New, key)
	_, _ = mac.Write([]byte(address)) // never fails
	return hex.EncodeToString(mac.Sum(nil))[:addressLength], nil
}

// keyOf reads the key of a month, and makes it when the month has none yet.
func keyOf(ctx context.Context, tx bun.IDB, at time.Time) ([]byte, error) {
	month := at.UTC().Format(monthForm)
	row, err := readKey(ctx, tx, month)
	if fault.Is(err, fault.NotFound) {
		if err := makeKey(ctx, tx, at); err != nil {
			return nil, err
		}
		row, err = readKey(ctx, tx, month)
	}
	if err != nil {
		return nil, err
	}
	return []byte(row.Secret), nil
}

func readKey(ctx context.Context, tx bun.IDB, month string) (keyRow, error) {
	var row keyRow
	err := tx.NewSelect().Model(&row).Where("month = ?", month).Scan(ctx)
	return row, db.Translate(err, "read the key of "+month)
}

// makeKey begins a month: it makes its key, unless another process just did, and forgets those of all months but
// the one before.
func makeKey(ctx context.Context, tx bun.IDB, at time.Time) error {
	var secret [sha256.Size]byte
	_, _ = rand.Read(secret[:]) // never fails
	first := time.Date(at.UTC().Year(), at.UTC().Month(), 1, 0, 0, 0, 0, time.UTC)
	row := keyRow{Month: first.Format(monthForm), Secret: hex.EncodeToString(secret[:])}
	if _, err := tx.NewInsert().Model(&row).On("CONFLICT (month) DO NOTHING").Exec(ctx); err != nil {
		return db.Translate(err, "make the key of "+row.Month)
	}
	_, err := tx.NewDelete().Model((*keyRow)(nil)).Where("month < ?", first.AddDate(0, -1, 0).Format(monthForm)).Exec(ctx)
	return db.Translate(err, "forget old keys")
}
