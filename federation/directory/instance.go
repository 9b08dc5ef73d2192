package directory

import (
	"context"

	"praxis/models"
)

// FindInstance gives the actor that signs for a host itself: the one that its root stands for (FEP-d556). It is asked for anew, so
// that its keys are those of now. Errors: NotFound for a host without one, Unavailable when it does not answer.
func (d *Directory) FindInstance(ctx context.Context, host string) (*models.Actor, error) {
	ctx = budgeted(ctx)
	uri, err := d.client.InstanceActor(ctx, host)
	if err != nil {
		return nil, coded(err, "instance actor of "+host)
	}
	actor, err := d.Refresh(ctx, uri)
	if err != nil {
		return nil, err
	}
	if actor.Type != models.TypeApplication || actor.Host != host || actor.IsGone() {
		return nil, models.Errorf(models.NotFound, "%s names %s, which is no actor of the server itself", host, uri)
	}
	return actor, nil
}
