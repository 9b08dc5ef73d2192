package testrig_test

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/internal/testrig"
	"praxis/models"
)

// mess holds back some of what is posted, brings it later in any order, and brings some of it twice.
type mess struct {
	mu     sync.Mutex
	random *rand.Rand
	held   []func()
	off    bool
	seen   func(r *http.Request, body []byte)
}

func (m *mess) carry(r *http.Request, send func(*http.Request) (*http.Response, error)) (*http.Response, error) {
	if !strings.HasSuffix(r.URL.Path, "/inbox") {
		return send(r)
	}
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return nil, err
	}
	again := func() *http.Request {
		copied := r.Clone(context.Background())
		copied.Body = io.NopCloser(bytes.NewReader(body))
		return copied
	}
	m.mu.Lock()
	m.seen(r, body)
	later, twice := !m.off && m.random.IntN(4) == 0, m.random.IntN(4) == 0
	bring := func() {
		if answer, err := send(again()); err == nil {
			_ = answer.Body.Close()
		}
	}
	if later || twice && !m.off {
		m.held = append(m.held, bring)
	}
	m.mu.Unlock()
	if later {
		return &http.Response{StatusCode: http.StatusAccepted, Body: http.NoBody, Header: http.Header{}, Request: r}, nil
	}
	return send(again())
}

// bring brings what was held back, in any order.
func (m *mess) bring() bool {
	m.mu.Lock()
	held := m.held
	m.held = nil
	m.random.Shuffle(len(held), func(i, j int) { held[i], held[j] = held[j], held[i] })
	m.mu.Unlock()
	for _, bring := range held {
		bring()
	}
	return len(held) > 0
}

// written is a post of a history, and what ought to be true of it.
type written struct {
	uri, text string
	origin    int
	gone      bool
}

// story is a random history of five siblings that are not all pairs.
type story struct {
	t       *testing.T
	c       *testrig.Cluster
	random  *rand.Rand
	mess    *mess
	s       []*testrig.Sibling
	members []*testrig.Member
	pairs   map[[2]int]bool
	posts   []*written
}

func (h *story) knows(origin, at int) bool {
	return origin == at || h.pairs[[2]int{min(origin, at), max(origin, at)}]
}

func newStory(t *testing.T, seed uint64) *story {
	h := begin(t, seed, 5)
	for i := range h.s {
		for j := range i {
			if h.random.IntN(3) > 0 {
				h.bind(i, j)
			}
		}
	}
	return h
}

// begin gives siblings that are no pairs yet, each with a member; set is called for each host before it is there.
func begin(t *testing.T, seed uint64, count int, set ...func(h *story, host string)) *story {
	h := &story{t: t, random: rand.New(rand.NewPCG(seed, 1)), pairs: map[[2]int]bool{}, c: testrig.NewCluster(t)}
	h.mess = &mess{random: rand.New(rand.NewPCG(seed, 2)), seen: func(*http.Request, []byte) {}}
	add := h.c.AddSQLite
	if os.Getenv("SIBLING_DATABASE") == "postgres" {
		add = h.c.AddPostgres
	}
	for i, name := range []string{"ann", "bo", "cleo", "dan", "eve"}[:count] {
		host := string(rune('a'+i)) + ".test"
		for _, set := range set {
			set(h, host)
		}
		server := add(host)
		h.s = append(h.s, &testrig.Sibling{Server: server, Group: server.Community("solvents", nil)})
		h.members = append(h.members, server.Member(name))
	}
	return h
}

func (h *story) bind(i, j int) {
	h.pairs[[2]int{min(i, j), max(i, j)}] = true
	h.c.Pair(h.s[i], h.s[j], agreed())
}

func (h *story) settle() {
	h.c.Settle()
	for h.mess.bring() {
		h.c.Settle()
		h.c.Clock.Advance(10 * time.Minute) // what came too early is tried again
		h.c.Settle()
	}
}

// act lets somebody do something.
func (h *story) act(number int) {
	at := h.random.IntN(len(h.s))
	member, text := h.members[at], fmt.Sprintf("Word %d", number)
	var known []*written
	for _, p := range h.posts {
		if !p.gone && h.knows(p.origin, at) {
			known = append(known, p)
		}
	}
	if len(known) == 0 || h.random.IntN(3) == 0 {
		got := post(member, h.s[at], text)
		h.posts = append(h.posts, &written{uri: got["uri"].(string), text: text, origin: at})
		return
	}
	chosen := known[h.random.IntN(len(known))]
	row, err := h.s[at].Store.Read(context.Background()).PostByURI(chosen.uri)
	if err != nil || row.IsGone() {
		return // it has not come yet
	}
	id := strconv.FormatInt(row.ID, 10)
	switch kind := h.random.IntN(5); {
	case kind == 0 && chosen.origin == at:
		member.Object(http.MethodPut, "/api/v1/statuses/"+id, testrig.M{"status": text})
		chosen.text = text
	case kind == 1 && chosen.origin == at:
		member.Object(http.MethodDelete, "/api/v1/statuses/"+id, nil)
		chosen.gone = true
	case kind == 2:
		member.Object(http.MethodPost, "/api/v1/statuses/"+id+"/favourite", nil)
	default:
		if taken, err := h.s[at].Store.Read(context.Background()).Admission(h.s[at].Group.ID, chosen.uri); chosen.origin == at || err == nil && taken.PostID == row.ID {
			got := member.Reply(id, text)
			h.posts = append(h.posts, &written{uri: got["uri"].(string), text: text, origin: at})
		}
	}
}

