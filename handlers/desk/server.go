package desk

import (
	"context"
	"embed"
	"log/slog"
	"net/http"
	"strings"

	"github.com/gorilla/mux"

	"praxis/handlers/page"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Server needs.
type Config struct {
	Service *practice.Service
	Page    *page.Renderer
	// SignedIn gives the member whose browser asks; nil for everybody else.
	SignedIn func(*http.Request) *models.Actor
	// Recovered gives who left the organization and whose browser got in by a code; nil for everybody else.
	Recovered func(*http.Request) *models.Actor
	// Confirm asks for the password of an account again; it sets headers when tries are limited.
	Confirm func(http.Header, *http.Request, *models.Account, string) error
	// Invitations is who may invite people to the instance, as the configuration says.
	Invitations string
	// CheckProviders asks each sign-in of an organization what it is, and gives what went wrong by its key; nil for nothing.
	CheckProviders func(context.Context) map[string]error
	// Checks examines the instance, for the first page; nil for none.
	Checks func(context.Context) []Check
	// Settings are those of the configuration, for reading.
	Settings []Setting
	// Contact is whom others can reach here, as it is offered to partners.
	Contact string
	// SendTest sends a test letter to an address; nil where no letters can be sent.
	SendTest func(ctx context.Context, to string) error
	// Storage says where uploaded files are kept.
	Storage Storage
	// Works lists what this process does of what one node does at a time; nil where that is not known.
	Works func() []Work
	Log   *slog.Logger
}

// Check is what one look at the instance gave.
type Check struct {
	Name   string // what was looked at
	State  string // CheckGood, CheckOpen or CheckBad
	Found  string // what was found, a sentence
	Advice string // what is to be done; "" when nothing is
	Where  string // the path of the page where it is done, or the address of the text that says how
	Action string // what the link to it says
}

// The states of a Check.
const (
	CheckGood = "good"
	CheckOpen = "open" // something is left to do
	CheckBad  = "bad"  // something is broken
)

// Setting is one setting of the configuration as it is in force.
type Setting struct {
	Name, Env, Value, Default, Meaning string
}

// Storage says where uploaded files are kept.
type Storage struct {
	Kind  string // "folder" or "bucket"
	Place string // its path, or bucket and address
	// Free gives the free and all the bytes of the disk; nil where that is not known.
	Free func() (free, all uint64, err error)
}

// Work is what goes on by itself in this process.
type Work struct {
	Name  string
	Since models.Timestamp
}

// Server shows the desk. It is safe for concurrent use.
type Server struct {
	cfg   Config
	store *models.Store
	links practice.Links
	pages *page.Set
	guard *http.CrossOriginProtection // forms of other sites change nothing here (security case G7)
	all   []section
}

//go:embed templates/*.html
var templates embed.FS

// New makes a Server. It fails only when a template is broken.
func New(cfg Config) (*Server, error) {
	pages, err := cfg.Page.Load(templates, "templates/*.html")
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, store: cfg.Service.Store(), links: cfg.Service.Links(), pages: pages, guard: http.NewCrossOriginProtection()}
	s.all = s.sections()
	return s, nil
}

// root is where the desk begins.
const root = "/admin"

// Routes adds the pages of the desk, those for conveners, and those of a member's own.
func (s *Server) Routes(r *mux.Router) {
	for _, section := range s.all {
		for _, p := range section.pages {
			s.route(r, section, p)
		}
	}
	for _, p := range s.convenerPages() {
		s.route(r, section{convener: true}, p)
	}
	for _, p := range s.ownPages() {
		s.route(r, section{own: true}, p)
	}
}

func (s *Server) route(r *mux.Router, in section, p place) {
	r.HandleFunc(p.path, s.serve(in, p)).Methods(http.MethodGet, http.MethodHead)
	if len(p.forms) > 0 {
		r.Handle(p.path, s.guard.Handler(s.serve(in, p))).Methods(http.MethodPost)
	}
}

// Paths lists the addresses of all pages, for tests.
func (s *Server) Paths() []string {
	var paths []string
	for _, section := range s.all {
		for _, p := range section.pages {
			paths = append(paths, p.path)
		}
	}
	return paths
}

// under tells whether a path is a page of a section, for the navigation.
func under(path, section string) bool {
	return path == section || section != root && strings.HasPrefix(path, section+"/")
}
