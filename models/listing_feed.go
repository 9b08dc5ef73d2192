package models

// FeedFilter says which posts a feed has.
type FeedFilter struct {
	CommunityID int64 // threads in this community
	AuthorID    int64 // or posts of this author
	Tag         string
	Kind        string
	Limit       int
}

// FeedPosts gives the latest public posts for a feed, which anybody reads.
func (tx *Tx) FeedPosts(filter FeedFilter) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(Anonymous)).Where("post.visibility = ? AND post.reblog_of_id = 0", Public)
	if filter.CommunityID != 0 {
		query = query.Scopes(ofCommunity(filter.CommunityID)).Where("post.in_reply_to_uri = ''")
	}
	if filter.AuthorID != 0 {
		query = query.Where("post.author_id = ? AND post.in_reply_to_uri = ''", filter.AuthorID)
	}
	if filter.Tag != "" {
		query = query.Where("EXISTS (SELECT 1 FROM post_tag t WHERE t.post_id = post.id AND t.tag = ?)", filter.Tag)
	}
	if filter.Kind != "" {
		query = query.Where("post.kind = ?", filter.Kind)
	}
	if filter.CommunityID == 0 && filter.AuthorID == 0 {
		query = query.Where(heard, Anonymous, Anonymous)
	}
	return list[Post](query.Order("post.id DESC").Limit(filter.Limit), "feed")
}
