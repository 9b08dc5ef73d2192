package practice

import (
	"context"

	"praxis/models"
)

// Lock closes a thread, or what hangs below a reply: nobody but moderators answers there any more. Locking again changes
// nothing. Errors: as Remove.
func (s *Service) Lock(ctx context.Context, a Act) error {
	return s.act(ctx, a, func(tx *models.Tx, a *Act) (*Moderated, error) {
		post, err := s.postOf(tx, a)
		if err != nil {
			return nil, err
		}
		mark := a.mark(models.ActLock, a.PostURI)
		changed, err := tx.PutCommunityAct(mark)
		if err != nil || !changed {
			return nil, err
		}
		return &Moderated{Verb: models.ActLock, Mark: mark, Post: post}, setLocked(tx, post, tx.Now())
	})
}

// Unlock opens a locked thread again; without a lock it changes nothing. Errors: as Remove.
func (s *Service) Unlock(ctx context.Context, a Act) error {
	return s.act(ctx, a, func(tx *models.Tx, a *Act) (*Moderated, error) {
		post, err := s.postOf(tx, a)
		if err != nil {
			return nil, err
		}
		ended, err := a.unmark(tx, models.ActLock, a.PostURI)
		if err != nil || len(ended) == 0 {
			return nil, err
		}
		event := &Moderated{Verb: models.LogUnlock, Mark: &ended[0], Post: post}
		if _, err := tx.StandingAct(a.Community.ID, models.ActLock, a.PostURI); err == nil || !models.IsNotFound(err) {
			return event, err
		}
		return event, setLocked(tx, post, 0)
	})
}

func setLocked(tx *models.Tx, post *models.Post, at models.Timestamp) error {
	if post == nil {
		return nil
	}
	post.LockedAt = at
	if err := tx.SavePost(post); err != nil {
		return err
	}
	tx.Emit(models.Change{Kind: models.PostEdited, ID: post.ID})
	return nil
}

// refuseLocked refuses a reply where a moderator locked the thread, or what is answered. Moderators may.
func (s *Service) refuseLocked(tx *models.Tx, community, author *models.Actor, parent *models.Post) error {
	locked := parent
	if locked.LockedAt == 0 && parent.ThreadID != parent.ID {
		root, err := tx.Post(parent.ThreadID)
		if err != nil {
			return ignoreMissing(err)
		}
		locked = root
	}
	if locked.LockedAt == 0 || locked.CommunityID == 0 || !community.Local && !author.Local {
		return nil
	}
	if locked.CommunityID != community.ID {
		return s.refuseLockedBySibling(tx, community, locked)
	}
	moderator, err := tx.IsModerator(community.ID, author.ID)
	if err != nil || moderator || author.ID == community.ID {
		return err
	}
	reason := ""
	if act, err := tx.StandingAct(community.ID, models.ActLock, locked.URI); err == nil && act.Reason != "" {
		reason = " Reason: " + act.Reason
	}
	return models.Errorf(models.Forbidden, "Moderators of @%s locked this thread: it takes no more replies.%s", community.Acct(), reason)
}

// refuseLockedBySibling refuses a reply by way of a Group of ours where moderators of the sibling that took the thread first
// locked it, or those of our Group at home.
func (s *Service) refuseLockedBySibling(tx *models.Tx, community *models.Actor, locked *models.Post) error {
	origin, err := tx.Actor(locked.CommunityID)
	if err != nil {
		return err
	}
	siblings, err := tx.AreSiblings(community, origin)
	if err != nil || !siblings {
		return err
	}
	if _, err := tx.StandingAct(community.ID, models.ActLock, locked.URI); err == nil {
		origin = community
	}
	return models.Errorf(models.Forbidden, "Moderators of @%s locked this thread: it takes no more replies.", origin.Acct())
}
