package models

// EntryLink is a link by which people become members of the instance.
type EntryLink struct {
	ID        int64
	Token     string // what the link holds
	Note      string // for whoever made it
	CreatedBy int64  // an actor; 0 for the command line
	MaxUses   int64  // 0 for any number
	Uses      int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	ExpiresAt Timestamp // 0 for never
	RevokedAt Timestamp
}

// IsGood reports a link that still counts.
func (e *EntryLink) IsGood(now Timestamp) bool {
	return e.RevokedAt == 0 && (e.ExpiresAt == 0 || e.ExpiresAt > now) && (e.MaxUses == 0 || e.Uses < e.MaxUses)
}

// PutEntryLink stores a new link.
func (tx *Tx) PutEntryLink(e *EntryLink) error {
	e.ID, e.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(e).Error, "invitation")
}

// EntryLinkByToken gives the link that holds a token, good or not.
func (tx *Tx) EntryLinkByToken(token string) (*EntryLink, error) {
	return first[EntryLink](tx.db.Where("token = ?", token), "invitation")
}

// EntryLink gives the link of an id.
func (tx *Tx) EntryLink(id int64) (*EntryLink, error) {
	return first[EntryLink](tx.db.Where("id = ?", id), "invitation")
}

// EntryLinks lists the latest links that an actor made, all with 0, the newest first.
func (tx *Tx) EntryLinks(createdBy int64, limit int) ([]EntryLink, error) {
	query := tx.db.Order("id DESC").Limit(limit)
	if createdBy != 0 {
		query = query.Where("created_by = ?", createdBy)
	}
	return list[EntryLink](query, "invitations")
}

// UseEntryLink counts one use of a link; false when it counts no longer (security case G14).
func (tx *Tx) UseEntryLink(id int64) (bool, error) {
	result := tx.db.Exec(`UPDATE entry_link SET uses = uses + 1 WHERE id = ? AND revoked_at = 0
		AND (expires_at = 0 OR expires_at > ?) AND (max_uses = 0 OR uses < max_uses)`, id, tx.Now())
	return result.RowsAffected > 0, translate(result.Error, "invitation")
}

// RevokeEntryLink ends a link.
func (tx *Tx) RevokeEntryLink(id int64) error {
	err := tx.db.Model(&EntryLink{}).Where("id = ? AND revoked_at = 0", id).UpdateColumn("revoked_at", tx.Now()).Error
	return translate(err, "invitation")
}
