package inbox

import (
	"context"

	"praxis/federation/sign"
	"praxis/models"
)

// hear passes on what a verified delivery says of the sender's followers here. It is no part of the activity, and whatever
// becomes of it, the activity is taken.
func (p *Processor) hear(ctx context.Context, verified sign.Verified, sender *models.Actor) {
	if header := verified.Synchronization(); header != "" && p.onSummary != nil {
		p.onSummary(ctx, sender, header)
	}
	if header := verified.SiblingSync(); header != "" && p.onSibling != nil {
		p.onSibling(ctx, sender, header)
	}
}
