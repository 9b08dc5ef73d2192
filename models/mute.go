package models

import (
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Mute is a member's wish not to meet what another writes. The other never hears of it.
type Mute struct {
	ID                int64
	ActorID           int64
	TargetID          int64
	HideNotifications bool
	ExpiresAt         Timestamp // 0: without end
	CreatedAt         Timestamp `gorm:"autoCreateTime:false"`
}

// PutMute stores a mute, or changes the settings of the one that there is.
func (tx *Tx) PutMute(m *Mute) error {
	m.ID, m.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Clauses(clause.OnConflict{
		Columns:   []clause.Column{{Name: "actor_id"}, {Name: "target_id"}},
		DoUpdates: clause.AssignmentColumns([]string{"hide_notifications", "expires_at"}),
	}).Create(m).Error, "mute")
}

// DeleteMute lifts a mute; without one it changes nothing.
func (tx *Tx) DeleteMute(actorID, targetID int64) error {
	return translate(tx.db.Delete(&Mute{}, "actor_id = ? AND target_id = ?", actorID, targetID).Error, "mute")
}

// mutes says that a row m of mute still holds; its parameter is the time.
const mutes = "(m.expires_at = 0 OR m.expires_at > ?)"

// Mutes gives a member's standing mutes of actors, by actor.
func (tx *Tx) Mutes(actorID int64, targetIDs []int64) (map[int64]*Mute, error) {
	found := map[int64]*Mute{}
	if len(targetIDs) == 0 {
		return found, nil
	}
	rows, err := list[Mute](tx.db.Table("mute AS m").Where("m.actor_id = ? AND m.target_id IN ? AND "+mutes, actorID, targetIDs, tx.Now()), "mutes")
	for i := range rows {
		found[rows[i].TargetID] = &rows[i]
	}
	return found, err
}

// MutedPage gives those whom an actor mutes, by mute.
func (tx *Tx) MutedPage(actorID int64, page Page) ([]Keyed[Actor], error) {
	return tx.actorPage(Anonymous, page, "m.id", "JOIN mute m ON m.target_id = actor.id AND m.actor_id = ? AND "+mutes, actorID, tx.Now())
}

// unwelcome says of an author, whose id is the expression author, that a member mutes them or blocks their host. Its
// parameters are the member, the time and the member.
func unwelcome(author string) string {
	return `(EXISTS (SELECT 1 FROM mute m WHERE m.actor_id = ? AND m.target_id = ` + author + ` AND ` + mutes + `)
		OR EXISTS (SELECT 1 FROM actor x JOIN member_domain_block d ON d.host = x.host WHERE x.id = ` + author + ` AND NOT x.local AND d.actor_id = ?))`
}

// WantedBy limits a timeline, a query over post, to what a member wants to meet: nothing by those whom they mute, nothing
// from hosts that they block, whoever shares it. It is the one statement of that: every timeline goes through it, while
// threads and profiles, to which one goes on purpose, do not. It comes on top of VisibleTo.
func (tx *Tx) WantedBy(memberID int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		if memberID == Anonymous {
			return db
		}
		return tx.wantedBy(memberID)(db)
	}
}

// wantedBy is WantedBy for an actor id or for a column of the query that holds one.
func (tx *Tx) wantedBy(member any) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		now := tx.Now()
		return db.Where("NOT "+unwelcome("post.author_id"), member, now, member).
			Where(`(post.reblog_of_id = 0 OR NOT EXISTS (SELECT 1 FROM post o WHERE o.id = post.reblog_of_id AND `+unwelcome("o.author_id")+`))`,
				member, now, member)
	}
}

// WantedAtHome is WantedBy for what comes to a member by itself, at home and in lists: neither do posts that name
// somebody whom they mute.
func (tx *Tx) WantedAtHome(memberID int64) func(*gorm.DB) *gorm.DB {
	return func(db *gorm.DB) *gorm.DB {
		return tx.WantedBy(memberID)(db).Where("NOT "+namesMuted, memberID, memberID, tx.Now())
	}
}

// namesMuted says of a post, or a boost of one, that it names somebody whom a member mutes; what the member wrote does not
// count. Its parameters are the member, the member and the time.
const namesMuted = `(post.author_id <> ? AND EXISTS (SELECT 1 FROM post_mention n JOIN mute m ON m.target_id = n.actor_id
	WHERE n.post_id IN (post.id, post.reblog_of_id) AND m.actor_id = ? AND ` + mutes + `))`

// unwanted reports a notification that its owner does not want: by somebody whom they mute so, from a host that they
// block, or about a thread that they mute.
func (tx *Tx) unwanted(n *Notification) (bool, error) {
	var count int64
	err := tx.db.Raw(`SELECT count(*) FROM (
		SELECT 1 FROM mute m WHERE m.actor_id = ? AND m.target_id = ? AND m.hide_notifications AND `+mutes+`
		UNION ALL SELECT 1 FROM actor x JOIN member_domain_block d ON d.host = x.host WHERE x.id = ? AND NOT x.local AND d.actor_id = ?
		UNION ALL SELECT 1 FROM post p JOIN thread_mute t ON t.thread_id = p.thread_id WHERE p.id = ? AND t.actor_id = ?) y`,
		n.OwnerID, n.ActorID, tx.Now(), n.ActorID, n.OwnerID, n.PostID, n.OwnerID).Scan(&count).Error
	return count > 0, translate(err, "notification")
}

// DeleteNotificationsBy removes what an actor did that a member was told.
func (tx *Tx) DeleteNotificationsBy(ownerID, actorID int64) error {
	return translate(tx.db.Delete(&Notification{}, "owner_id = ? AND actor_id = ?", ownerID, actorID).Error, "notifications")
}

// ThreadMute is a member's wish not to be told of a thread any more.
type ThreadMute struct {
	ActorID   int64     `gorm:"primaryKey"`
	ThreadID  int64     `gorm:"primaryKey"`
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// PutThreadMute mutes a thread; doing so again changes nothing.
func (tx *Tx) PutThreadMute(actorID, threadID int64) error {
	row := ThreadMute{ActorID: actorID, ThreadID: threadID, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "muted thread")
}

// DeleteThreadMute lifts the mute of a thread; without one it changes nothing.
func (tx *Tx) DeleteThreadMute(actorID, threadID int64) error {
	return translate(tx.db.Delete(&ThreadMute{}, "actor_id = ? AND thread_id = ?", actorID, threadID).Error, "muted thread")
}

// moveThreadMutes lets those who mute a thread mute the one that it turned out to be a part of.
func (tx *Tx) moveThreadMutes(from, to int64) error {
	return tx.db.Exec(`INSERT INTO thread_mute (actor_id, thread_id, created_at) SELECT actor_id, CAST(? AS bigint), created_at
		FROM thread_mute WHERE thread_id = ? ON CONFLICT DO NOTHING`, to, from).Error
}
