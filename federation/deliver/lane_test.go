package deliver_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"praxis/federation/deliver"
	"praxis/internal/testrig"
	"praxis/models"
)

// takes lets the peer answer a status to everything that holds a word, and notes which texts it takes otherwise.
func (o *outpost) takes(word string, status int) *[]string {
	var taken []string
	o.peer.Judge = nil
	o.Network.Serve("peer.test", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Method != http.MethodPost {
			o.peer.ServeHTTP(w, r)
			return
		}
		raw, _ := io.ReadAll(r.Body)
		if word != "" && bytes.Contains(raw, []byte(word)) {
			w.WriteHeader(status)
			return
		}
		for _, text := range []string{"one", "two", "three", "four", "poison"} {
			if bytes.Contains(raw, []byte("<p>"+text+"</p>")) {
				taken = append(taken, text)
			}
		}
		w.WriteHeader(http.StatusAccepted)
	}))
	return &taken
}

func (o *outpost) record() *models.Peer {
	o.T.Helper()
	peer, err := o.server.Store.Read(context.Background()).Peer("peer.test")
	if err != nil {
		o.T.Fatal(err)
	}
	return peer
}

// wait lets time pass in steps, as long as something waits.
func (o *outpost) wait(total, step time.Duration, until func() bool) {
	for passed := time.Duration(0); passed < total; passed += step {
		o.Settle()
		if until() {
			return
		}
		o.Clock.Advance(step)
	}
	o.Settle()
}

// TestH28_PoisonStepsAside: an activity that the peer cannot take holds up the others only until the next one passes, and is
// parked by itself after hours.
func TestH28_PoisonStepsAside(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		taken := o.takes("<p>poison</p>", http.StatusInternalServerError)
		for _, text := range []string{"one", "poison", "two", "three"} {
			o.ana.Post(text)
		}
		o.wait(2*time.Minute, 20*time.Second, func() bool { return len(*taken) == 3 })
		if !slices.Equal(*taken, []string{"one", "two", "three"}) {
			t.Fatalf("the peer took %v", *taken)
		}
		if got := o.states(); got[models.DeliveryAside] != 1 || got[models.DeliveryPending] != 0 {
			t.Fatalf("deliveries %v", got)
		}
		if peer := o.record(); peer.State() != models.PeerHealthy {
			t.Errorf("the peer is %s", peer.State())
		}
		before := o.Network.Calls("peer.test")
		o.wait(24*time.Hour, 10*time.Minute, func() bool { return o.states()[models.DeliveryParked] == 1 })
		if got := o.states(); got[models.DeliveryParked] != 1 {
			t.Errorf("deliveries %v", got)
		}
		if tries := o.Network.Calls("peer.test") - before; tries > 12 {
			t.Errorf("%d more tries", tries)
		}
		o.ana.Post("four")
		o.Settle()
		if !slices.Contains(*taken, "four") {
			t.Errorf("the lane stands: %v", *taken)
		}
	})
}

// TestH28_PoisonThatIsTakenAfterAll: what stepped aside is tried again and arrives.
func TestH28_PoisonThatIsTakenAfterAll(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.takes("<p>poison</p>", http.StatusInternalServerError)
		o.ana.Post("poison")
		o.ana.Post("one")
		o.wait(2*time.Minute, 20*time.Second, func() bool { return o.states()[models.DeliveryAside] == 1 })
		taken := o.takes("", 0)
		o.wait(2*time.Hour, 10*time.Minute, func() bool { return o.states()[models.DeliveryAside] == 0 })
		if !slices.Equal(*taken, []string{"poison"}) {
			t.Errorf("arrived %v", *taken)
		}
	})
}

// TestH07_APeerThatFailsAtEverythingKeepsItsOrder: nothing steps aside for good and nothing is parked while it is the peer's
// fault, and when it is well again everything comes in order.
func TestH07_APeerThatFailsAtEverythingKeepsItsOrder(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		taken := o.takes("<p>", http.StatusBadGateway)
		for _, text := range []string{"one", "two", "three"} {
			o.ana.Post(text)
		}
		o.wait(5*24*time.Hour, 2*time.Hour, func() bool { return false })
		if got := o.states(); got[models.DeliveryPending] != 3 || o.record().State() != models.PeerFailing {
			t.Fatalf("deliveries %v, peer %s", got, o.record().State())
		}
		taken = o.takes("", 0)
		o.wait(12*time.Hour, time.Hour, func() bool { return len(*taken) == 3 })
		if !slices.Equal(*taken, []string{"one", "two", "three"}) {
			t.Errorf("arrived %v", *taken)
		}
	})
}

