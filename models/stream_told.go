package models

// ToldConversation is a conversation as a stream tells of it.
type ToldConversation struct {
	ID         int64
	LastPostID int64
	Unread     bool
	Others     []Actor `gorm:"-"` // who takes part, without the owner
}

// StreamedConversation gives one of a member's conversations.
func (tx *Tx) StreamedConversation(ownerID, id int64) (*ToldConversation, error) {
	found, err := first[ToldConversation](tx.db.Table("conversation").Where("owner_id = ? AND id = ?", ownerID, id), "conversation")
	if err != nil {
		return nil, err
	}
	found.Others, err = list[Actor](tx.db.Where("actor.id <> ?", ownerID).
		Joins("JOIN conversation_participant cp ON cp.actor_id = actor.id AND cp.conversation_id = ?", id).Order("actor.id"), "actors")
	return found, err
}

// ToldAnnouncement is an announcement as a stream tells of it.
type ToldAnnouncement struct {
	ID                                     int64
	Text                                   string
	AllDay                                 bool
	StartsAt, EndsAt, CreatedAt, UpdatedAt Timestamp
}

// StreamedAnnouncement gives an announcement.
func (tx *Tx) StreamedAnnouncement(id int64) (*ToldAnnouncement, error) {
	return first[ToldAnnouncement](tx.db.Table("announcement").Where("id = ?", id), "announcement")
}

// StreamedReactions counts one of the reactions to an announcement.
func (tx *Tx) StreamedReactions(announcementID int64, name string) (int64, error) {
	var n int64
	err := tx.db.Table("announcement_reaction").Where("announcement_id = ? AND name = ?", announcementID, name).Count(&n).Error
	return n, translate(err, "reactions")
}
