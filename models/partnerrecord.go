package models

import "time"

// PartnerRecord is one version of an agreement, as it was signed. Nothing of it changes but that the second proof is added.
type PartnerRecord struct {
	ID         int64
	PartnerID  int64
	Hash       string // SHA-256 of Record, hex
	Record     string // canonical bytes without proofs
	OurProof   string
	TheirProof string
	CreatedAt  Timestamp `gorm:"autoCreateTime:false"`
}

// IsWhole reports that both signed.
func (r *PartnerRecord) IsWhole() bool { return r.OurProof != "" && r.TheirProof != "" }

// AddPartnerRecord stores a version of an agreement.
func (tx *Tx) AddPartnerRecord(r *PartnerRecord) error {
	r.ID, r.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(r).Error, "record")
}

// ProvePartnerRecord adds the proofs that a record lacked.
func (tx *Tx) ProvePartnerRecord(r *PartnerRecord) error {
	for column, proof := range map[string]string{"our_proof": r.OurProof, "their_proof": r.TheirProof} {
		update := tx.db.Model(&PartnerRecord{}).Where("id = ? AND "+column+" = ''", r.ID)
		if err := update.UpdateColumn(column, proof).Error; err != nil {
			return translate(err, "record")
		}
	}
	return nil
}

// PartnerRecord gives a version of an agreement.
func (tx *Tx) PartnerRecord(id int64) (*PartnerRecord, error) {
	return first[PartnerRecord](tx.db.Where("id = ?", id), "record")
}

// PartnerRecords lists the versions of an agreement, newest first.
func (tx *Tx) PartnerRecords(partnerID int64) ([]PartnerRecord, error) {
	return list[PartnerRecord](tx.db.Where("partner_id = ?", partnerID).Order("id DESC"), "records")
}

// PartnerEvent is something that happened between a partner and us.
type PartnerEvent struct {
	ID        int64
	Host      string
	Kind      string
	Ref       string // what it is about: a nonce, an activity, a hash
	Detail    string
	ActorID   int64     // the admin of ours who did it; 0 for the partner, the clock and the command line
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// AddPartnerEvent writes down what happened.
func (tx *Tx) AddPartnerEvent(e PartnerEvent) error {
	e.ID, e.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(&e).Error, "event")
}

// maxPartnerEvents is how much of what happened is shown.
const maxPartnerEvents = 200

// PartnerEvents lists what happened with a host, newest first.
func (tx *Tx) PartnerEvents(host string) ([]PartnerEvent, error) {
	return list[PartnerEvent](tx.db.Where("host = ?", host).Order("id DESC").Limit(maxPartnerEvents), "events")
}

// HasPartnerEvent reports whether something of a kind happened with a host about a thing.
func (tx *Tx) HasPartnerEvent(host, kind, ref string) (bool, error) {
	var n int64
	err := tx.db.Model(&PartnerEvent{}).Where("host = ? AND kind = ? AND ref = ?", host, kind, ref).Limit(1).Count(&n).Error
	return n > 0, translate(err, "events")
}

// LastPartnerEvent gives the last event of a kind.
func (tx *Tx) LastPartnerEvent(host, kind string) (*PartnerEvent, error) {
	return first[PartnerEvent](tx.db.Where("host = ? AND kind = ?", host, kind).Order("id DESC"), "event")
}

// CountPartnerEvents counts the events of a kind since a time.
func (tx *Tx) CountPartnerEvents(host, kind string, within time.Duration) (int64, error) {
	var n int64
	err := tx.db.Model(&PartnerEvent{}).Where("host = ? AND kind = ? AND created_at > ?", host, kind, tx.Now().Add(-within)).Count(&n).Error
	return n, translate(err, "events")
}

// PartnerMessage is an activity on its way from our instance actor to a partner's.
type PartnerMessage struct {
	ID        int64
	Host      string
	Inbox     string
	EntryID   int64
	Attempts  int64
	NextTryAt Timestamp
	LastError string
}

// AddPartnerMessage lets an activity of the outbox go to a partner.
func (tx *Tx) AddPartnerMessage(host, inbox string, entryID int64) error {
	row := PartnerMessage{ID: tx.NewID(), Host: host, Inbox: inbox, EntryID: entryID}
	return translate(tx.db.Create(&row).Error, "message")
}

// DuePartnerMessages gives the first message of each host, where it may be tried.
func (tx *Tx) DuePartnerMessages(limit int) ([]PartnerMessage, error) {
	return list[PartnerMessage](tx.db.Where(`next_try_at <= ? AND id = (SELECT min(m.id) FROM partner_message m WHERE m.host = partner_message.host)`,
		tx.Now()).Order("id").Limit(limit), "messages")
}

// PartnerMessages lists what waits for a host.
func (tx *Tx) PartnerMessages(host string) ([]PartnerMessage, error) {
	return list[PartnerMessage](tx.db.Where("host = ?", host).Order("id"), "messages")
}

// SavePartnerMessage stores what came of a try.
func (tx *Tx) SavePartnerMessage(m *PartnerMessage) error {
	return translate(tx.db.Save(m).Error, "message")
}

// DeletePartnerMessage forgets a message that arrived, or that is given up.
func (tx *Tx) DeletePartnerMessage(id int64) error {
	return translate(tx.db.Delete(&PartnerMessage{}, "id = ?", id).Error, "message")
}
