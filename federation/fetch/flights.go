package fetch

import (
	"context"
	"sync"
)

// flights lets those who want the same URL at the same time share one request. A flight goes on when the one who began
// it gives up, as long as somebody waits for it, and is ended when nobody does: that is what the usual library for this
// cannot do.
type flights struct {
	mu      sync.Mutex
	running map[string]*flight
}

type flight struct {
	waiting int
	end     context.CancelFunc
	done    chan struct{} // closed when answer and err are there
	answer  *answer
	err     error
}

func newFlights() *flights { return &flights{running: map[string]*flight{}} }

// do runs fetch, or waits for the one that runs under the same key; led tells which. fetch gets a context with the values
// of its first caller and an end of its own. When ctx ends, the error is the context's.
func (g *flights) do(ctx context.Context, key string, fetch func(context.Context) (*answer, error)) (got *answer, led bool, err error) {
	f, led := g.join(ctx, key, fetch)
	select {
	case <-f.done:
		return f.answer, led, f.err
	case <-ctx.Done():
		g.leave(key, f)
		return nil, led, ctx.Err()
	}
}

func (g *flights) join(ctx context.Context, key string, fetch func(context.Context) (*answer, error)) (f *flight, led bool) {
	g.mu.Lock()
	defer g.mu.Unlock()
	if f := g.running[key]; f != nil {
		f.waiting++
		return f, false
	}
	ctx, end := context.WithCancel(context.WithoutCancel(ctx))
	f = &flight{waiting: 1, end: end, done: make(chan struct{})}
	g.running[key] = f
	go func() {
		defer end()
		f.answer, f.err = fetch(ctx)
		g.land(key, f)
		close(f.done)
	}()
	return f, true
}

// leave ends a flight that nobody waits for any more. Under one lock, or else somebody could join it in between.
func (g *flights) leave(key string, f *flight) {
	g.mu.Lock()
	defer g.mu.Unlock()
	f.waiting--
	if f.waiting == 0 {
		g.remove(key, f)
		f.end()
	}
}

func (g *flights) land(key string, f *flight) {
	g.mu.Lock()
	defer g.mu.Unlock()
	g.remove(key, f)
}

// remove makes room for a new flight under the key.
func (g *flights) remove(key string, f *flight) {
	if g.running[key] == f {
		delete(g.running, key)
	}
}
