package models

import "gorm.io/gorm/clause"

// Favourite is a Like of a post.
type Favourite struct {
	ID        int64
	URI       string
	ActorID   int64
	PostID    int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutFavourite stores a Like and counts it; false when the actor liked the post already.
func (tx *Tx) PutFavourite(f *Favourite) (bool, error) {
	if f.ID == 0 {
		f.ID = tx.NewID()
	}
	f.CreatedAt = tx.Now()
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(f)
	if result.Error != nil || result.RowsAffected == 0 {
		return false, translate(result.Error, "favourite")
	}
	return true, tx.bumpReaction(f.PostID, "likes_count", 1)
}

// DeleteFavourite removes a Like, what it counted and what it notified.
func (tx *Tx) DeleteFavourite(f *Favourite) error {
	result := tx.db.Delete(&Favourite{}, "id = ?", f.ID)
	if result.Error != nil || result.RowsAffected == 0 {
		return translate(result.Error, "favourite")
	}
	err := tx.db.Exec("DELETE FROM notification WHERE type = ? AND actor_id = ? AND post_id = ?", NotifyFavourite, f.ActorID, f.PostID).Error
	if err != nil {
		return translate(err, "favourite")
	}
	return tx.bumpReaction(f.PostID, "likes_count", -1)
}

// FavouriteOf gives the Like of a post by an actor.
func (tx *Tx) FavouriteOf(postID, actorID int64) (*Favourite, error) {
	return first[Favourite](tx.db.Where("post_id = ? AND actor_id = ?", postID, actorID), "favourite")
}

// FavouritedBy pages over the actors that like a post; the second result holds the favourites' ids, for paging.
func (tx *Tx) FavouritedBy(postID int64, page Page) ([]Actor, []int64, error) {
	rows, err := list[Favourite](page.apply(tx.db.Where("post_id = ?", postID), "id"), "favourites")
	if err != nil {
		return nil, nil, err
	}
	rows = descending(page, rows)
	ids, keys := make([]int64, len(rows)), make([]int64, len(rows))
	for i, f := range rows {
		ids[i], keys[i] = f.ActorID, f.ID
	}
	actors, err := tx.actorsInOrder(ids)
	return actors, keys, err
}

// RebloggedBy pages over the actors that boosted a post; the second result holds the boosts' ids, for paging.
func (tx *Tx) RebloggedBy(postID int64, page Page) ([]Actor, []int64, error) {
	rows, err := list[Post](page.apply(tx.db.Where("reblog_of_id = ? AND reblog_of_id <> 0 AND deleted_at = 0", postID), "id"), "boosts")
	if err != nil {
		return nil, nil, err
	}
	rows = descending(page, rows)
	ids, keys := make([]int64, len(rows)), make([]int64, len(rows))
	for i, p := range rows {
		ids[i], keys[i] = p.AuthorID, p.ID
	}
	actors, err := tx.actorsInOrder(ids)
	return actors, keys, err
}

// Favourites pages over the posts that an actor likes and may read; the second result holds the favourites' ids.
func (tx *Tx) Favourites(actorID int64, page Page) ([]Post, []int64, error) {
	rows, err := list[Favourite](page.apply(tx.db.Where("actor_id = ?", actorID), "id"), "favourites")
	if err != nil {
		return nil, nil, err
	}
	rows = descending(page, rows)
	ids := make([]int64, len(rows))
	for i, f := range rows {
		ids[i] = f.PostID
	}
	visible, err := tx.VisiblePosts(ids, actorID)
	var posts []Post
	var keys []int64
	for _, f := range rows {
		if p := visible[f.PostID]; p != nil {
			posts, keys = append(posts, *p), append(keys, f.ID)
		}
	}
	return posts, keys, err
}

// Marks says what a viewer did with a set of posts, by post id.
type Marks struct {
	Favourited, Reblogged     map[int64]bool
	Bookmarked, Pinned, Muted map[int64]bool // Muted: the thread is
	Filters                   bool           // the viewer has any
}

// Marks reads what a viewer did with posts, in one statement.
func (tx *Tx) Marks(viewer int64, postIDs []int64) (Marks, error) {
	marks := Marks{
		Favourited: map[int64]bool{}, Reblogged: map[int64]bool{}, Bookmarked: map[int64]bool{}, Pinned: map[int64]bool{}, Muted: map[int64]bool{},
	}
	if viewer == Anonymous || len(postIDs) == 0 {
		return marks, nil
	}
	rows, err := listOf[keepMark](tx.db.Raw(`SELECT 'favourite' AS mark, post_id AS post_id FROM favourite WHERE actor_id = @viewer AND post_id IN @ids
		UNION ALL SELECT 'boost', reblog_of_id FROM post WHERE author_id = @viewer AND reblog_of_id IN @ids AND reblog_of_id <> 0 AND deleted_at = 0
		UNION ALL SELECT 'bookmark', post_id FROM bookmark WHERE actor_id = @viewer AND post_id IN @ids
		UNION ALL SELECT 'pin', post_id FROM pin WHERE actor_id = @viewer AND post_id IN @ids
		UNION ALL SELECT 'mute', p.id FROM post p JOIN thread_mute t ON t.thread_id = p.thread_id AND t.actor_id = @viewer WHERE p.id IN @ids
		UNION ALL SELECT 'filter', 0 WHERE EXISTS (SELECT 1 FROM filter WHERE owner_id = @viewer)`,
		map[string]any{"viewer": viewer, "ids": postIDs}), "marks")
	for _, row := range rows {
		marks.note(row)
	}
	return marks, err
}

// keepMark is one thing that a viewer did with a post.
type keepMark struct {
	Mark   string
	PostID int64
}

func (m *Marks) note(row keepMark) {
	switch row.Mark {
	case "favourite":
		m.Favourited[row.PostID] = true
	case "boost":
		m.Reblogged[row.PostID] = true
	case "bookmark":
		m.Bookmarked[row.PostID] = true
	case "pin":
		m.Pinned[row.PostID] = true
	case "mute":
		m.Muted[row.PostID] = true
	case "filter":
		m.Filters = true
	}
}

// FavouriteByURI gives the Like that an activity id names.
func (tx *Tx) FavouriteByURI(uri string) (*Favourite, error) {
	return first[Favourite](tx.db.Where("uri = ?", uri), "favourite "+uri)
}
