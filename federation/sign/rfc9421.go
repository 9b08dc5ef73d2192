package sign

import (
	"crypto"
	"crypto/ed25519"
	"net/http"
	"slices"
	"strings"
	"time"
)

// algorithms of RFC 9421 that are spoken, by name.
const (
	algRSA     = "rsa-v1_5-sha256"
	algEd25519 = "ed25519"
)

// input9421 is what one member of Signature-Input says, together with its signature.
type input9421 struct {
	components       []string
	params           sfParams
	keyID, algorithm string // algorithm "" where the sender leaves it to the key
	created, expires int64  // Unix seconds; expires 0 where absent
	signature        []byte
}

// claim9421 judges a signature of RFC 9421 as far as that goes without its key.
func (v *Verifier) claim9421(m *message) (*claim, error) {
	in, err := parse9421(m.Header["Signature-Input"], m.Header["Signature"])
	if err != nil {
		return nil, err
	}
	if err := in.checkCoverage(m); err != nil {
		return nil, err
	}
	if err := v.checkTime(time.Unix(in.created, 0), in.expires); err != nil {
		return nil, err
	}
	if m.hasContent() {
		if err := checkContentDigest(m.Header["Content-Digest"], m.body); err != nil {
			return nil, err
		}
	}
	keyID, err := v.keyIRI(in.keyID)
	if err != nil {
		return nil, err
	}
	bases, err := v.bases(m, in)
	if err != nil {
		return nil, err
	}
	return &claim{
		scheme: RFC9421, keyID: keyID, synchronization: m.covered(synchronization, in.components), siblingSync: m.covered(siblingSync, in.components),
		check: func(public crypto.PublicKey) error { return in.check(bases, public) },
	}, nil
}

// parse9421 reads both headers. Of several signatures the first of Signature-Input is the one that counts: a sender puts
// its own first, proxies add theirs behind it, and no other is tried when it fails.
func parse9421(inputs, signatures []string) (*input9421, error) {
	members, err := parseDictionary(inputs)
	if err != nil {
		return nil, malformed("Signature-Input: %w", err)
	}
	chosen := members[0]
	in := &input9421{params: chosen.params}
	if in.components, err = components9421(chosen); err != nil {
		return nil, err
	}
	if err := in.readParams(); err != nil {
		return nil, err
	}
	if len(signatures) == 0 {
		return nil, denied(ReasonMissingLabel, "there is no Signature header")
	}
	made, err := parseDictionary(signatures)
	if err != nil {
		return nil, malformed("Signature: %w", err)
	}
	i := slices.IndexFunc(made, func(m sfMember) bool { return m.name == chosen.name })
	if i < 0 {
		return nil, denied(ReasonMissingLabel, "Signature has no %.40q", chosen.name)
	}
	raw, ok := made[i].value.([]byte)
	if !ok {
		return nil, malformed("Signature: %w", errNoBytes)
	}
	in.signature = raw
	return in, nil
}

// components9421 reads the covered components, each once and without parameters: none of those is used between servers of
// the Fediverse.
func components9421(m sfMember) ([]string, error) {
	items, ok := m.value.([]sfItem)
	if !ok {
		return nil, malformed("Signature-Input: %.40q is no list", m.name)
	}
	var names []string
	for _, item := range items {
		name, ok := item.value.(string)
		if !ok || !isComponentName(name) {
			return nil, malformed("Signature-Input: a component is no name in lower case")
		}
		if len(item.params) > 0 {
			return nil, denied(ReasonUnsupported, "component %.40q has parameters", name)
		}
		if slices.Contains(names, name) {
			return nil, malformed("Signature-Input: component %.40q is there twice", name)
		}
		names = append(names, name)
	}
	return names, nil
}

func isComponentName(name string) bool {
	bare := strings.TrimPrefix(name, "@")
	return bare != "" && tokenEnd(bare) == len(bare) && bare == strings.ToLower(bare)
}

