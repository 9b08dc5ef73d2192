package models

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The states of a backfill and of its items.
const (
	BackfillRunning = "running"
	BackfillPending = "pending"
	BackfillDone    = "done"
	BackfillFailed  = "failed"
)

// What an item of a backfill is.
const (
	BackfillOutbox  = "outbox"  // a page of what a community announced
	BackfillThread  = "thread"  // the first post of a thread, or the activity that tells of it
	BackfillReplies = "replies" // a page of what is in a thread, or answers a post
	BackfillPost    = "post"    // a reply
	BackfillFeed    = "feed"    // a feed, of which the communities are asked
	BackfillNote    = "note"    // a post of a person
)

// Backfill is the fetching of what a community elsewhere had before anybody here followed it.
type Backfill struct {
	CommunityID int64 `gorm:"primaryKey"`
	State       string
	Threads     int64 // that were found
	Posts       int64 // replies that were found
	Requests    int64 // that were sent for it
	StartedAt   Timestamp
	FinishedAt  Timestamp
	// Since says that what came before is known: what is fetched was missed. 0 for a backfill of everything.
	Since Timestamp
	// Silent is one of which nothing comes home: a sibling's history.
	Silent bool
}

// BackfillItem is one address that a backfill has still to ask, or did. Items of no community belong to a thread that
// somebody opened.
type BackfillItem struct {
	ID          int64
	CommunityID int64
	Kind        string
	URI         string
	State       string
	Attempts    int64
	NextTryAt   Timestamp
	UpdatedAt   Timestamp `gorm:"autoUpdateTime:false"`
}

// StartBackfill begins the backfill of a community at the page of its outbox; false when there was one before.
func (tx *Tx) StartBackfill(communityID int64, outbox string) (bool, error) {
	row := Backfill{CommunityID: communityID, State: BackfillRunning, StartedAt: tx.Now()}
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if result.Error != nil || result.RowsAffected == 0 {
		return false, translate(result.Error, "backfill")
	}
	return true, tx.AddBackfillItem(communityID, BackfillOutbox, outbox)
}

// AgainBackfill begins the backfill of a community anew.
func (tx *Tx) AgainBackfill(communityID int64, outbox string) error {
	for _, row := range []any{&BackfillItem{}, &Backfill{}} {
		if err := tx.db.Delete(row, "community_id = ?", communityID).Error; err != nil {
			return translate(err, "backfill")
		}
	}
	_, err := tx.StartBackfill(communityID, outbox)
	return err
}

// StartCatchingUp begins to fetch what an actor did since a moment. What runs already goes on, and further back if need be.
func (tx *Tx) StartCatchingUp(actorID int64, outbox string, since Timestamp) error {
	known, err := tx.Backfill(actorID)
	switch {
	case err != nil && !IsNotFound(err):
		return err
	case err != nil || known.State != BackfillRunning:
		if err := tx.AgainBackfill(actorID, outbox); err != nil {
			return err
		}
	case known.Since <= since:
		return nil
	default:
		if err := tx.db.Delete(&BackfillItem{}, "community_id = ? AND kind = ?", actorID, BackfillOutbox).Error; err != nil {
			return translate(err, "backfill")
		}
		if err := tx.AddBackfillItem(actorID, BackfillOutbox, outbox); err != nil {
			return err
		}
	}
	err = tx.db.Model(&Backfill{}).Where("community_id = ?", actorID).UpdateColumn("since", since).Error
	return translate(err, "backfill")
}

// HushBackfill lets nothing of a backfill come home.
func (tx *Tx) HushBackfill(communityID int64) error {
	return translate(tx.db.Model(&Backfill{}).Where("community_id = ?", communityID).UpdateColumn("silent", true).Error, "backfill")
}

// Backfill gives how the backfill of a community stands.
func (tx *Tx) Backfill(communityID int64) (*Backfill, error) {
	return first[Backfill](tx.db.Where("community_id = ?", communityID), "backfill")
}

// AddBackfillItem adds an address to ask; one that was added before stays as it is.
func (tx *Tx) AddBackfillItem(communityID int64, kind, uri string) error {
	row := BackfillItem{ID: tx.NewID(), CommunityID: communityID, Kind: kind, URI: uri, State: BackfillPending, UpdatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error, "backfill")
}

