package streaming

import (
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"praxis/handlers/oauth"
	"praxis/handlers/respond"
	"praxis/models"
)

// Limits bound how many streams are open at once. A household or a hospital has one address, so that limit is wide.
type Limits struct{ PerToken, PerAddress, All int }

// Config is what a Server needs. Store, OAuth, Show, ClientIP and Log are required.
type Config struct {
	Store    *models.Store
	OAuth    *oauth.Server
	Show     Show
	ClientIP func(*http.Request) netip.Addr
	Log      *slog.Logger
	Limits   Limits        // 32, 2000 and 20000 unless set
	Queue    int           // messages that may wait for a client; 128 unless set
	Beat     time.Duration // how often a silent WebSocket is pinged; 30 s unless set. Events thump twice as often.
	Recheck  time.Duration // how often tokens are looked up again; 20 s unless set
}

// Server answers those who want to listen. It is safe for concurrent use.
type Server struct {
	cfg Config
	hub *hub
}

// New makes a Server, which hears of the store's changes from now on. Stop ends it.
func New(cfg Config) *Server {
	if cfg.Limits == (Limits{}) {
		cfg.Limits = Limits{PerToken: 32, PerAddress: 2000, All: 20_000}
	}
	if cfg.Queue == 0 {
		cfg.Queue = 128
	}
	if cfg.Beat == 0 {
		cfg.Beat = 30 * time.Second
	}
	if cfg.Recheck == 0 {
		cfg.Recheck = 20 * time.Second
	}
	return &Server{cfg: cfg, hub: newHub(cfg)}
}

// Stop ends all streams, and lets none begin. It waits for them, though not for long.
func (s *Server) Stop() { s.hub.close() }

// Count gives how many streams are open.
func (s *Server) Count() int { return len(s.hub.connected()) }

// root is the address of WebSockets; below it, each stream has one for server-sent events.
const root = "/api/v1/streaming"

// Routes adds all routes.
func (s *Server) Routes(r *mux.Router) {
	get := func(path string, handler http.HandlerFunc) { r.HandleFunc(path, handler).Methods(http.MethodGet) }
	get(root+"/health", getHealth)
	get(root, func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, "") })
	for _, name := range []string{user, userNotification, public, publicLocal, publicRemote, hashtag, hashtagLocal, lists, direct} {
		get(root+"/"+strings.ReplaceAll(name, ":", "/"), func(w http.ResponseWriter, r *http.Request) { s.serve(w, r, name) })
	}
}

func getHealth(w http.ResponseWriter, _ *http.Request) {
	w.Header().Set("Content-Type", "text/plain; charset=utf-8")
	w.Header().Set("Cache-Control", "no-store")
	_, _ = w.Write([]byte("OK"))
}

// serve lets a client listen. Name is the stream of the path, "" for what the query and the client's messages say.
func (s *Server) serve(w http.ResponseWriter, r *http.Request, name string) {
	w.Header().Set("Cache-Control", "private, no-store")
	w.Header().Add("Vary", "Authorization")
	upgrade := wantsSocket(r)
	if name == "" && !upgrade {
		refuse(w, wrong(http.StatusNotFound, "Open a WebSocket here, or ask for one stream, such as "+root+"/user"))
		return
	}
	who, trouble := s.authenticate(r)
	if trouble != nil {
		refuse(w, trouble)
		return
	}
	c := newConn(who, s.cfg.ClientIP(r), s.cfg.Queue)
	query := r.URL.Query()
	if name == "" {
		name = query.Get("stream")
	}
	if on := query.Get("only_media"); on == "true" || on == "1" {
		name = withMedia(name)
	}
	first := request{Type: "subscribe", Stream: name, Tag: text(query.Get("tag")), List: text(query.Get("list"))}
	if !upgrade {
		trouble = s.carryOut(r.Context(), c, first)
	}
	if trouble == nil {
		trouble = s.hub.join(c)
	}
	if trouble != nil {
		refuse(w, trouble)
		return
	}
	defer s.hub.leave(c)
	if upgrade {
		s.serveSocket(w, r, c, first)
		return
	}
	s.serveEvents(w, r, c)
}

func withMedia(name string) string {
	switch name {
	case public, publicLocal, publicRemote:
		return name + ":media"
	}
	return name
}

func refuse(w http.ResponseWriter, p *problem) {
	if p.Status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Praxis", error="invalid_token"`)
	}
	respond.JSON(w, p.Status, p)
}

// protocolHeader carries the token where scripts of web clients cannot set others.
const protocolHeader = "Sec-WebSocket-Protocol"

// authenticate finds who listens: by the Authorization header, the query, or the protocol that a WebSocket asks for.
func (s *Server) authenticate(r *http.Request) (*oauth.Principal, *problem) {
	asked := r
	if token := protocolOf(r); token != "" && r.Header.Get("Authorization") == "" && r.URL.Query().Get("access_token") == "" {
		asked = r.Clone(r.Context())
		asked.Header.Set("Authorization", "Bearer "+token)
	}
	who, err := s.cfg.OAuth.Bearer(asked)
	switch {
	case err != nil && models.ErrorCode(err) != models.Unauthorized:
		s.cfg.Log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
		return nil, wrong(http.StatusInternalServerError, "Something went wrong on this server.")
	case err == nil && who == nil:
		return nil, wrong(http.StatusUnauthorized, "Missing access token")
	case err != nil || who.Actor == nil || who.Recovers(): // neither an app by itself (security case G6) nor who left has streams
		return nil, wrong(http.StatusUnauthorized, "Invalid access token")
	}
	return who, nil
}

func protocolOf(r *http.Request) string {
	name, _, _ := strings.Cut(r.Header.Get(protocolHeader), ",")
	return strings.TrimSpace(name)
}

func wantsSocket(r *http.Request) bool {
	return strings.EqualFold(r.Header.Get("Upgrade"), "websocket")
}
