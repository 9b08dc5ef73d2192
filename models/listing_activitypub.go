package models

import "gorm.io/gorm"

// RepliesAfter gives the posts that answer parent directly and that viewer may read, oldest first, at most limit,
// beginning after the one of id after (0: from the first one).
func (tx *Tx) RepliesAfter(parentID, viewer, after int64, limit int) ([]Post, error) {
	return list[Post](tx.replies(parentID, viewer).Where("post.id > ?", after).Order("post.id").Limit(limit), "replies")
}

// CountReplies counts the posts that answer parent directly and that viewer may read: others don't count, since the
// number would tell of them (security case E4).
func (tx *Tx) CountReplies(parentID, viewer int64) (int64, error) {
	var n int64
	err := tx.replies(parentID, viewer).Count(&n).Error
	return n, translate(err, "replies")
}

func (tx *Tx) replies(parentID, viewer int64) *gorm.DB {
	return tx.db.Model(&Post{}).Scopes(VisibleTo(viewer)).Where("post.in_reply_to_id = ? AND post.reblog_of_id = 0", parentID)
}

// ThreadAfter gives the posts of a thread that viewer may read, oldest first, at most limit, beginning after the one of
// id after (0: from the first one).
func (tx *Tx) ThreadAfter(threadID, viewer, after int64, limit int) ([]Post, error) {
	return list[Post](tx.thread(threadID, viewer).Where("post.id > ?", after).Order("post.id").Limit(limit), "thread")
}

// CountThread counts the posts of a thread that viewer may read.
func (tx *Tx) CountThread(threadID, viewer int64) (int64, error) {
	var n int64
	err := tx.thread(threadID, viewer).Count(&n).Error
	return n, translate(err, "thread")
}

func (tx *Tx) thread(threadID, viewer int64) *gorm.DB {
	return tx.db.Model(&Post{}).Scopes(VisibleTo(viewer)).Where("post.thread_id = ? AND post.reblog_of_id = 0", threadID)
}
