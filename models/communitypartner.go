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

// CommunityPartner gives how a community shares with a host, while nothing is in the way of it.
func (tx *Tx) CommunityPartner(communityID int64, host string) (*CommunityPartner, error) {
	query := tx.db.Table("community_partner cp").Where("cp.community_id = ? AND cp.host = ? AND "+partnerStands, communityID, host)
	return first[CommunityPartner](query, "partner")
}

// FollowersFrom gives the actors of a host that follow an actor, or asked to.
func (tx *Tx) FollowersFrom(targetID int64, host string) ([]Actor, error) {
	query := tx.db.Joins("JOIN follow f ON f.actor_id = actor.id AND f.target_id = ?", targetID).Where("actor.host = ?", host)
	return list[Actor](query.Order("actor.id"), "followers")
}

// SharingHosts gives the hosts that get what is posted into a community of the class partners. What is for one that is paused waits.
func (tx *Tx) SharingHosts(communityID int64) (map[string]bool, error) {
	var hosts []string
	err := tx.db.Table("community_partner cp").Where(`cp.community_id = ? AND NOT EXISTS (
		SELECT 1 FROM partner pa WHERE pa.host = cp.host AND pa.state NOT IN ('live', 'onesided', 'paused'))`, communityID).Pluck("cp.host", &hosts).Error
	shared := make(map[string]bool, len(hosts))
	for _, host := range hosts {
		shared[host] = true
	}
	return shared, translate(err, "partners")
}
