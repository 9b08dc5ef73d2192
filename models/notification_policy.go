package models

import (
	"time"

	"gorm.io/gorm/clause"
)

// What a policy says of notifications.
const (
	PolicyAccept = "accept"
	PolicyFilter = "filter" // hold them back until the member accepts who caused them
	PolicyDrop   = "drop"   // do not make them
)

// NotifyQuote is the notification of a quote, which asks for attention as a mention does.
const NotifyQuote = "quote"

// NotificationPolicy is what a member wants of notifications by those whom they may not know.
type NotificationPolicy struct {
	OwnerID            int64 `gorm:"primaryKey;autoIncrement:false"`
	ForNotFollowing    string
	ForNotFollowers    string
	ForNewAccounts     string
	ForPrivateMentions string
	ForLimitedAccounts string
}

// NotificationRequest says that an actor's mentions of a member are held back.
type NotificationRequest struct {
	ID         int64
	OwnerID    int64
	ActorID    int64
	LastPostID int64
	CreatedAt  Timestamp `gorm:"autoCreateTime:false"`
	UpdatedAt  Timestamp `gorm:"autoUpdateTime:false"`
}

// An account is new for a month, and a follower for three days, as long as Mastodon's.
const (
	newAccountSpan  = 30 * 24 * time.Hour
	newFollowerSpan = 3 * 24 * time.Hour
)

// NotificationPolicy gives a member's policy: unless they changed it, only those whom moderators limited are held back.
func (tx *Tx) NotificationPolicy(ownerID int64) (*NotificationPolicy, error) {
	policy, err := first[NotificationPolicy](tx.db.Where("owner_id = ?", ownerID), "notification policy")
	if IsNotFound(err) {
		return &NotificationPolicy{
			OwnerID: ownerID, ForNotFollowing: PolicyAccept, ForNotFollowers: PolicyAccept, ForNewAccounts: PolicyAccept,
			ForPrivateMentions: PolicyAccept, ForLimitedAccounts: PolicyFilter,
		}, nil
	}
	return policy, err
}

// PutNotificationPolicy stores a member's policy.
func (tx *Tx) PutNotificationPolicy(policy *NotificationPolicy) error {
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(policy).Error, "notification policy")
}

// judge says what a member's policy wants of a notification. What somebody did to a post that the member follows, or what
// this server itself has to say, is never held back; nor is anything by those whom the member accepted once.
func (tx *Tx) judge(n *Notification) (string, error) {
	switch n.Type {
	case NotifyMention, NotifyReblog, NotifyFavourite, NotifyFollow, NotifyFollowRequest, NotifyQuote:
	default:
		return PolicyAccept, nil
	}
	policy, err := tx.NotificationPolicy(n.OwnerID)
	if err != nil {
		return "", err
	}
	verdict := PolicyAccept
	apply := func(wish string, holds bool) {
		if holds && (wish == PolicyDrop || (wish == PolicyFilter && verdict == PolicyAccept)) {
			verdict = wish
		}
	}
	facts, err := tx.facts(n)
	if err != nil {
		return "", err
	}
	if facts.Permitted {
		return PolicyAccept, nil
	}
	apply(policy.ForNotFollowing, !facts.Following)
	apply(policy.ForNotFollowers, !facts.LongFollower)
	apply(policy.ForNewAccounts, facts.NewAccount && !facts.Following)
	apply(policy.ForLimitedAccounts, facts.Limited && !facts.Following)
	if n.Type != NotifyMention || facts.Following || !facts.Direct || policy.ForPrivateMentions == PolicyAccept {
		return verdict, nil
	}
	answers, err := tx.answersMention(n)
	apply(policy.ForPrivateMentions, !answers)
	return verdict, err
}

// notificationFacts is what a policy asks about who caused a notification.
type notificationFacts struct {
	Permitted, Following, LongFollower, NewAccount, Limited, Direct bool
}

func (tx *Tx) facts(n *Notification) (notificationFacts, error) {
	var facts notificationFacts
	now := tx.Now()
	err := tx.db.Raw(`SELECT
			EXISTS (SELECT 1 FROM notification_permission p WHERE p.owner_id = ? AND p.actor_id = a.id) AS permitted,
			EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = ? AND f.target_id = a.id AND f.state = 'accepted') AS following,
			EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = a.id AND f.target_id = ? AND f.state = 'accepted' AND f.created_at <= ?) AS long_follower,
			EXISTS (SELECT 1 FROM post p WHERE p.id = ? AND p.visibility = 'direct') AS direct,
			a.created_at > ? AS new_account, a.silenced_at <> 0 AS limited FROM actor a WHERE a.id = ?`,
		n.OwnerID, n.OwnerID, n.OwnerID, now.Add(-newFollowerSpan), n.PostID, now.Add(-newAccountSpan), n.ActorID).Scan(&facts).Error
	return facts, translate(err, "notification policy")
}

// maxAnswered is how far up a thread it is looked for what a private mention answers.
const maxAnswered = 100

// answersMention reports whether a mention answers, at whatever distance, a post in which the member named its author. A
// thread that its author made up is no consent (security case E20).
func (tx *Tx) answersMention(n *Notification) (bool, error) {
	var count int64
	err := tx.db.Raw(`WITH RECURSIVE above (id, parent, step) AS (
			SELECT p.id, p.in_reply_to_id, 0 FROM post p WHERE p.id = ?
			UNION ALL SELECT p.id, p.in_reply_to_id, above.step + 1 FROM post p JOIN above ON p.id = above.parent WHERE above.step < ?)
		SELECT count(*) FROM above JOIN post p ON p.id = above.id
		WHERE above.step > 0 AND p.author_id = ? AND EXISTS (SELECT 1 FROM post_mention m WHERE m.post_id = p.id AND m.actor_id = ?)`,
		n.PostID, maxAnswered, n.OwnerID, n.ActorID).Scan(&count).Error
	return count > 0, translate(err, "thread")
}

