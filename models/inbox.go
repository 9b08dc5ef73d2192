package models

import (
	"hash/fnv"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"

	"praxis/internal/snowflake"
)

// The states of an inbox entry.
const (
	InboxPending = "pending"
	InboxDone    = "done"
	InboxParked  = "parked" // failed too often; kept for inspection
	InboxHeld    = "held"   // its host waits in quarantine
)

// InboxEntry is one received activity whose signature was good, or the memory of one that was relayed. It is unique by activity and signer, so that a replay
// finds it and changes nothing.
type InboxEntry struct {
	ID          int64
	ActivityURI string
	SignerURI   string
	Host        string // of the signer
	KeyID       string
	Scheme      string
	Seal        string // proof that this instance verified the payload, see sign.Verifier
	Type        string
	Payload     string
	State       string
	Attempts    int64
	NextTryAt   Timestamp
	Outcome     string // a short reason: what became of it
	ReceivedAt  Timestamp
	ProcessedAt Timestamp
}

// undoneEarly is the outcome of an activity whose Undo came before it.
const undoneEarly = "undone before it came"

// undoneEarlyFor is how long an activity may be behind its Undo; after that its id may be used anew.
const undoneEarlyFor = 24 * time.Hour

// AddInboxEntry stores a received activity; false when it is known.
func (tx *Tx) AddInboxEntry(e *InboxEntry) (bool, error) {
	fresh, err := tx.AddInboxEntries([]*InboxEntry{e})
	return len(fresh) == 1 && fresh[0], err
}

// AddInboxEntries stores received activities, and tells of each whether it was unknown.
func (tx *Tx) AddInboxEntries(entries []*InboxEntry) ([]bool, error) {
	fresh, err := tx.insertInboxEntries(entries)
	if err != nil {
		return nil, err
	}
	for i, e := range entries {
		if fresh[i] {
			continue
		}
		if fresh[i], err = tx.addAfterUndo(e); err != nil {
			return nil, err
		}
	}
	return fresh, nil
}

func (tx *Tx) insertInboxEntries(entries []*InboxEntry) ([]bool, error) {
	ids := make([]int64, len(entries))
	for i, e := range entries {
		e.ID, e.ReceivedAt = tx.NewID(), tx.Now()
		if e.State == "" {
			e.State = InboxPending
		}
		ids[i] = e.ID
	}
	result := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(entries)
	fresh := make([]bool, len(entries))
	if result.Error != nil || result.RowsAffected == 0 {
		return fresh, translate(result.Error, "inbox entry")
	}
	if len(entries) == 1 {
		return []bool{true}, nil
	}
	// How many rows were added is not known of several at once.
	var stored []int64
	err := tx.db.Model(&InboxEntry{}).Where("id IN ?", ids).Pluck("id", &stored).Error
	for i, id := range ids {
		fresh[i] = slices.Contains(stored, id)
	}
	return fresh, translate(err, "inbox entry")
}

// addAfterUndo stores an activity whose id was taken back before it came, when that is so long ago that the id is used anew.
func (tx *Tx) addAfterUndo(e *InboxEntry) (bool, error) {
	result := tx.db.Where("activity_uri = ? AND signer_uri = ? AND outcome = ? AND processed_at < ?",
		e.ActivityURI, e.SignerURI, undoneEarly, tx.Now().Add(-undoneEarlyFor)).Delete(&InboxEntry{})
	if result.Error != nil || result.RowsAffected == 0 {
		return false, translate(result.Error, "inbox entry")
	}
	fresh, err := tx.insertInboxEntries([]*InboxEntry{e})
	return err == nil && fresh[0], err
}

// UndoInboxEntry settles what becomes of an activity that its sender has taken back: if it has not come yet, or waits, it
// will not be carried out. A Follow that was carried out is forgotten, since some software follows again under the same id.
func (tx *Tx) UndoInboxEntry(activityURI, signerURI string) error {
	of := tx.db.Where("activity_uri = ? AND signer_uri = ?", activityURI, signerURI)
	err := of.Session(&gorm.Session{}).Where("state = ? AND type = ?", InboxDone, "Follow").Delete(&InboxEntry{})
	if err.Error != nil || err.RowsAffected > 0 {
		return translate(err.Error, "inbox entry")
	}
	now := tx.Now()
	settled := map[string]any{"state": InboxDone, "outcome": undoneEarly, "processed_at": now}
	err = of.Session(&gorm.Session{}).Model(&InboxEntry{}).Where("state = ?", InboxPending).Updates(settled)
	if err.Error != nil || err.RowsAffected > 0 {
		return translate(err.Error, "inbox entry")
	}
	marker := &InboxEntry{
		ID: tx.NewID(), ActivityURI: activityURI, SignerURI: signerURI,
		State: InboxDone, Outcome: undoneEarly, ReceivedAt: now, ProcessedAt: now,
	}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(marker).Error, "inbox entry")
}

