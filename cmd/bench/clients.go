package bench

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"sync"
	"sync/atomic"
	"time"
)

// load sends requests over some connections at once, each made by next, until next gives none, and gives how long each
// took, sorted. An answer other than 200 is an error.
func (w *World) load(ctx context.Context, t *Target, connections int, next func() []byte) ([]time.Duration, error) {
	var mu sync.Mutex
	var all []time.Duration
	var wait sync.WaitGroup
	failures := make(chan error, connections)
	for range connections {
		c, err := w.wire(t)
		if err != nil {
			return nil, err
		}
		wait.Go(func() {
			defer c.close()
			var took []time.Duration
			for request := next(); request != nil && ctx.Err() == nil; request = next() {
				begun := time.Now()
				status, body, err := c.send(ctx, request, false)
				if err == nil && status != http.StatusOK {
					err = fmt.Errorf("status %d: %s (is there a limit of requests?)", status, body)
				}
				if err != nil {
					failures <- err
					break
				}
				took = append(took, time.Since(begun))
			}
			mu.Lock()
			defer mu.Unlock()
			all = append(all, took...)
		})
	}
	wait.Wait()
	close(failures)
	slices.Sort(all)
	return all, <-failures // nil when there were none
}

// percentile of durations that are sorted, in ms.
func percentile(sorted []time.Duration, percent int) float64 {
	if len(sorted) == 0 {
		return 0
	}
	at := min(len(sorted)-1, len(sorted)*percent/100)
	return float64(sorted[at]) / float64(time.Millisecond)
}

func (s *sheet) latencies(sorted []time.Duration) {
	s.add("p50", "ms", less, percentile(sorted, 50))
	s.add("p99", "ms", less, percentile(sorted, 99))
}

// timeline reads home, and a page if there is one.
func (w *World) timeline(ctx context.Context, s *sheet) error {
	if err := w.reading(ctx, s, "/api/v1/timelines/home?limit=20", s.Token); err != nil {
		return err
	}
	if s.Page == "" {
		return nil
	}
	page := *s
	page.scenario = "page"
	return w.reading(ctx, &page, s.Page, "")
}

func (w *World) reading(ctx context.Context, s *sheet, path, token string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodGet, s.URL+path, nil)
	if err != nil {
		return fmt.Errorf("make a request: %w", err)
	}
	if token != "" {
		r.Header.Set("Authorization", "Bearer "+token)
	}
	request, err := freeze(r)
	if err != nil {
		return err
	}
	if err := w.warm(ctx, s, request); err != nil {
		return err
	}
	end := time.Now().Add(w.cfg.Seconds)
	stint := s.begin()
	took, err := w.load(ctx, s.Target, w.cfg.Connections, func() []byte {
		if time.Now().After(end) {
			return nil
		}
		return request
	})
	if err != nil {
		return err
	}
	s.add("requests", "/s", more, perSecond(len(took), time.Since(stint.begun)))
	s.latencies(took)
	stint.cost(ctx, "a request", len(took))
	return nil
}

// warm asks once before the clock runs, and tells the size of the answer.
func (w *World) warm(ctx context.Context, s *sheet, request []byte) error {
	c, err := w.wire(s.Target)
	if err != nil {
		return err
	}
	defer c.close()
	status, body, err := c.send(ctx, request, true)
	if err == nil && status != http.StatusOK {
		err = fmt.Errorf("status %d: %.300s", status, body)
	}
	s.add("size of an answer", "bytes", neither, float64(len(body)))
	return err
}

// together is how many clients post at once in the second half of posting.
const together = 8

// posting posts one by one, then eight at once.
func (w *World) posting(ctx context.Context, s *sheet) error {
	token := s.Poster
	if token == "" {
		token = s.Token
	}
	for _, half := range []struct {
		label       string
		connections int
	}{{"one by one", 1}, {"eight at once", together}} {
		requests, err := w.posts(ctx, s, token, half.connections)
		if err != nil {
			return err
		}
		var sent atomic.Int64
		stint := s.begin()
		took, err := w.load(ctx, s.Target, half.connections, func() []byte {
			if n := int(sent.Add(1)) - 1; n < len(requests) {
				return requests[n]
			}
			return nil
		})
		if err != nil {
			return err
		}
		s.add(half.label, "/s", more, perSecond(len(took), time.Since(stint.begun)))
		s.add("p99 "+half.label, "ms", less, percentile(took, 99))
		stint.cost(ctx, "a post "+half.label, len(took))
	}
	return nil
}

func (w *World) posts(ctx context.Context, s *sheet, token string, connections int) ([][]byte, error) {
	requests := make([][]byte, 0, w.cfg.Statuses)
	for i := range w.cfg.Statuses {
		text := fmt.Sprintf("%s %s", w.mark(fmt.Sprintf("w%d", connections), i), prose)
		body, err := json.Marshal(map[string]string{"status": text, "visibility": "public"})
		if err != nil {
			return nil, fmt.Errorf("encode a post: %w", err)
		}
		r, err := http.NewRequestWithContext(ctx, http.MethodPost, s.URL+"/api/v1/statuses", bytes.NewReader(body))
		if err != nil {
			return nil, fmt.Errorf("make a request: %w", err)
		}
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Authorization", "Bearer "+token)
		request, err := freeze(r)
		if err != nil {
			return nil, err
		}
		requests = append(requests, request)
	}
	return requests, nil
}
