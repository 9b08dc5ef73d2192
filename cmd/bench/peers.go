package bench

import (
	"context"
	"crypto/tls"
	"errors"
	"fmt"
	"io"
	"log"
	"net"
	"net/http"
	"strconv"
	"sync"
	"sync/atomic"
	"time"
)

// mood is how a peer behaves.
type mood int32

const (
	healthy mood = iota
	hanging      // takes requests and does not answer
	failing      // answers 500
)

// peer is one host that the bench plays.
type peer struct {
	number  int
	host    string // as in addresses: an IP address or a name, with the port unless that is 443
	address string // where it listens
	mood    atomic.Int32
	gets    atomic.Int64
	config  *tls.Config

	mu       sync.Mutex
	listener net.Listener
	down     bool
	conns    map[net.Conn]bool
}

// peers are all hosts that the bench plays.
type peers struct {
	all         []*peer
	byHost      map[string]*peer
	server      *http.Server
	connections atomic.Int64 // that servers under test opened
}

// startPeers listens on 127.0.1.1 and following, at one port.
func startPeers(count, port int, names bool, ca *authority, handler func(*peer) http.Handler) (*peers, error) {
	ps := &peers{byHost: map[string]*peer{}}
	ps.server = &http.Server{
		ReadHeaderTimeout: 30 * time.Second, ErrorLog: log.New(io.Discard, "", 0), ConnState: ps.onConn,
		TLSNextProto: map[string]func(*http.Server, *tls.Conn, http.Handler){},
		ConnContext: func(ctx context.Context, c net.Conn) context.Context {
			return context.WithValue(ctx, peerKey{}, ps.of(c))
		},
	}
	handlers := make([]http.Handler, count)
	ps.server.Handler = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		p, _ := r.Context().Value(peerKey{}).(*peer)
		if p == nil {
			http.NotFound(w, r)
			return
		}
		handlers[p.number].ServeHTTP(w, r)
	})
	for i := range count {
		p := newPeer(i, port, names)
		pair, err := ca.certify(hostOnly(p.host))
		if err != nil {
			return nil, errors.Join(err, ps.close())
		}
		p.config = &tls.Config{Certificates: []tls.Certificate{*pair}, MinVersion: tls.VersionTLS12}
		handlers[i] = handler(p)
		ps.all = append(ps.all, p)
		ps.byHost[p.host] = p
		if err := ps.raise(p); err != nil {
			return nil, errors.Join(err, ps.close())
		}
	}
	return ps, nil
}

type peerKey struct{}

func newPeer(number, port int, names bool) *peer {
	ip := peerAddress(number)
	p := &peer{number: number, address: net.JoinHostPort(ip, strconv.Itoa(port)), host: ip, conns: map[net.Conn]bool{}}
	if names {
		p.host = peerName(number)
	}
	if port != 443 {
		p.host = net.JoinHostPort(p.host, strconv.Itoa(port))
	}
	return p
}

func peerAddress(number int) string { return fmt.Sprintf("127.0.%d.%d", 1+number/250, 1+number%250) }

func peerName(number int) string { return fmt.Sprintf("p%d.bench.test", number+1) }

// HostLines gives what /etc/hosts needs for peers with names.
func HostLines(count int) []string {
	lines := make([]string, count)
	for i := range lines {
		lines[i] = peerAddress(i) + " " + peerName(i)
	}
	return lines
}

func hostOnly(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		return name
	}
	return host
}

// raise lets a peer listen.
func (ps *peers) raise(p *peer) error {
	listener, err := net.Listen("tcp", p.address)
	if err != nil {
		return fmt.Errorf("play the peer %s: %w (choose another --port?)", p.host, err)
	}
	p.mu.Lock()
	p.listener, p.down = listener, false
	p.mu.Unlock()
	go func() { _ = ps.server.Serve(tls.NewListener(listener, p.config)) }() // ends when the listener is closed
	return nil
}

// fell makes a peer refuse connections, as a host does on which no server runs.
func (p *peer) fell() {
	p.mu.Lock()
	defer p.mu.Unlock()
	_ = p.listener.Close()
	p.down = true
	for c := range p.conns {
		_ = c.Close()
	}
}

// of gives the peer at which a connection arrived.
func (ps *peers) of(c net.Conn) *peer {
	local, ok := c.LocalAddr().(*net.TCPAddr)
	if !ok {
		return nil
	}
	ip := local.IP.To4()
	if ip == nil {
		return nil
	}
	number := (int(ip[2])-1)*250 + int(ip[3]) - 1
	if number < 0 || number >= len(ps.all) {
		return nil
	}
	return ps.all[number]
}

func (ps *peers) onConn(c net.Conn, state http.ConnState) {
	p := ps.of(c)
	if p == nil {
		return
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	switch state {
	case http.StateNew:
		ps.connections.Add(1)
		p.conns[c] = true
	case http.StateClosed, http.StateHijacked:
		delete(p.conns, c)
	}
}

func (ps *peers) close() error { return ps.server.Close() }
