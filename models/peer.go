package models

import (
	"slices"
	"time"

	"gorm.io/gorm/clause"
)

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
	LastSuccessAt   Timestamp // of a delivery to it
	LastInboundAt   Timestamp // of an activity from it
	LatencyMs       int64     // how long it takes to answer a delivery: a moving average
	PausedAt        Timestamp // when an admin stopped deliveries to it
	ParkedAt        Timestamp // when it was given up after days of attempts
	CreatedAt       Timestamp `gorm:"autoCreateTime:false"`
	DirectoryAt     Timestamp // when it was last asked which communities it has

	TakesEd25519     bool      // it says that it takes signatures by Ed25519 keys
	Ed25519RefusedAt Timestamp // when it refused one all the same
	HeardAt          Timestamp // LastInboundAt when it was last looked for silence
}

// The conditions that a peer is in, as its State.
const (
	PeerHealthy = "healthy"
	PeerFailing = "failing" // it is tried again at NextTryAt
	PeerPaused  = "paused"
	PeerParked  = "parked"
	PeerBlocked = "blocked"
)

// State says whether anything is sent to a peer. Whether it is blocked is another matter.
func (p *Peer) State() string {
	switch {
	case p.PausedAt != 0:
		return PeerPaused
	case p.ParkedAt != 0:
		return PeerParked
	case p.Failures > 0:
		return PeerFailing
	}
	return PeerHealthy
}

// Rests reports that nothing is sent to a peer now.
func (p *Peer) Rests(now Timestamp) bool {
	return p.PausedAt != 0 || p.ParkedAt != 0 || p.NextTryAt > now
}

// Peer gives what is known of a host; a blank one when nothing is.
func (tx *Tx) Peer(host string) (*Peer, error) {
	peer, err := first[Peer](tx.db.Where("host = ?", host), "peer "+host)
	if IsNotFound(err) {
		return &Peer{Host: host, CreatedAt: tx.Now()}, nil
	}
	return peer, err
}

// KnownPeer gives what is known of a host. Errors: NotFound when nothing is.
func (tx *Tx) KnownPeer(host string) (*Peer, error) {
	return first[Peer](tx.db.Where("host = ?", host), "peer "+host)
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
	before := *peer
	change(peer)
	if peer.signatures() != before.signatures() {
		tx.Emit(Change{Kind: PeerLearned, Name: host})
	}
	return translate(tx.db.Save(peer).Error, "peer "+host)
}

// signatures is what decides how requests to a peer are signed.
func (p *Peer) signatures() any {
	return [4]any{p.SignatureScheme, p.SchemeAt, p.TakesEd25519, p.Ed25519RefusedAt}
}

// wakeEvery bounds how often a host that speaks to us, but takes nothing from us, is tried out of its turn.
const wakeEvery = 15 * time.Second

// WakePeer lets a host's deliveries be tried at once, because it just spoke to us; one that was given up is tried for some
// days more. It usually reads one row and changes nothing.
func (tx *Tx) WakePeer(host string) error {
	now := tx.Now()
	peer, err := first[Peer](tx.db.Where("host = ?", host), "peer "+host)
	if err != nil && !IsNotFound(err) {
		return err
	}
	isFresh := err == nil && now.Since(peer.LastInboundAt) < wakeEvery
	rests := err == nil && (peer.ParkedAt != 0 || peer.NextTryAt > now)
	if isFresh && (!rests || peer.FailingSince < peer.LastInboundAt) {
		return nil
	}
	if rests {
		tx.Emit(Change{Kind: PeerWoken, Name: host})
	}
	return tx.UpdatePeer(host, func(p *Peer) {
		if p.ParkedAt != 0 {
			p.FailingSince, p.ParkedAt = now, 0
		}
		p.LastInboundAt, p.NextTryAt = now, 0
	})
}

// PausePeer stops deliveries to a host until ResumePeer. What is for it waits.
func (tx *Tx) PausePeer(host string) error {
	return tx.UpdatePeer(host, func(p *Peer) { p.PausedAt = tx.Now() })
}

// ResumePeer lets deliveries to a host go on at once, whatever stopped them: an admin, or its failures.
func (tx *Tx) ResumePeer(host string) error {
	tx.Emit(Change{Kind: PeerWoken, Name: host})
	return tx.UpdatePeer(host, func(p *Peer) {
		p.PausedAt, p.ParkedAt, p.NextTryAt = 0, 0, 0
		if p.FailingSince != 0 {
			p.FailingSince = tx.Now()
		}
	})
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

// PeersAmong gives those of hosts that are known, by host.
func (tx *Tx) PeersAmong(hosts []string) (map[string]*Peer, error) {
	found := make(map[string]*Peer, len(hosts))
	for some := range slices.Chunk(hosts, 500) {
		rows, err := list[Peer](tx.db.Where("host IN ?", some), "peers")
		if err != nil {
			return nil, err
		}
		for i := range rows {
			found[rows[i].Host] = &rows[i]
		}
	}
	return found, nil
}
