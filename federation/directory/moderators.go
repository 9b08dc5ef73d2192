package directory

import (
	"context"
	"time"

	"praxis/federation/fetch"
	"praxis/federation/vocab"
	"praxis/models"
)

// moderatorsFresh is how long the list of a community's moderators is believed when somebody acts who is not on it.
const moderatorsFresh = time.Minute

// Moderates reports whether an actor moderates a community. Of one elsewhere the list is asked for anew when the actor is not
// on the one that is known, though not at every knock.
func (d *Directory) Moderates(ctx context.Context, community, actor *models.Actor) (bool, error) {
	known, err := d.store.Read(ctx).IsModerator(community.ID, actor.ID)
	if err != nil || known || community.Local || !d.mayAskModerators(ctx, community.URI) {
		return known, err
	}
	d.learnModerators(budgeted(ctx), community)
	return d.store.Read(ctx).IsModerator(community.ID, actor.ID)
}

func (d *Directory) mayAskModerators(ctx context.Context, uri string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	now := d.store.Now()
	if now.Before(d.moderatorsAsked[uri].Add(moderatorsFresh)) {
		return false
	}
	if len(d.moderatorsAsked) >= maxRefused {
		clear(d.moderatorsAsked)
	}
	if !fetch.IsOffline(ctx) { // there, nobody is asked after all
		d.moderatorsAsked[uri] = now
	}
	return true
}

// ListsModerator asks the host of a community whether an actor is on its list of moderators now. Without a list that can be
// read, known is false. Errors: Unavailable.
func (d *Directory) ListsModerator(ctx context.Context, community *models.Actor, uri string) (listed, known bool, err error) {
	if community.ModeratorsURI == "" {
		return false, false, nil
	}
	doc, err := d.Document(ctx, community.ModeratorsURI)
	if err != nil {
		if IsTemporary(err) {
			return false, false, err
		}
		return false, false, nil
	}
	list, err := vocab.DecodeCollection(doc.Raw())
	if err != nil {
		return false, false, nil
	}
	for _, item := range list.Items {
		if item.ID == uri {
			return true, true, nil
		}
	}
	return false, true, nil
}
