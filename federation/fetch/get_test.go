package fetch

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"praxis/federation/sign"
	"praxis/federation/vocab"
)

func TestD07_Redirects(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for i := range 5 { // 0 needs five hops, 2 needs three
		w.redirect(fmt.Sprintf("a.test/%d", i), fmt.Sprintf("/%d", i+1))
	}
	w.note("a.test/5", "https://a.test/5")
	doc, err := get(t, c, "https://a.test/2")
	wantID(t, doc, err, "https://a.test/5")
	w.requests()
	_, err = get(t, c, "https://a.test/0")
	wantKind(t, err, Refused)
	w.expect(t, "GET https://a.test/0", "GET https://a.test/1", "GET https://a.test/2", "GET https://a.test/3")

	w.redirect("a.test/self", "https://A.test:443/self#x")
	w.redirect("a.test/ping", "/pong")
	w.redirect("a.test/pong", "/ping")
	for _, iri := range []string{"https://a.test/self", "https://a.test/ping"} {
		_, err = get(t, c, iri)
		wantKind(t, err, Refused)
	}
	w.expect(t, "GET https://a.test/self", "GET https://a.test/ping", "GET https://a.test/pong")
	w.status("a.test/nowhere", http.StatusFound)
	_, err = get(t, c, "https://a.test/nowhere")
	wantKind(t, err, Refused)
}

func TestD07_NoWayBackToHTTP(t *testing.T) {
	w := newWeb(t)
	w.redirect("a.test/x", "http://a.test/y")
	w.redirect("b.test/x", "https://b.test/y")
	w.note("b.test/y", "https://b.test/y")
	for _, development := range []bool{false, true} {
		c := w.client(t, Config{Development: development})
		_, err := get(t, c, "https://a.test/x")
		wantKind(t, err, Refused)
		w.expect(t, "GET https://a.test/x")
	}
	doc, err := get(t, w.client(t, Config{Development: true}), "http://b.test/x")
	wantID(t, doc, err, "https://b.test/y")
}

// verified serves a document to those whose signature holds for the host.
func (w *web) verified(t *testing.T, host, path string, then http.HandlerFunc) {
	verifier := peerVerifier(host)
	w.HandleFunc(host+path, func(out http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(r.Body)
		if err != nil {
			t.Error(err)
		}
		if r.Method == http.MethodGet {
			body = nil
		}
		known, err := verifier.Request(r.Context(), r, body)
		if err != nil || known.KeyID() != testKeyID {
			t.Errorf("%s %s%s: %v", r.Method, host, path, err)
			out.WriteHeader(http.StatusUnauthorized)
			return
		}
		then(out, r)
	})
}

func TestB29_EachHopIsSignedForItself(t *testing.T) {
	w := newWeb(t)
	w.verified(t, "a.test", "/x", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Location", "https://b.test/y?z=1")
		out.WriteHeader(http.StatusTemporaryRedirect)
	})
	w.verified(t, "b.test", "/y", func(out http.ResponseWriter, _ *http.Request) {
		out.Header().Set("Content-Type", vocab.MediaType)
		_, _ = io.WriteString(out, noteWith("https://b.test/y?z=1"))
	})
	for _, scheme := range []sign.Scheme{sign.Cavage, sign.RFC9421} {
		c := w.client(t, Config{Signer: testSigner, Scheme: func(context.Context, string) sign.Scheme { return scheme }})
		doc, err := get(t, c, "https://a.test/x")
		wantID(t, doc, err, "https://b.test/y?z=1")
	}
	w.expect(t, "GET https://a.test/x", "GET https://b.test/y?z=1", "GET https://a.test/x", "GET https://b.test/y?z=1")
}

func TestB29_DeliveriesAreNotRedirected(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for _, status := range []int{301, 302, 303, 307, 308} {
		w.HandleFunc(fmt.Sprintf("a.test/%d", status), func(out http.ResponseWriter, _ *http.Request) {
			out.Header().Set("Location", "https://b.test/inbox")
			out.WriteHeader(status)
		})
		got, err := c.Post(context.Background(), fmt.Sprintf("https://a.test/%d", status), []byte("{}"), must(testSigner(context.Background())), nil)
		if err != nil || got.Status != status {
			t.Errorf("got %+v, %v", got, err)
		}
	}
	for _, seen := range w.requests() {
		if strings.Contains(seen, "b.test") {
			t.Errorf("request %s", seen)
		}
	}
}

