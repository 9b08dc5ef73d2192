package clients

import (
	"context"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"praxis/cmd/app"
	"praxis/internal/config"
	"praxis/internal/password"
	"praxis/internal/testkeys"
	"praxis/models"
	"praxis/practice"
)

// house is one organization: an instance at work behind a listener of its own.
type house struct {
	app  *app.App
	host string // "name.localhost:port", as ids carry it
	port string
	seen *traffic
}

// base is what a client is told to connect to. Not every resolver knows that names under localhost mean this machine.
func (h *house) base() string { return "http://" + h.address() }

func (h *house) address() string { return "localhost:" + h.port }

// openHouse starts an instance with its background work; both end with the test. Without a name its host is the plain address,
// which clients that follow the addresses an instance gives can reach everywhere.
func openHouse(t *testing.T, keys *testkeys.Ring, name, title, database string) *house {
	t.Helper()
	listener, err := new(net.ListenConfig).Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	_, port, err := net.SplitHostPort(listener.Addr().String())
	if err != nil {
		t.Fatal(err)
	}
	h := &house{host: strings.TrimPrefix(name+".localhost:"+port, "."), port: port}
	cfg := config.Defaults()
	cfg.Host, cfg.Listen, cfg.Database, cfg.MediaDir = h.host, listener.Addr().String(), database, t.TempDir()
	cfg.Name, cfg.Description = title, "An organization of the tests."
	cfg.Development, cfg.PasswordGrant = true, true
	if err := cfg.Validate(); err != nil {
		t.Fatal(err)
	}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	h.app, err = app.New(t.Context(), cfg, app.Options{Log: log, Hashing: password.Cheap(), Keys: keys.Next, Limits: &app.Limits{}})
	if err != nil {
		t.Fatal(err)
	}
	h.serve(t, listener)
	return h
}

func (h *house) serve(t *testing.T, listener net.Listener) {
	h.seen = &traffic{next: h.app.Handler, host: h.host}
	server := &http.Server{Handler: h.seen, ReadHeaderTimeout: patience}
	background, stop := context.WithCancel(context.WithoutCancel(t.Context()))
	var wait sync.WaitGroup
	wait.Go(func() { h.app.Run(background) })
	wait.Go(func() { _ = server.Serve(listener) })
	t.Cleanup(func() {
		_ = server.Close()
		stop()
		wait.Wait()
		if err := h.app.Close(); err != nil {
			t.Error(err)
		}
		for _, refusal := range h.seen.refusals() {
			t.Error(refusal)
		}
	})
}

// member is somebody with an account.
type member struct {
	house *house
	name  string
}

func (m member) email() string  { return m.name + "@mail.example" }
func (m member) handle() string { return "@" + m.name + "@" + m.house.host }

// secret is every member's password.
const secret = "practice makes progress"

func (h *house) member(t *testing.T, name string) member {
	t.Helper()
	m := member{h, name}
	h.create(t, m)
	return m
}

func (h *house) create(t *testing.T, m member) *models.Actor {
	t.Helper()
	actor, err := h.app.Service.CreateMember(t.Context(), practice.NewMember{
		Username: m.name, DisplayName: strings.ToUpper(m.name[:1]) + m.name[1:], Email: m.email(), Password: secret,
		Hashing: password.Cheap(),
	})
	if err != nil {
		t.Fatal(err)
	}
	return actor
}

// community makes a community and gives its handle.
func (h *house) community(t *testing.T, name string) string {
	t.Helper()
	convener := h.create(t, member{h, "convener"})
	_, err := h.app.Service.CreateCommunity(t.Context(), practice.NewCommunity{
		Username: name, DisplayName: "Wound care", Domain: "We care for chronic wounds.", Convener: convener,
	})
	if err != nil {
		t.Fatal(err)
	}
	return "@" + name + "@" + h.host
}

// deviceAgent is how a device of the tests names itself: it asks for what should be gone, so that it may be refused.
const deviceAgent = "Device/1"

// traffic notes the requests of clients that were not answered as they hoped: a client that meets such an answer falls
// back, or shows less, and may not say so.
type traffic struct {
	next http.Handler
	host string

	mu       sync.Mutex
	expected int // a status that is no news
	refused  []string
}

func (s *traffic) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	answer := &statusRecorder{ResponseWriter: w}
	begun := time.Now()
	s.next.ServeHTTP(answer, r)
	agent := r.Header.Get("User-Agent")
	if answer.status < http.StatusBadRequest || strings.HasPrefix(agent, "Praxis/") || agent == deviceAgent {
		return
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if answer.status == s.expected {
		return
	}
	s.refused = append(s.refused, fmt.Sprintf("%s answered %d to %s %s of %s after %s",
		s.host, answer.status, r.Method, r.URL.RequestURI(), agent, time.Since(begun)))
}

// expect lets a status pass from now on.
func (s *traffic) expect(status int) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.expected = status
}

func (s *traffic) refusals() []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.refused
}

type statusRecorder struct {
	http.ResponseWriter
	status int
}

func (r *statusRecorder) WriteHeader(status int) {
	if r.status == 0 {
		r.status = status
	}
	r.ResponseWriter.WriteHeader(status)
}

func (r *statusRecorder) Unwrap() http.ResponseWriter { return r.ResponseWriter }

// patience is how long anything may take to be seen.
const patience = time.Minute

// until asks again and again, more and more slowly, until what is awaited is there. Asking may take the time that what is
// awaited needs: a question can be the run of a program.
func until(t *testing.T, awaited string, seen func() bool) {
	t.Helper()
	begun := time.Now()
	for pause := 50 * time.Millisecond; !seen(); pause = min(2*pause, time.Second) {
		if time.Since(begun) > patience {
			t.Fatalf("%s was not seen within %s", awaited, patience)
		}
		select {
		case <-t.Context().Done():
			t.Fatal(t.Context().Err())
		case <-time.After(pause):
		}
	}
}
