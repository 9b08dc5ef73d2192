package models

import (
	"strings"
	"time"
)

// PeerCommunity is a community of another host as that host's own directory lists it. Nobody here need follow it.
type PeerCommunity struct {
	URI       string `gorm:"primaryKey"`
	Host      string
	Handle    string // name@host
	Name      string
	About     string // plain text
	Topics    string // one a line
	Followers int64
	UpdatedAt Timestamp `gorm:"autoUpdateTime:false"`
}

// TopicList gives Topics as a list.
func (c *PeerCommunity) TopicList() []string { return lines(c.Topics) }

// ReplacePeerCommunities stores what a host's directory lists, in the place of what it listed before.
func (tx *Tx) ReplacePeerCommunities(host string, listed []PeerCommunity) error {
	if err := tx.db.Delete(&PeerCommunity{}, "host = ?", host).Error; err != nil {
		return translate(err, "directory")
	}
	for i := range listed {
		listed[i].Host, listed[i].UpdatedAt = host, tx.Now()
	}
	if len(listed) > 0 {
		if err := tx.db.CreateInBatches(listed, 100).Error; err != nil {
			return translate(err, "directory")
		}
	}
	return tx.UpdatePeer(host, func(p *Peer) { p.DirectoryAt = tx.Now() })
}

// PeersToAsk gives hosts that run one of some programs, answered of late, and were not asked for their directory since.
func (tx *Tx) PeersToAsk(software []string, every time.Duration, limit int) ([]Peer, error) {
	before := At(tx.Now().Time().Add(-every))
	query := tx.db.Where("software IN ? AND directory_at < ? AND failures = 0", software, before).
		Where("NOT EXISTS (SELECT 1 FROM domain_block b WHERE b.host = peer.host AND b.severity <> ?)", SeverityNoop)
	return list[Peer](query.Order("directory_at, host").Limit(limit), "peers")
}

// PeerCommunities lists what the directories of other hosts have, by how many follow; text is a part of a handle, a name, a
// topic or of what it is about.
func (tx *Tx) PeerCommunities(text string, limit, offset int) ([]PeerCommunity, error) {
	query := tx.db.Where("NOT EXISTS (SELECT 1 FROM domain_block b WHERE b.host = peer_community.host AND b.severity <> ?)", SeverityNoop)
	if text = strings.TrimLeft(strings.ToLower(text), "@!"); text != "" {
		pattern := "%" + escapeLike(text) + "%"
		query = query.Where(`(lower(handle) LIKE ? ESCAPE '\' OR lower(name) LIKE ? ESCAPE '\' OR lower(topics) LIKE ? ESCAPE '\'
			OR lower(about) LIKE ? ESCAPE '\')`, pattern, pattern, pattern, pattern)
	}
	return list[PeerCommunity](query.Order("followers DESC, uri").Limit(limit).Offset(offset), "directory")
}
