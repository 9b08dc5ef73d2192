package practice

import (
	"context"

	"praxis/models"
)

// Bookmark keeps a post for a member to find again; nobody else hears of it. Bookmarking again changes nothing. Errors:
// NotFound when the member may not read the post.
func (s *Service) Bookmark(ctx context.Context, member *models.Actor, post *models.Post) error {
	return s.withOriginal(ctx, member, post, func(tx *models.Tx, post *models.Post) error {
		return tx.PutBookmark(member.ID, post.ID)
	})
}

// Unbookmark lets a bookmark go; without one it changes nothing. Errors: NotFound when the member may not read the post.
func (s *Service) Unbookmark(ctx context.Context, member *models.Actor, post *models.Post) error {
	return s.withOriginal(ctx, member, post, func(tx *models.Tx, post *models.Post) error {
		return tx.DeleteBookmark(member.ID, post.ID)
	})
}

// withOriginal does something with a post, or with what it carries, that a member may read.
func (s *Service) withOriginal(ctx context.Context, member *models.Actor, post *models.Post, act func(tx *models.Tx, post *models.Post) error) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		original, err := s.original(tx, post, member.ID)
		if err != nil {
			return err
		}
		return act(tx, original)
	})
}
