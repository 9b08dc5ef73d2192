package models

// ActorMove says that an actor moved to another one, and how far its followers here were carried over.
type ActorMove struct {
	ID        int64
	ActorID   int64
	TargetID  int64
	At        int64     // the follow up to which followers were carried over
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
	DoneAt    Timestamp
}

// CreateMove stores that an actor moved.
func (tx *Tx) CreateMove(m *ActorMove) error {
	m.ID, m.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Create(m).Error, "move")
}

// SaveMove stores how far a move is.
func (tx *Tx) SaveMove(m *ActorMove) error { return translate(tx.db.Save(m).Error, "move") }

// Move gives the move of an id.
func (tx *Tx) Move(id int64) (*ActorMove, error) {
	return first[ActorMove](tx.db.Where("id = ?", id), "move")
}

// LastMove gives an actor's latest move; nil for who never moved.
func (tx *Tx) LastMove(actorID int64) (*ActorMove, error) {
	found, err := first[ActorMove](tx.db.Where("actor_id = ?", actorID).Order("created_at DESC, id DESC"), "move")
	if IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// MovesUnderWay lists moves whose followers were not all carried over, oldest first.
func (tx *Tx) MovesUnderWay(limit int) ([]ActorMove, error) {
	return list[ActorMove](tx.db.Where("done_at = 0").Order("id").Limit(limit), "moves")
}

// LocalFollowsAfter gives follows of an actor by members here, accepted, behind the follow of an id, oldest first. Groups and feeds
// that follow others do so for themselves.
func (tx *Tx) LocalFollowsAfter(targetID, after int64, limit int) ([]Follow, error) {
	query := tx.db.Joins("JOIN actor m ON m.id = follow.actor_id AND m.local AND m.type IN ('Person', 'Service')").
		Where("follow.target_id = ? AND follow.state = ? AND follow.id > ?", targetID, FollowAccepted, after).Order("follow.id").Limit(limit)
	return list[Follow](query, "follows")
}

// LocalBlocksOf gives the blocks of an actor by members here.
func (tx *Tx) LocalBlocksOf(targetID int64) ([]Block, error) {
	return list[Block](tx.db.Where("target_id = ? AND actor_id IN (SELECT actor_id FROM account)", targetID).Order("id"), "blocks")
}

// MutesOf gives the mutes of an actor.
func (tx *Tx) MutesOf(targetID int64) ([]Mute, error) {
	return list[Mute](tx.db.Where("target_id = ?", targetID).Order("actor_id"), "mutes")
}

// BelongingsOf gives how an actor belongs to communities of ours, or asked to.
func (tx *Tx) BelongingsOf(actorID int64) ([]Membership, error) {
	query := tx.db.Joins("JOIN actor c ON c.id = membership.community_id AND c.local AND c.deleted_at = 0").
		Where("membership.actor_id = ?", actorID).Order("membership.community_id")
	return list[Membership](query, "memberships")
}

// CommunitiesElsewhere lists the communities of other hosts that an actor follows, accepted.
func (tx *Tx) CommunitiesElsewhere(actorID int64) ([]Actor, error) {
	query := tx.db.Joins("JOIN follow f ON f.target_id = actor.id AND f.actor_id = ? AND f.state = ?", actorID, FollowAccepted).
		Where("NOT actor.local AND actor.type = ? AND actor.deleted_at = 0", TypeGroup).Order("actor.id")
	return list[Actor](query, "communities")
}
