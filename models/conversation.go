package models

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// newQuery lets one query be used several times.
var newQuery = &gorm.Session{}

// Conversation is what a member and certain others wrote to each other, directly, in one thread. Those who answer the
// same post in private each have a conversation of their own with its author.
type Conversation struct {
	ID           int64
	OwnerID      int64
	ThreadID     int64
	Participants string // stands for those who take part, whatever their number
	LastPostID   int64
	Unread       bool
}

// participantsOf gives those whom a direct post is between, but the member themself.
func (tx *Tx) participantsOf(ownerID int64, post *Post) ([]int64, error) {
	var ids []int64
	if err := tx.db.Model(&PostMention{}).Where("post_id = ?", post.ID).Pluck("actor_id", &ids).Error; err != nil {
		return nil, translate(err, "mentions")
	}
	ids = append(ids, post.AuthorID)
	slices.Sort(ids)
	return slices.DeleteFunc(slices.Compact(ids), func(id int64) bool { return id == ownerID }), nil
}

func participantsKey(ids []int64) string {
	sum := sha256.New()
	for _, id := range ids {
		_, _ = sum.Write(strconv.AppendInt(nil, id, 10))
		_, _ = sum.Write([]byte{' '})
	}
	return hex.EncodeToString(sum.Sum(nil))
}

// AddToConversation makes a direct post the last one of a member's conversation with those whom it is between.
func (tx *Tx) AddToConversation(ownerID int64, post *Post, unread bool) error {
	ids, err := tx.participantsOf(ownerID, post)
	if err != nil {
		return err
	}
	key := participantsKey(ids)
	row := Conversation{ID: tx.NewID(), OwnerID: ownerID, ThreadID: post.ThreadID, Participants: key, LastPostID: post.ID, Unread: unread}
	err = tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "owner_id"}, {Name: "thread_id"}, {Name: "participants"}},
		DoUpdates: clause.AssignmentColumns([]string{"last_post_id", "unread"}),
		Where:     clause.Where{Exprs: []clause.Expression{gorm.Expr("conversation.last_post_id <= excluded.last_post_id")}},
	}).Create(&row).Error
	if err != nil {
		return translate(err, "conversation")
	}
	kept, err := first[Conversation](tx.db.Where("owner_id = ? AND thread_id = ? AND participants = ?", ownerID, post.ThreadID, key), "conversation")
	if err != nil {
		return err
	}
	for _, id := range ids {
		err := tx.db.Exec("INSERT INTO conversation_participant (conversation_id, actor_id) VALUES (?, ?) ON CONFLICT DO NOTHING", kept.ID, id).Error
		if err != nil {
			return translate(err, "conversation")
		}
	}
	tx.Emit(Change{Kind: ConversationChanged, OwnerID: ownerID, ID: kept.ID})
	return nil
}

// Conversations gives a page of a member's conversations by their last posts, as far as they may read these.
func (tx *Tx) Conversations(ownerID int64, page Page) ([]Conversation, error) {
	query := tx.db.Where("conversation.owner_id = ? AND EXISTS (?)", ownerID,
		tx.db.Session(newSession).Model(&Post{}).Select("1").Where("post.id = conversation.last_post_id").Scopes(VisibleTo(ownerID)))
	rows, err := list[Conversation](page.apply(query, "conversation.last_post_id"), "conversations")
	return descending(page, rows), err
}

// Conversation gives one of a member's conversations.
func (tx *Tx) Conversation(ownerID, id int64) (*Conversation, error) {
	return first[Conversation](tx.db.Where("owner_id = ? AND id = ?", ownerID, id), "conversation")
}

// ConversationActors gives those who take part in conversations beside the owner, by conversation.
func (tx *Tx) ConversationActors(ids []int64) (map[int64][]int64, error) {
	found := map[int64][]int64{}
	if len(ids) == 0 {
		return found, nil
	}
	var rows []struct{ ConversationID, ActorID int64 }
	err := tx.db.Table("conversation_participant").Where("conversation_id IN ?", ids).Order("conversation_id, actor_id").Scan(&rows).Error
	for _, row := range rows {
		found[row.ConversationID] = append(found[row.ConversationID], row.ActorID)
	}
	return found, translate(err, "conversations")
}