// TestH02_AWeekWithoutSuccessParksTheLane: it is visible, nothing is tried any more, and a sign of life, or an admin, lets it
// go on where it stopped.
func TestH02_AWeekWithoutSuccessParksTheLane(t *testing.T) {
	for _, way := range []string{"sign of life", "admin"} {
		t.Run(way, func(t *testing.T) {
			each(t, func(t *testing.T, o *outpost) {
				o.Network.SetDown("peer.test", true)
				o.ana.Post("one")
				o.wait(9*24*time.Hour, 2*time.Hour, func() bool { return o.record().State() == models.PeerParked })
				peer := o.record()
				if days := peer.ParkedAt.Since(peer.FailingSince) / (24 * time.Hour); peer.State() != models.PeerParked || days != 7 {
					t.Fatalf("after %d days it is %s", days, peer.State())
				}
				o.ana.Post("two")
				before := o.Network.Calls("peer.test")
				o.wait(4*24*time.Hour, 6*time.Hour, func() bool { return false })
				if calls := o.Network.Calls("peer.test") - before; calls != 0 {
					t.Errorf("%d tries at a peer that was given up", calls)
				}
				o.Network.SetDown("peer.test", false)
				if way == "admin" {
					if err := o.server.Service.ResumePeer(t.Context(), "peer.test"); err != nil {
						t.Fatal(err)
					}
				} else {
					reader := o.peer.Actor("reader2", "Person")
					reader.Send(o.server, reader.Activity("Like", "l", "https://a.test/nothing"))
				}
				o.Settle()
				if got := o.contents(); !slices.Equal(got, []string{"<p>one</p>", "<p>two</p>"}) {
					t.Errorf("arrived %v", got)
				}
			})
		})
	}
}

// TestResendSince: what a peer lost comes again, in order, under the same ids.
func TestResendSince(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.ana.Post("one")
		o.Settle()
		o.Clock.Advance(time.Hour)
		since := o.Clock.Now()
		o.ana.Post("two")
		o.ana.Post("three")
		o.Settle()
		first := o.peer.Received()
		n, err := o.server.Service.ResendTo(t.Context(), "peer.test", since)
		if err != nil || n != 2 {
			t.Fatalf("%d are sent again, %v", n, err)
		}
		o.Settle()
		again := o.peer.Received()
		if len(first) != 3 || len(again) != 2 || again[0]["id"] != first[1]["id"] || again[1]["id"] != first[2]["id"] {
			t.Errorf("came %v", again)
		}
		if _, err := o.server.Service.ResendTo(t.Context(), "peer.test", since.Add(-31*24*time.Hour)); models.ErrorCode(err) != models.Invalid {
			t.Errorf("longer ago than anything is kept: %v", err)
		}
		if _, err := o.server.Service.ResendTo(t.Context(), "nobody.test", since); !models.IsNotFound(err) {
			t.Errorf("an unknown host: %v", err)
		}
	})
}

// TestPausedPeerGetsNothingUntilResumed.
func TestPausedPeerGetsNothingUntilResumed(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		if err := o.server.Service.PausePeer(t.Context(), "peer.test"); err != nil {
			t.Fatal(err)
		}
		o.ana.Post("one")
		reader := o.peer.Actor("reader2", "Person")
		reader.Send(o.server, reader.Activity("Like", "l", "https://a.test/nothing"))
		o.wait(2*24*time.Hour, 6*time.Hour, func() bool { return false })
		if got := o.contents(); len(got) != 0 {
			t.Fatalf("while it is paused came %v", got)
		}
		if err := o.server.Service.ResumePeer(t.Context(), "peer.test"); err != nil {
			t.Fatal(err)
		}
		o.Settle()
		if got := o.contents(); len(got) != 1 {
			t.Errorf("arrived %v", got)
		}
	})
}

