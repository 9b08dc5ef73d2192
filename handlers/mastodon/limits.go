package mastodon

import (
	linked "container/list"
	"net/http"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"praxis/handlers/oauth"
	"praxis/models"
)

// Limits are how much may be asked of a server; 0 is without limit.
type Limits struct {
	Requests int // in five minutes, of one token, or of one address without a token
	Uploads  int // in half an hour, of one member
	Deletes  int // of posts and boosts in half an hour, of one member
}

// DefaultLimits are as large as Mastodon's.
func DefaultLimits() Limits { return Limits{Requests: 300, Uploads: 30, Deletes: 30} }

// limiter counts requests in windows of time.
type limiter struct {
	requests, uploads, deletes *windows
}

func newLimiter(limits Limits) *limiter {
	return &limiter{
		requests: newWindows(limits.Requests, 5*time.Minute),
		uploads:  newWindows(limits.Uploads, 30*time.Minute),
		deletes:  newWindows(limits.Deletes, 30*time.Minute),
	}
}

// state is what is left of a window after a request.
type state struct {
	limit, left int
	ends        time.Time
	over        bool
}

// resetLayout is how Mastodon writes the end of a window.
const resetLayout = "2006-01-02T15:04:05.000000Z"

// limit counts a request, says in the headers what is left, and refuses it when it is one too many (security case F11).
// Of several limits the headers speak of the one that is nearest.
func (s *Server) limit(header http.Header, r *http.Request, rt route, p *oauth.Principal) error {
	now := s.cfg.Now()
	var nearest *state
	for _, of := range s.windowsOf(r, rt, p) {
		after := of.windows.take(of.key, now)
		if after == nil {
			continue
		}
		if nearest == nil || after.over || (!nearest.over && after.left < nearest.left) {
			nearest = after
		}
	}
	if nearest == nil {
		return nil
	}
	header.Set("X-RateLimit-Limit", strconv.Itoa(nearest.limit))
	header.Set("X-RateLimit-Remaining", strconv.Itoa(nearest.left))
	header.Set("X-RateLimit-Reset", nearest.ends.UTC().Format(resetLayout))
	if !nearest.over {
		return nil
	}
	header.Set("Retry-After", strconv.Itoa(int(nearest.ends.Sub(now)/time.Second)+1))
	return models.Errorf(models.RateLimited, "Too many requests")
}

// counted is a window that a request counts in.
type counted struct {
	windows *windows
	key     string
}

func (s *Server) windowsOf(r *http.Request, rt route, p *oauth.Principal) []counted {
	if p == nil || p.Token == nil {
		if s.cfg.ClientIP == nil {
			return nil
		}
		return []counted{{s.limiter.requests, "ip " + addressKey(s.cfg.ClientIP(r))}}
	}
	of := []counted{{s.limiter.requests, "token " + formatID(p.Token.ID)}}
	if p.Actor == nil {
		return of
	}
	member := formatID(p.Actor.ID)
	switch {
	case r.Method == http.MethodPost && (rt.path == "/api/v1/media" || rt.path == "/api/v2/media"):
		of = append(of, counted{s.limiter.uploads, member})
	case (r.Method == http.MethodDelete && rt.path == "/api/v1/statuses/{id}") || strings.HasSuffix(rt.path, "/unreblog"):
		of = append(of, counted{s.limiter.deletes, member})
	}
	return of
}

// addressKey is an address as it is counted: of IPv6 the /64, since that is what one customer has.
func addressKey(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		return netip.PrefixFrom(addr, 64).Masked().String()
	}
	return addr.String()
}

// maxWindows bounds what is remembered; whose window began first is forgotten first.
const maxWindows = 50_000

// windows counts for each key how often it came in the window of time that began with its first request.
type windows struct {
	limit  int
	length time.Duration

	mu   sync.Mutex
	keys map[string]*linked.Element
	all  *linked.List // of *tally, in the order of their beginnings
}

// tally is the window of one key.
type tally struct {
	key   string
	began time.Time
	count int
}

func newWindows(limit int, length time.Duration) *windows {
	return &windows{limit: limit, length: length, keys: map[string]*linked.Element{}, all: linked.New()}
}

// take counts one request of a key; nil without a limit.
func (w *windows) take(key string, now time.Time) *state {
	if w.limit <= 0 {
		return nil
	}
	w.mu.Lock()
	defer w.mu.Unlock()
	for oldest := w.all.Front(); oldest != nil; oldest = w.all.Front() {
		of := oldest.Value.(*tally)
		if now.Before(of.began.Add(w.length)) && w.all.Len() <= maxWindows {
			break
		}
		delete(w.keys, of.key)
		w.all.Remove(oldest)
	}
	element, ok := w.keys[key]
	if !ok {
		element = w.all.PushBack(&tally{key: key, began: now})
		w.keys[key] = element
	}
	of := element.Value.(*tally)
	of.count++
	return &state{limit: w.limit, left: max(0, w.limit-of.count), ends: of.began.Add(w.length), over: of.count > w.limit}
}
