package models

import "gorm.io/gorm/clause"

// OneTimeCode is the secret from which an account's app makes codes by time.
type OneTimeCode struct {
	AccountID int64     `gorm:"primaryKey;autoIncrement:false"`
	Secret    string    // sealed
	LastStep  int64     // the last step of time whose code was used
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// RecoveryCode is the hash of a code that takes the place of a second factor once.
type RecoveryCode struct {
	AccountID int64  `gorm:"primaryKey;autoIncrement:false"`
	Hash      string `gorm:"primaryKey"`
}

// Passkey is a key of an account that a device or a password manager keeps.
type Passkey struct {
	ID         int64
	AccountID  int64
	KeyID      string    // base64url
	Name       string    // as its owner calls it
	Credential string    // JSON: public key, counter, what the authenticator said of itself
	CreatedAt  Timestamp `gorm:"autoCreateTime:false"`
	LastUsedAt Timestamp
}

// Factors is what an account has beside a password.
type Factors struct {
	Code     *OneTimeCode // nil for none
	Passkeys []Passkey
	Recovery int64 // codes that were not used yet
}

// Any reports whether a password alone does not suffice.
func (f Factors) Any() bool { return f.Code != nil || len(f.Passkeys) > 0 }

// Factors gives an account's second factors.
func (tx *Tx) Factors(accountID int64) (Factors, error) {
	var f Factors
	code, err := first[OneTimeCode](tx.db.Where("account_id = ?", accountID), "code")
	if err == nil {
		f.Code = code
	} else if !IsNotFound(err) {
		return f, err
	}
	if f.Passkeys, err = list[Passkey](tx.db.Where("account_id = ?", accountID).Order("id"), "passkeys"); err != nil {
		return f, err
	}
	err = tx.db.Model(&RecoveryCode{}).Where("account_id = ?", accountID).Count(&f.Recovery).Error
	return f, translate(err, "recovery codes")
}

// PutOneTimeCode stores an account's secret in the place of the one before.
func (tx *Tx) PutOneTimeCode(c *OneTimeCode) error {
	c.CreatedAt = tx.Now()
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(c).Error, "code")
}

// UseStep notes that the code of a step of time was used; false when it, or a later one, was used before.
func (tx *Tx) UseStep(accountID, step int64) (bool, error) {
	result := tx.db.Model(&OneTimeCode{}).Where("account_id = ? AND last_step < ?", accountID, step).UpdateColumn("last_step", step)
	return result.RowsAffected > 0, translate(result.Error, "code")
}

// DeleteOneTimeCode takes an account's secret away.
func (tx *Tx) DeleteOneTimeCode(accountID int64) error {
	return translate(tx.db.Delete(&OneTimeCode{}, "account_id = ?", accountID).Error, "code")
}

// PutRecoveryCodes stores an account's recovery codes in the place of those before.
func (tx *Tx) PutRecoveryCodes(accountID int64, hashes []string) error {
	if err := tx.db.Delete(&RecoveryCode{}, "account_id = ?", accountID).Error; err != nil {
		return translate(err, "recovery codes")
	}
	for _, hash := range hashes {
		if err := tx.db.Create(&RecoveryCode{accountID, hash}).Error; err != nil {
			return translate(err, "recovery codes")
		}
	}
	return nil
}

// UseRecoveryCode takes a recovery code away; false when there is none such.
func (tx *Tx) UseRecoveryCode(accountID int64, hash string) (bool, error) {
	result := tx.db.Delete(&RecoveryCode{}, "account_id = ? AND hash = ?", accountID, hash)
	return result.RowsAffected > 0, translate(result.Error, "recovery codes")
}

// PutPasskey stores a new passkey. Conflict when somebody has it.
func (tx *Tx) PutPasskey(p *Passkey) error {
	p.ID, p.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(p).Error, "passkey")
}

// PasskeyByKey gives the passkey that an authenticator names.
func (tx *Tx) PasskeyByKey(keyID string) (*Passkey, error) {
	return first[Passkey](tx.db.Where("key_id = ?", keyID), "passkey")
}

// TouchPasskey notes that a passkey was used, with the counter that it has now.
func (tx *Tx) TouchPasskey(id int64, credential string) error {
	err := tx.db.Model(&Passkey{}).Where("id = ?", id).UpdateColumns(map[string]any{"credential": credential, "last_used_at": tx.Now()}).Error
	return translate(err, "passkey")
}

// DeletePasskey takes a passkey from an account; false when it has none such.
func (tx *Tx) DeletePasskey(accountID, id int64) (bool, error) {
	result := tx.db.Delete(&Passkey{}, "account_id = ? AND id = ?", accountID, id)
	return result.RowsAffected > 0, translate(result.Error, "passkey")
}

// DeletePasskeysOf takes all passkeys from an account.
func (tx *Tx) DeletePasskeysOf(accountID int64) error {
	return translate(tx.db.Delete(&Passkey{}, "account_id = ?", accountID).Error, "passkeys")
}
