package deliver_test

import (
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"praxis/internal/testrig"
	"praxis/models"
)

// outpost is an instance whose member has a follower at a peer.
type outpost struct {
	*testrig.Cluster
	server *testrig.Server
	ana    *testrig.Member
	peer   *testrig.Peer
}

func newOutpost(t *testing.T, c *testrig.Cluster) *outpost {
	t.Helper()
	o := &outpost{Cluster: c, server: c.Server("a.test"), peer: c.NewPeer("peer.test", "mastodon")}
	o.ana = o.server.Member("ana")
	reader := o.peer.Actor("reader", "Person")
	if status, body := reader.Send(o.server, reader.Activity("Follow", "f", o.ana.Actor.URI)); status != http.StatusAccepted {
		t.Fatalf("follow: %d %s", status, body)
	}
	c.Settle()
	o.peer.Received()
	return o
}

// contents gives the texts of the notes that the peer was sent, in order.
func (o *outpost) contents() []string {
	var texts []string
	for _, activity := range o.peer.Received() {
		if object, ok := activity["object"].(testrig.M); ok && activity["type"] == "Create" {
			texts = append(texts, object["content"].(string))
		}
	}
	return texts
}

func (o *outpost) states() map[string]int {
	o.T.Helper()
	states := map[string]int{}
	tx := o.server.Store.Read(context.Background())
	for _, state := range models.DeliveryStates() {
		n, err := tx.CountDeliveries(state)
		if err != nil {
			o.T.Fatal(err)
		}
		states[state] = int(n)
	}
	return states
}

func each(t *testing.T, f func(t *testing.T, o *outpost)) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) { f(t, newOutpost(t, c)) })
}

func TestH01_WhatWaitsArrivesInOrderWhenThePeerIsBack(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.Network.SetDown("peer.test", true)
		for _, text := range []string{"one", "two", "three"} {
			o.ana.Post(text)
			o.Settle()
		}
		o.Clock.Advance(72 * time.Hour)
		o.Settle()
		if got := o.states(); got[models.DeliveryPending] != 3 {
			t.Fatalf("deliveries %v", got)
		}
		o.Network.SetDown("peer.test", false)
		o.Clock.Advance(8 * time.Hour)
		o.Settle()
		got := o.contents()
		if len(got) != 3 || got[0] != "<p>one</p>" || got[2] != "<p>three</p>" {
			t.Errorf("arrived %v", got)
		}
	})
}

func TestH01_InboundContactResumesAtOnce(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.Network.SetDown("peer.test", true)
		o.ana.Post("waiting")
		o.Settle()
		o.Network.SetDown("peer.test", false)
		o.Settle()
		if got := o.contents(); len(got) != 0 {
			t.Fatalf("tried again at once: %v", got)
		}
		reader := o.peer.Actor("reader2", "Person")
		reader.Send(o.server, reader.Activity("Follow", "f2", o.ana.Actor.URI))
		o.Settle()
		if got := o.contents(); len(got) != 1 {
			t.Errorf("after a sign of life came %v", got)
		}
	})
}

func TestH04_LastingRefusalConcernsOneActivity(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.peer.InboxStatus = http.StatusNotFound
		o.ana.Post("one")
		o.Settle()
		if got := o.states(); got[models.DeliveryRefused] != 1 || got[models.DeliveryPending] != 0 {
			t.Errorf("deliveries %v", got)
		}
		o.peer.InboxStatus = http.StatusAccepted
		o.ana.Post("two")
		o.Settle()
		if got := o.contents(); len(got) != 2 { // the refused one was received, too
			t.Errorf("arrived %v", got)
		}
	})
}

func TestBlockedHostGetsNothing(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		if err := o.server.Store.Tx(t.Context(), func(tx *models.Tx) error { return tx.PutDomainBlock("peer.test", "test") }); err != nil {
			t.Fatal(err)
		}
		before := o.Network.Calls("peer.test")
		o.ana.Post("not for you")
		o.Settle()
		if calls := o.Network.Calls("peer.test") - before; calls != 0 {
			t.Errorf("%d requests to a blocked host", calls)
		}
	})
}

func TestH13_RestartLosesNothing(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.Network.SetDown("peer.test", true)
		o.ana.Post("before the restart")
		o.Network.SetDown("peer.test", false)
		// What the next process finds is what is committed: the post and its delivery, together.
		again := o.Restart(o.server)
		for {
			moved, err := again.Step(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if !moved {
				break
			}
		}
		if got := o.contents(); len(got) != 1 {
			t.Errorf("arrived %v", got)
		}
	})
}

