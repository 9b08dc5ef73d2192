package page

import (
	"net/http"

	"praxis/handlers/respond"
	"praxis/models"
)

// failure is what the error page shows.
type failure struct {
	Status  int
	Title   string
	Message string
}

// title says in few words what happened; other statuses get net/http's text.
func title(status int) string {
	switch status {
	case http.StatusUnprocessableEntity, http.StatusBadRequest:
		return "That did not work"
	case http.StatusUnauthorized:
		return "Please sign in"
	case http.StatusForbidden:
		return "Not allowed"
	case http.StatusNotFound:
		return "Nothing here"
	case http.StatusGone:
		return "No longer here"
	case http.StatusTooManyRequests:
		return "Too many tries"
	case http.StatusServiceUnavailable:
		return "Not available right now"
	case http.StatusInternalServerError:
		return "Our fault"
	}
	return http.StatusText(status)
}

// Error writes the page of an error with the status of its code. What carries no code is logged, and its text is not
// shown.
func (r *Renderer) Error(w http.ResponseWriter, req *http.Request, err error) {
	status := respond.Status(err)
	if status == http.StatusInternalServerError {
		r.log.ErrorContext(req.Context(), "page failed", "method", req.Method, "path", req.URL.Path, "error", err)
	}
	if status == http.StatusServiceUnavailable {
		w.Header().Set("Retry-After", "30")
	}
	w.Header().Set("Cache-Control", "no-store")
	body, failed := r.own.execute(req, "error.html", failure{Status: status, Title: title(status), Message: models.ErrorMessage(err)})
	if failed != nil {
		r.log.ErrorContext(req.Context(), "error page failed", "path", req.URL.Path, "error", failed)
		http.Error(w, models.ErrorMessage(err), status)
		return
	}
	r.write(w, req, status, body, Policy{})
}
