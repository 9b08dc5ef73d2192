package models

import "gorm.io/gorm/clause"

// SignedCopy is what the author of a post at another host signed, byte for byte: a Create or an Update with its proof. It says for itself
// whose it is, also when that host is gone.
type SignedCopy struct {
	PostID    int64 `gorm:"primaryKey"`
	ObjectURI string
	Document  string
	KeyID     string
	ProvenAt  Timestamp // as the proof says
	KeptAt    Timestamp // when it was verified here
}

// TableName names the table.
func (SignedCopy) TableName() string { return "signed_copy" }

// KeepSignedCopy stores what an author signed, in the place of an older version.
func (tx *Tx) KeepSignedCopy(c *SignedCopy) error {
	c.KeptAt = tx.Now()
	err := tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "post_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"document", "key_id", "proven_at", "kept_at"}),
	}).Create(c).Error
	return translate(err, "signed copy")
}

// SignedCopyOf gives the copy of a post.
func (tx *Tx) SignedCopyOf(postID int64) (*SignedCopy, error) {
	return first[SignedCopy](tx.db.Where("post_id = ?", postID), "signed copy")
}

// HasAdmissions reports that a Group of ours took a post from a sibling.
func (tx *Tx) HasAdmissions(postID int64) (bool, error) {
	var n int64
	err := tx.db.Model(&Admission{}).Where("post_id = ? AND post_id <> 0", postID).Limit(1).Count(&n).Error
	return n > 0, translate(err, "admissions")
}

// CopyHolders gives where siblings of Groups of ours give copies of what is of a host that closed, was lost or does not answer: the
// addresses, without the query. What was once agreed with a Group of the host counts.
func (tx *Tx) CopyHolders(host string, limit int) ([]string, error) {
	var uris []string
	err := tx.db.Raw(`SELECT DISTINCT c.copies_uri FROM community_sibling gone
		JOIN community_sibling other ON other.community_id = gone.community_id AND other.host <> gone.host AND other.state = ?
		JOIN community c ON c.actor_id = other.sibling_id AND c.copies_uri <> ''
		WHERE gone.host = ? AND gone.state IN ? ORDER BY c.copies_uri LIMIT ?`, SiblingLive, host, everLive, limit).Scan(&uris).Error
	return uris, translate(err, "holders of copies")
}
