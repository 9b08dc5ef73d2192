package main

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"
)

// TestH30_UpgradeWhilePeersDeliver: SIGTERM while peers deliver, clients post, somebody listens to a stream and a peer keeps us
// waiting. What is under way is answered, what is new is not taken, the process ends in time, nothing that was acknowledged is
// lost, and the next process goes on under the same ids.
func TestH30_UpgradeWhilePeersDeliver(t *testing.T) {
	eachTrial(t, []string{"stall"}, func(tr *trial) {
		tr.crowd.misbehave(true)
		held, answer := tr.crowd.peers[0].holding()
		for i := range 5 {
			tr.post(fmt.Sprintf("post %d of before", i))
		}
		<-held // a delivery is under way, and gets no answer until the process is gone
		tr.listen()
		stop := make(chan struct{})
		delivering := tr.deliverUntil(stop)
		underWay, finish := tr.sendHalf(tr.crowd.peers[1])

		begun, ended := time.Now(), make(chan int)
		go func() { ended <- tr.server.end(syscall.SIGTERM) }()
		tr.await("new requests to be turned away", func() bool {
			status := tr.crowd.peers[2].send(tr.ana()+"/inbox", tr.crowd.peers[2].activity("Like", "late", tr.ana()))
			return status == 0 || status == http.StatusServiceUnavailable
		})
		finish()
		half := <-underWay
		if half != http.StatusAccepted && half != 0 {
			tr.t.Errorf("what was under way got %d", half)
		}
		if code := <-ended; code != 0 {
			tr.t.Errorf("it ended with %d: %s", code, tr.server.log)
		}
		if took := time.Since(begun); took > 30*time.Second { // the default of shutdown_timeout is 20
			tr.t.Errorf("it took %s to end", took)
		} else {
			tr.t.Logf("it took %s to end", took.Round(time.Millisecond))
		}
		answer()
		tr.server.start()
		if half == 0 { // the listener was closed before the connection was taken: its sender tries again, as servers do
			tr.t.Log("what was half sent had not been taken yet")
			tr.sendAgain(tr.crowd.peers[1])
		}
		tr.post("a post of after")
		close(stop)
		notes := delivering() + 1
		tr.check(1)
		tr.await("every note that was acknowledged", func() bool { return len(tr.mentions()) == notes })
		for uri, n := range tr.mentions() {
			if n != 1 {
				tr.t.Errorf("%s: %d notifications", uri, n)
			}
		}
	})
}

// listen opens a stream and lets it be.
func (tr *trial) listen() {
	tr.t.Helper()
	r, err := http.NewRequestWithContext(tr.t.Context(), http.MethodGet, tr.base()+"/api/v1/streaming/user", nil)
	if err != nil {
		tr.t.Fatal(err)
	}
	r.Header.Set("Authorization", "Bearer "+tr.server.member.token)
	stream, err := demoClient(tr.server.member.house.app.Config.Listen, nil).Do(r)
	if err != nil || stream.StatusCode != http.StatusOK {
		tr.t.Fatalf("stream: %v, %v", stream, err)
	}
	tr.t.Cleanup(func() { _ = stream.Body.Close() })
}

// deliverUntil lets two peers send notes one after the other, each again until it is acknowledged, and gives how many there are
// once stop is closed.
func (tr *trial) deliverUntil(stop <-chan struct{}) (notes func() int) {
	var working sync.WaitGroup
	var count atomic.Int64
	for _, p := range tr.crowd.peers[2:4] {
		working.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				create := p.activity("Create", fmt.Sprint("create", i), p.note(i, tr.ana()))
				for p.send(tr.ana()+"/inbox", create) != http.StatusAccepted {
					time.Sleep(50 * time.Millisecond)
				}
				count.Add(1)
				time.Sleep(20 * time.Millisecond)
			}
		})
	}
	return func() int { working.Wait(); return int(count.Load()) }
}

// sendAgain sends the note of sendHalf until it is acknowledged.
func (tr *trial) sendAgain(p *crowdPeer) {
	tr.t.Helper()
	tr.await("the note to be taken", func() bool {
		return p.send(tr.ana()+"/inbox", p.activity("Create", "half", p.note(1000, tr.ana()))) == http.StatusAccepted
	})
}

// sendHalf sends half of a note, and the rest when finish is called; the status comes then.
func (tr *trial) sendHalf(p *crowdPeer) (status <-chan int, finish func()) {
	tr.t.Helper()
	r, raw := p.signed(tr.ana()+"/inbox", p.activity("Create", "half", p.note(1000, tr.ana())))
	if r == nil {
		tr.t.FailNow()
	}
	reader, writer := io.Pipe()
	r.Body, r.GetBody, r.ContentLength = reader, nil, int64(len(raw))
	answered, sent := make(chan int, 1), make(chan struct{})
	go func() { answered <- p.do(r) }()
	go func() {
		_, _ = io.Copy(writer, bytes.NewReader(raw[:len(raw)/2]))
		close(sent)
	}()
	<-sent
	tr.server.awaitReady() // connections are taken in their order: this one after that
	return answered, func() {
		_, err := writer.Write(raw[len(raw)/2:])
		if err != nil || writer.Close() != nil {
			tr.t.Errorf("the rest was not sent: %v", err)
		}
	}
}
