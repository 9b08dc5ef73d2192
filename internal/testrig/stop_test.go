package testrig

import (
	"context"
	"io"
	"net/http"
	"runtime"
	"strings"
	"testing"
	"time"
)

// goingOn gives the goroutines in which an instance works.
func goingOn() (found []string) {
	stacks := make([]byte, 4<<20)
	stacks = stacks[:runtime.Stack(stacks, true)]
	for _, stack := range strings.Split(string(stacks), "\n\n") {
		if strings.Contains(stack, "internal/testrig.") || strings.Contains(stack, "testing.") {
			continue // whoever looks, and peers
		}
		for _, of := range []string{"praxis/cmd/app.", "praxis/federation/", "praxis/models.", "praxis/practice."} {
			if strings.Contains(stack, of) {
				found = append(found, stack)
				break
			}
		}
	}
	return found
}

// TestNothingGoesOnAfterAStop: the background work of an instance ends soon when its context does, also where a peer keeps it
// waiting, and leaves nothing behind.
func TestNothingGoesOnAfterAStop(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		a := c.Server("a.test")
		ana, peer := a.Member("ana"), c.NewPeer("peer.test", "mastodon")
		reader := peer.Actor("reader", "Person")
		reader.Send(a, reader.Activity("Follow", "f", ana.Actor.URI))
		c.Settle()
		asked := make(chan struct{}, 1)
		release := make(chan struct{})
		c.Network.Serve("peer.test", http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) {
			_, _ = io.Copy(io.Discard, r.Body) // a server notices that its client is gone only after the body
			select {
			case asked <- struct{}{}:
			default:
			}
			select {
			case <-release:
			case <-r.Context().Done():
			}
		}))
		t.Cleanup(func() { close(release) }) // before the listener ends, which waits for it
		before := len(goingOn())
		ctx, stop := context.WithCancel(context.Background())
		ended := make(chan struct{})
		go func() { defer close(ended); a.Run(ctx) }()
		ana.Post("The peer does not answer")
		<-asked
		if len(goingOn()) <= before {
			t.Error("nothing is seen of an instance at work")
		}
		stop()
		select {
		case <-ended:
		case <-time.After(60 * time.Second):
			t.Fatalf("it goes on: %s", strings.Join(goingOn(), "\n\n"))
		}
		eventually(t, "all goroutines to end", func() bool { return len(goingOn()) <= before })
	})
}
