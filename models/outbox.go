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
	Verb        string // the type of the innermost activity: that of itself, or of what it announces
	SubjectURI  string // what the innermost activity is about
	Public      bool   // anybody may fetch it
	Listed      bool   // part of the actor's outbox collection
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
	if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).CreateInBatches(rows, 200).Error; err != nil {
		return translate(err, "deliveries")
	}
	return tx.replaceWaiting(entry)
}

// replaces says which activities need not be sent any more once one of a type follows them.
var replaces = map[string][]string{
	"Delete": {"Create", "Update", "Announce", "Like"},
	"Update": {"Update"},
}

// replaceWaiting takes back what an activity makes idle, where it waits: what is deleted was never shown, of several versions
// only the last arrives, and what was undone before anybody tried to send it never happened. The activity itself is sent all the
// same, since the peer may have its object from elsewhere.
func (tx *Tx) replaceWaiting(entry *OutboxEntry) error {
	if entry.SubjectURI == "" {
		return nil
	}
	earlier := tx.db.Model(&OutboxEntry{}).Select("id").Where("actor_id = ? AND id <> ?", entry.ActorID, entry.ID)
	waiting := tx.db.Model(&Delivery{}).Where("state IN ? AND inbox IN (?)", []string{DeliveryPending, DeliveryAside},
		tx.db.Model(&Delivery{}).Select("inbox").Where("entry_id = ?", entry.ID))
	switch {
	case entry.Verb == "Undo":
		earlier = earlier.Where("activity_uri = ?", entry.SubjectURI)
		waiting = waiting.Where("attempts = 0")
	case replaces[entry.Verb] != nil:
		earlier = earlier.Where("subject_uri = ? AND verb IN ?", entry.SubjectURI, replaces[entry.Verb])
		if entry.Verb == "Update" {
			earlier = earlier.Where("type = ?", entry.Type) // an announced one does not stand for one of the author's own
		}
	default:
		return nil
	}
	err := waiting.Where("entry_id IN (?)", earlier).Updates(map[string]any{"state": DeliveryReplaced, "updated_at": tx.Now()}).Error
	return translate(err, "deliveries")
}

// Receipt is how far one version of a post has come at one host.
type Receipt struct {
	Host      string
	Verb      string
	State     string
	Status    int64
	LastError string
	UpdatedAt Timestamp
}

// Receipts lists what was sent of a post that lives here, oldest first: by whom it was sent does not matter.
func (tx *Tx) Receipts(postURI string) ([]Receipt, error) {
	var rows []Receipt
	err := tx.db.Raw(`SELECT d.host, e.verb, d.state, d.status, d.last_error, d.updated_at FROM outbox_entry e
		JOIN delivery d ON d.entry_id = e.id WHERE e.subject_uri = ? AND e.verb IN ('Create', 'Update', 'Delete', 'Announce')
		ORDER BY d.id`, postURI).Scan(&rows).Error
	return rows, translate(err, "receipts")
}

// OutboxEntries gives some activities by their row ids.
func (tx *Tx) OutboxEntries(ids []int64) ([]OutboxEntry, error) {
	return list[OutboxEntry](tx.db.Where("id IN ?", ids), "activities")
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
