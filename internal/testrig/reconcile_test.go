package testrig

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"praxis/federation/reconcile"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// threesome is a pair with bea, who follows as bo does.
func threesome(t *testing.T, f func(t *testing.T, p *pair, bea *Member)) {
	both(t, func(t *testing.T, p *pair) {
		bea := p.Server("b.test").Member("bea")
		bea.Follow("@care@a.test")
		bea.Follow("@ana@a.test")
		p.Settle()
		f(t, p, bea)
	})
}

// edit changes the follow of an actor by another in a server's database behind everybody's back, as a restored backup does.
func edit(t *testing.T, server *Server, follower, target string, change func(*models.Tx, *models.Follow) error) {
	t.Helper()
	err := server.Store.Tx(t.Context(), func(tx *models.Tx) error {
		actor, err := tx.ActorByURI(follower)
		if err != nil {
			return err
		}
		of, err := tx.ActorByURI(target)
		if err != nil {
			return err
		}
		follow, err := tx.FollowBetween(actor.ID, of.ID)
		if err != nil {
			return err
		}
		return change(tx, follow)
	})
	if err != nil {
		t.Fatal(err)
	}
}

func lose(tx *models.Tx, follow *models.Follow) error { return tx.DeleteFollow(follow) }

// followersAt gives which of b.test follow an actor, as a server has it, without the host.
func followersAt(t *testing.T, server *Server, target string) string {
	t.Helper()
	tx := server.Store.Read(t.Context())
	actor, err := tx.ActorByURI(target)
	if err != nil {
		t.Fatal(err)
	}
	uris, err := tx.FollowerURIs(actor.ID, "b.test")
	if err != nil {
		t.Fatal(err)
	}
	slices.Sort(uris)
	return strings.ReplaceAll(strings.Join(uris, " "), "https://b.test/u/", "")
}

const (
	anaURI  = "https://a.test/u/ana"
	careURI = "https://a.test/c/care"
	boURI   = "https://b.test/u/bo"
)

// speak lets ana post into the community, and time pass for what that shows to be looked into.
func (p *pair) speak() {
	p.ana.Post("@care@a.test Something new")
	p.Settle()
	for range 2 { // what is on its way to the other server comes first
		p.Clock.Advance(5 * time.Minute)
		p.Settle()
	}
}

// TestFollowsThatTheOtherEndLostEnd: a person and a community whose server forgot one of two followers.
func TestFollowsThatTheOtherEndLostEnd(t *testing.T) {
	threesome(t, func(t *testing.T, p *pair, _ *Member) {
		a, b := p.Server("a.test"), p.Server("b.test")
		for _, target := range []string{anaURI, careURI} {
			edit(t, a, boURI, target, lose)
		}
		p.speak()
		for _, target := range []string{anaURI, careURI} {
			if at := followersAt(t, b, target); at != "bea" {
				t.Errorf("after a lost bo, b has as followers of %s: %s", target, at)
			}
		}
		if relations := p.bo.List("/api/v1/accounts/relationships?id[]=" + p.bo.Find("@care@a.test")); relations[0]["following"] != false {
			t.Errorf("bo is told %v", relations)
		}
	})
}

// TestFollowsThatThisEndLostAreUndone: the server of the follower forgot; the other end is told that nobody follows any more.
func TestFollowsThatThisEndLostAreUndone(t *testing.T) {
	threesome(t, func(t *testing.T, p *pair, _ *Member) {
		a, b := p.Server("a.test"), p.Server("b.test")
		for _, target := range []string{anaURI, careURI} {
			edit(t, b, boURI, target, lose)
		}
		p.speak()
		for _, target := range []string{anaURI, careURI} {
			if at := followersAt(t, a, target); at != "bea" {
				t.Errorf("after b lost bo, a has as followers of %s: %s", target, at)
			}
		}
	})
}

// TestLostAcceptIsMadeUpFor: a follow that waits here and counts there.
func TestLostAcceptIsMadeUpFor(t *testing.T) {
	threesome(t, func(t *testing.T, p *pair, _ *Member) {
		b := p.Server("b.test")
		edit(t, b, boURI, careURI, func(tx *models.Tx, follow *models.Follow) error {
			follow.State = models.FollowPending
			return tx.PutFollow(follow)
		})
		if at := followersAt(t, b, careURI); at != "bea" {
			t.Fatalf("b has %s", at)
		}
		p.speak()
		if at := followersAt(t, b, careURI); at != "bea bo" {
			t.Errorf("b has as followers of the community: %s", at)
		}
	})
}

