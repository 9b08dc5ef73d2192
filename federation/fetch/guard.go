package fetch

import (
	"context"
	"crypto/tls"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"syscall"
	"time"

	"code.dny.dev/ssrf"
)

// errNotPublic does not name the address: it may be inside our own network.
var errNotPublic = errors.New("not a public address")

// limits are the times for the parts of a request; Config.Timeout bounds them all together.
type limits struct{ connect, tls, header time.Duration }

var defaultLimits = limits{connect: 5 * time.Second, tls: 5 * time.Second, header: 10 * time.Second}

const (
	maxHeaderBytes = 64 << 10
	maxIdle        = 1024 // as many as hosts that hear of a post, so that the next one needs no handshakes
	maxIdlePerHost = 2
	idleTime       = 90 * time.Second
	maxSessions    = 4096 // of TLS, which make the next handshake cheap
)

// guard refuses connections by the address that is dialled, after all names are resolved: a name that is looked up again,
// a second address of it or a redirect cannot get around it (security cases D1 to D6).
type guard struct{ special *ssrf.Guardian }

// newGuard allows global unicast addresses outside all special-purpose blocks of IANA, on port 443. In development it
// allows loopback and every port as well.
func newGuard(development bool) guard {
	options := []ssrf.Option{
		ssrf.WithPorts(443),
		// An address of the public range at which one cloud's internal services answer.
		ssrf.WithDeniedV4Prefixes(netip.MustParsePrefix("168.63.129.16/32")),
		// The former test network 6bone, given back (RFC 3701).
		ssrf.WithDeniedV6Prefixes(netip.MustParsePrefix("3ffe::/16")),
	}
	if development {
		options = append(options, ssrf.WithAnyPort(),
			ssrf.WithAllowedV4Prefixes(netip.MustParsePrefix("127.0.0.0/8")),
			ssrf.WithAllowedV6Prefixes(netip.MustParsePrefix("::1/128")))
	}
	return guard{special: ssrf.New(options...)}
}

// control is what net.Dialer.Control asks before it connects.
func (g guard) control(network, address string, conn syscall.RawConn) error {
	if g.special.Safe(network, address, conn) != nil {
		return errNotPublic
	}
	if to, err := netip.ParseAddrPort(address); err != nil || isTunnel(to.Addr()) {
		return errNotPublic
	}
	return nil
}

// isTunnel reports whether an IPv6 address carries an IPv4 one in its lower half, to which a router of ours might pass
// packets on (ISATAP, RFC 5214 section 6.1).
func isTunnel(addr netip.Addr) bool {
	b := addr.As16()
	return addr.Is6() && b[8]&^2 == 0 && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe
}

// newTransport connects through the guard alone. The environment's proxies are ignored: with one, the guard would see
// the proxy's address only (security case D11).
func newTransport(g guard, l limits, resolver *net.Resolver) *http.Transport {
	dialer := &net.Dialer{Timeout: l.connect, KeepAlive: 30 * time.Second, Control: g.control, Resolver: resolver}
	return &http.Transport{
		Proxy:                  nil,
		DialContext:            dialer.DialContext,
		TLSClientConfig:        &tls.Config{MinVersion: tls.VersionTLS12, ClientSessionCache: tls.NewLRUClientSessionCache(maxSessions)},
		TLSHandshakeTimeout:    l.tls,
		ResponseHeaderTimeout:  l.header,
		MaxResponseHeaderBytes: maxHeaderBytes,
		MaxIdleConns:           maxIdle,
		MaxIdleConnsPerHost:    maxIdlePerHost,
		IdleConnTimeout:        idleTime,
		ForceAttemptHTTP2:      true,
		HTTP2:                  &http.HTTP2Config{SendPingTimeout: 15 * time.Second, PingTimeout: 5 * time.Second},
	}
}

type dial = func(ctx context.Context, network, address string) (net.Conn, error)

// localNames lets every name under localhost mean this machine (RFC 6761 section 6.3), whatever the system's resolver
// makes of it.
func localNames(inner dial) dial {
	return func(ctx context.Context, network, address string) (net.Conn, error) {
		host, port, err := net.SplitHostPort(address)
		if err == nil && (host == "localhost" || strings.HasSuffix(host, ".localhost")) {
			address = net.JoinHostPort("127.0.0.1", port)
		}
		return inner(ctx, network, address)
	}
}
