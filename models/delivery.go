package models

import (
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// The states of a delivery.
const (
	DeliveryPending = "pending"
	DeliveryDone    = "done"
	DeliveryRefused = "refused" // the peer said a lasting no
	DeliveryParked  = "parked"  // given up after many tries; visible, can be sent again
)

// Delivery is one activity on its way to one inbox: a thin row beside the payload that is stored once.
type Delivery struct {
	ID        int64
	EntryID   int64
	Host      string
	Inbox     string
	State     string
	Attempts  int64
	Status    int64 // the last HTTP status; 0 when no answer came
	LastError string
	UpdatedAt Timestamp `gorm:"autoUpdateTime:false"`
}

// DueHosts gives the peers that have something pending and whose next try is due, longest-waiting first.
func (tx *Tx) DueHosts(now Timestamp, limit int) ([]string, error) {
	var hosts []string
	err := tx.db.Raw(`SELECT d.host FROM delivery d LEFT JOIN peer p ON p.host = d.host
		WHERE d.state = ? AND (p.next_try_at IS NULL OR p.next_try_at <= ?)
		GROUP BY d.host ORDER BY min(d.id) LIMIT ?`, DeliveryPending, now, limit).Scan(&hosts).Error
	return hosts, translate(err, "deliveries")
}

// Lane gives the oldest pending deliveries to a host, in order.
func (tx *Tx) Lane(host string, limit int) ([]Delivery, error) {
	return list[Delivery](tx.db.Where("host = ? AND state = ?", host, DeliveryPending).Order("id").Limit(limit), "deliveries")
}

// FinishDelivery records the outcome of an attempt.
func (tx *Tx) FinishDelivery(d *Delivery) error {
	d.UpdatedAt = tx.Now()
	return translate(tx.db.Save(d).Error, "delivery")
}

// PendingDeliveries counts what waits, for all hosts.
func (tx *Tx) PendingDeliveries() (int64, error) { return tx.CountDeliveries(DeliveryPending) }

// NextTry gives the earliest moment at which a pending delivery may be tried; 0 when nothing waits.
func (tx *Tx) NextTry() (Timestamp, error) {
	var at Timestamp
	err := tx.db.Raw(`SELECT coalesce(min(coalesce(p.next_try_at, 1)), 0) FROM (SELECT DISTINCT host FROM delivery WHERE state = ?) d
		LEFT JOIN peer p ON p.host = d.host`, DeliveryPending).Scan(&at).Error
	return at, translate(err, "deliveries")
}

// Deliveries lists where an activity went.
func (tx *Tx) Deliveries(entryID int64) ([]Delivery, error) {
	return list[Delivery](tx.db.Where("entry_id = ?", entryID).Order("id"), "deliveries")
}

// Peer is what this instance knows of another server.
type Peer struct {
	Host            string `gorm:"primaryKey"`
	Software        string // NodeInfo's software.name; "" while unknown
	Version         string
	NodeInfoAt      Timestamp // when NodeInfo was last asked for
	SignatureScheme string    // what the peer accepted last; "" for draft-cavage
	SchemeAt        Timestamp
	Failures        int64
	FailingSince    Timestamp
	NextTryAt       Timestamp
	LastError       string
	LastSuccessAt   Timestamp
	LastInboundAt   Timestamp
	CreatedAt       Timestamp `gorm:"autoCreateTime:false"`
	DirectoryAt     Timestamp // when it was last asked which communities it has

	TakesEd25519     bool      // it says that it takes signatures by Ed25519 keys
	Ed25519RefusedAt Timestamp // when it refused one all the same
	HeardAt          Timestamp // LastInboundAt when it was last looked for silence
}

// Peer gives what is known of a host; a blank one when nothing is.
func (tx *Tx) Peer(host string) (*Peer, error) {
	peer, err := first[Peer](tx.db.Where("host = ?", host), "peer "+host)
	if IsNotFound(err) {
		return &Peer{Host: host, CreatedAt: tx.Now()}, nil
	}
	return peer, err
}

// Peers lists known hosts.
func (tx *Tx) Peers() ([]Peer, error) {
	return list[Peer](tx.db.Order("host"), "peers")
}

// UpdatePeer reads, changes and stores what is known of a host.
func (tx *Tx) UpdatePeer(host string, change func(*Peer)) error {
	query := tx.db
	if tx.store.dialect == dialectPostgres {
		query = query.Clauses(clause.Locking{Strength: "UPDATE"})
	}
	fresh := Peer{Host: host, CreatedAt: tx.Now()}
	if err := tx.db.Clauses(clause.OnConflict{DoNothing: true}).Create(&fresh).Error; err != nil {
		return translate(err, "peer "+host)
	}
	peer, err := first[Peer](query.Where("host = ?", host), "peer "+host)
	if err != nil {
		return err
	}
	change(peer)
	return translate(tx.db.Save(peer).Error, "peer "+host)
}

// WakePeer lets a host's deliveries be tried at once, because it just spoke to us.
func (tx *Tx) WakePeer(host string) error {
	return tx.UpdatePeer(host, func(p *Peer) { p.LastInboundAt, p.NextTryAt = tx.Now(), 0 })
}

// PeerSoftware gives the software of those hosts that are known, by host.
func (tx *Tx) PeerSoftware(hosts []string) (map[string]string, error) {
	found := make(map[string]string, len(hosts))
	if len(hosts) == 0 {
		return found, nil
	}
	rows, err := list[Peer](tx.db.Where("host IN ?", hosts), "peers")
	for _, p := range rows {
		found[p.Host] = p.Software
	}
	return found, err
}

// PruneDeliveries removes finished deliveries older than keep.
func (tx *Tx) PruneDeliveries(keep time.Duration) (int64, error) {
	result := tx.db.Where("state IN ? AND updated_at < ?", []string{DeliveryDone, DeliveryRefused}, tx.Now().Add(-keep)).
		Session(&gorm.Session{}).Delete(&Delivery{})
	return result.RowsAffected, translate(result.Error, "deliveries")
}

// CountDeliveries counts the deliveries in a state, for all hosts.
func (tx *Tx) CountDeliveries(state string) (int64, error) {
	var n int64
	err := tx.db.Model(&Delivery{}).Where("state = ?", state).Count(&n).Error
	return n, translate(err, "deliveries")
}
