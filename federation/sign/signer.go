package sign

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/go-fed/httpsig"

	"praxis/federation/vocab"
)

// Signer signs outgoing requests as one actor. It holds no state and is safe for concurrent use.
type Signer struct {
	KeyID string // the address under which others find the public key
	Key   *rsa.PrivateKey
	Now   func() time.Time // nil means time.Now
	// Ed25519KeyID and Ed25519 are the other key of the actor, for hosts that take it; without it RSA signs for them as well.
	Ed25519KeyID string
	Ed25519      ed25519.PrivateKey
}

// Sign signs a request that is about to be sent; body is what will be sent, nil for a GET. It sets Host, Date, Digest or
// Content-Digest, and the signature headers, in place of earlier ones: a request that is sent on to another address or with
// another scheme is signed again. Nothing that is covered may change afterwards. The error says what is missing.
func (s Signer) Sign(r *http.Request, body []byte, scheme Scheme) error {
	if s.Key == nil || s.KeyID == "" || strings.ContainsAny(s.KeyID+s.Ed25519KeyID, "\"\\\r\n") {
		return errors.New("signing a request: no key, or no key id")
	}
	m, err := outgoing(r, body)
	if err != nil {
		return fmt.Errorf("signing a request: %w", err)
	}
	now := time.Now()
	if s.Now != nil {
		now = s.Now()
	}
	for _, name := range []string{"Signature", "Signature-Input", "Digest", "Content-Digest"} {
		r.Header.Del(name)
	}
	r.Header.Set("Date", now.UTC().Format(http.TimeFormat))
	switch scheme {
	case Cavage:
		err = s.signCavage(m)
	case RFC9421:
		err = s.sign9421(m, now, s.byRSA)
	case Ed25519:
		err = s.sign9421(m, now, s.byEd25519)
	default:
		err = fmt.Errorf("scheme %q is not known", scheme)
	}
	if err != nil {
		return fmt.Errorf("signing a request: %w", err)
	}
	return nil
}

// outgoing sets the host as it will be sent and gives the request in the form that both schemes work on.
func outgoing(r *http.Request, body []byte) (*message, error) {
	host := r.Host
	if host == "" {
		host = r.URL.Host
	}
	iri, err := vocab.ParseIRI(r.URL.Scheme + "://" + host)
	if err != nil || strings.ContainsAny(host, "/?#") {
		return nil, errors.New("the request is for no http(s) address")
	}
	r.Host = iri.Host()
	if r.Header == nil {
		r.Header = http.Header{}
	}
	return &message{Request: r, body: body, host: iri.Host()}, nil
}

// signCavage covers what every peer demands. httpsig writes "hs2019" as the algorithm whatever it did; "rsa-sha256" is what
// it means, and the older servers know only that. The algorithm is not part of what is signed.
func (s Signer) signCavage(m *message) error {
	h := &cavageHeader{covered: []string{requestTarget, "host", "date"}}
	if m.hasContent() {
		m.Header.Set("Digest", digestOf(m.body))
		h.covered = append(h.covered, "digest")
		if m.Header.Get("Content-Type") != "" {
			h.covered = append(h.covered, "content-type")
		}
	}
	if m.Header.Get(Synchronization) != "" {
		h.covered = append(h.covered, synchronization)
	}
	if m.Header.Get(SiblingSync) != "" {
		h.covered = append(h.covered, siblingSync)
	}
	// One signer for each request: they are not safe to share.
	signer, _, err := httpsig.NewSigner([]httpsig.Algorithm{httpsig.RSA_SHA256}, httpsig.DigestSha256, h.covered, httpsig.Signature, 0)
	if err != nil {
		return err
	}
	plain := h.plain(m, m.URL.RequestURI())
	plain.Header.Del("Signature")
	if err := signer.SignRequest(s.Key, s.KeyID, plain, nil); err != nil {
		return err
	}
	m.Header.Set("Signature", strings.Replace(plain.Header.Get("Signature"), `algorithm="hs2019"`, `algorithm="rsa-sha256"`, 1))
	return nil
}

// maker makes the signature of a base, and says with which key.
type maker func() (keyID, algorithm string, make func(base []byte) ([]byte, error))

func (s Signer) byRSA() (string, string, func([]byte) ([]byte, error)) {
	return s.KeyID, algRSA, func(base []byte) ([]byte, error) {
		return rsa.SignPKCS1v15(rand.Reader, s.Key, crypto.SHA256, sum256(base))
	}
}

// byEd25519 falls back to RSA for an actor without an Ed25519 key.
func (s Signer) byEd25519() (string, string, func([]byte) ([]byte, error)) {
	if s.Ed25519KeyID == "" || len(s.Ed25519) != ed25519.PrivateKeySize {
		return s.byRSA()
	}
	return s.Ed25519KeyID, algEd25519, func(base []byte) ([]byte, error) { return ed25519.Sign(s.Ed25519, base), nil }
}

// sign9421 covers what Mastodon demands of RFC 9421.
func (s Signer) sign9421(m *message, now time.Time, by maker) error {
	in := &input9421{components: []string{"@method", "@target-uri"}}
	if m.hasContent() {
		m.Header.Set("Content-Digest", contentDigestOf(m.body))
		in.components = append(in.components, "content-digest")
	}
	if m.Header.Get(Synchronization) != "" {
		in.components = append(in.components, synchronization)
	}
	if m.Header.Get(SiblingSync) != "" {
		in.components = append(in.components, siblingSync)
	}
	keyID, algorithm, sign := by()
	in.params = sfParams{{"created", now.Unix()}, {"keyid", keyID}, {"alg", algorithm}}
	base, err := m.base(in, m.URL.Scheme)
	if err != nil {
		return err
	}
	signature, err := sign([]byte(base))
	if err != nil {
		return err
	}
	m.Header.Set("Signature-Input", "sig1="+in.serialize())
	m.Header.Set("Signature", "sig1=:"+base64.StdEncoding.EncodeToString(signature)+":")
	return nil
}

func sum256(text []byte) []byte {
	sum := sha256.Sum256(text)
	return sum[:]
}
