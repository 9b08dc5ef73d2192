package models

import (
	"strconv"
	"time"
)

// The settings that hold the mode.
const (
	settingMode    = "federation_mode"
	settingStopped = "federation_stopped_at" // ms; "" or 0 when it goes on
)

// storedMode reads the mode and the moment of the emergency stop.
func (tx *Tx) storedMode() (Mode, Timestamp, error) {
	rows, err := list[Setting](tx.db.Where("key IN ?", []string{settingMode, settingStopped}), "settings")
	mode, stopped := ModeOpen, Timestamp(0)
	for _, row := range rows {
		switch row.Key {
		case settingMode:
			mode = Mode(row.Value)
		case settingStopped:
			at, _ := strconv.ParseInt(row.Value, 10, 64)
			stopped = Timestamp(at)
		}
	}
	return mode, stopped, err
}

// SetMode changes the mode.
func (tx *Tx) SetMode(mode Mode) error {
	tx.forgetRules()
	return tx.PutSetting(settingMode, string(mode))
}

// SetStopped pulls the emergency stop, or lets go of it with 0.
func (tx *Tx) SetStopped(at Timestamp) error {
	tx.forgetRules()
	return tx.PutSetting(settingStopped, strconv.FormatInt(int64(at), 10))
}

// Grace is for how long follows with hosts outlive a change of the policy that keeps them away.
const Grace = 72 * time.Hour

// Severance is a host that the policy keeps away, and when the follows with it end.
type Severance struct {
	Host  string `gorm:"primaryKey"`
	DueAt Timestamp
}

// Severances lists the hosts with which follows are to end.
func (tx *Tx) Severances() ([]Severance, error) {
	return list[Severance](tx.db.Order("host"), "hosts to part with")
}

// DueSeverances lists those whose time has come.
func (tx *Tx) DueSeverances() ([]Severance, error) {
	return list[Severance](tx.db.Where("due_at <= ?", tx.Now()).Order("host"), "hosts to part with")
}

// IsPolicyDue reports whether the policy has something to be done: a stop that lasted too long, follows to be ended, or what is
// held of hosts that wait no longer.
func (tx *Tx) IsPolicyDue() (bool, error) {
	rules, err := tx.FederationRules()
	if err != nil {
		return false, err
	}
	if rules.StoppedAt != 0 && tx.Now().Since(rules.StoppedAt) >= Grace {
		return true, nil
	}
	if due, err := tx.DueSeverances(); err != nil || len(due) > 0 {
		return err == nil, err
	}
	waiting, err := tx.HeldHosts()
	for _, h := range waiting {
		if verdict := rules.Of(h.Host); verdict != HostWaits && verdict != HostStopped {
			return true, nil
		}
	}
	return false, err
}

// SpareHost forgets that the follows with a host are to end.
func (tx *Tx) SpareHost(host string) error {
	return translate(tx.db.Delete(&Severance{}, "host = ?", host).Error, "hosts to part with")
}

// ReviewSeverances makes the list say what the policy says now: whoever is admitted again is spared, and follows with whoever
// is kept away, other than by a block or while it waits, end after Grace.
func (tx *Tx) ReviewSeverances() error {
	rules, err := tx.FederationRules()
	if err != nil {
		return err
	}
	planned, err := tx.Severances()
	if err != nil {
		return err
	}
	known := map[string]bool{}
	for _, s := range planned {
		if v := rules.Of(s.Host); v == HostShutOut || v == HostStopped {
			known[s.Host] = true
		} else if err := tx.SpareHost(s.Host); err != nil {
			return err
		}
	}
	hosts, err := tx.RelatedHosts()
	if err != nil {
		return err
	}
	due := tx.Now().Add(Grace)
	for _, host := range hosts {
		if v := rules.Of(host); known[host] || (v != HostShutOut && v != HostStopped) {
			continue
		}
		if err := tx.db.Create(&Severance{Host: host, DueAt: due}).Error; err != nil {
			return translate(err, "hosts to part with")
		}
	}
	return nil
}

// PartWith ends the follows with a host whose grace is over, unless it is admitted again.
func (tx *Tx) PartWith(host string) error {
	verdict, err := tx.Policy(host)
	if err == nil && verdict == HostShutOut {
		err = tx.endFollowsWith(host)
	}
	if err != nil {
		return err
	}
	return tx.SpareHost(host)
}

// RelatedHosts lists the hosts with whose actors there are follows in either direction.
func (tx *Tx) RelatedHosts() ([]string, error) {
	var hosts []string
	err := tx.db.Raw(`SELECT DISTINCT a.host FROM actor a WHERE NOT a.local AND (
		EXISTS (SELECT 1 FROM follow f WHERE f.actor_id = a.id) OR EXISTS (SELECT 1 FROM follow f WHERE f.target_id = a.id))
		ORDER BY a.host`).Scan(&hosts).Error
	return hosts, translate(err, "hosts")
}
