package main

import (
	"net/http"
	"strings"
	"sync/atomic"
	"time"
)

// demoClock is the time of all organizations of the demo: that of this machine, set on as often as the story needs it.
type demoClock struct{ ahead atomic.Int64 }

// Now gives the time.
func (c *demoClock) Now() time.Time { return time.Now().Add(time.Duration(c.ahead.Load())) }

// Advance sets the clock on.
func (c *demoClock) Advance(d time.Duration) { c.ahead.Add(int64(d)) }

// traffic counts what organizations say to each other: requests that a server sent, with what was said and answered.
type traffic struct{ requests, bytes atomic.Int64 }

// through counts at a handler, and lets its answers bear the time of the demo's clock.
func (t *traffic) through(clock *demoClock) func(http.Handler) http.Handler {
	return func(handler http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Date", clock.Now().UTC().Format(http.TimeFormat))
			if strings.HasPrefix(r.UserAgent(), "Praxis/") {
				t.requests.Add(1)
				t.bytes.Add(max(r.ContentLength, 0))
				w = &countingWriter{w, &t.bytes}
			}
			handler.ServeHTTP(w, r)
		})
	}
}

type countingWriter struct {
	http.ResponseWriter
	bytes *atomic.Int64
}

func (w *countingWriter) Write(p []byte) (int, error) {
	n, err := w.ResponseWriter.Write(p)
	w.bytes.Add(int64(n))
	return n, err
}

// Unwrap lets http.ResponseController reach what is below.
func (w *countingWriter) Unwrap() http.ResponseWriter { return w.ResponseWriter }