// TestWhatIsReplacedIsNeverSent: a post that was deleted before it went out, and all but the last of its versions.
func TestWhatIsReplacedIsNeverSent(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.Network.SetDown("peer.test", true)
		withdrawn := o.ana.Post("name of a patient")
		kept := o.ana.Post("kept")
		o.Settle()
		for i := range 3 {
			o.ana.Object(http.MethodPut, "/api/v1/statuses/"+kept["id"].(string), testrig.M{"status": fmt.Sprintf("version %d", i)})
		}
		o.ana.Object(http.MethodDelete, "/api/v1/statuses/"+withdrawn["id"].(string), nil)
		o.Network.SetDown("peer.test", false)
		o.Clock.Advance(time.Hour)
		o.Settle()
		var types []string
		for _, activity := range o.peer.Received() {
			types = append(types, activity["type"].(string))
			if text := fmt.Sprint(activity); strings.Contains(text, "patient") || strings.Contains(text, "version 0") {
				t.Errorf("it was sent what was replaced: %s", text)
			}
		}
		slices.Sort(types)
		if !slices.Equal(types, []string{"Create", "Delete", "Update"}) {
			t.Errorf("came %v", types)
		}
		if got := o.states(); got[models.DeliveryReplaced] != 3 || got[models.DeliveryPending] != 0 {
			t.Errorf("deliveries %v", got)
		}
	})
}

// TestH03_GoneInboxForgetsItsActorIfThatIsGone: a shared inbox that is gone says nothing; an actor that is gone is forgotten.
func TestH03_GoneInboxForgetsItsActorIfThatIsGone(t *testing.T) {
	for _, gone := range []bool{true, false} {
		t.Run(fmt.Sprintf("actor gone %v", gone), func(t *testing.T) {
			each(t, func(t *testing.T, o *outpost) {
				alone := o.peer.ActorAt("/users/alone", "alone", "Person", func(doc testrig.M) { delete(doc, "endpoints") })
				if status, body := alone.Send(o.server, alone.Activity("Follow", "f3", o.ana.Actor.URI)); status != http.StatusAccepted {
					t.Fatalf("follow: %d %s", status, body)
				}
				o.Settle()
				if gone {
					o.peer.Serve("/users/alone", http.StatusGone, "application/activity+json", nil)
				}
				o.peer.Judge = func(r *http.Request) int {
					if strings.HasPrefix(r.URL.Path, "/users/alone") {
						return http.StatusGone
					}
					return http.StatusAccepted
				}
				o.ana.Post("one")
				o.Settle()
				ana, err := o.server.Store.Read(t.Context()).Actor(o.ana.Actor.ID)
				if want := map[bool]int64{true: 1, false: 2}[gone]; err != nil || ana.FollowersCount != want {
					t.Errorf("%d followers, %v, want %d", ana.FollowersCount, err, want)
				}
			})
		})
	}
}

// TestH05_SecondKnockOnceThenBackOff: a 401 is answered by one knock with the other signature, and then by waiting.
func TestH05_SecondKnockOnceThenBackOff(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.peer.InboxStatus = http.StatusUnauthorized
		before := o.Network.Calls("peer.test")
		o.ana.Post("one")
		o.Settle()
		if calls := o.Network.Calls("peer.test") - before; calls != 2 {
			t.Errorf("%d knocks", calls)
		}
		if got := o.states(); got[models.DeliveryPending] != 1 {
			t.Errorf("deliveries %v", got)
		}
	})
}

// courierOf gives the courier of another node on the same database.
func courierOf(o *outpost, lease time.Duration) *deliver.Courier {
	return o.Twin(o.server, lease).Courier
}

// TestH21_TwoNodesSendEachThingOnce: both work the same lanes at the same time, again and again.
func TestH21_TwoNodesSendEachThingOnce(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		if !o.server.Store.SharesWork() {
			t.Log("on SQLite one node serves all lanes; a second is refused at its start (H27)")
		}
		for i := range 30 {
			o.ana.Post(fmt.Sprintf("post %02d", i))
		}
		nodes := []*deliver.Courier{courierOf(o, time.Minute)}
		if o.server.Store.SharesWork() {
			nodes = append(nodes, courierOf(o, time.Minute))
		}
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{}, len(nodes))
		for _, node := range nodes {
			go func() { node.Run(ctx); done <- struct{}{} }()
		}
		waitFor(t, func() bool { return o.states()[models.DeliveryPending] == 0 })
		stop()
		for range nodes {
			<-done
		}
		var got []string
		for _, text := range o.contents() {
			got = append(got, strings.TrimSuffix(strings.TrimPrefix(text, "<p>"), "</p>"))
		}
		if len(got) != 30 || !slices.IsSorted(got) {
			t.Errorf("%d arrived: %v", len(got), got)
		}
	})
}

