package models

import "gorm.io/gorm/clause"

// The roles that are granted in a community beside those of conveners and moderators. Who only follows is peripheral and
// has none.
const (
	MemberPlain    = "member"
	MemberCore     = "core"
	MemberBroker   = "broker" // who carries things between this community and another
	MemberNewcomer = "newcomer"
)

// The states of a membership.
const (
	MembershipRequested = "requested"
	MembershipAccepted  = "accepted"
)

// Membership says that an actor belongs to a community, or asked to.
type Membership struct {
	CommunityID    int64 `gorm:"primaryKey"`
	ActorID        int64 `gorm:"primaryKey"`
	Role           string
	State          string
	Message        string // what the request said
	CharterVersion int64  // which version of the charter was acknowledged; 0 for none
	InvitedBy      int64
	CreatedAt      Timestamp `gorm:"autoCreateTime:false"`
	JoinedAt       Timestamp
}

// PutMembership stores a membership, or changes the one that there is.
func (tx *Tx) PutMembership(m *Membership) error {
	if m.CreatedAt == 0 {
		m.CreatedAt = tx.Now()
	}
	if m.State == MembershipAccepted && m.JoinedAt == 0 {
		m.JoinedAt = tx.Now()
	}
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(m).Error, "membership")
}

// Membership gives how an actor belongs to a community, or asked to.
func (tx *Tx) Membership(communityID, actorID int64) (*Membership, error) {
	return first[Membership](tx.db.Where("community_id = ? AND actor_id = ?", communityID, actorID), "membership")
}

// MembershipIfAny is Membership; nil without one.
func (tx *Tx) MembershipIfAny(communityID, actorID int64) (*Membership, error) {
	found, err := tx.Membership(communityID, actorID)
	if IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// MembershipsOf gives an actor's memberships in communities, by community.
func (tx *Tx) MembershipsOf(actorID int64, communityIDs []int64) (map[int64]*Membership, error) {
	found := make(map[int64]*Membership, len(communityIDs))
	if actorID == Anonymous || len(communityIDs) == 0 {
		return found, nil
	}
	rows, err := list[Membership](tx.db.Where("actor_id = ? AND community_id IN ?", actorID, communityIDs), "memberships")
	for i := range rows {
		found[rows[i].CommunityID] = &rows[i]
	}
	return found, err
}

// DeleteMembership ends a membership; without one it changes nothing.
func (tx *Tx) DeleteMembership(communityID, actorID int64) error {
	return translate(tx.db.Delete(&Membership{}, "community_id = ? AND actor_id = ?", communityID, actorID).Error, "membership")
}

// Belonging is a membership with who it is about.
type Belonging struct {
	Membership Membership
	Actor      Actor
}

// Memberships gives a page of those who belong to a community in a state, or asked to, by actor.
func (tx *Tx) Memberships(communityID, viewer int64, state string, page Page) ([]Belonging, error) {
	rows, err := tx.actorPage(viewer, page, "actor.id",
		"JOIN membership m ON m.actor_id = actor.id AND m.community_id = ? AND m.state = ?", communityID, state)
	if err != nil || len(rows) == 0 {
		return nil, err
	}
	ids := make([]int64, len(rows))
	for i := range rows {
		ids[i] = rows[i].Item.ID
	}
	found, err := list[Membership](tx.db.Where("community_id = ? AND actor_id IN ?", communityID, ids), "memberships")
	if err != nil {
		return nil, err
	}
	byActor := make(map[int64]Membership, len(found))
	for _, m := range found {
		byActor[m.ActorID] = m
	}
	belongings := make([]Belonging, len(rows))
	for i := range rows {
		belongings[i] = Belonging{Membership: byActor[rows[i].Item.ID], Actor: rows[i].Item}
	}
	return belongings, nil
}

// Participation is the shape of a community: how many take part in it in which way. Nobody is named.
type Participation struct {
	Core       int64 // wrote in it in at least a quarter of the weeks looked at
	Active     int64 // wrote in it
	Members    int64 // belong to it
	Peripheral int64 // follow it and did not write
	Newcomers  int64 // joined within the time looked at
	Hosts      int64 // organizations from which somebody follows or belongs
}

// participationWeeks is the time that Participation looks at.
const participationWeeks = 12

// weekMillis is a week in the unit of timestamps.
const weekMillis = 7 * 24 * 60 * 60 * 1000

// Participation counts how people take part in a community of late.
func (tx *Tx) Participation(communityID int64) (Participation, error) {
	since := tx.Now() - participationWeeks*weekMillis
	var p Participation
	err := tx.db.Raw(`SELECT
		(SELECT count(*) FROM (SELECT author_id FROM post WHERE community_id = @id AND reblog_of_id = 0 AND deleted_at = 0
			AND published_at >= @since GROUP BY author_id HAVING count(DISTINCT published_at / @week) >= @weeks) c) AS core,
		(SELECT count(DISTINCT author_id) FROM post WHERE community_id = @id AND reblog_of_id = 0 AND deleted_at = 0
			AND published_at >= @since) AS active,
		(SELECT count(*) FROM membership WHERE community_id = @id AND state = 'accepted') AS members,
		(SELECT count(*) FROM membership WHERE community_id = @id AND state = 'accepted' AND joined_at >= @since) AS newcomers,
		(SELECT count(*) FROM follow f WHERE f.target_id = @id AND f.state = 'accepted' AND NOT EXISTS (
			SELECT 1 FROM post w WHERE w.community_id = @id AND w.author_id = f.actor_id AND w.published_at >= @since)) AS peripheral,
		(SELECT count(DISTINCT a.host) FROM follow f JOIN actor a ON a.id = f.actor_id
			WHERE f.target_id = @id AND f.state = 'accepted') AS hosts`,
		map[string]any{"id": communityID, "since": since, "week": weekMillis, "weeks": participationWeeks / 4}).Scan(&p).Error
	return p, translate(err, "participation")
}
