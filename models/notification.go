package models

import "gorm.io/gorm/clause"

// The notification types, as Mastodon's API names them.
const (
	NotifyMention       = "mention"
	NotifyReblog        = "reblog"
	NotifyFavourite     = "favourite"
	NotifyFollow        = "follow"
	NotifyFollowRequest = "follow_request"
	NotifyUpdate        = "update"
	NotifyStatus        = "status"
	NotifyPoll          = "poll" // a poll has ended
	NotifySignUp        = "admin.sign_up"
	NotifyReport        = "admin.report"
)

// Notification tells a member what somebody did.
type Notification struct {
	ID        int64
	OwnerID   int64
	Type      string
	ActorID   int64     // who did it
	PostID    int64     // what it is about; 0 for follows
	ReportID  int64     // for admin.report
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	Filtered  bool      // held back by the member's policy until they accept who caused it
}

// Notify stores a notification unless the member has it, is its own cause (but for the end of a poll, which tells its
// author, too), blocked the cause, or does not want to be told of it. It reports whether a row was added; n.Filtered says
// whether the member's policy holds it back, so that they are not told of it now.
func (tx *Tx) Notify(n *Notification) (bool, error) {
	if n.OwnerID == n.ActorID && n.Type != NotifyPoll {
		return false, nil
	}
	blocked, err := tx.BlockedEitherWay(n.OwnerID, n.ActorID)
	if err != nil || blocked {
		return false, err
	}
	if unwanted, err := tx.unwanted(n); err != nil || unwanted {
		return false, err
	}
	verdict, err := tx.judge(n)
	if err != nil || verdict == PolicyDrop {
		return false, err
	}
	n.ID, n.CreatedAt, n.Filtered = tx.NewID(), tx.Now(), verdict == PolicyFilter
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(n)
	if result.Error != nil || result.RowsAffected == 0 {
		return false, translate(result.Error, "notification")
	}
	if n.Filtered {
		return true, tx.requestNotifications(n)
	}
	tx.Emit(Change{Kind: NotificationMade, OwnerID: n.OwnerID, ID: n.ID})
	return true, tx.queuePush(n)
}

// NotificationFilter narrows a list of notifications.
type NotificationFilter struct {
	Types, ExcludeTypes []string
	ActorID             int64
	Held                bool // those that the policy holds back, too
}

// Notifications gives a page of a member's notifications; those about posts that the member may not read are left out.
func (tx *Tx) Notifications(ownerID int64, filter NotificationFilter, page Page) ([]Notification, error) {
	query := tx.db.Model(&Notification{}).Where("notification.owner_id = ?", ownerID).
		Where("notification.post_id = 0 OR EXISTS (?)",
			tx.db.Session(newSession).Model(&Post{}).Select("1").Where("post.id = notification.post_id").Scopes(VisibleTo(ownerID)))
	if len(filter.Types) > 0 {
		query = query.Where("notification.type IN ?", filter.Types)
	}
	if len(filter.ExcludeTypes) > 0 {
		query = query.Where("notification.type NOT IN ?", filter.ExcludeTypes)
	}
	if filter.ActorID != 0 {
		query = query.Where("notification.actor_id = ?", filter.ActorID)
	}
	rows, err := list[Notification](page.apply(query, "notification.id"), "notifications")
	return descending(page, rows), err
}

// Notification gives one of a member's notifications.
func (tx *Tx) Notification(ownerID, id int64) (*Notification, error) {
	return first[Notification](tx.db.Where("owner_id = ? AND id = ?", ownerID, id), "notification")
}

// DeleteNotifications removes one of a member's notifications, or all when id is 0.
func (tx *Tx) DeleteNotifications(ownerID, id int64) error {
	query := tx.db.Where("owner_id = ?", ownerID)
	if id != 0 {
		query = query.Where("id = ?", id)
	}
	return translate(query.Delete(&Notification{}).Error, "notification")
}

// DeleteFollowNotification removes what a follow or a request to follow notified, once it is undone or decided.
func (tx *Tx) DeleteFollowNotification(ownerID, actorID int64, notifyType string) error {
	err := tx.db.Where("owner_id = ? AND actor_id = ? AND type = ?", ownerID, actorID, notifyType).Delete(&Notification{}).Error
	return translate(err, "notification")
}
