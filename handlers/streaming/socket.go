package streaming

import (
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"time"

	"github.com/coder/websocket"
	"golang.org/x/time/rate"
)

const (
	maxMessage = 64 << 10         // bytes that a client may send at once
	writeTime  = 10 * time.Second // for one message to get out
	pongTime   = 10 * time.Second // for the answer to a ping
	// A client may subscribe and unsubscribe this often.
	requestsPerSecond, requestBurst = 5, 100
)

// message is what a WebSocket carries. The payload is JSON inside of a string.
type message struct {
	Stream  label  `json:"stream"`
	Event   string `json:"event"`
	Payload string `json:"payload,omitempty"`
}

// serveSocket speaks with a client until one of both has enough.
func (s *Server) serveSocket(w http.ResponseWriter, r *http.Request, c *conn, first request) {
	options := &websocket.AcceptOptions{InsecureSkipVerify: true} // every origin: who listens is told by a token, not a cookie
	if name := protocolOf(r); name != "" {
		options.Subprotocols = []string{name} // browsers hang up unless they get back what they asked for
	}
	socket, err := websocket.Accept(w, r, options)
	if err != nil {
		return // it has answered
	}
	defer func() { _ = socket.CloseNow() }()
	socket.SetReadLimit(maxMessage)
	ctx, cancel := context.WithCancel(context.WithoutCancel(r.Context()))
	defer cancel()
	if first.Stream != "" {
		s.obey(ctx, c, first)
	}
	go func() {
		c.end(s.listen(ctx, socket, c))
	}()
	s.speak(ctx, socket, c)
	if code, reason := farewellOf(c.why); code != 0 {
		_ = socket.Close(code, reason)
	}
}

// farewellOf tells a client why its stream ends; 0 where it does not listen anyway.
func farewellOf(why error) (websocket.StatusCode, string) {
	switch {
	case errors.Is(why, errStopped):
		return websocket.StatusGoingAway, why.Error()
	case errors.Is(why, errRevoked), errors.Is(why, errNoise):
		return websocket.StatusPolicyViolation, why.Error()
	}
	return 0, ""
}

var errNoise = errors.New("too many messages")

// listen carries out what a client asks for, until it goes.
func (s *Server) listen(ctx context.Context, socket *websocket.Conn, c *conn) error {
	allowed := rate.NewLimiter(requestsPerSecond, requestBurst)
	for {
		kind, raw, err := socket.Read(ctx)
		if err != nil {
			return err
		}
		if !allowed.Allow() {
			return errNoise
		}
		if kind != websocket.MessageText || len(raw) == 0 {
			continue
		}
		asked, trouble := readRequest(raw)
		if trouble != nil {
			c.offer(frame{event: eventError, payload: trouble.json()})
			continue
		}
		s.obey(ctx, c, asked)
	}
}

// obey carries out a message and answers only when it cannot.
func (s *Server) obey(ctx context.Context, c *conn, asked request) {
	if trouble := s.carryOut(ctx, c, asked); trouble != nil {
		c.offer(frame{event: eventError, payload: trouble.json()})
	}
}

// eventError marks a frame that is an error, which stands by itself on a WebSocket.
const eventError = "error"

func (p *problem) json() string {
	raw, _ := json.Marshal(p) // text and a number always can be
	return string(raw)
}

func (f frame) json() ([]byte, error) {
	if f.event == eventError {
		return []byte(f.payload), nil
	}
	return json.Marshal(message{Stream: f.label, Event: f.event, Payload: f.payload})
}

// speak sends what is queued, and a ping now and then, until the connection ends.
func (s *Server) speak(ctx context.Context, socket *websocket.Conn, c *conn) {
	beat := time.NewTicker(s.cfg.Beat)
	defer beat.Stop()
	for {
		select {
		case <-c.ended:
			return
		case f := <-c.queue:
			if err := send(ctx, socket, f); err != nil {
				c.end(err)
				return
			}
		case <-beat.C:
			go func() {
				ctx, cancel := context.WithTimeout(ctx, pongTime)
				defer cancel()
				if err := socket.Ping(ctx); err != nil {
					c.end(err)
				}
			}()
		}
	}
}

func send(ctx context.Context, socket *websocket.Conn, f frame) error {
	raw, err := f.json()
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, writeTime)
	defer cancel()
	return socket.Write(ctx, websocket.MessageText, raw)
}
