package testrig

import (
	"bytes"
	"encoding/json"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"praxis/internal/testdb"
)

// The ways in which a connection to the database ends at COMMIT.
const (
	cutNot    int32 = iota
	cutBefore       // the server never sees the COMMIT
	cutAfter        // the server commits, and its answer is lost
)

// cutter stands between an instance and its PostgreSQL, and ends connections at COMMIT.
type cutter struct {
	mode atomic.Int32
	cuts atomic.Int32
}

func newCutter(t *testing.T, to string) (*cutter, string) {
	t.Helper()
	c, dir := &cutter{}, t.TempDir()
	listener, err := net.Listen("unix", filepath.Join(dir, ".s.PGSQL.5432"))
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
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
			go c.pass(near, far)
		}
	}()
	return c, dir
}

// commit is how the driver says it, and committed how the server answers.
var (
	commit    = []byte("Q\x00\x00\x00\x0bcommit\x00")
	committed = []byte("COMMIT\x00")
)

// pass carries what both say until one of them ends it, or the cutter does.
func (c *cutter) pass(near, far net.Conn) {
	defer near.Close()
	defer far.Close()
	var deaf atomic.Bool // the instance hears nothing more
	go func() {
		defer near.Close()
		c.carry(far, near, func(said []byte) bool { return !(deaf.Load() && bytes.Contains(said, committed)) })
	}()
	c.carry(near, far, func(said []byte) bool {
		if !bytes.Contains(said, commit) || c.mode.Load() == cutNot {
			return true
		}
		c.cuts.Add(1)
		deaf.Store(true)
		return c.mode.Load() == cutAfter
	})
}

// carry copies as long as passes lets it.
func (c *cutter) carry(from, to net.Conn, passes func(said []byte) bool) {
	said := make([]byte, 64<<10)
	for {
		n, err := from.Read(said)
		if err != nil || !passes(said[:n]) {
			return
		}
		if _, err := to.Write(said[:n]); err != nil {
			return
		}
	}
}

// postWithKey posts with an Idempotency-Key and gives the status and the post's id.
func postWithKey(m *Member, key, text string) (status int, id string) {
	raw, err := json.Marshal(M{"status": text, "visibility": "public"})
	if err != nil {
		m.Server.Cluster.T.Fatal(err)
	}
	r := httptest.NewRequest(http.MethodPost, "https://a.test/api/v1/statuses", bytes.NewReader(raw))
	r.Header.Set("Authorization", "Bearer "+m.Token)
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", key)
	answer := httptest.NewRecorder()
	m.Server.Handler.ServeHTTP(answer, r)
	var post struct{ ID string }
	_ = json.Unmarshal(answer.Body.Bytes(), &post)
	return answer.Code, post.ID
}

// TestH17_ConnectionIsLostAtCommit: whether the database committed or not, a client whose post got no yes sends it again under
// the same key, and there is exactly one post, sent out once.
func TestH17_ConnectionIsLostAtCommit(t *testing.T) {
	cluster := testdb.Private(t)
	cutter, dir := newCutter(t, cluster.Socket())
	c := NewCluster(t)
	address := strings.Replace(durable(t, cluster), url.QueryEscape(filepath.Dir(cluster.Socket())), url.QueryEscape(dir), 1)
	a := c.AddServer("a.test", address)
	ana, peer := a.Member("ana"), c.NewPeer("peer.test", "mastodon")
	reader := peer.Actor("reader", "Person")
	reader.Send(a, reader.Activity("Follow", "f", ana.Actor.URI))
	c.Settle()
	peer.Received()
	for name, mode := range map[string]int32{"it did not commit": cutBefore, "it did commit": cutAfter} {
		posts, sent := a.Count("post"), cutter.cuts.Load()
		cutter.mode.Store(mode)
		status, _ := postWithKey(ana, name, name)
		cutter.mode.Store(cutNot)
		if status != http.StatusServiceUnavailable || cutter.cuts.Load() == sent {
			t.Errorf("%s: without an answer to COMMIT the client got %d, after %d cuts", name, status, cutter.cuts.Load()-sent)
		}
		if stored := a.Count("post") - posts; (stored == 1) != (mode == cutAfter) {
			t.Errorf("%s: %d posts", name, stored)
		}
		status, id := postWithKey(ana, name, name)
		again, sameID := postWithKey(ana, name, name)
		if status != http.StatusOK || again != http.StatusOK || id == "" || id != sameID || a.Count("post") != posts+1 {
			t.Errorf("%s: sent again it got %d and %d, as %q and %q, and there are %d", name, status, again, id, sameID, a.Count("post")-posts)
		}
		c.Settle()
		if got := peer.Received(); len(got) != 1 {
			t.Errorf("%s: the peer was sent %d activities", name, len(got))
		}
	}
}
