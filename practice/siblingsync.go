package practice

import (
	"context"
	"slices"

	"praxis/models"
)

// TakeLate lets a Group of ours take what a sibling took first while we did not hear of it, and reports whether it did. A thread is on
// the Group's page, and in the homes of those who missed it, at the place of its date; nobody is notified, and no other host is told.
// Meant says that the author addressed it to the sibling, which is so for what names that as well: otherwise any sibling could make any
// post a part of itself by a list (security case A24).
func (s *Service) TakeLate(ctx context.Context, pair *models.Sibling, post *models.Post, meant bool) (taken bool, err error) {
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		taken = false // the transaction may be run again
		origin, err := tx.ActorByURI(pair.SiblingURI)
		if err != nil {
			return err
		}
		current, err := tx.LockPost(post.ID)
		if err != nil || current.IsGone() || (!current.IsPublic() && !current.IsRestricted()) {
			return err
		}
		if current.CommunityID == 0 {
			if named, err := isNamed(tx, current, origin); err != nil || !named && !meant {
				return err
			}
			current.CommunityID = origin.ID
			if err := tx.SavePost(current); err != nil {
				return err
			}
		}
		if current.CommunityID != origin.ID {
			return nil
		}
		standing, err := tx.SiblingByID(pair.ID)
		if err != nil || standing.State != models.SiblingLive || standing.IsOver(tx.Now()) {
			return err
		}
		if err := s.catchUp(tx, current); err != nil {
			return err
		}
		if err := s.admitFrom(tx, standing, origin, current, Announced{At: current.PublishedAt, Later: true}); err != nil {
			return err
		}
		_, err = tx.Admission(pair.CommunityID, current.URI)
		taken = err == nil
		return ignoreMissing(err)
	})
	return taken, err
}

// isNamed reports that a post mentions a community.
func isNamed(tx *models.Tx, post *models.Post, community *models.Actor) (bool, error) {
	parts, err := tx.PostParts([]int64{post.ID})
	if err != nil {
		return false, err
	}
	return slices.ContainsFunc(parts.Mentions[post.ID], func(named *models.Actor) bool { return named.ID == community.ID }), nil
}

// LetGo hides what a sibling took first and shows no more, as if its moderators had said so now, and reports whether it did: it may be
// hidden already, or moderators here are asked.
func (s *Service) LetGo(ctx context.Context, pair *models.Sibling, uri string) (went bool, err error) {
	err = s.store.Tx(ctx, func(tx *models.Tx) error {
		went = false // the transaction may be run again
		taken, err := tx.Admission(pair.CommunityID, uri)
		if err != nil || taken.State != models.AdmissionShown {
			return ignoreMissing(err)
		}
		origin, err := tx.ActorByURI(pair.SiblingURI)
		if err != nil {
			return err
		}
		post, err := tx.LockPost(taken.PostID)
		if err != nil || post.IsGone() {
			return ignoreMissing(err)
		}
		review, err := s.takeBack(tx, &Act{Community: origin, Moderator: origin, PostURI: uri}, post, taken)
		if err != nil || review {
			return err
		}
		went = true
		return tx.MarkPostRemoved(post, tx.Now())
	})
	return went, err
}

// SiblingDiffers notes how many posts of a sibling were not alike when the two last compared.
func (s *Service) SiblingDiffers(ctx context.Context, pair *models.Sibling, n int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error { return tx.SiblingDiffers(pair.ID, n) })
}

// HearSibling notes what a sibling says that it took first: another digest than ours is looked into once it had time to settle.
func (s *Service) HearSibling(ctx context.Context, pair *models.Sibling, alike bool, digest, url string, until, due models.Timestamp) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if alike && pair.SyncDueAt == 0 {
			if err := tx.SiblingDiffers(pair.ID, 0); err != nil {
				return err
			}
			return tx.SyncDone(pair, true, 0)
		}
		if alike {
			return nil
		}
		return tx.SyncDue(pair.ID, digest, url, until, due)
	})
}
