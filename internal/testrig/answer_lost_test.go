package testrig

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"sync"
	"testing"
	"time"
)

// deafTo lets an instance take deliveries, while its answers to them are lost, as with a sender whose patience has ended. It
// gives what was sent, in order.
func (c *Cluster) deafTo(s *Server) (sent func() []string, hear func()) {
	var mu sync.Mutex
	var bodies []string
	lost := true
	c.Network.Serve(s.Host, http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			s.Handler.ServeHTTP(w, r)
			return
		}
		raw, err := io.ReadAll(r.Body)
		if err != nil {
			c.T.Error(err)
		}
		r.Body = io.NopCloser(bytes.NewReader(raw))
		answer := httptest.NewRecorder()
		s.Handler.ServeHTTP(answer, r)
		mu.Lock()
		defer mu.Unlock()
		bodies = append(bodies, string(raw))
		if lost && answer.Code == http.StatusAccepted {
			panic(http.ErrAbortHandler) // the connection ends without a status line
		}
		w.WriteHeader(answer.Code)
	}))
	sent = func() []string {
		mu.Lock()
		defer mu.Unlock()
		return slices.Clone(bodies)
	}
	return sent, func() { mu.Lock(); lost = false; mu.Unlock() }
}

// TestH08_AnswerIsLostAfterThePeerTookIt: an activity whose answer never came is sent again, byte for byte and so under the
// same id, and the receiver, which carried it out the first time, does nothing the second.
func TestH08_AnswerIsLostAfterThePeerTookIt(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		b := p.Server("b.test")
		sent, hear := p.deafTo(b)
		inHomeBefore, storedBefore := len(p.bo.Home()), b.Count("inbox_entry")
		post := p.ana.Post("hello @bo@b.test")
		p.Settle()
		if !inHome(p.bo, post) || len(sent()) != 1 {
			t.Fatalf("b.test was sent %d activities and shows %v", len(sent()), p.bo.Home())
		}
		notified := b.Count("notification")
		p.Clock.Advance(time.Minute)
		p.Settle()
		hear()
		p.Clock.Advance(time.Hour)
		p.Settle()
		p.Clock.Advance(24 * time.Hour)
		p.Settle()
		bodies := sent()
		if len(bodies) != 3 || bodies[1] != bodies[0] || bodies[2] != bodies[0] {
			t.Errorf("want the same activity until an answer comes, and then no more: %d: %v", len(bodies), bodies)
		}
		if len(p.bo.Home()) != inHomeBefore+1 || b.Count("notification") != notified || b.Count("inbox_entry") != storedBefore+1 {
			t.Errorf("b.test did it more than once: %d in the home, %d notifications, %d received",
				len(p.bo.Home()), b.Count("notification"), b.Count("inbox_entry"))
		}
	})
}
