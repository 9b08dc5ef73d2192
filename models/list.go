package models

import (
	"strings"

	"gorm.io/gorm/clause"
)

// Whose answers a list shows, as Mastodon's API names it. Answers to the owner and to oneself are always shown.
const (
	RepliesFollowed = "followed" // those to whom the owner follows
	RepliesList     = "list"     // those to members of the list
	RepliesNone     = "none"
)

// MemberList is a timeline of a member's own making: the posts of some of those whom they follow.
type MemberList struct {
	ID            int64
	OwnerID       int64
	Title         string
	RepliesPolicy string
	Exclusive     bool      // its members' posts are not at home
	CreatedAt     Timestamp `gorm:"autoCreateTime:false"`
}

// ListMember is an actor in a list.
type ListMember struct {
	ID      int64
	ListID  int64
	ActorID int64
}

// PutList stores a new or changed list.
func (tx *Tx) PutList(l *MemberList) error {
	if l.ID == 0 {
		l.ID, l.CreatedAt = tx.NewID(), tx.Now()
	}
	return translate(tx.db.Save(l).Error, "list")
}

// DeleteList removes a list with the places in it.
func (tx *Tx) DeleteList(id int64) error {
	if err := tx.db.Delete(&ListMember{}, "list_id = ?", id).Error; err != nil {
		return translate(err, "list")
	}
	return translate(tx.db.Delete(&MemberList{}, "id = ?", id).Error, "list")
}

// List gives a list of a member's; others' are absent.
func (tx *Tx) List(ownerID, id int64) (*MemberList, error) {
	return first[MemberList](tx.db.Where("owner_id = ? AND id = ?", ownerID, id), "list")
}

// Lists gives a member's lists, oldest first.
func (tx *Tx) Lists(ownerID int64) ([]MemberList, error) {
	return list[MemberList](tx.db.Where("owner_id = ?", ownerID).Order("id"), "lists")
}

// ListsWith gives those of a member's lists in which an actor is.
func (tx *Tx) ListsWith(ownerID, actorID int64) ([]MemberList, error) {
	return list[MemberList](tx.db.Where("owner_id = ? AND id IN (SELECT list_id FROM list_member WHERE actor_id = ?)", ownerID, actorID).Order("id"), "lists")
}

// CountLists counts a member's lists.
func (tx *Tx) CountLists(ownerID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&MemberList{}).Where("owner_id = ?", ownerID).Count(&n).Error
	return n, translate(err, "lists")
}

// CountListMembers counts who is in a list.
func (tx *Tx) CountListMembers(listID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&ListMember{}).Where("list_id = ?", listID).Count(&n).Error
	return n, translate(err, "list")
}

// AddToList places an actor in a list; false when they are in it already.
func (tx *Tx) AddToList(listID, actorID int64) (bool, error) {
	row := ListMember{ID: tx.NewID(), ListID: listID, ActorID: actorID}
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	return result.RowsAffected > 0, translate(result.Error, "list")
}

// RemoveFromList takes actors out of a list.
func (tx *Tx) RemoveFromList(listID int64, actorIDs []int64) error {
	return translate(tx.db.Delete(&ListMember{}, "list_id = ? AND actor_id IN ?", listID, actorIDs).Error, "list")
}

// ListMembersPage gives who is in a list, by when they came into it.
func (tx *Tx) ListMembersPage(listID int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(Anonymous, page, "k.id", "JOIN list_member k ON k.actor_id = actor.id AND k.list_id = ?", listID)
}

// FollowedCommunities gives the communities that a member follows, oldest follow first: each is a list of theirs. They
// are read from the follows, so that they cannot differ from them.
func (tx *Tx) FollowedCommunities(memberID int64) ([]Actor, error) {
	return list[Actor](present(tx.db, memberID).Joins("JOIN follow f ON f.target_id = actor.id AND f.actor_id = ? AND f.state = ?", memberID, FollowAccepted).
		Where("actor.type = ?", TypeGroup).Order("f.id"), "communities")
}

// FollowedCommunity gives a community if a member follows it.
func (tx *Tx) FollowedCommunity(memberID, communityID int64) (*Actor, error) {
	return first[Actor](present(tx.db, memberID).Where("actor.id = ? AND actor.type = ?", communityID, TypeGroup).
		Where("EXISTS (SELECT 1 FROM follow f WHERE f.target_id = actor.id AND f.actor_id = ? AND f.state = ?)", memberID, FollowAccepted), "list")
}

// ListTimeline gives a page of what the members of a list write and boost, as far as the owner may read it and wants to
// meet it.
func (tx *Tx) ListTimeline(l *MemberList, page Page) ([]Post, error) {
	query := tx.db.Joins("JOIN list_member k ON k.actor_id = post.author_id AND k.list_id = ?", l.ID).
		Joins("LEFT JOIN follow f ON f.target_id = post.author_id AND f.actor_id = ? AND f.state = ?", l.OwnerID, FollowAccepted).
		Where("post.visibility <> ? AND (post.author_id = ? OR f.id IS NOT NULL)", Direct, l.OwnerID).
		Where("(post.reblog_of_id = 0 OR post.author_id = ? OR f.show_reblogs)", l.OwnerID).
		Where("(post.author_id = ? OR f.languages = '' OR "+inLanguages+")", l.OwnerID).
		Scopes(VisibleTo(l.OwnerID), tx.WantedAtHome(l.OwnerID))
	answers := "(post.in_reply_to_uri = '' OR post.in_reply_to_author = post.author_id OR post.in_reply_to_author = ?"
	args := []any{l.OwnerID}
	switch l.RepliesPolicy {
	case RepliesFollowed:
		answers += ` OR EXISTS (SELECT 1 FROM follow g WHERE g.actor_id = ? AND g.target_id = post.in_reply_to_author AND g.state = 'accepted')`
		args = append(args, l.OwnerID)
	case RepliesList:
		answers += ` OR EXISTS (SELECT 1 FROM list_member g WHERE g.list_id = ? AND g.actor_id = post.in_reply_to_author)`
		args = append(args, l.ID)
	}
	return tx.postPage(query.Where(answers+")", args...), page, "post.id")
}

// CommunityFeed gives a page of the first posts of a community's threads, as far as a member may read them and wants to
// meet them. Answers are in the threads.
func (tx *Tx) CommunityFeed(communityID, memberID int64, page Page) ([]Post, error) {
	query := tx.db.Scopes(VisibleTo(memberID), tx.WantedBy(memberID)).
		Scopes(ofCommunity(communityID)).Where("post.reblog_of_id = 0 AND post.in_reply_to_uri = ''")
	return tx.postPage(query, page, "post.id")
}

// notInExclusiveList leaves out of a member's home who is in an exclusive list of theirs. Its parameter is the member.
const notInExclusiveList = `NOT EXISTS (SELECT 1 FROM list_member k JOIN member_list l ON l.id = k.list_id
	WHERE k.actor_id = post.author_id AND l.owner_id = ? AND l.exclusive)`

// inLanguages says that the follow f takes a post's language, or that of what it boosts; what names none is taken.
const inLanguages = `EXISTS (SELECT 1 FROM post w WHERE w.id = CASE WHEN post.reblog_of_id = 0 THEN post.id ELSE post.reblog_of_id END
	AND ` + languageTaken + `)`

// languageTaken speaks of the follow f and the post w.
const languageTaken = `(w.language = '' OR (' ' || f.languages || ' ') LIKE ('% ' || lower(w.language) || ' %'))`

// LanguageList gives the languages to which a follow is limited; empty when it is not.
func (f *Follow) LanguageList() []string { return strings.Fields(f.Languages) }
