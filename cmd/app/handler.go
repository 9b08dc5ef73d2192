package app

import (
	"cmp"
	"context"
	"net"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"praxis/handlers/activitypub"
	"praxis/handlers/files"
	"praxis/handlers/mastodon"
	"praxis/handlers/middleware"
	"praxis/handlers/oauth"
	"praxis/handlers/page"
	"praxis/handlers/respond"
	"praxis/handlers/scim"
	"praxis/handlers/streaming"
	"praxis/handlers/web"
	"praxis/models"
)

// handler joins all that answers requests.
func (a *App) handler() (http.Handler, error) {
	clientIP := middleware.ClientIP(a.Config.TrustedProxies)
	pages := page.New(page.Config{Name: a.name(), Host: a.Config.Host, Description: a.Config.Description, Log: a.log})
	var err error
	a.OAuth, err = oauth.New(oauth.Config{
		Service: a.Service, Page: pages, PasswordGrant: a.Config.PasswordGrant, Hashing: a.opts.Hashing,
		ClientIP: clientIP, Now: a.opts.Now, Log: a.log, SecureCookies: !a.Config.Development, VapidKey: a.Pusher.PublicKey(),
		Mail: a.postman.sender != nil, Registrations: a.Config.Registrations, Name: a.name(),
		SignOns: a.signOns, BreakGlassOnly: a.Config.LocalSignIn == "break-glass", Invitations: a.Config.Invitations,
		InvitedNeedWord: a.Config.InvitedNeedWord,
	})
	if err != nil {
		return nil, err
	}
	pages.SetViewer(a.pageViewer)
	router := mux.NewRouter()
	router.Use(middleware.NewMetrics(a.Registry).Middleware)
	if err := a.routes(router, pages, clientIP); err != nil {
		return nil, err
	}
	a.router = router
	router.NotFoundHandler = notFound(pages)
	router.MethodNotAllowedHandler = methodNotAllowed()
	return middleware.Chain(a.OAuth.Middleware(router),
		middleware.RequestID,
		middleware.Log(a.log, middleware.LogOptions{ClientIP: clientIP, Now: a.opts.Now}),
		middleware.Recover(a.log),
		middleware.SecurityHeaders(""),
		middleware.Hosts(a.hosts(), "/health", "/healthz", "/readyz"),
		middleware.Crowd(maxCrowd, endless),
		middleware.Patience(cmp.Or(a.opts.Patience, patience), endless),
		a.barred(clientIP),
		middleware.CORS,
		middleware.Slash,
		middleware.Compress,
	), nil
}

const (
	// patience is how long a request may wait for the database and for other servers, and maxCrowd how many may at once;
	// beyond that, more waiting helps nobody (security cases H29 and H32).
	patience = 45 * time.Second
	maxCrowd = 2000
)

// endless are requests that take as long as they take: streams, files on their way in and out, and whether the process lives.
func endless(r *http.Request) bool {
	for _, prefix := range []string{"/api/v1/streaming", "/api/v1/media", "/api/v2/media", "/media/", "/health", "/readyz"} {
		if strings.HasPrefix(r.URL.Path, prefix) {
			return true
		}
	}
	return false
}

// routes adds all routes; the first that matches a path answers, so the pages, which match the most, come last.
func (a *App) routes(router *mux.Router, pages *page.Renderer, clientIP func(*http.Request) netip.Addr) error {
	router.HandleFunc("/health", a.getHealth).Methods(http.MethodGet, http.MethodHead) // where clients of Mastodon look
	router.HandleFunc("/healthz", a.getHealth).Methods(http.MethodGet, http.MethodHead)
	router.HandleFunc("/readyz", a.getReady).Methods(http.MethodGet, http.MethodHead)
	pages.Routes(router)
	files.Routes(router, a.Service.Media().Store, a.log)
	activitypub.New(activitypub.Config{
		Service: a.Service, Verifier: a.Inbox, Receive: a.Inbox, SecureMode: a.Config.SecureMode, ClientIP: clientIP, Requests: a.Config.InboxRequests, Name: a.name(),
		Description: a.Config.Description, Version: Version, Repository: Repository, Registrations: a.Config.Registrations, Log: a.log,
	}).Routes(router)
	a.OAuth.Routes(router)
	scim.New(scim.Config{Service: a.Service, ClientIP: clientIP, Log: a.log}).Routes(router)
	texts, err := readTexts(a.Config)
	if err != nil {
		return err
	}
	api := mastodon.New(mastodon.Config{
		Service: a.Service, OAuth: a.OAuth, Name: a.name(), Description: a.Config.Description, Version: Version,
		ContactEmail: a.Config.ContactEmail, Registrations: a.Config.Registrations, Mail: a.postman.sender != nil, Hashing: a.opts.Hashing,
		ExtendedDescription: texts.description, PrivacyPolicy: texts.privacy, TermsOfService: texts.terms,
		ShowDomainBlocks: a.Config.ShowDomainBlocks, Limits: a.limits(), ClientIP: clientIP,
		Now: a.opts.Now, Log: a.log, Streaming: a.streamingOrigin(), Push: a.Pusher,
	})
	a.Streams = streaming.New(streaming.Config{Store: a.Store, OAuth: a.OAuth, Show: api, ClientIP: clientIP, Log: a.log})
	a.Streams.Routes(router) // before the answer to all other paths of the API
	api.Routes(router)
	if err := a.desk(router, pages); err != nil {
		return err
	}
	visitors, err := web.New(web.Config{
		Service: a.Service, Page: pages, SignedIn: a.OAuth.SignedIn, Name: a.name(), Description: a.Config.Description,
		ContactEmail: a.Config.ContactEmail, Version: Version, Repository: Repository, Log: a.log,
	})
	if err != nil {
		return err
	}
	visitors.Routes(router)
	return nil
}

