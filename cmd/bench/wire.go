package bench

import (
	"bufio"
	"bytes"
	"context"
	"crypto/tls"
	"fmt"
	"io"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// wire is one connection over which requests go as bytes that were made before: net/http's client would cost the cores
// that the server needs.
type wire struct {
	address string
	config  *tls.Config // nil for plain HTTP
	conn    net.Conn
	reader  *bufio.Reader
}

// wire makes a connection to a target; it is opened with the first request.
func (w *World) wire(t *Target) (*wire, error) {
	base, err := url.Parse(t.URL)
	if err != nil {
		return nil, fmt.Errorf("the address of %s: %w", t.Name, err)
	}
	made := &wire{address: base.Host}
	port := "80"
	if base.Scheme == "https" {
		port = "443"
		made.config = w.trust()
		made.config.ServerName = base.Hostname()
		made.config.NextProtos = []string{"http/1.1"}
	}
	if base.Port() == "" {
		made.address = net.JoinHostPort(base.Hostname(), port)
	}
	return made, nil
}

// dial connects to a server under test. Names under localhost are this machine, whatever its resolver makes of them.
func dial(ctx context.Context, network, address string) (net.Conn, error) {
	host, port, err := net.SplitHostPort(address)
	if err == nil && strings.HasSuffix("."+host, ".localhost") {
		address = net.JoinHostPort("127.0.0.1", port)
	}
	dialer := &net.Dialer{Timeout: 10 * time.Second}
	return dialer.DialContext(ctx, network, address)
}

// wirePatience is how long a request may take.
const wirePatience = time.Minute

func (c *wire) open(ctx context.Context) error {
	conn, err := dial(ctx, "tcp", c.address)
	if err != nil {
		return err
	}
	if c.config != nil {
		conn = tls.Client(conn, c.config)
	}
	c.conn, c.reader = conn, bufio.NewReaderSize(conn, 32<<10)
	return nil
}

// send writes a request and reads the answer; the body only when it is wanted.
func (c *wire) send(ctx context.Context, request []byte, want bool) (status int, body []byte, err error) {
	fresh := c.conn == nil
	if status, body, err = c.exchange(ctx, request, want); err != nil && !fresh && ctx.Err() == nil {
		return c.exchange(ctx, request, want) // the server may have closed a connection that was idle
	}
	return status, body, err
}

func (c *wire) exchange(ctx context.Context, request []byte, want bool) (status int, body []byte, err error) {
	if c.conn == nil {
		if err := c.open(ctx); err != nil {
			return 0, nil, err
		}
	}
	defer func() {
		if err != nil {
			c.close()
		}
	}()
	_ = c.conn.SetDeadline(time.Now().Add(wirePatience))
	if _, err := c.conn.Write(request); err != nil {
		return 0, nil, err
	}
	answer, err := http.ReadResponse(c.reader, nil)
	if err != nil {
		return 0, nil, err
	}
	if want {
		body, err = io.ReadAll(answer.Body)
	} else {
		_, err = io.Copy(io.Discard, answer.Body)
	}
	if err != nil {
		return 0, nil, err
	}
	if answer.Close {
		c.close()
	}
	return answer.StatusCode, body, nil
}

func (c *wire) close() {
	if c.conn != nil {
		_ = c.conn.Close()
		c.conn = nil
	}
}

// freeze gives the bytes of a request.
func freeze(r *http.Request) ([]byte, error) {
	var buffer bytes.Buffer
	if err := r.Write(&buffer); err != nil {
		return nil, fmt.Errorf("write a request: %w", err)
	}
	return buffer.Bytes(), nil
}
