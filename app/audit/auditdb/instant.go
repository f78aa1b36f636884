package auditdb

import (
	"database/sql/driver"
	"time"
)

// instant is a time that is read whatever stands there: text that is no time, which only SQLite lets anybody write,
// is the zero time. Otherwise one spoilt row would hide all the others.
type instant struct{ time.Time }

// Scan implements sql.Scanner.
func (i *instant) Scan(src any) error {
	i.Time = time.Time{}
	switch v := src.(type) {
	case time.Time:
		i.Time = v
	case string:
		i.Time, _ = time.Parse("2006-01-02 15:04:05.999999999-07:00", v)
	}
	return nil
}

// Value implements driver.Valuer.
func (i instant) Value() (driver.Value, error) { return i.Time, nil }
