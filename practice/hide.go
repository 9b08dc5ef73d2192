package practice

import (
	"context"

	"praxis/models"
)

// HideHere hides a post on this instance alone: no other host is told, and its author, if a member, sees why. Only who looks
// after the instance does so. Hiding again changes the reason. Errors: NotFound, Forbidden without the right to.
func (s *Service) HideHere(ctx context.Context, staff *models.Actor, postID int64, reason string) (*models.Post, error) {
	reason = cutRunes(reason, maxActReason)
	return s.hide(ctx, staff, postID, "post.hide", func(tx *models.Tx, post *models.Post) error { return tx.MarkPostHidden(post, reason) })
}

// ShowHere ends that a post is hidden. Errors: as HideHere.
func (s *Service) ShowHere(ctx context.Context, staff *models.Actor, postID int64) (*models.Post, error) {
	return s.hide(ctx, staff, postID, "post.show", (*models.Tx).MarkPostShown)
}

func (s *Service) hide(ctx context.Context, staff *models.Actor, postID int64, action string, change func(*models.Tx, *models.Post) error) (*models.Post, error) {
	var post *models.Post
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := s.authorize(tx, staff, models.PermitReports); err != nil {
			return err
		}
		var err error
		if post, err = tx.LockPost(postID); err != nil {
			return err
		}
		if !post.IsPublic() || post.IsBoost() || post.DeletedAt != 0 {
			return models.Errorf(models.NotFound, "post not found") // staff read no more than others do
		}
		if err := change(tx, post); err != nil {
			return err
		}
		return s.auditEntry(tx, staff, models.AuditEntry{Action: action, TargetID: post.AuthorID, Target: post.URI, Note: post.HiddenReason}, nil, nil)
	})
	return post, err
}
