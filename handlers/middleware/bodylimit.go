package middleware

import "net/http"

// BodyLimit refuses bodies of more than limit bytes: with 413 at once when the request says its length, and else with
// an *http.MaxBytesError to the handler that reads too far (security cases C1, C2).
func BodyLimit(limit int64) Middleware {
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if r.ContentLength > limit {
				w.Header().Set("Connection", "close")
				plainError(w, http.StatusRequestEntityTooLarge, "The request is too large.")
				return
			}
			if r.Body != nil {
				r.Body = http.MaxBytesReader(w, r.Body, limit)
			}
			next.ServeHTTP(w, r)
		})
	}
}
