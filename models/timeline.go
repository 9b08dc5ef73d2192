package models

import "gorm.io/gorm"

// HomeEntry places a post (or the boost that carries it) in a member's home timeline. A member has each original once,
// whichever way it came.
type HomeEntry struct {
	OwnerID    int64 `gorm:"primaryKey"`
	PostID     int64 `gorm:"primaryKey"`
	OriginalID int64
}

// AddToHome places post in the home of one member.
func (tx *Tx) AddToHome(ownerID int64, post *Post) error {
	err := tx.db.Exec(`INSERT INTO home_entry (owner_id, post_id, original_id) VALUES (?, ?, ?) ON CONFLICT DO NOTHING`,
		ownerID, post.ID, originalID(post)).Error
	return translate(err, "home timeline")
}

// AddToHomesOfFollowers places post in the homes of the local members that follow its author, accepted. A reply goes
// only to those who also follow the author of what it answers (or wrote that themselves), as Mastodon does; a boost
// only to those who did not turn the booster's boosts off, and never to the author of the original. A follow of some
// languages takes only what is in those.
func (tx *Tx) AddToHomesOfFollowers(post *Post) error { return tx.addToHomes(post, 0) }

// AddToHomesOfFollowersThen is AddToHomesOfFollowers for those alone who followed its author already when it was published.
func (tx *Tx) AddToHomesOfFollowersThen(post *Post) error {
	return tx.addToHomes(post, post.PublishedAt)
}

// addToHomes is for those who follow the author since then; 0 for all.
func (tx *Tx) addToHomes(post *Post, since Timestamp) error {
	query := `INSERT INTO home_entry (owner_id, post_id, original_id)
		SELECT f.actor_id, CAST(? AS bigint), CAST(? AS bigint) FROM follow f JOIN actor a ON a.id = f.actor_id AND a.local AND a.type <> 'Group'
		WHERE f.target_id = ? AND f.state = 'accepted'
			AND (f.languages = '' OR EXISTS (SELECT 1 FROM post w WHERE w.id = ? AND ` + languageTaken + `))`
	args := []any{post.ID, originalID(post), post.AuthorID, originalID(post)}
	if since != 0 {
		query += ` AND f.accepted_at <= ?`
		args = append(args, since)
	}
	switch {
	case post.IsBoost():
		query += ` AND f.show_reblogs AND NOT EXISTS (SELECT 1 FROM post o WHERE o.id = ? AND o.author_id = f.actor_id)`
		args = append(args, post.ReblogOfID)
	case post.InReplyToURI != "" && post.InReplyToAuthor != post.AuthorID:
		query += ` AND (f.actor_id = ? OR EXISTS (SELECT 1 FROM follow g
			WHERE g.actor_id = f.actor_id AND g.target_id = ? AND g.state = 'accepted'))`
		args = append(args, post.InReplyToAuthor, post.InReplyToAuthor)
	}
	return translate(tx.db.Exec(query+" ON CONFLICT DO NOTHING", args...).Error, "home timeline")
}

func originalID(post *Post) int64 {
	if post.IsBoost() {
		return post.ReblogOfID
	}
	return post.ID
}

// RemoveFromHome takes an actor's posts out of a member's home, after an unfollow or a block.
func (tx *Tx) RemoveFromHome(ownerID, authorID int64) error {
	err := tx.db.Exec(`DELETE FROM home_entry WHERE owner_id = ? AND post_id IN (SELECT id FROM post WHERE author_id = ?)`,
		ownerID, authorID).Error
	return translate(err, "home timeline")
}

// Home gives a page of a member's home timeline.
func (tx *Tx) Home(ownerID int64, page Page) ([]Post, error) {
	query := tx.db.Joins("JOIN home_entry h ON h.post_id = post.id AND h.owner_id = ?", ownerID).
		Scopes(VisibleTo(ownerID), tx.WantedAtHome(ownerID)).Where(notInExclusiveList, ownerID)
	return tx.postPage(query, page, "h.post_id")
}

func (tx *Tx) postPage(query *gorm.DB, page Page, column string) ([]Post, error) {
	rows, err := list[Post](page.apply(query, column), "timeline")
	return descending(page, rows), err
}

// listed limits a query over post to what public timelines, hashtags and trends show a viewer: public posts, without boosts,
// by whom the viewer wants to meet, and by nobody whom moderators limited unless the viewer follows them.
func (tx *Tx) listed(viewer int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Scopes(VisibleTo(viewer), tx.WantedBy(viewer)).
			Where("post.visibility = 'public' AND post.reblog_of_id = 0").Where(heard, viewer, viewer)
	}
}

