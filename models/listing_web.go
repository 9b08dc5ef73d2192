package models

// LatestThreads gives a page of the first posts of listed threads that viewer may read: those that members of this
// instance began, and those in its communities.
func (tx *Tx) LatestThreads(viewer int64, page Page) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).
		Where("post.visibility = 'public' AND post.reblog_of_id = 0 AND post.in_reply_to_uri = ''").
		Where(heard, viewer, viewer).
		Where(`(post.local OR EXISTS (SELECT 1 FROM actor c WHERE c.id = post.community_id AND c.local)
			OR EXISTS (SELECT 1 FROM admission ad WHERE ad.post_id = post.id AND ad.post_id <> 0 AND ad.state = 'shown'))`)
	return tx.postPage(query, page, "post.id")
}

// ThreadSizes counts the replies of threads that viewer may read, by thread id; a thread without replies is left out.
// Replies that viewer may not read don't count, since the number would tell of them (security case E4).
func (tx *Tx) ThreadSizes(threadIDs []int64, viewer int64) (map[int64]int64, error) {
	sizes := make(map[int64]int64, len(threadIDs))
	if len(threadIDs) == 0 {
		return sizes, nil
	}
	var rows []struct{ ThreadID, Replies int64 }
	err := tx.db.Model(&Post{}).Scopes(VisibleTo(viewer)).
		Where("post.thread_id IN ? AND post.id <> post.thread_id AND post.reblog_of_id = 0", threadIDs).
		Select("post.thread_id AS thread_id, count(*) AS replies").Group("post.thread_id").Scan(&rows).Error
	for _, row := range rows {
		sizes[row.ThreadID] = row.Replies
	}
	return sizes, translate(err, "thread sizes")
}

// Communities gives what Groups have beyond being actors, by actor id; remote ones have none.
func (tx *Tx) Communities(actorIDs []int64) (map[int64]*Community, error) {
	found := make(map[int64]*Community, len(actorIDs))
	if len(actorIDs) == 0 {
		return found, nil
	}
	rows, err := list[Community](tx.db.Where("actor_id IN ?", actorIDs), "communities")
	for i := range rows {
		found[rows[i].ActorID] = &rows[i]
	}
	return found, err
}
