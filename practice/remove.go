package practice

import (
	"context"

	"praxis/models"
)

// Remove hides a post in its community, for everybody but its author, who is told why. Removing it again changes nothing.
// Errors: Forbidden for who does not moderate the community, or when the post is in another one.
func (s *Service) Remove(ctx context.Context, a Act) error {
	return s.act(ctx, a, func(tx *models.Tx, a *Act) (*Moderated, error) {
		if elsewhere, err := s.hiddenElsewhere(tx, a); elsewhere || err != nil {
			return nil, err
		}
		post, err := s.postOf(tx, a)
		if err != nil {
			return nil, err
		}
		return s.remove(tx, a, post, a.mark(models.ActRemove, a.PostURI))
	})
}

func (s *Service) remove(tx *models.Tx, a *Act, post *models.Post, mark *models.CommunityAct) (*Moderated, error) {
	changed, err := tx.PutCommunityAct(mark)
	if err != nil || !changed {
		return nil, err
	}
	event := &Moderated{Verb: models.ActRemove, Mark: mark, Post: post}
	if post == nil {
		return event, nil
	}
	if event.Boost, err = boostOf(tx, a.Community, post); err != nil {
		return nil, err
	}
	if review, err := s.withdrawnByOrigin(tx, a, post); review || err != nil {
		return event, err
	}
	if err := tx.MarkPostRemoved(post, tx.Now()); err != nil {
		return nil, err
	}
	if event.Sibling, err = s.markAdmission(tx, a, post, models.AdmissionHidden); err != nil {
		return nil, err
	}
	return event, s.tellAuthor(tx, a, post, "Your post was removed from "+nameOf(a.Community)+".", mark)
}

// Restore shows a removed post again; without a removal it changes nothing. Errors: as Remove.
func (s *Service) Restore(ctx context.Context, a Act) error {
	return s.act(ctx, a, s.restore)
}

func (s *Service) restore(tx *models.Tx, a *Act) (*Moderated, error) {
	if elsewhere, err := s.shownElsewhere(tx, a); elsewhere || err != nil {
		return nil, err
	}
	post, err := s.postOf(tx, a)
	if err != nil {
		return nil, err
	}
	ended, err := a.unmark(tx, models.ActRemove, a.PostURI)
	if err != nil || len(ended) == 0 {
		return nil, err
	}
	if err := tx.GrantAppeals(ended, a.Moderator.ID, a.Reason); err != nil {
		return nil, err
	}
	event := &Moderated{Verb: models.LogRestore, Mark: &ended[0], Post: post}
	if post == nil {
		return event, nil
	}
	if _, err := tx.StandingAct(a.Community.ID, models.ActRemove, a.PostURI); err == nil || !models.IsNotFound(err) {
		return event, err // another removal stands
	}
	hidden, err := hiddenByOurs(tx, a, post)
	if err == nil && !hidden {
		err = tx.MarkPostRestored(post)
	}
	if err != nil {
		return nil, err
	}
	if err := s.shownByOrigin(tx, a, post); err != nil {
		return nil, err
	}
	if event.Sibling, err = s.markAdmission(tx, a, post, models.AdmissionShown); err != nil {
		return nil, err
	}
	if event.Boost, err = boostOf(tx, a.Community, post); err != nil {
		return nil, err
	}
	return event, s.tellAuthor(tx, a, post, "Your post is shown in "+nameOf(a.Community)+" again.", nil)
}

// hiddenByOurs reports that moderators of a Group of ours hide what one elsewhere shows again: at home they decide.
func hiddenByOurs(tx *models.Tx, a *Act, post *models.Post) (bool, error) {
	if a.Community.Local {
		return false, nil
	}
	taken, err := tx.AdmissionsOf(post.ID)
	for i := 0; err == nil && i < len(taken); i++ {
		if taken[i].State != models.AdmissionHidden {
			continue
		}
		var by *models.Actor
		if by, err = tx.Actor(taken[i].CommunityID); err == nil && by.Local {
			return true, nil
		}
	}
	return false, err
}

// boostOf gives how a community announced a thread; nil for none.
func boostOf(tx *models.Tx, community *models.Actor, post *models.Post) (*models.Post, error) {
	boost, err := tx.BoostOf(post.ID, community.ID)
	if models.IsNotFound(err) {
		return nil, nil
	}
	return boost, err
}

// catchUp carries out what moderators did about posts of a thread before those came here, or before the community took them.
func (s *Service) catchUp(tx *models.Tx, post *models.Post) error {
	removed, locked, err := tx.ActsDueInThread(post.ThreadID)
	if err != nil {
		return err
	}
	for i := range removed {
		if err := tx.MarkPostRemoved(&removed[i], tx.Now()); err != nil {
			return err
		}
	}
	for i := range locked {
		current, err := tx.Post(locked[i].ID) // it may be removed by now
		if err != nil {
			return err
		}
		current.LockedAt = tx.Now()
		if err := tx.SavePost(current); err != nil {
			return err
		}
	}
	return s.removeOfBanned(tx, post)
}
