package models

import "time"

// SiblingEvent is something that happened between two siblings.
type SiblingEvent struct {
	ID        int64
	PairID    int64
	Host      string
	Kind      string
	Ref       string // what it is about: a nonce, an activity, a hash
	Detail    string
	ActorID   int64     // who of ours did it; 0 for the other side, the clock and the command line
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// AddSiblingEvent writes down what happened.
func (tx *Tx) AddSiblingEvent(e SiblingEvent) error {
	e.ID, e.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(&e).Error, "event")
}

// maxSiblingEvents is how much of what happened is shown.
const maxSiblingEvents = 100

// SiblingEvents lists what happened in a pair, newest first.
func (tx *Tx) SiblingEvents(pairID int64) ([]SiblingEvent, error) {
	return list[SiblingEvent](tx.db.Where("pair_id = ?", pairID).Order("id DESC").Limit(maxSiblingEvents), "events")
}

// HasSiblingEvent reports whether something of a kind happened in a pair about a thing.
func (tx *Tx) HasSiblingEvent(pairID int64, kind, ref string) (bool, error) {
	var n int64
	err := tx.db.Model(&SiblingEvent{}).Where("pair_id = ? AND kind = ? AND ref = ?", pairID, kind, ref).Limit(1).Count(&n).Error
	return n > 0, translate(err, "events")
}

// LastSiblingEvent gives the last event of a kind.
func (tx *Tx) LastSiblingEvent(pairID int64, kind string) (*SiblingEvent, error) {
	return first[SiblingEvent](tx.db.Where("pair_id = ? AND kind = ?", pairID, kind).Order("id DESC"), "event")
}

// CountSiblingEvents counts the events of a kind with a host within a time.
func (tx *Tx) CountSiblingEvents(host, kind string, within time.Duration) (int64, error) {
	var n int64
	err := tx.db.Model(&SiblingEvent{}).Where("host = ? AND kind = ? AND created_at > ?", host, kind, tx.Now().Add(-within)).Count(&n).Error
	return n, translate(err, "events")
}
