package activitypub

import (
	"context"
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"

	"github.com/gorilla/mux"

	"praxis/federation/outbox"
	"praxis/internal/gate"
	"praxis/models"
	"praxis/practice"
)

// Receiver takes what is posted to an inbox. InboxOwner is nil for the shared inbox. The status is what the sender is
// told: 202 once the activity is stored, 400, 401, 403, or 503 when it should try again.
type Receiver interface {
	Receive(ctx context.Context, r *http.Request, body []byte, inboxOwner *models.Actor) (status int, err error)
}

// Fetchers says who signed a GET. No viewer and no error: the request is unsigned. Errors: Forbidden for whom this
// server blocks, Unavailable when a key could not be had for now, and anything else for a signature that is no good.
type Fetchers interface {
	Fetcher(ctx context.Context, r *http.Request) (viewer *models.Actor, err error)
	// Voucher judges the token that a request of reader shows, and gives the Group that says so that somebody at the reader's server is
	// a member. Errors: Forbidden, Unauthorized, Unavailable.
	Voucher(ctx context.Context, r *http.Request, reader *models.Actor) (*models.Actor, error)
	// MayVouch reports whether such a Group is a community, or a sibling of it that counts.
	MayVouch(ctx context.Context, community, voucher *models.Actor) (bool, error)
}

// Config is what a Server needs. All of it is required but Hosts, Description, Repository and Homepage.
type Config struct {
	Service  *practice.Service
	Verifier Fetchers
	Receive  Receiver
	// SecureMode answers signed requests only, except for discovery, the instance actor, and of other actors what it
	// takes to verify their signatures.
	SecureMode bool
	// ClientIP tells who sends a request; Requests is how many activities are received at once.
	ClientIP func(*http.Request) netip.Addr
	Requests int
	// Hosts are further names under which people may look for our actors, beside the one in their ids.
	Hosts         []string
	Name          string // of the instance
	Description   string
	Version       string // of the software
	Repository    string // where its source is, a URL
	Homepage      string // what it is, a URL
	Registrations string // "open" when anybody may sign up
	Log           *slog.Logger
}

// Server answers other servers. It is safe for concurrent use.
type Server struct {
	cfg    Config
	store  *models.Store
	links  practice.Links
	writer *outbox.Writer
	hosts  []string
	gate   *gate.Gate
	log    *slog.Logger
}

// New makes a Server.
func New(cfg Config) *Server {
	links := cfg.Service.Links()
	s := &Server{cfg: cfg, store: cfg.Service.Store(), links: links, writer: outbox.NewWriter(links), log: cfg.Log}
	s.gate = gate.New(cfg.Requests, cfg.Requests/addressShare)
	for _, host := range append([]string{links.Host}, cfg.Hosts...) {
		s.hosts = append(s.hosts, strings.ToLower(host))
	}
	return s
}

// isOurHost: only the configured names count, never the Host header (security case G25).
func (s *Server) isOurHost(host string) bool {
	return slices.Contains(s.hosts, strings.ToLower(strings.TrimSuffix(host, ".")))
}

// Names and ids are spelt out, so that nothing else of a path ever reaches a query.
const (
	actorPath = "/{kind:u|c|f}/{name:[A-Za-z0-9_.-]{1,64}}"
	idPart    = "/{id:[0-9]{1,19}}"
	// followersOnHostPath is practice.Links.FollowersOnHost.
	followersOnHostPath = actorPath + "/followers_synchronization"

	// relayPath is practice.Links.Relay.
	relayPath = actorPath + "/relays/{relay:[a-z2-7]{32}}"

	kindPath = actorPath + "/kinds/{practice:[A-Za-z]{1,40}}"
)

// Routes adds all routes. They stand for themselves: register them before pages that match any path.
func (s *Server) Routes(r *mux.Router) {
	s.discovery(r)
	for path, handler := range map[string]http.HandlerFunc{
		actorPath:                  s.getActor,
		"/actor":                   s.getActor,
		actorPath + "/outbox":      s.getOutbox,
		"/actor/outbox":            s.getOutbox,
		"/partnership":             s.getPartnership,
		actorPath + "/followers":   s.getFollowers,
		actorPath + "/following":   s.getFollowing,
		followersOnHostPath:        s.getFollowersOnHost,
		actorPath + "/featured":    s.getFeatured,
		actorPath + "/moderators":  s.getModerators,
		actorPath + "/charter":     s.getCharter,
		actorPath + "/siblings":    s.getSiblings,
		actorPath + "/admitted":    s.getAdmitted,
		actorPath + "/copies":      s.getCopies,
		actorPath + "/actor_token": s.getActorToken,
		actorPath + "/report":      s.getSiblingReport,
		actorPath + "/totals":      s.getTotals,
		relayPath:                  s.getRelay,
		relayPath + "/activity":    s.getRelay,
		actorPath + "/modlog":      s.getModLog,
		actorPath + "/kinds":       s.getKinds,
		kindPath:                   s.getKind,
		"/o" + idPart:              s.getPost,
		"/o" + idPart + "/replies": s.getReplies,
		"/o" + idPart + "/event":   s.getEvent,
		"/o" + idPart + "/edits":   s.getEdits,
		"/o" + idPart + "/reuses":  s.getReuses,
		quotesPath:                 s.getQuoteAuthorization,
		"/t" + idPart:              s.getThread,
		"/a" + idPart:              s.getActivity,
		"/emoji" + idPart:          s.getEmoji,
	} {
		get(r, path, handler)
	}
	for _, path := range []string{"/inbox", actorPath + "/inbox", "/actor/inbox"} {
		r.HandleFunc(path, s.postInbox)
	}
	s.profilePages(r)
}

func (s *Server) discovery(r *mux.Router) {
	get(r, "/.well-known/webfinger", s.getWebFinger)
	get(r, "/.well-known/host-meta", s.getHostMeta)
	get(r, "/.well-known/host-meta.json", s.getHostMetaJSON)
	get(r, "/.well-known/nodeinfo", s.getNodeInfoLinks)
	get(r, "/nodeinfo/{version:2\\.0|2\\.1}", s.getNodeInfo)
	get(r, "/authorize_interaction", s.getInteraction)
}

func get(r *mux.Router, path string, handler http.HandlerFunc) *mux.Route {
	return r.HandleFunc(path, handler).Methods(http.MethodGet, http.MethodHead)
}
