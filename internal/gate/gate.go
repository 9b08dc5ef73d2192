package gate

import (
	"errors"
	"net/netip"
	"sync"
)

// Why somebody is not let in.
var (
	ErrFull  = errors.New("too much is under way")
	ErrShare = errors.New("too much of the same origin is under way")
)

// Gate counts what is under way. It is safe for concurrent use.
type Gate struct {
	all, share int
	mu         sync.Mutex
	total      int
	by         map[string]int
}

// New makes a Gate that lets in all at once, and share of each key; at least one.
func New(all, share int) *Gate {
	return &Gate{all: max(all, 1), share: max(share, 1), by: map[string]int{}}
}

// Enter lets something of a key in until leave is called; the empty key has no share of its own. Errors: ErrFull, ErrShare.
func (g *Gate) Enter(key string) (leave func(), err error) {
	g.mu.Lock()
	defer g.mu.Unlock()
	switch {
	case key != "" && g.by[key] >= g.share:
		return nil, ErrShare
	case g.total >= g.all:
		return nil, ErrFull
	}
	g.total++
	if key != "" {
		g.by[key]++
	}
	return func() { g.leave(key) }, nil
}

func (g *Gate) leave(key string) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.total--
	if key == "" {
		return
	}
	if g.by[key]--; g.by[key] == 0 {
		delete(g.by, key)
	}
}

// Address gives the key of an address: somebody with IPv6 has a whole /64. A loopback address has none: behind it is a proxy
// that is not told of, or somebody on this machine.
func Address(addr netip.Addr) string {
	addr = addr.Unmap().WithZone("")
	if !addr.IsValid() || addr.IsLoopback() {
		return ""
	}
	bits := addr.BitLen()
	if addr.Is6() {
		bits = 64
	}
	prefix, err := addr.Prefix(bits)
	if err != nil {
		return ""
	}
	return prefix.String()
}
