package practice

import (
	"context"

	"praxis/models"
)

// converse places a direct post in the conversation of a member who was told of it. What they are not told of, or only
// once they accept its author, is in no conversation.
func (s *Service) converse(tx *models.Tx, post *models.Post, told *models.Notification, added bool) error {
	if !added || told.Filtered || post.Visibility != models.Direct {
		return nil
	}
	return tx.AddToConversation(told.OwnerID, post, true)
}

func (s *Service) converseAsAuthor(tx *models.Tx, post *models.Post) error {
	if post.Visibility != models.Direct {
		return nil
	}
	return tx.AddToConversation(post.AuthorID, post, false)
}

// MarkConversation stores whether owner has read a conversation, and gives it. Errors: NotFound for what owner does not
// have.
func (s *Service) MarkConversation(ctx context.Context, owner *models.Actor, id int64, unread bool) (*models.Conversation, error) {
	var conversation *models.Conversation
	err := s.store.Tx(ctx, func(tx *models.Tx) error {
		var err error
		if conversation, err = tx.Conversation(owner.ID, id); err != nil {
			return err
		}
		conversation.Unread = unread
		return tx.MarkConversation(id, unread)
	})
	return conversation, err
}

// DeleteConversation takes a conversation off owner's list until somebody writes the next post of it. Errors: NotFound.
func (s *Service) DeleteConversation(ctx context.Context, owner *models.Actor, id int64) error {
	return s.store.Tx(ctx, func(tx *models.Tx) error {
		if _, err := tx.Conversation(owner.ID, id); err != nil {
			return err
		}
		return tx.DeleteConversation(id)
	})
}
