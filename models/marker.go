package models

import (
	"time"

	"gorm.io/gorm/clause"
)

// Marker is how far a member has read a timeline ("home" or "notifications").
type Marker struct {
	OwnerID    int64  `gorm:"primaryKey"`
	Timeline   string `gorm:"primaryKey"`
	LastReadID int64
	Version    int64
	UpdatedAt  Timestamp `gorm:"autoUpdateTime:false"`
}

// Markers gives a member's markers of the named timelines.
func (tx *Tx) Markers(ownerID int64, timelines []string) ([]Marker, error) {
	return list[Marker](tx.db.Where("owner_id = ? AND timeline IN ?", ownerID, timelines), "markers")
}

// PutMarker stores how far a member has read, and gives the marker with its new version.
func (tx *Tx) PutMarker(ownerID int64, timeline string, lastReadID int64) (*Marker, error) {
	// In one statement, since two devices that write at once must not get the same version.
	err := tx.db.Exec(`INSERT INTO marker (owner_id, timeline, last_read_id, version, updated_at) VALUES (?, ?, ?, 1, ?)
		ON CONFLICT (owner_id, timeline) DO UPDATE SET
			last_read_id = excluded.last_read_id, version = marker.version + 1, updated_at = excluded.updated_at`,
		ownerID, timeline, lastReadID, tx.Now()).Error
	if err != nil {
		return nil, translate(err, "marker")
	}
	return first[Marker](tx.db.Where("owner_id = ? AND timeline = ?", ownerID, timeline), "marker")
}

// Idempotency remembers which post a client's Idempotency-Key made.
type Idempotency struct {
	OwnerID   int64  `gorm:"primaryKey"`
	Key       string `gorm:"primaryKey"`
	PostID    int64
	CreatedAt Timestamp `gorm:"autoCreateTime:false"`
}

// idempotencyWindow is how long a key is remembered, as long as Mastodon does.
const idempotencyWindow = time.Hour

// PostOfKey gives the id of the post that a key made within the last hour; 0 when none.
func (tx *Tx) PostOfKey(ownerID int64, key string) (int64, error) {
	row, err := first[Idempotency](tx.db.Where("owner_id = ? AND key = ? AND created_at > ?", ownerID, key, tx.Now().Add(-idempotencyWindow)), "key")
	if IsNotFound(err) {
		return 0, nil
	}
	if err != nil {
		return 0, err
	}
	return row.PostID, nil
}

// PutPostOfKey remembers the post that a key made.
func (tx *Tx) PutPostOfKey(ownerID int64, key string, postID int64) error {
	row := Idempotency{OwnerID: ownerID, Key: key, PostID: postID, CreatedAt: tx.Now()}
	return translate(tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(&row).Error, "key")
}

// PruneIdempotency removes keys older than keep: a client that repeats a request does so soon.
func (tx *Tx) PruneIdempotency(keep time.Duration) error {
	return translate(tx.db.Exec("DELETE FROM idempotency WHERE created_at < ?", tx.Now().Add(-keep)).Error, "idempotency keys")
}
