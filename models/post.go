package models

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The visibilities of a post, as Mastodon's API names them.
const (
	Public   = "public"
	Unlisted = "unlisted"
	Private  = "private" // the author's followers, and whoever is mentioned
	Direct   = "direct"  // whoever is mentioned
)

// The visibilities beyond those, of posts in communities that are not for everybody. Clients are told "private".
const (
	ForPartners = "partners" // this organization, and those that the community names
	ForMembers  = "members"  // who follows the community, accepted
	ForLocal    = "local"    // this organization
)

// Post is what somebody wrote, or the boost of what somebody else wrote (ReblogOfID set). A deleted post stays as a
// tombstone: its URI must answer 410, and its Create must not bring it back.
type Post struct {
	ID               int64
	URI              string
	URL              string
	AuthorID         int64
	Local            bool
	CommunityID      int64 // the Group that it was posted into; 0 for none
	InReplyToID      int64
	InReplyToURI     string
	InReplyToAuthor  int64
	ThreadID         int64 // the first post of the thread; its own id for that one
	ContextURI       string
	ReblogOfID       int64
	Type             string // the ActivityStreams type it came as: Note, Page, Article …
	Kind             string // practice kind; "" when untyped
	Title            string // plain text
	TitleApart       bool   // the title is no part of the text, and is shown before it
	Content          string // sanitised HTML
	Source           string // as typed; local posts only
	SpoilerText      string
	Sensitive        bool
	Language         string
	Visibility       string
	AppID            int64
	RepliesCount     int64
	LikesCount       int64
	SharesCount      int64
	AcceptedAnswerID int64
	QuoteOfID        int64  // the post that it quotes, where that is known here
	QuoteOfURI       string // the same by its ActivityPub id
	QuoteState       string // what became of the wish to quote; "" for a quote that nobody has to be shown
	QuoteApprovalURI string // the quoted author's authorization, once it was checked
	QuotePolicy      string // who may quote the post: see QuotePolicy
	QuotesCount      int64  // accepted quotes that everybody may read
	PublishedAt      Timestamp
	EditedAt         Timestamp
	CreatedAt        Timestamp `gorm:"autoCreateTime:false"` // when this instance first had it
	DeletedAt        Timestamp // withdrawn by its author
	RemovedAt        Timestamp // removed by moderators of the community
	LockedAt         Timestamp // by moderators of the community: it takes no replies
	HiddenAt         Timestamp // hidden on this instance alone, by those who look after it
	HiddenReason     string
	CountedAt        Timestamp // when LikesCount or SharesCount last changed
	ToldLikes        int64     // as the host of its author says
	ToldShares       int64
}

// IsBoost reports a row that only shares another post.
func (p *Post) IsBoost() bool { return p.ReblogOfID != 0 }

// IsGone reports a post that was deleted or removed.
func (p *Post) IsGone() bool { return p.DeletedAt != 0 || p.RemovedAt != 0 }

// IsThread reports the first post of a thread.
func (p *Post) IsThread() bool { return p.InReplyToURI == "" && p.ReblogOfID == 0 }

// IsPublic reports a post that anybody may read: listed or not.
func (p *Post) IsPublic() bool { return p.Visibility == Public || p.Visibility == Unlisted }

// IsRestricted reports a post of a community that is not for everybody.
func (p *Post) IsRestricted() bool { return IsRestricted(p.Visibility) }

// IsRestricted reports the visibility of posts in communities that are not for everybody.
func IsRestricted(visibility string) bool {
	return visibility == ForPartners || visibility == ForMembers || visibility == ForLocal
}

// CreatePost stores a new post and counts it: for its author, and as a reply for what it answers. Conflict when the URI
// is known. Where the id is another post's, the transaction is run again.
func (tx *Tx) CreatePost(p *Post) error {
	if p.ID == 0 {
		p.ID = tx.NewID()
	}
	p.CreatedAt = tx.Now()
	if p.ThreadID == 0 {
		p.ThreadID = p.ID
	}
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(p)
	if result.Error != nil {
		return translate(result.Error, "post "+p.URI)
	}
	if result.RowsAffected == 0 {
		return tx.notCreated(p)
	}
	if err := tx.keepText(p); err != nil {
		return err
	}
	return tx.countPost(p, 1)
}

// notCreated tells why a post was not stored. Ids of what comes late are drawn at random within the millisecond of its date, and most
// dates are those of whole seconds: where many posts were written within one, two of them may meet.
func (tx *Tx) notCreated(p *Post) error {
	_, err := tx.PostByURI(p.URI)
	switch {
	case IsNotFound(err):
		return Errorf(Unavailable, "Post %s could not be stored now: %w", p.URI, errIDTaken)
	case err != nil:
		return err
	}
	return Errorf(Conflict, "post %s exists already", p.URI)
}

