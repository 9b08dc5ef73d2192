package models

import "gorm.io/gorm/clause"

// SuggestionDismissal says that a member does not want to have somebody suggested.
type SuggestionDismissal struct {
	ActorID  int64 `gorm:"primaryKey"`
	TargetID int64 `gorm:"primaryKey"`
}

// DismissSuggestion ends that somebody is suggested to a member.
func (tx *Tx) DismissSuggestion(actorID, targetID int64) error {
	row := SuggestionDismissal{ActorID: actorID, TargetID: targetID}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "suggestion")
}

// Suggestions gives communities and members of this instance that want to be found and that a member has nothing to do
// with yet: the most followed ones first, and of those the ones that wrote last.
func (tx *Tx) Suggestions(memberID int64, limit int) ([]Actor, error) {
	query := present(tx.db, memberID).Where("actor.local AND actor.discoverable AND actor.moved_to_uri = '' AND actor.left_at = 0 AND actor.id <> ?", memberID).
		Where("actor.type IN ?", []string{TypePerson, TypeGroup}).
		Where(`NOT EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = ? AND f.target_id = actor.id)
			AND NOT EXISTS (SELECT 1 FROM suggestion_dismissal s WHERE s.actor_id = ? AND s.target_id = actor.id)
			AND NOT `+unwelcome("actor.id"), memberID, memberID, memberID, tx.Now(), memberID)
	return list[Actor](query.Order("actor.followers_count DESC, actor.last_post_at DESC, actor.id").Limit(limit), "suggestions")
}
