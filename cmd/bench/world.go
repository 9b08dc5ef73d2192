package bench

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"praxis/federation/sign"
)

// Config says how large a bench is.
type Config struct {
	Folder      string        // where the authority is kept
	Peers       int           // hosts that are played
	Port        int           // at which they listen
	Names       bool          // hosts have names (see HostLines) and are not IP addresses
	Senders     int           // of the peers, those whose actors the member follows
	Posts       int           // that are sent out in each of fanout, faulty and catchup
	Statuses    int           // that clients post in each half of posting
	Notes       int           // that come in
	Connections int           // of clients and senders at the same time
	Seconds     time.Duration // for how long timelines are read
	Patience    time.Duration // for what never comes
	Say         func(line string)
}

// World is all that the bench plays.
type World struct {
	cfg        Config
	ca         *authority
	speech     *speech
	peers      *peers
	verifier   *sign.Verifier
	run        string
	markPrefix string

	mu       sync.Mutex
	phases   map[string]*arrivals
	accepted map[string]chan struct{} // by follower's URI
	verified atomic.Int64
	badSigns atomic.Int64
	posted   atomic.Int64 // deliveries that came in, for sampling
	release  chan struct{}
	plain    *http.Client
}

// NewWorld starts the peers. Close it.
func NewWorld(cfg Config) (*World, error) {
	if cfg.Say == nil {
		cfg.Say = func(string) {}
	}
	ca, err := loadAuthority(cfg.Folder)
	if err != nil {
		return nil, err
	}
	run := strconv.FormatInt(time.Now().UnixMilli(), 36)
	w := &World{
		cfg: cfg, ca: ca, run: run, markPrefix: "bench-" + run + "-",
		phases: map[string]*arrivals{}, accepted: map[string]chan struct{}{}, release: make(chan struct{}),
	}
	if w.speech, err = newSpeech(ca.actorKey, run); err != nil {
		return nil, err
	}
	if w.peers, err = startPeers(cfg.Peers, cfg.Port, cfg.Names, ca, w.handler); err != nil {
		return nil, err
	}
	hosts := make([]string, 0, cfg.Peers)
	for _, p := range w.peers.all {
		hosts = append(hosts, p.host)
	}
	w.verifier = sign.NewVerifier(sign.Config{Keys: &keySource{w: w, keys: map[string]*sign.Key{}}, Hosts: hosts, AllowHTTP: true})
	return w, nil
}

// Close ends the peers.
func (w *World) Close() error {
	close(w.release)
	return w.peers.close()
}

// Authority is the file that servers under test are to trust.
func (w *World) Authority() string { return filepath.Join(w.cfg.Folder, authorityFile) }

const largestBody = 1 << 20

func (w *World) handler(p *peer) http.Handler {
	return http.HandlerFunc(func(rw http.ResponseWriter, r *http.Request) {
		body, err := io.ReadAll(io.LimitReader(r.Body, largestBody))
		if err != nil {
			rw.WriteHeader(http.StatusBadRequest)
			return
		}
		switch mood(p.mood.Load()) {
		case hanging:
			select {
			case <-r.Context().Done():
			case <-w.release:
			}
			return
		case failing:
			rw.WriteHeader(http.StatusInternalServerError)
			return
		}
		if r.Method == http.MethodPost {
			rw.WriteHeader(w.receive(r, p, body))
			return
		}
		p.gets.Add(1)
		w.speech.answerGet(rw, r, p)
	})
}

// verifyEvery is how many deliveries there are to one whose signature is verified.
const verifyEvery = 20

// receive takes a delivery and gives the status of the answer.
func (w *World) receive(r *http.Request, p *peer, body []byte) int {
	if r.Header.Get("Signature") == "" {
		return http.StatusUnauthorized
	}
	if w.posted.Add(1)%verifyEvery == 1 {
		if _, err := w.verifier.Request(r.Context(), r, body); err != nil {
			w.badSigns.Add(1)
			w.cfg.Say(fmt.Sprintf("bad signature at %s: %v", p.host, err))
			return http.StatusUnauthorized
		}
		w.verified.Add(1)
	}
	if phase, number, ok := w.readMark(body); ok {
		w.mu.Lock()
		a := w.phases[phase]
		w.mu.Unlock()
		if a != nil {
			a.note(p.number, number)
		}
		return http.StatusAccepted
	}
	w.hear(p, body)
	return http.StatusAccepted
}

// hear acts on what is no post: it accepts follows, and knows when its own are accepted.
func (w *World) hear(p *peer, body []byte) {
	var said struct {
		Type, Actor string
		Object      json.RawMessage
	}
	if json.Unmarshal(body, &said) != nil {
		return
	}
	switch said.Type {
	case "Accept":
		var follow struct{ ID, Actor string }
		if json.Unmarshal(said.Object, &follow) != nil {
			_ = json.Unmarshal(said.Object, &follow.ID)
		}
		follower, _, _ := strings.Cut(follow.ID, "/follows/")
		w.mu.Lock()
		defer w.mu.Unlock()
		if done := w.accepted[follower]; done != nil {
			close(done)
			delete(w.accepted, follower)
		}
	case "Follow":
		var target string
		if json.Unmarshal(said.Object, &target) == nil {
			go w.accept(p, target, body, said.Actor)
		}
	}
}

// accept answers a server's follow of one of our actors.
func (w *World) accept(p *peer, target string, follow []byte, follower string) {
	ctx, cancel := context.WithTimeout(context.Background(), w.cfg.Patience)
	defer cancel()
	name := target[strings.LastIndexByte(target, '/')+1:]
	actor, err := w.fetchActor(ctx, follower)
	if err == nil {
		err = w.deliver(ctx, p, name, actor.Inbox, w.speech.accept(p, name, follow, follower))
	}
	if err != nil {
		w.cfg.Say(fmt.Sprintf("%s could not accept a follow: %v", p.host, err))
	}
}

// deliver sends one activity.
func (w *World) deliver(ctx context.Context, p *peer, name, inbox string, activity object) error {
	r, _, err := w.speech.signed(p, name, inbox, activity)
	if err != nil {
		return err
	}
	answer, err := w.client().Do(r.WithContext(ctx))
	if err != nil {
		return err
	}
	defer answer.Body.Close()
	said, _ := io.ReadAll(io.LimitReader(answer.Body, 300))
	if answer.StatusCode/100 != 2 {
		return fmt.Errorf("%s: %s: %s", inbox, answer.Status, said)
	}
	return nil
}

// phase opens a count of arrivals.
func (w *World) phase(name string, posts int) *arrivals {
	a := newArrivals(len(w.peers.all), posts)
	w.mu.Lock()
	defer w.mu.Unlock()
	w.phases[name] = a
	return a
}