func (tx *Tx) countPost(p *Post, delta int) error {
	if p.IsBoost() {
		return nil
	}
	author := map[string]any{"posts_count": bumped("posts_count", delta)}
	if delta > 0 {
		author["last_post_at"] = min(p.PublishedAt, tx.Now())
	}
	if err := tx.db.Model(&Actor{}).Where("id = ?", p.AuthorID).UpdateColumns(author).Error; err != nil {
		return translate(err, "actor")
	}
	if p.countsAsQuote() {
		if err := tx.bumpPost(p.QuoteOfID, "quotes_count", delta); err != nil {
			return err
		}
	}
	return tx.countReply(p, p.InReplyToID, delta)
}

// countReply counts a reply for what it answers. Replies that not everybody who reads the parent may read don't count: the
// number would tell of them (security case E4).
func (tx *Tx) countReply(p *Post, parentID int64, delta int) error {
	if parentID == 0 || (!p.IsPublic() && !p.IsRestricted()) {
		return nil
	}
	if p.IsRestricted() {
		parent, err := tx.Post(parentID)
		if err != nil || parent.Visibility != p.Visibility || parent.CommunityID != p.CommunityID {
			return err
		}
	}
	return tx.bumpPost(parentID, "replies_count", delta)
}

func (tx *Tx) bumpPost(id int64, column string, delta int) error {
	return translate(tx.db.Model(&Post{}).Where("id = ?", id).UpdateColumn(column, bumped(column, delta)).Error, "post")
}

// postCounts change by bumpPost alone: a row that was read earlier would set them back.
var postCounts = []string{"RepliesCount", "LikesCount", "SharesCount", "QuotesCount", "CountedAt", "ToldLikes", "ToldShares"}

// SavePost stores a changed post; its counts stay as they are.
func (tx *Tx) SavePost(p *Post) error {
	if err := tx.db.Omit(postCounts...).Save(p).Error; err != nil {
		return translate(err, "post "+p.URI)
	}
	return tx.keepText(p)
}

// SetPostVisibility stores who may read a post, and nothing else of it.
func (tx *Tx) SetPostVisibility(p *Post) error {
	err := tx.db.Model(&Post{}).Where("id = ?", p.ID).UpdateColumn("visibility", p.Visibility).Error
	return translate(err, "post "+p.URI)
}

// Post gives the post of an id, whoever may see it: for verbs, never for answers to a viewer.
func (tx *Tx) Post(id int64) (*Post, error) {
	return first[Post](tx.db.Where("id = ?", id), "post")
}

// PostByURI gives the post of an ActivityPub id, deleted ones too, whoever may see it.
func (tx *Tx) PostByURI(uri string) (*Post, error) {
	return first[Post](tx.db.Where("uri = ?", uri), "post "+uri)
}