func TestSignerThatFailsIsOurOwnFault(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{Signer: func(context.Context) (sign.Signer, error) { return sign.Signer{}, io.ErrUnexpectedEOF }})
	_, err := get(t, c, "https://a.test/x")
	if err == nil || KindOf(err) != "" {
		t.Errorf("got %v of kind %q", err, KindOf(err))
	}
	c = w.client(t, Config{Signer: func(context.Context) (sign.Signer, error) { return sign.Signer{}, nil }})
	_, err = get(t, c, "https://a.test/x")
	if err == nil || KindOf(err) != "" {
		t.Errorf("without a key: got %v of kind %q", err, KindOf(err))
	}
	w.expect(t)
}

// speaks serves a document to signatures of one scheme and answers the other one with a status.
func (w *web) speaks(host string, scheme sign.Scheme, otherwise, fine int) {
	w.HandleFunc(host+"/", func(out http.ResponseWriter, r *http.Request) {
		got := sign.Cavage
		if r.Header.Get("Signature-Input") != "" {
			got = sign.RFC9421
		}
		if got != scheme {
			out.WriteHeader(otherwise)
			return
		}
		out.Header().Set("Content-Type", vocab.MediaType)
		out.WriteHeader(fine)
		if fine == http.StatusOK {
			_, _ = io.WriteString(out, noteWith("https://"+host+r.URL.Path))
		}
	})
}

// TestEd25519FallsBackAtOnce: who refuses a signature by an Ed25519 key gets the older one, and it is told so that the
// next request begins with that.
func TestEd25519FallsBackAtOnce(t *testing.T) {
	w := newWeb(t)
	var refused []string
	c := w.client(t, Config{
		Signer: func(ctx context.Context) (sign.Signer, error) {
			signer, err := testSigner(ctx)
			keys, err2 := sign.GenerateKeys(rand.Reader)
			signer.Ed25519KeyID, signer.Ed25519 = signer.KeyID+"-ed", keys.Ed25519
			return signer, errors.Join(err, err2)
		},
		Scheme: func(context.Context, string) sign.Scheme { return sign.Ed25519 },
		Refused: func(_ context.Context, host string, scheme sign.Scheme) {
			refused = append(refused, host+" "+string(scheme))
		},
	})
	for host, status := range map[string]int{"clock.test": 401, "strict.test": 400} {
		w.speaks(host, sign.Cavage, status, 200)
		doc, err := get(t, c, "https://"+host+"/x")
		wantID(t, doc, err, "https://"+host+"/x")
	}
	w.speaks("new.test", sign.RFC9421, 401, 200) // which Ed25519 is a kind of
	doc, err := get(t, c, "https://new.test/x")
	wantID(t, doc, err, "https://new.test/x")
	w.status("closed.test/", 401)
	_, err = get(t, c, "https://closed.test/x")
	wantKind(t, err, Denied)
	w.status("bad.test/", 400) // no matter of signatures
	_, err = get(t, c, "https://bad.test/x")
	wantKind(t, err, Refused)
	slices.Sort(refused)
	if want := []string{"clock.test rfc9421-ed25519", "closed.test rfc9421-ed25519", "strict.test rfc9421-ed25519"}; !slices.Equal(refused, want) {
		t.Errorf("told of %v, want %v", refused, want)
	}
}

