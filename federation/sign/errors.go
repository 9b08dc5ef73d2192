package sign

import (
	"fmt"
	"net/http"
)

// Error says why a request was not taken for its sender's, or a document for its author's.
type Error struct {
	// Reason is a snake_case code fit for logs and counters, see the constants Reason....
	Reason string
	// Status is the HTTP status to answer with: 400 a header that cannot be read, 401 a signature that does not hold,
	// 403 a blocked sender, 503 a key that cannot be had just now.
	Status int
	Err    error
}

// The reasons of an Error.
const (
	ReasonUnsigned       = "unsigned"              // no signature at all
	ReasonMalformed      = "malformed_signature"   // a signature header that cannot be read
	ReasonBadDigestField = "malformed_digest"      // a Content-Digest that cannot be read
	ReasonNotCovered     = "not_covered"           // the signature leaves out what it must cover
	ReasonUnsupported    = "unsupported_component" // the signature covers what this package cannot compute
	ReasonMissingHeader  = "missing_header"        // a covered header is not there
	ReasonMissingLabel   = "missing_label"         // Signature-Input and Signature do not belong together
	ReasonAlgorithm      = "algorithm"             // an unknown algorithm, or not one of the key
	ReasonNoDate         = "no_date"               // neither Date nor created says when it was signed
	ReasonStale          = "stale"                 // signed too long ago
	ReasonFuture         = "from_the_future"       // signed too far in the future
	ReasonExpired        = "expired"               // its sender limited it, and that time is over
	ReasonWrongHost      = "wrong_host"            // made for another server
	ReasonDigest         = "wrong_digest"          // the body is not the signed one
	ReasonKeyID          = "bad_key_id"            // keyId is no address that is asked for keys
	ReasonKey            = "bad_key"               // the key is absent, too weak, or of another kind
	ReasonOwner          = "wrong_owner"           // the key's owner lives elsewhere than the key
	ReasonBlocked        = "blocked"               // the key's origin is blocked
	ReasonUnavailable    = "key_unavailable"       // the key cannot be had just now
	ReasonSignature      = "bad_signature"         // the signature is not the key's
	ReasonUnproven       = "unproven"              // no proof of a kind that is known here
	ReasonProof          = "bad_proof"             // a proof that cannot be read, or over what not all readers understand alike
	ReasonToken          = "bad_token"             // an actor token that cannot be read, or is not for who shows it, or for too long
)

// ErrUnsigned is what Verifier.Request gives for a request without any signature: an *Error with status 401.
var ErrUnsigned error = &Error{Reason: ReasonUnsigned, Status: http.StatusUnauthorized}

// Error implements error.
func (e *Error) Error() string {
	if e.Err == nil {
		return "request refused: " + e.Reason
	}
	return "request refused: " + e.Reason + ": " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *Error) Unwrap() error { return e.Err }

// malformed is a header that cannot be read.
func malformed(format string, args ...any) *Error {
	return &Error{Reason: ReasonMalformed, Status: http.StatusBadRequest, Err: fmt.Errorf(format, args...)}
}

// denied is a signature that does not hold.
func denied(reason, format string, args ...any) *Error {
	return &Error{Reason: reason, Status: http.StatusUnauthorized, Err: fmt.Errorf(format, args...)}
}

// KeyError is what a KeySource says when it gives no key. Temporary: it is worth trying again later; Blocked: this
// server does not talk to the key's origin; neither: there is no such key.
type KeyError struct {
	Temporary, Blocked bool
	Err                error
}

// Error implements error.
func (e *KeyError) Error() string {
	if e.Err == nil {
		return "no key"
	}
	return "no key: " + e.Err.Error()
}

// Unwrap gives the cause.
func (e *KeyError) Unwrap() error { return e.Err }
