package middleware

import (
	"log/slog"
	"net/http"
	"runtime/debug"
)

// Recover turns a panic of a handler into a 500, logs it with its stack, and lets the process live. When a part of the
// answer is out already, it ends the connection instead, so that nobody takes the torso for the whole.
func Recover(log *slog.Logger) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			rec := record(w)
			defer func() {
				cause := recover()
				if cause == nil {
					return
				}
				if cause == http.ErrAbortHandler { //nolint:errorlint // the sentinel is panicked with as it is
					panic(cause)
				}
				log.ErrorContext(r.Context(), "handler panicked", "method", r.Method, "path", r.URL.Path,
					"panic", cause, "stack", string(debug.Stack()))
				answerPanic(rec)
			}()
			next.ServeHTTP(rec, r)
		})
	}
}

func answerPanic(rec *recorder) {
	if rec.hijacked {
		return // the connection is somebody else's
	}
	if rec.started() {
		panic(http.ErrAbortHandler)
	}
	// Whatever the handler said of its answer is not true of this one.
	for _, name := range []string{"Content-Length", "Content-Encoding", "Etag", "Last-Modified"} {
		rec.Header().Del(name)
	}
	plainError(rec, http.StatusInternalServerError, "Something went wrong on this server.")
}
