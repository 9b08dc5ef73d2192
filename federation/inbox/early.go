package inbox

import (
	"context"
	"errors"

	"praxis/models"
)

// errEarly is for what speaks of a post that has not come yet: activities overtake each other. The entry waits.
var errEarly = errors.New("what it is about is not here yet")

// earlyTries is how often such an entry is tried before it is left alone, within about eight minutes.
const earlyTries = 5

// awaited gives a post that is held here, or errEarly for one that may still come; nil for one that will not: it is ours, or
// it was here and is gone.
func (p *Processor) awaited(ctx context.Context, uri string) (*models.Post, error) {
	post, err := p.known(ctx, uri)
	if err != nil || post != nil || uri == "" || p.links.IsOurs(uri) {
		return post, err
	}
	if _, err := p.store.Read(ctx).PostByURI(uri); err == nil || !models.IsNotFound(err) {
		return nil, err
	}
	return nil, errEarly
}
