package middleware

import (
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/gorilla/mux"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promauto"
)

// unmatched stands for the route of requests that no route matched: their paths are anybody's choice, and a label must
// not be.
const unmatched = "unmatched"

// Metrics counts requests for Prometheus.
type Metrics struct {
	requests *prometheus.CounterVec
	seconds  *prometheus.HistogramVec
	now      func() time.Time
}

// NewMetrics registers the metrics praxis_http_requests_total and praxis_http_request_duration_seconds with reg. Like
// every registration of the Prometheus client it panics when done twice with one registry.
func NewMetrics(reg prometheus.Registerer) *Metrics {
	labels := []string{"method", "route", "status"}
	factory := promauto.With(reg)
	return &Metrics{
		requests: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "praxis_http_requests_total", Help: "Requests by method, route template and class of the status.",
		}, labels),
		seconds: factory.NewHistogramVec(prometheus.HistogramOpts{
			Name: "praxis_http_request_duration_seconds", Help: "Time until a request was answered; streams are left out.",
			Buckets: []float64{.005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5, 10},
		}, labels),
		now: time.Now,
	}
}

// Middleware counts and times requests by the template of their route. It is for mux.Router.Use, where the route is
// known; put around Router.NotFoundHandler it counts what no route matched.
func (m *Metrics) Middleware(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		start, rec := m.now(), record(w)
		done := false
		defer func() {
			status := rec.final()
			if !done && !rec.started() {
				status = http.StatusInternalServerError
			}
			m.observe(r, rec, status, m.now().Sub(start))
		}()
		next.ServeHTTP(rec, r)
		done = true
	})
}

func (m *Metrics) observe(r *http.Request, rec *recorder, status int, took time.Duration) {
	labels := []string{methodLabel(r.Method), routeOf(r), strconv.Itoa(status/100) + "xx"}
	m.requests.WithLabelValues(labels...).Inc()
	if rec.hijacked || strings.HasPrefix(rec.Header().Get("Content-Type"), "text/event-stream") {
		return // a stream lasts as long as somebody listens
	}
	m.seconds.WithLabelValues(labels...).Observe(took.Seconds())
}

func routeOf(r *http.Request) string {
	route := mux.CurrentRoute(r)
	if route == nil {
		return unmatched
	}
	template, err := route.GetPathTemplate()
	if err != nil {
		return unmatched
	}
	return template
}

func methodLabel(method string) string {
	switch method {
	case http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete, http.MethodOptions:
		return method
	}
	return "other"
}
