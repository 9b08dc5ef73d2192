package app

import (
	"context"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"praxis/models"
)

// peerMetrics are what is measured of each peer, read from the database when somebody asks: they are few, and change while
// nobody looks.
type peerMetrics struct {
	store                                      *models.Store
	waiting, failures, latency, success, state *prometheus.Desc
}

func newPeerMetrics(store *models.Store) *peerMetrics {
	of := func(name, help string, labels ...string) *prometheus.Desc {
		return prometheus.NewDesc("praxis_peer_"+name, help, append([]string{"peer"}, labels...), nil)
	}
	return &peerMetrics{
		store:    store,
		waiting:  of("deliveries_waiting", "Deliveries to a peer that wait."),
		failures: of("failures", "How often in a row a peer failed."),
		latency:  of("latency_seconds", "How long a peer takes to answer a delivery: a moving average."),
		success:  of("last_success_seconds", "Unix time of the last delivery that a peer took; 0 for never."),
		state:    of("state", "1 for the state that a peer is in.", "state"),
	}
}

// Describe is prometheus.Collector's.
func (m *peerMetrics) Describe(out chan<- *prometheus.Desc) {
	for _, desc := range []*prometheus.Desc{m.waiting, m.failures, m.latency, m.success, m.state} {
		out <- desc
	}
}

// maxMeasured bounds how many peers are told of, each of which is a handful of lines.
const maxMeasured = 2000

// Collect is prometheus.Collector's. What cannot be read is left out.
func (m *peerMetrics) Collect(out chan<- prometheus.Metric) {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Second)
	defer cancel()
	tx := m.store.Read(ctx)
	peers, err := tx.Peers()
	if err != nil {
		return
	}
	waiting, err := tx.WaitingByHost()
	if err != nil {
		return
	}
	for i := range peers[:min(len(peers), maxMeasured)] {
		p := &peers[i]
		gauge := func(desc *prometheus.Desc, value float64, labels ...string) {
			out <- prometheus.MustNewConstMetric(desc, prometheus.GaugeValue, value, append([]string{p.Host}, labels...)...)
		}
		gauge(m.waiting, float64(waiting[p.Host]))
		gauge(m.failures, float64(p.Failures))
		gauge(m.latency, float64(p.LatencyMs)/1000)
		gauge(m.success, float64(p.LastSuccessAt)/1000)
		gauge(m.state, 1, p.State())
	}
}
