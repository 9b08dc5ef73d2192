package models

import "gorm.io/gorm/clause"

// The further verbs of a moderation log: those that undo an act, and those that do not stand.
const (
	LogRestore  = "restore"
	LogUnlock   = "unlock"
	LogUnpin    = "unpin"
	LogUnban    = "unban"
	LogAppoint  = "appoint"
	LogDismiss  = "dismiss"
	LogMove     = "move"
	LogResolve  = "resolve"  // a report was answered; not told to the public
	LogDeclined = "declined" // an appeal was declined
	LogCharter  = "charter"  // the charter of a sibling was taken over
)

// ModLogEntry is one line of a community's moderation log. Lines are added and never changed.
type ModLogEntry struct {
	ID          int64
	CommunityID int64
	ActorID     int64 // who did it
	Verb        string
	PostID      int64  // which post it is about; 0 for none that is known here
	TargetID    int64  // which actor it is about: the author of the post, who is banned, or the community that a thread went to
	ObjectURI   string // what it is about, as the activity names it
	Reason      string
	Until       Timestamp // when a ban ends
	ActivityURI string
	Activity    string    // its bytes, as they were signed; "" for what is not told to other hosts
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"`
}

// TableName: the log is one thing, whatever the name of its line.
func (ModLogEntry) TableName() string { return "mod_log" }

// AddModLog adds a line; the same activity is logged once.
func (tx *Tx) AddModLog(e *ModLogEntry) error {
	e.ID, e.CreatedAt = tx.NewID(), tx.Now()
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(e).Error, "moderation log")
}

// HasModLog reports whether an activity was logged.
func (tx *Tx) HasModLog(activityURI string) (bool, error) {
	var n int64
	err := tx.db.Model(&ModLogEntry{}).Where("activity_uri = ?", activityURI).Count(&n).Error
	return n > 0, translate(err, "moderation log")
}

// publicLog: what is done with reports is between moderators and who complained.
const publicLog = "community_id = ? AND verb <> '" + LogResolve + "'"

// ModLogPage gives a page of what everybody may read of a community's moderation log, newest first.
func (tx *Tx) ModLogPage(communityID int64, page Page) ([]ModLogEntry, error) {
	rows, err := list[ModLogEntry](page.apply(tx.db.Where(publicLog, communityID), "id"), "moderation log")
	return descending(page, rows), err
}

// ModLogActivities gives a page of those lines that are activities, for other hosts.
func (tx *Tx) ModLogActivities(communityID int64, page Page) ([]ModLogEntry, error) {
	rows, err := list[ModLogEntry](page.apply(tx.db.Where(publicLog, communityID).Where("activity <> ''"), "id"), "moderation log")
	return descending(page, rows), err
}

// CountModLogActivities counts what ModLogActivities pages over.
func (tx *Tx) CountModLogActivities(communityID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&ModLogEntry{}).Where(publicLog, communityID).Where("activity <> ''").Count(&n).Error
	return n, translate(err, "moderation log")
}
