package models

import "gorm.io/gorm/clause"

// Appeal asks moderators to think again about an act: its author's post was removed, or its author banned. There is one for
// each act at most.
type Appeal struct {
	ID          int64
	ActID       int64
	CommunityID int64
	ActorID     int64 // who appeals
	PostID      int64 // the removed post; 0 for a ban
	Text        string
	Answer      string
	Granted     bool
	DecidedBy   int64
	DecidedAt   Timestamp
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// PutAppeal stores an appeal; false when the act was appealed against before.
func (tx *Tx) PutAppeal(a *Appeal) (bool, error) {
	a.ID, a.CreatedAt = tx.NewID(), tx.Now()
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(a)
	return result.RowsAffected > 0, translate(result.Error, "appeal")
}

// Appeal gives the appeal of an id.
func (tx *Tx) Appeal(id int64) (*Appeal, error) {
	return first[Appeal](tx.db.Where("id = ?", id), "appeal")
}

// SaveAppeal stores how an appeal was decided.
func (tx *Tx) SaveAppeal(a *Appeal) error {
	return translate(tx.db.Save(a).Error, "appeal")
}

// AppealPage gives a page of a community's appeals: those that wait, or those that were decided.
func (tx *Tx) AppealPage(communityID int64, decided bool, page Page) ([]Appeal, error) {
	query := tx.db.Where("community_id = ? AND decided_at = 0", communityID)
	if decided {
		query = tx.db.Where("community_id = ? AND decided_at <> 0", communityID)
	}
	rows, err := list[Appeal](page.apply(query, "id"), "appeals")
	return descending(page, rows), err
}

// GrantAppeals notes that acts were undone against which appeals wait.
func (tx *Tx) GrantAppeals(acts []CommunityAct, moderatorID int64, answer string) error {
	ids := make([]int64, len(acts))
	for i := range acts {
		ids[i] = acts[i].ID
	}
	err := tx.db.Model(&Appeal{}).Where("act_id IN ? AND decided_at = 0", ids).
		UpdateColumns(map[string]any{"granted": true, "answer": answer, "decided_by": moderatorID, "decided_at": tx.Now()}).Error
	return translate(err, "appeals")
}
