package models

// AdminNote is what somebody who looks after the instance writes down for the others.
type AdminNote struct {
	ID        int64
	Subject   string // what it is about: "account/" or "report/" with an id, "host/" with a name
	AuthorID  int64
	Text      string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// AddAdminNote stores a note.
func (tx *Tx) AddAdminNote(n *AdminNote) error {
	n.ID, n.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(n).Error, "note")
}

// AdminNotes lists the notes on a subject, oldest first.
func (tx *Tx) AdminNotes(subject string) ([]AdminNote, error) {
	return list[AdminNote](tx.db.Where("subject = ?", subject).Order("id").Limit(500), "notes")
}
