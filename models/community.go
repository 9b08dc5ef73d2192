package models

import "gorm.io/gorm/clause"

// How one joins a community.
const (
	JoiningOpen    = "open"
	JoiningRequest = "request"
)

// Community is what a Group has beyond being an actor.
type Community struct {
	ActorID   int64  `gorm:"primaryKey"`
	Domain    string // the domain statement: what the community cares for
	Joining   string
	CreatedBy int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// CreateCommunity stores a community beside its actor.
func (tx *Tx) CreateCommunity(c *Community) error {
	c.CreatedAt = tx.Now()
	return translate(tx.db.Create(c).Error, "community")
}

// Community gives what a Group has beyond being an actor.
func (tx *Tx) Community(actorID int64) (*Community, error) {
	return first[Community](tx.db.Where("actor_id = ?", actorID), "community")
}

// The roles of those who look after a community.
const (
	RoleOfConvener  = "convener"
	RoleOfModerator = "moderator"
)

// Moderator appoints an actor in a community; Role is RoleOfConvener or RoleOfModerator.
type Moderator struct {
	CommunityID int64 `gorm:"primaryKey"`
	ActorID     int64 `gorm:"primaryKey"`
	Role        string
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// AddModerator appoints an actor; appointing again changes the role.
func (tx *Tx) AddModerator(communityID, actorID int64, role string) error {
	row := Moderator{CommunityID: communityID, ActorID: actorID, Role: role, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error, "moderator")
}

// Moderators gives the actors that moderate a community, longest-serving first.
func (tx *Tx) Moderators(communityID int64) ([]Actor, error) {
	query := tx.db.Joins("JOIN moderator m ON m.actor_id = actor.id AND m.community_id = ?", communityID).Order("m.created_at, actor.id")
	return list[Actor](query, "moderators")
}

// IsModerator reports whether an actor moderates a community.
func (tx *Tx) IsModerator(communityID, actorID int64) (bool, error) {
	var n int64
	err := tx.db.Model(&Moderator{}).Where("community_id = ? AND actor_id = ?", communityID, actorID).Count(&n).Error
	return n > 0, translate(err, "moderator")
}

// ClearModerators dismisses all moderators of a community, before the current ones are stored.
func (tx *Tx) ClearModerators(communityID int64) error {
	return translate(tx.db.Delete(&Moderator{}, "community_id = ?", communityID).Error, "moderators")
}

// RemoveModerator dismisses an actor; false when it moderates nothing there.
func (tx *Tx) RemoveModerator(communityID, actorID int64) (bool, error) {
	result := tx.db.Delete(&Moderator{}, "community_id = ? AND actor_id = ?", communityID, actorID)
	return result.RowsAffected > 0, translate(result.Error, "moderator")
}

// ModeratorOf gives how an actor moderates a community. Errors: NotFound when it does not.
func (tx *Tx) ModeratorOf(communityID, actorID int64) (*Moderator, error) {
	return first[Moderator](tx.db.Where("community_id = ? AND actor_id = ?", communityID, actorID), "moderator")
}

// ModeratorRoles gives the roles of those who moderate a community, by actor.
func (tx *Tx) ModeratorRoles(communityID int64) (map[int64]string, error) {
	rows, err := list[Moderator](tx.db.Where("community_id = ?", communityID), "moderators")
	roles := make(map[int64]string, len(rows))
	for _, row := range rows {
		roles[row.ActorID] = row.Role
	}
	return roles, err
}
