package db

import (
	"context"
	"database/sql/driver"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"

	"github.com/echelon-hr/echelon/app/fault"
)

// trouble is what ails a database that cannot do what it is asked, as the code of the fault says it.
type trouble string

const (
	well        trouble = ""
	unreachable trouble = "db.unreachable" // gone, stopping, refusing, or its disk does not answer
	full        trouble = "db.full"
	readOnly    trouble = "db.read_only"
	corrupt     trouble = "db.corrupt"
	locked      trouble = "db.locked" // held by somebody else for longer than we wait
)

// advice is what whoever runs the product can do about it.
var advice = map[trouble]string{
	unreachable: "cannot reach the database: start it, or set ECHELON_DATABASE_URL to another",
	full:        "the database has no room left: free space on its disk",
	readOnly:    "the database cannot be written to: give whoever runs echelon the right to write the file and its folder, or make the server take changes again",
	corrupt:     "the database is damaged, or is none: put back a backup, and check the disk",
	locked:      "the database is held by another program: end that one, such as a copy of echelon or a tool that has the file open",
}

// violatesConstraint recognises a broken unique, foreign key, check or not-null rule of either driver.
func violatesConstraint(err error) bool {
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) {
		return strings.HasPrefix(e.Code, "23")
	}
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return e.Code()&0xff == sqlite3.SQLITE_CONSTRAINT
	}
	return false
}

// wasGivenUp tells whether the database ended a transaction so that others could go on: two waited for each other, or
// what it had read was changed by another. Tried again from its beginning, it finds what the other one left.
func wasGivenUp(err error) bool {
	e := (*pgconn.PgError)(nil)
	return errors.As(err, &e) && (e.Code == "40P01" || e.Code == "40001") // deadlock_detected, serialization_failure
}

// troubleOf recognises what ails the database in an error of either driver.
func troubleOf(err error) trouble {
	if errors.Is(err, context.DeadlineExceeded) {
		return unreachable
	}
	// Before the server's own errors: one that stood in the way of connecting is within.
	if connect := (*pgconn.ConnectError)(nil); errors.As(err, &connect) || pgconn.SafeToRetry(err) {
		return unreachable
	}
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) {
		return postgresTrouble(e.Code)
	}
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		return sqliteTrouble(e.Code() & 0xff)
	}
	var network net.Error
	if errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "unexpected EOF") {
		return unreachable
	}
	return well
}

func postgresTrouble(code string) trouble {
	switch code {
	case "53100": // disk_full
		return full
	case "25006": // read_only_sql_transaction: a standby, or set so
		return readOnly
	case "XX001", "XX002": // data_corrupted, index_corrupted
		return corrupt
	case "55P03", "40001", "40P01": // lock_not_available, serialization_failure, deadlock_detected
		return locked
	}
	switch code[:min(len(code), 2)] {
	case "57", "53", "08": // operator intervention (shutdown), insufficient resources, connection
		return unreachable
	}
	return well
}

func sqliteTrouble(code int) trouble {
	switch code {
	case sqlite3.SQLITE_FULL:
		return full
	case sqlite3.SQLITE_READONLY, sqlite3.SQLITE_PERM:
		return readOnly
	case sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB:
		return corrupt
	case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED:
		return locked
	case sqlite3.SQLITE_IOERR, sqlite3.SQLITE_CANTOPEN:
		return unreachable
	}
	return well
}

// opening turns an error of the first connection into a fault that says what to do.
func opening(err error) error {
	t := troubleOf(err)
	if t == well {
		t = unreachable
	}
	return fault.Wrap(fault.Unavailable, string(t), err, "%s", advice[t])
}

// Advice says what whoever runs the product can do about a fault of the database; other errors speak for themselves.
func Advice(err error) error {
	f := fault.Of(err)
	if text, ok := advice[trouble(f.Code)]; ok {
		return fault.Wrap(f.Kind, f.Code, err, "%s", text)
	}
	return err
}
