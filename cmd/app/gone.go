package app

import (
	"context"

	"praxis/federation/vocab"
	"praxis/models"
)

// inboxGone looks after the actors of an inbox that is gone for good: one whose own host says that it is gone, too, is forgotten
// here with its follows (security case H3). A shared inbox that is gone says nothing of anybody.
func (a *App) inboxGone(ctx context.Context, inbox string) {
	actors, err := a.Store.Read(ctx).ActorsOfInbox(vocab.Host(inbox), inbox)
	if err != nil {
		a.log.WarnContext(ctx, "actors of an inbox not found", "error", err)
		return
	}
	for i := range actors {
		_, err := a.Directory.Refresh(ctx, actors[i].URI)
		if models.ErrorCode(err) != models.Gone {
			continue
		}
		if err := a.Service.DeleteActor(ctx, &actors[i]); err != nil {
			a.log.WarnContext(ctx, "actor that is gone not forgotten", "actor", actors[i].URI, "error", err)
		}
	}
}
