package models

import "gorm.io/gorm/clause"

// Feed is what an actor of the type Feed has beyond being one: a set of communities that one can follow together.
type Feed struct {
	ActorID   int64     `gorm:"primaryKey;autoIncrement:false"`
	OwnerID   int64     // the member whose it is; 0 for the instance
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// FeedCommunity says that a community is in a feed.
type FeedCommunity struct {
	FeedID      int64     `gorm:"primaryKey;autoIncrement:false"`
	CommunityID int64     `gorm:"primaryKey;autoIncrement:false"`
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// FeedFollow says that a member follows a community because of a feed.
type FeedFollow struct {
	FeedID      int64 `gorm:"primaryKey;autoIncrement:false"`
	MemberID    int64 `gorm:"primaryKey;autoIncrement:false"`
	CommunityID int64 `gorm:"primaryKey;autoIncrement:false"`
}

// IsFeed reports a set of communities.
func (a *Actor) IsFeed() bool { return a.Type == TypeFeed }

// CreateFeed stores a feed beside its actor.
func (tx *Tx) CreateFeed(f *Feed) error {
	f.CreatedAt = tx.Now()
	return translate(tx.db.Create(f).Error, "feed")
}

// Feed gives what an actor has as a feed.
func (tx *Tx) Feed(actorID int64) (*Feed, error) {
	return first[Feed](tx.db.Where("actor_id = ?", actorID), "feed")
}

// Feeds gives what actors have as feeds, by id.
func (tx *Tx) Feeds(ids []int64) (map[int64]*Feed, error) {
	found := make(map[int64]*Feed, len(ids))
	rows, err := list[Feed](tx.db.Where("actor_id IN ?", ids), "feeds")
	for i := range rows {
		found[rows[i].ActorID] = &rows[i]
	}
	return found, err
}

// LocalFeeds lists the feeds of this instance, the newest first.
func (tx *Tx) LocalFeeds(limit, offset int) ([]Actor, error) {
	query := tx.db.Where("local AND type = ? AND deleted_at = 0 AND suspended_at = 0", TypeFeed)
	return list[Actor](query.Order("id DESC").Limit(limit).Offset(offset), "feeds")
}

// CountFeedCommunities counts what is in a feed.
func (tx *Tx) CountFeedCommunities(feedID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&FeedCommunity{}).Where("feed_id = ?", feedID).Count(&n).Error
	return n, translate(err, "feed")
}

// AddToFeed puts a community into a feed; false when it was there.
func (tx *Tx) AddToFeed(feedID, communityID int64) (bool, error) {
	row := FeedCommunity{FeedID: feedID, CommunityID: communityID, CreatedAt: tx.Now()}
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	return result.RowsAffected > 0, translate(result.Error, "feed")
}

// RemoveFromFeed takes a community out of a feed; false when it was not there.
func (tx *Tx) RemoveFromFeed(feedID, communityID int64) (bool, error) {
	result := tx.db.Delete(&FeedCommunity{}, "feed_id = ? AND community_id = ?", feedID, communityID)
	return result.RowsAffected > 0, translate(result.Error, "feed")
}

// FeedCommunities gives the communities of a feed of which viewer may learn, in the order in which they came.
func (tx *Tx) FeedCommunities(feedID, viewer int64) ([]Actor, error) {
	query := tx.db.Scopes(KnownTo(viewer)).Joins("JOIN feed_community fc ON fc.community_id = actor.id AND fc.feed_id = ?", feedID).
		Where("actor.deleted_at = 0 AND actor.suspended_at = 0").Order("fc.created_at, actor.id")
	return list[Actor](query, "feed")
}

// CommunitiesOfFeeds gives the communities of feeds of which viewer may learn, by feed.
func (tx *Tx) CommunitiesOfFeeds(ids []int64, viewer int64) (map[int64][]int64, error) {
	var rows []FeedCommunity
	err := tx.db.Model(&FeedCommunity{}).Joins("JOIN actor ON actor.id = feed_community.community_id").Scopes(KnownTo(viewer)).
		Where("feed_community.feed_id IN ? AND actor.deleted_at = 0 AND actor.suspended_at = 0", ids).
		Order("feed_community.created_at, actor.id").Select("feed_community.*").Find(&rows).Error
	found := map[int64][]int64{}
	for _, row := range rows {
		found[row.FeedID] = append(found[row.FeedID], row.CommunityID)
	}
	return found, translate(err, "feeds")
}

// AddFeedFollow remembers that a member follows a community because of a feed.
func (tx *Tx) AddFeedFollow(f FeedFollow) error {
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&f).Error, "feed")
}

// FeedFollows gives what a member follows because of a feed.
func (tx *Tx) FeedFollows(feedID, memberID int64) ([]FeedFollow, error) {
	return list[FeedFollow](tx.db.Where("feed_id = ? AND member_id = ?", feedID, memberID), "feed")
}

// CountFeedFollows counts the feeds because of which a member follows a community.
func (tx *Tx) CountFeedFollows(memberID, communityID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&FeedFollow{}).Where("member_id = ? AND community_id = ?", memberID, communityID).Count(&n).Error
	return n, translate(err, "feed")
}

// DeleteFeedFollow forgets that a member follows a community because of a feed; false when it does not.
func (tx *Tx) DeleteFeedFollow(f FeedFollow) (bool, error) {
	result := tx.db.Delete(&FeedFollow{}, "feed_id = ? AND member_id = ? AND community_id = ?", f.FeedID, f.MemberID, f.CommunityID)
	return result.RowsAffected > 0, translate(result.Error, "feed")
}

// OwnFollow makes a member's follow of a community its own: no feed ends it.
func (tx *Tx) OwnFollow(memberID, communityID int64) error {
	return translate(tx.db.Delete(&FeedFollow{}, "member_id = ? AND community_id = ?", memberID, communityID).Error, "feed")
}

// FeedEntries gives all communities of a feed, for who runs the instance.
func (tx *Tx) FeedEntries(feedID int64) ([]Actor, error) {
	query := tx.db.Joins("JOIN feed_community fc ON fc.community_id = actor.id AND fc.feed_id = ?", feedID)
	return list[Actor](query.Order("fc.created_at, actor.id"), "feed")
}
