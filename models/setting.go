package models

import (
	"crypto/rand"
	"encoding/hex"

	"gorm.io/gorm/clause"
)

// Setting is one value that belongs to the instance rather than to its configuration file.
type Setting struct {
	Key   string `gorm:"primaryKey"`
	Value string
}

// The keys in use.
const (
	SettingHost   = "host"   // the host name that all ids of this database carry
	SettingSecret = "secret" // hex of the instance secret

	SettingBackedUp   = "backed_up_at"   // ms: when the last backup was whole
	SettingTidied     = "tidied_at"      // ms: when what is not needed any more was last cleared away
	SettingMailTested = "mail_tested_at" // ms: when the mail server last took a test letter
)

// Setting gives the value of key, "" when it was never set.
func (tx *Tx) Setting(key string) (string, error) {
	row, err := first[Setting](tx.db.Where("key = ?", key), "setting "+key)
	if IsNotFound(err) {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return row.Value, nil
}

// PutSetting stores the value of key.
func (tx *Tx) PutSetting(key, value string) error {
	err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&Setting{Key: key, Value: value}).Error
	return translate(err, "setting "+key)
}

// ClaimHost binds the database to host on first use. Conflict when it belongs to another one: ids on the wire would no
// longer be ours.
func (tx *Tx) ClaimHost(host string) error {
	owner, err := tx.settle(SettingHost, host)
	if err != nil {
		return err
	}
	if owner != host {
		return Errorf(Conflict, "this database belongs to %s, but the configured host is %s: set host to %s, or use another database", owner, host, owner)
	}
	return nil
}

// Secret gives the instance's secret of 32 bytes, made on first use. It seals what must not be altered at rest.
func (tx *Tx) Secret() ([]byte, error) {
	fresh := make([]byte, 32)
	rand.Read(fresh) // never fails: it ends the process instead
	value, err := tx.settle(SettingSecret, hex.EncodeToString(fresh))
	if err != nil {
		return nil, err
	}
	return hex.DecodeString(value)
}

// settle gives the value of key, which it sets on first use. Of several that are the first, one wins and all get its value.
func (tx *Tx) settle(key, value string) (string, error) {
	err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&Setting{Key: key, Value: value}).Error
	if err != nil {
		return "", translate(err, "setting "+key)
	}
	return tx.Setting(key)
}
