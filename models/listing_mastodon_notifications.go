package models

import (
	"time"

	"gorm.io/gorm"
)

// NotificationGroup is several notifications of one kind about one thing, shown as one. A kind that is not grouped makes
// a group of each notification.
type NotificationGroup struct {
	Type   string
	PostID int64
	// Bucket is when they came, in steps of GroupSpan since the Unix epoch, or the notification's id where the kind is
	// not grouped.
	Bucket             int64
	LatestID, OldestID int64
	LatestAt           Timestamp
	Count              int64
}

// GroupSpan is the time within which notifications are shown as one, as long as Mastodon's.
const GroupSpan = 12 * time.Hour

const groupSpan = "notification.created_at / 43200000"

// groupKey tells which notifications belong together; its parameter is the list of kinds that are grouped.
const groupKey = "CASE WHEN notification.type IN ? THEN " + groupSpan + " ELSE notification.id END"

// maxSamples is how many of those who caused a group are named with it.
const maxSamples = 8

// notified selects a member's notifications: not those about posts that the member may not read, nor those by actors who
// are gone.
func (tx *Tx) notified(ownerID int64, filter NotificationFilter) *gorm.DB {
	query := tx.db.Model(&Notification{}).Where("notification.owner_id = ?", ownerID).
		Where("(notification.post_id = 0 OR EXISTS (?))",
			tx.db.Session(newSession).Model(&Post{}).Select("1").Where("post.id = notification.post_id").Scopes(VisibleTo(ownerID))).
		Where("EXISTS (SELECT 1 FROM actor x WHERE x.id = notification.actor_id AND x.deleted_at = 0 AND x.suspended_at = 0)")
	if !filter.Held {
		query = query.Where("NOT notification.filtered")
	}
	if len(filter.Types) > 0 {
		query = query.Where("notification.type IN ?", filter.Types)
	}
	if len(filter.ExcludeTypes) > 0 {
		query = query.Where("notification.type NOT IN ?", filter.ExcludeTypes)
	}
	if filter.ActorID != 0 {
		query = query.Where("notification.actor_id = ?", filter.ActorID)
	}
	return query
}

// NotificationPage gives a page of a member's notifications.
func (tx *Tx) NotificationPage(ownerID int64, filter NotificationFilter, page Page) ([]Notification, error) {
	rows, err := list[Notification](page.apply(tx.notified(ownerID, filter), "notification.id"), "notifications")
	return descending(page, rows), err
}

// VisibleNotification gives one of a member's notifications, a held one, too, if NotificationPage would list it.
func (tx *Tx) VisibleNotification(ownerID, id int64) (*Notification, error) {
	return first[Notification](tx.notified(ownerID, NotificationFilter{Held: true}).Where("notification.id = ?", id), "notification")
}

// CountNotifications counts a member's notifications after the one of id after, up to limit.
func (tx *Tx) CountNotifications(ownerID int64, filter NotificationFilter, after int64, limit int) (int64, error) {
	newer := tx.notified(ownerID, filter).Where("notification.id > ?", after).Select("notification.id").Limit(limit)
	return tx.countRows(newer)
}

func (tx *Tx) countRows(rows *gorm.DB) (int64, error) {
	var n int64
	err := tx.db.Table("(?) AS g", rows).Count(&n).Error
	return n, translate(err, "notifications")
}

// groups selects the groups of a member's notifications.
func (tx *Tx) groups(ownerID int64, filter NotificationFilter, grouped []string) *gorm.DB {
	each := tx.notified(ownerID, filter).Group("notification.type, notification.post_id, bucket").
		Select("notification.type AS type, notification.post_id AS post_id, "+groupKey+` AS bucket, max(notification.id) AS latest_id,
			min(notification.id) AS oldest_id, max(notification.created_at) AS latest_at, count(*) AS count`, grouped)
	return tx.db.Session(newSession).Table("(?) AS g", each)
}

// NotificationGroups gives a page of the groups of a member's notifications, each by its latest one. Grouped names the
// kinds that are grouped.
func (tx *Tx) NotificationGroups(ownerID int64, filter NotificationFilter, grouped []string, page Page) ([]NotificationGroup, error) {
	var rows []NotificationGroup
	err := page.apply(tx.groups(ownerID, filter, grouped), "g.latest_id").Scan(&rows).Error
	return descending(page, rows), translate(err, "notifications")
}

// CountNotificationGroups counts the groups with a notification after the one of id after, up to limit.
func (tx *Tx) CountNotificationGroups(ownerID int64, filter NotificationFilter, grouped []string, after int64, limit int) (int64, error) {
	return tx.countRows(tx.groups(ownerID, filter, grouped).Where("g.latest_id > ?", after).Select("g.latest_id").Limit(limit))
}

// GroupSample is one of the latest notifications of a group.
type GroupSample struct {
	Notification `gorm:"embedded"`
	Bucket       int64
}

// GroupSamples gives the latest notifications, newest first, of all groups between the ids of two notifications.
func (tx *Tx) GroupSamples(ownerID int64, filter NotificationFilter, grouped []string, from, to int64) ([]GroupSample, error) {
	ranked := tx.notified(ownerID, filter).Where("notification.id BETWEEN ? AND ?", from, to).
		Select("notification.*, "+groupKey+" AS bucket, row_number() OVER (PARTITION BY notification.type, notification.post_id, "+
			groupKey+" ORDER BY notification.id DESC) AS place", grouped, grouped)
	var rows []GroupSample
	err := tx.db.Table("(?) AS g", ranked).Where("g.place <= ?", maxSamples).Order("g.id DESC").Scan(&rows).Error
	return rows, translate(err, "notifications")
}

// inGroup limits a query to the notifications of one group of a kind that is grouped.
func inGroup(db *gorm.DB, ownerID int64, group NotificationGroup) *gorm.DB {
	return db.Where("notification.owner_id = ? AND notification.type = ? AND notification.post_id = ? AND "+groupSpan+" = ?",
		ownerID, group.Type, group.PostID, group.Bucket)
}

// NotificationGroup gives one group of a kind that is grouped.
func (tx *Tx) NotificationGroup(ownerID int64, group NotificationGroup) (*NotificationGroup, error) {
	query := tx.groups(ownerID, NotificationFilter{Types: []string{group.Type}}, []string{group.Type}).
		Where("g.post_id = ? AND g.bucket = ?", group.PostID, group.Bucket).Limit(1)
	var rows []NotificationGroup
	if err := query.Scan(&rows).Error; err != nil {
		return nil, translate(err, "notifications")
	}
	if len(rows) == 0 {
		return nil, Errorf(NotFound, "notification group not found")
	}
	return &rows[0], nil
}

// GroupActorsPage gives those who caused the notifications of a group, by notification.
func (tx *Tx) GroupActorsPage(ownerID int64, group NotificationGroup, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(ownerID, page, "n.id", `JOIN notification n ON n.actor_id = actor.id AND n.owner_id = ? AND n.type = ?
		AND n.post_id = ? AND n.created_at / 43200000 = ? AND NOT n.filtered`, ownerID, group.Type, group.PostID, group.Bucket)
}

// DeleteNotificationGroup removes the notifications of a group of a kind that is grouped.
func (tx *Tx) DeleteNotificationGroup(ownerID int64, group NotificationGroup) error {
	return translate(inGroup(tx.db, ownerID, group).Delete(&Notification{}).Error, "notifications")
}
