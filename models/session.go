package models

import "gorm.io/gorm/clause"

// WebSession is the state of a signed-in browser, keyed by the hash of its cookie.
type WebSession struct {
	Token     string `gorm:"primaryKey"`
	AccountID int64  // 0 before anybody signed in
	// IdentityID is that of the provider that opened the session, 0 for none, and SID what the provider calls it.
	IdentityID int64
	SID        string `gorm:"column:sid"`
	Data       []byte
	ExpiresAt  Timestamp
}

// PutWebSession stores a session.
func (tx *Tx) PutWebSession(s *WebSession) error {
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(s).Error, "session")
}

// WebSession gives a session that has not expired.
func (tx *Tx) WebSession(token string) (*WebSession, error) {
	return first[WebSession](tx.db.Where("token = ? AND expires_at > ?", token, tx.Now()), "session")
}

// DeleteWebSession ends a session.
func (tx *Tx) DeleteWebSession(token string) error {
	return translate(tx.db.Delete(&WebSession{}, "token = ?", token).Error, "session")
}

// PruneWebSessions removes expired sessions.
func (tx *Tx) PruneWebSessions() error {
	return translate(tx.db.Where("expires_at <= ?", tx.Now()).Delete(&WebSession{}).Error, "sessions")
}

// DeleteWebSessionsOf ends all sessions of an account.
func (tx *Tx) DeleteWebSessionsOf(accountID int64) error {
	return translate(tx.db.Delete(&WebSession{}, "account_id = ?", accountID).Error, "sessions")
}

// ShortenWebSession lets a session end sooner.
func (tx *Tx) ShortenWebSession(token string, until Timestamp) error {
	return translate(tx.db.Model(&WebSession{}).Where("token = ?", token).Update("expires_at", until).Error, "session")
}

// HasSignOnUntil reports a session of an account that a provider opened and that lasts beyond a moment: all last equally long, so
// that it says when the session began.
func (tx *Tx) HasSignOnUntil(accountID int64, moment Timestamp) (bool, error) {
	var n int64
	err := tx.db.Model(&WebSession{}).Where("account_id = ? AND identity_id <> 0 AND expires_at > ?", accountID, moment).Count(&n).Error
	return n > 0, translate(err, "sessions")
}
