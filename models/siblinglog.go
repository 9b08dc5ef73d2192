package models

import (
	"cmp"
	"slices"

	"gorm.io/gorm/clause"
)

// SiblingLogEntry is one line of the moderation log of a sibling, as its host gave it.
type SiblingLogEntry struct {
	ID          int64 // by the time at which it was done
	GroupID     int64 // the sibling
	ActivityURI string
	Verb        string // as in ModLogEntry
	ActorURI    string // who did it
	ObjectURI   string
	TargetURI   string
	Reason      string
	Until       Timestamp // when a ban ends
	Proven      bool      // who did it signed it
	CreatedAt   Timestamp `gorm:"autoCreateTime:false"` // when it was done, as it says
}

// TableName: the log is one thing, whatever the name of its line.
func (SiblingLogEntry) TableName() string { return "sibling_log" }

// AddSiblingLog adds a line; the same activity is there once.
func (tx *Tx) AddSiblingLog(e *SiblingLogEntry) error {
	if e.CreatedAt == 0 || e.CreatedAt > tx.Now() {
		e.CreatedAt = tx.Now()
	}
	e.ID = tx.NewIDAt(e.CreatedAt.Time())
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(e).Error, "moderation log")
}

// KnownSiblingLog gives which of some activities are in the log of a sibling as it is known here.
func (tx *Tx) KnownSiblingLog(groupID int64, activities []string) (map[string]bool, error) {
	var uris []string
	err := tx.db.Model(&SiblingLogEntry{}).Where("group_id = ? AND activity_uri IN ?", groupID, activities).Pluck("activity_uri", &uris).Error
	known := make(map[string]bool, len(uris))
	for _, uri := range uris {
		known[uri] = true
	}
	return known, translate(err, "moderation log")
}

// TrimSiblingLog keeps the newest lines of a sibling's log.
func (tx *Tx) TrimSiblingLog(groupID int64, keep int) error {
	return translate(tx.db.Exec(`DELETE FROM sibling_log WHERE group_id = ? AND id <= (SELECT id FROM sibling_log WHERE group_id = ? ORDER BY id DESC LIMIT 1 OFFSET ?)`,
		groupID, groupID, keep).Error, "moderation log")
}

// LogLine is a line of the log of all hosts of a community: one of ours, or of a sibling.
type LogLine struct {
	Ours    *ModLogEntry
	Sibling *SiblingLogEntry
}

// ID sorts lines by time.
func (l LogLine) ID() int64 {
	if l.Ours != nil {
		return l.Ours.ID
	}
	return l.Sibling.ID
}

// SharedLogPage gives a page of what everybody may read of the logs of a community of ours, unless communityID is 0, and of some of its
// siblings, newest first.
func (tx *Tx) SharedLogPage(communityID int64, siblings []int64, page Page) ([]LogLine, error) {
	var lines []LogLine
	if communityID != 0 {
		rows, err := list[ModLogEntry](page.apply(tx.db.Where(publicLog, communityID), "id"), "moderation log")
		if err != nil {
			return nil, err
		}
		for i := range rows {
			lines = append(lines, LogLine{Ours: &rows[i]})
		}
	}
	if len(siblings) > 0 {
		rows, err := list[SiblingLogEntry](page.apply(tx.db.Where("group_id IN ?", siblings), "id"), "moderation log")
		if err != nil {
			return nil, err
		}
		for i := range rows {
			lines = append(lines, LogLine{Sibling: &rows[i]})
		}
	}
	slices.SortFunc(lines, func(a, b LogLine) int { return cmp.Compare(b.ID(), a.ID()) })
	limit := cmp.Or(max(page.Limit, 0), defaultLimit)
	if page.MinID > 0 { // those next to it, which come last
		return lines[max(0, len(lines)-limit):], nil
	}
	return lines[:min(limit, len(lines))], nil
}
