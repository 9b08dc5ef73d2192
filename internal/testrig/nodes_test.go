package testrig

import (
	"bufio"
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/testdb"
)

// twoNodes are two nodes of one instance, at work.
type twoNodes struct {
	*Cluster
	nodes [2]*Server
	stop  [2]func()
}

func newTwoNodes(t *testing.T) *twoNodes {
	t.Helper()
	c := newCluster(t, testdb.Postgres, []string{"a.test"})
	two := &twoNodes{Cluster: c, nodes: [2]*Server{c.Server("a.test"), c.Twin(c.Server("a.test"), 10*time.Second)}}
	for i, node := range two.nodes {
		ctx, stop := context.WithCancel(context.Background())
		var working sync.WaitGroup
		working.Go(func() { node.Run(ctx) })
		two.stop[i] = sync.OnceFunc(func() { stop(); working.Wait() })
		t.Cleanup(two.stop[i])
	}
	// What was committed before a node listens it does not hear of.
	eventually(t, "both listen", func() bool { return two.nodes[0].Store.Hears() && two.nodes[1].Store.Hears() })
	return two
}

func eventually(t *testing.T, what string, is func() bool) {
	t.Helper()
	for deadline := time.Now().Add(90 * time.Second); !is(); time.Sleep(20 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("%s: it does not come", what)
		}
	}
}

// TestStreamsFollowAcrossNodes: who listens at one node hears of what a client posts at the other, and of its deletion.
func TestStreamsFollowAcrossNodes(t *testing.T) {
	two := newTwoNodes(t)
	ana := two.nodes[0].Member("ana")
	front := httptest.NewServer(two.nodes[1].Handler)
	t.Cleanup(front.Close)
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, front.URL+"/api/v1/streaming/user", nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Host = "a.test"
	r.Header.Set("Authorization", "Bearer "+ana.Token)
	answer, err := http.DefaultClient.Do(r)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("stream: %v, %v", answer, err)
	}
	defer answer.Body.Close()
	var mu sync.Mutex
	events := map[string]int{}
	go func() {
		for lines := bufio.NewScanner(answer.Body); lines.Scan(); {
			if name, ok := strings.CutPrefix(lines.Text(), "event: "); ok {
				mu.Lock()
				events[name]++
				mu.Unlock()
			}
		}
	}()
	count := func(name string) int {
		mu.Lock()
		defer mu.Unlock()
		return events[name]
	}
	id := ana.Post("posted at the first node")["id"].(string)
	eventually(t, "the post", func() bool { return count("update") == 1 })
	ana.Object(http.MethodDelete, "/api/v1/statuses/"+id, nil)
	eventually(t, "its deletion", func() bool { return count("delete") == 1 })
}

// TestH21_TwoNodesDoEverythingOnce: what comes in is carried out once, and what goes out goes out once and in order, while both
// work; when one stops, the other goes on with all.
func TestH21_TwoNodesDoEverythingOnce(t *testing.T) {
	two := newTwoNodes(t)
	peer := two.NewPeer("peer.test", "mastodon")
	reader := peer.Actor("reader", "Person")
	ana := two.nodes[0].Member("ana")
	reader.Send(two.nodes[0], reader.Activity("Follow", "f", ana.Actor.URI))
	tx := two.nodes[0].Store.Read(t.Context())
	followers := func() int64 {
		actor, err := tx.Actor(ana.Actor.ID)
		if err != nil {
			t.Fatal(err)
		}
		return actor.FollowersCount
	}
	eventually(t, "the follow", func() bool { return followers() == 1 })
	var sent []string
	post := func() { sent = append(sent, ana.Post("post")["uri"].(string)) }
	for range 20 {
		post()
	}
	var got []string
	arrived := func() bool {
		for _, activity := range peer.Received() {
			if object, ok := activity["object"].(M); ok && activity["type"] == "Create" {
				got = append(got, object["id"].(string))
			}
		}
		return len(got) >= len(sent)
	}
	eventually(t, "the posts", arrived)
	two.stop[0]()
	two.Network.Serve("a.test", two.nodes[1].Handler) // what comes in comes to the other
	for range 5 {
		post()
	}
	eventually(t, "the posts after one node has gone", arrived)
	if strings.Join(got, " ") != strings.Join(sent, " ") {
		t.Errorf("arrived %v, sent %v", got, sent)
	}
	for i := range 10 {
		id := string(rune('a' + i))
		status, body := reader.Send(two.nodes[1], reader.Activity("Create", "c"+id, reader.Note("n"+id, "hello @ana", func(note M) {
			note["cc"] = []string{ana.Actor.URI}
			note["tag"] = []M{{"type": "Mention", "href": ana.Actor.URI, "name": "@ana@a.test"}}
		})))
		if status != http.StatusAccepted {
			t.Fatalf("note: %d %s", status, body)
		}
	}
	eventually(t, "what came in: a notification of the follow and ten of mentions", func() bool { return two.nodes[1].Count("notification") == 11 })
	var leases int64
	eventually(t, "one node has the works", func() bool {
		held, err := two.nodes[1].Store.Read(t.Context()).HeldLeases("work/")
		leases = int64(len(held))
		return err == nil && leases >= 8
	})
}
