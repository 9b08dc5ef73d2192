package models

import (
	"maps"
	"slices"
)

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
// them is not to wait. What is for a host that is in quarantine, or for any during the emergency stop, does.
func (tx *Tx) RestingPeers(hosts []string) (rests, fails map[string]bool, err error) {
	rests, fails = map[string]bool{}, map[string]bool{}
	now := tx.Now()
	rules, err := tx.FederationRules()
	if err != nil {
		return nil, nil, err
	}
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
	for _, host := range hosts {
		rests[host] = rests[host] || rules.Holds(host)
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

// OutLane is the name of the lease of what goes out to a host.
func OutLane(host string) string { return "out/" + host }

// lostLanes gives the hosts whose leases are not those of the outcomes any more.
func (tx *Tx) lostLanes(outcomes []Outcome) ([]string, error) {
	held := map[string]Lease{}
	for _, o := range outcomes {
		held[o.Host] = Lease{Name: OutLane(o.Host), Token: o.Token}
	}
	lost, err := tx.LostLeases(slices.Collect(maps.Values(held)))
	var hosts []string
	for host, lease := range held {
		if lost[lease.Name] {
			hosts = append(hosts, host)
		}
	}
	return hosts, err
}
