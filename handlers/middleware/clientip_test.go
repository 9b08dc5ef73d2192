package middleware

import (
	"net/http/httptest"
	"net/netip"
	"testing"
)

func TestF12_ForwardedAddressesAreBelievedFromProxiesOnly(t *testing.T) {
	trusted := []netip.Prefix{netip.MustParsePrefix("10.0.0.0/8"), netip.MustParsePrefix("::1/128")}
	for _, c := range []struct {
		peer      string
		forwarded []string
		want      string
	}{
		{"203.0.113.9:1234", nil, "203.0.113.9"},
		{"203.0.113.9:1234", []string{"127.0.0.1"}, "203.0.113.9"},
		{"10.1.2.3:1234", nil, "10.1.2.3"},
		{"10.1.2.3:1234", []string{"198.51.100.7"}, "198.51.100.7"},
		{"10.1.2.3:1234", []string{"127.0.0.1, 198.51.100.7"}, "198.51.100.7"},
		{"10.1.2.3:1234", []string{"127.0.0.1", "198.51.100.7, 10.9.9.9"}, "198.51.100.7"},
		{"10.1.2.3:1234", []string{"198.51.100.7, nonsense"}, "10.1.2.3"},
		{"10.1.2.3:1234", []string{"nonsense, 10.9.9.9"}, "10.9.9.9"},
		{"[::1]:1234", []string{"2001:db8::5"}, "2001:db8::5"},
		{"[::ffff:10.0.0.1]:1234", []string{"::ffff:198.51.100.7"}, "198.51.100.7"},
	} {
		r := httptest.NewRequest("GET", "/", nil)
		r.RemoteAddr = c.peer
		for _, value := range c.forwarded {
			r.Header.Add("X-Forwarded-For", value)
		}
		if got := ClientIP(trusted)(r); got.String() != c.want {
			t.Errorf("%s with %q: %s, want %s", c.peer, c.forwarded, got, c.want)
		}
		if got := ClientIP(nil)(r); got != peerIP(r) {
			t.Errorf("%s with %q and no proxies: %s", c.peer, c.forwarded, got)
		}
	}
}
