package models

import "gorm.io/gorm"

// What it takes to be a trend: so many different people.
const trendAccounts = 2

// listedSince selects the listed posts since a moment, as everybody sees them.
func (tx *Tx) listedSince(since Timestamp) *gorm.DB {
	return tx.db.Model(&Post{}).Scopes(tx.listed(Anonymous)).Where("post.published_at >= ?", since)
}

// TrendingTags gives the hashtags that most people used since a moment, at most limit.
func (tx *Tx) TrendingTags(since Timestamp, limit int) ([]string, error) {
	var tags []string
	err := tx.listedSince(since).Joins("JOIN post_tag t ON t.post_id = post.id").Group("t.tag").
		Having("count(DISTINCT post.author_id) >= ?", trendAccounts).
		Order("count(DISTINCT post.author_id) DESC, count(*) DESC, t.tag").Limit(limit).Pluck("t.tag", &tags).Error
	return tags, translate(err, "trends")
}

// TrendingCards gives the pages that most people linked to since a moment, at most limit.
func (tx *Tx) TrendingCards(since Timestamp, limit int) ([]PreviewCard, error) {
	var ids []int64
	err := tx.listedSince(since).Joins("JOIN post_card pc ON pc.post_id = post.id").
		Joins("JOIN preview_card c ON c.id = pc.card_id AND c.title <> ''").Group("pc.card_id").
		Having("count(DISTINCT post.author_id) >= ?", trendAccounts).
		Order("count(DISTINCT post.author_id) DESC, count(*) DESC, pc.card_id DESC").Limit(limit).Pluck("pc.card_id", &ids).Error
	if err != nil || len(ids) == 0 {
		return nil, translate(err, "trends")
	}
	rows, err := list[PreviewCard](tx.db.Where("id IN ?", ids), "cards")
	byID := map[int64]PreviewCard{}
	for _, row := range rows {
		byID[row.ID] = row
	}
	cards := make([]PreviewCard, 0, len(ids))
	for _, id := range ids {
		cards = append(cards, byID[id])
	}
	return cards, err
}

// CardUses counts by day how pages were linked to since a moment, by card.
func (tx *Tx) CardUses(cardIDs []int64, since Timestamp) (map[int64][]TagUse, error) {
	found := map[int64][]TagUse{}
	if len(cardIDs) == 0 {
		return found, nil
	}
	var rows []struct {
		TagUse `gorm:"embedded"`
		CardID int64
	}
	err := tx.listedSince(since).Joins("JOIN post_card pc ON pc.post_id = post.id").Where("pc.card_id IN ?", cardIDs).
		Select("pc.card_id AS card_id, post.published_at / 86400000 AS day, count(*) AS uses, count(DISTINCT post.author_id) AS accounts").
		Group("pc.card_id, post.published_at / 86400000").Scan(&rows).Error
	for _, row := range rows {
		found[row.CardID] = append(found[row.CardID], row.TagUse)
	}
	return found, translate(err, "trends")
}

// TrendingPosts gives the ids of the posts since a moment that most people liked or boosted, at most limit. Answers,
// sensitive posts, and posts of those who do not want to be found are none; what authors do with their own does not count.
func (tx *Tx) TrendingPosts(since Timestamp, limit int) ([]int64, error) {
	const likers = "(SELECT count(*) FROM favourite f WHERE f.post_id = post.id AND f.actor_id <> post.author_id)"
	const boosters = `(SELECT count(DISTINCT s.author_id) FROM post s JOIN actor w ON w.id = s.author_id AND w.type <> 'Group'
		WHERE s.reblog_of_id = post.id AND s.reblog_of_id <> 0 AND s.author_id <> post.author_id)`
	var ids []int64
	scored := tx.listedSince(since).Where("post.in_reply_to_uri = '' AND NOT post.sensitive").
		Where("EXISTS (SELECT 1 FROM actor a WHERE a.id = post.author_id AND a.discoverable)").
		Select("post.id AS id, " + likers + " + " + boosters + " AS score")
	err := tx.db.Session(newSession).Table("(?) AS t", scored).Where("t.score > 0").Order("t.score DESC, t.id DESC").Limit(limit).Pluck("t.id", &ids).Error
	return ids, translate(err, "trends")
}
