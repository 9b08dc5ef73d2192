package fetch

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/rsa"
	"crypto/tls"
	"crypto/x509"
	"crypto/x509/pkix"
	"errors"
	"fmt"
	"io"
	"log"
	"math/big"
	"net"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"sync"
	"testing"
	"time"

	"golang.org/x/net/dns/dnsmessage"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

// web is the part of the internet that a test needs: any number of hosts behind two listeners, one of them with TLS, and
// certificates for all of them from an authority of its own.
type web struct {
	*http.ServeMux // patterns begin with a host
	tls, plain     *httptest.Server
	roots          *x509.CertPool

	mu   sync.Mutex
	seen []string // "GET https://a.test/path", in the order of arrival
}

func newWeb(t testing.TB) *web {
	t.Helper()
	w := &web{ServeMux: http.NewServeMux(), roots: x509.NewCertPool()}
	ca := newAuthority(t, w.roots)
	w.tls = httptest.NewUnstartedServer(w)
	w.tls.TLS = &tls.Config{GetCertificate: func(hello *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return ca.certify(hello.ServerName, time.Now().Add(time.Hour))
	}}
	w.tls.EnableHTTP2 = true
	w.tls.Config.ErrorLog = log.New(io.Discard, "", 0)
	w.tls.StartTLS()
	t.Cleanup(w.tls.Close)
	w.plain = httptest.NewServer(w)
	t.Cleanup(w.plain.Close)
	return w
}

func (w *web) ServeHTTP(out http.ResponseWriter, r *http.Request) {
	scheme := "http"
	if r.TLS != nil {
		scheme = "https"
	}
	w.mu.Lock()
	w.seen = append(w.seen, r.Method+" "+scheme+"://"+r.Host+r.URL.RequestURI())
	w.mu.Unlock()
	w.ServeMux.ServeHTTP(out, r)
}

// requests gives what has arrived since the last call.
func (w *web) requests() []string {
	w.mu.Lock()
	defer w.mu.Unlock()
	seen := w.seen
	w.seen = nil
	return seen
}

func (w *web) expect(t *testing.T, want ...string) {
	t.Helper()
	if got := w.requests(); !slices.Equal(got, want) {
		t.Errorf("requests\n%q, want\n%q", got, want)
	}
}

// transport reaches every host: port 443 has TLS, the others have none.
func (w *web) transport() *http.Transport {
	return &http.Transport{
		DialContext: func(ctx context.Context, network, address string) (net.Conn, error) {
			server := w.plain
			if _, port, _ := net.SplitHostPort(address); port == "443" {
				server = w.tls
			}
			return (&net.Dialer{}).DialContext(ctx, network, server.Listener.Addr().String())
		},
		TLSClientConfig: &tls.Config{RootCAs: w.roots, MinVersion: tls.VersionTLS12},
	}
}

// client gives a client that reaches the web, with whatever else its configuration should say.
func (w *web) client(t testing.TB, cfg Config) *Client {
	t.Helper()
	cfg.Transport = w.transport()
	c := New(cfg)
	t.Cleanup(c.CloseIdleConnections)
	return c
}

func (w *web) page(pattern, contentType, body string) {
	w.HandleFunc(pattern, func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", contentType)
		_, _ = io.WriteString(out, body)
	})
}

// note serves a note with an id.
func (w *web) note(pattern, id string) { w.page(pattern, vocab.MediaType, noteWith(id)) }

func noteWith(id string) string { return fmt.Sprintf(`{"id":%q,"type":"Note","content":"Hello"}`, id) }

func (w *web) status(pattern string, status int) {
	w.HandleFunc(pattern, func(out http.ResponseWriter, _ *http.Request) { out.WriteHeader(status) })
}

func (w *web) redirect(pattern, to string) {
	w.HandleFunc(pattern, func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Location", to)
		out.WriteHeader(http.StatusFound)
	})
}

type authority struct {
	key  *ecdsa.PrivateKey
	cert *x509.Certificate
}

func newAuthority(t testing.TB, roots *x509.CertPool) *authority {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	template := &x509.Certificate{
		SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "Test Authority"},
		NotBefore: time.Now().Add(-time.Hour), NotAfter: time.Now().Add(time.Hour),
		IsCA: true, BasicConstraintsValid: true, KeyUsage: x509.KeyUsageCertSign,
	}
	der, err := x509.CreateCertificate(rand.Reader, template, template, key.Public(), key)
	if err != nil {
		t.Fatal(err)
	}
	cert, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	roots.AddCert(cert)
	return &authority{key: key, cert: cert}
}

