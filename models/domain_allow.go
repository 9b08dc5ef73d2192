package models

import (
	"strings"

	"gorm.io/gorm/clause"
)

// DomainAllow admits a host, and every host below it, in modes that do not admit all.
type DomainAllow struct {
	Host         string `gorm:"primaryKey"`
	ID           int64
	Known        bool // nobody decided on it: it was there when the quarantine began
	Note         string
	Contact      string
	PublicReason string
	ImportID     int64     // of the list that it came with; 0 for none
	CreatedAt    Timestamp `gorm:"autoCreateTime:false"`
}

// SaveDomainAllow stores an allowance, new or changed.
func (tx *Tx) SaveDomainAllow(a *DomainAllow) error {
	a.Host = strings.ToLower(a.Host)
	if a.ID == 0 {
		a.ID = tx.NewID()
	}
	if a.CreatedAt == 0 {
		a.CreatedAt = tx.Now()
	}
	tx.forgetRules()
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(a).Error, "allowed host")
}

// DeleteDomainAllow takes the allowance of a host back; without one it changes nothing.
func (tx *Tx) DeleteDomainAllow(host string) error {
	tx.forgetRules()
	return translate(tx.db.Delete(&DomainAllow{}, "host = ?", strings.ToLower(host)).Error, "allowed host")
}

// DomainAllow gives the allowance of an id.
func (tx *Tx) DomainAllow(id int64) (*DomainAllow, error) {
	return first[DomainAllow](tx.db.Where("id = ? AND NOT known", id), "allowed host")
}

// DomainAllowOf gives the allowance of exactly a host.
func (tx *Tx) DomainAllowOf(host string) (*DomainAllow, error) {
	return first[DomainAllow](tx.db.Where("host = ?", strings.ToLower(host)), "allowed host")
}

// DomainAllowPage gives a page of allowances.
func (tx *Tx) DomainAllowPage(page Page) ([]DomainAllow, error) {
	rows, err := list[DomainAllow](page.apply(tx.db.Model(&DomainAllow{}).Where("NOT known"), "domain_allow.id"), "allowed hosts")
	return descending(page, rows), err
}

// DomainAllows lists all allowances, those of a quarantine last.
func (tx *Tx) DomainAllows() ([]DomainAllow, error) {
	return list[DomainAllow](tx.db.Order("known, host"), "allowed hosts")
}

// DomainBlocks lists all blocks.
func (tx *Tx) DomainBlocks() ([]DomainBlock, error) {
	return list[DomainBlock](tx.db.Order("host"), "domain blocks")
}

// AdmitKnownHosts begins a quarantine: who spoke with us before, or follows or is followed, is not new.
func (tx *Tx) AdmitKnownHosts() error {
	var hosts []string
	err := tx.db.Model(&Peer{}).Where("last_inbound_at > 0 OR last_success_at > 0").Pluck("host", &hosts).Error
	if err != nil {
		return translate(err, "peers")
	}
	related, err := tx.RelatedHosts()
	if err != nil {
		return err
	}
	for _, host := range append(hosts, related...) {
		row := DomainAllow{Host: host, ID: tx.NewID(), Known: true, CreatedAt: tx.Now()}
		if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return translate(err, "allowed host")
		}
	}
	tx.forgetRules()
	return nil
}

// ForgetKnownHosts ends a quarantine.
func (tx *Tx) ForgetKnownHosts() error {
	tx.forgetRules()
	return translate(tx.db.Delete(&DomainAllow{}, "known").Error, "allowed host")
}
