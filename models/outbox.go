package models

import "gorm.io/gorm/clause"

// OutboxEntry is one activity of a local actor, written once, byte for byte as it is sent and served.
type OutboxEntry struct {
	ID          int64
	ActivityURI string
	ActorID     int64
	Type        string
	ObjectURI   string
	PostID      int64
	Public      bool // anybody may fetch it
	Listed      bool // part of the actor's outbox collection
	Payload     string
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// AddOutboxEntry stores an activity together with the deliveries that it causes, one for each inbox.
func (tx *Tx) AddOutboxEntry(entry *OutboxEntry, inboxes []Inbox) error {
	if entry.ID == 0 {
		entry.ID = tx.NewID()
	}
	entry.CreatedAt = tx.Now()
	if err := tx.db.Create(entry).Error; err != nil {
		return translate(err, "activity "+entry.ActivityURI)
	}
	rows := make([]Delivery, 0, len(inboxes))
	for _, inbox := range inboxes {
		rows = append(rows, Delivery{
			ID: tx.NewID(), EntryID: entry.ID, Host: inbox.Host, Inbox: inbox.URL,
			State: DeliveryPending, UpdatedAt: tx.Now(),
		})
	}
	if len(rows) == 0 {
		return nil
	}
	err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 200).Error
	return translate(err, "deliveries")
}

// OutboxEntryByURI gives an activity by its id.
func (tx *Tx) OutboxEntryByURI(uri string) (*OutboxEntry, error) {
	return first[OutboxEntry](tx.db.Where("activity_uri = ?", uri), "activity")
}

// OutboxEntry gives an activity by its row id.
func (tx *Tx) OutboxEntry(id int64) (*OutboxEntry, error) {
	return first[OutboxEntry](tx.db.Where("id = ?", id), "activity")
}

// OutboxPage gives a page of an actor's public, listed activities.
func (tx *Tx) OutboxPage(actorID int64, page Page) ([]OutboxEntry, error) {
	query := tx.db.Where("actor_id = ? AND listed AND public", actorID)
	rows, err := list[OutboxEntry](page.apply(query, "id"), "outbox")
	return descending(page, rows), err
}

// CountOutbox counts an actor's public, listed activities.
func (tx *Tx) CountOutbox(actorID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&OutboxEntry{}).Where("actor_id = ? AND listed AND public", actorID).Count(&n).Error
	return n, translate(err, "outbox")
}

// CountOutboxAfter counts an actor's public, listed activities that are newer than one of them.
func (tx *Tx) CountOutboxAfter(actorID, id int64) (int64, error) {
	var n int64
	err := tx.db.Model(&OutboxEntry{}).Where("actor_id = ? AND listed AND public AND id > ?", actorID, id).Count(&n).Error
	return n, translate(err, "outbox")
}

// UnlistPost takes the activities of a deleted post out of outbox collections and makes them private.
func (tx *Tx) UnlistPost(postID int64) error {
	err := tx.db.Model(&OutboxEntry{}).Where("post_id = ? AND type IN ?", postID, []string{"Create", "Update", "Announce"}).
		Updates(map[string]any{"listed": false, "public": false}).Error
	return translate(err, "outbox")
}
