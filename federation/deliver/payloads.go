package deliver

import (
	"context"
	"sync"

	"praxis/models"
)

// maxPayloads bounds how many activities are kept in memory: one that goes to many hosts is read once.
const maxPayloads = 256

// payload is an activity as it is sent.
type payload struct {
	actorID int64
	bytes   []byte
}

// payloads keeps the activities that are on their way.
type payloads struct {
	store *models.Store
	mu    sync.Mutex
	known map[int64]*reading
	order []int64 // oldest first
}

// reading is an activity that is read once, however many ask for it at once.
type reading struct {
	once sync.Once
	got  payload
	err  error
}

func newPayloads(store *models.Store) *payloads {
	return &payloads{store: store, known: map[int64]*reading{}}
}

func (p *payloads) get(ctx context.Context, id int64) (payload, error) {
	r := p.reading(id)
	r.once.Do(func() {
		entry, err := p.store.Read(ctx).OutboxEntry(id)
		if err != nil {
			r.err = err
			return
		}
		r.got = payload{actorID: entry.ActorID, bytes: []byte(entry.Payload)}
	})
	if r.err != nil {
		p.forget(id, r)
	}
	return r.got, r.err
}

func (p *payloads) reading(id int64) *reading {
	p.mu.Lock()
	defer p.mu.Unlock()
	if r := p.known[id]; r != nil {
		return r
	}
	r := &reading{}
	p.known[id] = r
	p.order = append(p.order, id)
	if len(p.order) > maxPayloads {
		delete(p.known, p.order[0])
		p.order = p.order[1:]
	}
	return r
}

func (p *payloads) forget(id int64, r *reading) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known[id] == r {
		delete(p.known, id)
	}
}
