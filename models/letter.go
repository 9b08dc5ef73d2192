package models

// Letter is an e-mail that an account is owed: the name of its template, and as JSON what that needs.
type Letter struct {
	ID        int64
	AccountID int64
	Name      string
	Data      string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutLetter stores a letter that is due.
func (tx *Tx) PutLetter(l *Letter) error {
	l.ID, l.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(l).Error, "letter")
}

// PlainLettersDue lists letters that are due, the oldest first.
func (tx *Tx) PlainLettersDue(limit int) ([]Letter, error) {
	return list[Letter](tx.db.Order("id").Limit(limit), "letters")
}

// DeleteLetter removes a letter that was sent.
func (tx *Tx) DeleteLetter(id int64) error {
	return translate(tx.db.Delete(&Letter{}, "id = ?", id).Error, "letter")
}

// DeleteLettersNamed takes back the letters of a name that an account is still owed.
func (tx *Tx) DeleteLettersNamed(accountID int64, name string) error {
	return translate(tx.db.Delete(&Letter{}, "account_id = ? AND name = ?", accountID, name).Error, "letters")
}
