package practice

import (
	"context"

	"praxis/models"
)

// maxReconciled is how many follows are put right at once: beyond that the next comparison goes on.
const maxReconciled = 200

// ReconcileFollowers brings what is known here of who follows an actor elsewhere in line with what its own host says: listed are
// all followers here that it has. A follow that it does not have ends as by a Reject; one that waits and that it has was
// accepted; one that it has and nobody here wants is undone there. It gives how many follows that concerned.
func (s *Service) ReconcileFollowers(ctx context.Context, target *models.Actor, listed []string) (int, error) {
	if target.Local {
		return 0, models.Errorf(models.Forbidden, "@%s is an actor of this instance: its followers are known here", target.Acct())
	}
	changed := 0
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		changed = 0
		followers, err := tx.LocalFollowers(target.ID)
		if err != nil {
			return err
		}
		wanted := map[string]bool{}
		for _, uri := range listed {
			wanted[uri] = true
		}
		for i := range followers {
			if wanted[followers[i].URI] {
				delete(wanted, followers[i].URI)
				continue
			}
			if err := s.endLostFollow(tx, &followers[i], target); err != nil {
				return err
			}
			changed++
		}
		settled, err := s.settleUnknown(tx, target, wanted)
		changed += settled
		return err
	})
	return changed, err
}

func (s *Service) endLostFollow(tx *models.Tx, follower, target *models.Actor) error {
	follow, err := tx.FollowBetween(follower.ID, target.ID)
	if err != nil {
		return err
	}
	return s.rejectFollow(tx, follower, target, follow)
}

// settleUnknown deals with follows that only the other end has.
func (s *Service) settleUnknown(tx *models.Tx, target *models.Actor, listed map[string]bool) (int, error) {
	uris := make([]string, 0, len(listed))
	for uri := range listed {
		uris = append(uris, uri)
	}
	actors, err := tx.LocalActorsByURI(uris)
	if err != nil {
		return 0, err
	}
	actors = actors[:min(len(actors), maxReconciled)]
	for i := range actors {
		follow, err := tx.FollowBetween(actors[i].ID, target.ID)
		switch {
		case err == nil:
			err = s.acceptFollow(tx, &actors[i], target, follow) // the Accept was lost
		case models.IsNotFound(err):
			unknown := &models.Follow{URI: s.links.Activity(tx.NewID()), ActorID: actors[i].ID, TargetID: target.ID}
			err = s.outbox.Publish(tx, Unfollowed{Actor: &actors[i], Target: target, Follow: unknown})
		}
		if err != nil {
			return i, err
		}
	}
	return len(actors), nil
}
