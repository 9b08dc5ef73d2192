package models

import "gorm.io/gorm/clause"

// PostMention says that a post names an actor.
type PostMention struct {
	PostID  int64 `gorm:"primaryKey"`
	ActorID int64 `gorm:"primaryKey"`
}

// PostTag says that a post carries a hashtag, lower case, without "#".
type PostTag struct {
	Tag    string `gorm:"primaryKey"`
	PostID int64  `gorm:"primaryKey"`
}

// SetMentions replaces the actors that a post names.
func (tx *Tx) SetMentions(postID int64, actorIDs []int64) error {
	if err := tx.db.Delete(&PostMention{}, "post_id = ?", postID).Error; err != nil {
		return translate(err, "mentions")
	}
	for _, id := range actorIDs {
		row := PostMention{PostID: postID, ActorID: id}
		if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return translate(err, "mentions")
		}
	}
	return nil
}

// SetTags replaces the hashtags of a post.
func (tx *Tx) SetTags(postID int64, tags []string) error {
	if err := tx.db.Delete(&PostTag{}, "post_id = ?", postID).Error; err != nil {
		return translate(err, "tags")
	}
	for _, tag := range tags {
		row := PostTag{PostID: postID, Tag: tag}
		if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
			return translate(err, "tags")
		}
	}
	return nil
}

// PostParts is what hangs on a set of posts, by post id: read at once, so that a page costs the same number of
// statements however long it is.
type PostParts struct {
	Mentions    map[int64][]*Actor
	Tags        map[int64][]string
	Attachments map[int64][]Attachment
}

// PostParts reads mentions, hashtags and attachments of posts.
func (tx *Tx) PostParts(postIDs []int64) (PostParts, error) {
	parts := PostParts{Mentions: map[int64][]*Actor{}, Tags: map[int64][]string{}, Attachments: map[int64][]Attachment{}}
	if len(postIDs) == 0 {
		return parts, nil
	}
	mentions, err := list[PostMention](tx.db.Where("post_id IN ?", postIDs).Order("post_id, actor_id"), "mentions")
	if err != nil {
		return parts, err
	}
	ids := make([]int64, len(mentions))
	for i, m := range mentions {
		ids[i] = m.ActorID
	}
	actors, err := tx.Actors(ids)
	if err != nil {
		return parts, err
	}
	for _, m := range mentions {
		if a := actors[m.ActorID]; a != nil {
			parts.Mentions[m.PostID] = append(parts.Mentions[m.PostID], a)
		}
	}
	tags, err := list[PostTag](tx.db.Where("post_id IN ?", postIDs).Order("post_id, tag"), "tags")
	if err != nil {
		return parts, err
	}
	for _, t := range tags {
		parts.Tags[t.PostID] = append(parts.Tags[t.PostID], t.Tag)
	}
	attachments, err := list[Attachment](tx.db.Where("post_id IN ?", postIDs).Order("post_id, position"), "attachments")
	for _, a := range attachments {
		parts.Attachments[a.PostID] = append(parts.Attachments[a.PostID], a)
	}
	return parts, err
}