// readParams reads the parameters of the signature (RFC 9421, 2.3). A tag says that it was made for some other
// application than this one.
func (in *input9421) readParams() error {
	for _, p := range in.params {
		ok := true
		switch p.name {
		case "keyid":
			in.keyID, ok = p.value.(string)
		case "alg":
			in.algorithm, ok = p.value.(string)
			if ok && in.algorithm != algRSA && in.algorithm != algEd25519 {
				return denied(ReasonAlgorithm, "algorithm %.40q is not known", in.algorithm)
			}
		case "created":
			in.created, ok = p.value.(int64)
		case "expires":
			in.expires, ok = p.value.(int64)
			ok = ok && in.expires > 0
		case "tag":
			return denied(ReasonUnsupported, "the signature has a tag, so it is for another application")
		}
		if !ok {
			return malformed("Signature-Input: parameter %q is of a wrong type", p.name)
		}
	}
	if in.keyID == "" {
		return denied(ReasonKeyID, "there is no keyid")
	}
	if in.created <= 0 {
		return denied(ReasonNoDate, "there is no created")
	}
	return nil
}

func (in *input9421) covers(name string) bool { return slices.Contains(in.components, name) }

// checkCoverage demands method and whole target, and the digest of a body. Authority, path and query together say as much
// as the target's address does.
func (in *input9421) checkCoverage(m *message) error {
	target := in.covers("@target-uri") ||
		in.covers("@authority") && in.covers("@path") && (in.covers("@query") || m.URL.RawQuery == "" && !m.URL.ForceQuery)
	switch {
	case !in.covers("@method"):
		return denied(ReasonNotCovered, "@method is not covered")
	case !target:
		return denied(ReasonNotCovered, "neither @target-uri nor all its parts are covered")
	case m.hasContent() && !in.covers("content-digest"):
		return denied(ReasonNotCovered, "content-digest is not covered")
	}
	return nil
}

// bases gives what may have been signed. Behind a proxy the request does not tell whether it came over TLS: it did, save
// in development.
func (v *Verifier) bases(m *message, in *input9421) ([]string, error) {
	schemes := []string{"https"}
	if v.cfg.AllowHTTP {
		schemes = append(schemes, "http")
	}
	var bases []string
	for _, scheme := range schemes {
		base, err := m.base(in, scheme)
		if err != nil {
			return nil, err
		}
		bases = append(bases, base)
	}
	return bases, nil
}

// base is the signature base (RFC 9421, 2.5). The parameters are written anew from what was read, so that nothing counts
// as signed that was not understood.
func (m *message) base(in *input9421, scheme string) (string, error) {
	var b strings.Builder
	for _, name := range in.components {
		value, err := m.component(name, scheme)
		if err != nil {
			return "", err
		}
		b.WriteString(`"` + name + `": ` + value + "\n")
	}
	b.WriteString(`"@signature-params": ` + in.serialize())
	return b.String(), nil
}

// serialize writes components and parameters as Signature-Input has them.
func (in *input9421) serialize() string {
	items := make([]sfItem, len(in.components))
	for i, name := range in.components {
		items[i].value = name
	}
	return serializeList(items, in.params)
}

// component gives the value of a covered component (RFC 9421, 2.1 and 2.2).
func (m *message) component(name, scheme string) (string, error) {
	switch name {
	case "@method":
		return m.Method, nil
	case "@target-uri":
		return scheme + "://" + m.host + m.URL.RequestURI(), nil
	case "@authority":
		return m.host, nil
	case "@scheme":
		return scheme, nil
	case "@request-target":
		return m.URL.RequestURI(), nil
	case "@path":
		path, _, _ := strings.Cut(m.URL.RequestURI(), "?")
		return path, nil
	case "@query":
		return "?" + m.URL.RawQuery, nil
	}
	if strings.HasPrefix(name, "@") {
		return "", denied(ReasonUnsupported, "component %.40q is not supported", name)
	}
	values := m.values(name)
	if len(values) == 0 {
		return "", denied(ReasonMissingHeader, "header %.40q is covered and absent", name)
	}
	return joined(values), nil
}

// check computes the signature. The kind of key decides the algorithm; what the header says may only agree.
func (in *input9421) check(bases []string, public crypto.PublicKey) error {
	named := algRSA
	if _, ok := public.(ed25519.PublicKey); ok {
		named = algEd25519
	}
	if in.algorithm != "" && in.algorithm != named {
		return denied(ReasonAlgorithm, "algorithm %q is not that of the key", in.algorithm)
	}
	err := error(&Error{Reason: ReasonSignature, Status: http.StatusUnauthorized})
	for _, base := range bases {
		if err = checkBytes(public, []byte(base), in.signature); err == nil {
			return nil
		}
	}
	return err
}
