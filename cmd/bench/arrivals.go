package bench

import (
	"bytes"
	"context"
	"fmt"
	"strconv"
	"sync"
	"time"
)

// A mark is a word in the text of a post by which it is known again: "bench-RUN-PHASE-000012".
const markDigits = 6

func (w *World) mark(phase string, number int) string {
	return fmt.Sprintf("%s%s-%0*d", w.markPrefix, phase, markDigits, number)
}

// readMark finds the first mark of this run in a text.
func (w *World) readMark(text []byte) (phase string, number int, ok bool) {
	_, rest, found := bytes.Cut(text, []byte(w.markPrefix))
	if !found {
		return "", 0, false
	}
	name, rest, found := bytes.Cut(rest, []byte("-"))
	if !found || len(rest) < markDigits {
		return "", 0, false
	}
	number, err := strconv.Atoi(string(rest[:markDigits]))
	return string(name), number, err == nil
}

// arrivals counts which posts of a phase arrived at which peers.
type arrivals struct {
	mu         sync.Mutex
	seen       [][]int // by peer and post: how often
	latest     []int   // by peer: the highest number so far
	fresh      []int   // by peer: how many different posts
	duplicates int
	disorder   int
	last       []time.Time // by peer: when it got something that it did not have
	moved      chan struct{}
}

func newArrivals(peers, posts int) *arrivals {
	a := &arrivals{
		seen: make([][]int, peers), latest: make([]int, peers), fresh: make([]int, peers), last: make([]time.Time, peers),
		moved: make(chan struct{}, 1),
	}
	for i := range a.seen {
		a.seen[i], a.latest[i] = make([]int, posts), -1
	}
	return a
}

// note records that a post arrived at a peer.
func (a *arrivals) note(peer, post int) {
	now := time.Now()
	a.mu.Lock()
	defer a.mu.Unlock()
	if post < 0 || post >= len(a.seen[peer]) {
		return
	}
	a.seen[peer][post]++
	if a.seen[peer][post] > 1 {
		a.duplicates++
		return
	}
	if post < a.latest[peer] {
		a.disorder++
	}
	a.latest[peer] = max(a.latest[peer], post)
	a.fresh[peer]++
	a.last[peer] = now
	if a.fresh[peer] == len(a.seen[peer]) {
		select {
		case a.moved <- struct{}{}:
		default:
		}
	}
}

// tally is what arrived at some peers.
type tally struct {
	wanted, got, lost, duplicates, disorder int
	last                                    time.Time
}

// of sums up for some peers.
func (a *arrivals) of(numbers []int) tally {
	a.mu.Lock()
	defer a.mu.Unlock()
	t := tally{duplicates: a.duplicates, disorder: a.disorder}
	for _, n := range numbers {
		t.wanted += len(a.seen[n])
		t.got += a.fresh[n]
		if a.last[n].After(t.last) {
			t.last = a.last[n]
		}
	}
	t.lost = t.wanted - t.got
	return t
}

// await waits until some peers have everything, or patience is over.
func (a *arrivals) await(ctx context.Context, numbers []int, patience time.Duration) tally {
	ctx, cancel := context.WithTimeout(ctx, patience)
	defer cancel()
	for {
		t := a.of(numbers)
		if t.lost == 0 {
			return t
		}
		select {
		case <-ctx.Done():
			return a.of(numbers)
		case <-a.moved:
		}
	}
}
