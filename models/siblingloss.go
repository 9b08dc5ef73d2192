package models

// SiblingLoss is the word of one sibling that another one is lost, as it was signed.
type SiblingLoss struct {
	ID          int64
	CommunityID int64 // ours
	LostURI     string
	ByURI       string
	Activity    string
	Successors  string    // of the lost one, as far as the signer knew them, one a line
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// TableName names the table.
func (SiblingLoss) TableName() string { return "sibling_loss" }

// SuccessorList gives Successors as a list.
func (l *SiblingLoss) SuccessorList() []string { return lines(l.Successors) }

// AddSiblingLoss stores the word of a sibling, once, and reports whether it is new.
func (tx *Tx) AddSiblingLoss(l *SiblingLoss) (bool, error) {
	var n int64
	err := tx.db.Model(&SiblingLoss{}).Where("community_id = ? AND lost_uri = ? AND by_uri = ?", l.CommunityID, l.LostURI, l.ByURI).Count(&n).Error
	if err != nil || n > 0 {
		return false, translate(err, "loss")
	}
	l.ID, l.CreatedAt = tx.NewID(), tx.Now()
	return true, translate(tx.db.Create(l).Error, "loss")
}

// SiblingLosses lists who said to a Group of ours that a sibling is lost.
func (tx *Tx) SiblingLosses(communityID int64, lostURI string) ([]SiblingLoss, error) {
	return list[SiblingLoss](tx.db.Where("community_id = ? AND lost_uri = ?", communityID, lostURI).Order("id"), "losses")
}

// ForgetSiblingLoss forgets what one said of the loss of another; of everybody for "".
func (tx *Tx) ForgetSiblingLoss(communityID int64, lostURI, byURI string) error {
	query := tx.db.Where("community_id = ? AND lost_uri = ?", communityID, lostURI)
	if byURI != "" {
		query = query.Where("by_uri = ?", byURI)
	}
	return translate(query.Delete(&SiblingLoss{}).Error, "losses")
}

// QuietSiblings lists the pairs whose sibling did not speak since a moment, and those that are lost.
func (tx *Tx) QuietSiblings(since Timestamp) ([]Sibling, error) {
	query := tx.db.Where("state = ? OR (state IN ? AND heard_at < ?)", SiblingLost, []string{SiblingLive, SiblingPaused}, since).Order("id")
	return list[Sibling](query, "siblings")
}

// SaveSiblingLoss stores what was signed.
func (tx *Tx) SaveSiblingLoss(l *SiblingLoss) error { return translate(tx.db.Save(l).Error, "loss") }
