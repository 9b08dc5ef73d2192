package models

import "gorm.io/gorm"

// Anonymous is the viewer that nobody is signed in as.
const Anonymous int64 = 0

// readable is the one statement of who may read a post. It speaks of the row named p; its parameters are the viewer,
// seven times. What moderators removed, or hid here, its author still sees. Blocks cut both ways. Whatever a rule adds to visibility belongs here and nowhere else.
const readable = `p.deleted_at = 0 AND (p.author_id = ? OR p.removed_at = 0 AND p.hidden_at = 0)
	AND (p.visibility IN ('public', 'unlisted')
		OR p.author_id = ?
		OR EXISTS (SELECT 1 FROM post_mention pm WHERE pm.post_id = p.id AND pm.actor_id = ?)
		OR (p.visibility = 'private' AND EXISTS (
			SELECT 1 FROM follow f WHERE f.target_id = p.author_id AND f.actor_id = ? AND f.state = 'accepted'))
		OR (p.quote_of_id <> 0 AND p.visibility = 'private' AND EXISTS (
			SELECT 1 FROM post quoted WHERE quoted.id = p.quote_of_id AND quoted.author_id = ?)))
	AND NOT EXISTS (SELECT 1 FROM actor gone WHERE gone.id = p.author_id AND (gone.suspended_at <> 0 OR gone.deleted_at <> 0))
	AND NOT EXISTS (SELECT 1 FROM block b WHERE (b.actor_id = p.author_id AND b.target_id = ?)
		OR (b.target_id = p.author_id AND b.actor_id = ?))`

// VisibleTo limits a query over post to what viewer (an actor id, local or remote, or Anonymous) may read. A boost is
// visible when the boost and the post that it carries both are. Every query that returns content goes through it.
func VisibleTo(viewer int64) func(*gorm.DB) *gorm.DB { return visibleTo(viewer) }

// visibleTo is VisibleTo for an actor id or for a column of the query that holds one.
func visibleTo(viewer any) func(*gorm.DB) *gorm.DB {
	self := `EXISTS (SELECT 1 FROM post p WHERE p.id = post.id AND ` + readable + `)`
	original := `(post.reblog_of_id = 0 OR EXISTS (SELECT 1 FROM post p WHERE p.id = post.reblog_of_id AND ` + readable + `))`
	return func(db *gorm.DB) *gorm.DB {
		return db.Where(self+" AND "+original, append(asked(viewer), asked(viewer)...)...)
	}
}

// asked gives the parameters of readable.
func asked(viewer any) []any { return []any{viewer, viewer, viewer, viewer, viewer, viewer, viewer} }

// VisiblePost gives a post if viewer may read it, else NotFound: absent and forbidden look the same (security case E2).
func (tx *Tx) VisiblePost(id, viewer int64) (*Post, error) {
	return first[Post](tx.db.Scopes(VisibleTo(viewer)).Where("post.id = ?", id), "post")
}

// VisiblePostByURI is VisiblePost for an ActivityPub id.
func (tx *Tx) VisiblePostByURI(uri string, viewer int64) (*Post, error) {
	return first[Post](tx.db.Scopes(VisibleTo(viewer)).Where("post.uri = ?", uri), "post")
}

// VisiblePosts gives those of ids that viewer may read, by id.
func (tx *Tx) VisiblePosts(ids []int64, viewer int64) (map[int64]*Post, error) {
	found := make(map[int64]*Post, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[Post](tx.db.Scopes(VisibleTo(viewer)).Where("post.id IN ?", ids), "posts")
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, err
}

// Thread gives every post of a thread that viewer may read, oldest first, at most limit.
func (tx *Tx) Thread(threadID, viewer int64, limit int) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).
		Where("post.thread_id = ? AND post.reblog_of_id = 0", threadID).
		Order("post.published_at, post.id").Limit(limit)
	return list[Post](query, "thread")
}
