package oauth

import (
	"errors"
	"net/http"

	"golang.org/x/time/rate"

	"praxis/handlers/respond"
	"praxis/internal/signon"
	"praxis/models"
)

// postProviderLogout takes a logout token of a provider: what the person's sign-in there opened here ends (OpenID Connect
// Back-Channel Logout 1.0). The token is its own proof, so that this needs no session and no protection of forms.
func (s *Server) postProviderLogout(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Cache-Control", "no-store")
	provider, client, err := s.signOn(r)
	var in form
	now := s.cfg.Now()
	var try *rate.Reservation // counts what is refused, so that a provider may sign out everybody at once
	if err == nil {
		try, err = s.limits.places.reserve(w, "logout "+s.place(r), now)
	}
	if err == nil {
		in, err = readForm(w, r)
	}
	if err == nil {
		err = in.once("logout_token")
	}
	var logout *signon.Logout
	if err == nil {
		logout, err = client.ReadLogout(r.Context(), in.get("logout_token"))
	}
	if err == nil {
		err = s.cfg.Service.SignedOut(r.Context(), provider.Issuer, logout.Subject, logout.SID, models.Pending{
			Name: hashSecret("jti " + provider.Issuer + " " + logout.ID), Kind: "jti", ExpiresAt: models.At(logout.Expires),
		})
	}
	if try != nil && err == nil {
		try.CancelAt(now)
	}
	switch {
	case err == nil:
		w.WriteHeader(http.StatusOK)
	case errors.Is(err, signon.ErrRefused):
		s.log.InfoContext(r.Context(), "logout token refused", "remote_ip", s.cfg.ClientIP(r).String(), "error", err)
		respond.JSON(w, http.StatusBadRequest, map[string]string{"error": "invalid_request", "error_description": "The logout token is not good."})
	case errors.Is(err, signon.ErrDown):
		respond.JSON(w, http.StatusServiceUnavailable, map[string]string{"error": "temporarily_unavailable", "error_description": "The keys of the provider cannot be read."})
	default:
		respond.Error(w, r, s.log, err)
	}
}
