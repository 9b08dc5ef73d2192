package models

import "time"

// What a subscribed list is of, and what is done with it.
const (
	ListBlocks = "blocks"
	ListAllows = "allows"

	ListDrafts  = "draft" // an admin applies what it changes
	ListApplies = "apply" // what cuts off nobody is applied by itself
)

// ListSubscription is a list of hosts that somebody else keeps and an admin follows.
type ListSubscription struct {
	ID        int64
	URL       string
	Kind      string // ListBlocks or ListAllows
	Mode      string // ListDrafts or ListApplies
	Priority  int    // 0 to 255; the highest is right
	Lines     string // JSON: what it held when it was read last
	Hosts     int    // how many hosts that are
	Trouble   string // why it could not be used when it was last looked at; "" when it could
	TriedAt   Timestamp
	ReadAt    Timestamp // when it could be used last
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// SaveListSubscription stores a subscription, new or changed. Conflict when there is one to the same address.
func (tx *Tx) SaveListSubscription(s *ListSubscription) error {
	if s.ID != 0 {
		return translate(tx.db.Save(s).Error, "subscription")
	}
	s.ID, s.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(s).Error, "subscription")
}

// ListSubscription gives one by its id.
func (tx *Tx) ListSubscription(id int64) (*ListSubscription, error) {
	return first[ListSubscription](tx.db.Where("id = ?", id), "subscription")
}

// ListSubscriptions gives all of a kind, or of both for "", the most important first.
func (tx *Tx) ListSubscriptions(kind string) ([]ListSubscription, error) {
	query := tx.db.Order("priority DESC, id")
	if kind != "" {
		query = query.Where("kind = ?", kind)
	}
	return list[ListSubscription](query, "subscriptions")
}

// DeleteListSubscription ends a subscription. NotFound.
func (tx *Tx) DeleteListSubscription(id int64) error {
	done := tx.db.Delete(&ListSubscription{}, "id = ?", id)
	if done.Error == nil && done.RowsAffected == 0 {
		return Errorf(NotFound, "there is no subscription %d", id)
	}
	return translate(done.Error, "subscription")
}

// DueListSubscription gives one that was not looked at for a while. NotFound when there is none.
func (tx *Tx) DueListSubscription(every time.Duration) (*ListSubscription, error) {
	before := tx.Now().Add(-every)
	return first[ListSubscription](tx.db.Where("tried_at <= ?", before).Order("tried_at, id"), "subscription")
}

// DraftSubscriptions turns all subscriptions to drafts.
func (tx *Tx) DraftSubscriptions() error {
	err := tx.db.Model(&ListSubscription{}).Where("mode <> ?", ListDrafts).Update("mode", ListDrafts).Error
	return translate(err, "subscriptions")
}

// DropSubscribedDraft removes the draft that subscriptions made, if there is one.
func (tx *Tx) DropSubscribedDraft() error {
	err := tx.db.Delete(&DomainImport{}, "subscribed AND state = ?", ImportDraft).Error
	return translate(err, "list of hosts")
}

// SubscribedBlocks lists the blocks that came with subscriptions.
func (tx *Tx) SubscribedBlocks() ([]DomainBlock, error) {
	return list[DomainBlock](tx.db.Where("import_id IN (SELECT id FROM domain_import WHERE subscribed)").Order("host"), "blocks")
}

// SubscribedAllows lists the allowances that came with subscriptions.
func (tx *Tx) SubscribedAllows() ([]DomainAllow, error) {
	return list[DomainAllow](tx.db.Where("import_id IN (SELECT id FROM domain_import WHERE subscribed)").Order("host"), "allowed hosts")
}