func TestSecondKnockWithTheOtherSignature(t *testing.T) {
	w := newWeb(t)
	learned := map[string]sign.Scheme{}
	c := w.client(t, Config{
		Signer: testSigner,
		Scheme: func(_ context.Context, host string) sign.Scheme { return learned[host] },
		Learn:  func(_ context.Context, host string, scheme sign.Scheme) { learned[host] = scheme },
	})
	w.speaks("old.test", sign.Cavage, 500, 200)
	w.speaks("new.test", sign.RFC9421, 401, 200)
	w.speaks("new400.test", sign.RFC9421, 400, 200)
	for _, host := range []string{"old.test", "new.test", "new400.test", "new.test"} {
		doc, err := get(t, c, "https://"+host+"/x")
		wantID(t, doc, err, "https://"+host+"/x")
	}
	w.expect(t, "GET https://old.test/x", "GET https://new.test/x", "GET https://new.test/x", "GET https://new400.test/x",
		"GET https://new400.test/x", "GET https://new.test/x")
	learned["back.test"] = sign.RFC9421
	w.speaks("back.test", sign.Cavage, 401, 202)
	got, err := c.Post(context.Background(), "https://back.test/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
	if err != nil || got.Status != 202 {
		t.Errorf("got %+v, %v", got, err)
	}
	if len(learned) != 3 || learned["new.test"] != sign.RFC9421 || learned["new400.test"] != sign.RFC9421 || learned["back.test"] != sign.Cavage {
		t.Errorf("learned %v", learned)
	}
}

func TestNoSecondKnock(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{
		Signer: testSigner,
		Learn:  func(_ context.Context, host string, _ sign.Scheme) { t.Errorf("learned something about %s", host) },
	})
	signer := must(testSigner(context.Background()))
	for _, status := range []int{200, 202, 302, 403, 404, 408, 410, 429, 500, 503} {
		host := fmt.Sprintf("s%d.test", status)
		w.speaks(host, sign.RFC9421, status, 200)
		_, _ = get(t, c, "https://"+host+"/x")
		got, err := c.Post(context.Background(), "https://"+host+"/inbox", []byte("{}"), signer, nil)
		if err != nil || got.Status != status {
			t.Errorf("got %+v, %v", got, err)
		}
		w.expect(t, "GET https://"+host+"/x", "POST https://"+host+"/inbox")
	}
	// Both refused: the first answer stands. Refused for another reason: that is the answer, but nothing is learned.
	w.speaks("never.test", "none", 401, 200)
	_, err := get(t, c, "https://never.test/x")
	wantKind(t, err, Denied)
	w.speaks("hidden.test", sign.RFC9421, 401, 404)
	_, err = get(t, c, "https://hidden.test/x")
	wantKind(t, err, NotFound)
	w.requests()
	unsigned := w.client(t, Config{})
	_, err = get(t, unsigned, "https://never.test/x")
	wantKind(t, err, Denied)
	w.expect(t, "GET https://never.test/x")
}

func TestD14_OneSlowHostDoesNotHoldTheOthers(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	var now, most atomic.Int64
	arrived, release := make(chan struct{}, 100), make(chan struct{})
	w.HandleFunc("slow.test/", func(out http.ResponseWriter, r *http.Request) {
		most.Store(max(most.Load(), now.Add(1)))
		defer now.Add(-1)
		arrived <- struct{}{}
		<-release
		out.Header().Set("Content-Type", vocab.MediaType)
		_, _ = io.WriteString(out, noteWith("https://slow.test"+r.URL.Path))
	})
	w.note("fast.test/x", "https://fast.test/x")
	const requests = 3 * perHost
	done := make(chan error, requests)
	for i := range requests {
		go func() {
			_, err := c.Document(context.Background(), fmt.Sprintf("https://slow.test/%d", i))
			done <- err
		}()
	}
	for range perHost {
		<-arrived
	}
	doc, err := get(t, c, "https://fast.test/x")
	wantID(t, doc, err, "https://fast.test/x")
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := c.slots.take(ctx, "slow.test"); err == nil {
		t.Error("there is a free place at the slow host")
	}
	close(release)
	for range requests {
		if err := <-done; err != nil {
			t.Error(err)
		}
	}
	if most.Load() != perHost {
		t.Errorf("%d requests at a time, want %d", most.Load(), perHost)
	}
	if len(c.slots.hosts) != 0 {
		t.Errorf("places of %d hosts are remembered", len(c.slots.hosts))
	}
}
