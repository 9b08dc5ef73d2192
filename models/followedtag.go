package models

import "gorm.io/gorm/clause"

// FollowedTag is a hashtag whose public posts a member wants at home.
type FollowedTag struct {
	ID        int64
	ActorID   int64
	Tag       string
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutFollowedTag lets a member follow a hashtag; doing so again changes nothing.
func (tx *Tx) PutFollowedTag(actorID int64, tag string) error {
	row := FollowedTag{ID: tx.NewID(), ActorID: actorID, Tag: tag, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "followed hashtag")
}

// DeleteFollowedTag ends that a member follows a hashtag, and takes out of their home what came by it alone.
func (tx *Tx) DeleteFollowedTag(actorID int64, tag string) error {
	result := tx.db.Delete(&FollowedTag{}, "actor_id = ? AND tag = ?", actorID, tag)
	if result.Error != nil || result.RowsAffected == 0 {
		return translate(result.Error, "followed hashtag")
	}
	err := tx.db.Exec(`DELETE FROM home_entry WHERE owner_id = ? AND post_id IN (SELECT p.id FROM post p JOIN post_tag t ON t.post_id = p.id AND t.tag = ?
		WHERE p.author_id <> ?
			AND NOT EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = ? AND f.target_id = p.author_id AND f.state = 'accepted')
			AND NOT EXISTS (SELECT 1 FROM post_tag u JOIN followed_tag g ON g.tag = u.tag WHERE u.post_id = p.id AND g.actor_id = ?))`,
		actorID, tag, actorID, actorID, actorID).Error
	return translate(err, "home timeline")
}

// FollowedTagsPage gives a page of the hashtags that a member follows.
func (tx *Tx) FollowedTagsPage(actorID int64, page Page) ([]FollowedTag, error) {
	rows, err := list[FollowedTag](page.apply(tx.db.Where("actor_id = ?", actorID), "id"), "followed hashtags")
	return descending(page, rows), err
}

// CountFollowedTags counts the hashtags that a member follows.
func (tx *Tx) CountFollowedTags(actorID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&FollowedTag{}).Where("actor_id = ?", actorID).Count(&n).Error
	return n, translate(err, "followed hashtags")
}

// AddToHomesOfTagFollowers places a public post in the homes of those who follow one of its hashtags.
func (tx *Tx) AddToHomesOfTagFollowers(post *Post) error {
	if post.Visibility != Public || post.IsBoost() {
		return nil
	}
	err := tx.db.Exec(`INSERT INTO home_entry (owner_id, post_id, original_id)
		SELECT DISTINCT g.actor_id, t.post_id, t.post_id FROM post_tag t JOIN followed_tag g ON g.tag = t.tag WHERE t.post_id = ?
		ON CONFLICT DO NOTHING`, post.ID).Error
	return translate(err, "home timeline")
}

// tagMark says how a member stands to a hashtag.
type tagMark struct{ Mark, Tag string }

// TagMarks says which of some hashtags a member follows and features.
func (tx *Tx) TagMarks(actorID int64, tags []string) (followed, featured map[string]bool, err error) {
	followed, featured = map[string]bool{}, map[string]bool{}
	if actorID == Anonymous || len(tags) == 0 {
		return followed, featured, nil
	}
	var rows []tagMark
	err = tx.db.Raw(`SELECT 'followed' AS mark, tag AS tag FROM followed_tag WHERE actor_id = ? AND tag IN ?
		UNION ALL SELECT 'featured', tag FROM featured_tag WHERE actor_id = ? AND tag IN ?`, actorID, tags, actorID, tags).Scan(&rows).Error
	for _, row := range rows {
		if row.Mark == "followed" {
			followed[row.Tag] = true
		} else {
			featured[row.Tag] = true
		}
	}
	return followed, featured, translate(err, "hashtags")
}
