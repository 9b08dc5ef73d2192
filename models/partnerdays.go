package models

import (
	"time"

	"praxis/internal/snowflake"
)

// HostDay is the traffic with a host on one day, in UTC.
type HostDay struct {
	Start Timestamp
	Out   int64 // deliveries that were given to its lane
	In    int64 // activities that came from it
	Lane  int64 // how many deliveries waited at the end of the day, or wait now
}

// HostDays gives the traffic with a host on each of the last days, today last.
func (tx *Tx) HostDays(host string, days int) ([]HostDay, error) {
	today := tx.Now().Time().UTC().Truncate(aDay)
	found := make([]HostDay, days)
	for i := range found {
		start := today.Add(-time.Duration(days-1-i) * aDay)
		found[i].Start = At(start)
		if err := tx.hostDay(host, start, &found[i]); err != nil {
			return nil, err
		}
	}
	return found, nil
}

// hostDay counts one day: what was delivered or given up later than its end waited then.
func (tx *Tx) hostDay(host string, start time.Time, day *HostDay) error {
	end := start.Add(aDay)
	first, last := snowflake.First(start), snowflake.First(end)
	err := tx.db.Raw(`SELECT (SELECT count(*) FROM delivery WHERE host = ? AND id >= ? AND id < ?),
		(SELECT count(*) FROM inbox_entry WHERE host = ? AND id >= ? AND id < ?),
		(SELECT count(*) FROM delivery WHERE host = ? AND id < ? AND (state IN ('pending', 'aside') OR updated_at >= ?))`,
		host, first, last, host, first, last, host, last, At(end)).Row().Scan(&day.Out, &day.In, &day.Lane)
	return translate(err, "traffic of a day")
}