// judge looks at every sibling for every post.
func (h *story) judge() {
	ctx := context.Background()
	for _, p := range h.posts {
		likes := int64(-1)
		for at, one := range h.s {
			tx := one.Store.Read(ctx)
			row, err := tx.PostByURI(p.uri)
			taken, admission := tx.Admission(one.Group.ID, p.uri)
			if !h.knows(p.origin, at) {
				if admission == nil {
					h.t.Errorf("%s took %s, of a Group that it has no pair with: %v", one.Host, p.uri, taken)
				}
				continue
			}
			if p.gone {
				if err == nil && row.DeletedAt == 0 {
					h.t.Errorf("%s still shows %s", one.Host, p.uri)
				}
				continue
			}
			if err != nil || row.IsGone() || row.Content != h.at(p.origin, p.uri).Content {
				h.t.Errorf("%s has %s as %+v, %v", one.Host, p.uri, row, err)
				continue
			}
			if origin, err := tx.Actor(row.CommunityID); err != nil || origin.URI != h.s[p.origin].Group.URI {
				h.t.Errorf("%s says that %s came in at %s, %v", one.Host, p.uri, origin.URI, err)
			}
			if at != p.origin && admission != nil {
				h.t.Errorf("%s did not take %s: %v", one.Host, p.uri, admission)
			}
			if likes >= 0 && likes != row.Likes() {
				h.t.Errorf("%s counts %d likes of %s, another %d", one.Host, row.Likes(), p.uri, likes)
			}
			likes = row.Likes()
		}
	}
}

func (h *story) at(host int, uri string) *models.Post {
	row, err := h.s[host].Store.Read(context.Background()).PostByURI(uri)
	if err != nil {
		h.t.Fatal(err)
	}
	return row
}

// seeds gives those of the environment, or one that was never tried.
func seeds(t *testing.T) []uint64 {
	t.Helper()
	said := os.Getenv("SIBLING_SEED")
	if said == "" {
		return []uint64{uint64(time.Now().UnixNano())}
	}
	var all []uint64
	for _, word := range strings.Split(said, ",") {
		seed, err := strconv.ParseUint(word, 10, 64)
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, seed)
	}
	return all
}

// Five siblings, any of them pairs, any history, in any order and more than once: each post is where it ought to be, once, and
// nothing is passed on twice.
func TestSiblingsConverge(t *testing.T) {
	for _, seed := range seeds(t) {
		t.Run(strconv.FormatUint(seed, 10), func(t *testing.T) {
			t.Logf("SIBLING_SEED=%d", seed)
			tell(t, newStory(t, seed))
		})
	}
}

func tell(t *testing.T, h *story) {
	lemmy := h.c.NewPeer("lemmy.test", "lemmy")
	zoe := lemmy.Actor("zoe", "Person")
	hosts := map[string]int{}
	for i, one := range h.s {
		hosts[one.Host] = i
		zoe.Send(one.Server, zoe.Activity("Follow", strconv.Itoa(i), one.Group.URI))
	}
	h.c.Settle()
	lemmy.Received()
	heard := map[string]int{}
	h.mess.seen = func(r *http.Request, body []byte) {
		var outer struct {
			ID, Type, Actor string
			Object          json.RawMessage
		}
		var inner struct{ ID, Audience string }
		if json.Unmarshal(body, &outer) != nil || outer.Type != "Announce" || json.Unmarshal(outer.Object, &inner) != nil || inner.ID == "" {
			return
		}
		if _, sibling := hosts[r.URL.Host]; sibling && inner.Audience != "" && inner.Audience != outer.Actor {
			t.Errorf("%s passed %s on to the sibling %s, which is of %s", outer.Actor, inner.ID, r.URL.Host, inner.Audience)
		}
		// What names no community is a like of a post whose community its host did not know yet, as those of microblogs are.
		if r.URL.Host == lemmy.Host && inner.Audience != "" && inner.Audience != outer.Actor {
			t.Errorf("Lemmy got by %s what is of %s: %s", outer.Actor, inner.Audience, body)
		}
		heard[r.URL.Host+" "+outer.Actor+" "+inner.ID]++
	}
	h.c.Network.Carry(h.mess.carry)
	for number := range 40 {
		h.act(number)
		if h.random.IntN(3) == 0 {
			h.c.Settle()
		}
		if h.random.IntN(6) == 0 {
			h.mess.bring()
		}
	}
	h.settle()
	h.mess.mu.Lock()
	h.mess.off = true
	h.mess.mu.Unlock()
	h.settle()
	for range 2 { // who likes what is told once an hour
		h.c.Clock.Advance(61 * time.Minute)
		h.settle()
	}
	h.judge()
	for what, times := range heard {
		if times > 1 {
			t.Errorf("said %d times: %s", times, what)
		}
	}
}
