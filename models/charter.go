package models

// CharterVersion is one version of what a community agreed on.
type CharterVersion struct {
	CommunityID int64 `gorm:"primaryKey"`
	Version     int64 `gorm:"primaryKey"`
	Source      string
	ChangedBy   int64
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// AddCharterVersion keeps a new version.
func (tx *Tx) AddCharterVersion(v *CharterVersion) error {
	v.CreatedAt = tx.Now()
	return translate(tx.db.Create(v).Error, "charter")
}

// CharterVersions gives all versions of a charter, the newest first.
func (tx *Tx) CharterVersions(communityID int64) ([]CharterVersion, error) {
	return list[CharterVersion](tx.db.Where("community_id = ?", communityID).Order("version DESC"), "charter")
}