func TestSecondKnockIsRememberedPerHost(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		var schemes []string
		o.peer.Judge = func(r *http.Request) int {
			if r.Header.Get("Signature-Input") == "" {
				schemes = append(schemes, "cavage")
				return http.StatusUnauthorized
			}
			schemes = append(schemes, "rfc9421")
			return http.StatusAccepted
		}
		o.ana.Post("one")
		o.Settle()
		o.ana.Post("two")
		o.Settle()
		if len(schemes) != 3 || schemes[0] != "cavage" || schemes[1] != "rfc9421" || schemes[2] != "rfc9421" {
			t.Errorf("knocked with %v", schemes)
		}
		if got := o.states(); got[models.DeliveryDone] != 3 { // the Accept before them
			t.Errorf("deliveries %v", got)
		}
	})
}

func TestH06_RetryAfterIsHonoured(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		tries := 0
		o.peer.Judge = func(*http.Request) int {
			tries++
			return http.StatusTooManyRequests
		}
		o.ana.Post("one")
		o.Settle()
		o.Settle()
		if tries != 1 {
			t.Errorf("%d tries at once after a 429", tries)
		}
		o.Clock.Advance(time.Minute)
		o.Settle()
		if tries != 2 {
			t.Errorf("%d tries after a minute", tries)
		}
	})
}

// TestC24_OneBadInboxHoldsUpNobody: an address that got into the database by whatever way costs the others nothing.
func TestC24_OneBadInboxHoldsUpNobody(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		broken := o.peer.Actor("broken", "Person")
		if status, body := broken.Send(o.server, broken.Activity("Follow", "f2", o.ana.Actor.URI)); status != http.StatusAccepted {
			t.Fatalf("follow: %d %s", status, body)
		}
		o.Settle()
		o.peer.Received()
		err := o.server.Store.Tx(t.Context(), func(tx *models.Tx) error {
			actor, err := tx.ActorByURI(broken.URI)
			if err != nil {
				return err
			}
			actor.Inbox, actor.SharedInbox = "https://[peer.test/inbox", ""
			return tx.UpdateActor(actor)
		})
		if err != nil {
			t.Fatal(err)
		}
		o.ana.Post("to both of you")
		o.Settle()
		if got := o.contents(); len(got) != 1 {
			t.Errorf("arrived %v", got)
		}
		if states := o.states(); states[models.DeliveryPending] != 0 {
			t.Errorf("deliveries %v", states)
		}
	})
}

// TestH09_NoStatusLineIsNoSuccess: where a peer's answer breaks off before its status, or within it, the activity is sent again;
// where only what follows the status is missing, it is done.
func TestH09_NoStatusLineIsNoSuccess(t *testing.T) {
	for name, c := range map[string]struct {
		answer string
		done   bool
	}{
		"nothing": {"", false}, "half a status": {"HTTP/1.1 20", false}, "no HTTP": {"220 peer.test ESMTP\r\n", false},
		"half a body": {"HTTP/1.1 202 Accepted\r\nContent-Length: 100\r\n\r\nthank", true},
	} {
		t.Run(name, func(t *testing.T) {
			each(t, func(t *testing.T, o *outpost) {
				var broken atomic.Bool
				broken.Store(true)
				o.Network.Serve("peer.test", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if r.Method != http.MethodPost || !broken.Load() {
						o.peer.ServeHTTP(w, r)
						return
					}
					conn, _, err := http.NewResponseController(w).Hijack()
					if err != nil {
						t.Error(err)
						return
					}
					_, _ = io.WriteString(conn, c.answer)
					_ = conn.Close()
				}))
				before := o.states()[models.DeliveryDone]
				o.ana.Post("one")
				o.Settle()
				if done := o.states()[models.DeliveryDone] > before; done != c.done {
					t.Errorf("done: %v, want %v", done, c.done)
				}
				broken.Store(false)
				o.Clock.Advance(time.Hour)
				o.Settle()
				if got := len(o.contents()); (got == 1) == c.done || o.states()[models.DeliveryDone] != before+1 {
					t.Errorf("afterwards it was sent %d times, and it stands at %v", got, o.states())
				}
			})
		})
	}
}

// TestH10_AnUnknownNameIsTriedAgain: a name that nobody knows for a day does not end what waits for it.
func TestH10_AnUnknownNameIsTriedAgain(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		unknown := &net.DNSError{Err: "no such host", Name: "peer.test", IsNotFound: true}
		o.Network.SetFault("peer.test", unknown)
		o.ana.Post("one")
		o.wait(24*time.Hour, time.Hour, func() bool { return false })
		if got := o.states(); got[models.DeliveryPending] != 1 || !strings.Contains(o.record().LastError, "cannot be reached") {
			t.Errorf("after a day: %v, %q", got, o.record().LastError)
		}
		o.Network.SetFault("peer.test", nil)
		o.wait(12*time.Hour, time.Hour, func() bool { return o.states()[models.DeliveryPending] == 0 })
		if got := o.contents(); len(got) != 1 {
			t.Errorf("arrived: %v", got)
		}
	})
}
