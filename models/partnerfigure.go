package models

import (
	"time"

	"praxis/internal/snowflake"
)

// PartnerFigures are what is kept of the traffic with a host, put together.
type PartnerFigures struct {
	Peer
	Waiting   int64     // deliveries
	OldestAt  Timestamp // of those
	Refused   int64     // of the last seven days
	Parked    int64
	Day       int64 // deliveries of the last day
	Before    int64 // of the fourteen days before it
	Reports   int64 // open, about people there or by them
	ReportsAt Timestamp
}

const aDay = 24 * time.Hour

// PartnerFigures counts what there is with a host.
func (tx *Tx) PartnerFigures(host string) (*PartnerFigures, error) {
	peer, err := tx.Peer(host)
	if err != nil {
		return nil, err
	}
	f := &PartnerFigures{Peer: *peer}
	now := tx.Now()
	since := func(d time.Duration) int64 { return snowflake.First(now.Add(-d).Time()) }
	var oldest int64
	err = tx.db.Raw(`SELECT count(*) AS waiting, coalesce(min(id), 0) AS oldest FROM delivery WHERE host = ? AND state IN ('pending', 'aside')`, host).
		Row().Scan(&f.Waiting, &oldest)
	if err != nil {
		return nil, translate(err, "deliveries")
	}
	if oldest != 0 {
		f.OldestAt = At(snowflake.Time(oldest))
	}
	err = tx.db.Raw(`SELECT coalesce(sum(CASE WHEN id >= ? THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN id < ? THEN 1 ELSE 0 END), 0),
		coalesce(sum(CASE WHEN state = 'refused' AND id >= ? THEN 1 ELSE 0 END), 0), coalesce(sum(CASE WHEN state = 'parked' THEN 1 ELSE 0 END), 0)
		FROM delivery WHERE host = ? AND id >= ?`, since(aDay), since(aDay), since(7*aDay), host, since(15*aDay)).
		Row().Scan(&f.Day, &f.Before, &f.Refused, &f.Parked)
	if err != nil {
		return nil, translate(err, "deliveries")
	}
	err = tx.db.Raw(`SELECT count(*), coalesce(min(r.created_at), 0) FROM report r WHERE r.resolved_at = 0 AND (
		EXISTS (SELECT 1 FROM actor a WHERE a.id = r.target_id AND a.host = ?) OR EXISTS (SELECT 1 FROM actor a WHERE a.id = r.reporter_id AND a.host = ?))`,
		host, host).Row().Scan(&f.Reports, &f.ReportsAt)
	return f, translate(err, "reports")
}

// RedPartners lists the partners of which the admins are to be told that something is badly wrong.
func (tx *Tx) RedPartners() ([]Partner, error) {
	return list[Partner](tx.db.Where("health = 'red' AND told_at = 0").Order("host"), "partners")
}

// MailedStaff lists the accounts of some roles to whose confirmed address one can write.
func (tx *Tx) MailedStaff(roles ...string) ([]Account, error) {
	return list[Account](tx.db.Where("role IN ? AND disabled_at = 0 AND email <> '' AND confirmed_at <> 0", roles).Order("id"), "accounts")
}
