package middleware

import "net/http"

// DefaultContentPolicy lets an answer load nothing and be framed by nobody: right for JSON and for errors. Pages set
// their own Content-Security-Policy.
const DefaultContentPolicy = "default-src 'none'; frame-ancestors 'none'"

// SecurityHeaders sets, before the handler runs, what browsers are to be told with every answer; a handler may replace
// each of them. ContentPolicy is the Content-Security-Policy, DefaultContentPolicy if empty.
func SecurityHeaders(contentPolicy string) Middleware {
	if contentPolicy == "" {
		contentPolicy = DefaultContentPolicy
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			header := w.Header()
			header.Set("X-Content-Type-Options", "nosniff")
			header.Set("Referrer-Policy", "same-origin")
			header.Set("Content-Security-Policy", contentPolicy)
			next.ServeHTTP(w, r)
		})
	}
}
