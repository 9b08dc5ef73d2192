package sign

import (
	"bytes"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"errors"
	"net/http"
	"slices"
	"strings"
	"time"

	"praxis/federation/vocab"
)

// Scheme is a way of signing HTTP requests.
type Scheme string

// The schemes.
const (
	Cavage  Scheme = ""        // draft-cavage-http-signatures-12, what the Fediverse speaks
	RFC9421 Scheme = "rfc9421" // RFC 9421, HTTP Message Signatures
	// Ed25519 is RFC 9421 with the Ed25519 key of the actor. Only senders tell it apart: who verifies goes by the key.
	Ed25519 Scheme = "rfc9421-ed25519"
)

// Synchronization is the header in which a sender sums up its followers at the receiver (FEP-8fcf). Where a request has
// it, Sign covers it.
const Synchronization = "Collection-Synchronization"

const synchronization = "collection-synchronization"

// SiblingSync is the header in which a Group sums up for a sibling what it took first. It is signed likewise.
const SiblingSync = "Sibling-Sync"

const siblingSync = "sibling-sync"

const (
	window    = time.Hour // how far a sender's clock may be off, and how long a captured request is of use
	maxHeader = 8 << 10   // bytes of each signature header
	maxParts  = 32        // components that one signature covers
)

// Key is the public key of an actor: an *rsa.PublicKey or an ed25519.PublicKey. Owner is the actor's id.
type Key struct {
	ID, Owner string
	Public    crypto.PublicKey
}

// KeySource knows the public keys of others. It must not give a key whose owner does not name it (FEP-fe34), and limits
// how often it asks an origin.
type KeySource interface {
	// Key gives the key with an id; refresh means that the one it gave before did not fit and the origin should be asked
	// again; a source that was asked too often gives what it has. Errors are *KeyError; any other is taken for a fault of this server that will pass.
	Key(ctx context.Context, keyID string, refresh bool) (*Key, error)
}

// Config is what a Verifier needs.
type Config struct {
	Keys KeySource
	// Hosts are this server's own, host[:port]: a request must have been signed for one of them.
	Hosts []string
	// Secret makes seals, at least 16 bytes. Without it nothing can be sealed.
	Secret []byte
	// Now is the clock; nil means time.Now.
	Now func() time.Time
	// AllowHTTP permits key ids and target addresses without TLS, for development.
	AllowHTTP bool
}

// Verifier judges signed requests. It is safe for concurrent use.
type Verifier struct {
	cfg   Config
	hosts map[string]bool
}

// NewVerifier makes a Verifier. Hosts that are none are left out.
func NewVerifier(cfg Config) *Verifier {
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	cfg.Secret = bytes.Clone(cfg.Secret)
	v := &Verifier{cfg: cfg, hosts: map[string]bool{}}
	for _, host := range cfg.Hosts {
		if host = v.canonicalHost(host); host != "" {
			v.hosts[host] = true
		}
	}
	return v
}

// canonicalHost gives a host[:port] as hosts are compared, "" if it is none. The default port is that of TLS, and in
// development the other one too.
func (v *Verifier) canonicalHost(host string) string {
	if strings.ContainsAny(host, "/?#") {
		return ""
	}
	host = vocab.Host("https://" + host)
	if v.cfg.AllowHTTP {
		host = strings.TrimSuffix(host, ":80")
	}
	return host
}

// covered gives a header that a signature covers; "" for one that it does not, or that is there more than once.
func (m *message) covered(name string, components []string) string {
	if values := m.values(name); slices.Contains(components, name) && len(values) == 1 {
		return values[0]
	}
	return ""
}

// message is a request under judgement, with what both schemes ask of it.
type message struct {
	*http.Request
	body []byte
	host string // canonical, one of ours
}

// hasContent tells whether the body must be covered. A GET that brings one is no exception.
func (m *message) hasContent() bool {
	return m.Method != http.MethodGet && m.Method != http.MethodHead || len(m.body) > 0
}

// claim is a signature that passed everything short of its key.
type claim struct {
	scheme Scheme
	keyID  vocab.IRI
	// synchronization is the header of that name where the signature covers it and it is there once.
	synchronization string
	siblingSync     string
	// check is nil when the signature is the key's.
	check func(public crypto.PublicKey) error
}