// heard holds for posts whose author is not limited, or is followed by the viewer, or is the viewer.
const heard = `NOT EXISTS (SELECT 1 FROM actor quiet WHERE quiet.id = post.author_id AND quiet.silenced_at <> 0 AND quiet.id <> ?
	AND NOT EXISTS (SELECT 1 FROM follow known WHERE known.target_id = quiet.id AND known.actor_id = ? AND known.state = 'accepted'))`

// ActorFilter narrows an actor's posts.
type ActorFilter struct {
	ExcludeReplies, ExcludeReblogs, OnlyMedia, OnlyThreads bool
	Tag                                                    string
	PublicOnly                                             bool
}

// ActorPosts gives a page of an actor's posts and boosts that viewer may read.
func (tx *Tx) ActorPosts(authorID, viewer int64, filter ActorFilter, page Page) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).Where("post.author_id = ?", authorID)
	if filter.ExcludeReplies {
		query = query.Where("(post.in_reply_to_uri = '' OR post.in_reply_to_author = post.author_id)")
	}
	if filter.ExcludeReblogs {
		query = query.Where("post.reblog_of_id = 0")
	}
	if filter.OnlyMedia {
		query = query.Where("EXISTS (SELECT 1 FROM attachment m WHERE m.post_id = post.id)")
	}
	if filter.Tag != "" {
		query = query.Where("EXISTS (SELECT 1 FROM post_tag t WHERE t.post_id = post.id AND t.tag = ?)", filter.Tag)
	}
	if filter.PublicOnly {
		query = query.Where("post.visibility IN ('public', 'unlisted')")
	}
	return tx.postPage(query, page, "post.id")
}

// CommunityThreads gives a page of the first posts of a community's threads that viewer may read.
func (tx *Tx) CommunityThreads(communityID, viewer int64, page Page) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).
		Scopes(ofCommunity(communityID)).Where("post.reblog_of_id = 0 AND post.in_reply_to_uri = ''")
	return tx.postPage(query, page, "post.id")
}

// ThreadFilter narrows a community's threads.
type ThreadFilter struct {
	Kind string // "" for all
	// Unanswered are those that nobody but their author replied to, and that wait for an answer still.
	Unanswered bool
}

// FilteredThreads is CommunityThreads for some of the threads.
func (tx *Tx) FilteredThreads(communityID, viewer int64, filter ThreadFilter, page Page) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(viewer)).
		Scopes(ofCommunity(communityID)).Where("post.reblog_of_id = 0 AND post.in_reply_to_uri = ''")
	if filter.Kind != "" {
		query = query.Where("post.kind = ?", filter.Kind)
	}
	if filter.Unanswered {
		query = query.Where("post.accepted_answer_id = 0 AND NOT "+answered).
			Where("NOT EXISTS (SELECT 1 FROM practice pr WHERE pr.post_id = post.id AND pr.state = ?)", StateWithdrawn)
	}
	return tx.postPage(query, page, "post.id")
}

// Visits gives the visits of a community that everybody may read and that begin at or after a moment, soonest first.
func (tx *Tx) Visits(communityID int64, kind string, since Timestamp, limit int) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(Anonymous)).Joins("JOIN practice pr ON pr.post_id = post.id").
		Scopes(ofCommunity(communityID)).
		Where("post.kind = ? AND post.visibility = ? AND pr.start_at >= ? AND pr.start_at > 0", kind, Public, since).
		Order("pr.start_at, post.id").Limit(limit)
	return list[Post](query, "visits")
}

// BackfillHome places the newest public posts of an actor in a member's home, after a follow.
func (tx *Tx) BackfillHome(ownerID, authorID int64, limit int) error {
	return tx.BackfillHomeSince(ownerID, authorID, limit, 0)
}

// BackfillHomeSince is BackfillHome for posts since a moment.
func (tx *Tx) BackfillHomeSince(ownerID, authorID int64, limit int, since Timestamp) error {
	posts, err := tx.ActorPosts(authorID, ownerID, ActorFilter{ExcludeReplies: true}, Page{Limit: limit})
	if err != nil {
		return err
	}
	for i := range posts {
		if posts[i].PublishedAt < since {
			continue
		}
		if err := tx.AddToHome(ownerID, &posts[i]); err != nil {
			return err
		}
	}
	return nil
}
