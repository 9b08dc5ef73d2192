package models

import (
	"time"
)

// The policies of a push subscription: whose notifications it wants.
const (
	PushFromAll       = "all"
	PushFromFollowed  = "followed" // those whom the member follows
	PushFromFollowers = "follower" // those who follow the member
	PushFromNone      = "none"
)

// PushSubscription is where a client wants to be told of its member's notifications (Web Push, RFC 8030). A token has one
// at most.
type PushSubscription struct {
	ID        int64
	TokenHash string
	Token     string // sealed: clients want it back in every message, to know the account that it is about
	ActorID   int64
	Endpoint  string
	P256dh    string `gorm:"column:p256dh"`
	Auth      string
	Standard  bool // RFC 8291; otherwise the draft before it, which older clients read
	Policy    string
	Alerts    string    // the notification types that are wanted, each between spaces
	Failures  int64     // messages in a row that the endpoint refused for good
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PushMessage is a notification on its way to a subscription.
type PushMessage struct {
	ID             int64
	SubscriptionID int64
	NotificationID int64
	Attempts       int64
	NextTryAt      Timestamp
	CreatedAt      Timestamp `gorm:"autoCreateTime:false"`
}

// SettingVapid is the private key that identifies the instance to push services.
const SettingVapid = "vapid"

// VapidKey gives the instance's key for push services: fresh becomes it on first use.
func (tx *Tx) VapidKey(fresh string) (string, error) { return tx.settle(SettingVapid, fresh) }

// PutPushSubscription stores a subscription in the place of the one that its token had, with what waited for that.
func (tx *Tx) PutPushSubscription(s *PushSubscription) error {
	if err := tx.DeletePushSubscriptionOf(s.TokenHash); err != nil {
		return err
	}
	s.ID, s.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(s).Error, "push subscription")
}

// SavePushSubscription stores what a client changed.
func (tx *Tx) SavePushSubscription(s *PushSubscription) error {
	return translate(tx.db.Save(s).Error, "push subscription")
}

// PushSubscriptionOf gives the subscription of a token.
func (tx *Tx) PushSubscriptionOf(tokenHash string) (*PushSubscription, error) {
	return first[PushSubscription](tx.db.Where("token_hash = ?", tokenHash), "push subscription")
}

// DeletePushSubscriptionOf removes the subscription of a token, if there is one.
func (tx *Tx) DeletePushSubscriptionOf(tokenHash string) error {
	return translate(tx.db.Delete(&PushSubscription{}, "token_hash = ?", tokenHash).Error, "push subscription")
}

// liveToken says that the token of the subscription named s works: revoked ones, and those of closed accounts, get nothing
// any more (security case G8).
const liveToken = `EXISTS (SELECT 1 FROM oauth_token t JOIN account c ON c.id = t.account_id JOIN actor a ON a.id = c.actor_id
	WHERE t.token_hash = s.token_hash AND t.revoked_at = 0 AND c.actor_id = s.actor_id AND c.disabled_at = 0
	AND a.deleted_at = 0 AND a.suspended_at = 0)`

// queuePush writes the messages that a new notification makes, one for each subscription that wants it.
func (tx *Tx) queuePush(n *Notification) error {
	var subscriptions []int64
	err := tx.db.Table("push_subscription AS s").Where("s.actor_id = ?", n.OwnerID).Where(liveToken).
		Where("s.alerts LIKE ?", "% "+n.Type+" %").
		Where("NOT EXISTS (SELECT 1 FROM notification n WHERE n.id = ? AND n.filtered)", n.ID).
		Where(`(s.policy = ?
			OR (s.policy = ? AND EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = s.actor_id AND f.target_id = ? AND f.state = ?))
			OR (s.policy = ? AND EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = ? AND f.target_id = s.actor_id AND f.state = ?)))`,
			PushFromAll, PushFromFollowed, n.ActorID, FollowAccepted, PushFromFollowers, n.ActorID, FollowAccepted).
		Order("s.id").Pluck("s.id", &subscriptions).Error
	if err != nil || len(subscriptions) == 0 {
		return translate(err, "push subscriptions")
	}
	rows := make([]PushMessage, len(subscriptions))
	for i, id := range subscriptions {
		rows[i] = PushMessage{ID: tx.NewID(), SubscriptionID: id, NotificationID: n.ID, CreatedAt: tx.Now()}
	}
	tx.Emit(Change{Kind: PushQueued, OwnerID: n.OwnerID, ID: n.ID})
	return translate(tx.db.Create(&rows).Error, "push messages")
}

// DuePush is a message that may be sent now, with where it goes.
type DuePush struct {
	PushMessage  `gorm:"embedded"`
	Subscription PushSubscription `gorm:"-"`
}

