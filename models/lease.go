package models

import (
	"cmp"
	"slices"
	"time"

	"gorm.io/gorm/clause"
)

// Lease is the right of one node to do some work for a time. Its token goes up with each owner, so that what an owner of
// yesterday wants to store can be told (a fencing token). On SQLite there is one node: every lease is granted, and none is lost.
type Lease struct {
	Name  string
	Token int64
}

// SharesWork reports whether other nodes may work on this store.
func (s *Store) SharesWork() bool { return s.dialect == dialectPostgres }

// databaseNow is the clock of leases, in milliseconds: that of the database, since those of the nodes differ.
const databaseNow = `(extract(epoch FROM clock_timestamp()) * 1000)::bigint`

// ClaimLeases takes those of names that nobody else holds, for a time.
func (tx *Tx) ClaimLeases(owner string, names []string, ttl time.Duration) ([]Lease, error) {
	if !tx.store.SharesWork() {
		leases := make([]Lease, 0, len(names))
		for _, name := range names {
			leases = append(leases, Lease{Name: name})
		}
		return leases, nil
	}
	names = slices.Sorted(slices.Values(names)) // locks are taken in one order by everybody
	var leases []Lease
	for some := range slices.Chunk(names, 500) {
		rows := make([]map[string]any, 0, len(some))
		for _, name := range some {
			rows = append(rows, map[string]any{"name": name})
		}
		if err := tx.db.Table("lease").Clauses(clause.OnConflict{DoNothing: true}).Create(rows).Error; err != nil {
			return nil, translate(err, "leases")
		}
		var taken []Lease
		err := tx.db.Raw(`WITH free AS (SELECT name FROM lease WHERE name IN ? AND (until_ms < `+databaseNow+` OR owner = ?)
				ORDER BY name FOR UPDATE SKIP LOCKED)
			UPDATE lease l SET owner = ?, token = l.token + 1, until_ms = `+databaseNow+` + ? FROM free WHERE l.name = free.name
			RETURNING l.name, l.token`, some, owner, owner, ttl.Milliseconds()).Scan(&taken).Error
		if err != nil {
			return nil, translate(err, "leases")
		}
		leases = append(leases, taken...)
	}
	return leases, nil
}

// RenewLeases prolongs whatever an owner still holds and gives the names of it.
func (tx *Tx) RenewLeases(owner string, ttl time.Duration) ([]string, error) {
	if !tx.store.SharesWork() {
		return nil, nil
	}
	var names []string
	err := tx.db.Raw(`UPDATE lease SET until_ms = `+databaseNow+` + ? WHERE owner = ? AND until_ms >= `+databaseNow+` RETURNING name`,
		ttl.Milliseconds(), owner).Scan(&names).Error
	return names, translate(err, "leases")
}

// ReleaseLeases gives leases back, unless somebody else has them by now.
func (tx *Tx) ReleaseLeases(owner string, leases []Lease) error {
	if !tx.store.SharesWork() {
		return nil
	}
	slices.SortFunc(leases, func(a, b Lease) int { return cmp.Compare(a.Name, b.Name) })
	for _, lease := range leases {
		err := tx.db.Exec(`UPDATE lease SET until_ms = 0 WHERE name = ? AND owner = ? AND token = ?`, lease.Name, owner, lease.Token).Error
		if err != nil {
			return translate(err, "leases")
		}
	}
	return nil
}

// LostLeases gives the names of those that somebody else has taken since. Until the transaction ends nobody can take the others.
func (tx *Tx) LostLeases(leases []Lease) (map[string]bool, error) {
	if !tx.store.SharesWork() || len(leases) == 0 {
		return nil, nil
	}
	held := make(map[string]int64, len(leases))
	for _, lease := range leases {
		held[lease.Name] = lease.Token
	}
	names := make([]string, 0, len(held))
	for name := range held {
		names = append(names, name)
	}
	slices.Sort(names)
	lost := map[string]bool{}
	for some := range slices.Chunk(names, 500) {
		var rows []Lease
		err := tx.db.Table("lease").Clauses(clause.Locking{Strength: "SHARE"}).Where("name IN ?", some).Order("name").
			Select("name, token").Scan(&rows).Error
		if err != nil {
			return nil, translate(err, "leases")
		}
		current := make(map[string]int64, len(rows))
		for _, row := range rows {
			current[row.Name] = row.Token
		}
		for _, name := range some {
			if current[name] != held[name] {
				lost[name] = true
			}
		}
	}
	return lost, nil
}

// HeldLeases gives the names that begin with a prefix and that somebody holds now.
func (tx *Tx) HeldLeases(prefix string) ([]string, error) {
	if !tx.store.SharesWork() {
		return nil, nil
	}
	var names []string
	err := tx.db.Table("lease").Where("name LIKE ? AND until_ms >= "+databaseNow, escapeLike(prefix)+"%").Order("name").Pluck("name", &names).Error
	return names, translate(err, "leases")
}
