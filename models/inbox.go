package models

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The states of an inbox entry.
const (
	InboxPending = "pending"
	InboxDone    = "done"
	InboxParked  = "parked" // failed too often; kept for inspection
)

// InboxEntry is one received activity whose signature was good, or the memory of one that was relayed. It is unique by activity and signer, so that a replay
// finds it and changes nothing.
type InboxEntry struct {
	ID          int64
	ActivityURI string
	SignerURI   string
	KeyID       string
	Scheme      string
	Seal        string // proof that this instance verified the payload, see sign.Verifier
	Type        string
	Payload     string
	State       string
	Attempts    int64
	NextTryAt   Timestamp
	Outcome     string // a short reason: what became of it
	ReceivedAt  Timestamp
	ProcessedAt Timestamp
}

// undoneEarly is the outcome of an activity whose Undo came before it.
const undoneEarly = "undone before it came"

// undoneEarlyFor is how long an activity may be behind its Undo; after that its id may be used anew.
const undoneEarlyFor = 24 * time.Hour

// AddInboxEntry stores a received activity; false when it is known.
func (tx *Tx) AddInboxEntry(e *InboxEntry) (bool, error) {
	e.ID, e.ReceivedAt, e.State = tx.NewID(), tx.Now(), InboxPending
	err := tx.db.Where("activity_uri = ? AND signer_uri = ? AND outcome = ? AND processed_at < ?",
		e.ActivityURI, e.SignerURI, undoneEarly, tx.Now().Add(-undoneEarlyFor)).Delete(&InboxEntry{}).Error
	if err != nil {
		return false, translate(err, "inbox entry")
	}
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(e)
	return result.RowsAffected > 0, translate(result.Error, "inbox entry")
}

// UndoInboxEntry settles what becomes of an activity that its sender has taken back: if it has not come yet, or waits, it
// will not be carried out. A Follow that was carried out is forgotten, since some software follows again under the same id.
func (tx *Tx) UndoInboxEntry(activityURI, signerURI string) error {
	of := tx.db.Where("activity_uri = ? AND signer_uri = ?", activityURI, signerURI)
	err := of.Session(&gorm.Session{}).Where("state = ? AND type = ?", InboxDone, "Follow").Delete(&InboxEntry{})
	if err.Error != nil || err.RowsAffected > 0 {
		return translate(err.Error, "inbox entry")
	}
	now := tx.Now()
	settled := map[string]any{"state": InboxDone, "outcome": undoneEarly, "processed_at": now}
	err = of.Session(&gorm.Session{}).Model(&InboxEntry{}).Where("state = ?", InboxPending).Updates(settled)
	if err.Error != nil || err.RowsAffected > 0 {
		return translate(err.Error, "inbox entry")
	}
	marker := &InboxEntry{
		ID: tx.NewID(), ActivityURI: activityURI, SignerURI: signerURI,
		State: InboxDone, Outcome: undoneEarly, ReceivedAt: now, ProcessedAt: now,
	}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(marker).Error, "inbox entry")
}

// HasInboxEntry reports whether an activity of an actor came before, from the actor or by RememberRelayed.
func (tx *Tx) HasInboxEntry(activityURI, signerURI string) (bool, error) {
	var n int64
	err := tx.db.Model(&InboxEntry{}).Where("activity_uri = ? AND signer_uri = ?", activityURI, signerURI).Limit(1).Count(&n).Error
	return n > 0, translate(err, "inbox entry")
}

// relayed is the outcome of an activity that came by way of somebody else and was carried out.
const relayed = "relayed"

// RememberRelayed stores that an activity came by way of somebody else and was carried out, so that it is not once more.
func (tx *Tx) RememberRelayed(activityURI, actorURI, activityType string) error {
	now := tx.Now()
	entry := &InboxEntry{
		ID: tx.NewID(), ActivityURI: activityURI, SignerURI: actorURI, Type: activityType,
		State: InboxDone, Outcome: relayed, ReceivedAt: now, ProcessedAt: now,
	}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(entry).Error, "inbox entry")
}

// DueInboxEntries gives the oldest entries that wait to be processed.
func (tx *Tx) DueInboxEntries(now Timestamp, limit int) ([]InboxEntry, error) {
	return list[InboxEntry](tx.db.Where("state = ? AND next_try_at <= ?", InboxPending, now).Order("id").Limit(limit), "inbox entries")
}

// InboxEntry gives an entry by id.
func (tx *Tx) InboxEntry(id int64) (*InboxEntry, error) {
	return first[InboxEntry](tx.db.Where("id = ?", id), "inbox entry")
}

// FinishInboxEntry stores what became of an entry.
func (tx *Tx) FinishInboxEntry(e *InboxEntry) error {
	return translate(tx.db.Save(e).Error, "inbox entry")
}

// PendingInboxEntries counts what waits to be processed.
func (tx *Tx) PendingInboxEntries() (int64, error) {
	var n int64
	err := tx.db.Model(&InboxEntry{}).Where("state = ?", InboxPending).Count(&n).Error
	return n, translate(err, "inbox entries")
}

// PruneInboxEntries removes processed entries older than keep; keep must exceed the window in which a signature is
// taken (security case B25).
func (tx *Tx) PruneInboxEntries(keep time.Duration) (int64, error) {
	result := tx.db.Where("state = ? AND processed_at < ?", InboxDone, tx.Now().Add(-keep)).Delete(&InboxEntry{})
	return result.RowsAffected, translate(result.Error, "inbox entries")
}
