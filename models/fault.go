package models

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"io"
	"net"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// What callers are told when the database cannot do its work. Nothing was stored then, as far as anybody knows.
const (
	databaseAway = "The database does not answer at the moment: try again."
	databaseFull = "The database cannot be written at the moment, perhaps for want of room: nothing was stored. Try again later."
)

// fault gives errors of a database that cannot work, as opposed to what it says of the work, the code Unavailable; others
// it gives as they are.
func fault(err error) error {
	var known *Error
	switch {
	case err == nil || errors.As(err, &known):
		return err
	case isFull(err):
		return &Error{Code: Unavailable, Message: databaseFull, Err: err}
	case isAway(err):
		return &Error{Code: Unavailable, Message: databaseAway, Err: err}
	}
	return err
}

// SQLite's result codes for what its file system does not do, and for a lock that was not to be had.
const (
	sqliteBusy    = 5
	sqliteIO      = 10
	sqliteFull    = 13
	sqliteNoOpen  = 14
	sqlitePrimary = 0xff // the bits of an extended code that hold the code
)

func isFull(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & sqlitePrimary
		return code == sqliteFull || code == sqliteIO
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == "53100" || strings.HasPrefix(pg.Code, "58"))
}

// isAway: connections that broke or were not to be had, servers that start, stop or are a standby, waits that were too long.
func isAway(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		code := lite.Code() & sqlitePrimary
		return code == sqliteBusy || code == sqliteNoOpen
	}
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return strings.HasPrefix(pg.Code, "08") || strings.HasPrefix(pg.Code, "53") || strings.HasPrefix(pg.Code, "57P") || pg.Code == "25006"
	}
	if errors.Is(err, context.Canceled) {
		return false // whoever asked is gone
	}
	var network net.Error
	for _, known := range []error{context.DeadlineExceeded, driver.ErrBadConn, sql.ErrConnDone, io.ErrUnexpectedEOF, io.EOF, net.ErrClosed} {
		if errors.Is(err, known) {
			return true
		}
	}
	return errors.As(err, &network) || pgconn.SafeToRetry(err)
}
