package models

import "gorm.io/gorm/clause"

// ActorNote is what a member noted about somebody, for themselves alone.
type ActorNote struct {
	ActorID  int64 `gorm:"primaryKey"`
	TargetID int64 `gorm:"primaryKey"`
	Comment  string
}

// SetActorNote stores a note in the place of the one that there is; an empty one is none.
func (tx *Tx) SetActorNote(note ActorNote) error {
	if note.Comment == "" {
		return translate(tx.db.Delete(&ActorNote{}, "actor_id = ? AND target_id = ?", note.ActorID, note.TargetID).Error, "note")
	}
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&note).Error, "note")
}

// Endorsement shows somebody whom a member follows on the member's profile.
type Endorsement struct {
	ID        int64
	ActorID   int64
	TargetID  int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutEndorsement stores an endorsement; doing so again changes nothing.
func (tx *Tx) PutEndorsement(actorID, targetID int64) error {
	row := Endorsement{ID: tx.NewID(), ActorID: actorID, TargetID: targetID, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "endorsement")
}

// DeleteEndorsement takes an endorsement back; without one it changes nothing.
func (tx *Tx) DeleteEndorsement(actorID, targetID int64) error {
	return translate(tx.db.Delete(&Endorsement{}, "actor_id = ? AND target_id = ?", actorID, targetID).Error, "endorsement")
}

// EndorsedPage gives those whom an actor endorses, by endorsement.
func (tx *Tx) EndorsedPage(actorID, viewer int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(viewer, page, "k.id", "JOIN endorsement k ON k.target_id = actor.id AND k.actor_id = ?", actorID)
}

// keptOfActor is one thing that a viewer keeps of an actor.
type keptOfActor struct {
	Kind    string
	ActorID int64
	Comment string
}

// readKeptOfActors adds mutes, notes, endorsements and blocked hosts to how a viewer stands to actors, in two statements.
func (tx *Tx) readKeptOfActors(r *Relations, viewer int64, ids []int64) error {
	r.Notes, r.Endorsed, r.DomainBlocking = map[int64]string{}, map[int64]bool{}, map[int64]bool{}
	var err error
	if r.Muting, err = tx.Mutes(viewer, ids); err != nil {
		return err
	}
	var rows []keptOfActor
	err = tx.db.Raw(`SELECT 'note' AS kind, target_id AS actor_id, comment AS comment FROM actor_note WHERE actor_id = ? AND target_id IN ?
		UNION ALL SELECT 'endorsed', target_id, '' FROM endorsement WHERE actor_id = ? AND target_id IN ?
		UNION ALL SELECT 'host', a.id, '' FROM actor a JOIN member_domain_block d ON d.host = a.host
			WHERE d.actor_id = ? AND a.id IN ? AND NOT a.local`, viewer, ids, viewer, ids, viewer, ids).Scan(&rows).Error
	for _, row := range rows {
		switch row.Kind {
		case "note":
			r.Notes[row.ActorID] = row.Comment
		case "endorsed":
			r.Endorsed[row.ActorID] = true
		case "host":
			r.DomainBlocking[row.ActorID] = true
		}
	}
	return translate(err, "relations")
}

// forgetFollowed removes what a member keeps of somebody only as long as they follow them: a place in lists, and an
// endorsement.
func (tx *Tx) forgetFollowed(actorID, targetID int64) error {
	err := tx.db.Exec("DELETE FROM list_member WHERE actor_id = ? AND list_id IN (SELECT id FROM member_list WHERE owner_id = ?)", targetID, actorID).Error
	if err != nil {
		return translate(err, "list")
	}
	return tx.DeleteEndorsement(actorID, targetID)
}

// ToldOfPosts gives the members who asked to be told of all that an actor publishes, and whom a post reached at home.
func (tx *Tx) ToldOfPosts(actorID, postID int64) ([]int64, error) {
	var owners []int64
	err := tx.db.Raw(`SELECT f.actor_id FROM follow f JOIN home_entry h ON h.owner_id = f.actor_id AND h.original_id = ?
		WHERE f.target_id = ? AND f.state = ? AND f.notify`, postID, actorID, FollowAccepted).Scan(&owners).Error
	return owners, translate(err, "follows")
}

// forgetKept erases all that an actor kept for themselves, once they are gone.
var forgetKept = []string{
	`DELETE FROM bookmark WHERE actor_id = @id`,
	`DELETE FROM pin WHERE actor_id = @id`,
	`DELETE FROM mute WHERE actor_id = @id OR target_id = @id`,
	`DELETE FROM thread_mute WHERE actor_id = @id`,
	`DELETE FROM actor_note WHERE actor_id = @id OR target_id = @id`,
	`DELETE FROM endorsement WHERE actor_id = @id OR target_id = @id`,
	`DELETE FROM member_domain_block WHERE actor_id = @id`,
	`DELETE FROM suggestion_dismissal WHERE actor_id = @id OR target_id = @id`,
	`DELETE FROM list_member WHERE actor_id = @id OR list_id IN (SELECT id FROM member_list WHERE owner_id = @id)`,
	`DELETE FROM member_list WHERE owner_id = @id`,
	`DELETE FROM filter WHERE owner_id = @id`,
	`DELETE FROM conversation WHERE owner_id = @id`,
	`DELETE FROM notification_policy WHERE owner_id = @id`,
	`DELETE FROM notification_permission WHERE owner_id = @id OR actor_id = @id`,
	`DELETE FROM notification_request WHERE owner_id = @id OR actor_id = @id`,
	`DELETE FROM marker WHERE owner_id = @id`,
	`DELETE FROM idempotency WHERE owner_id = @id`,
	`DELETE FROM push_subscription WHERE actor_id = @id`,
	`DELETE FROM announcement_dismissal WHERE actor_id = @id`,
	`DELETE FROM announcement_reaction WHERE actor_id = @id`,
	`DELETE FROM followed_tag WHERE actor_id = @id`,
	`DELETE FROM featured_tag WHERE actor_id = @id`,
	`DELETE FROM appeal WHERE actor_id = @id`,
	`DELETE FROM actor_move WHERE actor_id = @id OR target_id = @id`,
	`DELETE FROM import_line WHERE import_id IN (SELECT id FROM member_import WHERE actor_id = @id)`,
	`DELETE FROM member_import WHERE actor_id = @id`,
	`DELETE FROM member_export WHERE actor_id = @id`,
	`DELETE FROM leaving WHERE account_id IN (SELECT id FROM account WHERE actor_id = @id)`,
	`DELETE FROM recovery WHERE account_id IN (SELECT id FROM account WHERE actor_id = @id)`,
	`DELETE FROM command_use WHERE actor_id = @id`,
	`DELETE FROM community_kind WHERE community_id = @id`,
	`DELETE FROM community_practice WHERE community_id = @id`,
	`DELETE FROM response WHERE actor_id = @id OR post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM practice WHERE post_id IN (SELECT id FROM post WHERE author_id = @id)`,
	`DELETE FROM practice_source WHERE post_id IN (SELECT id FROM post WHERE author_id = @id)`,
}
