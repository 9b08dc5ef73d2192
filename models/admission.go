package models

import (
	"gorm.io/gorm"

	"praxis/internal/snowflake"
)

// The states of an admission.
const (
	AdmissionShown     = "shown"
	AdmissionWithdrawn = "withdrawn" // by moderators of the origin: everywhere
	AdmissionHidden    = "hidden"    // by moderators of ours: here
)

// Admission is what a Group of ours took from a sibling.
type Admission struct {
	ID          int64
	CommunityID int64  // ours
	ObjectURI   string // the post
	PostID      int64  // it, as we have it; 0 when it is gone
	ActivityURI string // what the sibling passed on
	OriginURI   string // the Group that took it first
	ViaURI      string // the sibling that told us
	State       string
	Reason      string
	AdmittedAt  Timestamp // by the origin, as far as it is known
	ChangedAt   Timestamp
}

// AddAdmission stores what was taken, and reports whether it is new: the same object is taken once.
func (tx *Tx) AddAdmission(a *Admission) (bool, error) {
	known, err := tx.Admission(a.CommunityID, a.ObjectURI)
	if err == nil {
		*a = *known
		return false, nil
	}
	if !IsNotFound(err) {
		return false, err
	}
	a.ID, a.ChangedAt = tx.NewID(), tx.Now()
	return true, translate(tx.db.Create(a).Error, "admission")
}

// SaveAdmission stores one that changed.
func (tx *Tx) SaveAdmission(a *Admission) error {
	a.ChangedAt = tx.Now()
	return translate(tx.db.Save(a).Error, "admission")
}

// Admission gives what a Group of ours took, by the address of the post.
func (tx *Tx) Admission(communityID int64, objectURI string) (*Admission, error) {
	return first[Admission](tx.db.Where("community_id = ? AND object_uri = ?", communityID, objectURI), "admission")
}

// AdmissionsOf lists who here took a post.
func (tx *Tx) AdmissionsOf(postID int64) ([]Admission, error) {
	return list[Admission](tx.db.Where("post_id = ?", postID).Order("id"), "admissions")
}

// Admitters gives the Groups of ours that took a post from a sibling and show it.
func (tx *Tx) Admitters(postID int64) ([]Actor, error) {
	query := tx.db.Joins("JOIN admission ad ON ad.community_id = actor.id AND ad.post_id = ? AND ad.post_id <> 0 AND ad.state = ?", postID, AdmissionShown).
		Where("actor.local AND actor.deleted_at = 0 AND actor.suspended_at = 0").Order("actor.id")
	return list[Actor](query, "communities")
}

// AdmitterOf gives a Group of ours that took a post, or the beginning of its thread, from a sibling; NotFound for none.
func (tx *Tx) AdmitterOf(post *Post) (*Actor, error) {
	query := tx.db.Joins("JOIN admission ad ON ad.community_id = actor.id AND ad.post_id IN ? AND ad.state = ?", []int64{post.ID, post.ThreadID}, AdmissionShown).
		Where("actor.local AND actor.deleted_at = 0 AND actor.suspended_at = 0").Order("actor.id").Limit(1)
	return first[Actor](query, "community")
}

// AdmissionsByPost gives what Groups of ours took, by post.
func (tx *Tx) AdmissionsByPost(postIDs []int64) (map[int64][]Admission, error) {
	found := map[int64][]Admission{}
	if len(postIDs) == 0 {
		return found, nil
	}
	rows, err := list[Admission](tx.db.Where("post_id IN ? AND post_id <> 0", postIDs).Order("id"), "admissions")
	for _, row := range rows {
		found[row.PostID] = append(found[row.PostID], row)
	}
	return found, err
}

// CountAdmissions counts what a Group of ours took from a sibling since a moment.
func (tx *Tx) CountAdmissions(communityID int64, viaURI string, since Timestamp) (int64, error) {
	var n int64
	err := tx.db.Model(&Admission{}).Where("community_id = ? AND via_uri = ? AND id >= ?", communityID, viaURI, snowflake.First(since.Time())).Count(&n).Error
	return n, translate(err, "admissions")
}

// ofCommunity limits a query over post to what is of a Group: what it took first, and what it took from siblings and shows.
func ofCommunity(communityID int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return db.Where("(post.community_id = ? OR post.id IN (SELECT ad.post_id FROM admission ad WHERE ad.community_id = ? AND ad.post_id <> 0 AND ad.state = 'shown'))",
			communityID, communityID)
	}
}

// SiblingFollowers gives which of the followers of a Group of ours are its siblings.
func (tx *Tx) SiblingFollowers(communityID int64) ([]int64, error) {
	var ids []int64
	err := tx.db.Raw(`SELECT f.actor_id FROM follow f JOIN actor a ON a.id = f.actor_id JOIN community_sibling s
		ON s.community_id = f.target_id AND s.sibling_uri = a.uri WHERE f.target_id = ? AND f.state = 'accepted'`, communityID).Scan(&ids).Error
	return ids, translate(err, "siblings")
}

// PlainInboxes is FollowerInboxes without what only siblings are reached by.
func (tx *Tx) PlainInboxes(communityID int64) ([]Inbox, error) {
	siblings, err := tx.SiblingFollowers(communityID)
	if err != nil {
		return nil, err
	}
	return tx.inboxesExcept(communityID, siblings)
}

// AwakeInboxes is FollowerInboxes without what only siblings are reached by whose pair rests, or is over: what is not for everybody
// waits for them.
func (tx *Tx) AwakeInboxes(communityID int64) ([]Inbox, error) {
	var resting []int64
	err := tx.db.Model(&Sibling{}).Where("community_id = ? AND sibling_id <> 0", communityID).
		Where("state <> ? OR (valid_until <> 0 AND valid_until <= ?)", SiblingLive, tx.Now()).Pluck("sibling_id", &resting).Error
	if err != nil {
		return nil, translate(err, "siblings")
	}
	return tx.inboxesExcept(communityID, resting)
}

func (tx *Tx) inboxesExcept(communityID int64, followers []int64) ([]Inbox, error) {
	if len(followers) == 0 {
		return tx.FollowerInboxes(communityID)
	}
	inboxes := []Inbox{}
	err := tx.db.Raw(`SELECT DISTINCT a.host AS host, CASE WHEN a.shared_inbox <> '' THEN a.shared_inbox ELSE a.inbox END AS url
		FROM follow f JOIN actor a ON a.id = f.actor_id
		WHERE f.target_id = ? AND f.state = ? AND NOT a.local AND a.deleted_at = 0 AND a.suspended_at = 0 AND a.inbox <> '' AND a.id NOT IN ?`,
		communityID, FollowAccepted, followers).Scan(&inboxes).Error
	return inboxes, translate(err, "follower inboxes")
}
