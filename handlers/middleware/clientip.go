package middleware

import (
	"net/http"
	"net/netip"
	"strings"
)

// ClientIP gives a function that tells the address of the client. X-Forwarded-For is believed only when a trusted proxy
// wrote it, and of it only the last address that is not a trusted proxy itself: everything before may be made up
// (security case F12). Without trusted proxies it is the peer of the connection.
func ClientIP(trusted []netip.Prefix) func(*http.Request) netip.Addr {
	isTrusted := func(addr netip.Addr) bool {
		for _, prefix := range trusted {
			if prefix.Contains(addr) {
				return true
			}
		}
		return false
	}
	return func(r *http.Request) netip.Addr {
		client := peerIP(r)
		if !isTrusted(client) {
			return client
		}
		hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
		for i := len(hops) - 1; i >= 0; i-- {
			addr, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
			if err != nil {
				return client // an unreadable hop ends what can be believed
			}
			client = addr.Unmap()
			if !isTrusted(client) {
				return client
			}
		}
		return client
	}
}
