package models

// FollowsOf gives whom an actor follows, accepted or asked, behind a follow.
func (tx *Tx) FollowsOf(actorID, after int64, limit int) ([]Follow, error) {
	return list[Follow](tx.db.Where("actor_id = ? AND id > ?", actorID, after).Order("id").Limit(limit), "follows")
}

// BlocksBy gives an actor's blocks.
func (tx *Tx) BlocksBy(actorID int64) ([]Block, error) {
	return list[Block](tx.db.Where("actor_id = ?", actorID).Order("id"), "blocks")
}

// MutesBy gives an actor's mutes that have no end.
func (tx *Tx) MutesBy(actorID int64) ([]Mute, error) {
	return list[Mute](tx.db.Where("actor_id = ? AND expires_at = 0", actorID).Order("target_id"), "mutes")
}

// ListMembers gives who is in the lists of a member.
func (tx *Tx) ListMembers(ownerID int64) ([]ListMember, error) {
	query := tx.db.Select("list_id, actor_id").Where("list_id IN (SELECT id FROM member_list WHERE owner_id = ?)", ownerID)
	return list[ListMember](query.Order("list_id, actor_id"), "lists")
}

// BlockedHosts gives the hosts that a member blocks.
func (tx *Tx) BlockedHosts(actorID int64) ([]string, error) {
	var hosts []string
	err := tx.db.Model(&MemberDomainBlock{}).Where("actor_id = ?", actorID).Order("host").Pluck("host", &hosts).Error
	return hosts, translate(err, "hosts")
}

// BookmarkedURIs gives the addresses of a member's bookmarks.
func (tx *Tx) BookmarkedURIs(actorID int64) ([]string, error) {
	var uris []string
	err := tx.db.Model(&Post{}).Scopes(VisibleTo(actorID)).
		Joins("JOIN bookmark b ON b.post_id = post.id AND b.actor_id = ?", actorID).Order("post.id").Pluck("post.uri", &uris).Error
	return uris, translate(err, "bookmarks")
}

// LikedURIs gives the addresses of what an actor likes and may read.
func (tx *Tx) LikedURIs(actorID int64) ([]string, error) {
	var uris []string
	err := tx.db.Model(&Post{}).Scopes(VisibleTo(actorID)).
		Joins("JOIN favourite f ON f.post_id = post.id AND f.actor_id = ?", actorID).Order("f.id").Pluck("post.uri", &uris).Error
	return uris, translate(err, "likes")
}

// OwnPosts gives what an actor wrote and did not delete, behind a post, oldest first; boosts too.
func (tx *Tx) OwnPosts(actorID, after int64, limit int) ([]Post, error) {
	return list[Post](tx.db.Where("author_id = ? AND deleted_at = 0 AND id > ?", actorID, after).Order("id").Limit(limit), "posts")
}
