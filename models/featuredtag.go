package models

import "gorm.io/gorm/clause"

// FeaturedTag is a hashtag that a member shows on their profile.
type FeaturedTag struct {
	ID        int64
	ActorID   int64
	Tag       string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutFeaturedTag lets a member feature a hashtag; doing so again changes nothing.
func (tx *Tx) PutFeaturedTag(actorID int64, tag string) error {
	row := FeaturedTag{ID: tx.NewID(), ActorID: actorID, Tag: tag, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "featured hashtag")
}

// DeleteFeaturedTag ends that a member features a hashtag; without it it changes nothing.
func (tx *Tx) DeleteFeaturedTag(actorID int64, tag string) error {
	return translate(tx.db.Delete(&FeaturedTag{}, "actor_id = ? AND tag = ?", actorID, tag).Error, "featured hashtag")
}

// FeaturedTagByID gives one of the hashtags that a member features.
func (tx *Tx) FeaturedTagByID(actorID, id int64) (*FeaturedTag, error) {
	return first[FeaturedTag](tx.db.Where("actor_id = ? AND id = ?", actorID, id), "featured hashtag")
}

// FeaturedTags gives the hashtags that an actor features, in the order in which they were chosen.
func (tx *Tx) FeaturedTags(actorID int64) ([]FeaturedTag, error) {
	return list[FeaturedTag](tx.db.Where("actor_id = ?", actorID).Order("id"), "featured hashtags")
}

// OwnTagUse is how an actor used a hashtag in posts that everybody may read.
type OwnTagUse struct {
	Tag    string
	Uses   int64
	LastAt Timestamp
}

// OwnTagUses counts how an actor used hashtags, by tag.
func (tx *Tx) OwnTagUses(actorID int64, tags []string) (map[string]OwnTagUse, error) {
	found := map[string]OwnTagUse{}
	if len(tags) == 0 {
		return found, nil
	}
	var rows []OwnTagUse
	err := tx.db.Model(&Post{}).Scopes(VisibleTo(Anonymous)).Joins("JOIN post_tag t ON t.post_id = post.id").
		Where("post.author_id = ? AND t.tag IN ?", actorID, tags).
		Select("t.tag AS tag, count(*) AS uses, max(post.published_at) AS last_at").Group("t.tag").Scan(&rows).Error
	for _, row := range rows {
		found[row.Tag] = row
	}
	return found, translate(err, "hashtags")
}

// TagsToFeature gives the hashtags that an actor uses most and does not feature.
func (tx *Tx) TagsToFeature(actorID int64, limit int) ([]string, error) {
	var tags []string
	err := tx.db.Model(&Post{}).Scopes(VisibleTo(Anonymous)).Joins("JOIN post_tag t ON t.post_id = post.id").
		Where("post.author_id = ? AND NOT EXISTS (SELECT 1 FROM featured_tag g WHERE g.actor_id = ? AND g.tag = t.tag)", actorID, actorID).
		Group("t.tag").Order("count(*) DESC, t.tag").Limit(limit).Pluck("t.tag", &tags).Error
	return tags, translate(err, "hashtags")
}
