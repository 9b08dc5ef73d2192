package mastodon

import (
	"errors"
	"net/http"

	"praxis/handlers/respond"
	"praxis/models"
)

// errNotFound is the one answer to all that is absent or hidden (security cases E2, E7).
var errNotFound = &models.Error{Code: models.NotFound, Message: "Record not found"}

// errNotAllowed is the answer to members whose role does not permit something, in Mastodon's words.
var errNotAllowed = &models.Error{Code: models.Forbidden, Message: "This action is not allowed"}

// requestError is a request that cannot be read at all.
type requestError struct {
	status  int
	message string
}

func (e *requestError) Error() string { return e.message }

// fail answers with an error: {"error": "…"}.
func (s *Server) fail(w http.ResponseWriter, r *http.Request, err error) {
	var unreadable *requestError
	if errors.As(err, &unreadable) {
		respond.JSON(w, unreadable.status, map[string]string{"error": unreadable.message})
		return
	}
	if failed := details(err); failed != nil {
		respond.JSON(w, http.StatusUnprocessableEntity, failed)
		return
	}
	if models.IsNotFound(err) {
		err = errNotFound
	}
	if models.ErrorCode(err) == models.Unauthorized {
		w.Header().Set("WWW-Authenticate", `Bearer realm="Praxis", error="invalid_token"`)
	}
	respond.Error(w, r, s.cfg.Log, err)
}

// unsupported is the answer to a write that this server has no place for.
func unsupported(field, what string) error {
	return models.FieldErrorf(field, "%s are not available on this server yet", what)
}
