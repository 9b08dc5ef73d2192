package middleware

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestG25_OtherHostNamesAreMisdirected(t *testing.T) {
	served := http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) })
	handler := Hosts([]string{"a.test", "alias.test"}, "/healthz")(served)
	for _, c := range []struct {
		host, path string
		want       int
	}{
		{"a.test", "/", 204},
		{"A.test", "/x", 204},
		{"a.test:443", "/", 204},
		{"a.test.", "/", 204},
		{"alias.test", "/", 204},
		{"evil.test", "/", 421},
		{"a.test.evil.test", "/", 421},
		{"", "/", 421},
		{"127.0.0.1:8080", "/", 421},
		{"a.test:8080", "/", 421},
		{"127.0.0.1:8080", "/healthz", 204},
	} {
		r := httptest.NewRequest("GET", c.path, nil)
		r.Host = c.host
		w := httptest.NewRecorder()
		handler.ServeHTTP(w, r)
		if w.Code != c.want {
			t.Errorf("%q %s: %d, want %d", c.host, c.path, w.Code, c.want)
		}
		if w.Code == 421 && (!strings.Contains(w.Body.String(), "This is a.test") || strings.Contains(w.Body.String(), "evil")) {
			t.Errorf("%q: says %s", c.host, w.Body)
		}
	}
}
