package inbox_test

import (
	"net/http"
	"net/http/httptest"
	"testing"

	"praxis/internal/testrig"
)

func scrape(t *testing.T, s *testrig.Server) string {
	t.Helper()
	w := httptest.NewRecorder()
	s.MetricsHandler().ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/metrics", nil))
	return w.Body.String()
}
