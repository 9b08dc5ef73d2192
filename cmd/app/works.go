package app

import (
	"context"
	"maps"
	"slices"
	"sync"
	"time"

	"praxis/handlers/desk"
	"praxis/models"
)

// works remembers which of the works that one node does at a time this process does, and since when.
type works struct {
	mu    sync.Mutex
	begun map[string]time.Time
}

// during gives a work that is remembered while it goes on.
func (w *works) during(name string, now func() time.Time, work func(context.Context)) func(context.Context) {
	return func(ctx context.Context) {
		w.set(name, now())
		defer w.set(name, time.Time{})
		work(ctx)
	}
}

func (w *works) set(name string, since time.Time) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if since.IsZero() {
		delete(w.begun, name)
		return
	}
	if w.begun == nil {
		w.begun = map[string]time.Time{}
	}
	w.begun[name] = since
}

// shown lists what this process does now, by name.
func (w *works) shown() []desk.Work {
	w.mu.Lock()
	defer w.mu.Unlock()
	var all []desk.Work
	for _, name := range slices.Sorted(maps.Keys(w.begun)) {
		all = append(all, desk.Work{Name: name, Since: models.At(w.begun[name])})
	}
	return all
}
