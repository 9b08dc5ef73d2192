package models

import "gorm.io/gorm/clause"

// ScheduledPost is a member's post that waits for its time.
type ScheduledPost struct {
	ID        int64
	ActorID   int64
	AppID     int64
	DueAt     Timestamp
	Params    string    // JSON, see practice.ScheduledParams
	Failure   string    // why it could not be published at its time; it is not tried again
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// CreateScheduledPost stores a post that waits.
func (tx *Tx) CreateScheduledPost(p *ScheduledPost) error {
	p.ID, p.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(p).Error, "scheduled post")
}

// SaveScheduledPost stores a changed post that waits.
func (tx *Tx) SaveScheduledPost(p *ScheduledPost) error {
	return translate(tx.db.Save(p).Error, "scheduled post")
}

// DeleteScheduledPost removes a post that waits, once it is published or not wanted any more.
func (tx *Tx) DeleteScheduledPost(id int64) error {
	return translate(tx.db.Delete(&ScheduledPost{}, "id = ?", id).Error, "scheduled post")
}

// ScheduledPost gives one of a member's posts that wait. NotFound for those of others.
func (tx *Tx) ScheduledPost(actorID, id int64) (*ScheduledPost, error) {
	return first[ScheduledPost](tx.db.Where("id = ? AND actor_id = ?", id, actorID), "scheduled post")
}

// LockScheduledPost reads one of a member's posts that wait, and holds it against other writers until the transaction ends.
func (tx *Tx) LockScheduledPost(actorID, id int64) (*ScheduledPost, error) {
	query := tx.db
	if tx.store.dialect == dialectPostgres {
		query = query.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	return first[ScheduledPost](query.Where("id = ? AND actor_id = ?", id, actorID), "scheduled post")
}

// ScheduledPosts gives a page of a member's posts that wait.
func (tx *Tx) ScheduledPosts(actorID int64, page Page) ([]ScheduledPost, error) {
	rows, err := list[ScheduledPost](page.apply(tx.db.Where("actor_id = ?", actorID), "id"), "scheduled posts")
	return descending(page, rows), err
}

// CountScheduledPosts counts a member's posts that wait: all of them, and those due from one moment until before another.
func (tx *Tx) CountScheduledPosts(actorID int64, from, until Timestamp) (all, between int64, err error) {
	err = tx.db.Model(&ScheduledPost{}).Where("actor_id = ?", actorID).Count(&all).Error
	if err != nil {
		return 0, 0, translate(err, "scheduled posts")
	}
	err = tx.db.Model(&ScheduledPost{}).Where("actor_id = ? AND due_at >= ? AND due_at < ?", actorID, from, until).Count(&between).Error
	return all, between, translate(err, "scheduled posts")
}

// DueScheduledPosts gives posts whose time has come, the earliest first, without those that failed.
func (tx *Tx) DueScheduledPosts(limit int) ([]ScheduledPost, error) {
	return list[ScheduledPost](tx.db.Where("due_at <= ? AND failure = ''", tx.Now()).Order("due_at, id").Limit(limit), "scheduled posts")
}