// requestNotifications makes held mentions of a member by an actor a request; what else they do asks for no answer.
func (tx *Tx) requestNotifications(n *Notification) error {
	if n.Type != NotifyMention && n.Type != NotifyQuote {
		return nil
	}
	row := NotificationRequest{
		ID: tx.NewID(), OwnerID: n.OwnerID, ActorID: n.ActorID, LastPostID: n.PostID, CreatedAt: tx.Now(), UpdatedAt: tx.Now(),
	}
	err := tx.db.Clauses(clause.OnConflict{
		Columns: []clause.Column{{Name: "owner_id"}, {Name: "actor_id"}}, DoUpdates: clause.AssignmentColumns([]string{"last_post_id", "updated_at"}),
	}).Create(&row).Error
	return translate(err, "notification request")
}

// standingActor leaves out requests of actors that are gone.
const standingActor = "EXISTS (SELECT 1 FROM actor x WHERE x.id = notification_request.actor_id AND x.deleted_at = 0 AND x.suspended_at = 0)"

// NotificationRequests gives a page of a member's requests.
func (tx *Tx) NotificationRequests(ownerID int64, page Page) ([]NotificationRequest, error) {
	query := tx.db.Where("owner_id = ?", ownerID).Where(standingActor)
	rows, err := list[NotificationRequest](page.apply(query, "notification_request.id"), "notification requests")
	return descending(page, rows), err
}

// NotificationRequestsOf gives those of a member's requests that ids name.
func (tx *Tx) NotificationRequestsOf(ownerID int64, ids []int64) ([]NotificationRequest, error) {
	if len(ids) == 0 {
		return nil, nil
	}
	return list[NotificationRequest](tx.db.Where("owner_id = ? AND id IN ?", ownerID, ids).Where(standingActor), "notification requests")
}

// heldMention limits a query over notification to what requests are about.
const heldMention = "notification.filtered AND notification.type IN ('mention', 'quote')"

// maxHeld is up to how many notifications are counted.
const maxHeld = 100

// HeldNotifications counts, up to 100, what is held back of each of some actors.
func (tx *Tx) HeldNotifications(ownerID int64, actorIDs []int64) (map[int64]int64, error) {
	counts := map[int64]int64{}
	if len(actorIDs) == 0 {
		return counts, nil
	}
	var rows []struct{ ActorID, Count int64 }
	err := tx.db.Model(&Notification{}).Select("actor_id, count(*) AS count").Group("actor_id").
		Where("owner_id = ? AND actor_id IN ?", ownerID, actorIDs).Where(heldMention).Scan(&rows).Error
	for _, row := range rows {
		counts[row.ActorID] = min(row.Count, maxHeld)
	}
	return counts, translate(err, "notifications")
}

// PendingNotifications counts a member's requests, up to 100, and the notifications that they hold back.
func (tx *Tx) PendingNotifications(ownerID int64) (requests, notifications int64, err error) {
	rows, err := tx.NotificationRequests(ownerID, Page{Limit: maxHeld})
	if err != nil || len(rows) == 0 {
		return 0, 0, err
	}
	actors := make([]int64, len(rows))
	for i := range rows {
		actors[i] = rows[i].ActorID
	}
	counts, err := tx.HeldNotifications(ownerID, actors)
	for _, n := range counts {
		notifications += n
	}
	return int64(len(rows)), notifications, err
}

// AcceptNotifications ends a request: its actor is never held back again, and what was held back is released. The posts
// of the mentions that were are given, oldest first.
func (tx *Tx) AcceptNotifications(r *NotificationRequest) ([]int64, error) {
	held := tx.db.Model(&Notification{}).Where("owner_id = ? AND actor_id = ? AND filtered", r.OwnerID, r.ActorID)
	var posts []int64
	if err := held.Session(newQuery).Where("type = ?", NotifyMention).Order("id").Pluck("post_id", &posts).Error; err != nil {
		return nil, translate(err, "notifications")
	}
	if err := held.Session(newQuery).UpdateColumn("filtered", false).Error; err != nil {
		return nil, translate(err, "notifications")
	}
	err := tx.db.Exec("INSERT INTO notification_permission (owner_id, actor_id) VALUES (?, ?) ON CONFLICT DO NOTHING", r.OwnerID, r.ActorID).Error
	if err != nil {
		return nil, translate(err, "notification permission")
	}
	tx.Emit(Change{Kind: NotificationsReleased, OwnerID: r.OwnerID})
	return posts, tx.deleteRequest(r)
}

// DismissNotifications ends a request and deletes what was held back.
func (tx *Tx) DismissNotifications(r *NotificationRequest) error {
	err := tx.db.Where("owner_id = ? AND actor_id = ? AND filtered", r.OwnerID, r.ActorID).Delete(&Notification{}).Error
	if err != nil {
		return translate(err, "notifications")
	}
	return tx.deleteRequest(r)
}

func (tx *Tx) deleteRequest(r *NotificationRequest) error {
	return translate(tx.db.Delete(&NotificationRequest{}, "id = ?", r.ID).Error, "notification request")
}

// DeleteNotificationsOf removes those of a member's notifications that ids name.
func (tx *Tx) DeleteNotificationsOf(ownerID int64, ids []int64) error {
	if len(ids) == 0 {
		return nil
	}
	return translate(tx.db.Where("owner_id = ? AND id IN ?", ownerID, ids).Delete(&Notification{}).Error, "notifications")
}
