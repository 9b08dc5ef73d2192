package models

import (
	"strings"

	"praxis/internal/text"
)

// bulkBatch is how many rows one statement of the functions here brings: both databases bound the values of a statement.
const bulkBatch = 200

// AddActorsInBulk stores new actors of other hosts, which must have no id that is taken.
func (tx *Tx) AddActorsInBulk(actors []Actor) error {
	for i := range actors {
		a := &actors[i]
		a.ID, a.Handle = tx.NewID(), Handle(a.Username, a.Host)
		a.CreatedAt, a.UpdatedAt, a.FetchedAt = tx.Now(), tx.Now(), tx.Now()
	}
	return translate(tx.db.CreateInBatches(actors, bulkBatch).Error, "actors")
}

// AddFollowsInBulk stores accepted follows between actors that did not follow each other; RecountInBulk counts them.
func (tx *Tx) AddFollowsInBulk(follows []Follow) error {
	for i := range follows {
		f := &follows[i]
		f.ID, f.State, f.ShowReblogs = tx.NewID(), FollowAccepted, true
		f.CreatedAt, f.AcceptedAt = tx.Now(), tx.Now()
	}
	return translate(tx.db.CreateInBatches(follows, bulkBatch).Error, "follows")
}

// AddPostsInBulk stores new posts with the ids that they have, each in the home of one member; RecountInBulk counts them.
func (tx *Tx) AddPostsInBulk(posts []Post, ownerID int64) error {
	homes := make([]HomeEntry, 0, len(posts))
	texts := make([]postBody, 0, len(posts))
	for i := range posts {
		p := &posts[i]
		p.CreatedAt, p.ThreadID = tx.Now(), p.ID
		homes = append(homes, HomeEntry{OwnerID: ownerID, PostID: p.ID, OriginalID: p.ID})
		texts = append(texts, postBody{PostID: p.ID, Body: fold(strings.Join([]string{p.Title, p.SpoilerText, text.Plain(p.Content)}, " "))})
	}
	for _, rows := range []any{posts, homes, texts} {
		if err := tx.db.CreateInBatches(rows, bulkBatch).Error; err != nil {
			return translate(err, "posts")
		}
	}
	return nil
}

// postBody is a row of the table in which words are looked for.
type postBody struct {
	PostID int64
	Body   string
}

// TableName is where gorm finds the rows.
func (postBody) TableName() string { return "post_text" }

// RecountInBulk counts posts and follows of the actors of a host anew.
func (tx *Tx) RecountInBulk(host string) error {
	return translate(tx.db.Exec(`UPDATE actor SET
		posts_count = (SELECT count(*) FROM post p WHERE p.author_id = actor.id AND p.reblog_of_id = 0 AND p.deleted_at = 0),
		last_post_at = coalesce((SELECT max(p.published_at) FROM post p WHERE p.author_id = actor.id), 0),
		followers_count = (SELECT count(*) FROM follow f WHERE f.target_id = actor.id AND f.state = 'accepted'),
		following_count = (SELECT count(*) FROM follow f WHERE f.actor_id = actor.id AND f.state = 'accepted')
		WHERE host = ?`, host).Error, "actors")
}
