package middleware

import (
	"context"
	"net/http"
	"sync/atomic"
	"time"
)

// Patience ends the context of a request after limit, so that whoever waits for a database that does not answer waits no
// longer. Requests for which endless is true have no limit.
func Patience(limit time.Duration, endless func(*http.Request) bool) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if endless(r) {
				next.ServeHTTP(w, r)
				return
			}
			ctx, cancel := context.WithTimeout(r.Context(), limit)
			defer cancel()
			next.ServeHTTP(w, r.WithContext(ctx))
		})
	}
}

// Crowd answers with 503 while limit requests are being answered: when answers take longer than usual, those that wait would
// otherwise take all memory. Requests for which endless is true are neither counted nor turned away.
func Crowd(limit int64, endless func(*http.Request) bool) Middleware {
	var inside atomic.Int64
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if endless(r) {
				next.ServeHTTP(w, r)
				return
			}
			defer inside.Add(-1)
			if inside.Add(1) > limit {
				w.Header().Set("Retry-After", "10")
				plainError(w, http.StatusServiceUnavailable, "This server has too much to do at the moment: try again.")
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
