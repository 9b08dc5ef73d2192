package models

import (
	"cmp"
	"slices"

	"gorm.io/gorm/clause"
)

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
	Carded      []int64 // the posts that link to a page whose card is known, or is being fetched
}

// postPart is one thing that hangs on a post: an actor, a word, or that there is something in another table.
type postPart struct {
	Part   string
	PostID int64
	ID     int64
	Word   string
}

// PostParts reads mentions, hashtags and attachments of posts. One statement tells whether there is anything else to read.
func (tx *Tx) PostParts(postIDs []int64) (PostParts, error) {
	parts := PostParts{Mentions: map[int64][]*Actor{}, Tags: map[int64][]string{}, Attachments: map[int64][]Attachment{}}
	if len(postIDs) == 0 {
		return parts, nil
	}
	rows, err := listOf[postPart](tx.db.Raw(`SELECT 'mention' AS part, post_id AS post_id, actor_id AS id, '' AS word FROM post_mention WHERE post_id IN @ids
		UNION ALL SELECT 'tag', post_id, 0, tag FROM post_tag WHERE post_id IN @ids
		UNION ALL SELECT DISTINCT 'media', post_id, 0, '' FROM attachment WHERE post_id IN @ids
		UNION ALL SELECT 'card', post_id, 0, '' FROM post_card WHERE post_id IN @ids`, map[string]any{"ids": postIDs}), "parts of posts")
	if err != nil {
		return parts, err
	}
	var mentions []postPart
	var pictured []int64
	for _, row := range rows {
		switch row.Part {
		case "mention":
			mentions = append(mentions, row)
		case "tag":
			parts.Tags[row.PostID] = append(parts.Tags[row.PostID], row.Word)
		case "media":
			pictured = append(pictured, row.PostID)
		case "card":
			parts.Carded = append(parts.Carded, row.PostID)
		}
	}
	for _, words := range parts.Tags {
		slices.Sort(words)
	}
	if err := tx.readMentioned(&parts, mentions); err != nil {
		return parts, err
	}
	parts.Attachments, err = tx.Attachments(pictured)
	return parts, err
}

func (tx *Tx) readMentioned(parts *PostParts, mentions []postPart) error {
	slices.SortFunc(mentions, func(a, b postPart) int { return cmp.Compare(a.ID, b.ID) })
	ids := make([]int64, len(mentions))
	for i, m := range mentions {
		ids[i] = m.ID
	}
	actors, err := tx.Actors(ids)
	for _, m := range mentions {
		if a := actors[m.ID]; a != nil {
			parts.Mentions[m.PostID] = append(parts.Mentions[m.PostID], a)
		}
	}
	return err
}
