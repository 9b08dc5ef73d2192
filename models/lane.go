package models

import (
	"fmt"
	"slices"
	"time"

	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Lease is the right to send what waits for a host. Its number goes up with each owner, so that what an owner of yesterday
// wants to store can be told (a fencing token).
type Lease struct {
	Host  string
	Token int64
}

// waitingHosts are the hosts that anything is pending for, found by steps along the partial index: the cost grows with the
// hosts and not with what waits for them. The state is spelt out, since a parameter would keep the index from being used.
const waitingHosts = `WITH RECURSIVE step(host) AS (
		SELECT min(host) FROM delivery WHERE state = 'pending'
		UNION ALL
		SELECT (SELECT min(d.host) FROM delivery d WHERE d.state = 'pending' AND d.host > step.host) FROM step WHERE step.host IS NOT NULL),
	waiting AS (SELECT host FROM step WHERE host IS NOT NULL
		UNION SELECT host FROM delivery WHERE state = 'aside' AND next_try_at <= ?) `

// DueHosts gives the peers that have something waiting and may be tried, those that do not fail first.
func (tx *Tx) DueHosts(now Timestamp, limit int) ([]string, error) {
	var hosts []string
	err := tx.db.Raw(waitingHosts+`SELECT w.host FROM waiting w LEFT JOIN peer p ON p.host = w.host
		WHERE coalesce(p.next_try_at, 0) <= ? AND coalesce(p.paused_at, 0) = 0 AND coalesce(p.parked_at, 0) = 0
		ORDER BY coalesce(p.failures, 0) > 0, coalesce(p.next_try_at, 0), w.host LIMIT ?`, now, now, limit).Scan(&hosts).Error
	return hosts, translate(err, "deliveries")
}

// RestingPeers gives those of hosts to which nothing is sent now, and those that fail. Who is blocked does not rest: what is for
// them is not to wait.
func (tx *Tx) RestingPeers(hosts []string) (rests, fails map[string]bool, err error) {
	rests, fails = map[string]bool{}, map[string]bool{}
	now := tx.Now()
	for some := range slices.Chunk(hosts, 500) {
		query := tx.db.Where("host IN ? AND (failures > 0 OR next_try_at > ? OR paused_at <> 0 OR parked_at <> 0)", some, now)
		rows, err := list[Peer](query, "peers")
		if err != nil {
			return nil, nil, err
		}
		for i := range rows {
			rests[rows[i].Host], fails[rows[i].Host] = rows[i].Rests(now), rows[i].Failures > 0
		}
	}
	return rests, fails, nil
}

// Lane gives the oldest deliveries to a host that are due, in order, after a given one; from the beginning, also those that
// wait by themselves and whose time has come.
func (tx *Tx) Lane(host string, after int64, limit int) ([]Delivery, error) {
	pending := tx.db.Model(&Delivery{}).Where("host = ? AND state = 'pending' AND id > ?", host, after).Order("id").Limit(limit)
	if after != 0 {
		return list[Delivery](pending, "deliveries")
	}
	aside := tx.db.Model(&Delivery{}).Where("host = ? AND state = 'aside' AND next_try_at <= ?", host, tx.Now())
	return list[Delivery](tx.db.Raw("SELECT * FROM (?) p UNION ALL SELECT * FROM (?) a ORDER BY id", pending, aside), "deliveries")
}

// NextTry gives the earliest moment at which something that waits may be tried; 0 when nothing is.
func (tx *Tx) NextTry() (Timestamp, error) {
	var at Timestamp
	err := tx.db.Raw(waitingHosts+`SELECT coalesce(min(at), 0) FROM (
		SELECT coalesce(p.next_try_at, 1) AS at FROM waiting w LEFT JOIN peer p ON p.host = w.host
			WHERE coalesce(p.paused_at, 0) = 0 AND coalesce(p.parked_at, 0) = 0
		UNION ALL SELECT min(d.next_try_at) AS at FROM delivery d WHERE d.state = 'aside') n`, 0).Scan(&at).Error
	return at, translate(err, "deliveries")
}

// Outcome is what came of one attempt. Beside the delivery it carries under which lease it was made.
type Outcome struct {
	Delivery
	Token int64
}

// RecordOutcomes stores what came of attempts, in few statements, and reports which hosts' outcomes were dropped, since
// somebody else has their lanes by now.
func (tx *Tx) RecordOutcomes(outcomes []Outcome) (lost []string, err error) {
	lost, err = tx.lostLanes(outcomes)
	if err != nil {
		return nil, err
	}
	alike := map[Delivery][]int64{}
	for _, o := range outcomes {
		if slices.Contains(lost, o.Host) {
			continue
		}
		d := o.Delivery
		d.ID, d.EntryID, d.Host, d.Inbox = 0, 0, "", ""
		alike[d] = append(alike[d], o.ID)
	}
	for d, ids := range alike {
		change := map[string]any{
			"state": d.State, "attempts": d.Attempts, "faults": d.Faults, "status": d.Status,
			"last_error": d.LastError, "next_try_at": d.NextTryAt, "updated_at": tx.Now(),
		}
		for some := range slices.Chunk(ids, 500) {
			if err := tx.db.Model(&Delivery{}).Where("id IN ?", some).Updates(change).Error; err != nil {
				return nil, translate(err, "deliveries")
			}
		}
	}
	return lost, nil
}

// lostLanes gives the hosts whose leases are not those of the outcomes any more. On SQLite there is one node, and no lease.
func (tx *Tx) lostLanes(outcomes []Outcome) ([]string, error) {
	if tx.store.dialect != dialectPostgres {
		return nil, nil
	}
	held := map[string]int64{}
	var hosts []string
	for _, o := range outcomes {
		if _, known := held[o.Host]; !known {
			hosts = append(hosts, o.Host)
		}
		held[o.Host] = o.Token
	}
	slices.Sort(hosts) // locks are taken in one order by everybody
	var lost []string
	for some := range slices.Chunk(hosts, 500) {
		var rows []Lease
		err := tx.db.Table("lane_lease").Clauses(clause.Locking{Strength: "SHARE"}).Where("host IN ?", some).Order("host").
			Select("host, token").Scan(&rows).Error
		if err != nil {
			return nil, translate(err, "leases")
		}
		current := map[string]int64{}
		for _, row := range rows {
			current[row.Host] = row.Token
		}
		for _, host := range some {
			if current[host] != held[host] {
				lost = append(lost, host)
			}
		}
	}
	return lost, nil
}

// databaseNow is the clock of leases, in milliseconds: that of the database, since those of the nodes differ.
const databaseNow = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`

// ClaimLanes takes those of hosts that nobody holds, for a time. On SQLite, which has one node, that is all of them.
func (tx *Tx) ClaimLanes(owner string, hosts []string, ttl time.Duration) ([]Lease, error) {
	if tx.store.dialect != dialectPostgres {
		leases := make([]Lease, 0, len(hosts))
		for _, host := range hosts {
			leases = append(leases, Lease{Host: host})
		}
		return leases, nil
	}
	var leases []Lease
	for some := range slices.Chunk(hosts, 500) {
		rows := make([]map[string]any, 0, len(some))
		for _, host := range some {
			rows = append(rows, map[string]any{"host": host})
		}
		slices.SortFunc(rows, func(a, b map[string]any) int { return compareText(a["host"], b["host"]) })
		if err := tx.db.Table("lane_lease").Clauses(clause.OnConflict{DoNothing: true}).Create(rows).Error; err != nil {
			return nil, translate(err, "leases")
		}
		var taken []Lease
		err := tx.db.Raw(`WITH free AS (SELECT host FROM lane_lease WHERE host IN ? AND (until_ms < `+databaseNow+` OR owner = ?)
				ORDER BY host FOR UPDATE SKIP LOCKED)
			UPDATE lane_lease l SET owner = ?, token = l.token + 1, until_ms = `+databaseNow+` + ? FROM free WHERE l.host = free.host
			RETURNING l.host, l.token`, some, owner, owner, ttl.Milliseconds()).Scan(&taken).Error
		if err != nil {
			return nil, translate(err, "leases")
		}
		leases = append(leases, taken...)
	}
	return leases, nil
}

func compareText(a, b any) int {
	x, y := fmt.Sprint(a), fmt.Sprint(b)
	switch {
	case x < y:
		return -1
	case x > y:
		return 1
	}
	return 0
}

// RenewLanes prolongs what an owner still holds and gives the hosts of it.
func (tx *Tx) RenewLanes(owner string, ttl time.Duration) ([]string, error) {
	var hosts []string
	err := tx.db.Raw(`UPDATE lane_lease SET until_ms = `+databaseNow+` + ? WHERE owner = ? AND until_ms >= `+databaseNow+` RETURNING host`,
		ttl.Milliseconds(), owner).Scan(&hosts).Error
	return hosts, translate(err, "leases")
}

// ReleaseLanes gives leases back, unless somebody else has them by now.
func (tx *Tx) ReleaseLanes(owner string, leases []Lease) error {
	if tx.store.dialect != dialectPostgres {
		return nil
	}
	for _, lease := range leases {
		err := tx.db.Exec(`UPDATE lane_lease SET until_ms = 0 WHERE host = ? AND owner = ? AND token = ?`, lease.Host, owner, lease.Token).Error
		if err != nil {
			return translate(err, "leases")
		}
	}
	return nil
}

// SharesLanes reports whether other nodes may serve lanes of this store.
func (s *Store) SharesLanes() bool { return s.dialect == dialectPostgres }

// HoldsLane reports whether an owner still has a lease, by the database's clock: for tests, and before a request that cannot
// be taken back.
func (tx *Tx) HoldsLane(owner string, lease Lease) (bool, error) {
	if tx.store.dialect != dialectPostgres {
		return true, nil
	}
	var n int64
	err := tx.db.Session(&gorm.Session{}).Raw(`SELECT count(*) FROM lane_lease WHERE host = ? AND owner = ? AND token = ? AND until_ms >= `+databaseNow,
		lease.Host, owner, lease.Token).Scan(&n).Error
	return n > 0, translate(err, "leases")
}
