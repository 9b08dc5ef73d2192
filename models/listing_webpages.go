package models

// CommunityFigures says how much happens in a community, as far as a viewer may know.
type CommunityFigures struct {
	CommunityID int64
	Threads     int64
	LastPostAt  Timestamp // of a thread or a reply
	Siblings    int64     // its siblings that follow it, who are no members
}

// CommunityFigures tells how many threads communities have of the sorts that viewer may read there, and when somebody last
// wrote what viewer may read, by actor id; a community where nobody wrote is left out. What it costs does not grow with what
// was written: threads are counted as they come and go, those of the suspended, too, and only those across a block are counted anew. Actor.LastPostAt would
// not do: it speaks of the Group's own posts.
func (tx *Tx) CommunityFigures(communityIDs []int64, viewer int64) (map[int64]CommunityFigures, error) {
	found := make(map[int64]CommunityFigures, len(communityIDs))
	if len(communityIDs) == 0 {
		return found, nil
	}
	latest := tx.db.Model(&Post{}).Scopes(VisibleTo(viewer)).Select("max(post.published_at)").
		Where(`(post.id IN (SELECT w.id FROM post w WHERE w.community_id = c.id ORDER BY w.id DESC LIMIT ?)
			OR post.id IN (SELECT ad.post_id FROM admission ad WHERE ad.community_id = c.id AND ad.state = 'shown' ORDER BY ad.post_id DESC LIMIT ?))`,
			latestOfCommunity, latestOfCommunity)
	const read = "p.community_id = c.id AND (p.visibility IN ('public', 'unlisted') OR (p.visibility IN ('partners', 'members', 'local') AND " + withinCommunity + "))"
	threads := tx.db.Table("community_figure AS p").Select("coalesce(sum(p.threads), 0)").Where(read, viewer)
	blocked := tx.db.Table("post AS p").Select("count(*)").Where(read, viewer).
		Where("p.author_id IN (SELECT target_id FROM block WHERE actor_id = ? UNION SELECT actor_id FROM block WHERE target_id = ?)", viewer, viewer).
		Where("p.reblog_of_id = 0 AND p.in_reply_to_uri = '' AND p.deleted_at = 0 AND p.removed_at = 0 AND p.hidden_at = 0")
	fromSiblings := tx.db.Model(&Post{}).Scopes(VisibleTo(viewer)).Select("count(*)").
		Joins("JOIN admission ad ON ad.post_id = post.id AND ad.community_id = c.id AND ad.state = ?", AdmissionShown).
		Where("post.in_reply_to_uri = '' AND post.community_id <> c.id")
	siblings := tx.db.Table("community_sibling AS s").Select("count(*)").
		Joins("JOIN follow f ON f.actor_id = s.sibling_id AND f.target_id = s.community_id AND f.state = ?", FollowAccepted).Where("s.community_id = c.id")
	var rows []CommunityFigures
	err := tx.db.Table("actor AS c").Where("c.id IN ?", communityIDs).
		Select("c.id AS community_id, (?) - (?) + (?) AS threads, coalesce((?), 0) AS last_post_at, (?) AS siblings", threads, blocked, fromSiblings, latest, siblings).Scan(&rows).Error
	for _, row := range rows {
		if row.Threads != 0 || row.LastPostAt != 0 || row.Siblings != 0 {
			found[row.CommunityID] = row
		}
	}
	return found, translate(err, "community figures")
}

// latestOfCommunity is among how many of the newest posts of a community the last one that a viewer may read is looked for.
const latestOfCommunity = 20

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
