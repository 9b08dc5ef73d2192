package fetch

import (
	"context"
	"errors"
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"praxis/federation/vocab"
)

// stage is a transport that answers when the test says so.
type stage struct {
	asked  atomic.Int64
	ended  atomic.Int64
	answer chan string // the id to answer with, or "-> " and where to redirect to
}

func (s *stage) RoundTrip(r *http.Request) (*http.Response, error) {
	s.asked.Add(1)
	select {
	case id := <-s.answer:
		if to, ok := strings.CutPrefix(id, "-> "); ok {
			return &http.Response{StatusCode: 302, Header: http.Header{"Location": {to}}, Body: http.NoBody, Request: r}, nil
		}
		return &http.Response{
			StatusCode: 200, Header: http.Header{"Content-Type": {vocab.MediaType}}, Body: readCloser{strings.NewReader(noteWith(id))}, Request: r,
		}, nil
	case <-r.Context().Done():
		s.ended.Add(1)
		return nil, r.Context().Err()
	}
}

type readCloser struct{ *strings.Reader }

func (readCloser) Close() error { return nil }

const shared = "https://a.test/x"

func TestD16_OneRequestForAllWhoWantTheSame(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{answer: make(chan string)}
		c := New(Config{Transport: s})
		done := make(chan error)
		for i := range 50 {
			iri := shared
			if i%2 == 1 {
				iri += "#fragment"
			}
			go func() {
				_, err := c.Document(context.Background(), iri)
				done <- err
			}()
		}
		synctest.Wait()
		s.answer <- shared
		for range 50 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
		if s.asked.Load() != 1 || len(c.flights.running) != 0 {
			t.Errorf("%d requests, %d still under way", s.asked.Load(), len(c.flights.running))
		}
	})
}

func TestOneWhoGivesUpDoesNotFailTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{answer: make(chan string)}
		c := New(Config{Transport: s})
		first, giveUp := context.WithCancel(context.Background())
		failed, fine := make(chan error), make(chan error)
		go func() { _, err := c.Document(first, shared); failed <- err }()
		synctest.Wait()
		go func() { _, err := c.Document(context.Background(), shared); fine <- err }()
		synctest.Wait()
		giveUp()
		if err := <-failed; !errors.Is(err, context.Canceled) {
			t.Errorf("who gave up got %v", err)
		}
		s.answer <- shared
		if err := <-fine; err != nil {
			t.Errorf("who did not got %v", err)
		}
		if s.asked.Load() != 1 {
			t.Errorf("%d requests", s.asked.Load())
		}
	})
}

func TestRequestEndsWhenNobodyWaits(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{answer: make(chan string)}
		c := New(Config{Transport: s})
		ctx, giveUp := context.WithCancel(context.Background())
		done := make(chan error)
		for range 2 {
			go func() { _, err := c.Document(ctx, shared); done <- err }()
		}
		synctest.Wait()
		giveUp()
		for range 2 {
			if err := <-done; !errors.Is(err, context.Canceled) {
				t.Errorf("who gave up got %v", err)
			}
		}
		synctest.Wait()
		if s.ended.Load() != 1 {
			t.Error("the request goes on")
		}
		go func() { _, err := c.Document(context.Background(), shared); done <- err }()
		synctest.Wait()
		s.answer <- shared
		if err := <-done; err != nil {
			t.Errorf("the next one got %v", err)
		}
	})
}

func TestTimeoutIsThePeersFault(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		c := New(Config{Transport: &stage{}})
		began := time.Now()
		_, err := c.Document(context.Background(), shared)
		wantKind(t, err, Temporary)
		if took := time.Since(began); took != defaultTimeout {
			t.Errorf("took %v, want %v", took, defaultTimeout)
		}
		_, err = c.Post(context.Background(), shared, []byte("{}"), must(testSigner(context.Background())), nil)
		wantKind(t, err, Temporary)
	})
}

func TestC17_EmptyBudgetOfOneDoesNotFailTheOthers(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := &stage{answer: make(chan string)}
		c := New(Config{Transport: s, Signer: testSigner})
		poor, rich, rest := WithBudget(context.Background(), 1), WithBudget(context.Background(), 10), make(chan error)
		done := make(chan error)
		go func() { _, err := c.Document(poor, shared); done <- err }()
		synctest.Wait()
		go func() { _, err := c.Document(rich, shared); rest <- err }()
		synctest.Wait()
		s.answer <- "-> /y" // one request more than the poor one has, which is the one that began
		wantKind(t, <-done, Budget)
		synctest.Wait()
		s.answer <- shared
		if err := <-rest; err != nil {
			t.Errorf("who has a budget got %v", err)
		}
		if s.asked.Load() != 2 {
			t.Errorf("%d requests, want 2", s.asked.Load())
		}
	})
}

func TestSlotsWaitOnlyAsLongAsTheCaller(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		s := newSlots()
		var back []func()
		for range perHost {
			giveBack, err := s.take(context.Background(), "a.test")
			if err != nil {
				t.Fatal(err)
			}
			back = append(back, giveBack)
		}
		ctx, cancel := context.WithTimeout(context.Background(), time.Second)
		defer cancel()
		if _, err := s.take(ctx, "a.test"); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("got %v", err)
		}
		for _, giveBack := range back {
			giveBack()
		}
		if len(s.hosts) != 0 {
			t.Error("a host without requests is remembered")
		}
	})
}
