package sign

import (
	"bytes"
	"crypto/sha256"
	"crypto/sha512"
	"encoding/base64"
	"net/http"
	"strings"
)

// digestOf writes the Digest header of a body (RFC 3230).
func digestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "SHA-256=" + base64.StdEncoding.EncodeToString(sum[:])
}

// checkDigest holds a body against the Digest headers. SHA-256 must be among them, in any case of letters, and every one
// of that name must fit; weaker ones are passed over.
func checkDigest(values []string, body []byte) error {
	sum := sha256.Sum256(body)
	found := false
	for _, entry := range strings.Split(strings.Join(values, ","), ",") {
		name, value, _ := strings.Cut(strings.Trim(entry, " \t"), "=")
		if !strings.EqualFold(name, "sha-256") {
			continue
		}
		claimed, err := base64.StdEncoding.Strict().DecodeString(value)
		if err != nil || !bytes.Equal(claimed, sum[:]) {
			return denied(ReasonDigest, "the Digest is not that of the body")
		}
		found = true
	}
	if !found {
		return denied(ReasonDigest, "the Digest has no SHA-256")
	}
	return nil
}

// contentDigestOf writes the Content-Digest header of a body (RFC 9530).
func contentDigestOf(body []byte) string {
	sum := sha256.Sum256(body)
	return "sha-256=:" + base64.StdEncoding.EncodeToString(sum[:]) + ":"
}

// checkContentDigest holds a body against the Content-Digest headers. sha-256 or sha-512 must be among them, and both must
// fit where both are; others are passed over.
func checkContentDigest(values []string, body []byte) error {
	members, err := parseDictionary(values)
	if err != nil {
		return &Error{Reason: ReasonBadDigestField, Status: http.StatusBadRequest, Err: err}
	}
	found := false
	for _, m := range members {
		claimed, ok := m.value.([]byte)
		if !ok {
			return &Error{Reason: ReasonBadDigestField, Status: http.StatusBadRequest, Err: errNoBytes}
		}
		var sum []byte
		switch m.name {
		case "sha-256":
			full := sha256.Sum256(body)
			sum = full[:]
		case "sha-512":
			full := sha512.Sum512(body)
			sum = full[:]
		default:
			continue
		}
		if !bytes.Equal(claimed, sum) {
			return denied(ReasonDigest, "the Content-Digest is not that of the body")
		}
		found = true
	}
	if !found {
		return denied(ReasonDigest, "the Content-Digest has neither sha-256 nor sha-512")
	}
	return nil
}