// LockPost reads a post and holds it against other writers until the transaction ends.
func (tx *Tx) LockPost(id int64) (*Post, error) {
	query := tx.db
	if tx.store.dialect == dialectPostgres {
		query = query.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	return first[Post](query.Where("id = ?", id), "post")
}

// Posts gives posts of ids by id, whoever may see them: for verbs and for posts that a visible boost carries.
func (tx *Tx) Posts(ids []int64) (map[int64]*Post, error) {
	found := make(map[int64]*Post, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[Post](tx.db.Where("id IN ?", ids), "posts")
	for i := range rows {
		found[rows[i].ID] = &rows[i]
	}
	return found, err
}

// MarkPostDeleted turns a post into a tombstone: text, timeline entries, notifications and boosts go, the URI stays.
func (tx *Tx) MarkPostDeleted(p *Post) error {
	if p.DeletedAt != 0 {
		return nil
	}
	if p.counts() { // what moderators removed or hid does not any more
		if err := tx.countPost(p, -1); err != nil {
			return err
		}
	}
	if err := tx.emitDeleted(p); err != nil {
		return err
	}
	p.DeletedAt = tx.Now()
	p.Content, p.Source, p.Title, p.SpoilerText = "", "", "", ""
	if err := tx.SavePost(p); err != nil {
		return err
	}
	return tx.forgetPost(p.ID)
}

// forgetPost removes every trace of a post from what members see.
func (tx *Tx) forgetPost(id int64) error {
	for _, query := range []string{
		"DELETE FROM home_entry WHERE original_id = ?",
		"DELETE FROM notification WHERE post_id = ?",
		"DELETE FROM post_tag WHERE post_id = ?",
		"DELETE FROM attachment WHERE post_id = ? AND owner_id = 0",
		"DELETE FROM post_card WHERE post_id = ?",
		"DELETE FROM signed_copy WHERE post_id = ?",
		"DELETE FROM favourite WHERE post_id = ?",
		"DELETE FROM bookmark WHERE post_id = ?",
		"DELETE FROM pin WHERE post_id = ?",
		"DELETE FROM post_edit WHERE post_id = ?",
		"DELETE FROM poll WHERE post_id = ?",
		"DELETE FROM practice WHERE post_id = ?",
		"DELETE FROM practice_source WHERE post_id = ?",
		"DELETE FROM response WHERE post_id = ?",
		"DELETE FROM response WHERE reply_id = ?",
		"DELETE FROM post WHERE reblog_of_id = ? AND reblog_of_id <> 0",
		"UPDATE post SET accepted_answer_id = 0 WHERE accepted_answer_id = ?",
	} {
		if err := tx.db.Exec(query, id).Error; err != nil {
			return translate(err, "post")
		}
	}
	if err := tx.DetachUploads(id, nil); err != nil { // their files are there still: the sweep deletes both
		return err
	}
	return tx.stepBack(id)
}

// AdoptOrphans ties replies that arrived before p to it, and gives how many there were. An orphan that p itself hangs
// below, or that is p, stays one: tied to p, the thread would have no end.
func (tx *Tx) AdoptOrphans(p *Post) (int64, error) {
	// The plus keeps SQLite from the index of in_reply_to_id, where 0 stands for nearly all posts; that it is not empty lets the
	// partial index serve.
	orphans, err := list[Post](tx.db.Where("in_reply_to_uri = ? AND in_reply_to_uri <> '' AND +in_reply_to_id = 0 AND thread_id <> ?", p.URI, p.ThreadID), "posts")
	if err != nil {
		return 0, err
	}
	for i := range orphans {
		if err := tx.adopt(p, &orphans[i]); err != nil {
			return 0, translate(err, "posts")
		}
	}
	return int64(len(orphans)), nil
}

func (tx *Tx) adopt(p, orphan *Post) error {
	// Everything below the orphan hangs in the orphan's own thread so far. What only some may read is in no community.
	below := tx.db.Model(&Post{}).Where("thread_id = ?", orphan.ThreadID)
	if p.CommunityID != 0 {
		public := below.Session(&gorm.Session{}).Where("community_id = 0 AND visibility IN ?", []string{Public, Unlisted})
		if err := public.UpdateColumn("community_id", p.CommunityID).Error; err != nil {
			return err
		}
	}
	if err := tx.moveThreadMutes(orphan.ThreadID, p.ThreadID); err != nil {
		return err
	}
	if err := below.Session(&gorm.Session{}).UpdateColumn("thread_id", p.ThreadID).Error; err != nil {
		return err
	}
	if err := tx.joinConversations(orphan.ThreadID, p.ThreadID); err != nil {
		return err
	}
	ties := map[string]any{"in_reply_to_id": p.ID, "in_reply_to_author": p.AuthorID}
	if err := tx.db.Model(&Post{}).Where("id = ?", orphan.ID).UpdateColumns(ties).Error; err != nil {
		return err
	}
	if orphan.IsGone() {
		return nil
	}
	return tx.countReply(orphan, p.ID, 1)
}

// BoostOf gives the boost of a post by an actor.
func (tx *Tx) BoostOf(postID, actorID int64) (*Post, error) {
	return first[Post](tx.db.Where("reblog_of_id = ? AND reblog_of_id <> 0 AND author_id = ?", postID, actorID), "boost")
}

// CountShare changes a post's count of boosts by members and followers (communities' announcements don't count).
func (tx *Tx) CountShare(postID int64, delta int) error {
	return tx.bumpReaction(postID, "shares_count", delta)
}

// DeleteBoost removes a boost for good: nothing else hangs on it.
func (tx *Tx) DeleteBoost(boost *Post) error {
	if err := tx.emitDeleted(boost); err != nil {
		return err
	}
	if err := tx.db.Exec("DELETE FROM home_entry WHERE post_id = ?", boost.ID).Error; err != nil {
		return translate(err, "boost")
	}
	if err := tx.db.Exec("DELETE FROM notification WHERE type = ? AND actor_id = ? AND post_id = ?",
		NotifyReblog, boost.AuthorID, boost.ReblogOfID).Error; err != nil {
		return translate(err, "boost")
	}
	return translate(tx.db.Delete(&Post{}, "id = ?", boost.ID).Error, "boost")
}

// Tombstone remembers that an actor deleted something before we ever had it (security case F4). It speaks for that actor
// alone: what another wrote is not deleted by it.
type Tombstone struct {
	URI       string    `gorm:"primaryKey"`
	ActorURI  string    `gorm:"primaryKey"`
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutTombstone remembers a deletion.
func (tx *Tx) PutTombstone(uri, actorURI string) error {
	row := Tombstone{URI: uri, ActorURI: actorURI, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "tombstone")
}

// HasTombstone reports whether an actor deleted a URI before we had it. Older rows do not say who.
func (tx *Tx) HasTombstone(uri, actorURI string) (bool, error) {
	var n int64
	err := tx.db.Model(&Tombstone{}).Where("uri = ? AND actor_uri IN ('', ?)", uri, actorURI).Count(&n).Error
	return n > 0, translate(err, "tombstone")
}
