package fetch

import (
	"bufio"
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"praxis/federation/vocab"
)

// quick are limits that a test can wait for.
var quick = limits{connect: 80 * time.Millisecond, tls: 80 * time.Millisecond, header: 80 * time.Millisecond}

// wait is far above quick and the timeouts of these tests, and far below what the peers would take.
const wait = 5 * time.Second

// realClient connects through the real transport; every name is on this machine.
func realClient(t *testing.T, w *web, l limits, timeout time.Duration) *Client {
	t.Helper()
	transport := newTransport(newGuard(true), l, always("127.0.0.1"))
	transport.TLSClientConfig.RootCAs = w.roots
	c := New(Config{Development: true, Transport: transport, Timeout: timeout})
	t.Cleanup(c.CloseIdleConnections)
	return c
}

// socket serves raw connections until the test is over.
func socket(t *testing.T, serve func(conn net.Conn)) (port string) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { listener.Close() })
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			t.Cleanup(func() { conn.Close() })
			go serve(conn)
		}
	}()
	_, port, _ = net.SplitHostPort(listener.Addr().String())
	return port
}

// drip writes a byte at a time for ever.
func drip(out io.Writer, done <-chan struct{}) {
	tick := time.NewTicker(10 * time.Millisecond)
	defer tick.Stop()
	for {
		select {
		case <-done:
			return
		case <-tick.C:
		}
		if _, err := out.Write([]byte("x")); err != nil {
			return
		}
		if f, ok := out.(http.Flusher); ok {
			f.Flush()
		}
	}
}

// wantTemporaryAtOnce asks for a document and, where that is fine, delivers to the same place.
func wantTemporaryAtOnce(t *testing.T, c *Client, address string) {
	t.Helper()
	began := time.Now()
	_, err := get(t, c, address)
	wantKind(t, err, Temporary)
	if took := time.Since(began); took > wait {
		t.Errorf("took %v", took)
	}
}

func TestD12_DrippingBody(t *testing.T) {
	w := newWeb(t)
	w.HandleFunc("a.test/x", func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Content-Type", vocab.MediaType)
		drip(out, r.Context().Done())
	})
	c := realClient(t, w, defaultLimits, 200*time.Millisecond)
	wantTemporaryAtOnce(t, c, "https://a.test:"+portOf(w.tls.URL)+"/x")
	wantTemporaryAtOnce(t, c, "http://a.test:"+portOf(w.plain.URL)+"/x")
}

// TestD12_RedirectsShareTheTime: each hop alone would be in time, and in the end there would be too many.
func TestD12_RedirectsShareTheTime(t *testing.T) {
	w := newWeb(t)
	w.HandleFunc("a.test/", func(out http.ResponseWriter, r *http.Request) {
		select {
		case <-time.After(150 * time.Millisecond):
			out.Header().Set("Location", r.URL.Path+"x")
			out.WriteHeader(http.StatusFound)
		case <-r.Context().Done():
		}
	})
	c := realClient(t, w, defaultLimits, 250*time.Millisecond)
	wantTemporaryAtOnce(t, c, "http://a.test:"+portOf(w.plain.URL)+"/x")
}

func TestD13_SilentConnections(t *testing.T) {
	w := newWeb(t)
	silent := socket(t, func(net.Conn) {})
	halfTLS := socket(t, func(conn net.Conn) { _, _ = conn.Write([]byte{22, 3, 3, 0, 100}) })
	header := socket(t, func(conn net.Conn) {
		_, _ = bufio.NewReader(conn).ReadString('\n')
		_, _ = io.WriteString(conn, "HTTP/1.1 200 OK\r\nX: ")
		drip(conn, nil)
	})
	c := realClient(t, w, quick, time.Minute)
	for _, address := range []string{
		"https://a.test:" + silent + "/", "http://a.test:" + silent + "/", "https://a.test:" + halfTLS + "/", "http://a.test:" + header + "/",
	} {
		wantTemporaryAtOnce(t, c, address)
	}
}

func TestD13_SilentResolver(t *testing.T) {
	resolver := &net.Resolver{PreferGo: true, Dial: func(ctx context.Context, _, _ string) (net.Conn, error) {
		<-ctx.Done()
		return nil, ctx.Err()
	}}
	c := New(Config{Transport: newTransport(newGuard(false), quick, resolver)})
	wantTemporaryAtOnce(t, c, "https://a.test/x")
}

