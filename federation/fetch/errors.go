package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// Kind says what a failure means for the one who asked.
type Kind string

// The kinds of failure.
const (
	NotFound  Kind = "not_found" // 404
	Gone      Kind = "gone"      // 410
	Refused   Kind = "refused"   // by us: blocked host, private address, bad address, no ActivityPub, foreign id; asking again will not help
	Denied    Kind = "denied"    // by the peer: 401 or 403
	Temporary Kind = "temporary" // 5xx, 408, 429, timeout, TLS, DNS, connection: worth another try later
	Budget    Kind = "budget"    // the task has made its requests, see WithBudget
)

// ErrBudget is the cause of an Error of kind Budget.
var ErrBudget = errors.New("too many requests for one task")

// Error is a failure to get something from another server. A context that the caller ended is none: that comes back as
// the context's error, for it says nothing about the peer.
type Error struct {
	Kind   Kind
	URL    string // what was asked for
	Status int    // what the peer answered; 0 when it is not about that
	Err    error  // the cause; nil where Status says it all
}

// Error implements error. The text is fit for people at the outside: whether a host has a private address or does not
// answer reads the same (security case D22).
func (e *Error) Error() string {
	reason := "server answered " + strconv.Itoa(e.Status)
	if e.Err != nil {
		reason = e.Err.Error()
	}
	return fmt.Sprintf("fetch %s: %s", show(e.URL), reason)
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// KindOf gives the kind of the Error that err is or wraps, "" if there is none.
func KindOf(err error) Kind {
	var known *Error
	if errors.As(err, &known) {
		return known.Kind
	}
	return ""
}

// maxShown is how many bytes of a foreign address an error's text holds.
const maxShown = 256

func show(url string) string {
	if len(url) > maxShown {
		url = strings.ToValidUTF8(url[:maxShown], "") + "..."
	}
	return strconv.Quote(url)
}

func refuse(url, format string, args ...any) *Error {
	return &Error{Kind: Refused, URL: url, Err: fmt.Errorf(format, args...)}
}

// unreachable hides why nothing came back from those who must not know, and keeps it for errors.Is.
type unreachable struct{ cause error }

func (u *unreachable) Error() string { return "host cannot be reached" }
func (u *unreachable) Unwrap() error { return u.cause }

// errTimeout is the cause of a context that this package ended, as opposed to one that its caller ended.
var errTimeout = errors.New("no answer in time")

// failure says what went wrong when no answer came.
func failure(ctx context.Context, url string, err error) error {
	var known *Error
	switch {
	case errors.As(err, &known):
		return err
	case ctx.Err() != nil && !errors.Is(context.Cause(ctx), errTimeout):
		return fmt.Errorf("fetch %s: %w", show(url), ctx.Err())
	case errors.Is(err, errNotPublic):
		return &Error{Kind: Refused, URL: url, Err: &unreachable{errNotPublic}}
	case isTLS(err):
		return &Error{Kind: Temporary, URL: url, Err: err} // the reason is for the admin, and no secret
	}
	return &Error{Kind: Temporary, URL: url, Err: &unreachable{err}}
}

// isTLS: a bad certificate, or an alert of either side. Neither text tells an address.
func isTLS(err error) bool {
	var certificate *tls.CertificateVerificationError
	var op *net.OpError
	return errors.As(err, &certificate) || errors.As(err, &op) && (op.Op == "local error" || op.Op == "remote error")
}

// statusError judges the status of an answer to GET; nil for 200. Redirects are dealt with before.
func statusError(url string, status int) error {
	kind := Refused
	switch {
	case status == http.StatusOK:
		return nil
	case status == http.StatusNotFound:
		kind = NotFound
	case status == http.StatusGone:
		kind = Gone
	case status == http.StatusUnauthorized, status == http.StatusForbidden:
		kind = Denied
	case status == http.StatusRequestTimeout, status == http.StatusTooManyRequests, status >= 500:
		kind = Temporary
	}
	return &Error{Kind: kind, URL: url, Status: status}
}
