package models

import "gorm.io/gorm/clause"

// Bookmark is a post that a member wants to find again. Nobody else hears of it.
type Bookmark struct {
	ID        int64
	ActorID   int64
	PostID    int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutBookmark stores a bookmark; doing so again changes nothing.
func (tx *Tx) PutBookmark(actorID, postID int64) error {
	row := Bookmark{ID: tx.NewID(), ActorID: actorID, PostID: postID, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "bookmark")
}

// DeleteBookmark removes a bookmark; without one it changes nothing.
func (tx *Tx) DeleteBookmark(actorID, postID int64) error {
	return translate(tx.db.Delete(&Bookmark{}, "actor_id = ? AND post_id = ?", actorID, postID).Error, "bookmark")
}

// BookmarkedPage gives the posts that an actor bookmarked and may read, by bookmark.
func (tx *Tx) BookmarkedPage(actorID int64, page Page) ([]Keyed[Post], error) {
	return tx.keptPage(actorID, page, "k.id", "JOIN bookmark k ON k.post_id = post.id AND k.actor_id = ?", actorID)
}

// keptPage gives a page of posts that join brings in and viewer may read, by the column key.
func (tx *Tx) keptPage(viewer int64, page Page, key, join string, args ...any) ([]Keyed[Post], error) {
	var rows []postRow
	query := tx.db.Model(&Post{}).Scopes(VisibleTo(viewer)).Select("post.*, "+key+" AS page_key").Joins(join, args...)
	if err := page.apply(query, key).Scan(&rows).Error; err != nil {
		return nil, translate(err, "posts")
	}
	rows = descending(page, rows)
	found := make([]Keyed[Post], len(rows))
	for i := range rows {
		found[i] = Keyed[Post]{Key: rows[i].PageKey, Item: rows[i].Post}
	}
	return found, nil
}
