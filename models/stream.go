package models

import "gorm.io/gorm"

// Reader is a member who may read a post and wants to, and how it comes to them.
type Reader struct {
	ViewerID int64
	AtHome   bool // it is in their home timeline
	Unasked  bool // it names somebody whom they mute, so that it comes to them neither at home nor in a list
	Follows  bool // they follow its author
	Limited  bool // its author is limited here, so that only who follows them is shown them in public timelines
	Marked   bool // they have something of their own to do with it, so that it is shown to them in their own way
}

// Readers gives those of members who may read a post and did not mute its author, or that of the post which it carries. An
// edit is at home wherever the post, or a boost of it, is. A new post is where it came to itself: who has a boost of it at home
// hears of the boost.
func (tx *Tx) Readers(post *Post, members []int64, edited bool) ([]Reader, error) {
	var readers []Reader
	for _, some := range chunks(members) {
		var rows []Reader
		viewer := gorm.Expr("viewer.id")
		query := tx.db.Table("actor AS viewer").Joins("JOIN post ON post.id = ?", post.ID).
			Where("viewer.id IN ?", some).Scopes(visibleTo(viewer), tx.wantedBy(viewer))
		columns := []any{post.ID, edited, viewer, viewer, viewer, tx.Now(), originalID(post), originalID(post)}
		if err := query.Select(readerColumns, columns...).Scan(&rows).Error; err != nil {
			return nil, translate(err, "readers")
		}
		readers = append(readers, rows...)
	}
	return readers, nil
}

// readerColumns are a Reader's, of the rows viewer and post; its parameters are the post, whether it was edited, those of
// notInExclusiveList and namesMuted, and twice the original.
const readerColumns = `viewer.id AS viewer_id,
	EXISTS (SELECT 1 FROM home_entry h WHERE h.owner_id = viewer.id AND (h.post_id = ? OR (? AND h.original_id = post.id)))
		AND ` + notInExclusiveList + ` AS at_home,
	` + namesMuted + ` AS unasked,
	EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = viewer.id AND f.target_id = post.author_id AND f.state = 'accepted') AS follows,
	EXISTS (SELECT 1 FROM actor au WHERE au.id = post.author_id AND au.silenced_at <> 0) AS limited,
	(EXISTS (SELECT 1 FROM post o WHERE o.id = ? AND (o.author_id = viewer.id OR o.quote_of_id <> 0 OR o.quote_policy LIKE '%follow%'
			OR EXISTS (SELECT 1 FROM favourite v WHERE v.post_id = o.id AND v.actor_id = viewer.id)
			OR EXISTS (SELECT 1 FROM bookmark bm WHERE bm.post_id = o.id AND bm.actor_id = viewer.id)
			OR EXISTS (SELECT 1 FROM thread_mute tm WHERE tm.thread_id = o.thread_id AND tm.actor_id = viewer.id)
			OR EXISTS (SELECT 1 FROM post bo WHERE bo.reblog_of_id = o.id AND bo.reblog_of_id <> 0 AND bo.author_id = viewer.id)
			OR EXISTS (SELECT 1 FROM post_mention pm WHERE pm.post_id = o.id AND pm.actor_id = viewer.id)))
		OR EXISTS (SELECT 1 FROM poll po JOIN poll_vote pv ON pv.poll_id = po.id WHERE po.post_id = ? AND pv.actor_id = viewer.id)
		OR EXISTS (SELECT 1 FROM filter fi WHERE fi.owner_id = viewer.id)) AS marked`

// ListOf names a list and whose it is. A community is a list of everybody who follows it.
type ListOf struct{ ListID, OwnerID int64 }

// OwnsList reports whether a list is a member's, or is a community that they follow.
func (tx *Tx) OwnsList(list ListOf) (bool, error) {
	var n int64
	err := tx.db.Raw(`SELECT (SELECT count(*) FROM member_list l WHERE l.id = ? AND l.owner_id = ?)
		+ (SELECT count(*) FROM follow f JOIN actor g ON g.id = f.target_id WHERE g.id = ? AND g.type = ? AND f.actor_id = ? AND f.state = ?)`,
		list.ListID, list.OwnerID, list.ListID, TypeGroup, list.OwnerID, FollowAccepted).Scan(&n).Error
	return n > 0, translate(err, "list")
}

// ListsEntered gives those of lists that a post enters by its author: as a member's list says about replies; a community takes
// what it boosts, for those who follow it. Whether the owner may read the post is another matter.
func (tx *Tx) ListsEntered(post *Post, lists []ListOf) (map[ListOf]bool, error) {
	found := map[ListOf]bool{}
	if post.Visibility == Direct || len(lists) == 0 {
		return found, nil
	}
	var ids, owners []int64
	for _, l := range lists {
		ids = append(ids, l.ListID)
		if l.ListID == post.AuthorID {
			owners = append(owners, l.OwnerID)
		}
	}
	for _, some := range chunks(ids) {
		var rows []ListOf
		query := tx.db.Table("member_list AS l").Where("l.id IN ?", some).
			Joins("JOIN list_member m ON m.list_id = l.id AND m.actor_id = ?", post.AuthorID)
		if post.InReplyToURI != "" && post.InReplyToAuthor != post.AuthorID {
			query = query.Where(wantsReply, post.InReplyToAuthor, post.InReplyToAuthor, post.InReplyToAuthor)
		}
		if err := query.Select("l.id AS list_id, l.owner_id AS owner_id").Scan(&rows).Error; err != nil {
			return nil, translate(err, "lists")
		}
		for _, row := range rows {
			found[row] = true
		}
	}
	for _, some := range chunks(owners) {
		var following []int64
		err := tx.db.Raw(`SELECT f.actor_id FROM follow f JOIN actor g ON g.id = f.target_id AND g.type = ?
			WHERE f.target_id = ? AND f.actor_id IN ? AND f.state = ?`, TypeGroup, post.AuthorID, some, FollowAccepted).Scan(&following).Error
		if err != nil {
			return nil, translate(err, "lists")
		}
		for _, owner := range following {
			found[ListOf{ListID: post.AuthorID, OwnerID: owner}] = true
		}
	}
	return found, nil
}

// wantsReply says that the list l takes a reply; its parameter is, three times, the author of what is answered.
const wantsReply = `l.replies_policy <> 'none' AND (l.owner_id = ?
	OR (l.replies_policy = 'list' AND EXISTS (SELECT 1 FROM list_member r WHERE r.list_id = l.id AND r.actor_id = ?))
	OR (l.replies_policy = 'followed' AND EXISTS (SELECT 1 FROM follow f
		WHERE f.actor_id = l.owner_id AND f.target_id = ? AND f.state = 'accepted')))`
