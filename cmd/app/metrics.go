package app

import (
	"context"
	"net/http"
	"net/http/pprof"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promauto"
	"github.com/prometheus/client_golang/prometheus/promhttp"

	"praxis/models"
)

// counters are the metrics of federation.
type counters struct {
	received   *prometheus.CounterVec
	deliveries *prometheus.CounterVec
	clock      prometheus.Gauge
	disagreed  prometheus.Counter
}

func newCounters(reg *prometheus.Registry, store *models.Store) *counters {
	factory := promauto.With(reg)
	reg.MustRegister(newPeerMetrics(store))
	reg.MustRegister(collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	waiting := func(count func(*models.Tx) (int64, error)) func() float64 {
		return func() float64 {
			n, err := count(store.Read(context.Background()))
			if err != nil {
				return -1
			}
			return float64(n)
		}
	}
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "praxis_deliveries_pending", Help: "Deliveries to other hosts that wait; -1 when the database does not answer.",
	}, waiting((*models.Tx).PendingDeliveries))
	factory.NewGaugeFunc(prometheus.GaugeOpts{
		Name: "praxis_inbox_pending", Help: "Received activities that wait to be carried out; -1 when the database does not answer.",
	}, waiting((*models.Tx).PendingInboxEntries))
	return &counters{
		received: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "praxis_inbox_activities_total", Help: "Received activities by type and by what became of them.",
		}, []string{"type", "outcome"}),
		deliveries: factory.NewCounterVec(prometheus.CounterOpts{
			Name: "praxis_delivery_attempts_total", Help: "Attempts to deliver by how they ended.",
		}, []string{"outcome"}),
		clock: factory.NewGauge(prometheus.GaugeOpts{
			Name: "praxis_clock_skew_seconds", Help: "How far this clock is ahead of those of the peers that answered last (the median).",
		}),
		disagreed: factory.NewCounter(prometheus.CounterOpts{
			Name: "praxis_clock_disagreements_total", Help: "Answers of peers whose Date differs from this clock by more than five minutes.",
		}),
	}
}

func (c *counters) inbox(activityType, outcome string) {
	c.received.WithLabelValues(activityType, outcome).Inc()
}

func (c *counters) delivery(_, outcome string) { c.deliveries.WithLabelValues(outcome).Inc() }

// MetricsHandler answers at /metrics of the separate listener, and where profiles are on at /debug/pprof/.
func (a *App) MetricsHandler() http.Handler {
	mux := http.NewServeMux()
	mux.Handle("/metrics", promhttp.HandlerFor(a.Registry, promhttp.HandlerOpts{}))
	if a.Config.Profiles {
		mux.HandleFunc("/debug/pprof/", pprof.Index) // also heap, goroutine, mutex and the like
		mux.HandleFunc("/debug/pprof/profile", pprof.Profile)
		mux.HandleFunc("/debug/pprof/trace", pprof.Trace)
	}
	return mux
}
