package models

// The states of a list of hosts that was read.
const (
	ImportDraft   = "draft"
	ImportApplied = "applied"
	ImportUndone  = "undone"
)

// DomainImport is a list of hosts that was read.
type DomainImport struct {
	ID         int64
	State      string
	Source     string
	Lines      string    // JSON
	Before     string    // JSON: what the blocks were, once it is applied
	Subscribed bool      // it was made of subscribed lists
	CreatedAt  Timestamp `gorm:"autoCreateTime:false"`
	ChangedAt  Timestamp // of its state
}

// SaveDomainImport stores a list, new or with another state.
func (tx *Tx) SaveDomainImport(i *DomainImport) error {
	i.ChangedAt = tx.Now()
	if i.ID == 0 {
		i.ID, i.CreatedAt = tx.NewID(), tx.Now()
	}
	return translate(tx.db.Save(i).Error, "list of hosts")
}

// DomainImport gives a list by its id.
func (tx *Tx) DomainImport(id int64) (*DomainImport, error) {
	return first[DomainImport](tx.db.Where("id = ?", id), "list of hosts")
}

// DomainImports lists all lists without their lines, the latest first.
func (tx *Tx) DomainImports() ([]DomainImport, error) {
	return list[DomainImport](tx.db.Omit("lines", "before").Order("id DESC"), "lists of hosts")
}
