package models

import (
	"slices"
	"sync"
	"time"
)

// FollowerInboxes gives the distinct inboxes of the remote actors that follow target, accepted. Followers are many and their
// inboxes few, so that what was found is kept for as long as neither the followers change nor any actor elsewhere: a post then
// costs what its hosts cost, and not its followers.
func (tx *Tx) FollowerInboxes(targetID int64) ([]Inbox, error) {
	state, err := tx.reachState(targetID)
	if err != nil {
		return nil, err
	}
	if tx.whole != nil && tx.whole.changedReach {
		return tx.readFollowerInboxes(targetID)
	}
	inboxes, turn := tx.store.reach.get(targetID, state)
	if inboxes != nil {
		return slices.Clone(inboxes), nil
	}
	if inboxes, err = tx.readFollowerInboxes(targetID); err != nil {
		return nil, err
	}
	tx.store.reach.put(targetID, reached{state: state, turn: turn, inboxes: inboxes})
	return slices.Clone(inboxes), nil
}

func (tx *Tx) readFollowerInboxes(targetID int64) ([]Inbox, error) {
	inboxes := []Inbox{}
	err := tx.db.Raw(`SELECT DISTINCT a.host AS host, CASE WHEN a.shared_inbox <> '' THEN a.shared_inbox ELSE a.inbox END AS url
		FROM follow f JOIN actor a ON a.id = f.actor_id
		WHERE f.target_id = ? AND f.state = ? AND NOT a.local AND a.deleted_at = 0 AND a.suspended_at = 0 AND a.inbox <> ''`,
		targetID, FollowAccepted).Scan(&inboxes).Error
	return inboxes, translate(err, "follower inboxes")
}

// reachState is what changes with an actor's followers: how many they are, and when the last one was accepted.
type reachState struct {
	Followers int64
	Accepted  Timestamp
}

func (tx *Tx) reachState(targetID int64) (reachState, error) {
	var state reachState
	err := tx.db.Raw(`SELECT a.followers_count AS followers, coalesce((SELECT max(f.accepted_at) FROM follow f
		WHERE f.target_id = a.id AND f.state = 'accepted'), 0) AS accepted FROM actor a WHERE a.id = ?`, targetID).Scan(&state).Error
	return state, translate(err, "followers")
}

// reach keeps the inboxes of followers at hand.
type reach struct {
	mu    sync.Mutex
	turn  int64 // goes up whenever an actor elsewhere changes
	known map[int64]reached
}

type reached struct {
	state   reachState
	turn    int64
	at      time.Time
	inboxes []Inbox
}

const (
	reachFresh = 10 * time.Minute
	maxReached = 500
)

// get gives what is known, nil for nothing, and the turn for put.
func (r *reach) get(targetID int64, state reachState) ([]Inbox, int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	known, ok := r.known[targetID]
	if !ok || known.state != state || known.turn != r.turn || time.Since(known.at) > reachFresh {
		return nil, r.turn
	}
	return known.inboxes, r.turn
}

func (r *reach) put(targetID int64, found reached) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.known == nil || len(r.known) >= maxReached {
		r.known = map[int64]reached{}
	}
	found.at = time.Now()
	r.known[targetID] = found
}

func (r *reach) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.turn++
}

func (r *reach) forgetFollowersOf(id int64) {
	r.mu.Lock()
	defer r.mu.Unlock()
	delete(r.known, id)
}

// forgetFollowersOf is for whoever changes who follows an actor.
func (tx *Tx) forgetFollowersOf(id int64) {
	if tx.whole == nil {
		tx.store.reach.forgetFollowersOf(id)
		return
	}
	tx.whole.changedReach = true
	tx.AfterCommit(func() { tx.store.reach.forgetFollowersOf(id) })
}

// forgetReach is for whoever changes where an actor elsewhere is reached, or whether it is: the transaction reads the followers
// itself from now on, all others once it has committed.
func (tx *Tx) forgetReach() {
	if tx.whole == nil {
		tx.store.reach.forget()
		return
	}
	tx.whole.changedReach = true
	tx.AfterCommit(tx.store.reach.forget)
	tx.Emit(Change{Kind: ReachChanged})
}