// TestWhereAllIsWellNothingIsAsked, and what goes to others than followers says nothing of them.
func TestWhereAllIsWellNothingIsAsked(t *testing.T) {
	threesome(t, func(t *testing.T, p *pair, _ *Member) {
		p.speak()
		p.bo.Post("@ana@a.test hello")
		p.Settle()
		for _, host := range []string{"a.test", "b.test"} {
			if n := p.Server(host).Count("follower_check"); n != 0 {
				t.Errorf("%s has %d questions about followers", host, n)
			}
		}
	})
}

// TestE12_FollowersOnAHostAreForThatHost: each sees its own, and nobody anything unsigned.
func TestE12_FollowersOnAHostAreForThatHost(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		a := p.Server("a.test")
		peer := p.NewPeer("peer.test", "mastodon")
		mia, other := peer.Actor("mia", "Person"), p.NewPeer("other.test", "mastodon").Actor("olaf", "Person")
		for _, target := range []string{anaURI, careURI} {
			mia.Send(a, mia.Activity("Follow", "f"+target[len(target)-4:], target))
		}
		p.Settle()
		for _, path := range []string{"/u/ana", "/c/care"} {
			path += "/followers_synchronization"
			if status, body := p.Fetch(a, path); status != http.StatusUnauthorized || strings.Contains(body, "b.test") {
				t.Errorf("unsigned: %d %s", status, body)
			}
			status, body := mia.Get(a, path)
			if status != http.StatusOK || !strings.Contains(body, `"`+mia.URI+`"`) || strings.Contains(body, "b.test") {
				t.Errorf("peer.test got %d %s", status, body)
			}
			if status, body = other.Get(a, path); status != http.StatusOK || strings.Contains(body, "peer.test") || strings.Contains(body, "b.test") {
				t.Errorf("other.test got %d %s", status, body)
			}
		}
		if status, _ := mia.Get(a, "/u/nobody/followers_synchronization"); status != http.StatusNotFound {
			t.Errorf("of nobody: %d", status)
		}
		if status, _ := mia.Get(a, "/actor/followers_synchronization"); status != http.StatusNotFound {
			t.Errorf("of the instance: %d", status)
		}
	})
}

// liar is a peer whose member and community ana and bo of a.test follow.
type liar struct {
	*Cluster
	peer     *Peer
	liz      *PeerActor
	ana, bo  *Member
	activity int
}

func newLiar(t *testing.T, c *Cluster, actorType string) *liar {
	t.Helper()
	l := &liar{Cluster: c, peer: c.NewPeer("peer.test", "mastodon")}
	l.liz = l.peer.Actor("liz", actorType)
	a := c.Server("a.test")
	l.ana, l.bo = a.Member("ana"), a.Member("bo")
	for _, member := range []*Member{l.ana, l.bo} {
		member.Follow("@liz@peer.test")
		c.Settle()
		for _, follow := range l.peer.Received() {
			l.say(a, l.liz.Activity("Accept", "", follow), "")
		}
	}
	if got := l.followers(t); got != 2 {
		t.Fatalf("%d followers", got)
	}
	return l
}

func (l *liar) followers(t *testing.T) int {
	t.Helper()
	tx := l.Server("a.test").Store.Read(t.Context())
	liz, err := tx.ActorByURI(l.liz.URI)
	if err != nil {
		t.Fatal(err)
	}
	uris, err := tx.FollowerURIs(liz.ID, "a.test")
	if err != nil {
		t.Fatal(err)
	}
	return len(uris)
}

// say sends an activity with a summary of followers, unless that is "".
func (l *liar) say(server *Server, activity M, summary string) {
	l.T.Helper()
	l.activity++
	activity["id"] = fmt.Sprintf("https://peer.test/activities/%d", l.activity)
	header := http.Header{}
	if summary != "" {
		header.Set(sign.Synchronization, summary)
	}
	scheme := []sign.Scheme{sign.Cavage, sign.RFC9421, sign.Ed25519}[l.activity%3]
	if status, body := l.liz.SendWith(server, activity, scheme, header); status != http.StatusAccepted {
		l.T.Fatalf("%d %s", status, body)
	}
	l.Settle()
}

