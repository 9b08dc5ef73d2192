package models

// How much is held of hosts that wait in quarantine: of one, and how many of them.
const (
	mostHeld      = 200
	mostHeldHosts = 1000
)

// held is written out, so that the databases see that the index of what is held serves.
const held = "state = 'held'"

// HeldHost is a host that waits in quarantine.
type HeldHost struct {
	Host  string
	Since Timestamp
	Count int64 // of what it sent
}

// HeldHosts lists the hosts that wait in quarantine, those that wait longest first.
func (tx *Tx) HeldHosts() ([]HeldHost, error) {
	var hosts []HeldHost
	err := tx.db.Model(&InboxEntry{}).Select("host, min(received_at) AS since, count(*) AS count").Where(held).
		Group("host").Order("min(id)").Scan(&hosts).Error
	return hosts, translate(err, "hosts that wait")
}

// RoomToHold reports whether one more activity of a host can be held. Errors: RateLimited.
func (tx *Tx) RoomToHold(host string) error {
	var n int64
	err := tx.db.Model(&InboxEntry{}).Where(held).Where("host = ?", host).Count(&n).Error
	if err == nil && n == 0 {
		if err = tx.db.Model(&InboxEntry{}).Where(held).Distinct("host").Count(&n).Error; err == nil && n >= mostHeldHosts {
			return Errorf(RateLimited, "%d hosts wait here already until the admins let them in: try again later.", n)
		}
		return translate(err, "hosts that wait")
	}
	if err == nil && n >= mostHeld {
		return Errorf(RateLimited, "%d activities of %s wait here already until the admins let it in.", n, host)
	}
	return translate(err, "hosts that wait")
}

// SettleHeld decides on what is held of hosts that wait no longer: of those that are admitted it is carried out now, of the
// others never. It reports whether there was anything.
func (tx *Tx) SettleHeld() (bool, error) {
	hosts, err := tx.HeldHosts()
	if err != nil || len(hosts) == 0 {
		return false, err
	}
	rules, err := tx.FederationRules()
	if err != nil {
		return false, err
	}
	settled := false
	for _, h := range hosts {
		change := map[string]any{"state": InboxPending, "next_try_at": 0}
		switch rules.Of(h.Host) {
		case HostWaits, HostStopped:
			continue
		case HostAdmitted:
		default:
			change = map[string]any{"state": InboxDone, "outcome": "refused: its host was not let in", "processed_at": tx.Now()}
		}
		settled = true
		if err := tx.db.Model(&InboxEntry{}).Where(held).Where("host = ?", h.Host).Updates(change).Error; err != nil {
			return false, translate(err, "inbox entries")
		}
	}
	return settled, nil
}

// Knocked is SilencedAt of actors that are known from nothing but what their host sent while it waits: nobody is shown them. Like
// other limits it is a moment, one that no other limit can have.
const Knocked Timestamp = -1

// UnveilActors shows the actors of hosts that wait no longer. All about them is asked for anew: only their keys were.
func (tx *Tx) UnveilActors() error {
	rules, err := tx.FederationRules()
	if err != nil {
		return err
	}
	var hosts []string
	if err := tx.db.Model(&Actor{}).Where("silenced_at = ?", Knocked).Distinct().Pluck("host", &hosts).Error; err != nil {
		return translate(err, "actors")
	}
	for _, host := range hosts {
		if rules.Of(host) == HostWaits {
			continue
		}
		if err := tx.db.Model(&Actor{}).Where("host = ? AND silenced_at = ?", host, Knocked).UpdateColumns(map[string]any{"silenced_at": 0, "fetched_at": 0}).Error; err != nil {
			return translate(err, "actors")
		}
	}
	return nil
}

func (tx *Tx) isStopped() (bool, error) {
	rules, err := tx.FederationRules()
	return err == nil && rules.StoppedAt != 0, err
}
