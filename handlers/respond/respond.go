package respond

import (
	"encoding/json"
	"errors"
	"log/slog"
	"net/http"
	"strconv"
	"time"

	"praxis/models"
)

// statuses maps error codes to HTTP statuses. It is the only such table.
var statuses = map[models.Code]int{
	models.Invalid:      http.StatusUnprocessableEntity,
	models.Unauthorized: http.StatusUnauthorized,
	models.Forbidden:    http.StatusForbidden,
	models.NotFound:     http.StatusNotFound,
	models.Gone:         http.StatusGone,
	models.Conflict:     http.StatusConflict,
	models.RateLimited:  http.StatusTooManyRequests,
	models.Unavailable:  http.StatusServiceUnavailable,
	models.Internal:     http.StatusInternalServerError,
}

// Status gives the HTTP status of an error.
func Status(err error) int {
	if status, ok := statuses[models.ErrorCode(err)]; ok {
		return status
	}
	return http.StatusInternalServerError
}

// JSON writes v with a status. The content type is application/json unless the caller set one.
func JSON(w http.ResponseWriter, status int, v any) {
	body, err := json.Marshal(v)
	if err != nil {
		status, body = http.StatusInternalServerError, []byte(`{"error":"Something went wrong on this server."}`)
	}
	if w.Header().Get("Content-Type") == "" {
		w.Header().Set("Content-Type", "application/json; charset=utf-8")
	}
	w.WriteHeader(status)
	_, _ = w.Write(body)
}

// retryAfter is what a client is told to wait when a fault here or at a peer is temporary.
const retryAfter = 30 * time.Second

// Error writes err as JSON, {"error": "…"}, with the status of its code. What carries no code is logged and answered
// without its text.
func Error(w http.ResponseWriter, r *http.Request, log *slog.Logger, err error) {
	status := Status(err)
	if status == http.StatusInternalServerError {
		log.ErrorContext(r.Context(), "request failed", "method", r.Method, "path", r.URL.Path, "error", err)
	}
	if status == http.StatusServiceUnavailable {
		if errors.Unwrap(known(err)) != nil {
			log.WarnContext(r.Context(), "request put off", "method", r.Method, "path", r.URL.Path, "error", err)
		}
		w.Header().Set("Retry-After", strconv.Itoa(int(retryAfter.Seconds())))
	}
	JSON(w, status, errorBody(err))
}

// known gives the models.Error in err; one without a cause where there is none.
func known(err error) *models.Error {
	var e *models.Error
	if errors.As(err, &e) {
		return e
	}
	return &models.Error{}
}

func errorBody(err error) map[string]any {
	body := map[string]any{"error": models.ErrorMessage(err)}
	var e *models.Error
	if errors.As(err, &e) && e.Field != "" {
		body["details"] = map[string]any{e.Field: []map[string]string{{"error": "ERR_INVALID", "description": e.Message}}}
	}
	return body
}