// waitFor is for what real time brings: nodes that run by themselves.
func waitFor(t *testing.T, is func() bool) {
	t.Helper()
	deadline := time.Now().Add(90 * time.Second)
	for !is() {
		if time.Now().After(deadline) {
			t.Fatal("it does not come")
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// TestH21_SleeperCannotOverwrite: a node that stood still in the middle of a request, until another had taken its lane over,
// stores nothing of what it thinks, and sends nothing more.
func TestH21_SleeperCannotOverwrite(t *testing.T) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) {
		o := newOutpost(t, c)
		if !o.server.Store.SharesWork() {
			t.Log("on SQLite one node serves all lanes")
			return
		}
		var calls atomic.Int32
		asleep, awake := make(chan struct{}), make(chan struct{})
		o.Network.Serve("peer.test", http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if calls.Add(1) == 1 { // the request of the node that falls asleep
				close(asleep)
				<-awake
				w.WriteHeader(http.StatusInternalServerError)
				return
			}
			w.WriteHeader(http.StatusAccepted)
		}))
		o.ana.Post("one")
		o.ana.Post("two")
		sleeper, other := courierOf(o, 300*time.Millisecond), courierOf(o, time.Minute)
		done := make(chan error, 1)
		go func() { // on a slow machine its lease may end before it sends anything: then it begins again
			for calls.Load() == 0 {
				if _, err := sleeper.Step(context.Background()); err != nil {
					done <- err
					return
				}
			}
			done <- nil
		}()
		select {
		case <-asleep:
		case err := <-done:
			t.Fatalf("it sent nothing: %v", err)
		}
		waitFor(t, func() bool { // it takes the lane over within two lease times
			if _, err := other.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
			return o.states()[models.DeliveryDone] == 3 // the Accept before them
		})
		close(awake)
		if err := <-done; err != nil {
			t.Fatal(err)
		}
		if got := o.states(); got[models.DeliveryDone] != 3 || got[models.DeliveryPending] != 0 {
			t.Errorf("the sleeper overwrote: %v", got)
		}
		if n := calls.Load(); n != 3 {
			t.Errorf("%d requests, want one of the sleeper and two of the other", n)
		}
		if peer := o.record(); peer.Failures != 0 {
			t.Errorf("the sleeper blamed the peer: %+v", peer)
		}
	})
}

// TestH21_StopWritesWhatIsAnswered: what a peer takes while the server stops is not sent again by the next one; what it has not
// answered when the patience ends is.
func TestH21_StopWritesWhatIsAnswered(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		for _, c := range []struct {
			answers bool
			want    string
		}{{true, models.DeliveryDone}, {false, models.DeliveryPending}} {
			before := o.states()[c.want]
			asked, answer := make(chan struct{}), make(chan struct{})
			o.Network.Serve("peer.test", http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				close(asked)
				<-answer
				w.WriteHeader(http.StatusAccepted)
			}))
			o.ana.Post("one")
			node := courierOf(o, time.Minute)
			ctx, stop := context.WithCancel(t.Context())
			done := make(chan struct{})
			go func() { node.Run(ctx); close(done) }()
			<-asked
			stop()
			if c.answers {
				close(answer)
			}
			<-done
			if !c.answers {
				close(answer)
			}
			if got := o.states()[c.want]; got != before+1 {
				t.Errorf("answered %v: %d are %s, want %d", c.answers, got, c.want, before+1)
			}
		}
		if peer := o.record(); peer.Failures != 0 {
			t.Errorf("the stop was laid to the peer: %+v", peer)
		}
	})
}