// Request judges an incoming request whose body was read; body is nil for a GET. Errors are *Error, ErrUnsigned among them.
// The caller must still ask whether the actor may do what the body says.
func (v *Verifier) Request(ctx context.Context, r *http.Request, body []byte) (Verified, error) {
	claimed, err := v.claim(r, body)
	if err != nil {
		return Verified{}, err
	}
	key, err := v.key(ctx, claimed.keyID, false)
	if err != nil {
		return Verified{}, err
	}
	if err := claimed.check(key.Public); err != nil {
		if key, err = v.again(ctx, claimed, key, err); err != nil {
			return Verified{}, err
		}
	}
	return Verified{
		actor: key.Owner, keyID: claimed.keyID.String(), scheme: claimed.scheme, body: bytes.Clone(body),
		synchronization: claimed.synchronization, siblingSync: claimed.siblingSync,
	}, nil
}

// claim picks the scheme by the headers alone. Where Signature-Input is, RFC 9421 decides, and there is no second try.
func (v *Verifier) claim(r *http.Request, body []byte) (*claim, error) {
	_, has9421 := r.Header["Signature-Input"]
	_, hasSignature := r.Header["Signature"]
	if !has9421 && !hasSignature {
		return nil, ErrUnsigned
	}
	m := &message{Request: r, body: body, host: v.canonicalHost(r.Host)}
	if !v.hosts[m.host] {
		return nil, denied(ReasonWrongHost, "the request is for %.100q", r.Host)
	}
	if has9421 {
		return v.claim9421(m)
	}
	return v.claimCavage(m)
}

// again is the second and last try, with the key as its origin has it now.
func (v *Verifier) again(ctx context.Context, claimed *claim, old *Key, cause error) (*Key, error) {
	fresh, err := v.key(ctx, claimed.keyID, true)
	if err != nil {
		return nil, err
	}
	if samePublic(fresh.Public, old.Public) {
		return nil, cause
	}
	if err := claimed.check(fresh.Public); err != nil {
		return nil, err
	}
	return fresh, nil
}

func samePublic(a, b crypto.PublicKey) bool {
	switch a := a.(type) {
	case *rsa.PublicKey:
		return a.Equal(b)
	case ed25519.PublicKey:
		return a.Equal(b)
	}
	return false
}

// key asks for a key and judges it.
func (v *Verifier) key(ctx context.Context, id vocab.IRI, refresh bool) (*Key, error) {
	key, err := v.cfg.Keys.Key(ctx, id.String(), refresh)
	if err != nil {
		return nil, keyRefusal(err)
	}
	if key == nil {
		return nil, denied(ReasonKey, "there is no such key")
	}
	if given, err := vocab.ParseIRI(key.ID); err != nil || given != id {
		return nil, denied(ReasonKey, "another key came than the one asked for")
	}
	owner, err := vocab.ParseIRI(key.Owner)
	if err != nil || owner.Origin() != id.Origin() {
		return nil, denied(ReasonOwner, "key and owner are of different origins")
	}
	switch public := key.Public.(type) {
	case *rsa.PublicKey:
		err = checkRSA(public)
	case ed25519.PublicKey:
		if len(public) != ed25519.PublicKeySize {
			err = errors.New("an Ed25519 key of a wrong length")
		}
	default:
		err = errors.New("neither an RSA nor an Ed25519 key")
	}
	if err != nil {
		return nil, denied(ReasonKey, "%w", err)
	}
	return key, nil
}

func keyRefusal(err error) *Error {
	var refused *KeyError
	switch {
	case !errors.As(err, &refused) || refused.Temporary:
		return &Error{Reason: ReasonUnavailable, Status: http.StatusServiceUnavailable, Err: err}
	case refused.Blocked:
		return &Error{Reason: ReasonBlocked, Status: http.StatusForbidden, Err: err}
	}
	return &Error{Reason: ReasonKey, Status: http.StatusUnauthorized, Err: err}
}

// keyIRI reads a key id once; what it gives is what is asked for, compared and reported.
func (v *Verifier) keyIRI(id string) (vocab.IRI, error) {
	iri, err := vocab.ParseIRI(id)
	if err != nil {
		return vocab.IRI{}, denied(ReasonKeyID, "the key id is %w", err)
	}
	if iri.Scheme() != "https" && !v.cfg.AllowHTTP {
		return vocab.IRI{}, denied(ReasonKeyID, "the key id is no https address")
	}
	return iri, nil
}

// checkTime holds a signature's age against the window. expires is 0 where the sender set no end; one in the far future
// gains nothing, since the window ends first.
func (v *Verifier) checkTime(signed time.Time, expires int64) error {
	now := v.cfg.Now()
	switch {
	case signed.Before(now.Add(-window)):
		return denied(ReasonStale, "signed more than %s ago", window)
	case signed.After(now.Add(window)):
		return denied(ReasonFuture, "signed more than %s ahead of this server's clock", window)
	case expires != 0 && time.Unix(expires, 0).Before(now):
		return denied(ReasonExpired, "the sender's time limit is over")
	}
	return nil
}
