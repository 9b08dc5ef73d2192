package sign

import (
	"crypto"
	"crypto/ed25519"
	"crypto/rsa"
	"encoding/base64"
	"net/http"
	"net/textproto"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/go-fed/httpsig"
)

// claimCavage judges a draft-cavage signature as far as that goes without its key.
func (v *Verifier) claimCavage(m *message) (*claim, error) {
	values := m.Header["Signature"]
	if len(values) != 1 {
		return nil, malformed("there are %d Signature headers", len(values))
	}
	h, err := parseCavage(values[0])
	if err != nil {
		return nil, malformed("Signature: %w", err)
	}
	if err := h.checkCoverage(m); err != nil {
		return nil, err
	}
	if err := v.checkCavageTime(h, m); err != nil {
		return nil, err
	}
	if m.hasContent() {
		if err := checkDigest(m.Header["Digest"], m.body); err != nil {
			return nil, err
		}
	}
	keyID, err := v.keyIRI(h.keyID)
	if err != nil {
		return nil, err
	}
	return &claim{
		scheme: Cavage, keyID: keyID, synchronization: m.covered(synchronization, h.covered), siblingSync: m.covered(siblingSync, h.covered),
		check: func(public crypto.PublicKey) error { return h.check(m, public) },
	}, nil
}

// checkCoverage demands that the signature covers what makes it of use for this request alone.
func (h *cavageHeader) checkCoverage(m *message) error {
	switch h.algorithm {
	case "", "hs2019", "rsa-sha256", "ed25519":
	default:
		return denied(ReasonAlgorithm, "algorithm %.40q is not known", h.algorithm)
	}
	if (h.covers(created) || h.covers(expires)) && strings.HasPrefix(h.algorithm, "rsa") {
		return malformed("algorithm %q does not go with (created) or (expires)", h.algorithm)
	}
	demanded := []string{requestTarget, "host"}
	if m.hasContent() {
		demanded = append(demanded, "digest")
	}
	for _, name := range demanded {
		if !h.covers(name) {
			return denied(ReasonNotCovered, "%s is not covered", name)
		}
	}
	for _, name := range h.covered {
		if name[0] != '(' && len(m.values(name)) == 0 {
			return denied(ReasonMissingHeader, "header %.40q is covered and absent", name)
		}
	}
	return nil
}

// checkCavageTime: whatever the signature says about time has to hold. Date counts only where it is covered.
func (v *Verifier) checkCavageTime(h *cavageHeader, m *message) error {
	if h.covers(created) && h.created == 0 || h.covers(expires) && h.expires == 0 {
		return malformed("(created) or (expires) is covered and absent")
	}
	if !h.covers(created) && !h.covers("date") {
		return denied(ReasonNoDate, "neither date nor (created) is covered")
	}
	if h.created != 0 {
		if err := v.checkTime(time.Unix(h.created, 0), h.expires); err != nil {
			return err
		}
	}
	if !h.covers("date") {
		return nil
	}
	date, err := http.ParseTime(strings.Join(m.values("date"), ", "))
	if err != nil {
		return denied(ReasonNoDate, "the Date cannot be read")
	}
	return v.checkTime(date, h.expires)
}

// values gives what a covered header holds. The server keeps Host apart from the others.
func (m *message) values(name string) []string {
	if name == "host" {
		return []string{m.Host}
	}
	return m.Header[textproto.CanonicalMIMEHeaderKey(name)]
}

// check computes the signature. The kind of key decides the algorithm; what the header says may only agree.
func (h *cavageHeader) check(m *message, public crypto.PublicKey) error {
	algorithm, named := httpsig.RSA_SHA256, "rsa-sha256"
	if _, ok := public.(ed25519.PublicKey); ok {
		algorithm, named = httpsig.ED25519, "ed25519"
	}
	if h.algorithm != "" && h.algorithm != "hs2019" && h.algorithm != named {
		return denied(ReasonAlgorithm, "algorithm %q is not that of the key", h.algorithm)
	}
	targets := []string{m.URL.RequestURI()}
	if path := m.URL.EscapedPath(); m.Method == http.MethodGet && m.URL.RawQuery != "" {
		targets = append(targets, path) // some servers leave the query out
	}
	for _, target := range targets {
		if h.checkTarget(m, target, public, algorithm) == nil {
			return nil
		}
	}
	return denied(ReasonSignature, "the signature is not the key's")
}

// checkTarget computes the signature for one form of the request's target. httpsig does it, except where (created) or
// (expires) is covered: those it holds against the machine's clock, with ten seconds of patience.
func (h *cavageHeader) checkTarget(m *message, target string, public crypto.PublicKey, algorithm httpsig.Algorithm) error {
	if h.covers(created) || h.covers(expires) {
		return checkBytes(public, []byte(h.signingString(m, target)), h.signature)
	}
	verifier, err := httpsig.NewVerifier(h.plain(m, target))
	if err != nil {
		return err
	}
	return verifier.Verify(public, algorithm)
}

// plain writes the request anew for httpsig with nothing in it but what is covered: httpsig takes an Authorization header
// for a signature, splits at commas inside quotes, and signs the decoded path.
func (h *cavageHeader) plain(m *message, target string) *http.Request {
	header := http.Header{}
	for _, name := range h.covered {
		if name[0] != '(' {
			header[textproto.CanonicalMIMEHeaderKey(name)] = slices.Clone(m.values(name))
		}
	}
	header["Signature"] = []string{`keyId="key",headers="` + strings.Join(h.covered, " ") + `",signature="` +
		base64.StdEncoding.EncodeToString(h.signature) + `"`}
	return &http.Request{Method: m.Method, URL: &url.URL{Path: target}, Header: header}
}

// signingString is what was signed (draft-cavage-12, 2.3).
func (h *cavageHeader) signingString(m *message, target string) string {
	lines := make([]string, len(h.covered))
	for i, name := range h.covered {
		var value string
		switch name {
		case requestTarget:
			value = strings.ToLower(m.Method) + " " + target
		case created:
			value = strconv.FormatInt(h.created, 10)
		case expires:
			value = strconv.FormatInt(h.expires, 10)
		default:
			value = joined(m.values(name))
		}
		lines[i] = name + ": " + value
	}
	return strings.Join(lines, "\n")
}

// joined makes one value of the lines of a header, as both schemes have it.
func joined(values []string) string {
	trimmed := make([]string, len(values))
	for i, value := range values {
		trimmed[i] = strings.TrimSpace(value)
	}
	return strings.Join(trimmed, ", ")
}

// checkBytes is nil when the signature over the text is the key's: RSA PKCS 1 v1.5 with SHA-256, or Ed25519.
func checkBytes(public crypto.PublicKey, text, signature []byte) error {
	ok := false
	switch key := public.(type) {
	case *rsa.PublicKey:
		ok = rsa.VerifyPKCS1v15(key, crypto.SHA256, sum256(text), signature) == nil
	case ed25519.PublicKey:
		ok = ed25519.Verify(key, text, signature)
	}
	if !ok {
		return denied(ReasonSignature, "the signature is not the key's")
	}
	return nil
}
