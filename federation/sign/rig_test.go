package sign

import (
	"bufio"
	"context"
	"crypto"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	owner = "https://peer.test/users/ana"
	keyID = owner + "#main-key"
	note  = `{"type":"Create","id":"https://peer.test/1"}`
)

var noon = time.Date(2026, 3, 4, 12, 0, 0, 0, time.UTC)

// ana and eve have keys; making them takes a while, so they are made once.
var (
	ana = sync.OnceValue(mustKeys)
	eve = sync.OnceValue(mustKeys)
)

func mustKeys() *Keys {
	keys, err := GenerateKeys(rand.Reader)
	if err != nil {
		panic(err)
	}
	return keys
}

// source is a KeySource that gives what it is told to and counts how often it is asked.
type source struct {
	key, fresh       *Key // fresh nil: the same again
	err, freshErr    error
	asked, refreshed int
	lastID           string
	mu               sync.Mutex
}

func (s *source) Key(_ context.Context, id string, refresh bool) (*Key, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.lastID = id
	if !refresh {
		s.asked++
		return s.key, s.err
	}
	s.refreshed++
	if s.fresh != nil || s.freshErr != nil {
		return s.fresh, s.freshErr
	}
	return s.key, s.err
}

func anaSource() *source {
	return &source{key: &Key{ID: keyID, Owner: owner, Public: &ana().RSA.PublicKey}}
}

func verifier(s KeySource) *Verifier {
	return NewVerifier(Config{
		Keys: s, Hosts: []string{"home.test", "other.home.test"}, Secret: []byte("0123456789abcdef"),
		Now: func() time.Time { return noon },
	})
}

// spec is a request to be signed by hand, apart from the code under test.
type spec struct {
	scheme       Scheme
	method       string
	target       string
	host         string
	header       http.Header
	body         string
	covered      []string
	params       string // what else the signature says, in the form of the scheme
	created      string // value of (created)
	expires      string // value of (expires)
	signedTarget string // "": target
	signedHost   string // "": host
	key          crypto.PrivateKey
	after        func(r *http.Request) // what an attacker does to the signed request
}

func goodPost(scheme Scheme) *spec {
	s := &spec{scheme: scheme, method: "POST", target: "/inbox?x=1", host: "home.test", body: note, key: ana().RSA}
	sum := sha256.Sum256([]byte(note))
	digest := base64.StdEncoding.EncodeToString(sum[:])
	s.header = http.Header{"Date": {noon.Format(http.TimeFormat)}, "Content-Type": {"application/activity+json"}}
	if scheme == RFC9421 {
		s.header.Set("Content-Digest", "sha-256=:"+digest+":")
		s.covered = []string{"@method", "@target-uri", "content-digest", "content-type"}
		s.params = fmt.Sprintf(`;created=%d;keyid="%s";alg="rsa-v1_5-sha256"`, noon.Unix(), keyID)
		return s
	}
	s.header.Set("Digest", "SHA-256="+digest)
	s.covered = []string{"(request-target)", "host", "date", "digest", "content-type"}
	s.params = `keyId="` + keyID + `",algorithm="rsa-sha256"`
	return s
}

func goodGet(scheme Scheme) *spec {
	s := goodPost(scheme)
	s.method, s.target, s.body = "GET", "/users/bo?page=2", ""
	s.header = http.Header{"Date": s.header["Date"]}
	if scheme == RFC9421 {
		s.covered = s.covered[:2]
	} else {
		s.covered = s.covered[:3]
	}
	return s
}

// value of a component, written down here once more and in another way than in the package.
func (s *spec) value(name string) string {
	target, host := cmpOr(s.signedTarget, s.target), cmpOr(s.signedHost, s.host)
	path, query, _ := strings.Cut(target, "?")
	switch name {
	case "(request-target)":
		return strings.ToLower(s.method) + " " + target
	case "(created)":
		return s.created
	case "(expires)":
		return s.expires
	case "@method":
		return s.method
	case "@target-uri":
		return "https://" + host + target
	case "@authority", "host":
		return host
	case "@path":
		return path
	case "@query":
		return "?" + query
	}
	return strings.Join(s.header.Values(name), ", ")
}

func cmpOr(a, b string) string {
	if a != "" {
		return a
	}
	return b
}

func signBytes(t testing.TB, key crypto.PrivateKey, text string) string {
	t.Helper()
	var raw []byte
	switch key := key.(type) {
	case *rsa.PrivateKey:
		sum := sha256.Sum256([]byte(text))
		var err error
		if raw, err = rsa.SignPKCS1v15(rand.Reader, key, crypto.SHA256, sum[:]); err != nil {
			t.Fatal(err)
		}
	case ed25519.PrivateKey:
		raw = ed25519.Sign(key, []byte(text))
	case func(string) []byte:
		raw = key(text)
	default:
		t.Fatalf("no key: %T", key)
	}
	return base64.StdEncoding.EncodeToString(raw)
}

