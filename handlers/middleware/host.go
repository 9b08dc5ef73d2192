package middleware

import (
	"net/http"
	"slices"
	"strings"
)

// Hosts answers requests that are not for one of the named hosts ("name" or "name:port") with 421: what is served here
// carries the instance's name, and under another one signatures, cookies and links would be wrong (security case G25).
// Paths in open are answered under every name, for probes that know only an address.
func Hosts(hosts []string, open ...string) Middleware {
	known := map[string]bool{}
	for _, host := range hosts {
		known[strings.ToLower(host)] = true
	}
	return func(next http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			host := strings.TrimSuffix(strings.ToLower(r.Host), ".")
			name := strings.TrimSuffix(strings.TrimSuffix(host, ":443"), ":80")
			if !known[host] && !known[name] && !slices.Contains(open, r.URL.Path) {
				plainError(w, http.StatusMisdirectedRequest, "This is "+hosts[0]+": nothing is served here under another name.")
				return
			}
			next.ServeHTTP(w, r)
		})
	}
}
