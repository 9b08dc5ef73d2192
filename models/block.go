package models

import (
	"strings"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// newSession makes a query that shares nothing with the one that it becomes a part of.
var newSession = &gorm.Session{NewDB: true}

// Block is one actor's wish to have nothing to do with another.
type Block struct {
	ID        int64
	URI       string
	ActorID   int64
	TargetID  int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutBlock stores a block; blocking again changes nothing.
func (tx *Tx) PutBlock(b *Block) error {
	b.ID, b.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(b).Error, "block")
}

// DeleteBlock removes a block.
func (tx *Tx) DeleteBlock(actorID, targetID int64) error {
	return translate(tx.db.Delete(&Block{}, "actor_id = ? AND target_id = ?", actorID, targetID).Error, "block")
}

// BlockBetween gives the block of target by actor.
func (tx *Tx) BlockBetween(actorID, targetID int64) (*Block, error) {
	return first[Block](tx.db.Where("actor_id = ? AND target_id = ?", actorID, targetID), "block")
}

// BlockByURI gives the block that an activity id names.
func (tx *Tx) BlockByURI(uri string) (*Block, error) {
	return first[Block](tx.db.Where("uri = ?", uri), "block "+uri)
}

// BlockedEitherWay reports whether one of two actors blocked the other.
func (tx *Tx) BlockedEitherWay(a, b int64) (bool, error) {
	var n int64
	err := tx.db.Model(&Block{}).Where("(actor_id = ? AND target_id = ?) OR (actor_id = ? AND target_id = ?)", a, b, b, a).Count(&n).Error
	return n > 0, translate(err, "block")
}

// Report is a complaint about an actor and posts of theirs.
type Report struct {
	ID         int64
	URI        string
	ReporterID int64
	TargetID   int64
	PostIDs    string // decimal ids, one a line
	Comment    string
	CreatedAt  Timestamp `gorm:"autoCreateTime:false"`
	ResolvedAt Timestamp
}

// PutReport stores a report; the same URI again changes nothing.
func (tx *Tx) PutReport(r *Report) error {
	r.ID, r.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(r).Error, "report")
}

// Reports lists open reports, newest first.
func (tx *Tx) Reports() ([]Report, error) {
	return list[Report](tx.db.Where("resolved_at = 0").Order("id DESC"), "reports")
}

// DomainBlock keeps a host, and every host below it, away.
type DomainBlock struct {
	Host      string `gorm:"primaryKey"`
	Reason    string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutDomainBlock blocks a host.
func (tx *Tx) PutDomainBlock(host, reason string) error {
	row := DomainBlock{Host: strings.ToLower(host), Reason: reason, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error, "domain block")
}

// DeleteDomainBlock lifts the block of a host.
func (tx *Tx) DeleteDomainBlock(host string) error {
	return translate(tx.db.Delete(&DomainBlock{}, "host = ?", strings.ToLower(host)).Error, "domain block")
}

// HostBlocked reports whether host or a domain above it is blocked.
func (tx *Tx) HostBlocked(host string) (bool, error) {
	host = strings.TrimSuffix(strings.ToLower(host), ".")
	names := []string{host}
	if name, _, ok := strings.Cut(host, ":"); ok {
		names = append(names, name)
		host = name
	}
	for rest := host; ; {
		_, parent, ok := strings.Cut(rest, ".")
		if !ok {
			break
		}
		names, rest = append(names, parent), parent
	}
	var n int64
	err := tx.db.Model(&DomainBlock{}).Where("host IN ?", names).Count(&n).Error
	return n > 0, translate(err, "domain block")
}
