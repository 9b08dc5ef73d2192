package models

import "gorm.io/gorm/clause"

// CommunityPartner is an organization that a community shares its posts with; it counts while the community's class is
// partners.
type CommunityPartner struct {
	CommunityID int64  `gorm:"primaryKey"`
	Host        string `gorm:"primaryKey"`
	MayPost     bool
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// PutCommunityPartner shares a community with a host, or changes what the host may do.
func (tx *Tx) PutCommunityPartner(communityID int64, host string, mayPost bool) error {
	row := CommunityPartner{CommunityID: communityID, Host: host, MayPost: mayPost, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error, "partner")
}

// DeleteCommunityPartner ends the sharing; without any it changes nothing.
func (tx *Tx) DeleteCommunityPartner(communityID int64, host string) error {
	return translate(tx.db.Delete(&CommunityPartner{}, "community_id = ? AND host = ?", communityID, host).Error, "partner")
}

// CommunityPartners gives the organizations that a community shares with, by name.
func (tx *Tx) CommunityPartners(communityID int64) ([]CommunityPartner, error) {
	return list[CommunityPartner](tx.db.Where("community_id = ?", communityID).Order("host"), "partners")
}

// CommunityPartner gives how a community shares with a host.
func (tx *Tx) CommunityPartner(communityID int64, host string) (*CommunityPartner, error) {
	return first[CommunityPartner](tx.db.Where("community_id = ? AND host = ?", communityID, host), "partner")
}

// FollowersFrom gives the actors of a host that follow an actor, or asked to.
func (tx *Tx) FollowersFrom(targetID int64, host string) ([]Actor, error) {
	query := tx.db.Joins("JOIN follow f ON f.actor_id = actor.id AND f.target_id = ?", targetID).Where("actor.host = ?", host)
	return list[Actor](query.Order("actor.id"), "followers")
}