// AskThreadAgain asks for what is in a thread once more, unless that was done less than fresh ago; it reports whether it
// will be.
func (tx *Tx) AskThreadAgain(uri string, fresh time.Duration) (bool, error) {
	known, err := first[BackfillItem](tx.db.Where("community_id = 0 AND uri = ?", uri), "backfill")
	if IsNotFound(err) {
		return true, tx.AddBackfillItem(0, BackfillReplies, uri)
	}
	if err != nil || known.State == BackfillPending || tx.Now().Time().Sub(known.UpdatedAt.Time()) < fresh {
		return false, err
	}
	known.State, known.Attempts, known.NextTryAt, known.UpdatedAt = BackfillPending, 0, 0, tx.Now()
	return true, translate(tx.db.Save(known).Error, "backfill")
}

// AskFeedAgain asks what is in a feed elsewhere, at most once in fresh.
func (tx *Tx) AskFeedAgain(uri string, fresh time.Duration) error {
	known, err := first[BackfillItem](tx.db.Where("community_id = 0 AND uri = ?", uri), "backfill")
	if IsNotFound(err) {
		return tx.AddBackfillItem(0, BackfillFeed, uri)
	}
	if err != nil || known.State == BackfillPending {
		return err
	}
	known.State, known.Attempts, known.NextTryAt = BackfillPending, 0, At(known.UpdatedAt.Time().Add(fresh))
	return translate(tx.db.Save(known).Error, "backfill")
}

// DueBackfillItem gives the oldest item that waits; NotFound when none does.
func (tx *Tx) DueBackfillItem() (*BackfillItem, error) {
	return first[BackfillItem](tx.db.Where("state = ? AND next_try_at <= ?", BackfillPending, tx.Now()).Order("id"), "backfill")
}

// NextBackfillItem gives when the next item is due; 0 when none waits.
func (tx *Tx) NextBackfillItem() (Timestamp, error) {
	var at []Timestamp
	err := tx.db.Model(&BackfillItem{}).Where("state = ?", BackfillPending).Order("next_try_at").Limit(1).Pluck("next_try_at", &at).Error
	if err != nil || len(at) == 0 {
		return 0, translate(err, "backfill")
	}
	return max(at[0], 1), nil
}

// SaveBackfillItem stores what became of an item.
func (tx *Tx) SaveBackfillItem(i *BackfillItem) error {
	i.UpdatedAt = tx.Now()
	return translate(tx.db.Save(i).Error, "backfill")
}

// CountBackfill adds to what a backfill found and cost.
func (tx *Tx) CountBackfill(communityID, threads, posts, requests int64) error {
	err := tx.db.Model(&Backfill{}).Where("community_id = ?", communityID).UpdateColumns(map[string]any{
		"threads": gorm.Expr("threads + ?", threads), "posts": gorm.Expr("posts + ?", posts), "requests": gorm.Expr("requests + ?", requests),
	}).Error
	return translate(err, "backfill")
}

// FailedBackfillItems counts the addresses of a community's backfill that were given up.
func (tx *Tx) FailedBackfillItems(communityID int64) (int64, error) {
	var n int64
	err := tx.db.Model(&BackfillItem{}).Where("community_id = ? AND state = ?", communityID, BackfillFailed).Count(&n).Error
	return n, translate(err, "backfill")
}

// FinishBackfill ends a backfill of which nothing waits any more; false while something does.
func (tx *Tx) FinishBackfill(communityID int64) (bool, error) {
	var waiting int64
	err := tx.db.Model(&BackfillItem{}).Where("community_id = ? AND state = ?", communityID, BackfillPending).Count(&waiting).Error
	if err != nil || waiting > 0 {
		return false, translate(err, "backfill")
	}
	result := tx.db.Model(&Backfill{}).Where("community_id = ? AND state = ?", communityID, BackfillRunning).
		UpdateColumns(map[string]any{"state": BackfillDone, "finished_at": tx.Now()})
	return result.RowsAffected > 0, translate(result.Error, "backfill")
}

// DropBackfillItems gives up all that waits for a community.
func (tx *Tx) DropBackfillItems(communityID int64) error {
	err := tx.db.Model(&BackfillItem{}).Where("community_id = ? AND state = ?", communityID, BackfillPending).
		UpdateColumns(map[string]any{"state": BackfillFailed, "updated_at": tx.Now()}).Error
	return translate(err, "backfill")
}

// PruneBackfill forgets items that are done since before keep.
func (tx *Tx) PruneBackfill(keep time.Duration) error {
	before := At(tx.Now().Time().Add(-keep))
	return translate(tx.db.Delete(&BackfillItem{}, "state <> ? AND updated_at < ?", BackfillPending, before).Error, "backfill")
}
