package testrig_test

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/snowflake"
	"praxis/internal/testrig"
	"praxis/models"
)

// traffic counts what goes between hosts.
type traffic struct {
	mu                        sync.Mutex
	posts, among, gets, bytes int
	hosts                     map[string]bool // of siblings
}

func (w *traffic) tap(r *http.Request, sent, got []byte) {
	if strings.HasPrefix(r.URL.Path, "/api/") {
		return // of a member's program
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	w.bytes += len(sent) + len(got)
	switch {
	case r.Method != http.MethodPost:
		w.gets++
	case w.hosts[r.URL.Host]:
		w.among++
	default:
		w.posts++
	}
}

func (w *traffic) reset() {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.posts, w.among, w.gets, w.bytes = 0, 0, 0, 0
}

// BenchmarkSiblingMessages counts what one post makes siblings send, each of which has five plain followers on five hosts. It is to
// grow with the siblings, not with their square.
func BenchmarkSiblingMessages(b *testing.B) {
	for _, siblings := range []int{2, 5, 20} {
		b.Run(fmt.Sprint("siblings=", siblings), func(b *testing.B) {
			var hosts []string
			for i := range siblings {
				hosts = append(hosts, fmt.Sprintf("s%02d.test", i))
			}
			c := testrig.NewCluster(b, hosts...)
			all, w := c.Siblings("solvents", agreed(), hosts...), &traffic{hosts: map[string]bool{}}
			for i, one := range all {
				w.hosts[one.Host] = true
				for j := range 5 {
					reader := c.NewPeer(fmt.Sprintf("m%02d-%d.test", i, j), "mastodon").Actor("zoe", "Person")
					reader.Send(one.Server, reader.Activity("Follow", "1", one.Group.URI))
				}
			}
			author := all[0].Member("ann")
			post(author, all[0], "The first, so that all know all.")
			c.Settle()
			c.Network.Tap(w.tap)
			w.reset()
			b.ResetTimer()
			for i := range b.N {
				post(author, all[0], fmt.Sprint("Post ", i))
				c.Settle()
			}
			b.StopTimer()
			for what, n := range map[string]int{"among-siblings": w.among, "to-followers": w.posts, "gets": w.gets, "bytes": w.bytes} {
				b.ReportMetric(float64(n)/float64(b.N), what+"/post")
			}
		})
	}
}

// BenchmarkSiblingOutage lets one of two siblings be away for a day in which the other takes b.N posts, and tells what it costs until
// both agree: when the deliveries waited, and when they are lost and both have to compare.
func BenchmarkSiblingOutage(b *testing.B) {
	for _, lost := range []bool{false, true} {
		b.Run(map[bool]string{false: "deliveries", true: "compare"}[lost], func(b *testing.B) {
			c := testrig.NewCluster(b, "a.test", "b.test")
			s := c.Siblings("solvents", agreed(), "a.test", "b.test")
			author := s[0].Member("ann")
			s[1].Service.LimitSiblings(1_000_000)
			post(author, s[0], "Before.")
			c.Settle()
			if lost {
				lose(c, s[1].Host)
			} else {
				c.Network.SetDown(s[1].Host, true)
			}
			for i := range b.N {
				post(author, s[0], fmt.Sprint("Post ", i))
				if i%500 == 499 {
					c.Settle()
				}
			}
			c.Settle()
			c.Clock.Advance(24 * time.Hour)
			c.Network.Carry(nil)
			c.Network.SetDown(s[1].Host, false)
			w := &traffic{hosts: map[string]bool{s[0].Host: true, s[1].Host: true}}
			c.Network.Tap(w.tap)
			b.ResetTimer()
			post(author, s[0], "After.")
			c.Settle()
			for range 20 { // what fails for a moment is tried again after some minutes
				if s[1].Count("admission") == int64(b.N+2) {
					break
				}
				c.Clock.Advance(5 * time.Minute)
				c.Settle()
			}
			b.StopTimer()
			if got := s[1].Count("admission"); got != int64(b.N+2) {
				b.Errorf("%d of %d posts are taken", got, b.N+2)
			}
			b.ReportMetric(b.Elapsed().Seconds(), "s")
			b.ReportMetric(float64(w.bytes)/float64(b.N), "bytes/post")
			b.ReportMetric(float64(w.among), "deliveries")
			b.ReportMetric(float64(w.gets), "gets")
		})
	}
}

// BenchmarkSiblingLag lets a member write a hundred posts a second for as long as b.N lasts, with two siblings at work as they are when they
// are served, and tells how long it takes until the other one has taken each.
func BenchmarkSiblingLag(b *testing.B) {
	c := testrig.NewCluster(b, "a.test", "b.test")
	s := c.Siblings("solvents", agreed(), "a.test", "b.test")
	author := s[0].Member("ann")
	s[1].Service.LimitSiblings(1_000_000)
	post(author, s[0], "Before.")
	c.Settle()
	c.Clock.Go()
	ctx, end := context.WithCancel(b.Context())
	var working sync.WaitGroup
	for _, one := range s {
		working.Go(func() { one.Run(ctx) })
	}
	defer working.Wait()
	defer end()
	since := models.At(c.Clock.Now())
	ticker := time.NewTicker(10 * time.Millisecond)
	defer ticker.Stop()
	b.ResetTimer()
	var writing sync.WaitGroup
	for i := range b.N {
		<-ticker.C
		writing.Go(func() { post(author, s[0], fmt.Sprint("Post ", i)) })
	}
	writing.Wait()
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "posts/s")
	for s[1].Count("admission") < int64(b.N+1) && b.Elapsed() < 5*time.Minute {
		<-ticker.C
	}
	b.StopTimer()
	reportLags(b, s[1], s[0], since)
}

// reportLags tells how long after its author's host stored it each post was taken.
func reportLags(b *testing.B, at, from *testrig.Sibling, since models.Timestamp) {
	b.Helper()
	tx := at.Store.Read(context.Background())
	taken, err := from.Store.Read(context.Background()).TakenFirst(from.Group.ID, since, models.At(at.Store.Now()))
	if err != nil || len(taken) == 0 {
		b.Fatalf("%d posts, %v", len(taken), err)
	}
	var lags []time.Duration
	for _, p := range taken {
		admission, err := tx.Admission(at.Group.ID, p.URI)
		if err != nil {
			b.Fatal(err)
		}
		lags = append(lags, snowflake.Time(admission.ID).Sub(p.PublishedAt.Time()))
	}
	slices.Sort(lags)
	for name, share := range map[string]float64{"lag-p50-ms": 0.5, "lag-p95-ms": 0.95, "lag-max-ms": 1} {
		b.ReportMetric(float64(lags[int(share*float64(len(lags)-1))].Milliseconds()), name)
	}
}
