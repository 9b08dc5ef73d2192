package models

// PostEdit is a version that a post had before it was changed.
type PostEdit struct {
	ID          int64
	PostID      int64
	Title       string
	Content     string
	Source      string
	SpoilerText string
	Sensitive   bool
	Attachments string    // JSON, see practice.Version
	Poll        string    // JSON, see practice.Version
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"` // since when the post read like this
}

// maxEdits is how many earlier versions of a post are kept: whoever edits without end does not fill the disk.
const maxEdits = 100

// AddPostEdit stores a version of a post; beyond a hundred the oldest goes.
func (tx *Tx) AddPostEdit(e *PostEdit) error {
	e.ID = tx.NewID()
	if err := tx.db.Create(e).Error; err != nil {
		return translate(err, "version")
	}
	err := tx.db.Exec(`DELETE FROM post_edit WHERE post_id = ? AND id NOT IN (
		SELECT kept.id FROM post_edit kept WHERE kept.post_id = ? ORDER BY kept.id DESC LIMIT ?)`, e.PostID, e.PostID, maxEdits).Error
	return translate(err, "versions")
}

// PostEdits gives the earlier versions of a post, oldest first, whoever may see them.
func (tx *Tx) PostEdits(postID int64) ([]PostEdit, error) {
	return list[PostEdit](tx.db.Where("post_id = ?", postID).Order("id"), "versions")
}

// LocalBoosters gives the members who boosted a post.
func (tx *Tx) LocalBoosters(postID int64) ([]int64, error) {
	var ids []int64
	err := tx.db.Model(&Post{}).Joins("JOIN actor a ON a.id = post.author_id AND a.local AND a.type = ?", TypePerson).
		Where("post.reblog_of_id = ? AND post.reblog_of_id <> 0", postID).Order("post.author_id").Pluck("post.author_id", &ids).Error
	return ids, translate(err, "boosters")
}

// Renotify is Notify for what may be told more than once: the new notification takes the place of the earlier one.
func (tx *Tx) Renotify(n *Notification) (bool, error) {
	err := tx.db.Where("owner_id = ? AND type = ? AND actor_id = ? AND post_id = ?", n.OwnerID, n.Type, n.ActorID, n.PostID).
		Delete(&Notification{}).Error
	if err != nil {
		return false, translate(err, "notification")
	}
	return tx.Notify(n)
}
