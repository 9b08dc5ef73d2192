package models

import "gorm.io/gorm"

// PostTotal is how many like a post, and how many shared it.
type PostTotal struct {
	URI    string
	Likes  int64
	Shares int64
	At     Timestamp // when that changed
}

// Likes gives how many like a post: as they are known here, or as the host of its author said, which hears of all.
func (p *Post) Likes() int64 { return max(p.LikesCount, p.ToldLikes) }

// Shares gives how many shared it, likewise.
func (p *Post) Shares() int64 { return max(p.SharesCount, p.ToldShares) }

// bumpReaction changes how many like or shared a post, and remembers when.
func (tx *Tx) bumpReaction(id int64, column string, delta int) error {
	change := map[string]any{column: bumped(column, delta), "counted_at": tx.Now()}
	return translate(tx.db.Model(&Post{}).Where("id = ?", id).UpdateColumns(change).Error, "post")
}

// ChangedTotals gives the totals that changed since a moment of the posts of a community of ours for which it answers: those by members
// here, and those that it took first, as somebody wrote them who is at no sibling. The oldest change comes first.
func (tx *Tx) ChangedTotals(communityID int64, since Timestamp, limit int) ([]PostTotal, error) {
	var rows []PostTotal
	err := tx.db.Model(&Post{}).Select("post.uri AS uri, CASE WHEN post.likes_count > post.told_likes THEN post.likes_count ELSE post.told_likes END AS likes, "+
		"CASE WHEN post.shares_count > post.told_shares THEN post.shares_count ELSE post.told_shares END AS shares, post.counted_at AS at").
		Scopes(ofCommunity(communityID), answeredFor(communityID)).
		Where("post.counted_at > ? AND post.counted_at <> 0 AND post.deleted_at = 0 AND post.removed_at = 0 AND post.hidden_at = 0", since).
		Where("post.visibility IN ?", []string{Public, Unlisted}).Order("post.counted_at, post.id").Limit(limit).Scan(&rows).Error
	return rows, translate(err, "posts")
}

// answeredFor limits a query over post to those whose totals this host says.
func answeredFor(communityID int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where(`(post.local OR post.community_id = ? AND NOT EXISTS (SELECT 1 FROM actor w JOIN community_sibling s ON s.host = w.host
			WHERE w.id = post.author_id AND s.community_id = ? AND s.state = 'live'))`, communityID, communityID)
	}
}

// HearTotal takes what a sibling says of a post: of its own members', or of one that it took first by somebody who is at no sibling of
// the community of ours. It reports whether it was taken.
func (tx *Tx) HearTotal(pair *Sibling, total PostTotal) (bool, error) {
	result := tx.db.Model(&Post{}).Scopes(ofCommunity(pair.CommunityID)).Where("post.uri = ? AND NOT post.local", total.URI).
		Where(`(EXISTS (SELECT 1 FROM actor w WHERE w.id = post.author_id AND w.host = ?) OR post.community_id = ? AND NOT EXISTS
			(SELECT 1 FROM actor w JOIN community_sibling s ON s.host = w.host WHERE w.id = post.author_id AND s.community_id = ? AND s.state = 'live'))`,
			pair.Host, pair.SiblingID, pair.CommunityID).
		UpdateColumns(map[string]any{"told_likes": total.Likes, "told_shares": total.Shares})
	return result.RowsAffected > 0, translate(result.Error, "post")
}

// LiveSiblingHosts gives the hosts with which a community of ours has a live pair.
func (tx *Tx) LiveSiblingHosts(communityID int64) (map[string]bool, error) {
	var hosts []string
	err := tx.db.Model(&Sibling{}).Where("community_id = ? AND state = ? AND (valid_until = 0 OR valid_until > ?)", communityID, SiblingLive, tx.Now()).
		Pluck("host", &hosts).Error
	found := make(map[string]bool, len(hosts))
	for _, host := range hosts {
		found[host] = true
	}
	return found, translate(err, "siblings")
}
