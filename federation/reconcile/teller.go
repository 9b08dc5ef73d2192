package reconcile

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/go-json-experiment/json"

	"praxis/federation/sign"
	"praxis/models"
	"praxis/practice"
)

// maxRemembered is of how many activities it is remembered whom they are addressed to: one goes to many hosts.
const maxRemembered = 256

// Teller says in deliveries to followers which of them live at the receiver. It is safe for concurrent use.
type Teller struct {
	store *models.Store
	links practice.Links

	mu      sync.Mutex
	known   map[int64]address // to whom an entry of the outbox is addressed, by its id
	digests map[followersOn]digest
	sums    map[int64]summed // what Groups of ours say to siblings, by the pair
}

// address is the followers collection that an activity is addressed to, "" for none, and how many followers there were when
// that was found out.
type address struct {
	collection string
	followers  int64
}

// followersOn are the followers of an actor of ours on one host.
type followersOn struct {
	actorID int64
	host    string
}

// digest is what stands for them; "" where there are none.
type digest struct {
	digest    string
	followers int64 // of the actor everywhere, when it was made
	at        time.Time
}

// An actor's followers on a host may be many, and they are read anew only when its followers have become more or fewer, or after a
// while, since as many may come as go. A digest that is behind costs the receiver one question.
const (
	digestFresh = 5 * time.Minute
	maxDigests  = 20_000
)

// NewTeller makes a Teller.
func NewTeller(store *models.Store, links practice.Links) *Teller {
	return &Teller{store: store, links: links, known: map[int64]address{}, digests: map[followersOn]digest{}, sums: map[int64]summed{}}
}

// Header gives what an activity of the outbox, by an actor, says of the followers on a host that it is sent to: nothing unless
// it is addressed to the followers of its actor, and some of them live there; and to siblings what a Group took first.
func (t *Teller) Header(ctx context.Context, entryID, actorID int64, payload []byte, host string) (http.Header, error) {
	header, err := t.followersHeader(ctx, entryID, actorID, payload, host)
	if err != nil {
		return nil, err
	}
	return t.withSibling(ctx, header, actorID, host)
}

func (t *Teller) followersHeader(ctx context.Context, entryID, actorID int64, payload []byte, host string) (http.Header, error) {
	to, err := t.addressed(ctx, entryID, actorID, payload)
	if err != nil || to.collection == "" {
		return nil, err
	}
	sum, err := t.digest(ctx, followersOn{actorID, strings.ToLower(host)}, to.followers)
	if err != nil || sum == "" {
		return nil, err
	}
	summary := Summary{CollectionID: to.collection, URL: t.links.FollowersOnHost(to.collection), Digest: sum}
	return http.Header{sign.Synchronization: {summary.String()}}, nil
}

func (t *Teller) digest(ctx context.Context, of followersOn, followers int64) (string, error) {
	t.mu.Lock()
	known, ok := t.digests[of]
	t.mu.Unlock()
	if ok && known.followers == followers && t.store.Now().Sub(known.at) < digestFresh {
		return known.digest, nil
	}
	uris, err := t.store.Read(ctx).FollowerURIs(of.actorID, of.host)
	if err != nil {
		return "", err
	}
	fresh := digest{followers: followers, at: t.store.Now()}
	if len(uris) > 0 {
		fresh.digest = models.FollowerDigest(uris)
	}
	t.mu.Lock()
	defer t.mu.Unlock()
	if len(t.digests) >= maxDigests {
		clear(t.digests)
	}
	t.digests[of] = fresh
	return fresh.digest, nil
}

// addressed gives the followers collection that an activity of ours is addressed to.
func (t *Teller) addressed(ctx context.Context, entryID, actorID int64, payload []byte) (address, error) {
	t.mu.Lock()
	defer t.mu.Unlock()
	to, ok := t.known[entryID]
	if ok {
		return to, nil
	}
	if to.collection = t.readAddressed(payload); to.collection != "" {
		actor, err := t.store.Read(ctx).Actor(actorID)
		if err != nil {
			return to, err
		}
		to.followers = actor.FollowersCount
	}
	if len(t.known) >= maxRemembered {
		clear(t.known)
	}
	t.known[entryID] = to
	return to, nil
}

// readAddressed looks into an activity. Who acts is in it as it was written, so that nobody has to be looked up.
func (t *Teller) readAddressed(payload []byte) string {
	var said struct {
		Actor string   `json:"actor"`
		To    []string `json:"to"`
		Cc    []string `json:"cc"`
	}
	if json.Unmarshal(payload, &said) != nil {
		return ""
	}
	collection := t.links.Followers(said.Actor)
	if !slices.Contains(said.To, collection) && !slices.Contains(said.Cc, collection) {
		return ""
	}
	return collection
}
