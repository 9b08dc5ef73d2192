package practice

import (
	"context"
	"encoding/json"

	"praxis/internal/text"
	"praxis/models"
)

// maxFields is how many lines of a profile are kept.
const maxFields = 8

func (s *Service) renderFields(fields []models.Field) string {
	kept := make([]models.Field, 0, len(fields))
	for _, f := range fields {
		if f.Name == "" && f.Value == "" || len(kept) == maxFields {
			continue
		}
		kept = append(kept, models.Field{Name: text.CleanName(f.Name), Value: s.render(f.Value, nil)})
	}
	raw, err := json.Marshal(kept)
	if err != nil {
		return ""
	}
	return string(raw)
}

// SaveRemoteActor stores what a remote actor says of itself: new or refreshed.
func (s *Service) SaveRemoteActor(ctx context.Context, actor *models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.SaveRemoteActor(actor) })
}

// SaveRemoteCommunity stores what a remote Group says of itself as a community of practice, and the flairs that it offers.
func (s *Service) SaveRemoteCommunity(ctx context.Context, actor *models.Actor, said *models.Community, flairs []models.CommunityTag) error {
	if actor.Local {
		return models.Errorf(models.Forbidden, "community %s is local and cannot be replaced from outside", actor.URI)
	}
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		known, err := tx.CommunityIfAny(actor.ID)
		if err != nil {
			return err
		}
		said.ActorID = actor.ID
		if err := tx.SetCommunityTags(actor.ID, flairs); err != nil {
			return err
		}
		if known == nil {
			return tx.CreateCommunity(said)
		}
		said.CreatedAt = known.CreatedAt
		return tx.SaveCommunity(said)
	})
}

// SetModerators stores who moderates a remote community, of those that are known here.
func (s *Service) SetModerators(ctx context.Context, community *models.Actor, moderators []*models.Actor) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if err := tx.ClearModerators(community.ID); err != nil {
			return err
		}
		for _, m := range moderators {
			if err := tx.AddModerator(community.ID, m.ID, "moderator"); err != nil {
				return err
			}
		}
		return nil
	})
}

// DeleteActor removes an actor and what it wrote; name and URI are never used again. For a local actor other hosts are
// told.
func (s *Service) DeleteActor(ctx context.Context, actor *models.Actor) error {
	var files []string
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		current, err := tx.Actor(actor.ID)
		if err != nil || current.DeletedAt != 0 {
			return err
		}
		files, err = s.deleteActor(tx, current)
		return err
	})
	if err == nil {
		s.discard(ctx, files...)
	}
	return err
}

// deleteActor is DeleteActor within a transaction. It names the files that nothing names any more once that is committed.
func (s *Service) deleteActor(tx *models.Tx, actor *models.Actor) ([]string, error) {
	if actor.Local {
		// Before the follows go, since they say whom to tell.
		if err := s.outbox.Publish(tx, ActorDeleted{Actor: actor}); err != nil {
			return nil, err
		}
	}
	return []string{actor.IconFile, actor.ImageFile}, tx.MarkActorDeleted(actor.ID)
}
