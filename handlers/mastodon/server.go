package mastodon

import (
	"log/slog"
	"net/http"
	"net/netip"
	"slices"
	"strings"
	"time"

	"github.com/gorilla/mux"

	"praxis/handlers/oauth"
	"praxis/handlers/respond"
	"praxis/internal/password"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Server needs. All of it is required but ContactEmail, Description, PrivacyPolicy, Push, Streaming and
// SourceURL.
type Config struct {
	Service       *practice.Service
	OAuth         *oauth.Server
	Name          string // of the instance
	Description   string
	Version       string // of the software
	SourceURL     string // where the software's source is
	ContactEmail  string
	Registrations string // "open", "approval" or "closed"
	Mail          bool   // letters to members can be sent
	Hashing       password.Params
	PrivacyPolicy string // as plain text
	// ExtendedDescription and TermsOfService are plain text; "" for none.
	ExtendedDescription, TermsOfService string
	// ShowDomainBlocks says who may see which hosts are blocked: BlocksForNobody unless set.
	ShowDomainBlocks string
	Push             Push   // nil: there are no push notifications
	Streaming        string // the origin of the streaming API, "wss://hospital.example"; "" where there is none
	Limits           Limits // none unless set
	// ClientIP tells whom a request without a token comes from; such requests are not limited unless it is set.
	ClientIP func(*http.Request) netip.Addr
	Now      func() time.Time
	Log      *slog.Logger
}

// Server answers clients. It is safe for concurrent use.
type Server struct {
	cfg     Config
	service *practice.Service
	store   *models.Store
	links   practice.Links
	started models.Timestamp
	images  images
	trends  trends
	limiter *limiter
}

// New makes a Server.
func New(cfg Config) *Server {
	return &Server{
		cfg: cfg, service: cfg.Service, store: cfg.Service.Store(), links: cfg.Service.Links(),
		started: models.At(cfg.Now()), images: drawImages(), limiter: newLimiter(cfg.Limits),
	}
}

// endpoint answers a call with a value that becomes JSON.
type endpoint func(c *call) (any, error)

// route is one address of the API. Scopes are alternatives: a token needs one of them.
type route struct {
	methods []string
	path    string
	member  bool              // needs a member's token; else a token is optional, but a bad one is refused
	needs   models.Permission // what the member's role has to permit
	scopes  []string
	run     endpoint
	uploads bool // takes files
	films   bool // takes films
}

// withStatus is an answer with another status than 200.
type withStatus struct {
	status int
	value  any
}

// open is a route for everybody.
func open(method, path string, run endpoint, scopes ...string) route {
	return route{methods: methods(method), path: path, scopes: scopes, run: run}
}

// member is a route for members.
func member(method, path string, run endpoint, scopes ...string) route {
	return route{methods: methods(method), path: path, member: true, scopes: scopes, run: run}
}

// staff is a route for those whose role permits something. Role and scope are both asked for (security case G5).
func staff(method, path string, run endpoint, needs models.Permission, scope string) route {
	return route{methods: methods(method), path: path, member: true, needs: needs, scopes: []string{scope}, run: run}
}

// methods: whatever reads answers HEAD, too, and an update is PUT and PATCH.
func methods(method string) []string {
	switch method {
	case http.MethodGet:
		return []string{http.MethodGet, http.MethodHead}
	case http.MethodPut, http.MethodPatch:
		return []string{http.MethodPut, http.MethodPatch}
	}
	return []string{method}
}

// routes is the whole API; fixed names stand before the routes whose {id} would match them.
func (s *Server) routes() []route {
	return slices.Concat(
		instanceRoutes(), accountRoutes(), relationshipRoutes(), requestRoutes(), profileRoutes(),
		statusRoutes(), quoteRoutes(), pollRoutes(), scheduledRoutes(), reactionRoutes(), timelineRoutes(),
		policyRoutes(), holdRoutes(), groupRoutes(), notificationRoutes(), markerRoutes(), pushRoutes(), conversationRoutes(),
		searchRoutes(), tagRoutes(), reportRoutes(), bookmarkRoutes(), pinRoutes(), muteRoutes(), domainBlockRoutes(),
		endorsementRoutes(), listRoutes(), followedTagRoutes(), featuredTagRoutes(), suggestionRoutes(),
		filterRoutes(), oldFilterRoutes(), mediaRoutes(), portraitRoutes(), signUpRoutes(), adminRoutes(),
		emojiRoutes(), announcementRoutes(), houseRoutes(), oembedRoutes(), trendRoutes(), practiceRoutes(), peerRoutes(), federationRoutes(), partnerRoutes(), siblingRoutes(), auditRoutes(), hostListRoutes(),
		communityRoutes(), communityMemberRoutes(), feedRoutes(), leavingRoutes(), takeAlongRoutes(),
		moderationRoutes(), communityPeopleRoutes(), communityLogRoutes(), communityReportRoutes(),
		emptyRoutes(),
	)
}

// Routes adds all routes, and the answer to every other path under /api/: register whatever else lives there before.
func (s *Server) Routes(r *mux.Router) {
	for _, rt := range s.routes() {
		r.Handle(rt.path, s.handler(rt)).Methods(rt.methods...)
	}
	r.HandleFunc(avatarPath, s.images.serveAvatar).Methods(methods(http.MethodGet)...)
	r.HandleFunc(headerPath, s.images.serveHeader).Methods(methods(http.MethodGet)...)
	nowhere := func(w http.ResponseWriter, r *http.Request) { s.fail(w, r, errNotFound) }
	r.PathPrefix("/api/").HandlerFunc(nowhere)
	r.HandleFunc("/api", nowhere)
}

// handler carries out a route: the answer is JSON whatever happens.
func (s *Server) handler(rt route) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		// What is answered depends on the token, so that nothing on the way may keep it (security case E17).
		w.Header().Set("Cache-Control", "private, no-store")
		w.Header().Add("Vary", "Authorization")
		answer, err := s.answer(w, r, rt)
		if err != nil {
			s.fail(w, r, err)
			return
		}
		if special, ok := answer.(withStatus); ok {
			respond.JSON(w, special.status, special.value)
			return
		}
		switch special := answer.(type) {
		case file:
			special.serve(w)
			return
		case stream:
			special.serve(w, r)
			return
		}
		if rt.isStable() {
			revalidated(w, r, answer)
			return
		}
		respond.JSON(w, http.StatusOK, answer)
	})
}