// HasInboxEntry reports whether an activity of an actor came before, from the actor or by RememberRelayed.
func (tx *Tx) HasInboxEntry(activityURI, signerURI string) (bool, error) {
	var n int64
	err := tx.db.Model(&InboxEntry{}).Where("activity_uri = ? AND signer_uri = ?", activityURI, signerURI).Limit(1).Count(&n).Error
	return n > 0, translate(err, "inbox entry")
}

// relayed is the outcome of an activity that came by way of somebody else and was carried out.
const relayed = "relayed"

// RememberRelayed stores that an activity came by way of somebody else and was carried out, so that it is not once more.
func (tx *Tx) RememberRelayed(activityURI, actorURI, activityType string) error {
	now := tx.Now()
	entry := &InboxEntry{
		ID: tx.NewID(), ActivityURI: activityURI, SignerURI: actorURI, Type: activityType,
		State: InboxDone, Outcome: relayed, ReceivedAt: now, ProcessedAt: now,
	}
	return translate(tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(entry).Error, "inbox entry")
}

// pending is written out, so that the databases see that the index of what waits serves.
const pending = "state = 'pending'"

// DueInboxHosts gives the hosts of whom something waits to be processed, those that wait longest first.
func (tx *Tx) DueInboxHosts(now Timestamp, limit int) ([]string, error) {
	if stopped, err := tx.isStopped(); err != nil || stopped {
		return nil, err
	}
	var hosts []string
	err := tx.db.Model(&InboxEntry{}).Where(pending).Where("next_try_at <= ?", now).
		Group("host").Order("min(id)").Limit(limit).Pluck("host", &hosts).Error
	return hosts, translate(err, "inbox entries")
}

// DueInboxEntries gives the oldest entries of a host that wait to be processed.
func (tx *Tx) DueInboxEntries(host string, now Timestamp, limit int) ([]InboxEntry, error) {
	if stopped, err := tx.isStopped(); err != nil || stopped {
		return nil, err
	}
	return list[InboxEntry](tx.db.Where(pending).Where("host = ? AND next_try_at <= ?", host, now).Order("id").Limit(limit), "inbox entries")
}

// LockInboxHost lets no other node process what a host sent until the transaction ends, so that its order is kept; false when
// another one does.
func (tx *Tx) LockInboxHost(host string) (bool, error) {
	if tx.store.dialect != dialectPostgres {
		return true, nil // one node has the file
	}
	sum := fnv.New64a()
	_, _ = sum.Write([]byte("inbox " + host))
	var free bool
	err := tx.db.Raw("SELECT pg_try_advisory_xact_lock(?)", int64(sum.Sum64())).Scan(&free).Error //nolint:gosec // any 64 bits
	return free, translate(err, "inbox of "+host)
}

// InboxBacklog counts what waits of a host, up to a limit.
func (tx *Tx) InboxBacklog(host string, limit int) (int, error) {
	var n int64
	some := tx.db.Session(newSession).Model(&InboxEntry{}).Select("id").Where(pending).Where("host = ?", host).Limit(limit)
	err := tx.db.Table("(?) AS waiting", some).Count(&n).Error
	return int(n), translate(err, "inbox entries")
}

// InboxEntry gives an entry by id.
func (tx *Tx) InboxEntry(id int64) (*InboxEntry, error) {
	return first[InboxEntry](tx.db.Where("id = ?", id), "inbox entry")
}

// InboxEntriesOf lists all that is remembered of what a host sent, for tests that look what became of it.
func (tx *Tx) InboxEntriesOf(host string) ([]InboxEntry, error) {
	return list[InboxEntry](tx.db.Where("host = ?", host).Order("id"), "inbox entries")
}

// FinishInboxEntry stores what became of an entry that waited. Errors: Conflict when it waits no longer: another node, or its
// Undo, was faster, and what was done about it must be rolled back.
func (tx *Tx) FinishInboxEntry(e *InboxEntry) error {
	result := tx.db.Exec("UPDATE inbox_entry SET state = ?, attempts = ?, next_try_at = ?, outcome = ?, processed_at = ? WHERE id = ? AND "+pending,
		e.State, e.Attempts, e.NextTryAt, e.Outcome, e.ProcessedAt, e.ID)
	if result.Error == nil && result.RowsAffected == 0 {
		return Errorf(Conflict, "inbox entry %d waits no longer", e.ID)
	}
	return translate(result.Error, "inbox entry")
}

// PendingInboxEntries counts what waits to be processed.
func (tx *Tx) PendingInboxEntries() (int64, error) {
	var n int64
	err := tx.db.Model(&InboxEntry{}).Where(pending).Count(&n).Error
	return n, translate(err, "inbox entries")
}

// PruneInboxEntries removes processed entries older than keep; keep must exceed the window in which a signature is
// taken (security case B25). Ids sort by time, so that what is younger is not looked at.
func (tx *Tx) PruneInboxEntries(keep time.Duration) (int64, error) {
	before := tx.Now().Add(-keep)
	result := tx.db.Where("id < ? AND state = ? AND processed_at < ?", snowflake.First(before.Time()), InboxDone, before).Delete(&InboxEntry{})
	return result.RowsAffected, translate(result.Error, "inbox entries")
}
