package testrig

import (
	"encoding/json"
	"io"
	"net"
	"net/http"
	"net/url"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// durable gives the address of a database whose commits survive a crash of the server.
func durable(t *testing.T, cluster *testdb.Cluster) string {
	t.Helper()
	address, err := cluster.Create("praxis")
	if err != nil {
		t.Fatal(err)
	}
	return address + "&options=-c%20synchronous_commit%3Don"
}

// said is what came of one request.
type said struct {
	status int
	id     string
	body   string
}

// hammer posts again and again, side by side, until stop is closed.
func hammer(m *Member, workers int, stop <-chan struct{}) (<-chan said, *sync.WaitGroup) {
	results, wait := make(chan said, 1<<16), &sync.WaitGroup{}
	for range workers {
		wait.Go(func() {
			for {
				select {
				case <-stop:
					return
				default:
				}
				status, raw := m.Do(http.MethodPost, "/api/v1/statuses", M{"status": "Under fire"})
				var post struct{ ID string }
				_ = json.Unmarshal(raw, &post)
				results <- said{status, post.ID, string(raw)}
			}
		})
	}
	return results, wait
}

// TestH16_PostgresCrashesInMidTransaction: callers get 503 while the server is away, it is found again without help, and no
// post that was acknowledged is lost.
func TestH16_PostgresCrashesInMidTransaction(t *testing.T) {
	cluster := testdb.Private(t)
	c := NewCluster(t)
	a := c.AddServer("a.test", durable(t, cluster))
	ana := a.Member("ana")
	stop := make(chan struct{})
	results, wait := hammer(ana, 4, stop)
	var acknowledged []string
	refused := 0
	take := func(r said) {
		switch r.status {
		case http.StatusOK:
			acknowledged = append(acknowledged, r.id)
		case http.StatusServiceUnavailable:
			refused++
		default:
			t.Errorf("a post got %d: %s", r.status, r.body)
		}
	}
	until := func(seen func() bool) {
		for !seen() {
			take(<-results)
		}
	}
	for range 2 {
		good := len(acknowledged) + 20
		until(func() bool { return len(acknowledged) >= good })
		if err := cluster.Crash(t.Context()); err != nil {
			t.Fatal(err)
		}
		bad := refused + 5
		until(func() bool { return refused >= bad })
		if status, _ := c.Do(http.MethodGet, "https://a.test/readyz", "", nil); status != http.StatusServiceUnavailable {
			t.Errorf("without a database it says of itself %d", status)
		}
		if err := cluster.Recover(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	good := len(acknowledged) + 20
	until(func() bool { return len(acknowledged) >= good })
	close(stop)
	wait.Wait()
	for len(results) > 0 {
		take(<-results)
	}
	for _, id := range acknowledged {
		if status, _ := ana.Do(http.MethodGet, "/api/v1/statuses/"+id, nil); status != http.StatusOK {
			t.Errorf("the acknowledged post %s is lost: %d", id, status)
		}
	}
	t.Logf("%d posts acknowledged, %d refused", len(acknowledged), refused)
}

// slowLine stands between an instance and its database, and holds everything back while it is stalled.
type slowLine struct {
	mu    sync.Mutex
	moves *sync.Cond
	stall bool
}

func newSlowLine(t *testing.T, to string) (*slowLine, string) {
	t.Helper()
	line, dir := &slowLine{}, t.TempDir()
	line.moves = sync.NewCond(&line.mu)
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { line.set(false); _ = listener.Close() })
	go func() {
		for {
			near, err := listener.Accept()
			if err != nil {
				return
			}
			far, err := net.Dial("unix", to)
			if err != nil {
				_ = near.Close()
				continue
			}
			go line.pass(near, far)
			go line.pass(far, near)
		}
	}()
	return line, dir
}

func (l *slowLine) pass(from, to net.Conn) {
	defer to.Close()
	_, _ = io.Copy(heldBack{to, l}, from)
}

type heldBack struct {
	io.Writer
	line *slowLine
}

func (h heldBack) Write(p []byte) (int, error) {
	h.line.mu.Lock()
	for h.line.stall {
		h.line.moves.Wait()
	}
	h.line.mu.Unlock()
	return h.Writer.Write(p)
}

func (l *slowLine) set(stall bool) {
	l.mu.Lock()
	l.stall = stall
	l.mu.Unlock()
	l.moves.Broadcast()
}

// TestH32_NoPacketComesThrough: while nothing comes from the database, far more requests than there are connections all get
// 503 after a while, none of them waits on, and afterwards all is as before.
func TestH32_NoPacketComesThrough(t *testing.T) {
	cluster := testdb.Private(t)
	line, dir := newSlowLine(t, cluster.Socket())
	c := NewCluster(t)
	c.patience = 2 * time.Second
	address := strings.Replace(durable(t, cluster), url.QueryEscape(filepath.Dir(cluster.Socket())), url.QueryEscape(dir), 1)
	ana := c.AddServer("a.test", address).Member("ana")
	ana.Post("Before")
	line.set(true)
	begun := time.Now()
	var wait sync.WaitGroup
	for range 60 {
		wait.Go(func() {
			if status, raw := ana.Do(http.MethodGet, "/api/v1/timelines/home", nil); status != http.StatusServiceUnavailable {
				t.Errorf("a reader got %d: %s", status, raw)
			}
		})
		wait.Go(func() {
			if status, raw := ana.Do(http.MethodPost, "/api/v1/statuses", M{"status": "Meanwhile"}); status != http.StatusServiceUnavailable {
				t.Errorf("a writer got %d: %s", status, raw)
			}
		})
	}
	wait.Wait()
	if took := time.Since(begun); took > 10*c.patience {
		t.Errorf("they waited for %s", took)
	}
	line.set(false)
	fresh := ana.Post("After")
	if status, _ := ana.Do(http.MethodGet, "/api/v1/statuses/"+id(fresh), nil); status != http.StatusOK {
		t.Errorf("afterwards a post got %d", status)
	}
}
