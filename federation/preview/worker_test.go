package preview_test

import (
	"context"
	"net/http"
	"strings"
	"testing"
	"time"

	"praxis/internal/testrig"
	"praxis/models"
)

const page = `<!doctype html><html lang="de"><head><title>Old title</title>
<meta property="og:title" content="A &lt;b&gt; title"><meta property="og:description" content="What it says">
<meta property="og:image" content="/picture.png"><meta property="og:image:width" content="640"><meta property="og:image:height" content="99999999">
<meta property="og:site_name" content="News"><meta property="article:published_time" content="2026-02-03T04:05:06Z">
<link rel="alternate" type="application/json+oembed" href="/oembed.json"></head>
<body><meta property="og:title" content="Not of the head"></body></html>`

func servePage(c *testrig.Cluster) *testrig.Peer {
	site := c.NewPeer("news.test", "")
	site.Serve("/story", http.StatusOK, "text/html; charset=utf-8", []byte(page))
	site.ServeJSON("/oembed.json", testrig.M{"type": "rich", "author_name": "Ann", "author_url": "javascript:alert(1)", "html": "<script>alert(1)</script>"})
	return site
}

func TestPageOfAMember(t *testing.T) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) {
		servePage(c)
		alice, bob := c.Server("a.test").Member("alice"), c.Server("a.test").Member("bob")
		first := alice.Post("Look: https://news.test/story#top")
		c.Settle()
		calls := c.Network.Calls("news.test")
		second := bob.Post("Again https://news.test/story")
		c.Settle()
		if got := c.Network.Calls("news.test"); calls != 2 || got != calls {
			t.Errorf("%d requests, then %d: the page and its oEmbed are wanted, once", calls, got)
		}
		for _, post := range []testrig.M{first, second} {
			card, _ := alice.Object(http.MethodGet, "/api/v1/statuses/"+post["id"].(string), nil)["card"].(testrig.M)
			for name, want := range map[string]any{
				"title": "A title", "description": "What it says", "image": "https://news.test/picture.png", "provider_name": "News",
				"author_name": "Ann", "author_url": "", "html": "", "width": 640.0, "height": 0.0, "language": "de",
				"published_at": "2026-02-03T04:05:06.000Z", "type": "link", "url": "https://news.test/story",
			} {
				if card[name] != want {
					t.Errorf("%s is %v, want %v", name, card[name], want)
				}
			}
		}
	})
}

// TestD17_OnePageForAll: a remote post's page is fetched later, and a page that fails is tried three times and then left.
func TestD17_OnePageForAll(t *testing.T) {
	c := testrig.NewCluster(t, "a.test")
	servePage(c)
	server := c.Server("a.test")
	alice := server.Member("alice")
	ann := c.NewPeer("b.test", "").Actor("ann", "Person")
	note := ann.Note("1", `see <a href="https://news.test/story">this</a>`, func(n testrig.M) { n["cc"] = []string{alice.Actor.URI} })
	ann.Send(server, ann.Activity("Create", "c1", note))
	c.Settle()
	if got := c.Network.Calls("news.test"); got != 0 {
		t.Errorf("%d requests at once", got)
	}
	c.Clock.Advance(2 * time.Minute)
	c.Settle()
	if got := c.Network.Calls("news.test"); got != 2 {
		t.Errorf("%d requests after a while", got)
	}
	bad := c.NewPeer("down.test", "")
	bad.Serve("/x", http.StatusServiceUnavailable, "text/html", nil)
	alice.Post("https://down.test/x")
	for range 6 {
		c.Settle()
		c.Clock.Advance(time.Hour)
	}
	if got := c.Network.Calls("down.test"); got != 3 {
		t.Errorf("%d tries", got)
	}
}

// TestD9_PagesThroughTheGuard: what is no public page of a name is not asked for.
func TestD9_PagesThroughTheGuard(t *testing.T) {
	c := testrig.NewCluster(t, "a.test")
	server := c.Server("a.test")
	alice := server.Member("alice")
	c.NewPeer("blocked.test", "").Serve("/", http.StatusOK, "text/html", []byte(page))
	c.NewPeer("files.test", "").Serve("/f", http.StatusOK, "application/zip", []byte("PK"))
	long := c.NewPeer("long.test", "")
	long.Serve("/", http.StatusOK, "text/html", []byte(page+strings.Repeat("x", 3<<20)))
	err := server.Store.Tx(context.Background(), func(tx *models.Tx) error { return tx.PutDomainBlock("blocked.test", "") })
	if err != nil {
		t.Fatal(err)
	}
	shown := map[string]bool{}
	for _, link := range []string{
		"https://127.0.0.1/x", "https://[::1]/x", "http://long.test/", "https://a.test/@alice", "https://blocked.test/", "https://files.test/f",
		"https://long.test:8443/", "https://localhost/", "https://long.test/",
	} {
		post := alice.Post("see " + link)
		c.Settle()
		shown[link] = alice.Object(http.MethodGet, "/api/v1/statuses/"+post["id"].(string), nil)["card"] != nil
	}
	for link, has := range shown {
		if has != (link == "https://long.test/") {
			t.Errorf("%s has a card: %v", link, has)
		}
	}
	if got := c.Network.Calls("blocked.test"); got != 0 {
		t.Errorf("%d requests to a blocked host", got)
	}
}

// TestEmojiOfARemotePost: the addresses of a host's emoji are kept, and nothing is fetched.
func TestEmojiOfARemotePost(t *testing.T) {
	testrig.Each(t, []string{"a.test"}, func(t *testing.T, c *testrig.Cluster) {
		server := c.Server("a.test")
		alice := server.Member("alice")
		ann := c.NewPeer("b.test", "").Actor("ann", "Person")
		emoji := func(name, url string) testrig.M {
			return testrig.M{"type": "Emoji", "id": "https://b.test/e/" + name, "name": ":" + name + ":", "icon": testrig.M{"type": "Image", "url": url}}
		}
		note := ann.Note("1", ":cat: :bad: :dog:", func(n testrig.M) {
			n["tag"] = []testrig.M{emoji("cat", "https://pics.test/cat.png"), emoji("bad", "javascript:alert(1)"), emoji("dog", "http://pics.test/dog.png")}
		})
		ann.Send(server, ann.Activity("Create", "c1", note))
		c.Settle()
		post := alice.Locate("https://b.test/notes/1")
		if got := post["emojis"].([]any); len(got) != 1 || got[0].(testrig.M)["url"] != "https://pics.test/cat.png" {
			t.Errorf("emojis %v", got)
		}
		if got := c.Network.Calls("pics.test"); got != 0 {
			t.Errorf("%d requests", got)
		}
	})
}
