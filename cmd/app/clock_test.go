package app

import (
	"bytes"
	"fmt"
	"log/slog"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	dto "github.com/prometheus/client_model/go"

	"praxis/federation/fetch"
	"praxis/internal/testdb"
	"praxis/models"
)

// dated answers every request with the date that its host has.
type dated map[string]time.Time

func (d dated) RoundTrip(r *http.Request) (*http.Response, error) {
	header := http.Header{"Content-Type": {"application/activity+json"}}
	if at, ok := d[r.URL.Host]; ok {
		header.Set("Date", at.UTC().Format(http.TimeFormat))
	}
	if strings.HasPrefix(r.URL.Host, "cached") {
		header.Set("Age", "7200")
	}
	return &http.Response{StatusCode: http.StatusNotFound, Header: header, Body: http.NoBody, Request: r}, nil
}

// TestH12_OwnClockIsCompared: one peer that is off says nothing of our clock; most of them do, once an hour.
func TestH12_OwnClockIsCompared(t *testing.T) {
	store, err := models.Open(t.Context(), testdb.SQLite(t), models.Options{})
	if err != nil {
		t.Fatal(err)
	}
	defer store.Close()
	now := time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	var log bytes.Buffer
	registry := prometheus.NewRegistry()
	watch := &clockWatch{now: func() time.Time { return now }, log: slog.New(slog.NewTextHandler(&log, nil)), count: newCounters(registry, store)}
	hosts := dated{}
	client := fetch.New(fetch.Config{Transport: hosts, Clock: watch.hear, Now: watch.now})
	ask := func(host string, ahead time.Duration) {
		t.Helper()
		hosts[host] = now.Add(-ahead)
		if _, err := client.Document(t.Context(), "https://"+host+fmt.Sprintf("/%d", now.UnixNano())); err == nil {
			t.Fatal("there was an answer")
		}
		now = now.Add(time.Second)
	}
	ask("a.example.org", 0)
	ask("b.example.org", 2*time.Hour)
	ask("c.example.org", 4*time.Minute)
	ask("cached.example.org", 2*time.Hour)
	if got := gauge(t, registry, "praxis_clock_disagreements_total"); got != 1 || log.Len() != 0 {
		t.Errorf("%v disagreements, log %s", got, log.String())
	}
	ask("a.example.org", 2*time.Hour)
	ask("c.example.org", 2*time.Hour)
	if got := gauge(t, registry, "praxis_clock_skew_seconds"); got != 7200 {
		t.Errorf("the clock is %v s ahead", got)
	}
	if strings.Count(log.String(), "NTP") != 1 || !strings.Contains(log.String(), "ahead=2h0m0s") {
		t.Errorf("log: %s", log.String())
	}
	now = now.Add(2 * time.Hour)
	ask("a.example.org", -2*time.Hour)
	if strings.Count(log.String(), "NTP") != 2 {
		t.Errorf("it is not told again: %s", log.String())
	}
}

func gauge(t *testing.T, registry *prometheus.Registry, name string) float64 {
	t.Helper()
	families, err := registry.Gather()
	if err != nil {
		t.Fatal(err)
	}
	for _, family := range families {
		if family.GetName() == name {
			return value(family.GetMetric()[0])
		}
	}
	t.Fatalf("there is no metric %s", name)
	return 0
}

func value(m *dto.Metric) float64 { return m.GetGauge().GetValue() + m.GetCounter().GetValue() }
