package models

import "gorm.io/gorm/clause"

// Pending is what waits for the next step of a way in. Name is the hash of a secret that whoever takes the step has.
type Pending struct {
	Name      string `gorm:"primaryKey"`
	Kind      string
	AccountID int64 // 0 before it is known
	Data      string
	ExpiresAt Timestamp
}

// PutPending stores what waits; false when there is one of the name already.
func (tx *Tx) PutPending(p *Pending) (bool, error) {
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(p)
	return result.RowsAffected > 0, translate(result.Error, "step")
}

// Pending gives what waits, and leaves it there.
func (tx *Tx) Pending(kind, name string) (*Pending, error) {
	return first[Pending](tx.db.Where("name = ? AND kind = ? AND expires_at > ?", name, kind, tx.Now()), "step")
}

// TakePending gives what waits and takes it away: of several that take it, one gets it.
func (tx *Tx) TakePending(kind, name string) (*Pending, error) {
	found, err := tx.Pending(kind, name)
	if err != nil {
		return nil, err
	}
	result := tx.db.Delete(&Pending{}, "name = ? AND kind = ?", name, kind)
	if result.Error == nil && result.RowsAffected == 0 {
		return nil, Errorf(NotFound, "step not found")
	}
	return found, translate(result.Error, "step")
}

// PrunePending removes what nobody went on with.
func (tx *Tx) PrunePending() error {
	return translate(tx.db.Where("expires_at <= ?", tx.Now()).Delete(&Pending{}).Error, "steps")
}
