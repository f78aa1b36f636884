package db

import (
	"database/sql/driver"
	"errors"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
	sqlite3 "modernc.org/sqlite/lib"
)

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

// connectionLost recognises a database that is gone, stopping or refusing, and a busy SQLite file.
func connectionLost(err error) bool {
	// Before the server's own errors: one that stood in the way of connecting is within.
	if connect := (*pgconn.ConnectError)(nil); errors.As(err, &connect) || pgconn.SafeToRetry(err) {
		return true
	}
	if e := (*pgconn.PgError)(nil); errors.As(err, &e) {
		// class 57: operator intervention (shutdown), 53: insufficient resources, 08: connection
		return strings.HasPrefix(e.Code, "57") || strings.HasPrefix(e.Code, "53") || strings.HasPrefix(e.Code, "08")
	}
	if e := (*sqlite.Error)(nil); errors.As(err, &e) {
		switch e.Code() & 0xff {
		case sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_FULL, sqlite3.SQLITE_CANTOPEN:
			return true
		}
		return false
	}
	var network net.Error
	return errors.As(err, &network) || errors.Is(err, driver.ErrBadConn) || errors.Is(err, net.ErrClosed) || strings.Contains(err.Error(), "unexpected EOF")
}
