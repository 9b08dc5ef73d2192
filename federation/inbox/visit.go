package inbox

import (
	"context"
	"strings"

	"praxis/models"
)

// verifyJoin: somebody wants to come to a visit of ours. Servers that show events name the event, others may name the
// thread.
func (p *Processor) verifyJoin(ctx context.Context, m *message) (apply, error) {
	return p.attendance(ctx, m, m.activity.Object.ID, false)
}

func (p *Processor) verifyLeave(ctx context.Context, m *message) (apply, error) {
	return p.attendance(ctx, m, m.activity.Object.ID, true)
}

func (p *Processor) verifyUndoJoin(ctx context.Context, m *message) (apply, error) {
	inner, ok := innerOf(m.activity.Object)
	if !ok || inner.Actor.ID != m.actor.URI {
		return nil, nil
	}
	return p.attendance(ctx, m, inner.Object.ID, true)
}

// attendance: who comes says so themself; nobody passes it on.
func (p *Processor) attendance(ctx context.Context, m *message, event string, leave bool) (apply, error) {
	if m.via != nil || !p.links.IsOurs(event) {
		return nil, nil
	}
	visit, err := p.known(ctx, strings.TrimSuffix(event, p.links.EventMark()))
	if err != nil || visit == nil {
		return nil, err
	}
	if !visit.Local {
		return nil, models.Errorf(models.Invalid, "%s is no visit of this server", clip(event))
	}
	return func(ctx context.Context) error { return p.service.Attend(ctx, m.actor, visit, leave, m.cause()) }, nil
}
