package models

import (
	"crypto/sha256"
	"encoding/hex"
	"strings"
	"time"

	"gorm.io/gorm/clause"
)

// Authority gives the host[:port] of an id, in lower case; "" for what is no address.
func Authority(uri string) string {
	_, rest, ok := strings.Cut(uri, "://")
	if !ok {
		return ""
	}
	authority, _, _ := strings.Cut(rest, "/")
	return strings.ToLower(authority)
}

// FollowerURIs gives the ids of those who follow an actor, accepted, and live on a host.
func (tx *Tx) FollowerURIs(actorID int64, host string) ([]string, error) {
	var uris []string
	err := tx.db.Raw(`SELECT a.uri FROM follow f JOIN actor a ON a.id = f.actor_id
		WHERE f.target_id = ? AND f.follower_host = ? AND f.state = ? ORDER BY f.id`, actorID, host, FollowAccepted).Scan(&uris).Error
	return uris, translate(err, "followers")
}

// FollowerDigest sums up a set of ids in any order, as FEP-8fcf has it: the SHA-256 of each, combined by XOR, in hex.
func FollowerDigest(uris []string) string {
	var digest [sha256.Size]byte
	for _, uri := range uris {
		for i, b := range sha256.Sum256([]byte(uri)) {
			digest[i] ^= b
		}
	}
	return hex.EncodeToString(digest[:])
}

// FollowerCheck is the question to another server who of ours follows one of its actors: it counts otherwise than we do.
type FollowerCheck struct {
	ActorID   int64 `gorm:"primaryKey"`
	URL       string
	Digest    string // that the server named last
	Pending   bool
	Attempts  int64
	NextTryAt Timestamp
	CheckedAt Timestamp // when the server was last asked
	Outcome   string
}

// sameAgain is how many times longer a server waits for another question that says the same as before.
const sameAgain = 24

// AskFollowers notes that a server counts the followers of one of its actors otherwise than we do: it is to be asked after
// wait, and not within every of the last time; when it says what it said then, not for far longer, for asking did not help.
func (tx *Tx) AskFollowers(actorID int64, url, digest string, wait, every time.Duration) error {
	check, err := tx.FollowerCheck(actorID)
	if IsNotFound(err) {
		check, err = &FollowerCheck{ActorID: actorID}, nil
	}
	if err != nil {
		return err
	}
	if check.CheckedAt != 0 && check.URL == url && check.Digest == digest {
		every *= sameAgain
	}
	check.URL, check.Digest = url, digest
	if !check.Pending {
		check.Pending, check.Attempts = true, 0
		check.NextTryAt = max(tx.Now().Add(wait), check.CheckedAt.Add(every))
	}
	return tx.SaveFollowerCheck(check)
}

// FollowerCheck gives the question about the followers of an actor.
func (tx *Tx) FollowerCheck(actorID int64) (*FollowerCheck, error) {
	return first[FollowerCheck](tx.db.Where("actor_id = ?", actorID), "question about followers")
}

// DueFollowerChecks gives the questions that may be asked now.
func (tx *Tx) DueFollowerChecks(limit int) ([]FollowerCheck, error) {
	query := tx.db.Where("pending = ? AND next_try_at <= ?", true, tx.Now()).Order("next_try_at").Limit(limit)
	return list[FollowerCheck](query, "questions about followers")
}

// SaveFollowerCheck stores a question, or what became of it.
func (tx *Tx) SaveFollowerCheck(check *FollowerCheck) error {
	err := tx.db.Clauses(clause.OnConflict{UpdateAll: true}).Create(check).Error
	return translate(err, "question about followers")
}

// HasDeliveriesFor reports whether something waits to be sent to a host.
func (tx *Tx) HasDeliveriesFor(host string) (bool, error) {
	var n int64
	err := tx.db.Raw(`SELECT count(*) FROM (SELECT 1 FROM delivery WHERE host = ? AND state = 'pending' LIMIT 1) waiting`, host).Scan(&n).Error
	return n > 0, translate(err, "deliveries")
}

// LocalActorsByURI gives those of some ids that are actors of ours and not gone.
func (tx *Tx) LocalActorsByURI(uris []string) ([]Actor, error) {
	if len(uris) == 0 {
		return nil, nil
	}
	return list[Actor](tx.db.Where("uri IN ? AND local AND deleted_at = 0 AND suspended_at = 0", uris).Order("id"), "actors")
}