// sync is what the peer says in the header.
func (l *liar) sync(url string, followers ...string) string {
	return reconcile.Summary{CollectionID: l.liz.URI + "/followers", URL: url, Digest: models.FollowerDigest(followers)}.String()
}

func (l *liar) list(path string, items []string, changes ...func(M)) string {
	doc := M{"@context": vocab.Namespace, "id": "https://peer.test" + path, "type": "OrderedCollection", "orderedItems": items}
	for _, change := range changes {
		change(doc)
	}
	l.peer.ServeDoc(doc)
	return "https://peer.test" + path
}

func (l *liar) nudge(summary string) {
	l.say(l.Server("a.test"), l.liz.Activity("Like", "", "https://a.test/o/1"), summary)
	l.Clock.Advance(20 * time.Minute)
	l.Settle()
}

// TestA24_SummariesOfFollowersCannotBeForged: what is unsigned, about another collection, on another host, or not borne out by
// the list changes nothing, and costs few requests.
func TestA24_SummariesOfFollowersCannotBeForged(t *testing.T) {
	for _, actorType := range []string{"Person", "Group"} {
		Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
			l := newLiar(t, c, actorType)
			a, ana := c.Server("a.test"), "https://a.test/u/ana"
			evil := c.NewPeer("evil.test", "mastodon")
			evil.ServeDoc(M{"@context": vocab.Namespace, "id": "https://evil.test/sync", "type": "OrderedCollection", "orderedItems": []string{ana}})
			good := l.list("/sync", []string{ana})
			many := make([]string, 6000)
			for i := range many {
				many[i] = fmt.Sprintf("https://a.test/u/m%d", i)
			}
			page := func(n int) string { return fmt.Sprintf("https://peer.test/page%d", n) }
			for i := range 30 {
				l.list(fmt.Sprintf("/page%d", i), []string{fmt.Sprintf("https://a.test/u/p%d", i)}, func(d M) { d["next"] = page(i + 1) })
			}
			before := c.Network.Calls("evil.test")
			for name, summary := range map[string]string{
				"other collection":   strings.Replace(l.sync(good, ana), "liz/followers", "eve/followers", 1),
				"other host":         l.sync("https://evil.test/sync", ana),
				"ours":               l.sync("https://a.test/u/ana/followers_synchronization", ana),
				"no digest":          `collectionId="` + l.liz.URI + `/followers", url="` + good + `", digest="zz"`,
				"nonsense":           `,,,=`,
				"sum of another set": l.sync(good, "https://a.test/u/bo", ana, "https://a.test/u/cy"),
				"nothing there":      l.sync("https://peer.test/none", ana),
				"no collection":      l.sync(l.liz.URI, ana),
				"too long":           l.sync(l.list("/many", many), many...),
				"no end":             l.sync(page(0), ana),
				"goes on elsewhere":  l.sync(l.list("/away", []string{"https://a.test/u/p0"}, func(d M) { d["next"] = "https://evil.test/sync" }), ana, "https://a.test/u/p0"),
				"hidden":             l.sync(l.list("/hidden", nil, func(d M) { d["totalItems"] = 1; delete(d, "orderedItems") }), ana),
			} {
				calls := c.Network.Calls("peer.test")
				l.nudge(summary)
				if got := l.followers(t); got != 2 {
					t.Fatalf("%s: %d followers are left", name, got)
				}
				if calls = c.Network.Calls("peer.test") - calls; calls > 12 {
					t.Errorf("%s: %d requests", name, calls)
				}
			}
			if calls := c.Network.Calls("evil.test"); calls != before {
				t.Errorf("%d requests to another host", calls-before)
			}
			// Signed without the header, which somebody put in on the way.
			activity := l.peer.encode(l.liz.Activity("Like", "unsigned", "https://a.test/o/1"))
			l.liz.SendRaw(a, activity, sign.Cavage, func(r *http.Request) { r.Header.Set(sign.Synchronization, l.sync(good, ana)) })
			c.Settle()
			c.Clock.Advance(20 * time.Minute)
			c.Settle()
			if got := l.followers(t); got != 2 {
				t.Fatalf("an unsigned summary left %d followers", got)
			}
			// And the same, honestly.
			l.nudge(l.sync(good, ana))
			if got := l.followers(t); got != 1 {
				t.Errorf("an honest one left %d followers", got)
			}
		})
	}
}

