package directory

import (
	"context"
	"sync"

	"praxis/models"
)

// memo keeps the actors that one task has read.
type memo struct {
	mu     sync.Mutex
	actors map[string]*models.Actor
}

type memoKey struct{}

// Remembering gives a context for one short task, such as one activity, in which each actor is read from the store once.
func Remembering(ctx context.Context) context.Context {
	return context.WithValue(ctx, memoKey{}, &memo{actors: map[string]*models.Actor{}})
}

// Known gives an actor that is in the store. Errors: NotFound.
func (d *Directory) Known(ctx context.Context, uri string) (*models.Actor, error) {
	m, _ := ctx.Value(memoKey{}).(*memo)
	if m == nil {
		return d.store.Read(ctx).ActorByURI(uri)
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	if actor := m.actors[uri]; actor != nil {
		return actor, nil
	}
	actor, err := d.store.Read(ctx).ActorByURI(uri)
	if err == nil {
		m.actors[uri] = actor
	}
	return actor, err
}

// remember keeps an actor that was just read or stored.
func remember(ctx context.Context, actor *models.Actor) {
	if m, _ := ctx.Value(memoKey{}).(*memo); m != nil && actor != nil {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.actors[actor.URI] = actor
	}
}