// Paths gives the templates of all addresses that answer a method, such as "/api/v1/accounts/{id}", each once.
func (a *App) Paths(method string) []string {
	var paths []string
	_ = a.router.Walk(func(route *mux.Route, _ *mux.Router, _ []*mux.Route) error {
		methods, err := route.GetMethods()
		if path, _ := route.GetPathTemplate(); err == nil && path != "" && slices.Contains(methods, method) && !slices.Contains(paths, path) {
			paths = append(paths, path)
		}
		return nil
	})
	return paths
}

// streamingOrigin is where WebSockets are opened: https becomes wss, and http ws.
func (a *App) streamingOrigin() string { return strings.Replace(a.Config.BaseURL(), "http", "ws", 1) }

// hosts are the names under which requests are answered. In development the listener's own address is one, too: not every
// client knows that names under localhost mean this machine.
func (a *App) hosts() []string {
	hosts := []string{a.Config.Host}
	if _, port, err := net.SplitHostPort(a.Config.Listen); err == nil && a.Config.Development {
		hosts = append(hosts, "localhost:"+port, "127.0.0.1:"+port)
	}
	return hosts
}

func (a *App) limits() Limits {
	if a.opts.Limits != nil {
		return *a.opts.Limits
	}
	limits := mastodon.DefaultLimits()
	limits.Requests = a.Config.ClientRequests
	return limits
}

func (a *App) name() string {
	if a.Config.Name == "" {
		return a.Config.Host
	}
	return a.Config.Name
}

func (a *App) pageViewer(r *http.Request) page.Viewer {
	actor := a.OAuth.SignedIn(r)
	if actor == nil {
		return page.Viewer{}
	}
	return page.Viewer{Username: actor.Username, DisplayName: actor.DisplayName, Signed: true, Staff: a.isStaff(r, actor)}
}

// barred turns away addresses that an administrator blocked from everything. That the process lives is told to all.
func (a *App) barred(clientIP func(*http.Request) netip.Addr) middleware.Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			severity, err := a.Service.Barred(r.Context(), clientIP(r))
			switch {
			case err != nil:
				respond.Error(w, r, a.log, err)
			case severity == models.BarAccess && r.URL.Path != "/healthz" && r.URL.Path != "/readyz":
				respond.JSON(w, http.StatusForbidden, map[string]string{"error": "This server takes no requests from this address."})
			default:
				next.ServeHTTP(w, r)
			}
		})
	}
}

func notFound(pages *page.Renderer) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		pages.Error(w, r, models.Errorf(models.NotFound, "There is nothing at this address."))
	})
}

func methodNotAllowed() http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		respond.JSON(w, http.StatusMethodNotAllowed, map[string]string{"error": "This address does not take this method."})
	})
}

// getHealth says that the process answers.
func (a *App) getHealth(w http.ResponseWriter, _ *http.Request) {
	respond.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
}

// readyPatience is how long the database may take to answer a probe.
const readyPatience = 2 * time.Second

// getReady says whether requests can be served: the database answers.
func (a *App) getReady(w http.ResponseWriter, r *http.Request) {
	ctx, cancel := context.WithTimeout(r.Context(), readyPatience)
	defer cancel()
	if err := a.Store.Ping(ctx); err != nil {
		a.log.WarnContext(ctx, "not ready", "error", err)
		w.Header().Set("Retry-After", "5")
		respond.JSON(w, http.StatusServiceUnavailable, map[string]string{"status": "the database does not answer"})
		return
	}
	respond.JSON(w, http.StatusOK, map[string]string{"status": "ok"})
}
