package models

import "gorm.io/gorm"

// Identity is who a member is at the sign-in of an organization. Issuer and Subject name it; what else there is of it may
// change there at any time.
type Identity struct {
	ID           int64
	AccountID    int64
	Provider     string // as the settings call it
	Issuer       string
	Subject      string
	ExternalID   string    // what SCIM calls the person
	Login        string    // what the person is called there
	Email        string    // for people to recognize it by; it finds nothing
	GroupNames   string    // those that the provider named last, a line each
	RefreshToken string    // sealed; "" for none
	CreatedAt    Timestamp `gorm:"autoCreateTime:false"`
	SeenAt       Timestamp // when the provider last stood by it
	TriedAt      Timestamp // when it was last asked
	EndedAt      Timestamp // when it said that the person has left
}

// PutIdentity stores a new identity. Conflict when somebody has it.
func (tx *Tx) PutIdentity(i *Identity) error {
	i.ID, i.CreatedAt, i.SeenAt = tx.NewID(), tx.Now(), tx.Now()
	return translate(tx.db.Create(i).Error, "identity")
}

// SaveIdentity stores a changed identity.
func (tx *Tx) SaveIdentity(i *Identity) error { return translate(tx.db.Save(i).Error, "identity") }

// Identity gives the identity of an id.
func (tx *Tx) Identity(id int64) (*Identity, error) {
	return first[Identity](tx.db.Where("id = ?", id), "identity")
}

// IdentityOf gives the identity that an issuer calls subject.
func (tx *Tx) IdentityOf(issuer, subject string) (*Identity, error) {
	return first[Identity](tx.db.Where("issuer = ? AND subject = ?", issuer, subject), "identity")
}

// IdentitiesOf lists an account's identities.
func (tx *Tx) IdentitiesOf(accountID int64) ([]Identity, error) {
	return list[Identity](tx.db.Where("account_id = ?", accountID).Order("id"), "identities")
}

// DeleteIdentity detaches an identity from its account, and ends what it opened.
func (tx *Tx) DeleteIdentity(id int64) error {
	if err := tx.db.Delete(&WebSession{}, "identity_id = ?", id).Error; err != nil {
		return translate(err, "sessions")
	}
	return translate(tx.db.Delete(&Identity{}, "id = ?", id).Error, "identity")
}

// IdentitySought is what a directory looks a person up by; "" matches all.
type IdentitySought struct{ ExternalID, Login string }

// IdentitiesAt gives a page of the identities of a provider, and how many there are.
func (tx *Tx) IdentitiesAt(provider string, sought IdentitySought, offset, limit int) (found []Identity, total int64, err error) {
	of := func() *gorm.DB {
		query := tx.db.Model(&Identity{}).Where("provider = ?", provider)
		if sought.ExternalID != "" {
			query = query.Where("external_id = ?", sought.ExternalID)
		}
		if sought.Login != "" {
			query = query.Where("lower(login) = lower(?)", sought.Login)
		}
		return query
	}
	if err := of().Count(&total).Error; err != nil {
		return nil, 0, translate(err, "identities")
	}
	found, err = list[Identity](of().Order("id").Offset(offset).Limit(limit), "identities")
	return found, total, err
}

// IdentitiesToAsk lists identities whose provider was neither heard of nor asked since a moment, and that are in use.
func (tx *Tx) IdentitiesToAsk(since Timestamp, limit int) ([]Identity, error) {
	query := tx.db.Where("ended_at = 0 AND refresh_token <> '' AND seen_at < ? AND tried_at < ?", since, since).Order("tried_at, id").Limit(limit)
	return list[Identity](query, "identities")
}

// IdentitiesAbsent lists identities that nobody stood by since a moment, of accounts of which no other was heard, either. As long
// as there is a token to ask with, only the provider's refusal counts: one that is down sends nobody away.
func (tx *Tx) IdentitiesAbsent(since Timestamp, limit int) ([]Identity, error) {
	query := tx.db.Where("ended_at = 0 AND refresh_token = '' AND seen_at < ?", since).
		Where("NOT EXISTS (SELECT 1 FROM identity other WHERE other.account_id = identity.account_id AND other.seen_at >= ?)", since).
		Order("id").Limit(limit)
	return list[Identity](query, "identities")
}

// IdentityOfSession gives the identity whose sessions bear a provider's session id.
func (tx *Tx) IdentityOfSession(issuer, sid string) (*Identity, error) {
	query := tx.db.Where("issuer = ? AND id IN (SELECT identity_id FROM web_session WHERE sid = ? AND sid <> '')", issuer, sid)
	return first[Identity](query, "identity")
}

// ReviveIdentities lets the identities of an account count again that a provider said were over: somebody took the leaving back.
func (tx *Tx) ReviveIdentities(accountID int64) error {
	err := tx.db.Model(&Identity{}).Where("account_id = ? AND ended_at <> 0", accountID).
		UpdateColumns(map[string]any{"ended_at": 0, "seen_at": tx.Now()}).Error
	return translate(err, "identities")
}
