package sign

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"pgregory.net/rapid"

	"praxis/federation/vocab"
)

// listen starts a server that judges what comes and answers with the signer or the refusal.
func listen(t *testing.T, tls bool) *httptest.Server {
	t.Helper()
	var v *Verifier
	server := httptest.NewUnstartedServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method == http.MethodGet {
			body = nil
		}
		x, err := v.Request(r.Context(), r, body)
		if err != nil {
			http.Error(w, err.Error(), http.StatusUnauthorized)
			return
		}
		_, _ = io.WriteString(w, x.Actor()+" "+string(x.Body()))
	}))
	v = NewVerifier(Config{Keys: anaSource(), Hosts: []string{server.Listener.Addr().String()}, AllowHTTP: !tls})
	if tls {
		server.EnableHTTP2 = true
		server.StartTLS()
	} else {
		server.Start()
	}
	t.Cleanup(server.Close)
	return server
}

// TestOverTheWire signs with one end and verifies with the other, over HTTP/1.1 and over HTTP/2 with TLS.
func TestOverTheWire(t *testing.T) {
	signer := Signer{KeyID: keyID, Key: ana().RSA}
	for _, tls := range []bool{false, true} {
		server := listen(t, tls)
		for _, scheme := range []Scheme{Cavage, RFC9421} {
			for _, target := range []string{
				"", "/", "/inbox", "/users/bo/outbox?page=2&max=x", "/a%20b/%C3%A4%2Fc?q=%26", "/x?", "/a//b", "/a;b=c,d?e=(f)'g", "/x#fragment",
			} {
				for _, body := range [][]byte{nil, []byte(note), {}, bytes.Repeat([]byte("ä"), 1<<18)} {
					exchange(t, server, signer, scheme, target, body)
				}
			}
		}
	}
}

