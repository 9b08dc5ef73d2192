package models

import (
	"sync"
	"time"
)

// rulesFresh is how long another node's change of the policy may go unnoticed here.
const rulesFresh = 5 * time.Second

// rulesAtHand keeps the policy at hand: every activity asks for it several times.
type rulesAtHand struct {
	mu      sync.Mutex
	known   *Rules // nil when it has to be read
	since   time.Time
	changes int // how often it was forgotten: what was read before that may be old
}

// read gives the policy, from the store when it may have changed.
func (r *rulesAtHand) read(load func() (*Rules, error)) (*Rules, error) {
	r.mu.Lock()
	known, changes := r.known, r.changes
	if time.Since(r.since) > rulesFresh {
		known = nil
	}
	r.mu.Unlock()
	if known != nil {
		return known, nil
	}
	known, err := load()
	if err != nil {
		return nil, err
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.changes == changes {
		r.known, r.since = known, time.Now()
	}
	return known, nil
}

func (r *rulesAtHand) forget() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.known = nil
	r.changes++
}

// forgetRules is for whoever changes the policy: the transaction reads it itself from now on, all others once it has
// committed.
func (tx *Tx) forgetRules() {
	if tx.whole == nil {
		tx.store.rules.forget()
		return
	}
	tx.whole.changedBlocks = true
	tx.AfterCommit(tx.store.rules.forget)
	tx.Emit(Change{Kind: BlocksChanged})
}
