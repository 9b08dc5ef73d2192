package middleware

import (
	"net/http"
	"slices"
	"strings"
)

// exposed are the headers that scripts of other origins may read.
const exposed = "Link, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-Request-Id, Retry-After, ETag, Mastodon-Async-Refresh"

// preflightAge is for how many seconds a browser may keep the answer to a preflight.
const preflightAge = "7200"

const (
	allMethods  = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
	formMethods = "GET, POST, OPTIONS"
	readMethods = "GET, HEAD, OPTIONS"
)

// CORS lets scripts of every origin call what is meant for them: the client API, the token endpoints, discovery, and
// reading actors, objects and files. Credentials are never allowed: tokens travel in the Authorization header, and a cookie
// must not. The headers are set before the handler runs, so that errors carry them, too. It goes around the router, as
// it answers preflights itself.
func CORS(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		methods := corsMethods(r.URL.Path)
		if methods == "" {
			next.ServeHTTP(w, r)
			return
		}
		if r.Method == http.MethodOptions {
			preflight(w, r, methods)
			return
		}
		if slices.Contains(strings.Split(methods, ", "), r.Method) {
			w.Header().Set("Access-Control-Allow-Origin", "*")
			w.Header().Set("Access-Control-Expose-Headers", exposed)
		}
		next.ServeHTTP(w, r)
	})
}

// preflight names the requested headers instead of "*", since "*" does not cover Authorization.
func preflight(w http.ResponseWriter, r *http.Request, methods string) {
	header := w.Header()
	header.Set("Access-Control-Allow-Origin", "*")
	header.Set("Access-Control-Allow-Methods", methods)
	header.Set("Access-Control-Max-Age", preflightAge)
	header.Add("Vary", "Access-Control-Request-Headers")
	if wanted := strings.Join(r.Header.Values("Access-Control-Request-Headers"), ", "); wanted != "" {
		header.Set("Access-Control-Allow-Headers", wanted)
	} else {
		header.Set("Access-Control-Allow-Headers", "*")
	}
	w.WriteHeader(http.StatusNoContent)
}

// corsMethods gives the methods that other origins may use on a path; "" for none.
func corsMethods(path string) string {
	path = trim(path)
	switch path {
	case "/oauth/token", "/oauth/revoke", "/oauth/userinfo":
		return formMethods
	case "/actor":
		return readMethods
	}
	if strings.HasPrefix(path, "/api/") {
		return allMethods
	}
	for _, prefix := range []string{"/.well-known/", "/nodeinfo/", "/actor/", "/u/", "/c/", "/o/", "/a/", "/t/", "/media/"} {
		if strings.HasPrefix(path, prefix) {
			return readMethods
		}
	}
	return ""
}
