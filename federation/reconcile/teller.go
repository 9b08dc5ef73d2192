package reconcile

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"sync"

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

	mu    sync.Mutex
	known map[int64]string // the collection that an entry of the outbox is addressed to, by its id
}

// NewTeller makes a Teller.
func NewTeller(store *models.Store, links practice.Links) *Teller {
	return &Teller{store: store, links: links, known: map[int64]string{}}
}

// Header gives what an activity of the outbox, by an actor, says of the followers on a host that it is sent to: nothing unless
// it is addressed to the followers of its actor, and some of them live there. It costs one statement, and none for other
// activities.
func (t *Teller) Header(ctx context.Context, entryID, actorID int64, payload []byte, host string) (http.Header, error) {
	collection := t.addressed(entryID, payload)
	if collection == "" {
		return nil, nil
	}
	followers, err := t.store.Read(ctx).FollowerURIs(actorID, strings.ToLower(host))
	if err != nil || len(followers) == 0 {
		return nil, err
	}
	summary := Summary{
		CollectionID: collection, URL: t.links.FollowersOnHost(collection), Digest: models.FollowerDigest(followers),
	}
	return http.Header{sign.Synchronization: {summary.String()}}, nil
}

// addressed gives the followers collection that an activity of ours is addressed to; "" for none.
func (t *Teller) addressed(entryID int64, payload []byte) string {
	t.mu.Lock()
	defer t.mu.Unlock()
	collection, ok := t.known[entryID]
	if !ok {
		if len(t.known) >= maxRemembered {
			clear(t.known)
		}
		collection = t.readAddressed(payload)
		t.known[entryID] = collection
	}
	return collection
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
