package streaming

import (
	"errors"
	"net/netip"
	"testing"

	"praxis/handlers/oauth"
	"praxis/models"
)

// TestSlowReaderIsCutAlone: a client that does not read loses its own connection; the next one hears everything, and nobody
// waits.
func TestSlowReaderIsCutAlone(t *testing.T) {
	who := &oauth.Principal{Actor: &models.Actor{ID: 1}}
	slow, quick := newConn(who, netip.Addr{}, 3), newConn(who, netip.Addr{}, 3)
	heard := 0
	for range 10 {
		for _, c := range []*conn{slow, quick} {
			c.offer(frame{event: "update"})
		}
		<-quick.queue
		heard++
	}
	select {
	case <-slow.ended:
		if !errors.Is(slow.why, errSlow) {
			t.Errorf("it ended for %v", slow.why)
		}
	default:
		t.Error("the slow one goes on")
	}
	select {
	case <-quick.ended:
		t.Error("the quick one was cut, too")
	default:
	}
	if heard != 10 || len(slow.queue) != 3 {
		t.Errorf("%d heard, %d wait", heard, len(slow.queue))
	}
}
