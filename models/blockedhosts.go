package models

import (
	"sync"
	"time"
)

// blockedFresh is how long another node's block of a host may go unnoticed here.
const blockedFresh = 5 * time.Second

// blockedHosts keeps at hand which hosts are blocked entirely: every activity asks for it several times.
type blockedHosts struct {
	mu      sync.Mutex
	known   map[string]bool // nil when it has to be read
	since   time.Time
	changes int // how often it was forgotten: what was read before that may be old
}

// read gives the hosts, from the store when they may have changed.
func (b *blockedHosts) read(load func() (map[string]bool, error)) (map[string]bool, error) {
	b.mu.Lock()
	known, changes := b.known, b.changes
	if time.Since(b.since) > blockedFresh {
		known = nil
	}
	b.mu.Unlock()
	if known != nil {
		return known, nil
	}
	known, err := load()
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.changes == changes {
		b.known, b.since = known, time.Now()
	}
	return known, nil
}

func (b *blockedHosts) forget() {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.known = nil
	b.changes++
}

// forgetBlocked is for whoever changes the blocks: the transaction reads them itself from now on, all others once it has
// committed.
func (tx *Tx) forgetBlocked() {
	if tx.whole == nil {
		tx.store.blocked.forget()
		return
	}
	tx.whole.changedBlocks = true
	tx.AfterCommit(tx.store.blocked.forget)
	tx.Emit(Change{Kind: BlocksChanged})
}

// HostBlocked reports whether host or a domain above it is blocked entirely. What this process blocks counts at once, what
// another node does within seconds.
func (tx *Tx) HostBlocked(host string) (bool, error) {
	read := tx.store.blocked.read
	if tx.whole != nil && tx.whole.changedBlocks {
		read = func(load func() (map[string]bool, error)) (map[string]bool, error) { return load() }
	}
	blocked, err := read(tx.suspendedHosts)
	if err != nil || len(blocked) == 0 {
		return false, err
	}
	for _, name := range domainsOf(host) {
		if blocked[name] {
			return true, nil
		}
	}
	return false, nil
}

func (tx *Tx) suspendedHosts() (map[string]bool, error) {
	var hosts []string
	err := tx.db.Model(&DomainBlock{}).Where("severity = ?", SeveritySuspend).Pluck("host", &hosts).Error
	blocked := make(map[string]bool, len(hosts))
	for _, host := range hosts {
		blocked[host] = true
	}
	return blocked, translate(err, "domain blocks")
}