func (s *Server) answer(w http.ResponseWriter, r *http.Request, rt route) (any, error) {
	principal, err := s.cfg.OAuth.Bearer(r)
	if over := s.limit(w.Header(), r, rt, principal); over != nil {
		return nil, over
	}
	if err != nil {
		return nil, err
	}
	if err := admit(principal, rt); err != nil {
		return nil, err
	}
	if principal != nil && principal.Actor != nil {
		doer := models.Doer{ActorID: principal.Actor.ID, Name: "@" + principal.Actor.Username, Via: models.ViaAPI}
		r = r.WithContext(models.WithDoer(r.Context(), doer))
	}
	limit := int64(maxBody)
	if rt.uploads {
		limit = s.maxUpload(rt)
		grantTime(w, rt)
		defer func() {
			if r.MultipartForm != nil {
				_ = r.MultipartForm.RemoveAll()
			}
		}()
	}
	params, err := readParams(w, r, limit)
	if err != nil {
		return nil, err
	}
	c := &call{s: s, r: r, header: w.Header(), tx: s.store.Read(r.Context()), params: params, principal: principal}
	return rt.run(c)
}

// admit refuses those who may not call a route: without a token 401, with one of too small a scope 403, and 422 with one
// that belongs to an app and to no member (security cases G5, G6).
func admit(p *oauth.Principal, rt route) error {
	switch {
	case p == nil && rt.member:
		return models.Errorf(models.Unauthorized, "The access token is invalid")
	case p == nil:
		return nil
	case p.Recovers() && !slices.Contains(rt.scopes, oauth.RecoveryScope):
		return models.Errorf(models.Forbidden, "This account has left the organization: what is left is to move, to export, and to delete what is yours")
	case len(rt.scopes) > 0 && !slices.ContainsFunc(rt.scopes, func(scope string) bool { return covers(p, scope) }):
		return models.Errorf(models.Forbidden, "This action is outside the authorized scopes")
	case rt.member && p.Waiting != nil:
		return oauth.Refusal(p.Waiting)
	case rt.member && p.Actor == nil:
		return models.Errorf(models.Invalid, "This method requires an authenticated user")
	case p.Actor != nil && (p.Actor.IsGone() || (p.Account != nil && p.Account.DisabledAt != 0)):
		return models.Errorf(models.Forbidden, "Your login is currently disabled")
	case rt.needs != 0 && !models.RoleOf(p.Account).May(rt.needs):
		return errNotAllowed
	}
	return nil
}

// covers also knows the old scope "follow", which stands for what concerns follows, blocks and mutes.
func covers(p *oauth.Principal, scope string) bool {
	if p.Has(scope) {
		return true
	}
	_, what, _ := strings.Cut(scope, ":")
	return slices.Contains([]string{"follows", "blocks", "mutes"}, what) && p.Has("follow")
}
