package practice

import (
	"context"

	"praxis/models"
)

// HideHere hides a post on this instance alone: no other host is told, and its author, if a member, sees why. Only who looks
// after the instance does so. Hiding again changes the reason. Errors: NotFound, Forbidden without the right to.
func (s *Service) HideHere(ctx context.Context, staff *models.Actor, postID int64, reason string) (*models.Post, error) {
	return s.hide(ctx, staff, postID, func(tx *models.Tx, post *models.Post) error {
		if err := tx.EmitPostHidden(post); err != nil {
			return err
		}
		post.HiddenAt, post.HiddenReason = tx.Now(), cutRunes(reason, maxActReason)
		return nil
	}, "hide_post")
}

// ShowHere ends that a post is hidden. Errors: as HideHere.
func (s *Service) ShowHere(ctx context.Context, staff *models.Actor, postID int64) (*models.Post, error) {
	return s.hide(ctx, staff, postID, func(_ *models.Tx, post *models.Post) error {
		post.HiddenAt, post.HiddenReason = 0, ""
		return nil
	}, "unhide_post")
}

func (s *Service) hide(ctx context.Context, staff *models.Actor, postID int64, change func(*models.Tx, *models.Post) error, action string) (*models.Post, error) {
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
		if err := tx.SavePost(post); err != nil {
			return err
		}
		return tx.PutAdminAction(&models.AdminAction{ActorID: staff.ID, TargetID: post.AuthorID, Action: action, Subject: post.URI + " " + post.HiddenReason})
	})
	return post, err
}
