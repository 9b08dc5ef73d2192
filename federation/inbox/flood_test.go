package inbox_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"

	"praxis/internal/config"
	"praxis/internal/testrig"
	"praxis/models"
)

// post sends a letter without a network and gives the answer.
func (y *yard) post(t *testing.T, l letter, changes ...func(*http.Request)) *httptest.ResponseRecorder {
	t.Helper()
	r := y.request(t, l)
	r.RemoteAddr = "127.0.0.1:1000"
	for _, change := range changes {
		change(r)
	}
	w := httptest.NewRecorder()
	y.server.Handler.ServeHTTP(w, r)
	return w
}

// of gives the letters of one author, in order.
func (y *yard) of(all []letter, author int) []letter {
	var own []letter
	for i := author; i < len(all); i += len(y.authors) {
		own = append(own, all[i])
	}
	return own
}

// TestF15_FloodOfOneHost: of a host that floods us only so much waits; it is told to come later, the others notice nothing, and
// once its flood is carried out it is heard again.
func TestF15_FloodOfOneHost(t *testing.T) {
	testrig.Each(t, nil, func(t *testing.T, c *testrig.Cluster) {
		const limit = 20
		addFor(t, c, func(cfg *config.Config) { cfg.InboxPending = limit })
		y := newYard(t, c)
		posts := y.server.Count("post")
		all := y.letters(t, 50*len(y.authors))
		flood, good := y.of(all, 0), y.of(all, 1)
		for i, l := range flood[:40] {
			w := y.post(t, l)
			if i < limit {
				want(t, w.Code, http.StatusAccepted, "")
				continue
			}
			want(t, w.Code, http.StatusTooManyRequests, w.Body.String())
			if w.Header().Get("Retry-After") == "" {
				t.Error("it is not said when to come again")
			}
		}
		for _, l := range good[:limit/2] {
			want(t, y.post(t, l).Code, http.StatusAccepted, "")
		}
		c.Settle()
		if n := y.server.Count("post") - posts; n != limit+limit/2 {
			t.Errorf("%d posts", n)
		}
		for _, l := range flood[limit:40] {
			want(t, y.post(t, l).Code, http.StatusAccepted, "")
		}
		c.Settle()
		if n := y.server.Count("post") - posts; n != 2*limit+limit/2 {
			t.Errorf("%d posts after the flood came again", n)
		}
	})
}

// TestF15_SlowHostHoldsUpItselfOnly: while what one host sent waits for an answer of that host, what others send is carried out,
// and its own comes in order.
func TestF15_SlowHostHoldsUpItselfOnly(t *testing.T) {
	testrig.Each(t, nil, func(t *testing.T, c *testrig.Cluster) {
		addFor(t, c)
		y := newYard(t, c)
		slow, release := y.authors[0], make(chan struct{})
		var once sync.Once
		let := func() { once.Do(func() { close(release) }) }
		defer let()
		note := slow.Note("slow", "that has to be fetched")
		slow.Peer.Guard = func(r *http.Request) int {
			if strings.Contains(r.URL.Path, "/notes/") {
				<-release
			}
			return 0
		}
		placed := make(chan string, 100)
		stop := y.server.Store.Watch(func(change models.Change) {
			if change.Kind == models.PostPlaced {
				placed <- fmt.Sprint(change.ID)
			}
		})
		defer stop()
		y.work(t)
		status, _ := slow.Send(y.server, slow.Activity("Create", "slow", note["id"]))
		want(t, status, http.StatusAccepted, "")
		want(t, y.send(t, 0, "behind"), http.StatusAccepted, "")
		for i := 1; i < len(y.authors); i++ {
			want(t, y.send(t, i, "quick"), http.StatusAccepted, "")
		}
		var uris []string
		for range len(y.authors) - 1 {
			uris = append(uris, y.uri(t, <-placed))
		}
		for i := 1; i < len(y.authors); i++ {
			if !slices.Contains(uris, fmt.Sprintf("https://peer%d.test/notes/quick", i)) {
				t.Errorf("peer %d waits for another: %v", i, uris)
			}
		}
		let()
		if first, second := y.uri(t, <-placed), y.uri(t, <-placed); first != note["id"] || !strings.HasSuffix(second, "/behind") {
			t.Errorf("%s came before %s", first, second)
		}
	})
}

// work carries out what comes in, as a running instance does, until the test ends.
func (y *yard) work(t *testing.T) {
	t.Helper()
	ctx, stop := context.WithCancel(context.Background())
	var wait sync.WaitGroup
	wait.Go(func() { y.server.Inbox.Run(ctx) })
	t.Cleanup(func() { stop(); wait.Wait() })
}

func (y *yard) uri(t *testing.T, id string) string {
	t.Helper()
	var number int64
	_, err := fmt.Sscan(id, &number)
	if err != nil {
		t.Fatal(err)
	}
	post, err := y.server.Store.Read(context.Background()).Post(number)
	if err != nil {
		t.Fatal(err)
	}
	return post.URI
}

// TestF15_RequestsOfOneAddress: who opens many requests and is slow to write them has a share, and leaves the rest to others.
func TestF15_RequestsOfOneAddress(t *testing.T) {
	c := testrig.NewCluster(t)
	c.AddSQLite("a.test", func(cfg *config.Config) {
		cfg.InboxRequests = 8
		cfg.TrustedProxies = []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}
	})
	y := newYard(t, c)
	from := func(address string) func(*http.Request) {
		return func(r *http.Request) { r.Header = r.Header.Clone(); r.Header.Set("X-Forwarded-For", address) }
	}
	all := y.letters(t, 10)
	var wait sync.WaitGroup
	hang := func(address string) (end func()) {
		reading, body := make(chan struct{}), make(chan struct{})
		wait.Go(func() {
			y.post(t, all[0], from(address), func(r *http.Request) {
				r.Body = &slowBody{reading: reading, end: body}
			})
		})
		<-reading
		return func() { close(body) }
	}
	var ends []func()
	for range 2 { // a quarter of 8
		ends = append(ends, hang("192.0.2.1"))
	}
	w := y.post(t, all[1], from("192.0.2.1"))
	want(t, w.Code, http.StatusTooManyRequests, w.Body.String())
	want(t, y.post(t, all[1], from("192.0.2.2")).Code, http.StatusAccepted, "")
	for i := range 6 {
		ends = append(ends, hang(fmt.Sprintf("198.51.100.%d", i)))
	}
	w = y.post(t, all[2], from("192.0.2.3"))
	want(t, w.Code, http.StatusServiceUnavailable, w.Body.String())
	if w.Header().Get("Retry-After") == "" {
		t.Error("it is not said when to come again")
	}
	for _, end := range ends {
		end()
	}
	wait.Wait()
	want(t, y.post(t, all[2], from("192.0.2.1")).Code, http.StatusAccepted, "")
}

// slowBody is a body of which nothing comes until its end.
type slowBody struct {
	once    sync.Once
	reading chan struct{}
	end     chan struct{}
}

func (b *slowBody) Read([]byte) (int, error) {
	b.once.Do(func() { close(b.reading) })
	<-b.end
	return 0, io.EOF
}

func (b *slowBody) Close() error { return nil }
