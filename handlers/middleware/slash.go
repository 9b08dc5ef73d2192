package middleware

import (
	"net/http"
	"net/url"
	"strings"
)

// Slash lets every path work with slashes at its end, too, by taking them off before the router looks. It does not
// redirect: a redirected POST loses its body. Request.RequestURI stays as it was sent, and so it is what signatures
// are to be verified against.
func Slash(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if len(r.URL.Path) < 2 || !strings.HasSuffix(r.URL.Path, "/") {
			next.ServeHTTP(w, r)
			return
		}
		clean := *r
		clean.URL = new(url.URL)
		*clean.URL = *r.URL
		clean.URL.Path, clean.URL.RawPath = trim(r.URL.Path), trim(r.URL.RawPath)
		next.ServeHTTP(w, &clean)
	})
}

func trim(path string) string {
	if path == "" {
		return ""
	}
	if short := strings.TrimRight(path, "/"); short != "" {
		return short
	}
	return "/"
}
