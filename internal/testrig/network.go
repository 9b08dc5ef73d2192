package testrig

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"sync"
	"testing"
)

// Network carries requests between hosts: a name leads to a real listener on this machine. It is an http.RoundTripper.
type Network struct {
	t     testing.TB
	mu    sync.Mutex
	hosts map[string]*url.URL
	down  map[string]error
	side  map[string]int // which side of a partition a host is on
	calls map[string]int
	watch func(*http.Request)
	post  func(*http.Request, func(*http.Request) (*http.Response, error)) (*http.Response, error)
	tap   func(*http.Request, []byte, []byte)
}

// NewNetwork gives a network without hosts.
func NewNetwork(t testing.TB) *Network {
	return &Network{t: t, hosts: map[string]*url.URL{}, down: map[string]error{}, side: map[string]int{}, calls: map[string]int{}}
}

// Serve starts a listener for a host; it ends with the test.
func (n *Network) Serve(host string, handler http.Handler) {
	n.t.Helper()
	server := httptest.NewServer(handler)
	n.t.Cleanup(server.Close)
	address, err := url.Parse(server.URL)
	if err != nil {
		n.t.Fatal(err)
	}
	n.mu.Lock()
	defer n.mu.Unlock()
	n.hosts[host] = address
}

// SetDown makes a host unreachable, or reachable again.
func (n *Network) SetDown(host string, down bool) {
	var fault error
	if down {
		fault = noRoute(host)
	}
	n.SetFault(host, fault)
}

// SetFault lets requests to a host fail in a certain way; nil lets them through.
func (n *Network) SetFault(host string, fault error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.down[host] = fault
}

// Split parts the network: hosts of different groups do not reach each other until Heal. Hosts that are not named are of all.
func (n *Network) Split(groups ...[]string) {
	n.mu.Lock()
	defer n.mu.Unlock()
	clear(n.side)
	for i, group := range groups {
		for _, host := range group {
			n.side[host] = i + 1
		}
	}
}

// Heal ends a Split.
func (n *Network) Heal() { n.Split() }

// From gives the network as a host sees it, so that a Split can part it from others.
func (n *Network) From(host string) http.RoundTripper { return sender{n, host} }

// sender is the network as one host sees it.
type sender struct {
	*Network
	host string
}

func (s sender) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	here, there := s.side[s.host], s.side[r.URL.Host]
	s.mu.Unlock()
	if here != 0 && there != 0 && here != there {
		return nil, noRoute(r.URL.Host)
	}
	return s.Network.RoundTrip(r)
}

func noRoute(host string) error { return fmt.Errorf("dial %s: no route to host", host) }

// Calls gives how many requests went to a host.
func (n *Network) Calls(host string) int {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.calls[host]
}

// Watch lets f see every request from now on, one after the other.
func (n *Network) Watch(f func(*http.Request)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.watch = f
}

// Carry lets f bring what is posted, in the place of the network: it may send it, later, or more than once.
func (n *Network) Carry(f func(r *http.Request, send func(*http.Request) (*http.Response, error)) (*http.Response, error)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.post = f
}

// Tap lets f see every request from now on with its body and that of its answer, one after the other.
func (n *Network) Tap(f func(r *http.Request, sent, got []byte)) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.tap = f
}

// RoundTrip sends a request to the listener of its host, over a real connection and with the name in the Host header.
func (n *Network) RoundTrip(r *http.Request) (*http.Response, error) {
	n.mu.Lock()
	address, fault := n.hosts[r.URL.Host], n.down[r.URL.Host]
	n.calls[r.URL.Host]++
	if n.watch != nil {
		n.watch(r)
	}
	post := n.post
	n.mu.Unlock()
	if fault == nil && address == nil {
		fault = noRoute(r.URL.Host)
	}
	if fault != nil {
		return nil, fault
	}
	send := func(r *http.Request) (*http.Response, error) { return n.carry(r, address) }
	if r.Method == http.MethodPost && post != nil {
		return post(r, send)
	}
	return send(r)
}

func (n *Network) carry(r *http.Request, address *url.URL) (*http.Response, error) {
	sent := r.Clone(r.Context())
	if sent.Host == "" {
		sent.Host = r.URL.Host
	}
	sent.URL.Scheme, sent.URL.Host = address.Scheme, address.Host
	if tap := n.tapped(); tap != nil {
		return n.overheard(tap, r, sent)
	}
	return http.DefaultTransport.RoundTrip(sent)
}

func (n *Network) tapped() func(*http.Request, []byte, []byte) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.tap
}

// overheard sends a request whose body, and that of the answer, somebody looks at.
func (n *Network) overheard(tap func(*http.Request, []byte, []byte), asked, sent *http.Request) (*http.Response, error) {
	sent.Header.Del("Accept-Encoding") // or the answer could not be read here
	body, err := drain(sent.Body)
	if err != nil {
		return nil, err
	}
	if body != nil {
		sent.Body = io.NopCloser(bytes.NewReader(body))
	}
	got, err := http.DefaultTransport.RoundTrip(sent)
	if err != nil {
		return nil, err
	}
	answer, err := drain(got.Body)
	if err != nil {
		return nil, err
	}
	got.Body = io.NopCloser(bytes.NewReader(answer))
	n.mu.Lock()
	defer n.mu.Unlock()
	tap(asked, body, answer)
	return got, nil
}

// drain reads a body to its end; nil for none.
func drain(body io.ReadCloser) ([]byte, error) {
	if body == nil {
		return nil, nil
	}
	defer func() { _ = body.Close() }()
	return io.ReadAll(body)
}