// MarkConversation stores whether a conversation has something that was not read.
func (tx *Tx) MarkConversation(id int64, unread bool) error {
	return translate(tx.db.Model(&Conversation{}).Where("id = ?", id).UpdateColumn("unread", unread).Error, "conversation")
}

// DeleteConversation takes a conversation off a member's list; its posts stay.
func (tx *Tx) DeleteConversation(id int64) error {
	return translate(tx.db.Delete(&Conversation{}, "id = ?", id).Error, "conversation")
}

// stepBack gives conversations whose last post is gone the one before it; those that have none end.
func (tx *Tx) stepBack(postID int64) error {
	rows, err := list[Conversation](tx.db.Where("last_post_id = ?", postID), "conversations")
	if err != nil {
		return err
	}
	for i := range rows {
		before, err := tx.lastOf(&rows[i], postID)
		switch {
		case err != nil:
			return err
		case before == 0:
			err = tx.DeleteConversation(rows[i].ID)
		default:
			err = translate(tx.db.Model(&Conversation{}).Where("id = ?", rows[i].ID).UpdateColumn("last_post_id", before).Error, "conversation")
		}
		if err != nil {
			return err
		}
	}
	return nil
}

// leaveConversations gives the conversations of others that an actor who is gone had the last word in the one before.
func (tx *Tx) leaveConversations(actorID int64) error {
	var last []int64
	err := tx.db.Model(&Conversation{}).Where("last_post_id IN (SELECT id FROM post WHERE author_id = ?)", actorID).
		Distinct().Pluck("last_post_id", &last).Error
	if err != nil {
		return translate(err, "conversations")
	}
	for _, post := range last {
		if err := tx.stepBack(post); err != nil {
			return err
		}
	}
	return nil
}

// maxStepBack is how many posts of a thread are looked at for the one before.
const maxStepBack = 200

// lastOf gives the last post of a conversation before one that goes; 0 for none. What the member's policy holds back is
// in no conversation.
func (tx *Tx) lastOf(c *Conversation, gone int64) (int64, error) {
	posts, err := list[Post](tx.db.Scopes(VisibleTo(c.OwnerID)).
		Where("post.thread_id = ? AND post.visibility = ? AND post.id < ? AND post.reblog_of_id = 0", c.ThreadID, Direct, gone).
		Where("NOT EXISTS (SELECT 1 FROM notification n WHERE n.owner_id = ? AND n.post_id = post.id AND n.filtered)", c.OwnerID).
		Order("post.id DESC").Limit(maxStepBack), "conversation")
	if err != nil {
		return 0, err
	}
	for i := range posts {
		ids, err := tx.participantsOf(c.OwnerID, &posts[i])
		if err != nil {
			return 0, err
		}
		if participantsKey(ids) == c.Participants {
			return posts[i].ID, nil
		}
	}
	return 0, nil
}

// joinConversations carries conversations over to the thread that theirs turned out to be a part of.
func (tx *Tx) joinConversations(from, to int64) error {
	const twin = `DELETE FROM conversation WHERE thread_id = ? AND EXISTS (SELECT 1 FROM conversation c
		WHERE c.owner_id = conversation.owner_id AND c.participants = conversation.participants AND c.thread_id = ? AND c.last_post_id > conversation.last_post_id)`
	for _, way := range [][2]int64{{from, to}, {to, from}} {
		if err := tx.db.Exec(twin, way[0], way[1]).Error; err != nil {
			return translate(err, "conversations")
		}
	}
	return translate(tx.db.Model(&Conversation{}).Where("thread_id = ?", from).UpdateColumn("thread_id", to).Error, "conversations")
}
