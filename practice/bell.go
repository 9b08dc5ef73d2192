package practice

import "praxis/models"

// ring tells of a new post those members who asked to be told of all that an actor publishes: a person what they write, a
// community its new threads. It tells only whom the post reached at home, and nobody of answers to others.
func (s *Service) ring(tx *models.Tx, actorID int64, post *models.Post) error {
	if post.IsBoost() || (post.InReplyToURI != "" && post.InReplyToAuthor != post.AuthorID) {
		return nil
	}
	owners, err := tx.ToldOfPosts(actorID, post.ID)
	if err != nil {
		return err
	}
	for _, owner := range owners {
		if owner == post.AuthorID {
			continue
		}
		if _, err := tx.VisiblePost(post.ID, owner); models.IsNotFound(err) {
			continue
		} else if err != nil {
			return err
		}
		_, err := tx.Notify(&models.Notification{OwnerID: owner, Type: models.NotifyStatus, ActorID: actorID, PostID: post.ID})
		if err != nil {
			return err
		}
	}
	return nil
}
