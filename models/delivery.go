package models

import (
	"slices"
	"time"

	"gorm.io/gorm"

	"praxis/internal/snowflake"
)

// The states of a delivery.
const (
	DeliveryPending  = "pending"
	DeliveryAside    = "aside" // the peer failed at this one while it took others: it waits by itself, its lane goes on
	DeliveryDone     = "done"
	DeliveryRefused  = "refused"  // the peer said a lasting no
	DeliveryParked   = "parked"   // given up after many tries; visible, can be sent again
	DeliveryReplaced = "replaced" // never sent: what followed it says all that is left to say
)

// DeliveryStates are all of them.
func DeliveryStates() []string {
	return []string{DeliveryPending, DeliveryAside, DeliveryDone, DeliveryRefused, DeliveryParked, DeliveryReplaced}
}

// Delivery is one activity on its way to one inbox: a thin row beside the payload that is stored once.
type Delivery struct {
	ID        int64
	EntryID   int64
	Host      string
	Inbox     string
	State     string
	Attempts  int64
	Faults    int64 // attempts that the peer answered with a fault of its own
	Status    int64 // the last HTTP status; 0 when no answer came
	LastError string
	NextTryAt Timestamp // of one that waits by itself
	UpdatedAt Timestamp `gorm:"autoUpdateTime:false"`
}

// FinishDelivery records the outcome of an attempt.
func (tx *Tx) FinishDelivery(d *Delivery) error {
	d.UpdatedAt = tx.Now()
	return translate(tx.db.Save(d).Error, "delivery")
}

// PendingDeliveries counts what waits, for all hosts.
func (tx *Tx) PendingDeliveries() (int64, error) { return tx.CountDeliveries(DeliveryPending) }

// Deliveries lists where an activity went.
func (tx *Tx) Deliveries(entryID int64) ([]Delivery, error) {
	return list[Delivery](tx.db.Where("entry_id = ?", entryID).Order("id"), "deliveries")
}

// PruneDeliveries removes deliveries older than keep: finished ones, and those that wait at a peer that is given up or paused,
// so that what a dead peer leaves behind is bounded by age (security case H23). Ids sort by time, so that what is younger is not
// looked at.
func (tx *Tx) PruneDeliveries(keep time.Duration) (int64, error) {
	before := tx.Now().Add(-keep)
	old := snowflake.First(before.Time())
	finished := []string{DeliveryDone, DeliveryRefused, DeliveryParked, DeliveryReplaced}
	result := tx.db.Where("id < ? AND state IN ? AND updated_at < ?", old, finished, before).Session(&gorm.Session{}).Delete(&Delivery{})
	if result.Error != nil {
		return 0, translate(result.Error, "deliveries")
	}
	given := tx.db.Where("id < ? AND updated_at < ? AND host IN (SELECT host FROM peer WHERE parked_at <> 0 OR paused_at <> 0)", old, before).
		Session(&gorm.Session{}).Delete(&Delivery{})
	return result.RowsAffected + given.RowsAffected, translate(given.Error, "deliveries")
}

// CountDeliveries counts the deliveries in a state, for all hosts.
func (tx *Tx) CountDeliveries(state string) (int64, error) {
	var n int64
	query := tx.db.Model(&Delivery{})
	if state == DeliveryPending {
		query = query.Where("state = 'pending'") // spelt out, so that the partial index serves
	} else {
		query = query.Where("state = ?", state)
	}
	return n, translate(query.Count(&n).Error, "deliveries")
}

// LaneCount is how many deliveries of a host are in a state.
type LaneCount struct {
	Host  string
	State string
	Count int64
}

// LaneCounts counts the deliveries of a host by state.
func (tx *Tx) LaneCounts(host string) ([]LaneCount, error) {
	var rows []LaneCount
	err := tx.db.Raw(`SELECT host, state, count(*) AS count FROM delivery WHERE host = ? GROUP BY host, state ORDER BY state`, host).
		Scan(&rows).Error
	return rows, translate(err, "deliveries")
}

// WaitingByHost counts what waits, for each host that anything waits for.
func (tx *Tx) WaitingByHost() (map[string]int64, error) {
	var rows []LaneCount
	err := tx.db.Raw(`SELECT host, sum(n) AS count FROM (
			SELECT host, count(*) AS n FROM delivery WHERE state = 'pending' GROUP BY host
			UNION ALL SELECT host, count(*) AS n FROM delivery WHERE state = 'aside' GROUP BY host) w GROUP BY host`).Scan(&rows).Error
	counts := make(map[string]int64, len(rows))
	for _, row := range rows {
		counts[row.Host] = row.Count
	}
	return counts, translate(err, "deliveries")
}

// ParkedAmong counts what was given up at those of hosts where anything was.
func (tx *Tx) ParkedAmong(hosts []string) (map[string]int64, error) {
	counts := map[string]int64{}
	for some := range slices.Chunk(hosts, 500) {
		var rows []LaneCount
		err := tx.db.Raw("SELECT host, count(*) AS count FROM delivery WHERE host IN ? AND state = 'parked' GROUP BY host", some).Scan(&rows).Error
		if err != nil {
			return nil, translate(err, "deliveries")
		}
		for _, row := range rows {
			counts[row.Host] = row.Count
		}
	}
	return counts, nil
}

// LastTroubles gives the latest deliveries of a host that were refused or given up, or that failed and wait.
func (tx *Tx) LastTroubles(host string, limit int) ([]Delivery, error) {
	query := tx.db.Where("host = ? AND (state IN ? OR (state IN ? AND attempts > 0))", host,
		[]string{DeliveryRefused, DeliveryParked}, []string{DeliveryPending, DeliveryAside})
	return list[Delivery](query.Order("id DESC").Limit(limit), "deliveries")
}

// ResendSince lets everything that was for a host since a moment be sent again, in its order and under the same ids, whatever
// became of it, and reports how much that is. What was replaced stays so. Receivers know what they have.
func (tx *Tx) ResendSince(host string, since Timestamp) (int64, error) {
	return tx.requeue(host, "updated_at >= ? AND state IN ?", since, []string{DeliveryDone, DeliveryRefused, DeliveryParked, DeliveryAside})
}

// ReleaseParked lets what was given up at a host be tried again.
func (tx *Tx) ReleaseParked(host string) (int64, error) {
	return tx.requeue(host, "state IN ?", []string{DeliveryParked, DeliveryAside})
}

func (tx *Tx) requeue(host, which string, args ...any) (int64, error) {
	result := tx.db.Model(&Delivery{}).Where("host = ?", host).Where(which, args...).Updates(map[string]any{
		"state": DeliveryPending, "attempts": 0, "faults": 0, "status": 0, "last_error": "", "next_try_at": 0, "updated_at": tx.Now(),
	})
	return result.RowsAffected, translate(result.Error, "deliveries")
}
