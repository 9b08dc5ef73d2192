package models

import (
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5/pgconn"
	"gorm.io/gorm"
	"modernc.org/sqlite"
)

// Code says what kind of failure an Error is. The HTTP layer maps it to a status in one table.
type Code string

// The codes. Whatever carries none is Internal: logged, never shown.
const (
	Invalid      Code = "invalid"      // the input is wrong: 422
	Unauthorized Code = "unauthorized" // nobody is signed in, or the sign-in failed: 401
	Forbidden    Code = "forbidden"    // known, but not allowed: 403
	NotFound     Code = "not_found"    // absent, or not for this viewer: 404
	Gone         Code = "gone"         // was there, is no more: 410
	Conflict     Code = "conflict"     // collides with what is there: 409
	RateLimited  Code = "rate_limited" // too many tries: 429
	Unavailable  Code = "unavailable"  // a temporary fault, here or at a peer: 503
	Internal     Code = "internal"     // a bug or a broken machine: 500
)

// Error is a failure with a code for machines and a message for people. Field names the input it is about, if any.
type Error struct {
	Code    Code
	Field   string
	Message string
	Err     error
}

func (e *Error) Error() string {
	if e.Err != nil {
		return e.Message + ": " + e.Err.Error()
	}
	return e.Message
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// Errorf makes an Error of a code with a formatted message; %w keeps the cause.
func Errorf(code Code, format string, args ...any) *Error {
	err := fmt.Errorf(format, args...)
	return &Error{Code: code, Message: err.Error(), Err: unwrapOnce(err)}
}

// FieldErrorf makes an Invalid Error about one input field.
func FieldErrorf(field, format string, args ...any) *Error {
	return &Error{Code: Invalid, Field: field, Message: fmt.Sprintf(format, args...)}
}

// unwrapOnce drops the formatted wrapper, whose text the Message already holds.
func unwrapOnce(err error) error {
	if inner := errors.Unwrap(err); inner != nil {
		return &quiet{inner}
	}
	return nil
}

// quiet keeps a cause for errors.Is and errors.As without printing it a second time.
type quiet struct{ err error }

func (q *quiet) Error() string { return "caused by the above" }
func (q *quiet) Unwrap() error { return q.err }

// ErrorCode gives the code of err: "" for nil, Internal for whatever carries none.
func ErrorCode(err error) Code {
	if err == nil {
		return ""
	}
	var e *Error
	if errors.As(err, &e) {
		return e.Code
	}
	return Internal
}

// ErrorMessage gives the text that may be shown to a person: never the text of an internal error.
func ErrorMessage(err error) string {
	var e *Error
	if errors.As(err, &e) && e.Code != Internal {
		return e.Message
	}
	return "Something went wrong on this server."
}

// IsNotFound reports whether err has the code NotFound.
func IsNotFound(err error) bool { return ErrorCode(err) == NotFound }

// translate gives a database error its code: absent rows, broken uniqueness, broken references.
func translate(err error, what string) error {
	switch {
	case err == nil:
		return nil
	case errors.Is(err, gorm.ErrRecordNotFound):
		return &Error{Code: NotFound, Message: what + " not found"}
	case isUnique(err):
		return &Error{Code: Conflict, Message: what + " exists already", Err: err}
	}
	if known := fault(err); ErrorCode(known) != Internal {
		return known
	}
	return fmt.Errorf("%s: %w", what, err)
}

// SQLite's extended result codes, and PostgreSQL's SQLSTATEs, for what both databases call by other names.
const (
	sqliteUnique     = 2067
	sqlitePrimaryKey = 1555
	pgUnique         = "23505"
	pgSerialization  = "40001"
	pgDeadlock       = "40P01"
)

func isUnique(err error) bool {
	var lite *sqlite.Error
	if errors.As(err, &lite) {
		return lite.Code() == sqliteUnique || lite.Code() == sqlitePrimaryKey
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && pg.Code == pgUnique
}

// isRetryable reports a transaction that lost a race and may simply be run again.
func isRetryable(err error) bool {
	if errors.Is(err, errIDTaken) {
		return true
	}
	var pg *pgconn.PgError
	return errors.As(err, &pg) && (pg.Code == pgSerialization || pg.Code == pgDeadlock || isIDTaken(pg))
}

// errIDTaken says that an id was drawn that is another row's.
var errIDTaken = errors.New("its id is taken")

// isIDTaken reports that two nodes gave the same id in the same millisecond: another try gives another one.
func isIDTaken(pg *pgconn.PgError) bool {
	return pg.Code == pgUnique && strings.HasPrefix(pg.Detail, "Key (id)=")
}
