package fetch

import (
	"context"
	"crypto/tls"
	"fmt"
	"math/big"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"praxis/federation/vocab"
)

// special are the blocks of the IANA special-purpose registries and what else is not the public internet.
func special() []netip.Prefix {
	var blocks []netip.Prefix
	for _, block := range strings.Fields(`
		0.0.0.0/8 10.0.0.0/8 100.64.0.0/10 127.0.0.0/8 169.254.0.0/16 172.16.0.0/12 192.0.0.0/24 192.0.2.0/24 192.31.196.0/24
		192.52.193.0/24 192.88.99.0/24 192.168.0.0/16 192.175.48.0/24 198.18.0.0/15 198.51.100.0/24 203.0.113.0/24 224.0.0.0/4
		240.0.0.0/4 255.255.255.255/32 168.63.129.16/32
		::/128 ::1/128 ::/96 ::ffff:0:0/96 64:ff9b::/96 64:ff9b:1::/48 100::/64 100:0:0:1::/64 2001::/23 2001::/32 2001:1::1/128
		2001:1::2/128 2001:1::3/128 2001:2::/48 2001:3::/32 2001:4:112::/48 2001:10::/28 2001:20::/28 2001:30::/28 2001:db8::/32
		2002::/16 2620:4f:8000::/48 3ffe::/16 3fff::/20 5f00::/16 fc00::/7 fe80::/10 fec0::/10 ff00::/8`) {
		blocks = append(blocks, netip.MustParsePrefix(block))
	}
	return blocks
}

// edges gives the first, the last and the middle address of a block, and its neighbours.
func edges(block netip.Prefix) (inside, outside []netip.Addr) {
	first := new(big.Int).SetBytes(block.Masked().Addr().AsSlice())
	bits := block.Addr().BitLen()
	size := new(big.Int).Lsh(big.NewInt(1), uint(bits-block.Bits()))
	addr := func(offset *big.Int) netip.Addr {
		raw := make([]byte, bits/8)
		sum := new(big.Int).Add(first, offset)
		if sum.Sign() < 0 || sum.BitLen() > bits {
			return netip.Addr{}
		}
		a, _ := netip.AddrFromSlice(sum.FillBytes(raw))
		return a
	}
	half, last := new(big.Int).Rsh(size, 1), new(big.Int).Sub(size, big.NewInt(1))
	inside = []netip.Addr{addr(big.NewInt(0)), addr(half), addr(last)}
	return inside, []netip.Addr{addr(big.NewInt(-1)), addr(size)}
}

// embeddings are IPv6 addresses behind which a network may see the IPv4 address.
func embeddings(v4 netip.Addr) []netip.Addr {
	b := v4.As4()
	hex := fmt.Sprintf("%02x%02x:%02x%02x", b[0], b[1], b[2], b[3])
	inverse := fmt.Sprintf("%02x%02x:%02x%02x", ^b[0], ^b[1], ^b[2], ^b[3])
	var all []netip.Addr
	for _, s := range []string{
		"::ffff:" + hex, "::" + hex, "::ffff:0:" + hex, "64:ff9b::" + hex, "64:ff9b:1::" + hex, "2002:" + hex + "::1", "2001::" + hex + ":0:0:1",
		"2001:0:102:304:0:0:" + inverse, "2600::5efe:" + hex, "2600::200:5efe:" + hex, "fe80::5efe:" + hex,
	} {
		all = append(all, netip.MustParseAddr(s))
	}
	return all
}

func dialled(g guard, addr netip.Addr) error {
	network := "tcp6"
	if addr.Is4() {
		network = "tcp4"
	}
	return g.control(network, netip.AddrPortFrom(addr, 443).String(), nil)
}

func TestD01_D02_D03_SpecialBlocks(t *testing.T) {
	g := newGuard(false)
	for _, block := range special() {
		inside, _ := edges(block)
		for _, addr := range inside {
			if dialled(g, addr) == nil {
				t.Errorf("%s of %s may be dialled", addr, block)
			}
			if !addr.Is4() {
				continue
			}
			for _, embedded := range embeddings(addr) {
				if dialled(g, embedded) == nil {
					t.Errorf("%s, which holds %s of %s, may be dialled", embedded, addr, block)
				}
			}
		}
	}
	for _, scoped := range []string{"fe80::1%eth0", "2600::1%eth0", "::1%lo"} {
		if dialled(g, netip.MustParseAddr(scoped)) == nil {
			t.Errorf("%s may be dialled", scoped)
		}
	}
}

// TestD01_NeighboursArePublic: a guard that refuses everything would pass the test above.
func TestD01_NeighboursArePublic(t *testing.T) {
	g, tried := newGuard(false), 0
	for _, block := range special() {
		_, outside := edges(block)
		for _, addr := range outside {
			global := addr.Is4() || addr.IsValid() && netip.MustParsePrefix("2000::/3").Contains(addr)
			for _, other := range special() {
				global = global && !other.Contains(addr)
			}
			if !global {
				continue
			}
			tried++
			if err := dialled(g, addr); err != nil {
				t.Errorf("%s beside %s may not be dialled: %v", addr, block, err)
			}
		}
	}
	if tried < 30 {
		t.Errorf("only %d neighbours tried", tried)
	}
	for _, addr := range []string{"1.1.1.1", "8.8.8.8", "223.255.255.255", "2606:4700::1111", "2a01:4f8::1"} {
		if err := dialled(g, netip.MustParseAddr(addr)); err != nil {
			t.Errorf("%s may not be dialled: %v", addr, err)
		}
	}
}

