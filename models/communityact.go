package models

import "gorm.io/gorm"

// What moderators of a community do that stands until it is undone.
const (
	ActRemove = "remove" // a post is hidden in the community
	ActLock   = "lock"   // a thread takes no replies
	ActPin    = "pin"    // a post stands first in the community
	ActBan    = "ban"    // an actor may not take part
)

// CommunityAct is an act of a moderator that stands until it is undone. What it is about is named by its ActivityPub id, since
// an act may come before what it is about. Acts come in any order and any number of times, and lead to one state: an act that
// is known is not done again, and one that was undone before it came is not done at all.
type CommunityAct struct {
	ID          int64
	URI         string
	CommunityID int64
	Verb        string
	ActorID     int64 // who did it
	ObjectURI   string
	Reason      string
	Until       Timestamp // when a ban ends; 0 for never
	RemoveData  bool      // a ban that removes what the actor posted there, too
	ActedAt     Timestamp // when it was done, as the activity says
	UndoneAt    Timestamp // when it was undone, likewise; 0 while it stands
	NoticeID    int64     // the direct post by which whom it concerns was told
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// standing limits a query over community_act to what holds at a time.
const standing = "community_act.undone_at = 0 AND (community_act.until = 0 OR community_act.until > ?)"

// PutCommunityAct stores an act and tells whether it changes anything: not when it is known, when the same stands already, or
// when it was undone later than it was done.
func (tx *Tx) PutCommunityAct(a *CommunityAct) (bool, error) {
	a.ID, a.CreatedAt = tx.NewID(), tx.Now()
	a.ActedAt = tx.actedAt(a.ActedAt)
	var known int64
	err := tx.db.Model(&CommunityAct{}).Where("uri = ? OR (object_uri = ? AND community_id = ? AND verb = ? AND (undone_at > ? OR "+standing+"))",
		a.URI, a.ObjectURI, a.CommunityID, a.Verb, a.ActedAt, tx.Now()).Count(&known).Error
	if err != nil || known > 0 {
		return false, translate(err, "act of moderation")
	}
	return true, translate(tx.db.Create(a).Error, "act of moderation")
}

// actedAt gives when something was done in whole seconds, as the wire tells it; now unless it is told.
func (tx *Tx) actedAt(at Timestamp) Timestamp {
	if at == 0 || at > tx.Now() {
		at = tx.Now()
	}
	return at - at%1000
}

// UndoCommunityAct undoes what stands of a kind about an object and gives the acts that stood. The undone act is named by a's
// URI, of which some servers make a new one for the Undo: then all that were done until then are undone. An act that is not
// known yet is remembered as undone.
func (tx *Tx) UndoCommunityAct(a *CommunityAct, at Timestamp) ([]CommunityAct, error) {
	at = tx.actedAt(at)
	named, err := list[CommunityAct](tx.db.Where("uri = ?", a.URI), "acts of moderation")
	if err != nil {
		return nil, err
	}
	if len(named) == 0 {
		unknown := *a
		unknown.ID, unknown.CreatedAt, unknown.ActedAt, unknown.UndoneAt = tx.NewID(), tx.Now(), at, at
		if err := tx.db.Create(&unknown).Error; err != nil {
			return nil, translate(err, "act of moderation")
		}
		query := tx.db.Where("object_uri = ? AND community_id = ? AND verb = ? AND acted_at <= ? AND undone_at = 0", a.ObjectURI, a.CommunityID, a.Verb, at)
		if named, err = list[CommunityAct](query.Order("id"), "acts of moderation"); err != nil {
			return nil, err
		}
	}
	return tx.endActs(named, a, at)
}

// endActs marks those acts as undone that are about the same.
func (tx *Tx) endActs(acts []CommunityAct, like *CommunityAct, at Timestamp) ([]CommunityAct, error) {
	var ended []CommunityAct
	for i := range acts {
		act := acts[i]
		if act.UndoneAt != 0 || act.ObjectURI != like.ObjectURI || act.CommunityID != like.CommunityID || act.Verb != like.Verb {
			continue
		}
		act.UndoneAt = max(at, act.ActedAt)
		if err := tx.db.Save(&act).Error; err != nil {
			return nil, translate(err, "act of moderation")
		}
		ended = append(ended, act)
	}
	return ended, nil
}

// StandingAct gives the act of a kind about an object that stands in a community.
func (tx *Tx) StandingAct(communityID int64, verb, objectURI string) (*CommunityAct, error) {
	query := tx.db.Where("object_uri = ? AND community_id = ? AND verb = ?", objectURI, communityID, verb).Where(standing, tx.Now())
	return first[CommunityAct](query.Order("id").Limit(1), "act of moderation")
}

// CommunityActByURI gives the act of an activity id.
func (tx *Tx) CommunityActByURI(uri string) (*CommunityAct, error) {
	return first[CommunityAct](tx.db.Where("uri = ?", uri), "act of moderation "+uri)
}

// SetActNotice remembers by which post somebody was told of an act.
func (tx *Tx) SetActNotice(actID, postID int64) error {
	err := tx.db.Model(&CommunityAct{}).Where("id = ?", actID).UpdateColumn("notice_id", postID).Error
	return translate(err, "act of moderation")
}

// ActOfNotice gives the act that stands of which a post told. Errors: NotFound.
func (tx *Tx) ActOfNotice(postID int64) (*CommunityAct, error) {
	return first[CommunityAct](tx.db.Where("notice_id = ?", postID).Where(standing, tx.Now()), "act of moderation")
}

// CommunityActByID gives the act of a row id.
func (tx *Tx) CommunityActByID(id int64) (*CommunityAct, error) {
	return first[CommunityAct](tx.db.Where("id = ?", id), "act of moderation")
}

// BanOf gives the ban of an actor from a community that stands. Errors: NotFound.
func (tx *Tx) BanOf(communityID int64, actor *Actor) (*CommunityAct, error) {
	return tx.StandingAct(communityID, ActBan, actor.URI)
}

// Ban is a ban that stands, and whom it keeps away.
type Ban struct {
	CommunityAct `gorm:"embedded"`
	TargetID     int64
}

// BanPage gives a page of the bans from a community that stand, by ban.
func (tx *Tx) BanPage(communityID int64, page Page) ([]Ban, error) {
	var rows []Ban
	query := tx.db.Model(&CommunityAct{}).Select("community_act.*, a.id AS target_id").Joins("JOIN actor a ON a.uri = community_act.object_uri").
		Where("community_act.community_id = ? AND community_act.verb = ?", communityID, ActBan).Where(standing, tx.Now())
	err := page.apply(query, "community_act.id").Scan(&rows).Error
	return descending(page, rows), translate(err, "bans")
}

// StandingActsOn gives the acts that stand about posts, by the ids of the posts.
func (tx *Tx) StandingActsOn(postIDs []int64) (map[int64][]CommunityAct, error) {
	found := map[int64][]CommunityAct{}
	if len(postIDs) == 0 {
		return found, nil
	}
	var rows []struct {
		CommunityAct `gorm:"embedded"`
		PostID       int64
	}
	err := tx.actsOfPosts().Where("p.id IN ?", postIDs).Scan(&rows).Error
	for _, row := range rows {
		found[row.PostID] = append(found[row.PostID], row.CommunityAct)
	}
	return found, translate(err, "acts of moderation")
}

func (tx *Tx) actsOfPosts() *gorm.DB {
	return tx.db.Table("post AS p").Select("community_act.*, p.id AS post_id").
		Joins("JOIN community_act ON community_act.object_uri = p.uri AND community_act.community_id = p.community_id").
		Where(standing, tx.Now())
}

// ActsDueInThread gives the posts of a thread that an act which stands removes or locks, and that are not yet: the act came
// before the post, or before the community took it.
func (tx *Tx) ActsDueInThread(threadID int64) (removed, locked []Post, err error) {
	due := func(verb, column string) ([]Post, error) {
		query := tx.db.Where("thread_id = ? AND community_id <> 0 AND deleted_at = 0 AND "+column+" = 0", threadID).
			Where(`EXISTS (SELECT 1 FROM community_act WHERE community_act.object_uri = post.uri AND community_act.community_id = post.community_id
				AND community_act.verb = ? AND `+standing+`)`, verb, tx.Now())
		return list[Post](query, "posts")
	}
	if removed, err = due(ActRemove, "removed_at"); err != nil {
		return nil, nil, err
	}
	locked, err = due(ActLock, "locked_at")
	return removed, locked, err
}

// PostsIn gives the posts of an actor in a community that are not removed, whoever may see them.
func (tx *Tx) PostsIn(communityID, authorID int64) ([]Post, error) {
	query := tx.db.Where("community_id = ? AND author_id = ? AND reblog_of_id = 0 AND deleted_at = 0 AND removed_at = 0", communityID, authorID)
	return list[Post](query.Order("id"), "posts")
}

// MarkPostRemoved hides a post that moderators removed. Unlike a deletion this keeps all that the post is.
func (tx *Tx) MarkPostRemoved(p *Post, at Timestamp) error {
	if p.IsGone() {
		return nil
	}
	return tx.hidePost(p, func() { p.RemovedAt = at })
}

// MarkPostRestored shows a removed post again.
func (tx *Tx) MarkPostRestored(p *Post) error {
	if p.RemovedAt == 0 || p.DeletedAt != 0 {
		return nil
	}
	return tx.showPost(p, func() { p.RemovedAt = 0 })
}

// MarkPostHidden hides a post on this instance, or changes why it is hidden.
func (tx *Tx) MarkPostHidden(p *Post, reason string) error {
	return tx.hidePost(p, func() { p.HiddenAt, p.HiddenReason = tx.Now(), reason })
}

// MarkPostShown ends that a post is hidden on this instance.
func (tx *Tx) MarkPostShown(p *Post) error {
	if p.HiddenAt == 0 {
		return nil
	}
	return tx.showPost(p, func() { p.HiddenAt, p.HiddenReason = 0, "" })
}

// counts reports a post that is counted where posts, replies and quotes are: one that not only its author sees.
func (p *Post) counts() bool { return !p.IsGone() && p.HiddenAt == 0 }

func (tx *Tx) hidePost(p *Post, mark func()) error {
	if p.counts() {
		if err := tx.countPost(p, -1); err != nil {
			return err
		}
	}
	if err := tx.emitDeleted(p); err != nil {
		return err
	}
	mark()
	return tx.SavePost(p)
}

func (tx *Tx) showPost(p *Post, mark func()) error {
	mark()
	if err := tx.SavePost(p); err != nil {
		return err
	}
	tx.Emit(Change{Kind: PostEdited, ID: p.ID})
	if !p.counts() {
		return nil
	}
	return tx.countPost(p, 1)
}

// MoveThread puts a thread with all its replies into another community, with what moderators removed and locked in it. Pins
// stay behind: the new community chooses its own.
func (tx *Tx) MoveThread(threadID, from, to int64) error {
	inThread := "IN (SELECT uri FROM post WHERE thread_id = ?)"
	err := tx.db.Exec("DELETE FROM pin WHERE actor_id = ? AND post_id IN (SELECT id FROM post WHERE thread_id = ?)", from, threadID).Error
	if err != nil {
		return translate(err, "pins")
	}
	err = tx.db.Exec("DELETE FROM community_act WHERE community_id = ? AND verb = ? AND object_uri "+inThread, from, ActPin, threadID).Error
	if err != nil {
		return translate(err, "acts of moderation")
	}
	err = tx.db.Exec("UPDATE community_act SET community_id = ? WHERE community_id = ? AND object_uri "+inThread, to, from, threadID).Error
	if err != nil {
		return translate(err, "acts of moderation")
	}
	err = tx.db.Model(&Post{}).Where("thread_id = ? AND community_id = ?", threadID, from).UpdateColumn("community_id", to).Error
	return translate(err, "thread")
}

// ThreadNamed gives the thread that an id names: that of its first post, or of the collection of its posts.
func (tx *Tx) ThreadNamed(uri string) (*Post, error) {
	if uri == "" {
		return nil, Errorf(NotFound, "thread not found")
	}
	return first[Post](tx.db.Where("(uri = ? OR (context_uri = ? AND thread_id = id)) AND reblog_of_id = 0", uri, uri).Order("id").Limit(1), "thread")
}

// CommunityActs gives acts by their row ids.
func (tx *Tx) CommunityActs(ids []int64) (map[int64]CommunityAct, error) {
	found := map[int64]CommunityAct{}
	if len(ids) == 0 {
		return found, nil
	}
	rows, err := list[CommunityAct](tx.db.Where("id IN ?", ids), "acts of moderation")
	for _, row := range rows {
		found[row.ID] = row
	}
	return found, err
}
