package inbox

import (
	"context"
	"net/http"

	"praxis/federation/directory"
	"praxis/federation/sign"
	"praxis/federation/vocab"
	"praxis/models"
)

// admits refuses hosts that the policy keeps away; not one that waits in quarantine, of which the context says so.
func (p *Processor) admits(ctx context.Context, host string) error {
	verdict, err := p.store.Read(ctx).Policy(host)
	if err != nil || (verdict == models.HostWaits && isKnocking(ctx)) {
		return err
	}
	return verdict.Refusal(host)
}

type knockKey struct{}

func isKnocking(ctx context.Context) bool {
	knocking, _ := ctx.Value(knockKey{}).(bool)
	return knocking
}

// knock gives the context in which an activity is received: for one of a host that waits in quarantine, it says so.
func (p *Processor) knock(ctx context.Context, host string) (context.Context, error) {
	verdict, err := p.store.Read(ctx).Policy(host)
	if err == nil && verdict == models.HostWaits {
		ctx = context.WithValue(directory.Knocking(ctx), knockKey{}, true)
	}
	return ctx, err
}

// hold stores an activity of a host that waits: it is carried out when the host is let in, or never.
func (p *Processor) hold(ctx context.Context, verified sign.Verified, a vocab.Activity, kind string) (int, string, error) {
	entry := p.entryOf(verified, a, kind)
	entry.State = models.InboxHeld
	fresh := false
	err := p.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.RoomToHold(entry.Host); err != nil {
			return err
		}
		var err error
		fresh, err = tx.AddInboxEntry(entry)
		return err
	})
	if err != nil {
		return statusOf(err), kind, err
	}
	outcome := "repeated"
	if fresh {
		outcome = "held"
	}
	p.count(kind, outcome)
	return http.StatusAccepted, kind, nil
}