// TestC17_FollowersAreAskedForNowAndThen: however often a peer claims a difference, it is asked four times an hour, and hardly
// ever when it says the same again.
func TestC17_FollowersAreAskedForNowAndThen(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		l := newLiar(t, c, "Person")
		asked := 0
		l.peer.Guard = func(r *http.Request) int {
			if r.URL.Path == "/sync" {
				asked++
			}
			return 0
		}
		url := l.list("/sync", nil)
		for when, want := range map[string][2]int{"the same": {1, 1}, "always something else": {3, 5}} {
			c.Clock.Advance(7 * time.Hour)
			asked = 0
			for i := range 60 {
				summary := l.sync(url, "https://a.test/u/nobody")
				if when != "the same" {
					summary = l.sync(url, fmt.Sprintf("https://a.test/u/nobody%d", i))
				}
				l.say(c.Server("a.test"), l.liz.Activity("Like", "", "https://a.test/o/1"), summary)
				c.Clock.Advance(time.Minute)
				c.Settle()
			}
			if asked < want[0] || asked > want[1] {
				t.Errorf("who says %s is asked %d times in an hour", when, asked)
			}
		}
	})
}

// TestPraxisSignsForPraxisWithEd25519: two instances come to it by what NodeInfo says of the other.
func TestPraxisSignsForPraxisWithEd25519(t *testing.T) {
	both(t, func(t *testing.T, p *pair) {
		keys := map[string]int{}
		p.Network.Watch(func(r *http.Request) {
			if r.Header.Get("Signature") != "" || r.Header.Get("Signature-Input") != "" {
				_, key, _ := strings.Cut(r.Header.Get("Signature-Input"), `#`)
				key, _, _ = strings.Cut(key, `"`)
				keys[r.Method+" "+r.URL.Host+" "+key]++
			}
		})
		p.ana.Post("Signed cheaply")
		p.bo.Post("@care@a.test And back")
		p.Settle()
		for _, want := range []string{"POST a.test ed25519-key", "POST b.test ed25519-key"} {
			if keys[want] == 0 {
				t.Errorf("signatures: %v", keys)
			}
			delete(keys, want)
		}
		for other := range keys {
			if !strings.HasSuffix(other, " ed25519-key") {
				t.Errorf("also signed: %v", keys)
			}
		}
	})
}

// TestRefusedEd25519IsRemembered: a host that says that it takes such signatures and does not gets the others at once, and
// after a day it is tried again.
func TestRefusedEd25519IsRemembered(t *testing.T) {
	Each(t, []string{"a.test"}, func(t *testing.T, c *Cluster) {
		peer := c.NewPeer("peer.test", "new")
		peer.ServeJSON("/nodeinfo/2.0", M{"software": M{"name": "new"}, "metadata": M{"httpSignatures": []string{"rfc9421-ed25519"}}})
		refuses, tries := false, []string{}
		peer.Judge = func(r *http.Request) int {
			kind := "cavage"
			if strings.Contains(r.Header.Get("Signature-Input"), `alg="ed25519"`) {
				kind = "ed25519"
			}
			tries = append(tries, kind)
			if refuses && kind == "ed25519" {
				return http.StatusUnauthorized
			}
			return http.StatusAccepted
		}
		ana := c.Server("a.test").Member("ana")
		reader := peer.Actor("reader", "Person")
		reader.Send(c.Server("a.test"), reader.Activity("Follow", "f", ana.Actor.URI))
		c.Settle()
		want := func(when string, kinds ...string) {
			t.Helper()
			if !slices.Equal(tries, kinds) {
				t.Errorf("%s: tried %v, want %v", when, tries, kinds)
			}
			tries = nil
		}
		want("at first", "ed25519")
		refuses = true
		for _, text := range []string{"one", "two"} {
			ana.Post(text)
			c.Settle()
		}
		want("refused", "ed25519", "cavage", "cavage")
		refuses = false
		c.Clock.Advance(25 * time.Hour)
		ana.Post("three")
		c.Settle()
		want("a day later", "ed25519")
	})
}