func exchange(t *testing.T, server *httptest.Server, signer Signer, scheme Scheme, target string, body []byte) {
	t.Helper()
	method := http.MethodGet
	if body != nil {
		method = http.MethodPost
	}
	r, err := http.NewRequest(method, server.URL+target, bytes.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/activity+json")
	if err := signer.Sign(r, body, scheme); err != nil {
		t.Fatal(err)
	}
	answer, err := server.Client().Do(r)
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	got, err := io.ReadAll(answer.Body)
	if err != nil {
		t.Fatal(err)
	}
	if want := owner + " " + string(body); string(got) != want {
		t.Errorf("%s %s %s: %d %.200q", scheme, method, target, answer.StatusCode, got)
	}
}

// TestOneSignerManyRequests: one Signer and one Verifier serve many at once.
func TestOneSignerManyRequests(t *testing.T) {
	signer := Signer{KeyID: keyID, Key: ana().RSA}
	server := listen(t, false)
	var group sync.WaitGroup
	for i := range 8 {
		group.Go(func() {
			exchange(t, server, signer, []Scheme{Cavage, RFC9421}[i%2], "/inbox", []byte(strings.Repeat("x", i)))
		})
	}
	group.Wait()
}

func TestSignCovers(t *testing.T) {
	signer := Signer{KeyID: keyID, Key: ana().RSA, Now: func() time.Time { return noon }}
	post := func(contentType string, body []byte, scheme Scheme) http.Header {
		r, err := http.NewRequest("POST", "https://home.test/inbox", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", contentType)
		if err := signer.Sign(r, body, scheme); err != nil {
			t.Fatal(err)
		}
		return r.Header
	}
	header := post("application/activity+json", []byte(note), Cavage)
	h, err := parseCavage(header.Get("Signature"))
	if err != nil {
		t.Fatal(err)
	}
	if want := []string{"(request-target)", "host", "date", "digest", "content-type"}; !slices.Equal(h.covered, want) {
		t.Errorf("covers %q", h.covered)
	}
	if h.algorithm != "rsa-sha256" || h.keyID != keyID {
		t.Errorf("says %+v", h)
	}
	if header.Get("Date") != "Wed, 04 Mar 2026 12:00:00 GMT" || header.Get("Digest") != digestOf([]byte(note)) {
		t.Errorf("got %v", header)
	}
	if _, there := header["Host"]; there {
		t.Error("Host is among the headers")
	}
	header = post("application/activity+json", []byte(note), RFC9421)
	want := `sig1=("@method" "@target-uri" "content-digest");created=1772625600;keyid="` + keyID + `";alg="rsa-v1_5-sha256"`
	if got := header.Get("Signature-Input"); got != want {
		t.Errorf("got %s", got)
	}
	if header.Get("Date") == "" || header.Get("Content-Digest") != contentDigestOf([]byte(note)) || header.Get("Digest") != "" {
		t.Errorf("got %v", header)
	}
}

func TestSignRefuses(t *testing.T) {
	good := Signer{KeyID: keyID, Key: ana().RSA}
	for name, c := range map[string]struct {
		signer Signer
		url    string
		scheme Scheme
	}{
		"no key":         {Signer{KeyID: keyID}, "https://home.test/", Cavage},
		"no key id":      {Signer{Key: ana().RSA}, "https://home.test/", Cavage},
		"quote in it":    {Signer{KeyID: keyID + `"`, Key: ana().RSA}, "https://home.test/", Cavage},
		"unknown scheme": {good, "https://home.test/", "rot13"},
		"no host":        {good, "/inbox", Cavage},
		"not http":       {good, "ftp://home.test/", Cavage},
		"zone":           {good, "https://[fe80::1%25eth0]/", RFC9421},
	} {
		r, err := http.NewRequest("GET", c.url, nil)
		if err != nil {
			t.Fatal(err)
		}
		if err := c.signer.Sign(r, nil, c.scheme); err == nil {
			t.Errorf("%s: signed", name)
		}
		if r.Header.Get("Signature") != "" {
			t.Errorf("%s: left a signature", name)
		}
	}
}

// TestSignFitsWhatIsSent: the host is signed in the form in which it is sent.
func TestSignFitsWhatIsSent(t *testing.T) {
	for address, want := range map[string]string{
		"https://HOME.test/":        "home.test",
		"https://home.test:443/":    "home.test",
		"https://b\u00fccher.test/": "xn--bcher-kva.test",
		"https://home.test.:8443/":  "home.test:8443",
	} {
		for _, scheme := range []Scheme{Cavage, RFC9421} {
			r, err := http.NewRequest("GET", address, nil)
			if err != nil {
				t.Fatal(err)
			}
			if err := (Signer{KeyID: keyID, Key: ana().RSA}).Sign(r, nil, scheme); err != nil {
				t.Fatal(err)
			}
			var wire bytes.Buffer
			if err := r.Write(&wire); err != nil {
				t.Fatal(err)
			}
			if !strings.Contains(wire.String(), "\r\nHost: "+want+"\r\n") {
				t.Errorf("%s was sent as %q", address, wire.String())
			}
			v := NewVerifier(Config{Keys: anaSource(), Hosts: []string{want}})
			x, err := v.Request(t.Context(), receive(t, "GET", "/", r.Host, r.Header, ""), nil)
			wantGood(t, x, err)
		}
	}
}

// TestAnyByteChangedIsRefused: whatever byte of what was signed changes, nothing of it is taken.
func TestAnyByteChangedIsRefused(t *testing.T) {
	good := map[string]*spec{"cavage POST": cavagePost(), "cavage GET": cavageGet(), "rfc9421 POST": rfcPost(), "rfc9421 GET": rfcGet()}
	made := map[string]*http.Request{}
	for name, s := range good {
		made[name] = s.request(t)
	}
	rapid.Check(t, func(t *rapid.T) {
		name := rapid.SampledFrom([]string{"cavage POST", "cavage GET", "rfc9421 POST", "rfc9421 GET"}).Draw(t, "request")
		s, r := good[name], made[name].Clone(t.Context())
		body := s.bytes()
		parts := map[string]*string{"method": &r.Method, "host": &r.Host, "path": &r.URL.Path, "query": &r.URL.RawQuery}
		for field := range r.Header {
			covered := slices.Contains(s.covered, strings.ToLower(field)) || strings.HasPrefix(field, "Signature")
			if covered {
				parts[field] = &r.Header[field][0]
			}
		}
		text := string(body)
		if body != nil {
			parts["body"] = &text
		}
		names := make([]string, 0, len(parts))
		for part := range parts {
			names = append(names, part)
		}
		slices.Sort(names)
		part := rapid.SampledFrom(names).Draw(t, "part")
		old := *parts[part]
		i := rapid.IntRange(0, len(old)-1).Draw(t, "position")
		c := rapid.Byte().Filter(func(c byte) bool { return c != old[i] }).Draw(t, "byte")
		*parts[part] = old[:i] + string([]byte{c}) + old[i+1:]
		if meansTheSame(s.scheme, part, old, *parts[part]) {
			return
		}
		if body != nil {
			body = []byte(text)
		}
		x, err := verifier(anaSource()).Request(t.Context(), r, body)
		if err == nil || x.Valid() {
			t.Fatalf("%s with %s changed from %q to %q is taken", name, part, old, *parts[part])
		}
	})
}

// meansTheSame passes over the few changes that leave a request what it was: case of a host (in RFC 9421 and in
// key ids) and of algorithm names, the names of parameters that need not be there, white space between parts and around a header.
func meansTheSame(scheme Scheme, part, old, changed string) bool {
	switch {
	case part == "host" || part == "Digest":
		return strings.EqualFold(old, changed) && (part == "Digest" || scheme == RFC9421)
	case part == "method":
		return scheme == Cavage && strings.EqualFold(old, changed) // the draft signs it in lower case
	case part == "Signature" && scheme == Cavage:
		return sameCavage(old, changed)
	case strings.HasPrefix(part, "Signature"):
		return sameDictionary(old, changed)
	}
	return strings.TrimSpace(old) == strings.TrimSpace(changed)
}

func sameCavage(old, changed string) bool {
	a, errA := parseCavage(old)
	b, errB := parseCavage(changed)
	return errA == nil && errB == nil && sameIRI(a.keyID, b.keyID) && slices.Equal(a.covered, b.covered) && bytes.Equal(a.signature, b.signature) &&
		(a.algorithm == b.algorithm || b.algorithm == "")
}

func sameDictionary(old, changed string) bool {
	a, errA := parseDictionary([]string{old})
	b, errB := parseDictionary([]string{changed})
	return errA == nil && errB == nil && serializeMembers(a) == serializeMembers(b)
}

// sameIRI: two ways of writing a host are one key id. The draft does not sign it.
func sameIRI(a, b string) bool {
	one, errA := vocab.ParseIRI(a)
	other, errB := vocab.ParseIRI(b)
	return errA == nil && errB == nil && one == other
}
