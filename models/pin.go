package models

import "gorm.io/gorm/clause"

// Pin is a post that its author shows at the top of their profile.
type Pin struct {
	ID        int64
	ActorID   int64
	PostID    int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutPin pins a post; false when it was pinned already.
func (tx *Tx) PutPin(actorID, postID int64) (bool, error) {
	row := Pin{ID: tx.NewID(), ActorID: actorID, PostID: postID, CreatedAt: tx.Now()}
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	return result.RowsAffected > 0, translate(result.Error, "pin")
}

// DeletePin takes a pin away; false when there was none.
func (tx *Tx) DeletePin(actorID, postID int64) (bool, error) {
	result := tx.db.Delete(&Pin{}, "actor_id = ? AND post_id = ?", actorID, postID)
	return result.RowsAffected > 0, translate(result.Error, "pin")
}

// CountPins counts the posts that an actor pinned.
func (tx *Tx) CountPins(actorID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&Pin{}).Where("actor_id = ?", actorID).Count(&n).Error
	return n, translate(err, "pins")
}

// PinnedPosts gives the posts that an actor pinned and viewer may read, the latest pin first. There are few, so they
// have no pages.
func (tx *Tx) PinnedPosts(actorID, viewer int64) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).Joins("JOIN pin k ON k.post_id = post.id AND k.actor_id = ?", actorID)
	return list[Post](query.Order("k.id DESC"), "pinned posts")
}
