package models

import "gorm.io/gorm"

type postRow struct {
	Post    `gorm:"embedded"`
	PageKey int64
}

// LikedPage gives the posts that an actor likes and may read, by favourite.
func (tx *Tx) LikedPage(actorID int64, page Page) ([]Keyed[Post], error) {
	return tx.keptPage(actorID, page, "v.id", "JOIN favourite v ON v.post_id = post.id AND v.actor_id = ?", actorID)
}

// ListedFilter narrows the timelines of listed posts.
type ListedFilter struct {
	Local, Remote, OnlyMedia bool
	Any, All, None           []string // hashtags without "#", lower case
	CardID                   int64    // only posts with this preview card; 0 for all
}

const tagged = "EXISTS (SELECT 1 FROM post_tag t WHERE t.post_id = post.id AND t.tag IN ?)"

// ListedPosts gives a page of listed posts, without boosts.
func (tx *Tx) ListedPosts(viewer int64, filter ListedFilter, page Page) ([]Post, error) {
	query, column := tx.walk(filter)
	query = query.Scopes(tx.listed(viewer))
	if filter.Local {
		query = query.Where("post.local")
	}
	if filter.Remote {
		query = query.Where("NOT post.local")
	}
	if filter.CardID != 0 {
		query = query.Where("EXISTS (SELECT 1 FROM post_card pc WHERE pc.post_id = post.id AND pc.card_id = ?)", filter.CardID)
	}
	for _, tag := range filter.All {
		query = query.Where(tagged, []string{tag})
	}
	if len(filter.None) > 0 {
		query = query.Where("NOT "+tagged, filter.None)
	}
	return tx.postPage(query, page, column)
}

// firstMedia joins the first of the pictures, films and sounds of a post.
const firstMedia = `JOIN attachment m ON m.post_id = post.id AND m.post_id > 0 AND m.type <> 'link' AND NOT EXISTS (
	SELECT 1 FROM attachment e WHERE e.post_id = m.post_id AND e.type <> 'link' AND (e.position < m.position OR e.position = m.position AND e.id < m.id))`

// walk begins a query over post with what few posts have, in whose order the page is then read: a hashtag, or media. So what
// it costs does not grow with all the others. Column is where the post's id stands in that order.
func (tx *Tx) walk(filter ListedFilter) (query *gorm.DB, column string) {
	query, column = tx.db, "post.id"
	switch len(filter.Any) {
	case 0:
		if filter.OnlyMedia {
			return query.Joins(firstMedia), "m.post_id"
		}
	case 1:
		query, column = query.Joins("JOIN post_tag t ON t.post_id = post.id AND t.tag = ?", filter.Any[0]), "t.post_id"
	default:
		query = query.Where("post.id IN (SELECT t.post_id FROM post_tag t WHERE t.tag IN ?)", filter.Any)
	}
	if filter.OnlyMedia {
		query = query.Where("EXISTS (SELECT 1 FROM attachment m WHERE m.post_id = post.id AND m.type <> 'link')")
	}
	return query, column
}

// ThreadLink says what a post of a thread answers, and nothing else of it.
type ThreadLink struct{ ID, InReplyToID int64 }

// ThreadLinks gives how the posts of a thread hang together, oldest first, at most limit. It speaks of all of them,
// since what hangs on a hidden post may be for everybody: never show a post because it is named here.
func (tx *Tx) ThreadLinks(threadID int64, limit int) ([]ThreadLink, error) {
	var links []ThreadLink
	err := tx.db.Model(&Post{}).Select("id, in_reply_to_id").Where("thread_id = ? AND reblog_of_id = 0", threadID).
		Order("id").Limit(limit).Scan(&links).Error
	return links, translate(err, "thread")
}

// FindTags lists the hashtags of listed posts that begin with a text, the most used ones first.
func (tx *Tx) FindTags(text string, limit, offset int) ([]string, error) {
	var tags []string
	err := tx.db.Model(&Post{}).Scopes(tx.listed(Anonymous)).Joins("JOIN post_tag t ON t.post_id = post.id").
		Where(`t.tag LIKE ? ESCAPE '\'`, escapeLike(text)+"%").
		Group("t.tag").Order("count(*) DESC, t.tag").Limit(limit).Offset(offset).Pluck("t.tag", &tags).Error
	return tags, translate(err, "tags")
}

// TagUse is how a hashtag was used in the listed posts of one day.
type TagUse struct {
	Tag            string
	Day            int64 // since the Unix epoch
	Uses, Accounts int64
}

// TagUses counts how hashtags were used since a moment, by tag.
func (tx *Tx) TagUses(tags []string, since Timestamp) (map[string][]TagUse, error) {
	found := map[string][]TagUse{}
	if len(tags) == 0 {
		return found, nil
	}
	var rows []TagUse
	err := tx.listedSince(since).Joins("JOIN post_tag t ON t.post_id = post.id").Where("t.tag IN ?", tags).
		Select("t.tag AS tag, post.published_at / 86400000 AS day, count(*) AS uses, count(DISTINCT post.author_id) AS accounts").
		Group("t.tag, post.published_at / 86400000").Scan(&rows).Error
	for _, row := range rows {
		found[row.Tag] = append(found[row.Tag], row)
	}
	return found, translate(err, "tags")
}