// DuePushes gives messages that may be sent now, oldest first. Those whose subscription was ended meanwhile are not among
// them.
func (tx *Tx) DuePushes(limit int) ([]DuePush, error) {
	messages, err := list[PushMessage](tx.db.Where("next_try_at <= ?", tx.Now()).
		Where("EXISTS (SELECT 1 FROM push_subscription s WHERE s.id = push_message.subscription_id AND "+liveToken+")").
		Order("next_try_at, id").Limit(limit), "push messages")
	if err != nil || len(messages) == 0 {
		return nil, err
	}
	ids := make([]int64, len(messages))
	for i, m := range messages {
		ids[i] = m.SubscriptionID
	}
	subscriptions, err := list[PushSubscription](tx.db.Where("id IN ?", ids), "push subscriptions")
	if err != nil {
		return nil, err
	}
	byID := map[int64]PushSubscription{}
	for _, s := range subscriptions {
		byID[s.ID] = s
	}
	var due []DuePush
	for _, m := range messages {
		if s, ok := byID[m.SubscriptionID]; ok {
			due = append(due, DuePush{PushMessage: m, Subscription: s})
		}
	}
	return due, nil
}

// NextPush gives the earliest moment at which a message may be sent; 0 when none waits.
func (tx *Tx) NextPush() (Timestamp, error) {
	var at Timestamp
	err := tx.db.Raw("SELECT coalesce(min(CASE WHEN next_try_at = 0 THEN 1 ELSE next_try_at END), 0) FROM push_message").Scan(&at).Error
	return at, translate(err, "push messages")
}

// PostponePush stores when a message is tried again.
func (tx *Tx) PostponePush(m *PushMessage) error {
	change := map[string]any{"attempts": m.Attempts, "next_try_at": m.NextTryAt}
	return translate(tx.db.Model(&PushMessage{}).Where("id = ?", m.ID).UpdateColumns(change).Error, "push message")
}

// FinishPush removes a message, sent or given up, and notes on the subscription how many were refused in a row.
func (tx *Tx) FinishPush(m *PushMessage, failures int64) error {
	if err := tx.db.Delete(&PushMessage{}, "id = ?", m.ID).Error; err != nil {
		return translate(err, "push message")
	}
	err := tx.db.Model(&PushSubscription{}).Where("id = ? AND failures <> ?", m.SubscriptionID, failures).UpdateColumn("failures", failures).Error
	return translate(err, "push subscription")
}

// DeletePushSubscription removes a subscription that its push service does not know any more.
func (tx *Tx) DeletePushSubscription(id int64) error {
	return translate(tx.db.Delete(&PushSubscription{}, "id = ?", id).Error, "push subscription")
}

// PrunePush removes messages that are older than keep, and the subscriptions of tokens that do not work any more.
func (tx *Tx) PrunePush(keep time.Duration) error {
	if err := tx.db.Where("created_at < ?", tx.Now().Add(-keep)).Delete(&PushMessage{}).Error; err != nil {
		return translate(err, "push messages")
	}
	return translate(tx.db.Exec("DELETE FROM push_subscription AS s WHERE NOT "+liveToken).Error, "push subscriptions")
}

// endAccess follows the end of tokens: their subscriptions go at once (security case G8), and streams hear of it.
func (tx *Tx) endAccess() error {
	tx.Emit(Change{Kind: AccessEnded})
	err := tx.db.Exec(`DELETE FROM push_subscription WHERE token_hash IN (SELECT token_hash FROM oauth_token WHERE revoked_at <> 0)`).Error
	return translate(err, "push subscriptions")
}

// LiveTokens gives those of tokens, by their row ids, that still speak for a member.
func (tx *Tx) LiveTokens(ids []int64) (map[int64]bool, error) {
	live := make(map[int64]bool, len(ids))
	for _, some := range chunks(ids) {
		var found []int64
		err := tx.db.Raw(`SELECT t.id FROM oauth_token t JOIN account c ON c.id = t.account_id JOIN actor a ON a.id = c.actor_id
			WHERE t.id IN ? AND t.revoked_at = 0 AND c.disabled_at = 0 AND a.deleted_at = 0 AND a.suspended_at = 0`, some).Scan(&found).Error
		if err != nil {
			return nil, translate(err, "tokens")
		}
		for _, id := range found {
			live[id] = true
		}
	}
	return live, nil
}

// maxChunk is how many ids one statement names.
const maxChunk = 500

func chunks(ids []int64) [][]int64 {
	var parts [][]int64
	for len(ids) > maxChunk {
		parts, ids = append(parts, ids[:maxChunk]), ids[maxChunk:]
	}
	if len(ids) > 0 {
		parts = append(parts, ids)
	}
	return parts
}