// TestH22_DeadNodesLanesAreTakenOver: a lease that nobody gives back ends by itself.
func TestH22_DeadNodesLanesAreTakenOver(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		o.ana.Post("one")
		store, lease := o.server.Store, 400*time.Millisecond
		node := courierOf(o, lease)
		begun := time.Now()
		err := store.Tx(t.Context(), func(tx *models.Tx) error {
			_, err := tx.ClaimLeases("a node that died", []string{models.OutLane("peer.test")}, lease)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		if store.SharesWork() {
			_, err := node.Step(t.Context())
			if inTime := time.Since(begun) < lease; err != nil || inTime && len(o.contents()) != 0 {
				t.Errorf("it did not wait for the lease to end, %v", err)
			}
		}
		waitFor(t, func() bool {
			_, err := node.Step(t.Context())
			return err == nil && o.states()[models.DeliveryPending] == 0
		})
		if took := time.Since(begun); took > 2*lease+20*time.Second {
			t.Errorf("it took %v", took)
		}
	})
}

// TestH23_DeadPeerCostsTheOthersNothing: hosts that hang take places of their own, and what waits for them is not read.
func TestH23_DeadPeerCostsTheOthersNothing(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		hang := make(chan struct{})
		for i := range 20 {
			peer := o.NewPeer(fmt.Sprintf("p%02d.test", i), "mastodon")
			reader := peer.Actor("reader", "Person")
			reader.Send(o.server, reader.Activity("Follow", "f", o.ana.Actor.URI))
			if i < 10 {
				defer o.Network.Serve(peer.Host, peer)
			}
		}
		o.Settle()
		for i := range 10 {
			o.Network.Serve(fmt.Sprintf("p%02d.test", i), http.HandlerFunc(func(http.ResponseWriter, *http.Request) { <-hang }))
		}
		node := courierOf(o, time.Minute)
		ctx, stop := context.WithCancel(t.Context())
		done := make(chan struct{})
		go func() { node.Run(ctx); close(done) }()
		for i := range 3 {
			o.ana.Post(fmt.Sprintf("post %d", i))
			node.Poke()
		}
		healthy := func() (n int64) {
			counts, err := o.server.Store.Read(t.Context()).WaitingByHost()
			if err != nil {
				t.Fatal(err)
			}
			for i := 10; i < 20; i++ {
				n += counts[fmt.Sprintf("p%02d.test", i)]
			}
			return n
		}
		waitFor(t, func() bool { return healthy() == 0 }) // far sooner than any of the others times out
		close(hang)
		stop()
		<-done
	})
}

// TestReceipts: the author, and nobody else, learns who has a post, who waits for it and who refused it.
func TestReceipts(t *testing.T) {
	each(t, func(t *testing.T, o *outpost) {
		for _, host := range []string{"down.test", "no.test"} {
			peer := o.NewPeer(host, "mastodon")
			reader := peer.Actor("reader", "Person")
			reader.Send(o.server, reader.Activity("Follow", "f", o.ana.Actor.URI))
			if host == "no.test" {
				defer func() { peer.InboxStatus = http.StatusAccepted }()
				o.Settle()
				peer.InboxStatus = http.StatusForbidden
			}
		}
		o.Settle()
		o.Network.SetDown("down.test", true)
		id := o.ana.Post("one")["id"].(string)
		o.Settle()
		receipt := func() map[string]string {
			states := map[string]string{}
			for _, one := range o.ana.List("/api/praxis/v1/statuses/" + id + "/receipt") {
				states[one["host"].(string)] = fmt.Sprint(one["state"], " ", one["behind"], " ", one["reason"] != nil || one["status"] != nil)
			}
			return states
		}
		want := map[string]string{"peer.test": "has false true", "down.test": "waits false true", "no.test": "refused false true"}
		if got := receipt(); !maps.Equal(got, want) {
			t.Errorf("receipt %v, want %v", got, want)
		}
		o.Network.SetDown("peer.test", true)
		o.ana.Object(http.MethodPut, "/api/v1/statuses/"+id, testrig.M{"status": "two"})
		o.Settle()
		if got := receipt()["peer.test"]; got != "waits true true" {
			t.Errorf("after an edit that did not arrive: %q", got)
		}
		other := o.server.Member("other")
		if status, _ := other.Do(http.MethodGet, "/api/praxis/v1/statuses/"+id+"/receipt", nil); status != http.StatusNotFound {
			t.Errorf("somebody else gets %d", status)
		}
	})
}
