package models

import (
	"crypto/sha256"
	"encoding/hex"

	"praxis/internal/snowflake"
)

// Taken is a post as two siblings compare what one of them took first.
type Taken struct {
	URI         string
	PublishedAt Timestamp
}

// dayLength is the length of a day, by which siblings compare.
const dayLength = 24 * 60 * 60 * 1000

// Day is the day of a post since the Unix epoch.
func (t Taken) Day() int64 { return int64(t.PublishedAt) / dayLength }

// SyncDay sums up the posts of a day.
type SyncDay struct {
	Day    int64  `json:"day"`
	Count  int64  `json:"count"`
	Digest string `json:"digest"` // the XOR of the SHA-256 of their ids, hex
}

// SumUp gives the digest of posts: the XOR of the SHA-256 of their ids, as FEP-8fcf does it.
func SumUp(posts []Taken) string {
	var digest [sha256.Size]byte
	for _, post := range posts {
		for i, b := range sha256.Sum256([]byte(post.URI)) {
			digest[i] ^= b
		}
	}
	return hex.EncodeToString(digest[:])
}

// ByDay gives posts by their days.
func ByDay(posts []Taken) map[int64][]Taken {
	days := map[int64][]Taken{}
	for _, post := range posts {
		days[post.Day()] = append(days[post.Day()], post)
	}
	return days
}

// maxTaken is how much is compared at most: far more than people write in a month.
const maxTaken = 500_000

// TakenFirst gives what a Group of ours took first and shows to everybody, or, where its class says so, to its members, of what was
// published within a time: what its siblings may have, too.
func (tx *Tx) TakenFirst(communityID int64, since, until Timestamp) ([]Taken, error) {
	var rows []Taken
	err := tx.db.Model(&Post{}).Select("uri, published_at").Where("community_id = ? AND id >= ?", communityID, snowflake.First(since.Time())).
		Where("published_at >= ? AND published_at < ? AND reblog_of_id = 0 AND deleted_at = 0 AND removed_at = 0 AND hidden_at = 0", since, until).
		Where("visibility IN ? OR (visibility IN ? AND EXISTS (SELECT 1 FROM community k WHERE k.actor_id = post.community_id AND k.class IN ?))",
			[]string{Public, Unlisted}, []string{ForMembers, ForPartners}, []string{ClassMembers, ClassPartners}).Order("published_at, id").Limit(maxTaken).Scan(&rows).Error
	return rows, translate(err, "posts")
}

// TakenFrom gives what a Group of ours took that a sibling took first, likewise. What is hidden here counts: it was taken.
func (tx *Tx) TakenFrom(communityID int64, originURI string, since, until Timestamp) ([]Taken, error) {
	var rows []Taken
	err := tx.db.Model(&Post{}).Select("post.uri, post.published_at").
		Joins("JOIN admission ad ON ad.post_id = post.id AND ad.community_id = ? AND ad.origin_uri = ? AND ad.state <> ?", communityID, originURI, AdmissionWithdrawn).
		Where("post.published_at >= ? AND post.published_at < ? AND post.deleted_at = 0", since, until).
		Order("post.published_at, post.id").Limit(maxTaken).Scan(&rows).Error
	return rows, translate(err, "posts")
}

// SiblingOn gives the live pair that a Group of ours has with one on a host.
func (tx *Tx) SiblingOn(communityID int64, host string) (*Sibling, error) {
	live := tx.db.Where("community_id = ? AND host = ? AND state = ? AND (valid_until = 0 OR valid_until > ?)", communityID, host, SiblingLive, tx.Now())
	return first[Sibling](live.Order("id"), "sibling")
}

// LastAdmission gives when a Group of ours took the last post from a sibling before a moment; 0 for never.
func (tx *Tx) LastAdmission(communityID int64, viaURI string, before Timestamp) (Timestamp, error) {
	var last int64
	err := tx.db.Model(&Admission{}).Where("community_id = ? AND via_uri = ? AND id < ?", communityID, viaURI, snowflake.First(before.Time())).
		Select("coalesce(max(id), 0)").Scan(&last).Error
	if err != nil || last == 0 {
		return 0, translate(err, "admissions")
	}
	return At(snowflake.Time(last)), nil
}

// SyncDue lets a pair be compared after a moment, unless that waits already.
func (tx *Tx) SyncDue(id int64, digest, url string, until, due Timestamp) error {
	err := tx.db.Model(&Sibling{}).Where("id = ? AND sync_due_at = 0", id).
		UpdateColumns(map[string]any{"sync_digest": digest, "sync_url": url, "sync_until": until, "sync_due_at": due, "sync_tries": 0}).Error
	return translate(err, "sibling")
}

// DueSyncs lists the pairs that are to be compared now.
func (tx *Tx) DueSyncs(limit int) ([]Sibling, error) {
	query := tx.db.Where("sync_due_at <> 0 AND sync_due_at <= ?", tx.Now()).Order("sync_due_at").Limit(limit)
	return list[Sibling](query, "siblings")
}

// SyncDone stores what became of a comparison: alike, or when it is tried again.
func (tx *Tx) SyncDone(pair *Sibling, alike bool, again Timestamp) error {
	change := map[string]any{"sync_due_at": again, "sync_tries": pair.SyncTries}
	if alike {
		change["agreed_at"] = tx.Now()
	}
	return translate(tx.db.Model(&Sibling{}).Where("id = ?", pair.ID).UpdateColumns(change).Error, "sibling")
}
