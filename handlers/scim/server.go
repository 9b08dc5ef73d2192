package scim

import (
	"context"
	"encoding/json"
	"log/slog"
	"net/http"
	"net/netip"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"golang.org/x/time/rate"

	"praxis/handlers/respond"
	"praxis/models"
	"praxis/practice"
)

// Config is what a Server needs.
type Config struct {
	Service  *practice.Service
	ClientIP func(*http.Request) netip.Addr
	Log      *slog.Logger
}

// Server answers directories. It is safe for concurrent use.
type Server struct {
	cfg   Config
	wrong *rate.Limiter // wrong tokens, of everybody together: directories are few
}

// New makes a Server.
func New(cfg Config) *Server {
	return &Server{cfg: cfg, wrong: rate.NewLimiter(rate.Every(time.Second), 60)}
}

const (
	base      = "/scim/v2"
	mediaType = "application/scim+json; charset=utf-8"
	maxBody   = 64 << 10
)

// Routes adds all routes.
func (s *Server) Routes(r *mux.Router) {
	for path, document := range map[string]any{
		"/ServiceProviderConfig": providerConfig(), "/ResourceTypes": listOf(resourceType(s.cfg.Service.Links().Base)),
		"/ResourceTypes/User": resourceType(s.cfg.Service.Links().Base), "/Schemas": listOf(userSchema()), "/Schemas/" + schemaUser: userSchema(),
	} {
		r.Handle(base+path, s.known(func(w http.ResponseWriter, _ *http.Request, _ *practice.Provider) error {
			write(w, http.StatusOK, document)
			return nil
		})).Methods(http.MethodGet, http.MethodHead)
	}
	r.Handle(base+"/Users", s.known(s.list)).Methods(http.MethodGet, http.MethodHead)
	r.Handle(base+"/Users", s.known(s.create)).Methods(http.MethodPost)
	r.Handle(base+"/Users/{id}", s.known(s.get)).Methods(http.MethodGet, http.MethodHead)
	r.Handle(base+"/Users/{id}", s.known(s.patch)).Methods(http.MethodPatch)
	r.Handle(base+"/Users/{id}", s.known(s.put)).Methods(http.MethodPut)
	r.Handle(base+"/Users/{id}", s.known(s.remove)).Methods(http.MethodDelete)
}

type handler = func(w http.ResponseWriter, r *http.Request, provider *practice.Provider) error

// known lets a directory in by its token.
func (s *Server) known(inner handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Cache-Control", "no-store")
		provider, err := s.provider(r.Context(), r)
		if err == nil {
			r.Body = http.MaxBytesReader(w, r.Body, maxBody)
			err = inner(w, r, provider)
		}
		if err != nil {
			s.refuse(w, r, err)
		}
	})
}

func (s *Server) provider(ctx context.Context, r *http.Request) (*practice.Provider, error) {
	scheme, token, _ := strings.Cut(r.Header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
		token = ""
	}
	provider, err := s.cfg.Service.DirectoryOf(ctx, strings.TrimSpace(token))
	if err != nil || provider != nil {
		return provider, err
	}
	s.cfg.Log.InfoContext(ctx, "directory refused", "remote_ip", s.cfg.ClientIP(r).String())
	if !s.wrong.Allow() {
		return nil, models.Errorf(models.RateLimited, "Too many wrong tokens. Wait a minute.")
	}
	return nil, models.Errorf(models.Unauthorized, "The token is none of this instance: make one with praxis scim token.")
}

// refuse writes an error as RFC 7644 section 3.12 has it.
func (s *Server) refuse(w http.ResponseWriter, r *http.Request, err error) {
	status := respond.Status(err)
	if status == http.StatusUnprocessableEntity {
		status = http.StatusBadRequest
	}
	if status == http.StatusInternalServerError {
		s.cfg.Log.ErrorContext(r.Context(), "directory not answered", "path", r.URL.Path, "error", err)
	}
	if status == http.StatusUnauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="SCIM"`)
	}
	problem := map[string]any{"schemas": []string{schemaError}, "status": status2text(status), "detail": models.ErrorMessage(err)}
	if status == http.StatusBadRequest {
		problem["scimType"] = "invalidValue"
	}
	write(w, status, problem)
}

func write(w http.ResponseWriter, status int, document any) {
	raw, err := json.Marshal(document)
	if err != nil {
		http.Error(w, "not written", http.StatusInternalServerError)
		return
	}
	w.Header().Set("Content-Type", mediaType)
	w.WriteHeader(status)
	_, _ = w.Write(raw)
}
