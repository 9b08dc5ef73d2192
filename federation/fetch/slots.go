package fetch

import (
	"context"
	"sync"
)

// perHost is how many requests to one host may be under way at once, so that a slow peer does not hold everybody.
const perHost = 8

// slots hands out places for requests, per host. It remembers only hosts with requests under way or waiting.
type slots struct {
	mu    sync.Mutex
	hosts map[string]*slot
}

type slot struct {
	places chan struct{}
	users  int // requests under way or waiting
}

func newSlots() *slots { return &slots{hosts: map[string]*slot{}} }

// take waits for a place. The place must be given back unless there is an error, which is the context's.
func (s *slots) take(ctx context.Context, host string) (giveBack func(), err error) {
	place := s.enter(host)
	select {
	case place.places <- struct{}{}:
		return func() { <-place.places; s.leave(host, place) }, nil
	case <-ctx.Done():
		s.leave(host, place)
		return nil, ctx.Err()
	}
}

func (s *slots) enter(host string) *slot {
	s.mu.Lock()
	defer s.mu.Unlock()
	place := s.hosts[host]
	if place == nil {
		place = &slot{places: make(chan struct{}, perHost)}
		s.hosts[host] = place
	}
	place.users++
	return place
}

func (s *slots) leave(host string, place *slot) {
	s.mu.Lock()
	defer s.mu.Unlock()
	place.users--
	if place.users == 0 {
		delete(s.hosts, host)
	}
}
