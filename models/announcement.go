package models

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Announcement is what the administration tells all members.
type Announcement struct {
	ID        int64
	Text      string // as typed
	AllDay    bool
	StartsAt  Timestamp // 0 for no time
	EndsAt    Timestamp
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	UpdatedAt Timestamp `gorm:"autoUpdateTime:false"`
}

// AnnouncementReaction is a member's emoji under an announcement.
type AnnouncementReaction struct {
	AnnouncementID int64     `gorm:"primaryKey"`
	ActorID        int64     `gorm:"primaryKey"`
	Name           string    `gorm:"primaryKey"` // an emoji, or the shortcode of one of this instance
	CreatedAt      Timestamp `gorm:"autoCreateTime:false"`
}

// CreateAnnouncement stores an announcement.
func (tx *Tx) CreateAnnouncement(a *Announcement) error {
	a.ID, a.CreatedAt, a.UpdatedAt = tx.NewID(), tx.Now(), tx.Now()
	tx.Emit(Change{Kind: AnnouncementChanged, ID: a.ID})
	return translate(tx.db.Create(a).Error, "announcement")
}

// DeleteAnnouncement removes an announcement for good. NotFound when there is none of that id.
func (tx *Tx) DeleteAnnouncement(id int64) error {
	tx.Emit(Change{Kind: AnnouncementDeleted, ID: id})
	result := tx.db.Delete(&Announcement{}, "id = ?", id)
	if result.Error == nil && result.RowsAffected == 0 {
		return Errorf(NotFound, "there is no announcement %d", id)
	}
	return translate(result.Error, "announcement")
}

// AllAnnouncements lists every announcement, newest first.
func (tx *Tx) AllAnnouncements() ([]Announcement, error) {
	return list[Announcement](tx.db.Order("id DESC"), "announcements")
}

// current limits a query to announcements that hold now.
func (tx *Tx) current() *gorm.DB {
	return tx.db.Where("(ends_at = 0 OR ends_at > ?)", tx.Now())
}

// Announcements lists those that hold now, in the order of their times.
func (tx *Tx) Announcements() ([]Announcement, error) {
	return list[Announcement](tx.current().Order("CASE WHEN starts_at = 0 THEN created_at ELSE starts_at END, id"), "announcements")
}

// Announcement gives one that holds now.
func (tx *Tx) Announcement(id int64) (*Announcement, error) {
	return first[Announcement](tx.current().Where("id = ?", id), "announcement")
}

// DismissAnnouncement remembers that a member has read one; again changes nothing.
func (tx *Tx) DismissAnnouncement(id, actorID int64) error {
	err := tx.db.Exec("INSERT INTO announcement_dismissal (announcement_id, actor_id) VALUES (?, ?) ON CONFLICT DO NOTHING", id, actorID).Error
	return translate(err, "announcement")
}

// DismissedAnnouncements gives which ones a member has read.
func (tx *Tx) DismissedAnnouncements(actorID int64) (map[int64]bool, error) {
	var ids []int64
	err := tx.db.Table("announcement_dismissal").Where("actor_id = ?", actorID).Pluck("announcement_id", &ids).Error
	found := make(map[int64]bool, len(ids))
	for _, id := range ids {
		found[id] = true
	}
	return found, translate(err, "announcements")
}

// PutAnnouncementReaction stores a reaction; again changes nothing.
func (tx *Tx) PutAnnouncementReaction(r *AnnouncementReaction) error {
	r.CreatedAt = tx.Now()
	tx.Emit(Change{Kind: AnnouncementReacted, ID: r.AnnouncementID, Name: r.Name})
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(r).Error, "reaction")
}

// DeleteAnnouncementReaction takes a reaction back, if it is there.
func (tx *Tx) DeleteAnnouncementReaction(id, actorID int64, name string) error {
	tx.Emit(Change{Kind: AnnouncementReacted, ID: id, Name: name})
	err := tx.db.Delete(&AnnouncementReaction{}, "announcement_id = ? AND actor_id = ? AND name = ?", id, actorID, name).Error
	return translate(err, "reaction")
}

// CountReactions counts one of the reactions to an announcement.
func (tx *Tx) CountReactions(announcementID int64, name string) (int64, error) {
	var n int64
	err := tx.db.Model(&AnnouncementReaction{}).Where("announcement_id = ? AND name = ?", announcementID, name).Count(&n).Error
	return n, translate(err, "reactions")
}

// ReactionCount is how many members reacted with an emoji.
type ReactionCount struct {
	AnnouncementID int64
	Name           string
	Count          int64
	Mine           bool // the viewer is among them
}

// AnnouncementReactions counts reactions by announcement, the first of each first.
func (tx *Tx) AnnouncementReactions(viewer int64) (map[int64][]ReactionCount, error) {
	var rows []ReactionCount
	err := tx.db.Model(&AnnouncementReaction{}).
		Select("announcement_id, name, count(*) AS count, max(CASE WHEN actor_id = ? THEN 1 ELSE 0 END) = 1 AS mine", viewer).
		Group("announcement_id, name").Order("announcement_id, min(created_at), name").Scan(&rows).Error
	found := map[int64][]ReactionCount{}
	for _, row := range rows {
		found[row.AnnouncementID] = append(found[row.AnnouncementID], row)
	}
	return found, translate(err, "reactions")
}
