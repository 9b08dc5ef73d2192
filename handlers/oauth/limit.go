package oauth

import (
	"container/list"
	"math"
	"net/http"
	"net/netip"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"

	"praxis/models"
)

// limits are the limits of a Server. Handlers ask them: what stands in a path or in a header changes nothing (security
// case F13).
type limits struct {
	places   *limiter // failed sign-ins of an address
	accounts *limiter // failed sign-ins of an account
	consents *limiter // codes of an account
	apps     *limiter // registrations of an address
	signUps  *limiter // sign-ups of an address
	letters  *limiter // letters that an address asks for
	codes    *limiter // wrong codes by time of an account
	steps    *limiter // ways in that an address begins: a whole clinic may be behind one
}

// The first two are Mastodon's.
func newLimits() limits {
	return limits{
		places:   newLimiter(25, 5*time.Minute),
		accounts: newLimiter(25, time.Hour),
		consents: newLimiter(25, 5*time.Minute),
		apps:     newLimiter(60, 10*time.Minute),
		signUps:  newLimiter(5, 30*time.Minute),
		letters:  newLimiter(10, 30*time.Minute),
		codes:    newLimiter(10, 15*time.Minute),
		steps:    newLimiter(1000, 5*time.Minute),
	}
}

// maxKeys bounds what a limiter remembers. Whoever was quiet for longest is forgotten first; to make it forget somebody
// takes as many addresses, since each is limited itself (security case D18).
const maxKeys = 50_000

// limiter lets each key do burst things at once, and as many again spread over a period.
type limiter struct {
	every rate.Limit
	burst int
	max   int

	mu     sync.Mutex
	keys   map[string]*list.Element
	recent *list.List // of *bucket, the latest used first
}

type bucket struct {
	key   string
	spent *rate.Limiter
}

func newLimiter(burst int, period time.Duration) *limiter {
	return &limiter{
		every: rate.Every(period / time.Duration(burst)), burst: burst, max: maxKeys,
		keys: map[string]*list.Element{}, recent: list.New(),
	}
}

// take uses one of key's tries, or gives a RateLimited error and sets Retry-After.
func (l *limiter) take(w http.ResponseWriter, key string, now time.Time) error {
	_, err := l.reserve(w, key, now)
	return err
}

// LimitSignUp uses one of the sign-ups that the address of a request may try. Errors: RateLimited, and the answer's header
// gets Retry-After.
func (s *Server) LimitSignUp(header http.Header, r *http.Request) error {
	return s.limits.signUps.take(headerOnly{header: header}, s.place(r), s.cfg.Now())
}

// headerOnly is an answer of which only the header is wanted.
type headerOnly struct {
	http.ResponseWriter
	header http.Header
}

func (h headerOnly) Header() http.Header { return h.header }

// ClientAddress gives the address that a request comes from.
func (s *Server) ClientAddress(r *http.Request) netip.Addr { return s.cfg.ClientIP(r).Unmap() }

// reserve is take; the reservation can be given back by CancelAt(now), with the same now.
func (l *limiter) reserve(w http.ResponseWriter, key string, now time.Time) (*rate.Reservation, error) {
	reserved := l.bucket(key).ReserveN(now, 1)
	wait := reserved.DelayFrom(now)
	if wait == 0 {
		return reserved, nil
	}
	reserved.CancelAt(now)
	w.Header().Set("Retry-After", strconv.Itoa(int(math.Ceil(wait.Seconds()))))
	return nil, models.Errorf(models.RateLimited, "Too many tries. Wait %s and try again.", wait.Round(time.Second)+time.Second)
}

func (l *limiter) bucket(key string) *rate.Limiter {
	l.mu.Lock()
	defer l.mu.Unlock()
	if known, ok := l.keys[key]; ok {
		l.recent.MoveToFront(known)
		return known.Value.(*bucket).spent
	}
	if l.recent.Len() >= l.max {
		oldest := l.recent.Back()
		delete(l.keys, l.recent.Remove(oldest).(*bucket).key)
	}
	fresh := &bucket{key: key, spent: rate.NewLimiter(l.every, l.burst)}
	l.keys[key] = l.recent.PushFront(fresh)
	return fresh.spent
}

// place is the key of the address that a request comes from: of IPv6 the /64, since that is what one customer has.
func (s *Server) place(r *http.Request) string { return placeOf(s.cfg.ClientIP(r)) }

func placeOf(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if addr.Is6() {
		return netip.PrefixFrom(addr, 64).Masked().String()
	}
	return addr.String()
}
