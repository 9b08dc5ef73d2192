package models

// CommunityTag is a flair that a community elsewhere offers for its threads and that means a kind here.
type CommunityTag struct {
	CommunityID int64  `gorm:"primaryKey;autoIncrement:false"`
	URI         string `gorm:"primaryKey"`
	Kind        string
	Position    int // in the community's list: where several mean the same, the first one is used
}

// SetCommunityTags replaces the flairs of a community elsewhere.
func (tx *Tx) SetCommunityTags(communityID int64, tags []CommunityTag) error {
	if err := tx.db.Delete(&CommunityTag{}, "community_id = ?", communityID).Error; err != nil {
		return translate(err, "flairs")
	}
	for i := range tags {
		tags[i].CommunityID, tags[i].Position = communityID, i
	}
	if len(tags) == 0 {
		return nil
	}
	return translate(tx.db.Create(&tags).Error, "flairs")
}

// CommunityTags gives the flairs of a community elsewhere, in its order.
func (tx *Tx) CommunityTags(communityID int64) ([]CommunityTag, error) {
	return list[CommunityTag](tx.db.Where("community_id = ?", communityID).Order("position"), "flairs")
}
