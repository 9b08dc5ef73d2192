package streaming

import (
	"net/http"
	"net/netip"
	"sync"

	"praxis/handlers/oauth"
)

// frame is one message to a client.
type frame struct {
	label   label
	event   string
	payload string // "" for none
}

// maxTopics is how many topics one connection may listen to.
const maxTopics = 100

// conn is one connected client. Its queue is filled by the hub and emptied by the transport.
type conn struct {
	who   *oauth.Principal
	from  netip.Addr
	queue chan frame
	ended chan struct{}
	once  sync.Once
	why   error // set before ended is closed

	mu     sync.Mutex
	topics map[topic]label
}

func newConn(who *oauth.Principal, from netip.Addr, queue int) *conn {
	return &conn{who: who, from: from, queue: make(chan frame, queue), ended: make(chan struct{}), topics: map[topic]label{}}
}

// viewer is the member who listens.
func (c *conn) viewer() int64 { return c.who.Actor.ID }

// end tells the transport to stop.
func (c *conn) end(why error) {
	c.once.Do(func() {
		c.why = why
		close(c.ended)
	})
}

// offer queues a message. Who does not read is cut off: others must not wait for them, nor memory grow.
func (c *conn) offer(f frame) {
	select {
	case c.queue <- f:
	default:
		c.end(errSlow)
	}
}

func (c *conn) subscribe(t topic, l label) *problem {
	c.mu.Lock()
	defer c.mu.Unlock()
	if _, known := c.topics[t]; !known && len(c.topics) >= maxTopics {
		return wrong(http.StatusTooManyRequests, "Too many streams on one connection")
	}
	c.topics[t] = l
	return nil
}

func (c *conn) unsubscribe(t topic) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.topics, t)
}

// heard gives what the connection listens to now.
func (c *conn) heard() map[topic]label {
	c.mu.Lock()
	defer c.mu.Unlock()
	found := make(map[topic]label, len(c.topics))
	for t, l := range c.topics {
		found[t] = l
	}
	return found
}

// tell queues an event for each of the topics that it belongs to.
func (c *conn) tell(event, payload string, belongs func(topic) bool) {
	for t, l := range c.heard() {
		if belongs(t) {
			c.offer(frame{label: l, event: event, payload: payload})
		}
	}
}
