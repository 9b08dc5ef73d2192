package models

import (
	"gorm.io/gorm/clause"
)

// Kin says whether two Groups elsewhere name each other as siblings, as both were asked: nobody here has an agreement with either.
type Kin struct {
	OneURI    string `gorm:"primaryKey"` // the address that sorts first
	OtherURI  string `gorm:"primaryKey"`
	Mutual    bool
	CheckedAt Timestamp
}

// TableName names the table.
func (Kin) TableName() string { return "kin" }

// Kin gives what is known of two Groups elsewhere.
func (tx *Tx) Kin(one, other string) (*Kin, error) {
	return first[Kin](tx.db.Where("one_uri = ? AND other_uri = ?", min(one, other), max(one, other)), "kin")
}

// SaveKin stores what two Groups elsewhere say of each other now.
func (tx *Tx) SaveKin(one, other string, mutual bool) error {
	k := &Kin{OneURI: min(one, other), OtherURI: max(one, other), Mutual: mutual, CheckedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(k).Error, "kin")
}

// areKin reports whether two Groups elsewhere named each other when they were last asked.
func (tx *Tx) areKin(one, other string) (bool, error) {
	k, err := tx.Kin(one, other)
	if IsNotFound(err) {
		return false, nil
	}
	return err == nil && k.Mutual, err
}

// IsSiblingOrKin reports a Group elsewhere that agreed with one of ours, at any time, or that is one community with another one elsewhere.
func (tx *Tx) IsSiblingOrKin(uri string) (bool, error) {
	if sibling, err := tx.IsSiblingOfOurs(uri); err != nil || sibling {
		return sibling, err
	}
	var n int64
	err := tx.db.Model(&Kin{}).Where("mutual AND (one_uri = ? OR other_uri = ?)", uri, uri).Limit(1).Count(&n).Error
	return n > 0, translate(err, "kin")
}

// FollowedAdmitter gives a community elsewhere that passed on a post, or the beginning of its thread, and that a member here follows;
// NotFound for none.
func (tx *Tx) FollowedAdmitter(post *Post, memberID int64) (*Actor, error) {
	query := tx.db.Joins("JOIN admission ad ON ad.community_id = actor.id AND ad.post_id IN ? AND ad.state = ?", []int64{post.ID, post.ThreadID}, AdmissionShown).
		Joins("JOIN follow f ON f.target_id = actor.id AND f.actor_id = ? AND f.state = ?", memberID, FollowAccepted).
		Where("NOT actor.local AND actor.deleted_at = 0 AND actor.suspended_at = 0").Order("actor.id").Limit(1)
	return first[Actor](query, "community")
}

// ReadsAsMember reports whether a viewer, who may be the server of members, reads what is for the members of a community of ours; where
// it is for partners, its organization must be one, too.
func (tx *Tx) ReadsAsMember(c *Community, viewer int64) (bool, error) {
	visibilities := []string{ForMembers}
	if c.Class == ClassPartners {
		visibilities = append(visibilities, ForPartners)
	}
	for _, visibility := range visibilities {
		var n int64
		err := tx.db.Raw(`SELECT count(*) FROM (SELECT CAST(0 AS bigint) AS id, CAST(? AS bigint) AS community_id, CAST(? AS text) AS visibility) p
			WHERE `+withinCommunity, c.ActorID, visibility, viewer).Scan(&n).Error
		if err != nil || n == 0 {
			return false, translate(err, "members")
		}
	}
	return true, nil
}