// request signs and sends through the real parser of net/http.
func (s *spec) request(t testing.TB) *http.Request {
	t.Helper()
	var lines []string
	for _, name := range s.covered {
		if s.scheme == RFC9421 {
			lines = append(lines, fmt.Sprintf("%q: %s", name, s.value(name)))
		} else {
			lines = append(lines, name+": "+s.value(name))
		}
	}
	header := s.header.Clone()
	if s.scheme == RFC9421 {
		list := "()"
		if len(s.covered) > 0 {
			list = `("` + strings.Join(s.covered, `" "`) + `")`
		}
		lines = append(lines, `"@signature-params": `+list+s.params)
		header.Set("Signature-Input", "sig1="+list+s.params)
		header.Set("Signature", "sig1=:"+signBytes(t, s.key, strings.Join(lines, "\n"))+":")
	} else {
		header.Set("Signature", s.params+`,headers="`+strings.Join(s.covered, " ")+`",signature="`+
			signBytes(t, s.key, strings.Join(lines, "\n"))+`"`)
	}
	r := receive(t, s.method, s.target, s.host, header, s.body)
	if s.after != nil {
		s.after(r)
	}
	return r
}

func receive(t testing.TB, method, target, host string, header http.Header, body string) *http.Request {
	t.Helper()
	var wire strings.Builder
	fmt.Fprintf(&wire, "%s %s HTTP/1.1\r\nHost: %s\r\n", method, target, host)
	if err := header.Write(&wire); err != nil {
		t.Fatal(err)
	}
	fmt.Fprintf(&wire, "Content-Length: %d\r\n\r\n%s", len(body), body)
	r, err := http.ReadRequest(bufio.NewReader(strings.NewReader(wire.String())))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func (s *spec) bytes() []byte {
	if s.method == "GET" && s.body == "" {
		return nil
	}
	return []byte(s.body)
}

// run judges the request.
func (s *spec) run(t testing.TB, keys KeySource) (Verified, error) {
	t.Helper()
	return verifier(keys).Request(context.Background(), s.request(t), s.bytes())
}

func wantGood(t *testing.T, x Verified, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
	if !x.Valid() || x.Actor() != owner || x.KeyID() != keyID {
		t.Fatalf("got %+v", x)
	}
}

// wantRefused wants an *Error with reason and status, and no Verified.
func wantRefused(t *testing.T, x Verified, err error, reason string, status int) {
	t.Helper()
	var refused *Error
	if !errors.As(err, &refused) {
		t.Fatalf("got %v, want %s", err, reason)
	}
	if refused.Reason != reason || refused.Status != status {
		t.Errorf("got %s with %d (%v), want %s with %d", refused.Reason, refused.Status, err, reason, status)
	}
	if x.Valid() || x.Actor() != "" || x.Body() != nil {
		t.Errorf("a refused request gives %+v", x)
	}
}

// fault is one thing broken of a good request.
type fault struct {
	name   string
	spec   func() *spec
	spoil  func(s *spec)
	reason string
	status int
}

// cheap runs faults that must be found before any key is asked for.
func cheap(t *testing.T, faults []fault) {
	t.Helper()
	run(t, faults, func(t *testing.T, keys *source) {
		if keys.asked+keys.refreshed > 0 {
			t.Error("a key was asked for")
		}
	})
}

// costly runs faults that only the key shows; it is asked for once and then refreshed once.
func costly(t *testing.T, faults []fault) {
	t.Helper()
	run(t, faults, func(t *testing.T, keys *source) {
		if keys.asked != 1 || keys.refreshed != 1 {
			t.Errorf("key asked for %d times and refreshed %d times, want once each", keys.asked, keys.refreshed)
		}
	})
}

func run(t *testing.T, faults []fault, more func(*testing.T, *source)) {
	t.Helper()
	for _, f := range faults {
		t.Run(f.name, func(t *testing.T) {
			s := f.spec()
			keys := anaSource()
			if x, err := s.run(t, keys); err != nil {
				t.Fatalf("unbroken: %v", err)
			} else if x.Scheme() != s.scheme {
				t.Fatalf("scheme is %q", x.Scheme())
			}
			f.spoil(s)
			keys = anaSource()
			x, err := s.run(t, keys)
			wantRefused(t, x, err, f.reason, f.status)
			more(t, keys)
		})
	}
}

func cavagePost() *spec { return goodPost(Cavage) }
func cavageGet() *spec  { return goodGet(Cavage) }
func rfcPost() *spec    { return goodPost(RFC9421) }
func rfcGet() *spec     { return goodGet(RFC9421) }

// both gives one fault for a request of either scheme.
func both(name string, cavage, rfc func() *spec, spoil func(*spec), reason string, status int) []fault {
	return []fault{{"cavage " + name, cavage, spoil, reason, status}, {"rfc9421 " + name, rfc, spoil, reason, status}}
}

func (s *spec) uncover(name string) {
	s.covered = slices.DeleteFunc(slices.Clone(s.covered), func(other string) bool { return other == name })
}

// replaceParams puts other text into the parameters.
func (s *spec) replaceParams(old, new string) { s.params = strings.Replace(s.params, old, new, 1) }
