package fetch

import (
	"context"
	"net/http"
	"sync/atomic"
	"testing"
	"time"

	"praxis/federation/sign"
)

// TestH12_TwoClocksMayDiffer: whose clock is off by hours still gets what it asks for, with one request more at first and none later,
// whichever of the two is right; and again once the clock was set.
func TestH12_TwoClocksMayDiffer(t *testing.T) {
	for _, scheme := range []sign.Scheme{sign.Cavage, sign.RFC9421} {
		w := newWeb(t)
		var ahead atomic.Int64
		there := func() time.Time { return time.Now().Add(time.Duration(ahead.Load())) }
		w.HandleFunc("a.test/inbox", func(out http.ResponseWriter, r *http.Request) {
			out.Header().Set("Date", there().UTC().Format(http.TimeFormat))
			verifier := sign.NewVerifier(sign.Config{Keys: oneKey{}, Hosts: []string{"a.test"}, Now: there})
			body := []byte("{}")
			if _, err := verifier.Request(r.Context(), r, body); err != nil {
				http.Error(out, err.Error(), http.StatusUnauthorized)
				return
			}
			out.WriteHeader(http.StatusAccepted)
		})
		c := w.client(t, Config{Scheme: func(context.Context, string) sign.Scheme { return scheme }})
		post := func(name string, status, requests int) {
			t.Helper()
			answer, err := c.Post(context.Background(), "https://a.test/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
			if err != nil || answer.Status != status {
				t.Errorf("%s, %s: %+v, %v", scheme, name, answer, err)
			}
			if got := len(w.requests()); got != requests {
				t.Errorf("%s, %s: %d requests", scheme, name, got)
			}
		}
		post("same time", 202, 1)
		ahead.Store(int64(3 * time.Hour))
		post("three hours ahead", 202, 2)
		post("known to be ahead", 202, 1)
		ahead.Store(int64(-3 * time.Hour))
		post("behind", 202, 2)
		ahead.Store(0)
		post("right again", 202, 2)
		ahead.Store(int64(40 * 24 * time.Hour))
		post("no clock", 401, 2) // the other signature is tried, as ever
	}
}