func (a *authority) certify(host string, until time.Time) (*tls.Certificate, error) {
	template := &x509.Certificate{
		SerialNumber: big.NewInt(2), DNSNames: []string{host},
		NotBefore: until.Add(-2 * time.Hour), NotAfter: until, ExtKeyUsage: []x509.ExtKeyUsage{x509.ExtKeyUsageServerAuth},
	}
	der, err := x509.CreateCertificate(rand.Reader, template, a.cert, a.key.Public(), a.key)
	if err != nil {
		return nil, err
	}
	return &tls.Certificate{Certificate: [][]byte{der}, PrivateKey: a.key}, nil
}

// names is a resolver that answers from a function: none means that there is no such name.
func names(lookup func(name string) []netip.Addr) *net.Resolver {
	return &net.Resolver{PreferGo: true, Dial: func(context.Context, string, string) (net.Conn, error) {
		near, far := net.Pipe()
		go serveNames(far, lookup)
		return near, nil
	}}
}

// serveNames answers one question in the form of DNS over TCP.
func serveNames(conn net.Conn, lookup func(string) []netip.Addr) {
	defer conn.Close()
	size := make([]byte, 2)
	if _, err := io.ReadFull(conn, size); err != nil {
		return
	}
	raw := make([]byte, int(size[0])<<8|int(size[1]))
	if _, err := io.ReadFull(conn, raw); err != nil {
		return
	}
	var query dnsmessage.Message
	if query.Unpack(raw) != nil || len(query.Questions) != 1 {
		return
	}
	packed, err := answerTo(query, lookup).Pack()
	if err != nil {
		return
	}
	_, _ = conn.Write(append([]byte{byte(len(packed) >> 8), byte(len(packed))}, packed...))
}

func answerTo(query dnsmessage.Message, lookup func(string) []netip.Addr) *dnsmessage.Message {
	question := query.Questions[0]
	reply := &dnsmessage.Message{Header: dnsmessage.Header{ID: query.ID, Response: true, RecursionAvailable: true}, Questions: query.Questions}
	addrs := lookup(question.Name.String())
	if len(addrs) == 0 {
		reply.RCode = dnsmessage.RCodeNameError
	}
	for _, addr := range addrs {
		header := dnsmessage.ResourceHeader{Name: question.Name, Class: dnsmessage.ClassINET}
		switch {
		case addr.Is4() && question.Type == dnsmessage.TypeA:
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AResource{A: addr.As4()}})
		case addr.Is6() && question.Type == dnsmessage.TypeAAAA:
			reply.Answers = append(reply.Answers, dnsmessage.Resource{Header: header, Body: &dnsmessage.AAAAResource{AAAA: addr.As16()}})
		}
	}
	return reply
}

// always gives the same addresses for every name.
func always(addrs ...string) *net.Resolver {
	return names(func(string) []netip.Addr {
		var all []netip.Addr
		for _, addr := range addrs {
			all = append(all, netip.MustParseAddr(addr))
		}
		return all
	})
}

var testKey = sync.OnceValue(func() *rsa.PrivateKey {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		panic(err)
	}
	return key
})

const testKeyID = "https://praxis.test/actor#main-key"

func testSigner(context.Context) (sign.Signer, error) {
	return sign.Signer{KeyID: testKeyID, Key: testKey()}, nil
}

// oneKey is the key source of a peer that knows only ours.
type oneKey struct{}

func (oneKey) Key(_ context.Context, id string, _ bool) (*sign.Key, error) {
	if id != testKeyID {
		return nil, &sign.KeyError{Err: errors.New("no such key")}
	}
	return &sign.Key{ID: id, Owner: "https://praxis.test/actor", Public: testKey().Public()}, nil
}

func peerVerifier(hosts ...string) *sign.Verifier {
	return sign.NewVerifier(sign.Config{Keys: oneKey{}, Hosts: hosts, Secret: []byte("0123456789abcdef"), AllowHTTP: true})
}

func get(t *testing.T, c *Client, iri string) (*Document, error) {
	t.Helper()
	return c.Document(context.Background(), iri)
}

func wantKind(t *testing.T, err error, want Kind) {
	t.Helper()
	if KindOf(err) != want {
		t.Errorf("error %v of kind %q, want %q", err, KindOf(err), want)
	}
}

func wantID(t *testing.T, doc *Document, err error, want string) {
	t.Helper()
	if err != nil {
		t.Errorf("no document %s: %v", want, err)
		return
	}
	if doc.ID() != want {
		t.Errorf("id %q, want %q", doc.ID(), want)
	}
}
