package models

import (
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
