package auditdb_test

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"github.com/echelon-hr/echelon/app/audit"
	"github.com/echelon-hr/echelon/app/db"
)

// addressAt appends an entry from a network address at a time and returns what is left of the address.
func addressAt(t *testing.T, d *db.DB, at time.Time, ip string) string {
	t.Helper()
	appendTo(t, store(d, at), audit.WithAddress(t.Context(), ip), operator, audit.Entry{Action: "session.opened"})
	all := everything(t, d)
	return all[len(all)-1].Address
}

type key struct {
	Month  string
	Secret string
}

func keys(t *testing.T, d *db.DB) map[string]string {
	t.Helper()
	var rows []key
	if err := d.NewSelect().Table("journal_keys").Column("month", "secret").Scan(t.Context(), &rows); err != nil {
		t.Fatal(err)
	}
	out := map[string]string{}
	for _, r := range rows {
		out[r.Month] = r.Secret
	}
	return out
}

func months(t *testing.T, d *db.DB) map[string]bool {
	t.Helper()
	out := map[string]bool{}
	for month, secret := range keys(t, d) {
		out[month] = len(secret) == 64
	}
	return out
}

func TestAddressesAreLinkedWithinAMonthOnly(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		first, last := time.Date(2026, 11, 1, 0, 0, 0, 0, time.UTC), time.Date(2026, 11, 30, 23, 59, 59, 999999000, time.UTC)
		a := addressAt(t, d, first, "192.0.2.1")
		if len(a) != 16 || addressAt(t, d, last, "192.0.2.1") != a {
			t.Errorf("one address in one month is %q and another", a)
		}
		if addressAt(t, d, last, "192.0.2.2") == a {
			t.Error("two addresses are the same")
		}
		if got := addressAt(t, d, last, ""); got != "" {
			t.Errorf("no address is %q", got)
		}
		mac := hmac.New(sha256.New, []byte(keys(t, d)["2026-11"]))
		mac.Write([]byte("192.0.2.1"))
		if want := hex.EncodeToString(mac.Sum(nil))[:16]; a != want {
			t.Errorf("got %q, want the keyed hash %q", a, want)
		}
		if addressAt(t, d, last.Add(time.Microsecond), "192.0.2.1") == a {
			t.Error("the next month has the same key")
		}
		// The month is that of UTC, wherever the clock is.
		if addressAt(t, d, time.Date(2026, 12, 1, 0, 30, 0, 0, time.FixedZone("", 3600)), "192.0.2.1") != a {
			t.Error("the month of another time zone counts")
		}
		whole(t, d, 6)
	})
}

func TestKeysOlderThanTheMonthBeforeAreForgotten(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		for _, c := range []struct {
			at   time.Time
			want map[string]bool
		}{
			{time.Date(2026, 10, 31, 12, 0, 0, 0, time.UTC), map[string]bool{"2026-10": true}},
			{time.Date(2026, 11, 30, 12, 0, 0, 0, time.UTC), map[string]bool{"2026-10": true, "2026-11": true}},
			{time.Date(2026, 12, 31, 12, 0, 0, 0, time.UTC), map[string]bool{"2026-11": true, "2026-12": true}},
			{time.Date(2027, 1, 31, 12, 0, 0, 0, time.UTC), map[string]bool{"2026-12": true, "2027-01": true}},
			{time.Date(2027, 3, 31, 12, 0, 0, 0, time.UTC), map[string]bool{"2027-03": true}},
		} {
			addressAt(t, d, c.at, "192.0.2.1")
			if diff := cmp.Diff(c.want, months(t, d)); diff != "" {
				t.Errorf("%s (-want +got):\n%s", c.at, diff)
			}
		}
		whole(t, d, 5) // the chain holds without the keys
	})
}

func TestWithoutAnAddressThereIsNoKey(t *testing.T) {
	eachJournal(t, func(t *testing.T, d *db.DB) {
		appendTo(t, store(d, start), t.Context(), operator, audit.Entry{Action: "seed.loaded"})
		if got := months(t, d); len(got) != 0 {
			t.Errorf("%v", got)
		}
	})
}
