package models

import "gorm.io/gorm/clause"

// MemberDomainBlock is one member's wish to have nothing to do with a host; the rest of the instance goes on with it.
type MemberDomainBlock struct {
	ID        int64
	ActorID   int64
	Host      string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutMemberDomainBlock stores a member's block of a host; blocking again changes nothing.
func (tx *Tx) PutMemberDomainBlock(actorID int64, host string) error {
	row := MemberDomainBlock{ID: tx.NewID(), ActorID: actorID, Host: host, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "domain block")
}

// DeleteMemberDomainBlock lifts a member's block of a host; without one it changes nothing.
func (tx *Tx) DeleteMemberDomainBlock(actorID int64, host string) error {
	return translate(tx.db.Delete(&MemberDomainBlock{}, "actor_id = ? AND host = ?", actorID, host).Error, "domain block")
}

// MemberDomainBlocksPage gives a page of the hosts that a member blocks.
func (tx *Tx) MemberDomainBlocksPage(actorID int64, page Page) ([]MemberDomainBlock, error) {
	rows, err := list[MemberDomainBlock](page.apply(tx.db.Where("actor_id = ?", actorID), "id"), "domain blocks")
	return descending(page, rows), err
}

// CountMemberDomainBlocks counts the hosts that a member blocks.
func (tx *Tx) CountMemberDomainBlocks(actorID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&MemberDomainBlock{}).Where("actor_id = ?", actorID).Count(&n).Error
	return n, translate(err, "domain blocks")
}

// HostBlockedBetween reports whether one of two actors blocks the host of the other.
func (tx *Tx) HostBlockedBetween(a, b *Actor) (bool, error) {
	var n int64
	err := tx.db.Model(&MemberDomainBlock{}).Where("(actor_id = ? AND host = ?) OR (actor_id = ? AND host = ?)", a.ID, b.Host, b.ID, a.Host).
		Count(&n).Error
	return n > 0, translate(err, "domain block")
}

// FollowedOn gives those of a host whom an actor follows or asked to follow.
func (tx *Tx) FollowedOn(actorID int64, host string) ([]Actor, error) {
	return list[Actor](tx.db.Joins("JOIN follow f ON f.target_id = actor.id AND f.actor_id = ?", actorID).
		Where("actor.host = ?", host).Order("f.id"), "follows")
}

// FollowersOn gives those of a host who follow an actor or asked to.
func (tx *Tx) FollowersOn(actorID int64, host string) ([]Actor, error) {
	return list[Actor](tx.db.Joins("JOIN follow f ON f.actor_id = actor.id AND f.target_id = ?", actorID).
		Where("actor.host = ?", host).Order("f.id"), "followers")
}

// DeleteNotificationsFrom removes what a member was told of actors of a host.
func (tx *Tx) DeleteNotificationsFrom(ownerID int64, host string) error {
	return translate(tx.db.Delete(&Notification{}, "owner_id = ? AND actor_id IN (SELECT id FROM actor WHERE host = ?)", ownerID, host).Error,
		"notifications")
}
