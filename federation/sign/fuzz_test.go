package sign

import (
	"errors"
	"net/http"
	"reflect"
	"strconv"
	"strings"
	"testing"
)

// serializeMembers writes a dictionary in the canonical way.
func serializeMembers(members []sfMember) string {
	var parts []string
	for _, m := range members {
		text := m.name + "="
		if items, ok := m.value.([]sfItem); ok {
			text += serializeList(items, m.params)
		} else {
			text += serializeBare(m.value) + serializeParams(m.params)
		}
		parts = append(parts, text)
	}
	return strings.Join(parts, ", ")
}

func FuzzDictionary(f *testing.F) {
	for _, seed := range []string{
		`sig1=("@method" "@target-uri" "content-digest");created=1772625600;keyid="https://a.test/#k";alg="rsa-v1_5-sha256"`,
		`a, b;x;y=?0, c=(1 tok :AAAA: "q\"\\");z=-12`, `a=:AAAA:`, `a=?1`, `a=()`, `a=(((`, "a=1.5", "=", "a=\"\x00\"", "a;a;a",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		members, err := parseDictionary([]string{text})
		if err != nil {
			return
		}
		written := serializeMembers(members)
		again, err := parseDictionary([]string{written})
		if len(written) <= maxHeader && (err != nil || !reflect.DeepEqual(members, again)) {
			t.Fatalf("%q is written as %q, which is read as %v, %v", text, written, again, err)
		}
	})
}

func FuzzCavageHeader(f *testing.F) {
	for _, seed := range []string{
		`keyId="https://a.test/#k",algorithm="hs2019",created=1772625600,expires="1772625601",headers="(request-target) host",signature="AAAA"`,
		`keyId=x,signature="AAAA"`, `keyId="x" , signature="AAAA"`, `keyId="`, `,`, `a=`, "keyId=\"\x00\"",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, text string) {
		h, err := parseCavage(text)
		if err != nil {
			return
		}
		if strings.ContainsAny(h.keyID, "\"\\\r\n") || len(h.covered) == 0 || len(h.covered) > maxParts {
			t.Fatalf("%q is read as %+v", text, h)
		}
		written := `keyId="` + h.keyID + `",algorithm="` + h.algorithm + `",headers="` + strings.Join(h.covered, " ") + `",signature="` +
			strings.TrimSuffix(strings.TrimPrefix(serializeBare(h.signature), ":"), ":") + `"`
		for name, n := range map[string]int64{"created": h.created, "expires": h.expires} {
			if n != 0 {
				written += "," + name + "=" + strconv.FormatInt(n, 10)
			}
		}
		again, err := parseCavage(written)
		if len(written) <= maxHeader && (err != nil || !reflect.DeepEqual(h, again)) {
			t.Fatalf("%q is written as %q, which is read as %+v, %v", text, written, again, err)
		}
	})
}

// FuzzRequest: whatever comes is refused with an *Error or proven by the key; nobody but ana can make a proof.
func FuzzRequest(f *testing.F) {
	for _, s := range []*spec{cavagePost(), rfcPost()} {
		r := s.request(f)
		f.Add(r.Header.Get("Signature"), r.Header.Get("Signature-Input"), r.Header.Get("Digest"), r.Header.Get("Content-Digest"), r.Header.Get("Date"), note)
	}
	f.Fuzz(func(t *testing.T, signature, input, digest, contentDigest, date, body string) {
		s := cavagePost()
		r := receive(t, s.method, s.target, s.host, http.Header{"Content-Type": s.header["Content-Type"]}, "")
		for name, value := range map[string]string{
			"Signature": signature, "Signature-Input": input, "Digest": digest, "Content-Digest": contentDigest, "Date": date,
		} {
			if value != "" {
				r.Header[name] = []string{value}
			}
		}
		x, err := verifier(anaSource()).Request(t.Context(), r, []byte(body))
		var refused *Error
		switch {
		case err == nil && (!x.Valid() || string(x.Body()) != note):
			t.Fatalf("%q is proven as %+v", body, x)
		case err != nil && (x.Valid() || !errors.As(err, &refused) || refused.Status != 400 && refused.Status != 401):
			t.Fatalf("got %v", err)
		}
	})
}

func FuzzPublicPEM(f *testing.F) {
	good, err := EncodePublicPEM(&ana().RSA.PublicKey)
	if err != nil {
		f.Fatal(err)
	}
	f.Add(good)
	f.Add("-----BEGIN PUBLIC KEY-----\n-----END PUBLIC KEY-----")
	f.Fuzz(func(t *testing.T, text string) {
		key, err := ParsePublicPEM(text)
		if (err == nil) != (key != nil) {
			t.Fatalf("%v and %v", key, err)
		}
		if err != nil {
			return
		}
		written, err := EncodePublicPEM(key)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := ParsePublicPEM(written); err != nil || !key.Equal(again) {
			t.Fatalf("%q: %v", text, err)
		}
	})
}

func FuzzMultikey(f *testing.F) {
	f.Add(EncodeMultikey(ana().Ed25519Public()))
	f.Add("z6Mk")
	f.Fuzz(func(t *testing.T, text string) {
		if key, err := ParseMultikey(text); err == nil && EncodeMultikey(key) != text {
			t.Fatalf("%q is read as %x", text, key)
		}
	})
}
