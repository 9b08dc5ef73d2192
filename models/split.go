package models

// Split says that a part of a community founded one of its own, and how far the members of the other were asked.
type Split struct {
	ID        int64
	FromID    int64
	ToID      int64
	At        int64     // the follow up to which followers were asked
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	DoneAt    Timestamp
}

// TableName names the table.
func (Split) TableName() string { return "community_split" }

// CreateSplit stores that a community split.
func (tx *Tx) CreateSplit(s *Split) error {
	s.ID, s.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(s).Error, "split")
}

// SaveSplit stores how far a split is.
func (tx *Tx) SaveSplit(s *Split) error { return translate(tx.db.Save(s).Error, "split") }

// OpenSplits lists those of which not all members were asked.
func (tx *Tx) OpenSplits() ([]Split, error) {
	return list[Split](tx.db.Where("done_at = 0").Order("id"), "splits")
}

// SplitsOf lists the splits of a community since a moment, whichever of the two it is, the newest first.
func (tx *Tx) SplitsOf(communityID int64, since Timestamp) ([]Split, error) {
	return list[Split](tx.db.Where("(from_id = ? OR to_id = ?) AND created_at >= ?", communityID, communityID, since).Order("id DESC"), "splits")
}

// FollowsAfter gives follows of an actor, accepted, behind the follow of an id, oldest first.
func (tx *Tx) FollowsAfter(targetID, after int64, limit int) ([]Follow, error) {
	query := tx.db.Where("target_id = ? AND state = ? AND id > ?", targetID, FollowAccepted, after).Order("id").Limit(limit)
	return list[Follow](query, "follows")
}
