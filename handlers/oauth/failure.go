package oauth

import (
	"errors"
	"net/http"

	"praxis/handlers/respond"
	"praxis/models"
)

// refusal is an error of the protocol (RFC 6749 section 5.2).
type refusal struct {
	code        string
	description string
}

func (e *refusal) Error() string { return e.code + ": " + e.description }

// status gives what Mastodon answers: 401 when the client is not known, 403 when it may not, else 400.
func (e *refusal) status() int {
	switch e.code {
	case "invalid_client":
		return http.StatusUnauthorized
	case "unauthorized_client":
		return http.StatusForbidden
	}
	return http.StatusBadRequest
}

// Clients compare the first words of the first one.
func errClient() error {
	return &refusal{"invalid_client", "Client authentication failed: the client is unknown, or its secret is missing or wrong."}
}

func errGrant() error {
	return &refusal{"invalid_grant", "The grant is wrong, over, used already, or was given to another client or another redirect URI."}
}

func errScope(description string) error { return &refusal{"invalid_scope", description} }

func errRequest(description string) error { return &refusal{"invalid_request", description} }

// fail answers a client: with the protocol's error, or with that of the rest of the API.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var refused *refusal
	if !errors.As(err, &refused) {
		respond.Error(w, r, s.log, err)
		return
	}
	if refused.code == "invalid_client" {
		w.Header().Set("WWW-Authenticate", `Basic realm="OAuth"`)
	}
	respond.JSON(w, refused.status(), map[string]string{"error": refused.code, "error_description": refused.description})
}

// asRefusal gives bad input the protocol's error; others stay what they are.
func asRefusal(err error) error {
	if models.ErrorCode(err) == models.Invalid {
		return errRequest(models.ErrorMessage(err))
	}
	return err
}
