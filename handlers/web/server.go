package web

import (
	"embed"
	"log/slog"
	"net/http"

	"github.com/gorilla/mux"

	"praxis/handlers/page"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Server needs. Required are Service, Page, SignedIn and Log; the rest is what the instance says of
// itself.
type Config struct {
	Service *practice.Service
	Page    *page.Renderer
	// SignedIn gives the member whose browser asks; nil for everybody else.
	SignedIn     func(*http.Request) *models.Actor
	Name         string // of the instance; its host unless set
	Description  string // plain text
	ContactEmail string
	Version      string // of the software
	Repository   string // where its source is, a URL
	Log          *slog.Logger
}

// Server shows the pages. It is safe for concurrent use.
type Server struct {
	cfg   Config
	store *models.Store
	links practice.Links
	pages *page.Set
	guard *http.CrossOriginProtection // forms of other sites change nothing here (security case G7)
}

//go:embed templates/*.html
var templates embed.FS

// New makes a Server. It fails only when a template is broken.
func New(cfg Config) (*Server, error) {
	pages, err := cfg.Page.Load(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	links := cfg.Service.Links()
	if cfg.Name == "" {
		cfg.Name = links.Host
	}
	return &Server{cfg: cfg, store: cfg.Service.Store(), links: links, pages: pages, guard: http.NewCrossOriginProtection()}, nil
}

// Names and ids are bounded here; what they mean is judged by the handlers.
const (
	namePath = "/@{name:[^/@]{1,255}}"
	hostPart = "@{host:[^/@]{1,255}}"
	idPart   = "/{id:[0-9]{1,19}}"
	undoPath = "/undo/{token:[A-Za-z0-9_.-]+}"
	joinPath = practice.InvitationPath + "{token:[A-Z0-9]{1,64}}"
)

// Routes adds the pages. They stand beside those of handlers/activitypub, which answers the same addresses when another
// server asks: its routes must come first.
func (s *Server) Routes(r *mux.Router) {
	for path, handler := range map[string]handler{
		"/":                         s.front,
		"/communities":              s.communities,
		"/about":                    s.about,
		"/partners":                 s.partners,
		"/partners.{form:txt|json}": s.partnerList,
		"/partners/{host:[A-Za-z0-9.:-]{1,255}}/record": s.partnerRecord,
		"/tags/{tag}":            s.tag,
		"/tags/{tag}" + feedPart: s.tagFeed,
		namePath + feedPart:      s.feed,
		joinPath:                 s.join,
		undoPath:                 s.undo,
		"/c/{name:[A-Za-z0-9_]{1,30}}/visits.ics": s.visits,
		"/c/{name:[A-Za-z0-9_]{1,30}}/log":        s.modLog,
		namePath:                                  s.profile,
		namePath + hostPart:                       s.profile,
		namePath + idPart:                         s.thread,
		namePath + hostPart + idPart:              s.thread,
	} {
		r.HandleFunc(path, s.serve(handler)).Methods(http.MethodGet, http.MethodHead)
	}
	for path, handler := range map[string]handler{
		joinPath: s.postJoin,
		undoPath: s.takeBack,
	} {
		r.Handle(path, s.guard.Handler(s.serve(handler))).Methods(http.MethodPost)
	}
}
