package practice

import (
	"context"

	"praxis/models"
)

// MoveThread puts a thread with all its replies from one community into another one of the same host. Whoever moves it has to
// moderate both. Moving it to where it is changes nothing. Errors: Forbidden, Invalid for a reply or for another host.
func (s *Service) MoveThread(ctx context.Context, a Act) error {
	return s.act(ctx, a, func(tx *models.Tx, a *Act) (*Moderated, error) {
		if known, err := tx.PostByURI(a.PostURI); err == nil && a.To != nil && known.CommunityID == a.To.ID {
			return nil, nil
		}
		post, err := s.postOf(tx, a)
		if err != nil || post == nil {
			return nil, err
		}
		if err := s.mayMove(tx, a, post); err != nil {
			return nil, err
		}
		boost, err := boostOf(tx, a.Community, post)
		if err != nil {
			return nil, err
		}
		if err := tx.MoveThread(post.ThreadID, a.Community.ID, a.To.ID); err != nil {
			return nil, err
		}
		post.CommunityID = a.To.ID
		if err := s.reannounce(tx, a, post, boost); err != nil {
			return nil, err
		}
		return &Moderated{Verb: models.LogMove, Post: post, Boost: boost}, s.tellAuthor(tx, a, post, "Your thread moved from "+nameOf(a.Community)+" to "+nameOf(a.To)+".", nil)
	})
}

func (s *Service) mayMove(tx *models.Tx, a *Act, post *models.Post) error {
	switch {
	case a.To == nil || !a.To.IsCommunity() || a.To.IsGone() || a.To.Host != a.Community.Host:
		return invalid("target_id", "Validation failed: a thread moves to another community of the same host")
	case !post.IsThread():
		return invalid("id", "Validation failed: only whole threads move, not replies")
	}
	target := *a
	target.Community = a.To
	return s.mayModerate(tx, &target)
}

// reannounce takes the announcement of a thread back in the name of the community that it left, and lets the new one announce
// it.
func (s *Service) reannounce(tx *models.Tx, a *Act, post, boost *models.Post) error {
	if boost != nil {
		if err := tx.DeleteBoost(boost); err != nil {
			return err
		}
	}
	if !a.Community.Local || post.IsGone() {
		return nil
	}
	_, err := s.share(tx, a.To, post, "", tx.Now())
	return err
}
