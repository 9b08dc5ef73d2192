package models

import "gorm.io/gorm/clause"

// Leaving says that a member left the organization. Until then they get at what is theirs, and may move.
type Leaving struct {
	AccountID int64 `gorm:"primaryKey"`
	Reason    string
	Since     Timestamp
	Until     Timestamp
	EndedAt   Timestamp // when the grace was over
	Letters   int64     // how many letters of the grace were sent
}

// lastLetter is how long before the end of the grace the last letter goes out.
const lastLetter = 7 * day

// LettersOwed is how many letters the member should have had at a moment: one at the start, one when half of the grace is
// over, and one a week before its end.
func (l *Leaving) LettersOwed(now Timestamp) int64 {
	half := l.Since + (l.Until-l.Since)/2
	switch {
	case now >= max(half, l.Until-lastLetter):
		return 3
	case now >= half:
		return 2
	}
	return 1
}

// PutLeaving stores that a member left, or how far it is.
func (tx *Tx) PutLeaving(l *Leaving) error {
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(l).Error, "leaving")
}

// Leaving gives how an account leaves. Errors: NotFound for one that does not.
func (tx *Tx) Leaving(accountID int64) (*Leaving, error) {
	return first[Leaving](tx.db.Where("account_id = ?", accountID), "leaving")
}

// LeavingIfAny is Leaving; nil for an account that does not leave.
func (tx *Tx) LeavingIfAny(accountID int64) (*Leaving, error) {
	found, err := tx.Leaving(accountID)
	if IsNotFound(err) {
		return nil, nil
	}
	return found, err
}

// DeleteLeaving forgets that a member left.
func (tx *Tx) DeleteLeaving(accountID int64) error {
	return translate(tx.db.Delete(&Leaving{}, "account_id = ?", accountID).Error, "leaving")
}

// Leavings lists everybody whose grace lasts, who leaves first first.
func (tx *Tx) Leavings() ([]Leaving, error) {
	return list[Leaving](tx.db.Where("ended_at = 0").Order("until, account_id"), "leavings")
}

// LeavingsOver lists those whose grace is over and was not ended yet.
func (tx *Tx) LeavingsOver(limit int) ([]Leaving, error) {
	return list[Leaving](tx.db.Where("ended_at = 0 AND until <= ?", tx.Now()).Order("until, account_id").Limit(limit), "leavings")
}

// Recovery is how a member gets at what is theirs once the organization's sign-in is over.
type Recovery struct {
	AccountID int64 `gorm:"primaryKey"`
	Email     string
	Code      string // the SHA-256 of what the member holds; "" for none
	CodeAt    Timestamp
	Token     string // what the code of a letter is made from; "" when none is out
	AskedAt   Timestamp
	SentAt    Timestamp // 0 while the letter is due
}

// PutRecovery stores a member's ways back.
func (tx *Tx) PutRecovery(r *Recovery) error {
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(r).Error, "recovery")
}

// Recovery gives a member's ways back; one without any for who set none.
func (tx *Tx) Recovery(accountID int64) (*Recovery, error) {
	found, err := first[Recovery](tx.db.Where("account_id = ?", accountID), "recovery")
	if IsNotFound(err) {
		return &Recovery{AccountID: accountID}, nil
	}
	return found, err
}

// RecoveriesDue lists those that are owed a letter with a code.
func (tx *Tx) RecoveriesDue(limit int) ([]Recovery, error) {
	return list[Recovery](tx.db.Where("token <> '' AND sent_at = 0 AND email <> ''").Order("account_id").Limit(limit), "recoveries")
}

// ConvenedBy lists the local communities that an actor is a convener or moderator of.
func (tx *Tx) ConvenedBy(actorID int64) ([]Actor, error) {
	query := tx.db.Joins("JOIN moderator m ON m.community_id = actor.id AND m.actor_id = ?", actorID).
		Where("actor.local AND actor.deleted_at = 0").Order("actor.id")
	return list[Actor](query, "communities")
}

// Successor gives who takes over a community from its last convener: the longest-serving moderator of this organization who is
// there, else the member who belongs to it longest, core members first. Errors: NotFound for nobody.
func (tx *Tx) Successor(communityID, except int64) (*Actor, error) {
	const there = "actor.local AND actor.type = 'Person' AND actor.id <> ? AND actor.left_at = 0 AND actor.deleted_at = 0 AND actor.suspended_at = 0"
	found, err := first[Actor](tx.db.Joins("JOIN moderator m ON m.actor_id = actor.id AND m.community_id = ?", communityID).
		Where(there, except).Order("m.created_at, actor.id"), "successor")
	if !IsNotFound(err) {
		return found, err
	}
	return first[Actor](tx.db.Joins("JOIN membership m ON m.actor_id = actor.id AND m.community_id = ? AND m.state = ?", communityID, MembershipAccepted).
		Where(there, except).Order("CASE WHEN m.role = 'core' THEN 0 ELSE 1 END, m.joined_at, actor.id"), "successor")
}
