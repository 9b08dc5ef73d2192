package oauth

import (
	"context"
	"embed"
	"fmt"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"runtime"
	"time"

	"github.com/alexedwards/scs/v2"
	"github.com/go-webauthn/webauthn/webauthn"
	"github.com/gorilla/mux"

	"praxis/handlers/page"
	"praxis/internal/password"
	"praxis/internal/signon"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Server needs. Required are Service, Page and Log.
type Config struct {
	Service       *practice.Service
	Page          *page.Renderer
	PasswordGrant bool                           // lets clients send the member's password: for trusted command lines
	Hashing       password.Params                // what a password hash costs, so that unknown users cost the same
	ClientIP      func(*http.Request) netip.Addr // behind trusted proxies; the peer of the connection unless set
	Now           func() time.Time               // the clock of the limits; time.Now unless set
	Log           *slog.Logger
	SecureCookies bool   // cookies only travel over TLS
	VapidKey      string // the public key for push services, as apps are told
	Mail          bool   // letters to members can be sent
	Registrations string // "open", "approval" or "closed"
	// SignOns are the sign-ins of organizations, by the keys that the service knows them by.
	SignOns         map[string]*signon.Provider
	BreakGlassOnly  bool   // passwords count for emergency accounts alone
	Invitations     string // "nobody", "admins", "moderators" or "members"
	InvitedNeedWord bool   // invited people wait for approval where others do
	Name            string // of the instance, for people
}

// Server is the authorization server. It is safe for concurrent use.
type Server struct {
	cfg      Config
	store    *models.Store
	links    practice.Links
	log      *slog.Logger
	pages    *page.Set
	sessions *scs.SessionManager
	guard    *http.CrossOriginProtection
	limits   limits
	hashing  chan struct{}      // one place for each hash that may be computed at once
	passkeys *webauthn.WebAuthn // nil where the host name can have none
}

//go:embed templates/*.html
var templates embed.FS

// New makes a Server, and tells the pages' frame who is signed in. It fails only when a template is broken.
func New(cfg Config) (*Server, error) {
	pages, err := cfg.Page.Load(templates, "templates/*.html")
	if err != nil {
		return nil, fmt.Errorf("load the pages for signing in: %w", err)
	}
	if cfg.Now == nil {
		cfg.Now = time.Now
	}
	if cfg.ClientIP == nil {
		cfg.ClientIP = peerIP
	}
	s := &Server{
		cfg: cfg, store: cfg.Service.Store(), links: cfg.Service.Links(), log: cfg.Log, pages: pages,
		guard: http.NewCrossOriginProtection(), limits: newLimits(), hashing: make(chan struct{}, max(2, runtime.NumCPU())),
	}
	s.passkeys = newPasskeys(s.links, cfg.Name)
	s.sessions = newSessions(s.store, cfg.SecureCookies)
	s.guard.SetDenyHandler(http.HandlerFunc(s.refuseForeign))
	cfg.Page.SetViewer(s.viewer)
	return s, nil
}

// Routes adds all routes.
func (s *Server) Routes(r *mux.Router) {
	post := func(path string, handler http.HandlerFunc) { r.HandleFunc(path, handler).Methods(http.MethodPost) }
	get := func(path string, handler http.HandlerFunc) {
		r.HandleFunc(path, handler).Methods(http.MethodGet, http.MethodHead)
	}
	form := func(path string, handler http.HandlerFunc) {
		r.Handle(path, s.Middleware(s.Protect(handler))).Methods(http.MethodPost)
	}
	view := func(path string, handler http.HandlerFunc) {
		r.Handle(path, s.Middleware(handler)).Methods(http.MethodGet, http.MethodHead)
	}
	post("/api/v1/apps", s.postApp)
	get("/api/v1/apps/verify_credentials", s.getApp)
	view("/oauth/authorize", s.getAuthorize)
	form("/oauth/authorize", s.postAuthorize)
	post("/oauth/token", s.postToken)
	post("/oauth/revoke", s.postRevoke)
	get("/oauth/userinfo", s.getUserInfo)
	post("/oauth/userinfo", s.getUserInfo)
	get("/.well-known/oauth-authorization-server", s.getMetadata)
	view("/auth/sign_in", s.getSignIn)
	form("/auth/sign_in", s.postSignIn)
	form("/auth/sign_out", s.postSignOut)
	view("/auth/confirmation", s.getConfirmation)
	form("/auth/confirmation", s.postConfirmation)
	view("/auth/password", s.getForgotten)
	form("/auth/password", s.postForgotten)
	view("/auth/password/new", s.getNewPassword)
	form("/auth/password/new", s.postNewPassword)
	view("/auth/sign_up", s.getSignUp)
	form("/auth/sign_up", s.postSignUp)
	view("/settings/apps", s.getConnectedApps)
	form("/settings/apps", s.postConnectedApps)
	s.signOnRoutes(view, form, post)
	s.recoveryRoutes(view, form)
	s.factorRoutes(view, form)
	s.entryRoutes(view, form)
	s.recoveryRoutes(view, form)
}

// Protect refuses forms that another site sent (security case G7). Every form of a page that acts for who is signed in
// has to stand behind it.
func (s *Server) Protect(next http.Handler) http.Handler { return s.guard.Handler(next) }

func (s *Server) refuseForeign(w http.ResponseWriter, r *http.Request) {
	s.log.InfoContext(r.Context(), "form of another site refused", "path", r.URL.Path)
	s.cfg.Page.Error(w, r, models.Errorf(models.Forbidden,
		"This form was sent by another site, so nothing was done. Open the page here and try again."))
}

// keepCodes is how long a spent code is remembered, to notice that it is used again.
const keepCodes = 24 * time.Hour

// keepApps is how long an app is kept that nobody uses. Some clients keep their registration for a week.
const keepApps = 30 * 24 * time.Hour

// Prune removes what is over: sessions, codes, and apps that nobody gave a token.
func (s *Server) Prune(ctx context.Context) error {
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.PruneWebSessions(); err != nil {
			return err
		}
		if err := tx.PruneOAuthCodes(keepCodes); err != nil {
			return err
		}
		if err := tx.PrunePending(); err != nil {
			return err
		}
		return tx.PruneOAuthApps(keepApps)
	})
	if err != nil {
		return fmt.Errorf("remove old sessions, codes and apps: %w", err)
	}
	return nil
}

func peerIP(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	addr, err := netip.ParseAddr(host)
	if err != nil {
		return netip.Addr{}
	}
	return addr.Unmap()
}
