package middleware

import (
	"compress/gzip"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
)

func TestCompress(t *testing.T) {
	long := `{"x":"` + strings.Repeat("y", 5000) + `"}`
	for _, c := range []struct {
		path, accept, kind, body string
		status                   int
		want                     bool
	}{
		{"/api/v1/x", "gzip, deflate, br", "application/json; charset=utf-8", long, 200, true},
		{"/api/v1/x", "br;q=1.0, *;q=0.5", "application/json", long, 404, true},
		{"/api/v1/x", "gzip;q=0, *", "application/json", long, 200, false},
		{"/api/v1/x", "gzip;q=0", "application/json", long, 200, false},
		{"/api/v1/x", "identity", "application/json", long, 200, false},
		{"/api/v1/x", "", "application/json", long, 200, false},
		{"/api/v1/x", "gzip", "application/json", "{}", 200, false},
		{"/api/v1/x", "gzip", "image/png", long, 200, false},
		{"/oauth/authorize", "gzip", "application/json", long, 200, false},
		{"/api/v1/streaming", "gzip", "application/json", long, 200, false},
		{"/api/v1/x", "gzip", "application/json", "", 304, false},
	} {
		handler := Compress(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", c.kind)
			w.WriteHeader(c.status)
			if c.body != "" {
				_, _ = io.WriteString(w, c.body)
			}
		}))
		for range 2 { // the second one gets a writer that was used before
			r := httptest.NewRequest(http.MethodGet, c.path, nil)
			r.Header.Set("Accept-Encoding", c.accept)
			w := httptest.NewRecorder()
			handler.ServeHTTP(w, r)
			got := w.Header().Get("Content-Encoding") == "gzip"
			var body io.Reader = w.Body
			if got {
				var err error
				if body, err = gzip.NewReader(w.Body); err != nil {
					t.Fatal(err)
				}
			}
			raw, err := io.ReadAll(body)
			if got != c.want || err != nil || string(raw) != c.body || w.Code != c.status {
				t.Errorf("%s %q %s: gzip %v, status %d, %d bytes, %v", c.path, c.accept, c.kind, got, w.Code, len(raw), err)
			}
		}
	}
}