func TestD13_HugeHeader(t *testing.T) {
	w := newWeb(t)
	w.HandleFunc("a.test/x", func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Content-Type", vocab.MediaType)
		out.Header().Set("X-Long", strings.Repeat("x", 2*maxHeaderBytes))
		_, _ = io.WriteString(out, noteWith("http://"+r.Host+"/x"))
	})
	c := realClient(t, w, defaultLimits, time.Minute)
	wantTemporaryAtOnce(t, c, "https://a.test:"+portOf(w.tls.URL)+"/x")
	wantTemporaryAtOnce(t, c, "http://a.test:"+portOf(w.plain.URL)+"/x")
}

func TestD19_H11_BadTLS(t *testing.T) {
	w := newWeb(t)
	stranger := newAuthority(t, x509.NewCertPool())
	for name, config := range map[string]*tls.Config{
		"expired":     {GetCertificate: expired(newAuthority(t, w.roots))},
		"self-signed": {GetCertificate: fresh(stranger)},
		"wrong name":  {GetCertificate: named(newAuthority(t, w.roots), "b.test")},
		"TLS 1.1":     {GetCertificate: fresh(newAuthority(t, w.roots)), MaxVersion: tls.VersionTLS11},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewUnstartedServer(http.NotFoundHandler())
			server.TLS = config
			server.Config.ErrorLog = w.tls.Config.ErrorLog
			server.StartTLS()
			defer server.Close()
			c := realClient(t, w, defaultLimits, time.Minute)
			wantTemporaryAtOnce(t, c, "https://a.test:"+portOf(server.URL)+"/x")
			_, err := c.Post(context.Background(), "https://a.test:"+portOf(server.URL)+"/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
			wantKind(t, err, Temporary)
			if err == nil || !strings.Contains(err.Error(), "tls") {
				t.Errorf("%v does not tell the admin that it is about TLS", err)
			}
		})
	}
}

type certificates = func(*tls.ClientHelloInfo) (*tls.Certificate, error)

func fresh(a *authority) certificates {
	return func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return a.certify(h.ServerName, time.Now().Add(time.Hour))
	}
}

func expired(a *authority) certificates {
	return func(h *tls.ClientHelloInfo) (*tls.Certificate, error) {
		return a.certify(h.ServerName, time.Now().Add(-time.Minute))
	}
}

func named(a *authority, host string) certificates {
	return func(*tls.ClientHelloInfo) (*tls.Certificate, error) {
		return a.certify(host, time.Now().Add(time.Hour))
	}
}

func TestH09_BrokenAnswers(t *testing.T) {
	w := newWeb(t)
	answering := func(text string) string {
		return socket(t, func(conn net.Conn) {
			_, _ = bufio.NewReader(conn).ReadString('\n')
			_, _ = io.WriteString(conn, text)
			conn.Close()
		})
	}
	c := realClient(t, w, defaultLimits, time.Minute)
	for name, text := range map[string]string{
		"nothing": "", "half a line": "HTTP/1.1 20", "no HTTP": "SSH-2.0-OpenSSH\r\n",
		"half a body": "HTTP/1.1 200 OK\r\nContent-Type: application/activity+json\r\nContent-Length: 100\r\n\r\n{",
	} {
		_, err := get(t, c, "http://a.test:"+answering(text)+"/x")
		if KindOf(err) != Temporary {
			t.Errorf("%s: %v of kind %q, want temporary", name, err, KindOf(err))
		}
	}
	signer := must(testSigner(context.Background()))
	_, err := c.Post(context.Background(), "http://a.test:"+answering("HTTP/1.1 20")+"/inbox", []byte("{}"), signer, nil)
	wantKind(t, err, Temporary)
	// With a status line there is an answer, even if the rest is missing.
	half := answering("HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nthank")
	got, err := c.Post(context.Background(), "http://a.test:"+half+"/inbox", []byte("{}"), signer, nil)
	if err != nil || got.Status != 202 || got.Body != "thank" {
		t.Errorf("got %+v, %v", got, err)
	}
}

func TestH10_UnknownName(t *testing.T) {
	c := New(Config{Transport: newTransport(newGuard(false), defaultLimits, always())})
	_, err := get(t, c, "https://gone.test/x")
	wantKind(t, err, Temporary)
	_, err = c.Post(context.Background(), "https://gone.test/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
	wantKind(t, err, Temporary)
	var lookup *net.DNSError
	if !errors.As(err, &lookup) || !lookup.IsNotFound {
		t.Errorf("the cause of %v is lost", err)
	}
}