func TestGuardInDevelopment(t *testing.T) {
	g := newGuard(true)
	for address, fine := range map[string]bool{
		"127.0.0.1:8080": true, "127.1.2.3:22": true, "[::1]:3000": true, "8.8.8.8:80": true,
		"10.0.0.1:443": false, "0.0.0.0:80": false, "[::ffff:127.0.0.1]:80": false, "[::]:80": false, "169.254.169.254:80": false,
	} {
		network := "tcp4"
		if strings.HasPrefix(address, "[") {
			network = "tcp6"
		}
		if err := g.control(network, address, nil); (err == nil) != fine {
			t.Errorf("%s: got %v, fine should be %v", address, err, fine)
		}
	}
	strict := newGuard(false)
	for _, address := range []string{"8.8.8.8:80", "8.8.8.8:22", "[2a01:4f8::1]:8443", "127.0.0.1:443", "8.8.8.8", "x:443", ""} {
		if strict.control("tcp4", address, nil) == nil {
			t.Errorf("%s may be dialled", address)
		}
	}
	if strict.control("udp4", "8.8.8.8:443", nil) == nil {
		t.Error("UDP may be sent")
	}
}

// TestD01_NamesOfPrivateAddresses goes all the way from a URL to the refusal.
func TestD01_NamesOfPrivateAddresses(t *testing.T) {
	for _, block := range special() {
		inside, _ := edges(block)
		for _, addr := range inside {
			if dialled(newGuard(false), addr.Unmap()) == nil {
				continue // a public IPv4 address, mapped: it is dialled as what it is
			}
			c := New(Config{Transport: newTransport(newGuard(false), defaultLimits, always(addr.String()))})
			_, err := get(t, c, "https://evil.test/x")
			wantKind(t, err, Refused)
			wantUnreachable(t, err, addr.String())
			_, err = c.Post(context.Background(), "https://evil.test/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
			wantKind(t, err, Refused)
			_, err = c.WebFinger(context.Background(), "u", "evil.test")
			wantKind(t, err, Refused)
			_, err = c.NodeInfo(context.Background(), "evil.test")
			wantKind(t, err, Refused)
		}
	}
}

func wantUnreachable(t *testing.T, err error, secret string) {
	t.Helper()
	if err == nil || !strings.HasSuffix(err.Error(), ": host cannot be reached") || strings.Contains(err.Error(), secret) {
		t.Errorf("got %v, which should say only that the host cannot be reached", err)
	}
}

func TestD04_OnlyNames(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for _, host := range []string{
		"2130706433", "0x7f000001", "0x7f.1", "127.1", "127.0.0.1", "0177.0.0.1", "[::1]", "[::ffff:127.0.0.1]", "8.8.8.8", "[2a01:4f8::1]",
		"localhost", "LOCALHOST.", "intranet", "127.0.0.1.", "１２７.0.0.1", "127。0。0。1", "", ".", "a..test", "[::1%25lo]",
	} {
		_, err := get(t, c, "https://"+host+"/x")
		wantKind(t, err, Refused)
		_, err = c.NodeInfo(context.Background(), host)
		wantKind(t, err, Refused)
		_, err = c.WebFinger(context.Background(), "u", host)
		wantKind(t, err, Refused)
		_, err = c.Post(context.Background(), "https://"+host+"/inbox", []byte("{}"), must(testSigner(context.Background())), nil)
		wantKind(t, err, Refused)
	}
	w.expect(t)
}

// TestD05_Rebinding: the name has a fine address at first and a private one when it is looked up again.
func TestD05_Rebinding(t *testing.T) {
	w := newWeb(t)
	var lookups atomic.Int64
	resolver := names(func(string) []netip.Addr {
		if lookups.Add(1) <= 2 { // A and AAAA
			return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
		}
		return []netip.Addr{netip.MustParseAddr("10.0.0.1"), netip.MustParseAddr("::ffff:10.0.0.1")}
	})
	transport := newTransport(newGuard(true), defaultLimits, resolver)
	c := New(Config{Development: true, Transport: transport})
	host := "rebind.test:" + portOf(w.plain.URL)
	w.HandleFunc("rebind.test/x", func(out http.ResponseWriter, r *http.Request) {
		out.Header().Set("Content-Type", vocab.MediaType)
		_, _ = fmt.Fprint(out, noteWith("http://"+r.Host+"/x"))
	})
	doc, err := get(t, c, "http://"+host+"/x")
	wantID(t, doc, err, "http://"+host+"/x")
	c.CloseIdleConnections()
	_, err = get(t, c, "http://"+host+"/x")
	wantKind(t, err, Refused)
	w.expect(t, "GET http://"+host+"/x")
}

func portOf(address string) string {
	u, err := url.Parse(address)
	if err != nil {
		panic(err)
	}
	return u.Port()
}

func TestD06_RedirectToPrivateAddress(t *testing.T) {
	w := newWeb(t)
	resolver := names(func(name string) []netip.Addr {
		if name == "inner.test." {
			return []netip.Addr{netip.MustParseAddr("192.168.0.1")}
		}
		return []netip.Addr{netip.MustParseAddr("127.0.0.1")}
	})
	c := New(Config{Development: true, Transport: newTransport(newGuard(true), defaultLimits, resolver)})
	t.Cleanup(c.CloseIdleConnections)
	base := "http://a.test:" + portOf(w.plain.URL)
	for i, to := range []string{"http://inner.test/admin", "http://192.168.0.1/admin", "http://[::ffff:192.168.0.1]/admin", "http://169.254.169.254/"} {
		w.redirect(fmt.Sprintf("a.test/%d", i), to)
		_, err := get(t, c, fmt.Sprintf("%s/%d", base, i))
		wantKind(t, err, Refused)
		wantUnreachable(t, err, "192.168.0.1: ")
	}
}

func TestD08_SchemesUsersAndPorts(t *testing.T) {
	w := newWeb(t)
	c := w.client(t, Config{})
	for i, address := range []string{
		"http://a.test/x", "file:///etc/hosts", "data:application/activity+json,{}", "gopher://a.test/x", "ftp://a.test/x", "javascript:alert(1)",
		"https://u:p@a.test/x", "https://u@a.test/x", "https://a.test:22/x", "https://a.test:25/", "https://a.test:6379/", "https://a.test:80/",
		"https://a.test\\@b.test/", "//a.test/x", "/x", "", "https:///x", "https://a.test:443:22/x", "https://a%2etest/x", "https://a.test/\r\nX: y",
	} {
		_, err := get(t, c, address)
		wantKind(t, err, Refused)
		_, err = c.Post(context.Background(), address, []byte("{}"), must(testSigner(context.Background())), nil)
		wantKind(t, err, Refused)
		path := fmt.Sprintf("a.test/%d", i)
		w.redirect(path, address)
		_, err = get(t, c, "https://"+path)
		if address != "//a.test/x" && address != "/x" && !strings.Contains(address, "\r") { // which are fine in a redirect
			wantKind(t, err, Refused)
		}
	}
	for _, seen := range w.requests() {
		if !strings.HasPrefix(seen, "GET https://a.test/") {
			t.Errorf("request %s", seen)
		}
	}
}

func TestD11_ProxiesOfTheEnvironmentAreIgnored(t *testing.T) {
	w := newWeb(t)
	proxy := newWeb(t)
	for _, name := range []string{"HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY", "http_proxy", "https_proxy"} {
		t.Setenv(name, proxy.plain.URL)
	}
	// Loopback would never be sent through a proxy, but this name is.
	transport := newTransport(newGuard(true), defaultLimits, always("127.0.0.1"))
	c := New(Config{Development: true, Transport: transport})
	t.Cleanup(c.CloseIdleConnections)
	id := "http://a.test:" + portOf(w.plain.URL) + "/x"
	w.note("a.test/x", id)
	doc, err := get(t, c, id)
	wantID(t, doc, err, id)
	proxy.expect(t)
	if transport.Proxy != nil {
		t.Error("there is a proxy")
	}
}

func TestD22_BlockedAndUnreachableReadTheSame(t *testing.T) {
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	port := closed.Addr().(*net.TCPAddr).Port
	closed.Close()
	var texts []string
	for _, resolver := range []*net.Resolver{always("10.0.0.1"), always("127.0.0.1"), always()} {
		c := New(Config{Development: true, Transport: newTransport(newGuard(true), defaultLimits, resolver)})
		began := time.Now()
		_, err := get(t, c, fmt.Sprintf("http://a.test:%d/x", port))
		if err == nil || time.Since(began) > 2*time.Second {
			t.Fatalf("got %v after %v", err, time.Since(began))
		}
		texts = append(texts, err.Error())
	}
	if texts[0] != texts[1] || texts[0] != texts[2] {
		t.Errorf("private, closed and unknown read differently: %q", texts)
	}
}

func TestTransportIsBounded(t *testing.T) {
	transport, ok := New(Config{}).cfg.Transport.(*http.Transport)
	if !ok {
		t.Fatal("no transport of our own")
	}
	if transport.MaxIdleConns == 0 || transport.MaxIdleConnsPerHost == 0 || transport.IdleConnTimeout == 0 ||
		transport.MaxResponseHeaderBytes == 0 || transport.TLSHandshakeTimeout == 0 || transport.ResponseHeaderTimeout == 0 {
		t.Errorf("something has no bound: %+v", transport)
	}
	if transport.TLSClientConfig.MinVersion < tls.VersionTLS12 || transport.TLSClientConfig.InsecureSkipVerify {
		t.Error("TLS is too lax")
	}
}
