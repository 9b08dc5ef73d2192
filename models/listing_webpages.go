package models

// CommunityFigures says how much happens in a community, as far as a viewer may know.
type CommunityFigures struct {
	CommunityID int64
	Threads     int64
	LastPostAt  Timestamp // of a thread or a reply
}

// CommunityFigures counts the threads of communities that viewer may read, and tells when somebody last wrote there, by
// actor id; a community where nobody wrote is left out. Actor.LastPostAt would not do: it speaks of the Group's own posts.
func (tx *Tx) CommunityFigures(communityIDs []int64, viewer int64) (map[int64]CommunityFigures, error) {
	found := make(map[int64]CommunityFigures, len(communityIDs))
	if len(communityIDs) == 0 {
		return found, nil
	}
	var rows []CommunityFigures
	err := tx.db.Model(&Post{}).Scopes(VisibleTo(viewer)).
		Where("post.community_id IN ? AND post.reblog_of_id = 0", communityIDs).
		Select(`post.community_id AS community_id, max(post.published_at) AS last_post_at,
			sum(CASE WHEN post.in_reply_to_uri = '' THEN 1 ELSE 0 END) AS threads`).
		Group("post.community_id").Scan(&rows).Error
	for _, row := range rows {
		found[row.CommunityID] = row
	}
	return found, translate(err, "community figures")
}

// Attachments gives what posts carry, by post id.
func (tx *Tx) Attachments(postIDs []int64) (map[int64][]Attachment, error) {
	found := make(map[int64][]Attachment, len(postIDs))
	if len(postIDs) == 0 {
		return found, nil
	}
	rows, err := list[Attachment](tx.db.Where("post_id IN ?", postIDs).Order("post_id, position"), "attachments")
	for _, a := range rows {
		found[a.PostID] = append(found[a.PostID], a)
	}
	return found, err
}
