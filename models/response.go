package models

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"praxis/internal/snowflake"
)

// What people say to a post.
const (
	ResponseHelped = "helped" // a reply was of use
	ResponseReused = "reused" // an asset was used again
	ResponseJoined = "joined" // they take part with an amount
	ResponseGoing  = "going"  // whether they come: the value says going, maybe or notgoing
	ResponseKnows  = "knows"  // they know about a topic
	ResponseKeep   = "keep"   // it belongs into the repertoire
)

// Response is what one actor said to one post, each thing once.
type Response struct {
	ID        int64
	PostID    int64
	ActorID   int64
	Verb      string
	Topic     string    // what they know; "" of other verbs
	Value     string    // the unit of an amount; going, maybe or notgoing
	Amount    int64     // thousandths
	ReplyID   int64     // the reply that said so; 0 for none
	URI       string    // the activity that said so; "" for none
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutResponse stores what somebody said, in place of what they said before.
func (tx *Tx) PutResponse(r *Response) error {
	r.ID, r.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "post_id"}, {Name: "verb"}, {Name: "actor_id"}, {Name: "topic"}},
		DoUpdates: clause.AssignmentColumns([]string{"id", "value", "amount", "reply_id", "uri", "created_at"}),
	}).Create(r).Error, "response")
}

// Response gives what an actor said to a post; nil for nothing.
func (tx *Tx) Response(postID, actorID int64, verb, topic string) (*Response, error) {
	row, err := first[Response](tx.db.Where("post_id = ? AND actor_id = ? AND verb = ? AND topic = ?", postID, actorID, verb, topic), "response")
	if IsNotFound(err) {
		return nil, nil
	}
	return row, err
}

// DeleteResponse takes back what an actor said to a post.
func (tx *Tx) DeleteResponse(postID, actorID int64, verb, topic string) error {
	return translate(tx.db.Delete(&Response{}, "post_id = ? AND actor_id = ? AND verb = ? AND topic = ?", postID, actorID, verb, topic).Error, "response")
}

// Responses gives what was said to a post by a verb, oldest first, at most limit, beginning after the one of id after.
func (tx *Tx) Responses(postID int64, verb string, after int64, limit int) ([]Response, error) {
	return list[Response](tx.db.Where("post_id = ? AND verb = ? AND id > ?", postID, verb, after).Order("id").Limit(limit), "responses")
}

// RepliesResponding gives the replies that said something to a post by a verb and that viewer may read, oldest first.
func (tx *Tx) RepliesResponding(postID int64, verb string, viewer, after int64, limit int) ([]Post, error) {
	query := tx.responding(postID, verb, viewer).Where("post.id > ?", after)
	return list[Post](query.Order("post.id").Limit(limit), "responses")
}

func (tx *Tx) responding(postID int64, verb string, viewer int64) *gorm.DB {
	return tx.db.Model(&Post{}).Scopes(VisibleTo(viewer)).
		Where("EXISTS (SELECT 1 FROM response r WHERE r.reply_id = post.id AND r.post_id = ? AND r.verb = ?)", postID, verb)
}

// HelpedBy gives the replies of a thread that an actor called helpful.
func (tx *Tx) HelpedBy(threadID, actorID int64) ([]int64, error) {
	var ids []int64
	err := tx.db.Model(&Response{}).Joins("JOIN post p ON p.id = response.post_id AND p.thread_id = ?", threadID).
		Where("response.verb = ? AND response.actor_id = ?", ResponseHelped, actorID).Order("response.post_id").Pluck("response.post_id", &ids).Error
	return ids, translate(err, "responses")
}

// Tally is how often something was said to a post, and the sum of the amounts.
type Tally struct {
	PostID, ThreadID int64
	Verb, Value      string
	Count, Sum       int64
}

// Tallies counts what was said to the posts of threads; what gone actors said does not count. Replies that not everybody may
// read are not called helpful: the list would tell of them (security case E4).
func (tx *Tx) Tallies(threadIDs []int64) ([]Tally, error) {
	var rows []Tally
	if len(threadIDs) == 0 {
		return rows, nil
	}
	err := tx.db.Model(&Response{}).
		Joins("JOIN post p ON p.id = response.post_id AND p.deleted_at = 0 AND p.removed_at = 0").
		Joins("JOIN actor a ON a.id = response.actor_id AND a.deleted_at = 0 AND a.suspended_at = 0").
		Where("p.thread_id IN ? AND (response.verb <> ? OR p.visibility IN ('public', 'unlisted'))", threadIDs, ResponseHelped).
		Select("response.post_id AS post_id, p.thread_id AS thread_id, response.verb AS verb, response.value AS value, count(*) AS count, CAST(sum(response.amount) AS bigint) AS sum").
		Group("response.post_id, p.thread_id, response.verb, response.value").
		Order("count(*) DESC, response.post_id, response.verb, response.value").Scan(&rows).Error
	return rows, translate(err, "responses")
}

// CommandUses counts the commands that an actor gave since a moment.
func (tx *Tx) CommandUses(actorID int64, since Timestamp) (int64, error) {
	var n int64
	err := tx.db.Table("command_use").Where("actor_id = ? AND id >= ?", actorID, snowflake.First(since.Time())).Count(&n).Error
	return n, translate(err, "commands")
}

// UseCommand notes that an actor gave a command, and forgets those from before a moment.
func (tx *Tx) UseCommand(actorID int64, forget Timestamp) error {
	if err := tx.db.Exec("DELETE FROM command_use WHERE actor_id = ? AND id < ?", actorID, snowflake.First(forget.Time())).Error; err != nil {
		return translate(err, "commands")
	}
	return translate(tx.db.Exec("INSERT INTO command_use (id, actor_id) VALUES (?, ?)", tx.NewID(), actorID).Error, "commands")
}

// maxBelow is how many replies below a post are looked at.
const maxBelow = 500

// RepliesBelow gives the posts that hang below a post, oldest first, whoever may see them.
func (tx *Tx) RepliesBelow(post *Post) ([]Post, error) {
	links, err := tx.ThreadLinks(post.ThreadID, maxBelow)
	if err != nil {
		return nil, err
	}
	below := map[int64]bool{post.ID: true}
	for grown := true; grown; { // a parent may be younger than its reply
		grown = false
		for _, link := range links {
			if below[link.InReplyToID] && !below[link.ID] {
				below[link.ID], grown = true, true
			}
		}
	}
	var ids []int64
	for _, link := range links {
		if below[link.ID] && link.ID != post.ID {
			ids = append(ids, link.ID)
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return list[Post](tx.db.Where("id IN ?", ids).Order("id"), "replies")
}
