package models

// Rule is one of the rules of this instance. One that was taken away stays, since reports name it.
type Rule struct {
	ID        int64
	Position  int64
	Text      string
	Hint      string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	DeletedAt Timestamp
}

// AddRule puts a rule at the end of the list.
func (tx *Tx) AddRule(r *Rule) error {
	var last int64
	if err := tx.db.Model(&Rule{}).Select("coalesce(max(position), 0)").Scan(&last).Error; err != nil {
		return translate(err, "rules")
	}
	r.ID, r.Position, r.CreatedAt = tx.NewID(), last+1, tx.Now()
	return translate(tx.db.Create(r).Error, "rule")
}

// Rules lists the rules that hold, in their order.
func (tx *Tx) Rules() ([]Rule, error) {
	return list[Rule](tx.db.Where("deleted_at = 0").Order("position, id"), "rules")
}

// RemoveRule takes a rule away. NotFound when there is none of that id.
func (tx *Tx) RemoveRule(id int64) error {
	result := tx.db.Model(&Rule{}).Where("id = ? AND deleted_at = 0", id).UpdateColumn("deleted_at", tx.Now())
	if result.Error == nil && result.RowsAffected == 0 {
		return Errorf(NotFound, "there is no rule %d", id)
	}
	return translate(result.Error, "rule")
}
