package inbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/internal/testrig"
	"praxis/models"
)

// letter is a signed request, ready to be received.
type letter struct {
	head http.Header
	body []byte
}

// yard is an instance whose one member follows the actors of several peers.
type yard struct {
	*testrig.Cluster
	server  *testrig.Server
	authors []*testrig.PeerActor
}

const benchPeers = 10

func newYard(b testing.TB, c *testrig.Cluster) *yard {
	b.Helper()
	y := &yard{Cluster: c, server: c.Server("a.test")}
	ann := y.server.Member("ann")
	for i := range benchPeers {
		peer := c.NewPeer(fmt.Sprintf("peer%d.test", i), "mastodon")
		author := peer.Actor("bo", "Person")
		ann.Follow("@bo@" + peer.Host)
		c.Settle()
		for _, activity := range peer.Received() {
			author.Send(y.server, author.Activity("Accept", "accept", activity))
		}
		y.authors = append(y.authors, author)
	}
	c.Settle()
	return y
}

// letters signs beforehand: that is the senders' work.
func (y *yard) letters(b testing.TB, n int) []letter {
	b.Helper()
	all := make([]letter, n)
	for i := range all {
		author := y.authors[i%len(y.authors)]
		id := fmt.Sprint("b", i)
		note := M{
			"@context": vocab.Namespace, "id": "https://" + author.Peer.Host + "/notes/" + id, "type": "Note", "attributedTo": author.URI,
			"content": "<p>What I learned about wounds today, number " + id + "</p>", "to": []string{vocab.Public},
			"cc": []string{author.URI + "/followers"}, "published": vocab.FormatTime(y.Clock.Now()),
		}
		body, err := json.Marshal(author.Activity("Create", id, note))
		if err != nil {
			b.Fatal(err)
		}
		r := y.request(b, letter{http.Header{"Content-Type": {vocab.MediaType}}, body})
		if err := author.Signer().Sign(r, body, sign.Cavage); err != nil {
			b.Fatal(err)
		}
		all[i] = letter{r.Header, body}
	}
	return all
}

func (y *yard) request(b testing.TB, l letter) *http.Request {
	r, err := http.NewRequest(http.MethodPost, "https://a.test/inbox", bytes.NewReader(l.body))
	if err != nil {
		b.Fatal(err)
	}
	r.Header, r.Host = l.head, "a.test"
	return r
}

// cpu gives the processor time of this process.
func cpu() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// measure reports what f cost for each of the n activities.
func (y *yard) measure(b *testing.B, what string, n int, f func()) {
	used, begun := cpu(), time.Now()
	f()
	took := time.Since(begun)
	b.ReportMetric((cpu()-used).Seconds()*1000/float64(n), what+"-cpu-ms")
	b.ReportMetric(float64(n)/took.Seconds(), what+"/s")
}

// BenchmarkInbound takes notes of followed authors, 16 requests at once, and then carries them out as a running instance does. Figures are for each
// note: the processor time of this process (a PostgreSQL server beside it not included), and notes a second.
func BenchmarkInbound(b *testing.B) {
	for name, add := range map[string]func(*testrig.Cluster){
		"sqlite":   func(c *testrig.Cluster) { c.AddSQLite("a.test") },
		"postgres": func(c *testrig.Cluster) { c.AddPostgres("a.test") },
	} {
		b.Run(name, func(b *testing.B) {
			c := testrig.NewCluster(b)
			add(c)
			y := newYard(b, c)
			all := y.letters(b, b.N)
			before := y.server.Count("post")
			b.ResetTimer()
			y.measure(b, "received", b.N, func() { y.receiveAll(b, all) })
			y.measure(b, "processed", b.N, func() { y.carryOutAll(b, b.N) })
			b.StopTimer()
			if n := y.server.Count("post") - before; n != int64(b.N) {
				b.Errorf("%d of %d notes are here", n, b.N)
			}
		})
	}
}

// carryOutAll works as a running instance does until n posts are placed.
func (y *yard) carryOutAll(b *testing.B, n int) {
	ctx, end := context.WithCancel(b.Context())
	defer end()
	var placed atomic.Int64
	defer y.server.Store.Watch(func(change models.Change) {
		if change.Kind == models.PostPlaced && placed.Add(1) == int64(n) {
			end()
		}
	})()
	y.server.Inbox.Run(ctx)
}

// TestStatementsForAnActivity bounds what a note of somebody who is followed costs: what it took to measure once should not
// come back unnoticed.
func TestStatementsForAnActivity(t *testing.T) {
	testrig.Each(t, nil, func(t *testing.T, c *testrig.Cluster) {
		var statements atomic.Int64
		c.Trace = func(string) { statements.Add(1) }
		addFor(t, c)
		y := newYard(t, c)
		const n = 20 * benchPeers
		all := y.letters(t, n+1)
		count := func(f func()) float64 {
			before := statements.Load()
			f()
			return float64(statements.Load()-before) / n
		}
		y.receiveAll(t, all[n:])
		received := count(func() { y.receiveAll(t, all[:n]) })
		processed := count(func() {
			if _, err := y.server.Inbox.Step(t.Context()); err != nil {
				t.Fatal(err)
			}
		})
		t.Logf("%.1f statements to take a note, %.1f to carry it out", received, processed)
		if received > 4 || processed > 18 {
			t.Error("that is too many")
		}
	})
}

func (y *yard) receiveAll(b testing.TB, all []letter) {
	var wait sync.WaitGroup
	var next atomic.Int64
	for range 16 {
		wait.Go(func() {
			for i := next.Add(1) - 1; i < int64(len(all)); i = next.Add(1) - 1 {
				status, err := y.server.Inbox.Receive(b.Context(), y.request(b, all[i]), all[i].body, nil)
				if status != http.StatusAccepted || err != nil {
					b.Errorf("%d, %v", status, err)
				}
			}
		})
	}
	wait.Wait()
}
