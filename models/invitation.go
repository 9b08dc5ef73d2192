package models

// Invitation is a link by which one joins a community.
type Invitation struct {
	ID          int64
	CommunityID int64
	Token       string // what the link holds
	CreatedBy   int64
	MaxUses     int64 // 0 for any number
	Uses        int64
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
	ExpiresAt   Timestamp // 0 for never
	RevokedAt   Timestamp
}

// IsGood reports an invitation that still counts.
func (i *Invitation) IsGood(now Timestamp) bool {
	return i.RevokedAt == 0 && (i.ExpiresAt == 0 || i.ExpiresAt > now) && (i.MaxUses == 0 || i.Uses < i.MaxUses)
}

// PutInvitation stores a new invitation.
func (tx *Tx) PutInvitation(i *Invitation) error {
	i.ID, i.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(i).Error, "invitation")
}

// InvitationByToken gives the invitation that a link holds, good or not.
func (tx *Tx) InvitationByToken(token string) (*Invitation, error) {
	if token == "" {
		return nil, Errorf(NotFound, "there is no such invitation")
	}
	return first[Invitation](tx.db.Where("token = ?", token), "invitation")
}

// Invitation gives the invitation of an id.
func (tx *Tx) Invitation(id int64) (*Invitation, error) {
	return first[Invitation](tx.db.Where("id = ?", id), "invitation")
}

// Invitations gives a page of a community's invitations, the newest first.
func (tx *Tx) Invitations(communityID int64, page Page) ([]Invitation, error) {
	rows, err := list[Invitation](page.apply(tx.db.Where("community_id = ?", communityID), "id"), "invitations")
	return descending(page, rows), err
}

// UseInvitation counts one use of an invitation; false when it counts no longer.
func (tx *Tx) UseInvitation(id int64) (bool, error) {
	result := tx.db.Exec(`UPDATE invitation SET uses = uses + 1 WHERE id = ? AND revoked_at = 0
		AND (expires_at = 0 OR expires_at > ?) AND (max_uses = 0 OR uses < max_uses)`, id, tx.Now())
	return result.RowsAffected > 0, translate(result.Error, "invitation")
}

// RevokeInvitation ends an invitation.
func (tx *Tx) RevokeInvitation(id int64) error {
	err := tx.db.Model(&Invitation{}).Where("id = ? AND revoked_at = 0", id).UpdateColumn("revoked_at", tx.Now()).Error
	return translate(err, "invitation")
}
